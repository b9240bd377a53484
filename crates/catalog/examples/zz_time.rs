use aplomo_catalog::{Accounts, expand};
use aplomo_core::manifest::{RawManifest, Snapshot};
use aplomo_source::{Limits, parse_documents};
use std::sync::Arc;
#[allow(clippy::disallowed_methods)]
fn main() {
    let t0 = std::time::Instant::now();
    let name = aplomo_core::SourceName::known("bench");
    let mut s = Snapshot { name: name.clone(), path: "x".into(), commit: None, complete: true, incomplete_because: vec![], tenants: None, operator: true, manifests: vec![], problems: vec![] };
    for m in 0..1000 {
        let mut y = format!("apiVersion: aplomo/v1\nkind: Domain\nmetadata: {{name: d{m}, tenant: platform}}\nspec:\n  zone: d{m}.example\n  records:\n");
        for r in 0..100 {
            match r % 5 {
                0 => y.push_str(&format!("    - {{name: h{r}, type: A, ttl: 300, values: [10.0.{}.{r}]}}\n", m % 250)),
                1 => y.push_str(&format!("    - {{name: h{r}, type: CNAME, ttl: 300, values: [h0]}}\n")),
                2 => y.push_str(&format!("    - {{name: h{r}, type: TXT, ttl: 300, values: [\"v=spf1 include:x{r} -all\"]}}\n")),
                3 => y.push_str(&format!("    - {{name: h{r}, type: MX, ttl: 300, values: [10 h0, 20 h5]}}\n")),
                _ => y.push_str(&format!("    - {{name: h{r}, type: AAAA, values: [\"2001:db8::{r}\"]}}\n")),
            }
        }
        let f: Arc<str> = format!("d{m}.yaml").into();
        let p = parse_documents(&f, &y, &Limits::default());
        s.manifests.extend(p.documents.into_iter().map(|root| RawManifest { source: name.clone(), file: f.clone(), root }));
    }
    eprintln!("parse {:?}", t0.elapsed());
    let snaps = [s];
    for _ in 0..3 {
        let t = std::time::Instant::now();
        let d = expand(&snaps, &Accounts::default());
        eprintln!("expand {:?} {} {:?}", t.elapsed(), d.resources.len(), d.findings.first());
    }
    eprintln!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
