//! How a hand changes fields of networks and logs.

use super::rows::Row;
use crate::by_hand::row;
use crate::world::World;
use aplomo_sandbox::{Aws, Thing};
use serde_json::json;

pub fn rows() -> Vec<Row> {
    let mut all = networks();
    all.extend(rules());
    all.extend(tags());
    all
}

/// The objects of ours that a call lists.
fn ours(world: &World, action: &str, list: &str) -> Vec<Thing> {
    let mut all = world.aws.described(action, list).unwrap();
    all.retain(|thing| thing.tags.get("aplomo:tenant").is_some_and(|tenant| tenant == "acme"));
    assert!(!all.is_empty(), "{action} lists nothing of ours");
    all
}

fn one(world: &World, action: &str, list: &str, id: &str) -> String {
    ours(world, action, list)[0].get(id).to_owned()
}

fn call(world: &World, action: &str, parameters: &[(&str, &str)]) {
    world.aws.ec2(action, parameters).unwrap_or_else(|e| panic!("{action}: {e}"));
}

fn vpc(world: &World) -> String {
    one(world, "DescribeVpcs", "vpcSet", "vpcId")
}

/// The route table with a route to a NAT gateway.
fn table(world: &World) -> String {
    let tables = ours(world, "DescribeRouteTables", "routeTableSet");
    let is =
        |t: &&Thing| t.fields.iter().any(|(path, value)| path.ends_with("natGatewayId") && !value.is_empty());
    tables.iter().find(is).expect("a table with a NAT gateway").get("routeTableId").to_owned()
}

/// The association of one of our tables with a subnet.
fn association(world: &World) -> String {
    let tables = ours(world, "DescribeRouteTables", "routeTableSet");
    let mut ids = tables.iter().flat_map(|t| &t.fields).filter(|(path, _)| path.ends_with("ssociationId"));
    ids.next().unwrap_or_else(|| panic!("no association in {tables:#?}")).1.clone()
}

/// Turns a switch of the network off or on.
fn switch(world: &World, attribute: &str, value: &str) {
    let attribute = format!("{attribute}.Value");
    call(world, "ModifyVpcAttribute", &[("VpcId", &vpc(world)), (&attribute, value)]);
}

/// Turns a switch of a subnet that is set otherwise; without an answer that tells, of the first.
fn subnet_switch(world: &World, attribute: &str, value: &str) {
    let subnets = ours(world, "DescribeSubnets", "subnetSet");
    let field = format!("{}{}", attribute[..1].to_ascii_lowercase(), &attribute[1..]);
    let other = subnets.iter().find(|subnet| subnet.get(&field) != value).expect("a subnet to switch");
    let attribute = format!("{attribute}.Value");
    call(world, "ModifySubnetAttribute", &[("SubnetId", other.get("subnetId")), (&attribute, value)]);
}

fn networks() -> Vec<Row> {
    vec![
        row("aws.ec2.Vpc", "/dnsHostnames", |w| switch(w, "EnableDnsHostnames", "false")),
        row("aws.ec2.Vpc", "/dnsSupport", |w| switch(w, "EnableDnsSupport", "false")),
        row("aws.ec2.Vpc", "/amazonProvidedIpv6", |w| {
            let parameters = [("VpcId", &*vpc(w)), ("AmazonProvidedIpv6CidrBlock", "true")];
            call(w, "AssociateVpcCidrBlock", &parameters);
        }),
        row("aws.ec2.Subnet", "/mapPublicIp", |w| subnet_switch(w, "MapPublicIpOnLaunch", "true")),
        row("aws.ec2.Subnet", "/mapPublicIp", |w| subnet_switch(w, "MapPublicIpOnLaunch", "false")),
        row("aws.ec2.Subnet", "/assignIpv6", |w| subnet_switch(w, "AssignIpv6AddressOnCreation", "true")),
        row("aws.ec2.Subnet", "/routeTable", |w| {
            call(w, "DisassociateRouteTable", &[("AssociationId", &association(w))]);
        }),
        row("aws.ec2.InternetGateway", "/vpc", |w| {
            let gateway = one(w, "DescribeInternetGateways", "internetGatewaySet", "internetGatewayId");
            let parameters = [("InternetGatewayId", gateway.as_str()), ("VpcId", &vpc(w))];
            call(w, "DetachInternetGateway", &parameters);
        }),
        row("aws.ec2.RouteTable", "/routes/0.0.0.0~10", |w| {
            call(w, "DeleteRoute", &[("RouteTableId", &table(w)), ("DestinationCidrBlock", "0.0.0.0/0")]);
        }),
        row("aws.logs.LogGroup", "/retentionDays", |w| {
            let body = json!({"logGroupName": log_group(w), "retentionInDays": 3});
            w.aws.logs("PutRetentionPolicy", &body).unwrap();
        }),
    ]
}

fn log_group(world: &World) -> String {
    let listed = world.aws.logs("DescribeLogGroups", &json!({})).unwrap();
    listed["logGroups"][0]["logGroupName"].as_str().expect("a log group").to_owned()
}

