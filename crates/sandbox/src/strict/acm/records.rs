//! Whether a validation record exists: told by the test, or in a public Route53 zone of any account the proxy knows.

use super::super::ask::Ask;
use super::super::memory::Memory;
use crate::form::escape_url;
use crate::proxy::Answer;
use crate::xml::{all, child_text, find_text, parse};

/// The public zones, listed once per call: account, id, name.
#[derive(Debug, Default)]
pub(super) struct Records(Option<Vec<(Option<String>, String, String)>>);

impl Records {
    pub(super) async fn exists(&mut self, memory: &Memory, ask: &Ask<'_>, name: &str, value: &str) -> bool {
        if memory.state().external.get(name).is_some_and(|there| there == value) {
            return true;
        }
        if self.0.is_none() {
            self.0 = Some(zones(memory, ask).await);
        }
        for (account, id, zone) in self.0.iter().flatten() {
            if name.ends_with(&format!(".{zone}")) && in_zone(ask, account.as_deref(), id, name, value).await
            {
                return true;
            }
        }
        false
    }
}

async fn zones(memory: &Memory, ask: &Ask<'_>) -> Vec<(Option<String>, String, String)> {
    let known = memory.state().accounts.clone();
    let accounts: Vec<Option<String>> =
        if known.is_empty() { vec![None] } else { known.into_iter().map(Some).collect() };
    let mut found = Vec::new();
    for account in accounts {
        let listed = ask.route53("/2013-04-01/hostedzone?maxitems=10000000", account.as_deref()).await;
        found.extend(public(&listed).into_iter().map(|(id, name)| (account.clone(), id, name)));
    }
    found
}

fn public(listed: &Answer) -> Vec<(String, String)> {
    let Ok(document) = parse(&listed.body) else { return Vec::new() };
    all(document.root_element(), "HostedZone")
        .filter(|zone| find_text(*zone, "PrivateZone").as_deref() != Some("true"))
        .filter_map(|zone| Some((child_text(zone, "Id")?, child_text(zone, "Name")?)))
        .map(|(id, name)| (id.trim_start_matches("/hostedzone/").to_owned(), name.to_ascii_lowercase()))
        .collect()
}

async fn in_zone(ask: &Ask<'_>, account: Option<&str>, zone: &str, name: &str, value: &str) -> bool {
    let path = format!("/2013-04-01/hostedzone/{zone}/rrset?maxitems=1&type=CNAME&name={}", escape_url(name));
    let listed = ask.route53(&path, account).await;
    let Ok(document) = parse(&listed.body) else { return false };
    let plain = |text: String| text.trim_end_matches('.').to_ascii_lowercase();
    all(document.root_element(), "ResourceRecordSet").any(|set| {
        child_text(set, "Name").map(plain) == Some(plain(name.to_owned()))
            && all(set, "Value")
                .any(|v| plain(v.text().unwrap_or_default().to_owned()) == plain(value.to_owned()))
    })
}
