//! NAT gateways take their time. All of a batch are sent off first and then waited for together, so that what
//! depends on them finds them ready, or their addresses free.

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, tagged};
use crate::wanted::text;
use crate::write::craft::{Craft, Job, send};
use crate::write::patience::{YOUNG, or_gone};
use crate::write::{Desk, Pen, in_turn, not_sent};
use aplomo_core::fields::WantedFields;
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ConnectivityType, Filter, NatGateway, NatGatewayState, ResourceType};
use std::collections::BTreeMap;
use std::time::Duration;

const CREATE: &str = "ec2:CreateNatGateway";
const DELETE: &str = "ec2:DeleteNatGateway";
const LIST: &str = "ec2:DescribeNatGateways";
/// How often it is looked whether they are ready.
const LOOKS: usize = 25;
/// Seconds before the first looks; before the others [`LATER`]. Six minutes in all.
const FIRST: [u64; 4] = [1, 2, 4, 8];
const LATER: u64 = 16;

/// Makes and deletes NAT gateways; nothing of them can be changed.
pub(crate) struct NatGateways;

impl Craft for NatGateways {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::NAT_GATEWAY];
    const WHAT: &'static str = "the NAT gateway";
    const CALLS: &'static [&'static str] = &[CREATE, DELETE, LIST, CREATE_TAGS, DELETE_TAGS];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let connectivity = job.wish(after, "/connectivity", text)?;
        let request = job
            .pen
            .client
            .create_nat_gateway()
            .subnet_id(job.need(after, "/subnet", text)?)
            .set_allocation_id(job.wish(after, "/allocation", text)?)
            .set_connectivity_type(connectivity.as_deref().map(ConnectivityType::from))
            .client_token(job.step.key.as_str())
            .tag_specifications(birth(job, ResourceType::Natgateway)?);
        let answer = send!(job, CREATE, YOUNG, request)?;
        job.born(CREATE, answer.nat_gateway.as_ref().and_then(|nat| nat.nat_gateway_id.as_deref()))
    }

    async fn shape(_: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        Ok(())
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let request = job.pen.client.delete_nat_gateway().nat_gateway_id(id.as_str());
        or_gone(send!(job, DELETE, crate::write::patience::ONCE, request))?;
        if job.step.after.is_none() {
            return Ok(()); // all of the batch are waited for together
        }
        // The new one needs the address that this one still has.
        let mut left = BTreeMap::from([(id.clone(), End::Gone)]);
        match wait(job.pen, &mut left).await.remove(id) {
            Some(why) => Err(not_sent(&why)),
            None => Ok(()),
        }
    }

    tagged!();
}

/// How a gateway shall end up.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Ready,
    Gone,
}

/// Writes NAT gateways.
pub(crate) struct NatGatewayWriter(Desk<Client>);

impl NatGatewayWriter {
    pub(crate) fn open(desk: Desk<Client>) -> Box<dyn Writer> {
        Box::new(Self(desk))
    }

    pub(crate) const fn calls() -> &'static [&'static str] {
        NatGateways::CALLS
    }
}

impl Writer for NatGatewayWriter {
    fn feeds(&self) -> &[TypeName] {
        NatGateways::FEEDS
    }
    fn settle(&self) -> Duration {
        self.0.settle(SETTLE)
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let pen = self.0.pen(cx, batch);
            let outcomes = in_turn(batch, |step| Job::new(&pen, step).run::<NatGateways>()).await;
            awaited(&pen, batch, outcomes).await
        })
    }
}

/// The outcomes once everything sent off is ready or gone.
async fn awaited(
    pen: &Pen<'_, Client>,
    batch: &[ApprovedStep<'_>],
    mut outcomes: Vec<StepOutcome>,
) -> Vec<StepOutcome> {
    let mut left: BTreeMap<RemoteId, End> = BTreeMap::new();
    for (step, outcome) in batch.iter().zip(&outcomes).filter(|(_, o)| o.status == Status::Applied) {
        match (step.change.action, &step.after) {
            (Action::Delete, _) | (Action::Replace, None) => {
                left.extend(step.id.clone().map(|id| (id, End::Gone)));
            }
            (Action::Create | Action::Replace, Some(_)) => {
                left.extend(outcome.id.clone().map(|id| (id, End::Ready)));
            }
            _ => {}
        }
    }
    let failed = wait(pen, &mut left).await;
    for (step, outcome) in batch.iter().zip(&mut outcomes) {
        let why = outcome.id.as_ref().or(step.id.as_ref()).and_then(|id| failed.get(id));
        if let Some(why) = why.filter(|_| outcome.status == Status::Applied) {
            outcome.status = Status::Failed;
            outcome.error = Some(why.clone());
        }
    }
    outcomes
}

/// Waits until each has come to its end, and tells which did not and why.
async fn wait(pen: &Pen<'_, Client>, left: &mut BTreeMap<RemoteId, End>) -> BTreeMap<RemoteId, String> {
    let mut failed = BTreeMap::new();
    let mut trouble = None;
    for look in 0..LOOKS {
        if left.is_empty() {
            return failed;
        }
        pen.cx.clock.sleep(Duration::from_secs(FIRST.get(look).copied().unwrap_or(LATER))).await;
        match look_at(pen, left).await {
            Ok(found) => judge(left, &found, &mut failed),
            Err(problem) => trouble = Some(problem),
        }
    }
    let why = trouble.map_or_else(String::new, |trouble| format!(" ({trouble})"));
    for (id, end) in std::mem::take(left) {
        let state = if end == End::Ready { "ready" } else { "gone" };
        failed.insert(id, format!("it is not {state} after {LOOKS} looks in six minutes{why}: run again"));
    }
    failed
}

async fn look_at(
    pen: &Pen<'_, Client>,
    left: &BTreeMap<RemoteId, End>,
) -> Result<Vec<NatGateway>, crate::problem::AwsProblem> {
    let ids = left.keys().map(|id| id.as_str().to_owned()).collect();
    let these = Filter::builder().name("nat-gateway-id").set_values(Some(ids)).build();
    let request = pen.client.describe_nat_gateways().filter(these);
    let answer = pen.line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await?;
    Ok(answer.nat_gateways.unwrap_or_default())
}

fn judge(left: &mut BTreeMap<RemoteId, End>, found: &[NatGateway], failed: &mut BTreeMap<RemoteId, String>) {
    left.retain(|id, end| {
        let gateway = found.iter().find(|nat| nat.nat_gateway_id.as_deref() == Some(id.as_str()));
        match (*end, gateway.and_then(|nat| nat.state.as_ref())) {
            (End::Ready, Some(NatGatewayState::Available)) => false,
            (End::Gone, None | Some(NatGatewayState::Deleted | NatGatewayState::Failed)) => false,
            (
                End::Ready,
                Some(NatGatewayState::Failed | NatGatewayState::Deleting | NatGatewayState::Deleted),
            ) => {
                let said =
                    gateway.and_then(|nat| nat.failure_message.as_deref()).unwrap_or("no reason given");
                failed.insert(id.clone(), format!("AWS could not make it: {said}"));
                false
            }
            _ => true,
        }
    });
}
