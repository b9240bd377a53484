//! How risky it is to change a certificate, in words.

use super::model::Certificate;
use crate::change::{Notes, delta, list};
use aplomo_core::types::{Assessment, Risk};
use aplomo_core::{Seen, Sight, Wanted};
use smol_str::SmolStr;
use std::collections::BTreeSet;

pub(super) fn certificate(
    before: Option<&Certificate<Seen>>,
    after: Option<&Certificate<Wanted>>,
) -> Assessment {
    let mut notes = Notes::default();
    let name = delta!(before, after, domain_name);
    let called = name.before.or(name.after).map_or("the names", SmolStr::as_str);
    let in_use = before.is_some_and(|b| b.in_use == Sight::Value(true));
    match (before, after) {
        (Some(_), None) => goes(called, in_use, &mut notes),
        (Some(before), Some(after)) => changes(called, in_use, (before, after), &mut notes),
        _ => {}
    }
    let transparency = delta!(before, after, transparency);
    if after.is_some() && transparency.after == Some(&false) && transparency.before != Some(&false) {
        let note = format!("browsers that ask for certificate transparency refuse {called}");
        notes.add(Risk::Sensitive, note);
    }
    notes.0
}

fn goes(called: &str, in_use: bool, notes: &mut Notes) {
    if in_use {
        let note = format!(
            "the certificate for {called} is in use: ACM does not let it go before what uses it moved on"
        );
        notes.add(Risk::Outage, note);
    } else {
        let note = format!(
            "the certificate for {called} and its key go; another must be asked for and validated anew"
        );
        notes.add(Risk::Routine, note);
    }
}

fn changes(
    called: &str,
    in_use: bool,
    (before, after): (&Certificate<Seen>, &Certificate<Wanted>),
    notes: &mut Notes,
) {
    let (before, after) = (Some(before), Some(after));
    let another = delta!(before, after, domain_name).changes()
        || delta!(before, after, alternative_names).changes()
        || delta!(before, after, key_algorithm).changes()
        || delta!(before, after, validation).changes()
        || delta!(before, after, valid).changes();
    if !another {
        return;
    }
    let stays = if in_use { "; the old one is in use and stays until what uses it moved on" } else { "" };
    notes.add(
        Risk::Routine,
        format!("another certificate is asked for in the place of that for {called}{stays}"),
    );
    let lost: Vec<SmolStr> = had(before).difference(&has(before, after)).cloned().collect();
    if !lost.is_empty() {
        let risk = if in_use { Risk::Outage } else { Risk::Routine };
        notes.add(risk, format!("the new certificate does not hold for {}", list(lost)));
    }
}

fn had(before: Option<&Certificate<Seen>>) -> BTreeSet<SmolStr> {
    let name = before.and_then(|b| b.domain_name.value()).cloned();
    let others = before.and_then(|b| b.alternative_names.value()).cloned();
    name.into_iter().chain(others.into_iter().flatten()).collect()
}

fn has(before: Option<&Certificate<Seen>>, after: Option<&Certificate<Wanted>>) -> BTreeSet<SmolStr> {
    let name = delta!(before, after, domain_name).after.cloned();
    let others = delta!(before, after, alternative_names).after.cloned();
    name.into_iter().chain(others.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Wish;

    fn seen(in_use: bool) -> Certificate<Seen> {
        Certificate {
            domain_name: Sight::Value("example.com".into()),
            alternative_names: Sight::Value(["www.example.com".into()].into()),
            in_use: Sight::Value(in_use),
            ..Certificate::default()
        }
    }

    #[test]
    fn one_in_use_is_an_outage_to_lose() {
        assert_eq!(certificate(Some(&seen(true)), None).risk, Risk::Outage);
        assert_eq!(certificate(Some(&seen(false)), None).risk, Risk::Routine);
    }

    #[test]
    fn names_that_are_lost_are_told() {
        let after = Certificate {
            domain_name: Wish::Value("example.com".into()),
            alternative_names: Wish::Value(BTreeSet::new()),
            ..Certificate::default()
        };
        let assessment = certificate(Some(&seen(true)), Some(&after));
        assert_eq!(assessment.risk, Risk::Outage);
        insta::assert_snapshot!(assessment.notes.join("\n"), @r"
        another certificate is asked for in the place of that for example.com; the old one is in use and stays until what uses it moved on
        the new certificate does not hold for www.example.com
        ");
    }

    #[test]
    fn tags_alone_are_nothing_to_tell() {
        let mut after = Certificate::<Wanted>::default();
        after.tags.insert("env".into(), Wish::Value("x".into()));
        assert_eq!(certificate(Some(&seen(true)), Some(&after)), Assessment::default());
    }
}
