//! EC2 in strict mode: what it refuses, and how slow its gateways are.

use aplomo_sandbox::{Aws, Pace, Proxy, Thing, unique_account};

use crate::support::{field, moto, refusal, strict};

struct Net {
    proxy: Proxy,
    aws: Aws,
    vpc: String,
    subnet: String,
}

fn net() -> Net {
    let (proxy, aws) = strict();
    let vpc = field(&aws.ec2("CreateVpc", &[("CidrBlock", "10.0.0.0/16")]).unwrap(), "vpcId");
    let subnet = field(
        &aws.ec2("CreateSubnet", &[("VpcId", &vpc), ("CidrBlock", "10.0.0.0/24")]).unwrap(),
        "subnetId",
    );
    Net { proxy, aws, vpc, subnet }
}

impl Net {
    fn made(&self, action: &str, parameters: &[(&str, &str)], tag: &str) -> String {
        field(&self.aws.ec2(action, parameters).unwrap(), tag)
    }

    fn refused(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        refusal(self.aws.ec2(action, parameters)).1
    }

    fn group(&self, name: &str) -> String {
        let parameters = [("GroupName", name), ("GroupDescription", "d"), ("VpcId", &self.vpc)];
        self.made("CreateSecurityGroup", &parameters, "groupId")
    }

    fn nat(&self) -> (String, String) {
        let address = self.made("AllocateAddress", &[("Domain", "vpc")], "allocationId");
        let parameters = [("SubnetId", self.subnet.as_str()), ("AllocationId", &address)];
        (self.made("CreateNatGateway", &parameters, "natGatewayId"), address)
    }

    fn nat_state(&self, id: &str) -> String {
        let body = self.aws.ec2("DescribeNatGateways", &[("NatGatewayId.1", id)]).unwrap();
        Thing::all(&body, "natGatewaySet")[0].get("state").to_owned()
    }
}

#[test]
fn nothing_goes_while_something_needs_it() {
    let net = net();
    let gateway = net.made("CreateInternetGateway", &[], "internetGatewayId");
    let attachment = [("InternetGatewayId", gateway.as_str()), ("VpcId", net.vpc.as_str())];
    net.aws.ec2("AttachInternetGateway", &attachment).unwrap();
    let (nat, address) = net.nat();
    assert_eq!(net.refused("DeleteSubnet", &[("SubnetId", &net.subnet)]), "DependencyViolation");
    assert_eq!(net.refused("DeleteVpc", &[("VpcId", &net.vpc)]), "DependencyViolation");
    assert_eq!(net.refused("DetachInternetGateway", &attachment), "DependencyViolation");
    assert_eq!(net.refused("ReleaseAddress", &[("AllocationId", &address)]), "InvalidIPAddress.InUse");
    let table = net.made("CreateRouteTable", &[("VpcId", &net.vpc)], "routeTableId");
    let pair = [("RouteTableId", table.as_str()), ("SubnetId", net.subnet.as_str())];
    net.aws.ec2("AssociateRouteTable", &pair).unwrap();
    assert_eq!(net.refused("DeleteRouteTable", &[("RouteTableId", &table)]), "DependencyViolation");
    // The gateway is deleted after one look at it; then everything goes, in the right order.
    net.aws.ec2("DeleteNatGateway", &[("NatGatewayId", &nat)]).unwrap();
    assert_eq!(net.nat_state(&nat), "deleting");
    assert_eq!(net.refused("ReleaseAddress", &[("AllocationId", &address)]), "InvalidIPAddress.InUse");
    assert_eq!(net.nat_state(&nat), "deleted");
    net.aws.ec2("ReleaseAddress", &[("AllocationId", &address)]).unwrap();
    net.aws.ec2("DetachInternetGateway", &attachment).unwrap();
    net.aws.ec2("DeleteInternetGateway", &[("InternetGatewayId", &gateway)]).unwrap();
    net.aws.ec2("DeleteSubnet", &[("SubnetId", &net.subnet)]).unwrap();
    net.aws.ec2("DeleteRouteTable", &[("RouteTableId", &table)]).unwrap();
    net.aws.ec2("DeleteVpc", &[("VpcId", &net.vpc)]).unwrap();
    assert_eq!(net.proxy.count("ec2:DeleteSubnet"), 2);
    assert_eq!(
        net.proxy.count("ec2:DescribeNetworkInterfaces"),
        0,
        "strict mode's own questions do not count"
    );
}

