//! Import of networks that were made by hand: the manifest's plan is empty, applying it writes marks and nothing
//! else, and what it cannot say is told.

use crate::world::{TENANT, World};
use aplomo_sandbox::Aws;
use serde_json::Value;

const QUIET: &str = "aws: {resolver: off, settle: 1s}\n";

/// The text between the tags of a name, the first of them.
fn text(body: &str, name: &str) -> String {
    let rest = body.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {body}")).1;
    rest.split('<').next().unwrap().to_owned()
}

/// A network by hand.
struct Hand {
    aws: Aws,
    vpc: String,
}

impl Hand {
    fn new(world: &World, cidr: &str, name: &str) -> Self {
        let aws = Aws::through(&world.proxy).unwrap();
        let vpc = text(&aws.ec2("CreateVpc", &[("CidrBlock", cidr)]).unwrap(), "vpcId");
        for (key, value) in [("Name", name), ("team", "web")] {
            aws.tag_ec2(&vpc, key, value).unwrap();
        }
        Self { aws, vpc }
    }

    fn make(&self, action: &str, parameters: &[(&str, &str)], id: &str) -> String {
        text(&self.aws.ec2(action, parameters).unwrap(), id)
    }

    fn subnet(&self, cidr: &str, zone: &str, name: &str, table: Option<&str>) -> String {
        let asked = [("VpcId", self.vpc.as_str()), ("CidrBlock", cidr), ("AvailabilityZone", zone)];
        let subnet = self.make("CreateSubnet", &asked, "subnetId");
        self.aws.tag_ec2(&subnet, "Name", name).unwrap();
        if let Some(table) = table {
            self.make(
                "AssociateRouteTable",
                &[("RouteTableId", table), ("SubnetId", &subnet)],
                "associationId",
            );
        }
        subnet
    }

    fn table(&self, name: Option<&str>, route: Option<(&str, &str)>) -> String {
        let table = self.make("CreateRouteTable", &[("VpcId", &self.vpc)], "routeTableId");
        if let Some(name) = name {
            self.aws.tag_ec2(&table, "Name", name).unwrap();
        }
        if let Some((field, target)) = route {
            let route =
                [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "0.0.0.0/0"), (field, target)];
            self.aws.ec2("CreateRoute", &route).unwrap();
        }
        table
    }

    fn nat(&self, subnet: &str) -> String {
        let address = self.make("AllocateAddress", &[("Domain", "vpc")], "allocationId");
        self.make("CreateNatGateway", &[("SubnetId", subnet), ("AllocationId", &address)], "natGatewayId")
    }

    fn group(&self, name: &str, description: &str) -> String {
        let asked = [("VpcId", self.vpc.as_str()), ("GroupName", name), ("GroupDescription", description)];
        self.make("CreateSecurityGroup", &asked, "groupId")
    }

    fn allow(&self, group: &str, protocol: &str, ports: (&str, &str), (field, peer): (&str, &str)) {
        let field = format!("IpPermissions.1.{field}");
        let permission = [
            ("GroupId", group),
            ("IpPermissions.1.IpProtocol", protocol),
            ("IpPermissions.1.FromPort", ports.0),
            ("IpPermissions.1.ToPort", ports.1),
            (&field, peer),
        ];
        self.aws.ec2("AuthorizeSecurityGroupIngress", &permission).unwrap();
    }

    /// Two zones, public and private subnets, gateways, tables, groups with rules, a list.
    fn shop(world: &World) -> Self {
        let hand = Self::new(world, "10.9.0.0/16", "Shop net");
        let igw = hand.make("CreateInternetGateway", &[], "internetGatewayId");
        hand.aws.ec2("AttachInternetGateway", &[("InternetGatewayId", &igw), ("VpcId", &hand.vpc)]).unwrap();
        let public = hand.table(Some("shop public"), Some(("GatewayId", &igw)));
        let first = hand.subnet("10.9.0.0/24", "us-east-1a", "shop-public-us-east-1a", Some(&public));
        hand.subnet("10.9.1.0/25", "us-east-1c", "shop-public-us-east-1c", Some(&public));
        let nat = hand.nat(&first);
        let private = hand.table(None, Some(("NatGatewayId", &nat)));
        hand.subnet("10.9.16.0/20", "us-east-1a", "apps a", Some(&private));
        let odd = hand.subnet("10.9.32.0/20", "us-east-1c", "apps c", Some(&private));
        let open = [("SubnetId", odd.as_str()), ("MapPublicIpOnLaunch.Value", "true")];
        hand.aws.ec2("ModifySubnetAttribute", &open).unwrap();
        hand.subnet("10.9.200.0/28", "us-east-1c", "forgotten", None);
        hand.groups();
        hand
    }

    fn groups(&self) {
        let list = [
            ("PrefixListName", "office: all of it"),
            ("MaxEntries", "5"),
            ("AddressFamily", "IPv4"),
            ("Entry.1.Cidr", "192.0.2.0/24"),
            ("Entry.1.Description", "headquarters"),
        ];
        let list = self.make("CreateManagedPrefixList", &list, "prefixListId");
        let web = self.group("Web servers", "reached by all");
        let app = self.group("app", "reached by web");
        self.allow(&web, "tcp", ("443", "443"), ("IpRanges.1.CidrIp", "0.0.0.0/0"));
        self.allow(&web, "tcp", ("22", "22"), ("PrefixListIds.1.PrefixListId", &list));
        self.allow(&app, "udp", ("8000", "8100"), ("Groups.1.GroupId", &web));
        self.allow(&app, "-1", ("-1", "-1"), ("Groups.1.GroupId", &app));
        let strange = self.group("strange", "say \"hello\"");
        self.allow(&strange, "tcp", ("80", "80"), ("IpRanges.1.CidrIp", "10.0.0.0/8"));
    }
}

