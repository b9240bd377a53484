//! `aws.ec2.PrefixList`.
//!
//! Output `version` (a number): a writer passes it with a change, so that a change against another
//! version is refused. `maxEntries` and entries change in separate calls, room first.

use super::cidr;
use super::model::PrefixList;
use super::names::PREFIX_LIST;
use crate::change::{Notes, delta, list};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Around, Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Sight, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type of prefix lists. They have no identity without marks: names may repeat.
pub struct PrefixLists;

impl Type for PrefixLists {
    const NAME: TypeName = PREFIX_LIST;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = PrefixList<M>;

    fn normalise(mut model: PrefixList<Wanted>) -> Result<PrefixList<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("prefix-list");
        normal.word("addressFamily", &mut model.address_family, &["IPv4", "IPv6"]);
        normal.within("maxEntries", &model.max_entries, 1, 1000);
        entries(&mut model, &mut normal);
        if model.name.value().is_some_and(|name| name.is_empty() || name.starts_with("com.amazonaws")) {
            normal.wrong("name", "it is empty, or begins with `com.amazonaws`, which is Amazon's");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &PrefixList<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &PrefixList<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/addressFamily" { Turnover::CreateFirst } else { Turnover::InPlace }
    }

    fn assess(before: Option<&PrefixList<Seen>>, after: Option<&PrefixList<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let Some(before) = before else { return notes.0 };
        let Some(after) = after else {
            notes.add(Risk::Outage, "the prefix list goes; rules with it let nothing through any more");
            return notes.0;
        };
        let there = |block: &str| before.entries.get(block).is_some_and(|s| matches!(s, Sight::Value(_)));
        let of = |pick: &dyn Fn(&str, &Wish<String>) -> bool| -> Vec<&String> {
            after.entries.iter().filter(|(block, wish)| pick(block, wish)).map(|(block, _)| block).collect()
        };
        let come = of(&|block, wish| matches!(wish, Wish::Value(_)) && !there(block));
        let gone = of(&|block, wish| *wish == Wish::Absent && there(block));
        if !come.is_empty() {
            notes.add(Risk::Sensitive, format!("{} may reach what rules open to this list", list(come)));
        }
        if !gone.is_empty() {
            notes.add(Risk::Outage, format!("{} may no longer reach it", list(gone)));
        }
        if delta!(Some(before), Some(after), address_family).changes() {
            notes.add(Risk::Outage, "another list takes its place");
        }
        notes.0
    }

    /// `entry-not-ours`: blocks in a list of ours that no manifest names.
    fn inspect(
        seen: &PrefixList<Seen>,
        wanted: Option<&PrefixList<Wanted>>,
        around: &Around<'_>,
    ) -> Vec<Finding> {
        let Some(wanted) = wanted else { return Vec::new() };
        let added: Vec<&String> =
            seen.entries.keys().filter(|block| !wanted.entries.contains_key(*block)).collect();
        if added.is_empty() {
            return Vec::new();
        }
        let message = format!(
            "the prefix list {} holds {}, which no manifest names: rules that use the list let them in",
            around.id,
            list(added)
        );
        let help = "take them out of the list, or write them into the manifest";
        vec![Finding::warning("entry-not-ours", message).help(help)]
    }
}

fn entries(model: &mut PrefixList<Wanted>, normal: &mut Normal) {
    let six = model.address_family.value().map(|family| family == "IPv6");
    for (block, wish) in std::mem::take(&mut model.entries) {
        let read = match six {
            Some(true) => cidr::v6(&block),
            Some(false) => cidr::v4(&block),
            None => cidr::any(&block),
        };
        if wish.value().is_some_and(|text| text.chars().count() > 255) {
            normal.wrong(
                "entries",
                format!("the description of `{}` has more than 255 characters", block.escape_debug()),
            );
        }
        match read {
            Ok(block) => drop(model.entries.insert(block.into(), wish)),
            Err(why) => normal.wrong("entries", why),
        }
    }
    let count = model.entries.values().filter(|w| matches!(w, Wish::Value(_))).count();
    if let Some(most) = model.max_entries.value().filter(|most| count > **most as usize) {
        normal.wrong("entries", format!("there are {count}, and `maxEntries` is {most}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(most: u32, entries: &[&str]) -> PrefixList<Wanted> {
        PrefixList {
            name: Wish::Value("waf".into()),
            max_entries: Wish::Value(most),
            address_family: Wish::Value("ipv4".into()),
            entries: entries.iter().map(|e| ((*e).to_owned(), Wish::Value(String::new()))).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn entries_are_of_the_family_and_have_room() {
        assert_eq!(PrefixLists::normalise(wish(1, &["192.0.2.9/24"])).unwrap().entries.len(), 1);
        let found =
            PrefixLists::normalise(wish(1, &["192.0.2.0/24", "198.51.100.0/24", "::/0"])).unwrap_err();
        let found: Vec<String> = found.into_iter().map(|f| f.message).collect();
        insta::assert_snapshot!(found.join("\n"), @r"
        entries: `::/0` is no IPv4 block like `10.0.0.0/16`
        entries: there are 2, and `maxEntries` is 1
        ");
    }

    #[test]
    fn who_comes_and_who_goes_is_told() {
        let entries = [("192.0.2.0/24".to_owned(), Sight::Value(String::new()))].into();
        let before =
            PrefixList::<Seen> { entries, address_family: Sight::Value("IPv4".into()), ..Default::default() };
        let mut after = PrefixLists::normalise(wish(5, &["198.51.100.0/24"])).unwrap();
        after.entries.insert("192.0.2.0/24".into(), Wish::Absent);
        let told = PrefixLists::assess(Some(&before), Some(&after));
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        198.51.100.0/24 may reach what rules open to this list
        192.0.2.0/24 may no longer reach it
        ");
    }
}