#[test]
fn a_network_with_a_group_or_a_gateway_stays_and_defaults_cannot_go() {
    let net = net();
    net.aws.ec2("DeleteSubnet", &[("SubnetId", &net.subnet)]).unwrap();
    let group = net.group("web");
    assert_eq!(net.refused("DeleteVpc", &[("VpcId", &net.vpc)]), "DependencyViolation");
    net.aws.ec2("DeleteSecurityGroup", &[("GroupId", &group)]).unwrap();
    let gateway = net.made("CreateInternetGateway", &[], "internetGatewayId");
    let attachment = [("InternetGatewayId", gateway.as_str()), ("VpcId", net.vpc.as_str())];
    net.aws.ec2("AttachInternetGateway", &attachment).unwrap();
    assert_eq!(net.refused("DeleteVpc", &[("VpcId", &net.vpc)]), "DependencyViolation");
    net.aws.ec2("DetachInternetGateway", &attachment).unwrap();
    let groups = net.aws.security_groups().unwrap();
    let default = groups.iter().find(|g| g.get("vpcId") == net.vpc).unwrap();
    assert_eq!(net.refused("DeleteSecurityGroup", &[("GroupId", default.get("groupId"))]), "CannotDelete");
    let tables = net.aws.described("DescribeRouteTables", "routeTableSet").unwrap();
    let main = tables.iter().find(|t| t.get("vpcId") == net.vpc).unwrap();
    let id = main.get("routeTableId");
    assert_eq!(net.refused("DeleteRouteTable", &[("RouteTableId", id)]), "DependencyViolation");
    net.aws.ec2("DeleteVpc", &[("VpcId", &net.vpc)]).unwrap();
}

fn rule<'a>(group: &'a str, protocol: &'a str, peer: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    vec![
        ("GroupId", group),
        ("IpPermissions.1.IpProtocol", protocol),
        ("IpPermissions.1.FromPort", "443"),
        ("IpPermissions.1.ToPort", "443"),
        peer,
    ]
}

#[test]
fn a_rule_is_there_once_and_a_call_adds_all_or_none() {
    let net = net();
    let group = net.group("web");
    let allow = "AuthorizeSecurityGroupIngress";
    let cidr = "IpPermissions.1.IpRanges.1.CidrIp";
    net.aws.ec2(allow, &rule(&group, "6", (cidr, "10.1.2.3/8"))).unwrap();
    assert_eq!(net.refused(allow, &rule(&group, "tcp", (cidr, "10.0.0.0/8"))), "InvalidPermission.Duplicate");
    // One new rule beside one that is there: neither is added.
    let mut two = rule(&group, "tcp", (cidr, "10.0.0.0/8"));
    two.push(("IpPermissions.1.IpRanges.2.CidrIp", "192.0.2.0/24"));
    assert_eq!(net.refused(allow, &two), "InvalidPermission.Duplicate");
    let mut twice = rule(&group, "tcp", (cidr, "192.0.2.0/24"));
    twice.push(("IpPermissions.1.IpRanges.2.CidrIp", "192.0.2.9/24"));
    assert_eq!(net.refused(allow, &twice), "InvalidParameterValue");
    let rules = net.aws.security_group_rules().unwrap();
    let ingress: Vec<_> = rules
        .iter()
        .filter(|r| r.get("groupId") == group && r.get("isEgress") == "false")
        .map(|r| (r.get("ipProtocol"), r.get("cidrIpv4")))
        .collect();
    assert_eq!(ingress, [("tcp", "10.0.0.0/8")]);
    let revoke = "RevokeSecurityGroupIngress";
    let missing = rule(&group, "tcp", (cidr, "192.0.2.0/24"));
    assert_eq!(net.refused(revoke, &missing), "InvalidPermission.NotFound");
}