/// Changes parts of the rule that lets HTTPS in; a request names all of a rule.
fn change_rule(world: &World, changes: &[(&str, &str)]) {
    let rules = world.aws.security_group_rules().unwrap();
    let rule = rules.iter().find(|r| r.get("description") == "HTTPS").expect("a described rule");
    let as_it_is = [
        ("IpProtocol", "tcp"),
        ("FromPort", "8443"),
        ("ToPort", "8443"),
        ("CidrIpv4", "198.51.100.0/24"),
        ("Description", "HTTPS"),
    ];
    let changed = |name: &str| changes.iter().find(|(changed, _)| *changed == name).map(|(_, value)| *value);
    let mut parameters = vec![
        ("GroupId".to_owned(), rule.get("groupId")),
        ("SecurityGroupRule.1.SecurityGroupRuleId".to_owned(), rule.get("securityGroupRuleId")),
    ];
    parameters.extend(as_it_is.iter().map(|(name, value)| {
        (format!("SecurityGroupRule.1.SecurityGroupRule.{name}"), changed(name).unwrap_or(value))
    }));
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    call(world, "ModifySecurityGroupRules", &parameters);
}

fn rules() -> Vec<Row> {
    const LIST: &str = "aws.ec2.PrefixList";
    const RULE: &str = "aws.ec2.SecurityGroupRule";
    vec![
        row("aws.ec2.DefaultSecurityGroup", "/rules", |w| {
            let groups = w.aws.security_groups().unwrap();
            let vpc = vpc(w);
            let is = |g: &&Thing| g.get("vpcId") == vpc && g.get("groupName") == "default";
            let id = groups.iter().find(is).expect("its default group").get("groupId").to_owned();
            let parameters = [
                ("GroupId", id.as_str()),
                ("IpPermissions.1.IpProtocol", "tcp"),
                ("IpPermissions.1.FromPort", "22"),
                ("IpPermissions.1.ToPort", "22"),
                ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
            ];
            call(w, "AuthorizeSecurityGroupIngress", &parameters);
        }),
        row(LIST, "/entries/192.0.2.0~124", |w| {
            let list = ours(w, "DescribeManagedPrefixLists", "prefixListSet").remove(0);
            let parameters = [
                ("PrefixListId", list.get("prefixListId")),
                ("CurrentVersion", list.get("version")),
                ("PrefixListName", list.get("prefixListName")),
                ("RemoveEntry.1.Cidr", "192.0.2.0/24"),
            ];
            call(w, "ModifyManagedPrefixList", &parameters);
        }),
        row(RULE, "/description", |w| change_rule(w, &[("Description", "by hand")])),
        row(RULE, "/cidr4", |w| change_rule(w, &[("CidrIpv4", "203.0.113.0/24")])),
        row(RULE, "/fromPort", |w| change_rule(w, &[("FromPort", "8000")])),
        row(RULE, "/toPort", |w| change_rule(w, &[("ToPort", "9000")])),
        row(RULE, "/protocol", |w| change_rule(w, &[("IpProtocol", "udp")])),
        row(LIST, "/maxEntries", |w| {
            // moto does not resize; the strict sandbox does.
            let id = one(w, "DescribeManagedPrefixLists", "prefixListSet", "prefixListId");
            let parameters = [("PrefixListId", &*id), ("MaxEntries", "9")];
            Aws::through(&w.proxy).unwrap().ec2("ModifyManagedPrefixList", &parameters).unwrap();
        }),
        row(LIST, "/name", |w| {
            let id = one(w, "DescribeManagedPrefixLists", "prefixListSet", "prefixListId");
            call(w, "ModifyManagedPrefixList", &[("PrefixListId", &id), ("PrefixListName", "by-hand")]);
        }),
    ]
}

fn retag(world: &World, action: &str, list: &str, id: &str) {
    let id = one(world, action, list, id);
    world.aws.tag_ec2(&id, "env", "by hand").unwrap();
}

fn tags() -> Vec<Row> {
    vec![
        row("aws.ec2.Vpc", "/tags/env", |w| retag(w, "DescribeVpcs", "vpcSet", "vpcId")),
        row("aws.ec2.Subnet", "/tags/env", |w| retag(w, "DescribeSubnets", "subnetSet", "subnetId")),
        row("aws.ec2.InternetGateway", "/tags/env", |w| {
            retag(w, "DescribeInternetGateways", "internetGatewaySet", "internetGatewayId");
        }),
        row("aws.ec2.ElasticIp", "/tags/env", |w| {
            retag(w, "DescribeAddresses", "addressesSet", "allocationId")
        }),
        row("aws.ec2.NatGateway", "/tags/env", |w| {
            retag(w, "DescribeNatGateways", "natGatewaySet", "natGatewayId");
        }),
        row("aws.ec2.RouteTable", "/tags/env", |w| {
            retag(w, "DescribeRouteTables", "routeTableSet", "routeTableId")
        }),
        row("aws.ec2.SecurityGroup", "/tags/env", |w| {
            let groups = ours(w, "DescribeSecurityGroups", "securityGroupInfo");
            let group = groups.iter().find(|g| g.get("groupName") != "default").expect("a group of ours");
            w.aws.tag_ec2(group.get("groupId"), "env", "by hand").unwrap();
        }),
        row("aws.ec2.PrefixList", "/tags/env", |w| {
            retag(w, "DescribeManagedPrefixLists", "prefixListSet", "prefixListId");
        }),
        row("aws.ec2.FlowLog", "/tags/env", |w| retag(w, "DescribeFlowLogs", "flowLogSet", "flowLogId")),
        row("aws.logs.LogGroup", "/tags/env", |w| {
            let arn = log_group_arn(w);
            w.aws.logs("TagResource", &json!({"resourceArn": arn, "tags": {"env": "by hand"}})).unwrap();
        }),
    ]
}

fn log_group_arn(world: &World) -> String {
    let listed = world.aws.logs("DescribeLogGroups", &json!({})).unwrap();
    listed["logGroups"][0]["arn"].as_str().expect("a log group").trim_end_matches(":*").to_owned()
}
