//! `aws.iam.SamlProvider`. Deliberately absent: understanding the metadata beyond its bounds.

use super::model::SamlProvider;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type's name.
pub const SAML_PROVIDER: TypeName = TypeName::known("aws.iam.SamlProvider");

/// The type of SAML providers. Its identity is the name.
pub struct SamlProviders;

impl Type for SamlProviders {
    const NAME: TypeName = SAML_PROVIDER;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = SamlProvider<M>;

    fn normalise(mut model: SamlProvider<Wanted>) -> Result<SamlProvider<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("iam-saml-provider");
        normal.value("name", &mut model.name, |text| {
            let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let good = (1..=128).contains(&text.len()) && text.chars().all(fine);
            if good { Ok(text.clone()) } else { Err("it has 1 to 128 letters, digits and `._-`") }
        });
        normal.value("metadata", &mut model.metadata, |text| {
            let text = text.trim();
            match text.chars().count() {
                1_000..=10_000_000 => Ok(text.to_owned()),
                n => Err(format!("AWS takes metadata of 1000 to 10000000 characters, and this has {n}")),
            }
        });
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &SamlProvider<Wanted>) -> Option<SmolStr> {
        model.name.value().cloned()
    }

    fn identity(model: &SamlProvider<Seen>) -> Option<SmolStr> {
        model.name.value().cloned()
    }

    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/name" { Turnover::CreateFirst } else { Turnover::InPlace }
    }

    fn assess(before: Option<&SamlProvider<Seen>>, after: Option<&SamlProvider<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let called = name.after.or(name.before).map_or("the provider", SmolStr::as_str);
        match (before, after) {
            (None, Some(_)) => {
                notes.add(Risk::Sensitive, format!("who signs in at {called} can be trusted by roles"))
            }
            (Some(_), None) => {
                notes.add(Risk::Sensitive, format!("who signs in at {called} can take no role any more"))
            }
            _ if delta!(before, after, metadata).changes() => {
                notes.add(
                    Risk::Sensitive,
                    format!("another identity provider, or other certificates, speak as {called}"),
                );
            }
            _ => {}
        }
        notes.0
    }
}
