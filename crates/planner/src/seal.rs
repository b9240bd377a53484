//! The plan's digest, made change by change: the same octets as [`Plan::recompute_digest`], without
//! holding a second copy of the plan.

use aplomo_core::digest::Digest;
use aplomo_core::plan::Plan;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Whole numbers up to here are the same in JSON and in RFC 8785, which knows doubles alone.
const EXACT: i64 = 1 << 53;

/// Sets the plan's digest. Where the short way does not lead to one, the long way does.
pub(crate) fn seal(plan: &mut Plan) {
    if let Some(digest) = short_way(plan).or_else(|| plan.recompute_digest().ok()) {
        plan.digest = digest;
    }
}

fn short_way(plan: &Plan) -> Option<Digest> {
    let mut sum = Sum { sha: Sha256::new(), buffer: Vec::new() };
    sum.text("{\"applyable\":");
    sum.value(&plan.applyable)?;
    sum.member("asOf", &plan.as_of)?;
    sum.list("changes", &plan.changes)?;
    sum.member("complete", &plan.complete)?;
    sum.list("findings", &plan.findings)?;
    sum.member("formatVersion", &plan.format_version)?;
    sum.member("sources", &plan.sources)?;
    sum.member("summary", &plan.summary)?;
    sum.list("unmanaged", &plan.unmanaged)?;
    sum.list("unverifiable", &plan.unverifiable)?;
    sum.member("wake", &plan.wake)?;
    sum.text("}");
    let mut text = "sha256:".to_owned();
    for byte in sum.sha.finalize() {
        let _ = write!(text, "{byte:02x}"); // writing to a String does not fail
    }
    text.parse().ok()
}

struct Sum {
    sha: Sha256,
    buffer: Vec<u8>,
}

impl Sum {
    fn text(&mut self, text: &str) {
        self.sha.update(text.as_bytes());
    }
    fn value<T: Serialize>(&mut self, value: &T) -> Option<()> {
        self.buffer.clear();
        canonical(&serde_json::to_value(value).ok()?, &mut self.buffer)?;
        self.sha.update(&self.buffer);
        Some(())
    }
    fn member<T: Serialize>(&mut self, name: &str, value: &T) -> Option<()> {
        self.text(&format!(",\"{name}\":"));
        self.value(value)
    }
    fn list<T: Serialize>(&mut self, name: &str, values: &[T]) -> Option<()> {
        self.text(&format!(",\"{name}\":["));
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.text(",");
            }
            self.value(value)?;
        }
        self.text("]");
        Some(())
    }
}

/// RFC 8785; `None` for numbers that are not whole or not exact as doubles.
fn canonical(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                canonical(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            out.push(b'{');
            for (i, (key, item)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key).ok()?;
                out.push(b':');
                canonical(item, out)?;
            }
            out.push(b'}');
        }
        Value::Number(number) => {
            let whole = number.as_i64().filter(|n| (-EXACT..=EXACT).contains(n))?;
            out.extend_from_slice(whole.to_string().as_bytes());
        }
        Value::Null | Value::Bool(_) | Value::String(_) => serde_json::to_writer(out, value).ok()?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use serde_json::json;

    #[test]
    fn it_writes_what_the_reference_writes() {
        let odd = "\u{8}\t\n\u{c}\r\"\\/\u{1}\u{7f}\u{2028}é";
        for value in [
            json!({"b": [1, -2, 0, true, null], "a": odd, "\u{e000}": 1, "\u{10000}": 2, "é": {}, "": [] }),
            json!(9_007_199_254_740_992_i64),
            json!("😀"),
        ] {
            let mut out = Vec::new();
            canonical(&value, &mut out).unwrap();
            assert_eq!(
                aplomo_core::Digest::of_bytes(&out),
                aplomo_core::Digest::of_json(&value).unwrap(),
                "{value}"
            );
        }
        assert_eq!(canonical(&json!(9_007_199_254_740_993_i64), &mut Vec::new()), None);
        assert_eq!(canonical(&json!(0.5), &mut Vec::new()), None);
    }
}