/// Plans nothing but marks, writes nothing but marks, and then plans nothing at all.
fn adopts(world: &World, directory: &str) {
    world.write(
        &format!("{directory}/tenant.yaml"),
        TENANT.replace("displayName: Acme", "displayName: Acme, tags: {client: acme}"),
    );
    let plan = world.aplomo(&["plan", directory, "--format", "json"]).exits(0).json();
    let own = |change: &String| change.starts_with("adopt ") || change.contains(":aplomo.");
    let others: Vec<String> = World::changes(&plan).into_iter().filter(|change| !own(change)).collect();
    assert_eq!(others, Vec::<String>::new(), "{plan:#}");
    assert_eq!(findings(&plan), Vec::<&Value>::new());
    world.proxy.reset();
    world.aplomo(&["apply", directory, "--auto-approve"]).exits(0);
    let marks = world.proxy.count("ec2:CreateTags") + world.proxy.count("ec2:DeleteTags");
    assert_eq!(world.proxy.writes(), marks, "only marks are written");
    assert!(marks > 0);
    world.aplomo(&["plan", directory, "--detailed-exitcode"]).exits(0);
}

fn findings(plan: &Value) -> Vec<&Value> {
    let all = plan["findings"].as_array().unwrap().iter();
    all.filter(|finding| finding["severity"] == "error").collect()
}

#[test]
fn a_network_by_hand_is_adopted_with_marks_only_and_what_is_left_is_told() {
    let world = World::new();
    world.write("aplomo.yaml", QUIET);
    let hand = Hand::shop(&world);
    std::fs::create_dir_all(world.path().join("m")).unwrap();
    let import = ["import", "Environment", "--name", &hand.vpc, "--tenant", "acme", "--out", "m/net.yaml"];
    let ran = world.aplomo(&import).exits(0);
    for told in
        ["strange", "the default security group lets things through", "1 subnets have it", "DHCP options"]
    {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    let yaml = world.read("m/net.yaml");
    for said in ["name: shop-public", "name: apps", "routeTable: main", "publicAddresses: true", "nat/nat"] {
        assert!(yaml.contains(said), "{said}: {yaml}");
    }
    adopts(&world, "m");
    let names: Vec<_> =
        hand.aws.subnets().unwrap().into_iter().filter_map(|s| s.tags.get("Name").cloned()).collect();
    assert!(names.contains(&"forgotten".to_owned()), "names stay: {names:?}");
    hand.aws.tag_ec2(&hand.vpc, "Name", "another").unwrap();
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_whole_account_of_networks_shares_no_list_and_is_imported_once() {
    let world = World::new();
    world.write("aplomo.yaml", QUIET);
    let shop = Hand::shop(&world);
    let other = Hand::new(&world, "10.10.0.0/16", "Shop net");
    let group = other.group("bastion", "ways in");
    let list = shop.aws.described("DescribeManagedPrefixLists", "prefixListSet").unwrap();
    let list = list.iter().find(|list| list.get("prefixListName") == "office: all of it").unwrap();
    other.allow(&group, "tcp", ("22", "22"), ("PrefixListIds.1.PrefixListId", list.get("prefixListId")));
    shop.make("AllocateAddress", &[("Domain", "vpc")], "allocationId");
    let ran = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "m"]).exits(0);
    assert!(ran.err.contains("aws.ec2.ElasticIp `eipalloc-"), "{}", ran.err);
    let (one, two) =
        (world.read("m/environment-shop-net.yaml"), world.read("m/environment-shop-net-us-east-1.yaml"));
    let taking = [&one, &two].into_iter().filter(|yaml| yaml.contains("headquarters")).count();
    assert_eq!(taking, 1, "{one}{two}");
    adopts(&world, "m");
    let again = world.aplomo(&["import", "--all", "--tenant", "acme", "--out", "again"]).exits(0);
    assert_eq!(std::fs::read_dir(world.path().join("again")).unwrap().count(), 0, "{}", again.err);
}
