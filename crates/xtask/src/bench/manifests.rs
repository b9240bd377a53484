//! Manifests for the benchmarks: one tenant, and Domains of 100 records each, of mixed types.

use anyhow::Result;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Records in one Domain, which is one file.
const RECORDS_PER_DOMAIN: usize = 100;
/// Files in one folder.
const DOMAINS_PER_FOLDER: usize = 100;

/// Writes as many Domains as `records` records need; returns how many files that is.
pub(crate) fn write(folder: &Path, records: usize) -> Result<usize> {
    fs::write(folder.join("tenant.yaml"), TENANT)?;
    let domains = records.div_ceil(RECORDS_PER_DOMAIN);
    for domain in 0..domains {
        let within = folder.join(format!("domains-{}", domain / DOMAINS_PER_FOLDER));
        fs::create_dir_all(&within)?;
        let count = RECORDS_PER_DOMAIN.min(records - domain * RECORDS_PER_DOMAIN);
        fs::write(within.join(format!("bench-{domain}.yaml")), text(domain, count))?;
    }
    Ok(domains + 1)
}

const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata:
  name: bench
  tenant: bench
spec:
  displayName: Benchmark
";

fn text(domain: usize, records: usize) -> String {
    let mut out = format!(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata:\n  name: bench-{domain}\n  tenant: bench\n\
         spec:\n  zone: bench-{domain}.example\n  records:\n"
    );
    for record in 0..records {
        let (kind, value) = kind_and_value(domain, record);
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "    - name: host-{record}\n      type: {kind}\n      ttl: 300\n      values:\n        - {value}\n"
        );
    }
    out
}

/// As in real zones: mostly addresses, some names, some texts and mail.
fn kind_and_value(domain: usize, record: usize) -> (&'static str, String) {
    match record % 10 {
        0..6 => ("A", format!("10.{}.{}.{}", domain / 250 % 250, domain % 250, record % 250)),
        6 | 7 => ("CNAME", format!("target-{record}.bench-{domain}.example.")),
        8 => ("TXT", format!("'token={domain}-{record}'")),
        _ => ("MX", "'10 mail.example.net.'".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_grow_with_the_records() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path(), 250).unwrap(), 4);
        let last = fs::read_to_string(folder.path().join("domains-0/bench-2.yaml")).unwrap();
        assert_eq!(last.matches("- name: host-").count(), 50);
    }
}
