//! `aws.acm.Certificate`.
//!
//! A certificate has no natural key: several of the same names stand side by side, so it is found by
//! mark, ledger or adoption alone. Everything that identifies it makes another certificate, which comes
//! before the old one goes.
//!
//! It is not stateful, though one in use must not go: whether a type is stateful is known before
//! anything is seen, and a stateful type could never be replaced, nor its leftovers be taken up.
//! What protects one in use is seen in the object: ACM refuses to delete it, the writer looks before
//! it asks, and the assessment calls such a removal an outage.

use super::model::Certificate;
use super::{assess, names, notices};
use crate::normal::{Normal, is_set};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Turnover, Watch};
use aplomo_core::{Datum, FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The type's name.
pub const CERTIFICATE: TypeName = TypeName::known("aws.acm.Certificate");

/// The type of certificates.
pub struct Certificates;

impl Type for Certificates {
    const NAME: TypeName = CERTIFICATE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Certificate<M>;

    fn normalise(mut model: Certificate<Wanted>) -> Result<Certificate<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("certificate");
        normal.value("domainName", &mut model.domain_name, |name| names::normal(name));
        alternatives(&mut model, &mut normal);
        if let Wish::Value(text) = &mut model.key_algorithm {
            *text = names::algorithm(text);
        }
        normal.word("keyAlgorithm", &mut model.key_algorithm, &names::ALGORITHMS);
        normal.word("validation", &mut model.validation, &["DNS", "EMAIL"]);
        if is_set(&model.in_use) {
            normal.wrong("inUse", "it is seen, not wished");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &Certificate<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &Certificate<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        let tags = path.is_below(&FieldPath::known("/tags"));
        if tags || path.as_str() == "/transparencyLogging" {
            Turnover::InPlace
        } else {
            Turnover::CreateFirst
        }
    }

    fn assess(before: Option<&Certificate<Seen>>, after: Option<&Certificate<Wanted>>) -> Assessment {
        assess::certificate(before, after)
    }

    fn notices(seen: &Certificate<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
        notices::certificate(seen, watch)
    }

    fn came_to_nothing(seen: &Certificate<Seen>, outputs: &BTreeMap<SmolStr, Datum>) -> bool {
        super::timed_out(outputs) && seen.in_use.value() != Some(&true)
    }
}

/// The further names as a set that does not hold the common one.
fn alternatives(model: &mut Certificate<Wanted>, normal: &mut Normal) {
    let Wish::Value(written) = &mut model.alternative_names else { return };
    let common = model.domain_name.value();
    let mut all = std::collections::BTreeSet::new();
    for name in std::mem::take(written) {
        match names::normal(&name) {
            Ok(name) if Some(&name) != common => drop(all.insert(name)),
            Ok(_) => {}
            Err(why) => normal.wrong("alternativeNames", why),
        }
    }
    *written = all;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str, others: &[&str]) -> Certificate<Wanted> {
        Certificate {
            domain_name: Wish::Value(name.into()),
            alternative_names: Wish::Value(others.iter().map(SmolStr::new).collect()),
            ..Certificate::default()
        }
    }

    #[test]
    fn the_common_name_is_not_among_the_others_and_case_means_nothing() {
        let model =
            Certificates::normalise(wanted("Example.COM.", &["example.com", "WWW.example.com"])).unwrap();
        assert_eq!(model.domain_name, Wish::Value("example.com".into()));
        assert_eq!(model.alternative_names, Wish::Value(["www.example.com".into()].into()));
    }

    #[test]
    fn names_make_another_certificate_and_tags_do_not() {
        for path in ["/domainName", "/alternativeNames", "/keyAlgorithm", "/validation", "/valid"] {
            assert_eq!(Certificates::turnover(&FieldPath::known(path)), Turnover::CreateFirst);
        }
        for path in ["/tags/env", "/transparencyLogging"] {
            assert_eq!(Certificates::turnover(&FieldPath::new(path)), Turnover::InPlace);
        }
    }

    #[test]
    fn what_cannot_be_certified_is_told_all_at_once() {
        let mut wrong = wanted("com", &["a_b.example.com"]);
        wrong.key_algorithm = Wish::Value("DSA".into());
        assert_eq!(Certificates::normalise(wrong).unwrap_err().len(), 3);
    }
}
