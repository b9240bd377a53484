//! Flow logs: a client token is good for one set, and a role that IAM has not spread yet cannot be assumed.

use super::super::Verdict;
use super::super::ask::Ask;
use super::super::memory::{Memory, look};
use super::{refuse, tokens};

pub(super) async fn create(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    tokens::once(memory, ask, "CreateFlowLogs", async {
        let role = ask.form.text("DeliverLogsPermissionArn");
        if look(&mut memory.state().new_roles, role) {
            return Err(refuse("InvalidParameter", "Unable to assume given IAM role"));
        }
        Ok(ask.forward().await)
    })
    .await
}
