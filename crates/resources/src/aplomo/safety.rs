//! `aplomo.core.Safety`: a manifest's safeties.

use super::freeze::{bad_windows, loosened_windows};
use super::model::Safety;
use crate::change::{Notes, delta, list};
use crate::normal::{Normal, absent_if};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The type's name.
pub const SAFETY: TypeName = TypeName::known("aplomo.core.Safety");

/// The type of recorded safeties. They have no identity: the address is theirs.
pub struct Safeties;

/// From the safest on.
const DELETIONS: [&str; 3] = ["protect", "orphan", "delete"];
/// From the safest on.
const OWNERSHIPS: [&str; 3] = ["observe", "additive", "exclusive"];
/// From the safest on.
const ENVIRONMENTS: [&str; 3] = ["production", "certification", "staging"];

impl Type for Safeties {
    const NAME: TypeName = SAFETY;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = Safety<M>;

    fn normalise(mut model: Safety<Wanted>) -> Result<Safety<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("safety");
        normal.word("deletion", &mut model.deletion, &DELETIONS);
        normal.word("ownership", &mut model.ownership, &OWNERSHIPS);
        normal.word("environment", &mut model.environment, &ENVIRONMENTS);
        absent_if(&mut model.environment, |word| word == ENVIRONMENTS[0]);
        absent_if(&mut model.consents, BTreeSet::is_empty);
        absent_if(&mut model.collections, BTreeSet::is_empty);
        absent_if(&mut model.windows, BTreeSet::is_empty);
        bad_windows(&mut normal, &model.windows);
        for one in model.collections.value().into_iter().flatten() {
            if !one.split_once('=').is_some_and(|(_, word)| OWNERSHIPS.contains(&word)) {
                normal.wrong("collections", format!("`{}` is not `<type>=<ownership>`", one.escape_debug()));
            }
        }
        for consent in model.consents.value().into_iter().flatten() {
            if consent.split('/').filter(|part| !part.is_empty()).count() != 3 {
                normal.wrong("consents", format!("`{}` is not `tenant/Kind/name`", consent.escape_debug()));
            }
        }
        normal.done(model)
    }

    fn identity_wanted(_: &Safety<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &Safety<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(before: Option<&Safety<Seen>>, after: Option<&Safety<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let deletion = delta!(before, after, deletion);
        let (old, new) = (word(deletion.before, "protect"), word(deletion.after, "protect"));
        if rank(&DELETIONS, new) > rank(&DELETIONS, old) {
            notes.add(Risk::Sensitive, loosened_deletion(new));
        }
        let ownership = delta!(before, after, ownership);
        let (old, new) = (word(ownership.before, "additive"), word(ownership.after, "additive"));
        if rank(&OWNERSHIPS, new) > rank(&OWNERSHIPS, old) {
            notes.add(Risk::Sensitive, loosened_ownership(new));
        }
        collections(before, after, (old, new), &mut notes);
        let kind = delta!(before, after, environment);
        let (old, new) = (word(kind.before, ENVIRONMENTS[0]), word(kind.after, ENVIRONMENTS[0]));
        if rank(&ENVIRONMENTS, new) > rank(&ENVIRONMENTS, old) {
            notes.add(
                Risk::Sensitive,
                format!(
                    "from the next plan on the rules for {new} hold in it, and no longer those for {old}"
                ),
            );
        }
        loosened_windows(&delta!(before, after, windows), &mut notes);
        let consents = delta!(before, after, consents);
        let had = consents.before.cloned().unwrap_or_default();
        let gained: Vec<&SmolStr> =
            consents.after.into_iter().flatten().filter(|c| !had.contains(*c)).collect();
        if !gained.is_empty() {
            notes
                .add(Risk::Sensitive, format!("{} may contribute to it from the next plan on", list(gained)));
        }
        notes.0
    }
}

/// Collections that are owned more loosely than before, each for itself.
fn collections(
    before: Option<&Safety<Seen>>,
    after: Option<&Safety<Wanted>>,
    (old, new): (&str, &str),
    notes: &mut Notes,
) {
    let delta = delta!(before, after, collections);
    let split = |set: Option<&BTreeSet<SmolStr>>| -> BTreeMap<String, String> {
        let pairs = set.into_iter().flatten().filter_map(|one| one.split_once('='));
        pairs.map(|(member, word)| (member.to_owned(), word.to_owned())).collect()
    };
    let (had, has) = (split(delta.before), split(delta.after));
    for member in had.keys().chain(has.keys()).collect::<BTreeSet<_>>() {
        let was = had.get(member).map_or(old, String::as_str);
        let is = has.get(member).map_or(new, String::as_str);
        if rank(&OWNERSHIPS, is) > rank(&OWNERSHIPS, was) {
            let what = match is {
                "additive" => "are written to from the next plan on, no longer only observed",
                _ => "that no manifest names will be taken away from the next plan on",
            };
            notes.add(Risk::Sensitive, format!("{member} in it {what}"));
        }
    }
}

fn word<'a>(value: Option<&'a SmolStr>, unset: &'a str) -> &'a str {
    value.map_or(unset, SmolStr::as_str)
}

/// The place in the order of looseness; an unknown word is the loosest.
fn rank(words: &[&str], word: &str) -> usize {
    words.iter().position(|w| *w == word).unwrap_or(words.len())
}

fn loosened_deletion(new: &str) -> String {
    match new {
        "orphan" => {
            "when its manifest goes, its objects stay behind without our marks, from the next plan on".into()
        }
        _ => "deletion of its stateful objects is allowed from the next plan on".into(),
    }
}

fn loosened_ownership(new: &str) -> String {
    match new {
        "additive" => "what it names is written to from the next plan on, no longer only observed".into(),
        _ => "records that no manifest names will be deleted from the next plan on".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn loosening_is_sensitive_in_words() {
        let after = Safety::<Wanted> {
            deletion: Wish::Value("delete".into()),
            ownership: Wish::Value("exclusive".into()),
            consents: Wish::Value(["other/Domain/sub".into()].into()),
            collections: Wish::Value(["github.repo.Collaborator=exclusive".into()].into()),
            environment: Wish::Value("staging".into()),
            windows: Wish::Absent,
        };
        let assessment = Safeties::assess(None, Some(&after));
        assert_eq!(assessment.risk, Risk::Sensitive);
        insta::assert_snapshot!(assessment.notes.join("\n"), @r#"
        deletion of its stateful objects is allowed from the next plan on
        records that no manifest names will be deleted from the next plan on
        github.repo.Collaborator in it that no manifest names will be taken away from the next plan on
        from the next plan on the rules for staging hold in it, and no longer those for production
        other/Domain/sub may contribute to it from the next plan on
        "#);
    }

    #[test]
    fn tightening_and_forgetting_are_routine_unless_something_was_tighter_than_the_default() {
        let before = Safety::<Seen> { deletion: Sight::Value("delete".into()), ..Default::default() };
        assert_eq!(Safeties::assess(Some(&before), None), Assessment::default());
        let observed = Safety::<Seen> { ownership: Sight::Value("observe".into()), ..Default::default() };
        assert_eq!(Safeties::assess(Some(&observed), None).risk, Risk::Sensitive);
    }
}
