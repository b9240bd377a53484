//! The order on protections: what is weaker afterwards than before, in words.
//!
//! Works on the flat fields, whose paths rulesets and classic rules share, so that both are judged
//! alike. Loosening any field is told; tightening never is.

mod parts;

use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::{Datum, Sight, Wish};
use parts::{ALLOWS, FLAGS, MORE_IS_STRONGER, MORE_IS_WEAKER, ONLY, Only};
use smol_str::SmolStr;
use std::collections::BTreeMap;

pub(crate) use parts::requirements;

/// What the fields will be, as far as the wish says: what it leaves alone stays as seen.
#[must_use]
pub fn afterwards(before: &SeenFields, wish: &WantedFields) -> SeenFields {
    let mut after = before.clone();
    for (path, wish) in wish.iter() {
        match wish {
            Wish::Value(value) => after.set(path.clone(), Sight::Value(value.clone())),
            Wish::Absent => after.set(path.clone(), Sight::Absent),
            Wish::LeftAlone | Wish::Reference(_) | Wish::Secret(_) => {}
        }
    }
    after
}

/// What is weaker afterwards, a sentence each; empty where nothing is. What is hidden before counts as
/// nothing known, and is told where the wish sets it.
#[must_use]
pub fn weaker(before: &SeenFields, after: &SeenFields) -> Vec<String> {
    let mut out = Vec::new();
    enforcement(before, after, &mut out);
    numbers(before, after, &mut out);
    for (path, strong, lost) in FLAGS {
        if flag(before, path) == strong && flag(after, path) != strong && !hidden(before, path) {
            out.push(lost.to_owned());
        }
    }
    sets(before, after, &mut out);
    only(before, after, &mut out);
    who(before, after, &mut out);
    apps(before, after, &mut out);
    others(before, after, &mut out);
    out
}

fn hidden(fields: &SeenFields, path: &str) -> bool {
    fields.get(path) == Some(&Sight::Hidden)
}

fn flag(fields: &SeenFields, path: &str) -> bool {
    fields.value(path) == Some(&Datum::Bool(true))
}

fn items<'a>(fields: &'a SeenFields, path: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let list = match fields.value(path) {
        Some(Datum::List(items)) => items.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(Datum::as_text)
}

fn enforced(fields: &SeenFields) -> u8 {
    match fields.text("/enforcement") {
        // A classic rule has none: it is there or not.
        None | Some("active") => 2,
        Some("evaluate") => 1,
        Some(_) => 0,
    }
}

fn enforcement(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    if enforced(after) < enforced(before) {
        let word = after.text("/enforcement").unwrap_or("active");
        out.push(format!("it protects no longer: its enforcement is {word}"));
    }
}

fn numbers(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    let number = |fields: &SeenFields| match fields.value("/requires/approvals") {
        Some(Datum::Int(n)) => Some(*n),
        _ => None,
    };
    match (number(before), number(after)) {
        (Some(_), None) => out.push("changes need no pull request any more".to_owned()),
        (Some(old), Some(new)) if new < old => {
            let enough = match new {
                0 => "no approval is needed".to_owned(),
                1 => "1 approval is enough".to_owned(),
                _ => format!("{new} approvals are enough"),
            };
            out.push(format!("{enough}, where {old} {} needed", if old == 1 { "was" } else { "were" }));
        }
        _ => {}
    }
    let queued = |fields: &SeenFields| fields.text("/requires/mergeQueue/method").is_some();
    if queued(before) && !queued(after) {
        out.push("merges no longer go through the queue".to_owned());
    }
}

fn sets(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    for (path, lost) in MORE_IS_STRONGER {
        let kept: Vec<&str> = items(after, path).collect();
        out.extend(items(before, path).filter(|i| !kept.contains(i)).map(|i| lost.replace("{}", i)));
    }
    for (path, gained) in MORE_IS_WEAKER {
        if hidden(before, path) {
            continue;
        }
        let had: Vec<&str> = items(before, path).collect();
        out.extend(items(after, path).filter(|i| !had.contains(i)).map(|i| gained.replace("{}", i)));
    }
}

fn only(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    for Only { path, anybody, another } in ONLY {
        let set = |fields: &SeenFields| fields.value(path).is_some();
        if set(before) && !set(after) {
            out.push(anybody.to_owned());
        } else if set(before) {
            let had: Vec<&str> = items(before, path).collect();
            let more = items(after, path).filter(|i| !had.contains(i));
            out.extend(more.map(|i| another.replace("{}", i)));
        }
    }
}

/// How far each may pass by: `pullRequest` less than `always`.
fn passes(fields: &SeenFields) -> BTreeMap<SmolStr, u8> {
    let one = |item: &str| {
        let (who, mode) = item.rsplit_once(':').unwrap_or((item, "always"));
        let (who, far) = match mode {
            "pullRequest" => (who, 1),
            "always" => (who, 2),
            "exempt" => (who, 3),
            _ => (item, 2),
        };
        (SmolStr::new(who), far)
    };
    items(fields, "/bypass").map(one).collect()
}

fn who(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    if hidden(before, "/bypass") {
        if !hidden(after, "/bypass") {
            let note =
                "who may pass by it now is hidden from us, so that what this changes in it is not known";
            out.push(note.to_owned());
        }
        return;
    }
    let had = passes(before);
    for (who, far) in passes(after) {
        let how = if far == 1 { ", by pull request" } else { "" };
        match had.get(&who) {
            None => out.push(format!("{who} may pass by it{how}")),
            Some(old) if far > *old => out.push(format!("{who} may pass by it further than before{how}")),
            Some(_) => {}
        }
    }
    for (path, gained) in ALLOWS {
        let had: Vec<&str> = items(before, path).collect();
        out.extend(items(after, path).filter(|i| !had.contains(i)).map(|i| gained.replace("{}", i)));
    }
}

/// A check that any app may report, or another.
fn apps(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    for (path, sight) in before.iter() {
        let Some(context) = path.as_str().strip_prefix("/requires/checkApps/") else { continue };
        let (Some(old), now) = (sight.value(), after.value(path.as_str())) else { continue };
        if now != Some(old) && items(after, "/requires/statusChecks").any(|c| c == unescape(context)) {
            let by = now.map_or_else(|| "anything".to_owned(), |app| format!("the app {app}"));
            out.push(format!(
                "the check {} may be reported by {by}, not the app {old} alone",
                unescape(context)
            ));
        }
    }
}

fn others(before: &SeenFields, after: &SeenFields, out: &mut Vec<String>) {
    for (path, sight) in before.iter() {
        let Some(rule) = path.as_str().strip_prefix("/others/") else { continue };
        let (Some(old), now) = (sight.value(), after.value(path.as_str())) else { continue };
        match now {
            None => out.push(format!("the rule {} goes", unescape(rule))),
            Some(new) if new != old => out.push(format!("the rule {} changes", unescape(rule))),
            Some(_) => {}
        }
    }
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests;
