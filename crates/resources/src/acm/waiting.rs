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
    let names: BTreeSet<&str> = outputs.keys().filter_map(|key| output::validated_name(key)).collect();
    let text = |name: &str, part| outputs.get(&output::validation(name, part)).and_then(Datum::as_text);
    let missing = names.iter().filter(|name| text(name, Part::Seen) != Some(FOUND));
    let record = |name: &&str| {
        let Some(Datum::List(values)) = outputs.get(&output::validation(name, Part::Values)) else {
            return None;
        };
        Some(format!("{} CNAME {}", text(name, Part::Name)?, values.first()?.as_text()?))
    };
    let records: Vec<String> = missing.filter_map(record).collect();
    Some(match records.as_slice() {
        [] => "ACM has yet to see the validation records in DNS".to_owned(),
        records => format!("ACM looks in DNS for {}", records.join("; ")),
    })
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
        outputs.insert(output::STATUS.into(), "ISSUED".into());
        assert_eq!(waiting(&outputs), None);
    }
}
