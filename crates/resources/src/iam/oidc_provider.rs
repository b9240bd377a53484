//! `aws.iam.OidcProvider`.

use super::model::OidcProvider;
use crate::change::{Notes, delta, list};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type's name.
pub const OIDC_PROVIDER: TypeName = TypeName::known("aws.iam.OidcProvider");

/// The type of OpenID Connect providers. Its identity is the URL without scheme.
pub struct OidcProviders;

impl Type for OidcProviders {
    const NAME: TypeName = OIDC_PROVIDER;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = OidcProvider<M>;

    fn normalise(mut model: OidcProvider<Wanted>) -> Result<OidcProvider<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("iam-oidc-provider");
        normal.value("url", &mut model.url, |text| url(text));
        normal.value("audiences", &mut model.audiences, |all| match all.iter().find(|a| a.is_empty()) {
            Some(_) => Err("an audience is empty"),
            None if all.len() > 100 => Err("AWS takes at most 100"),
            None => Ok(all.clone()),
        });
        normal.value("thumbprints", &mut model.thumbprints, |all| {
            let hex = |t: &SmolStr| t.len() == 40 && t.bytes().all(|b| b.is_ascii_hexdigit());
            let lower = || all.iter().map(|t| SmolStr::from(t.to_ascii_lowercase())).collect::<BTreeSet<_>>();
            if all.iter().all(hex) { Ok(lower()) } else { Err("a thumbprint has 40 hexadecimal digits") }
        });
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &OidcProvider<Wanted>) -> Option<SmolStr> {
        model.url.value().cloned()
    }

    fn identity(model: &OidcProvider<Seen>) -> Option<SmolStr> {
        model.url.value().cloned()
    }

    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/url" { Turnover::CreateFirst } else { Turnover::InPlace }
    }

    fn assess(before: Option<&OidcProvider<Seen>>, after: Option<&OidcProvider<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let url = delta!(before, after, url);
        let name = url.after.or(url.before).map_or("the provider", SmolStr::as_str);
        match (before, after) {
            (None, Some(_)) => {
                notes.add(Risk::Sensitive, format!("who comes from {name} can be trusted by roles"))
            }
            (Some(_), None) => {
                notes.add(Risk::Sensitive, format!("who comes from {name} can take no role any more"))
            }
            _ => audiences(name, before, after, &mut notes),
        }
        notes.0
    }
}

fn audiences(
    name: &str,
    before: Option<&OidcProvider<Seen>>,
    after: Option<&OidcProvider<Wanted>>,
    notes: &mut Notes,
) {
    let (none, delta) = (BTreeSet::new(), delta!(before, after, audiences));
    let (old, new) = (delta.before.unwrap_or(&none), delta.after.unwrap_or(&none));
    for (some, word) in [(new.difference(old), "accepted"), (old.difference(new), "accepted no longer")] {
        let some: Vec<&SmolStr> = some.collect();
        if !some.is_empty() {
            notes.add(Risk::Sensitive, format!("tokens of {name} for {} are {word}", list(some)));
        }
    }
    if delta!(before, after, thumbprints).changes() {
        notes.add(Risk::Sensitive, format!("other certificates of {name} are trusted"));
    }
}

/// A URL without its scheme; AWS knows https alone and keeps no final slash.
///
/// # Errors
/// In words, where it is no URL of a provider.
pub fn url(text: &str) -> Result<SmolStr, String> {
    let bare = text.trim().strip_prefix("https://").unwrap_or(text.trim()).trim_end_matches('/');
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let fine = !host.is_empty() && bare.len() <= 255 && bare.bytes().all(|b| b.is_ascii_graphic());
    if !fine || bare.contains([':', '?', '#']) {
        return Err(format!(
            "`{}` is no URL of a provider, e.g. `https://token.example.com`",
            text.escape_debug()
        ));
    }
    let slash = if path.is_empty() { "" } else { "/" };
    Ok(format!("{}{slash}{path}", host.to_ascii_lowercase()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn a_url_has_one_form() {
        for text in ["https://Token.actions.example.com/", "token.actions.example.com"] {
            assert_eq!(url(text).unwrap(), "token.actions.example.com");
        }
        assert_eq!(url("https://a.test/Realm/x").unwrap(), "a.test/Realm/x");
        for text in ["", "https://", "http://a.test", "a.test?x", "a b"] {
            assert!(url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn audiences_come_and_go_and_thumbprints_are_left_alone() {
        let before = OidcProvider::<Seen> {
            url: Sight::Value("a.test".into()),
            audiences: Sight::Value(["x".into()].into()),
            thumbprints: Sight::Value(["0".repeat(40).into()].into()),
            ..Default::default()
        };
        let after =
            OidcProvider::<Wanted> { audiences: Wish::Value(["y".into()].into()), ..Default::default() };
        insta::assert_snapshot!(OidcProviders::assess(Some(&before), Some(&after)).notes.join("\n"), @r"
        tokens of a.test for y are accepted
        tokens of a.test for x are accepted no longer
        ");
    }
}
