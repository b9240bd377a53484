//! `github.repo.Label`, `github.repo.Autolink` and `github.repo.CustomProperty`.

use super::model::{Autolink, CustomProperty, Label};
use super::names::{AUTOLINK, CUSTOM_PROPERTY, LABEL};
use super::shape;
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type of labels. Its identity in its repository is the name in lower case.
pub struct Labels;

impl Type for Labels {
    const NAME: TypeName = LABEL;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    // GitHub puts nine labels in each new repository, or those that the organisation settled.
    const COMES_WITH_CONTAINER: bool = true;
    type Model<M: Mode> = Label<M>;

    fn normalise(mut model: Label<Wanted>) -> Result<Label<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("label");
        normal.value("name", &mut model.name, |name| {
            let trimmed = name.trim();
            let fine = !trimmed.is_empty() && trimmed.chars().count() <= 50;
            fine.then(|| SmolStr::new(trimmed)).ok_or("it has not 1 to 50 characters")
        });
        normal.value("color", &mut model.color, |color| {
            let hex = color.trim().trim_start_matches('#').to_ascii_lowercase();
            let fine = hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit());
            fine.then(|| SmolStr::new(&hex))
                .ok_or_else(|| format!("`{}` has not six hexadecimal digits", color.escape_debug()))
        });
        shape::text(&mut normal, "description", &mut model.description, 100);
        normal.done(model)
    }
    fn identity_wanted(model: &Label<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_lowercase().into())
    }
    fn identity(model: &Label<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_lowercase().into())
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(_: Option<&Label<Seen>>, _: Option<&Label<Wanted>>) -> Assessment {
        Assessment::default()
    }
}

/// The type of autolinks. Its identity in its repository is the prefix.
pub struct Autolinks;

impl Type for Autolinks {
    const NAME: TypeName = AUTOLINK;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = Autolink<M>;

    fn normalise(model: Autolink<Wanted>) -> Result<Autolink<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("autolink");
        if model.prefix.value().is_some_and(|prefix| prefix.trim().is_empty()) {
            normal.wrong("prefix", "it is empty");
        }
        let odd = |url: &String| !url.contains("<num>") || !is_web(url);
        if model.url_template.value().is_some_and(odd) {
            normal.wrong("urlTemplate", "it is a web address with `<num>` in it");
        }
        normal.done(model)
    }
    fn identity_wanted(model: &Autolink<Wanted>) -> Option<SmolStr> {
        model.prefix.value().cloned()
    }
    fn identity(model: &Autolink<Seen>) -> Option<SmolStr> {
        model.prefix.value().cloned()
    }
    fn turnover(_: &FieldPath) -> Turnover {
        // It cannot be changed, and the prefix is unique.
        Turnover::DestroyFirst
    }
    fn assess(_: Option<&Autolink<Seen>>, _: Option<&Autolink<Wanted>>) -> Assessment {
        Assessment::default()
    }
}

/// The type of values of custom properties. Its identity in its repository is the property's name.
pub struct CustomProperties;

impl Type for CustomProperties {
    const NAME: TypeName = CUSTOM_PROPERTY;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = CustomProperty<M>;

    fn normalise(model: CustomProperty<Wanted>) -> Result<CustomProperty<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("custom-property");
        if model.values == Wish::Absent || model.values.value().is_some_and(|all| all.is_empty()) {
            normal.wrong("values", "a property without a value is left out");
        }
        if model.name.value().is_some_and(|name| name.is_empty() || name.len() > 75) {
            normal.wrong("name", "it has not 1 to 75 characters");
        }
        normal.done(model)
    }
    fn identity_wanted(model: &CustomProperty<Wanted>) -> Option<SmolStr> {
        model.name.value().cloned()
    }
    fn identity(model: &CustomProperty<Seen>) -> Option<SmolStr> {
        model.name.value().cloned()
    }
    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/name" { Turnover::CreateFirst } else { Turnover::InPlace }
    }
    /// Organisations pick repositories by properties, for rulesets among other things.
    fn assess(before: Option<&CustomProperty<Seen>>, after: Option<&CustomProperty<Wanted>>) -> Assessment {
        use crate::change::{Notes, delta, list};
        let mut notes = Notes::default();
        let (name, values) = (delta!(before, after, name), delta!(before, after, values));
        if before.is_some() && values.changes() {
            let name = name.before.map_or("a property", SmolStr::as_str);
            let (old, new) =
                (list(values.before.into_iter().flatten()), list(values.after.into_iter().flatten()));
            let note = format!(
                "{name} goes from {old} to {new}: rulesets of the organisation that pick by it may no longer cover the repository"
            );
            notes.add(aplomo_core::types::Risk::Sensitive, note);
        }
        notes.0
    }
}

/// Whether a text is an address of the web.
pub(super) fn is_web(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !url.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_one_form() {
        let model = |color: &str| Label::<Wanted> {
            name: Wish::Value(" Bug ".into()),
            color: Wish::Value(color.into()),
            ..Default::default()
        };
        let normal = Labels::normalise(model("#D73A4A")).unwrap();
        assert_eq!(normal.color, Wish::Value("d73a4a".into()));
        assert_eq!(Labels::identity_wanted(&normal).as_deref(), Some("bug"));
        assert!(Labels::normalise(model("red")).is_err());
    }

    #[test]
    fn an_autolink_needs_a_place_for_the_number() {
        let model =
            |url: &str| Autolink::<Wanted> { url_template: Wish::Value(url.into()), ..Default::default() };
        assert!(Autolinks::normalise(model("https://t.example/<num>")).is_ok());
        for bad in ["https://t.example/", "ftp://t/<num>", "https:///<num>", "https:// a/<num>"] {
            assert!(Autolinks::normalise(model(bad)).is_err(), "{bad}");
        }
    }
}