#[test]
fn a_group_that_others_name_stays() {
    let net = net();
    let (web, db) = (net.group("web"), net.group("db"));
    let peer = ("IpPermissions.1.Groups.1.GroupId", web.as_str());
    net.aws.ec2("AuthorizeSecurityGroupIngress", &rule(&db, "tcp", peer)).unwrap();
    assert_eq!(net.refused("DeleteSecurityGroup", &[("GroupId", &web)]), "DependencyViolation");
    // Its own reference to itself does not hold it.
    let own = ("IpPermissions.1.Groups.1.GroupId", db.as_str());
    net.aws.ec2("AuthorizeSecurityGroupIngress", &rule(&db, "tcp", own)).unwrap();
    net.aws.ec2("DeleteSecurityGroup", &[("GroupId", &db)]).unwrap();
    net.aws.ec2("DeleteSecurityGroup", &[("GroupId", &web)]).unwrap();
}

#[test]
fn nat_gateways_take_the_looks_they_are_given() {
    let net = net();
    net.proxy.set_pace(Pace { nat_pending: 2, nat_deleting: 2, ..Pace::INSTANT });
    let (nat, _) = net.nat();
    let by_state = |state: &str| {
        let filter = [("Filter.1.Name", "state"), ("Filter.1.Value.1", state)];
        Thing::all(&net.aws.ec2("DescribeNatGateways", &filter).unwrap(), "natGatewaySet").len()
    };
    assert_eq!(by_state("available"), 0);
    assert_eq!(by_state("pending"), 1);
    assert_eq!(by_state("available"), 1);
    net.aws.ec2("DeleteNatGateway", &[("NatGatewayId", &nat)]).unwrap();
    let states = [net.nat_state(&nat), net.nat_state(&nat), net.nat_state(&nat)];
    assert_eq!(states, ["deleting", "deleting", "deleted"]);
    let missing = [("NatGatewayId", "nat-0123456789abcdef0")];
    assert_eq!(net.refused("DeleteNatGateway", &missing), "NatGatewayNotFound");
    let missing = [("NatGatewayId.1", "nat-0123456789abcdef0")];
    assert_eq!(net.refused("DescribeNatGateways", &missing), "NatGatewayNotFound");
}

#[test]
fn a_client_token_is_good_for_one_object() {
    let net = net();
    let table = |token: &str| {
        net.made("CreateRouteTable", &[("VpcId", &net.vpc), ("ClientToken", token)], "routeTableId")
    };
    assert_eq!(table("one"), table("one"));
    assert_ne!(table("one"), table("two"));
    let other = [("VpcId", "vpc-0123456789abcdef0"), ("ClientToken", "one")];
    assert_eq!(net.refused("CreateRouteTable", &other), "IdempotentParameterMismatch");
    let address = net.made("AllocateAddress", &[("Domain", "vpc")], "allocationId");
    let nat = [("SubnetId", net.subnet.as_str()), ("AllocationId", address.as_str()), ("ClientToken", "nat")];
    let first = net.made("CreateNatGateway", &nat, "natGatewayId");
    assert_eq!(net.made("CreateNatGateway", &nat, "natGatewayId"), first);
    let flow = [
        ("ResourceId.1", net.vpc.as_str()),
        ("ResourceType", "VPC"),
        ("TrafficType", "ALL"),
        ("LogGroupName", "flow"),
        ("DeliverLogsPermissionArn", "arn:aws:iam::123456789012:role/flow"),
        ("ClientToken", "flow"),
    ];
    let first = net.made("CreateFlowLogs", &flow, "item");
    assert_eq!(net.made("CreateFlowLogs", &flow, "item"), first);
    assert_eq!(net.aws.described("DescribeFlowLogs", "flowLogSet").unwrap().len(), 1);
    // Another account may use the same token.
    let other = Proxy::to(moto().endpoint()).account(unique_account()).strict().start().unwrap();
    let aws = Aws::through(&other).unwrap();
    let vpc = field(&aws.ec2("CreateVpc", &[("CidrBlock", "10.0.0.0/16")]).unwrap(), "vpcId");
    aws.ec2("CreateRouteTable", &[("VpcId", &vpc), ("ClientToken", "one")]).unwrap();
}

