//! The estate of the AWS benchmark as Terraform's JSON: the same objects as `estate` has, one resource each as people
//! write them for Terraform.
//!
//! Deliberately absent: waiting for certificates to be issued (`aws_acm_certificate_validation`), which would only add
//! to Terraform's calls.

use super::estate::{GROUPS, RULES, Size};
use serde_json::{Map, Value, json};

/// Type to name to arguments.
type Resources = Map<String, Value>;

/// The file `main.tf.json`. `managed` is the name of AWS's own policy that each role gets.
pub(crate) fn file(size: Size, managed: &str) -> String {
    let mut all = Resources::new();
    (0..size.roles).for_each(|n| role(&mut all, n, managed));
    (0..size.zones).for_each(|n| zone(&mut all, n, size.records));
    (0..size.certificates).for_each(|n| certificate(&mut all, n, n % size.zones.max(1)));
    (0..size.environments).for_each(|n| environment(&mut all, n));
    let provider = json!({"source": "hashicorp/aws"});
    let all = json!({
        "terraform": {"required_providers": {"aws": provider}},
        "provider": {"aws": {"region": "us-east-1", "skip_metadata_api_check": "true"}},
        "resource": all,
    });
    // In lines, so that what Terraform cites is short.
    format!("{all:#}")
}

fn add(all: &mut Resources, kind: &str, name: impl Into<String>, arguments: Value) {
    let of_kind = all.entry(kind).or_insert_with(|| json!({}));
    if let Some(of_kind) = of_kind.as_object_mut() {
        of_kind.insert(name.into(), arguments);
    }
}

