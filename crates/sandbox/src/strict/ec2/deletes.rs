//! What EC2 refuses to delete while something needs it.

use super::super::ask::Ask;
use super::super::{Verdict, refused};
use super::{dependency, refuse};
use crate::xml::{child, child_text, items, path_text};

/// Any network interface in the subnet, a NAT gateway's among them. Associations go with the subnet.
pub(super) async fn subnet(ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("SubnetId");
    if !interfaces(ask, "subnet-id", id).await.is_empty() {
        return Err(dependency(format!("The subnet '{id}' has dependencies and cannot be deleted.")));
    }
    for association in associations_of(ask, id).await {
        ask.ec2("DisassociateRouteTable", &[("AssociationId", &association)]).await;
    }
    Ok(ask.forward().await)
}

async fn associations_of(ask: &Ask<'_>, subnet: &str) -> Vec<String> {
    let filter = [("Filter.1.Name", "association.subnet-id"), ("Filter.1.Value.1", subnet)];
    let tables = ask.ec2("DescribeRouteTables", &filter).await;
    let lists = items(&tables.body, "routeTableSet", |table| {
        let all = child(table, "associationSet").into_iter().flat_map(|set| set.children());
        let ours = all.filter(|n| child_text(*n, "subnetId").as_deref() == Some(subnet));
        ours.filter_map(|n| child_text(n, "routeTableAssociationId")).collect::<Vec<_>>()
    });
    lists.into_iter().flatten().collect()
}

/// Subnets, tables and VPN gateways are moto's own check.
pub(super) async fn vpc(ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("VpcId");
    let groups =
        ask.ec2("DescribeSecurityGroups", &[("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", id)]).await;
    let names = items(&groups.body, "securityGroupInfo", |n| child_text(n, "groupName"));
    let filter = [("Filter.1.Name", "attachment.vpc-id"), ("Filter.1.Value.1", id)];
    let gateways = ask.ec2("DescribeInternetGateways", &filter).await;
    let attached = !items(&gateways.body, "internetGatewaySet", |_| ()).is_empty();
    if attached || names.iter().flatten().any(|name| name != "default") {
        return Err(dependency(format!("The vpc '{id}' has dependencies and cannot be deleted.")));
    }
    Ok(ask.forward().await)
}

pub(super) async fn security_group(ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("GroupId");
    let group = ask.ec2("DescribeSecurityGroups", &[("GroupId.1", id)]).await;
    if items(&group.body, "securityGroupInfo", |n| child_text(n, "groupName"))
        .contains(&Some("default".into()))
    {
        let message = format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
        return Err(refuse("CannotDelete", message));
    }
    let rules = ask.ec2("DescribeSecurityGroupRules", &[]).await;
    let holders = items(&rules.body, "securityGroupRuleSet", |n| {
        path_text(n, "referencedGroupInfo/groupId").filter(|to| to == id).and(child_text(n, "groupId"))
    });
    let referenced = holders.iter().flatten().any(|holder| holder != id);
    if referenced || !interfaces(ask, "group-id", id).await.is_empty() {
        return Err(dependency(format!("resource {id} has a dependent object")));
    }
    Ok(ask.forward().await)
}

/// moto looks at subnets only and lets the main table go.
pub(super) async fn route_table(ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("RouteTableId");
    let table = ask.ec2("DescribeRouteTables", &[("RouteTableId.1", id)]).await;
    let associated = items(&table.body, "routeTableSet", |n| {
        child(n, "associationSet").is_some_and(|set| set.children().any(|c| c.is_element()))
    });
    if associated.contains(&true) {
        return Err(dependency(format!("The routeTable '{id}' has dependencies and cannot be deleted.")));
    }
    Ok(ask.forward().await)
}

pub(super) async fn detach_gateway(ask: &Ask<'_>) -> Verdict {
    let vpc = ask.form.text("VpcId");
    if interfaces(ask, "vpc-id", vpc).await.contains(&true) {
        let message = format!(
            "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
        );
        return Err(dependency(message));
    }
    Ok(ask.forward().await)
}

pub(super) async fn address(ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("AllocationId");
    let address = ask.ec2("DescribeAddresses", &[("AllocationId.1", id)]).await;
    let associated = items(&address.body, "addressesSet", |n| child_text(n, "associationId").is_some());
    if !refused(&address) && associated.contains(&true) {
        return Err(refuse("InvalidIPAddress.InUse", format!("The address {id} is in use.")));
    }
    Ok(ask.forward().await)
}

/// The network interfaces that match, and whether each has a public address.
async fn interfaces(ask: &Ask<'_>, filter: &str, value: &str) -> Vec<bool> {
    let filter = [("Filter.1.Name", filter), ("Filter.1.Value.1", value)];
    let found = ask.ec2("DescribeNetworkInterfaces", &filter).await;
    items(&found.body, "networkInterfaceSet", |n| path_text(n, "association/publicIp").is_some())
}
