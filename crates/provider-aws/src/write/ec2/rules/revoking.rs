//! Taking rules away: all of a direction in one call; where one of them is refused it is found by halves.

use super::{REVOKE_IN, REVOKE_OUT, Work, group_of, permission, splits};
use crate::write::applied;
use crate::write::patience::{ONCE, or_gone, patiently};
use crate::write::tags::no_tenant;
use aplomo_core::ports::{ApprovedStep, CallError};

impl<'b> Work<'b> {
    /// Takes rules away, and yields the addresses of those that stay. `last` tells whether that is all there
    /// is to their steps.
    pub(super) async fn revoke(&mut self, steps: Vec<&'b ApprovedStep<'b>>, last: bool) -> Vec<&'b str> {
        let mut stay = Vec::new();
        for egress in [false, true] {
            let these = steps.iter().copied().filter(|step| permission::is_egress(step) == egress);
            let mut parts = vec![these.collect::<Vec<_>>()];
            while let Some(mut some) = parts.pop().filter(|some| !some.is_empty()) {
                if self.stopped.is_some() {
                    some.iter().for_each(|step| self.skip(step));
                    continue;
                }
                match self.revoke_all(egress, &some).await {
                    Ok(request) if last => {
                        for step in some {
                            let requests = request.clone().into_iter().collect();
                            self.done.push((step, applied(step, None, requests)));
                        }
                    }
                    Ok(_) => {}
                    Err(CallError::Refused { code, .. }) if splits(&code) && some.len() > 1 => {
                        let second = some.split_off(some.len() / 2);
                        parts.extend([second, some]);
                    }
                    Err(error) => {
                        stay.extend(some.iter().map(|step| step.change.address.as_str()));
                        some.iter().for_each(|step| self.end(step, &error));
                    }
                }
            }
        }
        stay
    }

    /// A single rule that is gone already is as wished; one of many is found by halves.
    async fn revoke_all(
        &self,
        egress: bool,
        steps: &[&'b ApprovedStep<'b>],
    ) -> Result<Option<String>, CallError> {
        let ids: Vec<String> =
            steps.iter().filter_map(|s| Some(s.id.as_ref()?.as_str().to_owned())).collect();
        let (group, one) = (group_of(steps.first().copied())?, ids.len() == 1);
        let call = if egress { REVOKE_OUT } else { REVOKE_IN };
        let intent = self.pen.intent(call, steps).ok_or_else(no_tenant)?;
        let sent = if egress {
            let request = self.pen.client.revoke_security_group_egress().group_id(group);
            let request = request.set_security_group_rule_ids(Some(ids));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            patiently(&self.pen, &intent, call, ONCE, start).await.map(|(_, request)| request)
        } else {
            let request = self.pen.client.revoke_security_group_ingress().group_id(group);
            let request = request.set_security_group_rule_ids(Some(ids));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            patiently(&self.pen, &intent, call, ONCE, start).await.map(|(_, request)| request)
        };
        match sent {
            Err(error) if one => or_gone::<()>(Err(error)).map(|()| None),
            sent => sent,
        }
    }
}
