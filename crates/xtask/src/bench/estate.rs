//! The estate of the AWS benchmark as manifests: profiles, zones with records, certificates proven in
//! those zones, and environments. The same size gives the same texts.
//!
//! Uses nothing but the standard library, for the black-box tests include this file too. Deliberately
//! absent: writing it anywhere.

use std::fmt::Write as _;

/// How much of each there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// IamProfiles, each a role with an inline policy and an attachment.
    pub(crate) roles: usize,
    /// Domains.
    pub(crate) zones: usize,
    /// Record sets in each Domain.
    pub(crate) records: usize,
    /// Certificates of one name, spread over the Domains.
    pub(crate) certificates: usize,
    /// Environments of [`SUBNETS`], [`GROUPS`] and [`RULES`].
    pub(crate) environments: usize,
}

/// Subnets of an environment: three tiers in two zones.
pub(crate) const SUBNETS: usize = 6;
/// Security groups of an environment.
pub(crate) const GROUPS: usize = 4;
/// Rules of a group, with the one that lets everything out.
pub(crate) const RULES: usize = 5;

impl Size {
    /// The estate of 900 and some resources.
    pub(crate) const ONE: Self =
        Self { roles: 100, zones: 5, records: 100, certificates: 20, environments: 3 };

    /// So many times the estate; zones keep their size.
    pub(crate) const fn times(self, factor: usize) -> Self {
        Self {
            roles: self.roles * factor,
            zones: self.zones * factor,
            records: self.records,
            certificates: self.certificates * factor,
            environments: self.environments * factor,
        }
    }

    /// Objects in the way that other tools count: a role's policies and a certificate's record are one each.
    pub(crate) const fn objects(self) -> usize {
        let environment = 1 + SUBNETS + GROUPS + GROUPS * RULES;
        3 * self.roles
            + self.zones * (1 + self.records)
            + 2 * self.certificates
            + environment * self.environments
    }
}

/// The manifests, by file name. `managed` is the managed policy that each role gets, by name or ARN.
pub(crate) fn files(size: Size, managed: &str) -> Vec<(String, String)> {
    let mut files = vec![("tenant.yaml".to_owned(), TENANT.to_owned())];
    files.extend((0..size.roles).map(|n| (format!("profiles/job-{n}.yaml"), profile(n, managed))));
    files.extend((0..size.zones).map(|n| (format!("domains/zone-{n}.yaml"), domain(n, size.records))));
    let zones = size.zones.max(1);
    files.extend(
        (0..size.certificates).map(|n| (format!("certificates/site-{n}.yaml"), certificate(n, n % zones))),
    );
    files.extend((0..size.environments).map(|n| (format!("environments/net-{n}.yaml"), environment(n))));
    files
}

const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: bench, tenant: bench}
spec:
  displayName: Benchmark
  aws: {region: us-east-1}
";

fn head(kind: &str, name: &str) -> String {
    format!("apiVersion: aplomo/v1\nkind: {kind}\nmetadata: {{name: {name}, tenant: bench}}\nspec:\n")
}

fn profile(n: usize, managed: &str) -> String {
    head("IamProfile", &format!("job-{n}"))
        + &format!(
            "  description: Job {n} of the benchmark
  trust: {{services: [lambda.amazonaws.com]}}
  policies:
    managed: [\"{managed}\"]
    inline:
      - name: reports
        document:
          Version: \"2012-10-17\"
          Statement:
            - Effect: Allow
              Action: [s3:GetObject, s3:PutObject]
              Resource: arn:aws:s3:::bench-reports-{n}/*
"
        )
}

fn zone(n: usize) -> String {
    format!("zone-{n}.example")
}

fn domain(n: usize, records: usize) -> String {
    let mut text = head("Domain", &format!("zone-{n}"));
    // Writing to a String cannot fail.
    let _ = write!(text, "  zone: {}\n  records:\n", zone(n));
    for record in 0..records {
        let (kind, value) = match record % 10 {
            0..6 => ("A", format!("192.0.2.{}", record % 250 + 1)),
            6 | 7 => ("CNAME", format!("target-{record}.{}.", zone(n))),
            8 => ("TXT", format!("token={n}-{record}")),
            _ => ("MX", "10 mail.example.net.".to_owned()),
        };
        let _ = writeln!(text, "    - {{name: host-{record}, type: {kind}, ttl: 300, values: [{value}]}}");
    }
    text
}

fn certificate(n: usize, in_zone: usize) -> String {
    head("Certificate", &format!("site-{n}"))
        + &format!("  domainName: site-{n}.{}\n  validation: {{domains: [zone-{in_zone}]}}\n", zone(in_zone))
}

fn environment(n: usize) -> String {
    let kind = ["production", "certification", "staging"][n % 3];
    let mut text = head("Environment", &format!("net-{n}"))
        + &format!(
            "  type: {kind}
  network:
    cidr: 10.{n}.0.0/16
    zones: 2
    nat: single
    tiers:
      - {{name: public, prefix: 24, exposure: public, slot: 0}}
      - {{name: app, prefix: 24, exposure: egress, slot: 1}}
      - {{name: data, prefix: 24, exposure: isolated, slot: 2}}
  securityGroups:
"
        );
    for group in 0..GROUPS {
        text += &security_group(group);
    }
    text
}

/// A group that lets in the one before it and a few networks.
fn security_group(n: usize) -> String {
    let before = n.checked_sub(1).map_or("self".to_owned(), |n| format!("{{securityGroup: group-{n}}}"));
    let mut text = format!("    - name: group-{n}\n      description: Group {n}\n      ingress:\n");
    let _ = writeln!(text, "        - {{ports: {}, from: [{before}]}}", 8000 + n);
    for source in 0..RULES - 2 {
        let _ = writeln!(text, "        - {{ports: 443, from: [198.51.{n}{source}.0/24]}}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estate_is_as_large_as_it_says_and_always_the_same() {
        let text = |size| files(size, "ReadOnlyAccess").into_iter().map(|(_, text)| text).collect::<String>();
        let all = text(Size::ONE);
        assert_eq!(all, text(Size::ONE));
        assert_eq!(all.matches("kind: IamProfile").count(), 100);
        assert_eq!(all.matches("- {name: host-").count(), 500);
        assert_eq!(all.matches("kind: Certificate").count(), 20);
        assert_eq!(all.matches("- name: group-").count(), 12);
        let written = all.matches("{ports: ").count();
        assert_eq!(written + 12, 60, "one more rule per group lets everything out");
        assert!((900..1000).contains(&Size::ONE.objects()), "{}", Size::ONE.objects());
        assert_eq!(Size::ONE.times(10).objects(), 10 * Size::ONE.objects());
    }
}