fn role(all: &mut Resources, n: usize, managed: &str) {
    let name = format!("job-{n}");
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"}}]});
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"], "Resource": format!("arn:aws:s3:::bench-reports-{n}/*")}]});
    let arguments = json!({"name": name, "description": format!("Job {n} of the benchmark"),
        "assume_role_policy": trust.to_string(), "tags": {"benchmark": "yes"}});
    add(all, "aws_iam_role", &name, arguments);
    let role = format!("${{aws_iam_role.{name}.name}}");
    let arguments = json!({"name": "reports", "role": role, "policy": policy.to_string()});
    add(all, "aws_iam_role_policy", &name, arguments);
    let arguments = json!({"role": role, "policy_arn": format!("arn:aws:iam::aws:policy/{managed}")});
    add(all, "aws_iam_role_policy_attachment", &name, arguments);
}

fn zone(all: &mut Resources, n: usize, records: usize) {
    let (label, name) = (format!("zone-{n}"), format!("zone-{n}.example"));
    add(all, "aws_route53_zone", &label, json!({"name": name, "tags": {"benchmark": "yes"}}));
    for record in 0..records {
        let (kind, value) = match record % 10 {
            0..6 => ("A", format!("192.0.2.{}", record % 250 + 1)),
            6 | 7 => ("CNAME", format!("target-{record}.{name}.")),
            8 => ("TXT", format!("token={n}-{record}")),
            _ => ("MX", "10 mail.example.net.".to_owned()),
        };
        let arguments = json!({"zone_id": format!("${{aws_route53_zone.{label}.zone_id}}"),
            "name": format!("host-{record}.{name}"), "type": kind, "ttl": 300, "records": [value]});
        add(all, "aws_route53_record", format!("z{n}-host-{record}"), arguments);
    }
}

/// A certificate with the record that proves its one name.
fn certificate(all: &mut Resources, n: usize, in_zone: usize) {
    let name = format!("site-{n}");
    let arguments = json!({"domain_name": format!("{name}.zone-{in_zone}.example"), "validation_method": "DNS",
        "tags": {"benchmark": "yes"}});
    add(all, "aws_acm_certificate", &name, arguments);
    let of =
        |field: &str| format!("${{tolist(aws_acm_certificate.{name}.domain_validation_options)[0].{field}}}");
    let arguments = json!({"zone_id": format!("${{aws_route53_zone.zone-{in_zone}.zone_id}}"), "ttl": 300,
        "name": of("resource_record_name"), "type": of("resource_record_type"),
        "records": [of("resource_record_value")]});
    add(all, "aws_route53_record", format!("proof-{n}"), arguments);
}

/// Three tiers in two zones, one NAT gateway, groups with rules.
fn environment(all: &mut Resources, n: usize) {
    let net = format!("net-{n}");
    let vpc = format!("${{aws_vpc.{net}.id}}");
    let tags = |name: String| json!({"Name": name, "benchmark": "yes"});
    let block = json!({"cidr_block": format!("10.{n}.0.0/16"), "enable_dns_hostnames": true, "tags": tags(net.clone())});
    add(all, "aws_vpc", &net, block);
    add(all, "aws_default_security_group", &net, json!({"vpc_id": vpc, "tags": tags(net.clone())}));
    add(all, "aws_internet_gateway", &net, json!({"vpc_id": vpc, "tags": tags(net.clone())}));
    add(all, "aws_eip", &net, json!({"domain": "vpc", "tags": tags(net.clone())}));
    let nat = json!({"allocation_id": format!("${{aws_eip.{net}.id}}"), "tags": tags(net.clone()),
        "subnet_id": format!("${{aws_subnet.{net}-public-0.id}}"), "depends_on": [format!("aws_internet_gateway.{net}")]});
    add(all, "aws_nat_gateway", &net, nat);
    for table in ["public", "app-0", "app-1", "data"] {
        let name = format!("{net}-{table}");
        add(all, "aws_route_table", &name, json!({"vpc_id": vpc, "tags": tags(name.clone())}));
        let (field, target) = match table {
            "data" => continue,
            "public" => ("gateway_id", format!("${{aws_internet_gateway.{net}.id}}")),
            _ => ("nat_gateway_id", format!("${{aws_nat_gateway.{net}.id}}")),
        };
        let table = format!("${{aws_route_table.{name}.id}}");
        let route = json!({"route_table_id": table, "destination_cidr_block": "0.0.0.0/0", field: target});
        add(all, "aws_route", &name, route);
    }
    for (slot, tier) in ["public", "app", "data"].into_iter().enumerate() {
        (0..2).for_each(|zone| subnet(all, &net, n, (slot, tier), zone));
    }
    (0..GROUPS).for_each(|group| security_group(all, &net, group));
}

fn subnet(all: &mut Resources, net: &str, n: usize, (slot, tier): (usize, &str), zone: usize) {
    let name = format!("{net}-{tier}-{zone}");
    let letter = ["a", "b"][zone % 2];
    let arguments = json!({"vpc_id": format!("${{aws_vpc.{net}.id}}"),
        "cidr_block": format!("10.{n}.{}.0/24", 8 * slot + zone), "availability_zone": format!("us-east-1{letter}"),
        "map_public_ip_on_launch": tier == "public", "tags": {"Name": name, "benchmark": "yes"}});
    add(all, "aws_subnet", &name, arguments);
    let table = if tier == "app" { format!("{net}-app-{zone}") } else { format!("{net}-{tier}") };
    let arguments = json!({"subnet_id": format!("${{aws_subnet.{name}.id}}"),
        "route_table_id": format!("${{aws_route_table.{table}.id}}")});
    add(all, "aws_route_table_association", &name, arguments);
}

fn security_group(all: &mut Resources, net: &str, group: usize) {
    let name = format!("{net}-group-{group}");
    let arguments = json!({"name": format!("group-{group}"), "description": format!("Group {group}"),
        "vpc_id": format!("${{aws_vpc.{net}.id}}"), "tags": {"benchmark": "yes"}});
    add(all, "aws_security_group", &name, arguments);
    let id = |group: usize| format!("${{aws_security_group.{net}-group-{group}.id}}");
    let port = 8000 + group;
    let before = json!({"security_group_id": id(group), "ip_protocol": "tcp", "from_port": port, "to_port": port,
        "referenced_security_group_id": id(group.saturating_sub(1))});
    add(all, "aws_vpc_security_group_ingress_rule", format!("{name}-before"), before);
    for source in 0..RULES - 2 {
        let rule = json!({"security_group_id": id(group), "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
            "cidr_ipv4": format!("198.51.{}.0/24", 10 * group + source)});
        add(all, "aws_vpc_security_group_ingress_rule", format!("{name}-{source}"), rule);
    }
    let out = json!({"security_group_id": id(group), "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"});
    add(all, "aws_vpc_security_group_egress_rule", &name, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tools_are_given_the_same_estate() {
        let file: Value = serde_json::from_str(&file(Size::ONE, "ReadOnlyAccess")).unwrap();
        let count = |kind: &str| file["resource"][kind].as_object().map_or(0, Map::len);
        let counted = [
            "aws_iam_role",
            "aws_iam_role_policy",
            "aws_iam_role_policy_attachment",
            "aws_route53_zone",
            "aws_route53_record",
            "aws_acm_certificate",
            "aws_vpc",
            "aws_subnet",
            "aws_security_group",
            "aws_vpc_security_group_ingress_rule",
            "aws_vpc_security_group_egress_rule",
        ];
        assert_eq!(counted.into_iter().map(count).sum::<usize>(), Size::ONE.objects());
    }
}
