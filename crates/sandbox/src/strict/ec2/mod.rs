//! EC2: nothing goes while something needs it, NAT gateways take their time, rules are single and whole, prefix lists
//! have versions and a size, client tokens are good for one object.
//! Deliberately absent: quotas, pages, everything about instances.

mod deletes;
mod flow_logs;
mod groups;
mod nat;
mod prefix_lists;
mod tokens;

use super::Verdict;
use super::ask::Ask;
use super::memory::Memory;
use crate::proxy::AwsError;

/// The verdict on a call strict mode cares about; `None` for all others.
pub(super) async fn act(memory: &Memory, ask: &Ask<'_>, action: &str) -> Option<Verdict> {
    Some(match action {
        "DeleteSubnet" => deletes::subnet(ask).await,
        "DeleteVpc" => deletes::vpc(ask).await,
        "DeleteSecurityGroup" => deletes::security_group(ask).await,
        "DeleteRouteTable" => deletes::route_table(ask).await,
        "DetachInternetGateway" => deletes::detach_gateway(ask).await,
        "ReleaseAddress" => deletes::address(ask).await,
        "AuthorizeSecurityGroupIngress" => groups::authorize(ask, "false").await,
        "AuthorizeSecurityGroupEgress" => groups::authorize(ask, "true").await,
        "CreateNatGateway" => nat::create(memory, ask).await,
        "DeleteNatGateway" => nat::delete(memory, ask).await,
        "DescribeNatGateways" => nat::describe(memory, ask).await,
        "CreateManagedPrefixList" => prefix_lists::create(memory, ask).await,
        "ModifyManagedPrefixList" => prefix_lists::modify(memory, ask).await,
        "DeleteManagedPrefixList" => prefix_lists::delete(ask).await,
        "DescribeManagedPrefixLists" => prefix_lists::describe(memory, ask).await,
        "GetManagedPrefixListEntries" => prefix_lists::entries(ask).await,
        "CreateFlowLogs" => flow_logs::create(memory, ask).await,
        "CreateRouteTable" => {
            tokens::once(memory, ask, "CreateRouteTable", async { Ok(ask.forward().await) }).await
        }
        _ => return None,
    })
}

fn refuse(code: &str, message: impl Into<String>) -> AwsError {
    AwsError::new(400, code, message)
}

fn dependency(message: impl Into<String>) -> AwsError {
    refuse("DependencyViolation", message)
}
