//! What a certificate that is asked for waits for, in words.

use super::output::{self, FOUND, Part};
use aplomo_core::Datum;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What must happen outside before the certificate with these outputs is issued; `None` where nothing
/// must. It carries the records, for somebody may have to be handed them.
#[must_use]
pub fn waiting(outputs: &BTreeMap<SmolStr, Datum>) -> Option<String> {
    if outputs.get(output::STATUS).and_then(Datum::as_text) != Some("PENDING_VALIDATION") {
        return None;
    }
    let records: Vec<String> = missing(outputs).filter_map(|name| record(outputs, name)).collect();
    Some(match records.as_slice() {
        [] => "ACM has yet to see the validation records in DNS".to_owned(),
        records => format!("ACM looks in DNS for {}", records.join("; ")),
    })
}

/// Whether ACM gave up: nobody proved the names within 72 hours.
#[must_use]
pub fn timed_out(outputs: &BTreeMap<SmolStr, Datum>) -> bool {
    outputs.get(output::STATUS).and_then(Datum::as_text) == Some("VALIDATION_TIMED_OUT")
}

/// What must happen outside before a certificate that timed out is worth asking for again, of one whose
/// records are looked up in DNS; `None` where they are there, or where it did not time out. A record that
/// could not be looked up is not there.
#[must_use]
pub fn waiting_again(outputs: &BTreeMap<SmolStr, Datum>) -> Option<String> {
    if !timed_out(outputs) {
        return None;
    }
    let records: Vec<String> = missing(outputs).filter_map(|name| record(outputs, name)).collect();
    (!records.is_empty()).then(|| {
        format!("ACM gave up after 72 hours; it is asked for again once DNS has {}", records.join("; "))
    })
}

fn text<'a>(outputs: &'a BTreeMap<SmolStr, Datum>, name: &str, part: Part) -> Option<&'a str> {
    outputs.get(&output::validation(name, part)).and_then(Datum::as_text)
}

/// The validated names whose record was not found in DNS, or not looked up.
fn missing(outputs: &BTreeMap<SmolStr, Datum>) -> impl Iterator<Item = &str> {
    let names: BTreeSet<&str> = outputs.keys().filter_map(|key| output::validated_name(key)).collect();
    names.into_iter().filter(|name| text(outputs, name, Part::Seen) != Some(FOUND))
}

/// The record that proves a name, as it stands in a zone file.
fn record(outputs: &BTreeMap<SmolStr, Datum>, name: &str) -> Option<String> {
    let Some(Datum::List(values)) = outputs.get(&output::validation(name, Part::Values)) else {
        return None;
    };
    Some(format!("{} CNAME {}", text(outputs, name, Part::Name)?, values.first()?.as_text()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_pending_waits_and_what_is_found_is_not_asked_for() {
        let mut outputs = BTreeMap::from([(output::STATUS.into(), Datum::from("PENDING_VALIDATION"))]);
        for (name, number) in [("a.example", "1"), ("b.example", "2")] {
            let value = Datum::List(vec![format!("_v{number}.acm-validations.aws.").as_str().into()]);
            outputs
                .insert(output::validation(name, Part::Name), format!("_n{number}.{name}.").as_str().into());
            outputs.insert(output::validation(name, Part::Values), value);
        }
        outputs.insert(output::validation("a.example", Part::Seen), FOUND.into());
        assert_eq!(
            waiting(&outputs).as_deref(),
            Some("ACM looks in DNS for _n2.b.example. CNAME _v2.acm-validations.aws.")
        );
        assert_eq!(waiting_again(&outputs), None);
        outputs.insert(output::STATUS.into(), "VALIDATION_TIMED_OUT".into());
        assert_eq!(waiting(&outputs), None);
        assert_eq!(
            waiting_again(&outputs).as_deref(),
            Some(
                "ACM gave up after 72 hours; it is asked for again once DNS has _n2.b.example. CNAME _v2.acm-validations.aws."
            )
        );
        outputs.insert(output::validation("b.example", Part::Seen), FOUND.into());
        assert_eq!(waiting_again(&outputs), None, "they are there");
        outputs.insert(output::STATUS.into(), "ISSUED".into());
        assert_eq!(waiting(&outputs), None);
    }
}