#[test]
fn prefix_lists_have_versions_and_a_size() {
    let net = net();
    let new = [
        ("PrefixListName", "waf"),
        ("MaxEntries", "2"),
        ("AddressFamily", "IPv4"),
        ("Entry.1.Cidr", "10.0.0.0/8"),
        ("ClientToken", "waf"),
    ];
    let list = net.made("CreateManagedPrefixList", &new, "prefixListId");
    assert_eq!(net.made("CreateManagedPrefixList", &new, "prefixListId"), list);
    let modify = "ModifyManagedPrefixList";
    let change = |version: &'static str, more: &[(&'static str, &'static str)]| {
        let mut all = vec![("PrefixListId", list.clone()), ("CurrentVersion", version.to_owned())];
        all.extend(more.iter().map(|(k, v)| (*k, (*v).to_owned())));
        let all: Vec<(&str, &str)> = all.iter().map(|(k, v)| (*k, v.as_str())).collect();
        net.aws.ec2(modify, &all)
    };
    let code = |result| refusal::<String>(result).1;
    assert_eq!(code(change("7", &[("AddEntry.1.Cidr", "11.0.0.0/8")])), "PrefixListVersionMismatch");
    let two = [("AddEntry.1.Cidr", "11.0.0.0/8"), ("AddEntry.2.Cidr", "12.0.0.0/8")];
    assert_eq!(code(change("1", &two)), "PrefixListMaxEntriesExceeded");
    assert_eq!(code(change("1", &[("RemoveEntry.1.Cidr", "9.0.0.0/8")])), "InvalidPrefixListModification");
    net.aws.ec2(modify, &[("PrefixListId", &list), ("MaxEntries", "3")]).unwrap();
    change("1", &two).unwrap();
    // An entry added again is a new description, and the name stays.
    change("2", &[("AddEntry.1.Cidr", "11.0.0.0/8"), ("AddEntry.1.Description", "new")]).unwrap();
    let shown = Thing::all(
        &net.aws.ec2("DescribeManagedPrefixLists", &[("PrefixListId.1", &list)]).unwrap(),
        "prefixListSet",
    );
    let shown = ["prefixListName", "maxEntries", "version"].map(|field| shown[0].get(field));
    assert_eq!(shown, ["waf", "3", "3"]);
    let entries = net.aws.ec2("GetManagedPrefixListEntries", &[("PrefixListId", &list)]).unwrap();
    assert_eq!(Thing::all(&entries, "entrySet").len(), 3);
    // In use by a rule, it stays.
    let group = net.group("web");
    let peer = ("IpPermissions.1.PrefixListIds.1.PrefixListId", list.as_str());
    net.aws.ec2("AuthorizeSecurityGroupIngress", &rule(&group, "tcp", peer)).unwrap();
    assert_eq!(net.refused("DeleteManagedPrefixList", &[("PrefixListId", &list)]), "DependencyViolation");
    net.aws.ec2("DeleteSecurityGroup", &[("GroupId", &group)]).unwrap();
    net.aws.ec2("DeleteManagedPrefixList", &[("PrefixListId", &list)]).unwrap();
    let gone = [("PrefixListId", "pl-0123456789abcdef0")];
    assert_eq!(net.refused("DeleteManagedPrefixList", &gone), "InvalidPrefixListID.NotFound");
}
