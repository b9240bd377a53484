//! Lists as Route53 gives them: names escaped, pages of at most 300 that continue on name, type and set identifier.
//! moto ignores the identifier and so repeats or loops when a page ends inside a routed set.

use std::cmp::Ordering;

use super::names::{plain, shown};
use crate::form::{escape_url, unescape_url};
use crate::proxy::Answer;
use crate::xml::{element, escape, raw_text, split_elements};

/// Route53's largest page.
const MAX_ITEMS: usize = 300;
/// Sets of one name and type that may share a page with others; AWS allows 100.
const GROUP: usize = 200;

/// Where a page begins and how long it may be.
#[derive(Debug)]
pub(super) struct Page {
    name: Option<String>,
    kind: Option<String>,
    id: Option<String>,
    max: usize,
}

impl Page {
    pub(super) fn from_query(query: &str) -> Self {
        let field = |key: &str| {
            let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(k, _)| *k == key);
            pair.map(|(_, value)| unescape_url(value)).filter(|v| !v.is_empty())
        };
        let max = field("maxitems").and_then(|n| n.parse().ok()).unwrap_or(MAX_ITEMS).clamp(1, MAX_ITEMS);
        Self { name: field("name").map(|n| plain(&n)), kind: field("type"), id: field("identifier"), max }
    }

    /// What to ask moto: the same start and enough to see the next page's first set.
    pub(super) fn upstream_query(&self) -> String {
        let mut query = format!("maxitems={}", self.max + 2 * GROUP);
        if let Some(name) = &self.name {
            query += &format!("&name={}", escape_url(name));
        }
        if let Some(kind) = &self.kind {
            query += &format!("&type={}", escape_url(kind));
        }
        query
    }

    /// Cuts moto's long page to the one that was asked for.
    pub(super) fn cut(&self, answer: Answer) -> Answer {
        let (before, mut sets, _) = split_elements(&answer.body, "ResourceRecordSet");
        if sets.is_empty() {
            return answer;
        }
        if raw_text(&answer.body, "IsTruncated") == Some("true") {
            drop_last_group(&mut sets);
        }
        sets.sort_by(|a, b| if same_group(a, b) { id(a).cmp(&id(b)) } else { Ordering::Equal });
        let start = sets.iter().position(|set| !self.is_before_start(set)).unwrap_or(sets.len());
        let rest = &sets[start..];
        let page: String = rest.iter().take(self.max).map(|set| escape_names(set)).collect();
        let tail = self.tail(rest.get(self.max).copied());
        let head = before.split("<IsTruncated>").next().unwrap_or(before);
        let body = format!("{head}{page}</ResourceRecordSets>{tail}</ListResourceRecordSetsResponse>");
        Answer { body, ..answer }
    }

    fn is_before_start(&self, set: &str) -> bool {
        let (Some(name), Some(kind), Some(start)) = (&self.name, &self.kind, &self.id) else { return false };
        let here =
            raw_text(set, "Name").map(plain).as_ref() == Some(name) && raw_text(set, "Type") == Some(kind);
        here && id(set).is_some_and(|id| id < escape(start).as_str())
    }

    fn tail(&self, next: Option<&str>) -> String {
        let mut tail = element("IsTruncated", if next.is_some() { "true" } else { "false" });
        if let Some(next) = next {
            let name = raw_text(next, "Name").map(|n| shown(&plain(n))).unwrap_or_default();
            tail += &format!("<NextRecordName>{name}</NextRecordName>");
            tail +=
                &format!("<NextRecordType>{}</NextRecordType>", raw_text(next, "Type").unwrap_or_default());
            if let Some(id) = id(next) {
                tail += &format!("<NextRecordIdentifier>{id}</NextRecordIdentifier>");
            }
        }
        tail + &element("MaxItems", &self.max.to_string())
    }
}

fn id(set: &str) -> Option<&str> {
    raw_text(set, "SetIdentifier")
}

fn same_group(a: &str, b: &str) -> bool {
    raw_text(a, "Name") == raw_text(b, "Name") && raw_text(a, "Type") == raw_text(b, "Type")
}

/// moto may have cut the last group short, and half a group cannot be sorted.
fn drop_last_group(sets: &mut Vec<&str>) {
    let Some(last) = sets.pop() else { return };
    while sets.last().is_some_and(|set| same_group(set, last)) {
        sets.pop();
    }
}

/// Names and alias targets as Route53 shows them; moto's broken SOA of a new zone put right.
fn escape_names(set: &str) -> String {
    let mut out = set.replace("<Value>{'Value': '", "<Value>").replace("'}</Value>", "</Value>");
    for tag in ["Name", "DNSName"] {
        if let Some(text) = raw_text(&out, tag).map(str::to_owned) {
            let shown = shown(&text);
            out = out.replacen(&format!("<{tag}>{text}</{tag}>"), &format!("<{tag}>{shown}</{tag}>"), 1);
        }
    }
    out
}
