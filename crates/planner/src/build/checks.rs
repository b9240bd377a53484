//! What is said, and held, while changes are built.

use super::{Builder, other_tool};
use crate::diff::Difference;
use crate::draft::Draft;
use crate::matching::{Item, Standing};
use crate::neighbours::{around, is_ours, misfit};
use crate::order::needs;
use crate::place::is_own;
use aplomo_core::fields::WantedFields;
use aplomo_core::plan::{Change, HeldBy, Unverifiable};
use aplomo_core::reference::Constraint;
use aplomo_core::resource::Adopt;
use aplomo_core::safety::Deletion;
use aplomo_core::types::{ResourceType, Watch};
use aplomo_core::{Desired, FieldPath, Finding, Observed, Risk, Wish};
use std::collections::BTreeMap;

impl<'a> Builder<'a, '_> {
    pub(super) fn say(&mut self, finding: Finding, want: &Desired, help: &str) {
        self.findings.push(finding.of(want.address.as_str()).origin(&want.origins).help(help));
    }

    /// References to what nobody wishes and the ledger does not know.
    pub(super) fn dangling(&mut self, want: &Desired) {
        for need in needs(want) {
            let known = self.matches.at(need).is_some() || self.input.memory.ledger.contains_key(need);
            if !known {
                let finding =
                    Finding::error("dangling-reference", format!("it needs {need}, which no manifest makes"));
                self.say(finding, want, "write that manifest, or take the reference out");
            }
        }
    }

    /// What the type has to say of an object that is there, whether or not it differs.
    pub(super) fn notices(&mut self, item: &Item<'a>, object: &Observed, kind: &dyn ResourceType) {
        let want = item.want;
        let applied_at = item.entry.map(|entry| entry.at);
        let (hints, as_of) = (&want.hints, self.input.as_of);
        let watch = Watch { outputs: &object.outputs, hints, as_of, applied_at };
        let notices = kind.notices(&object.fields, &watch);
        let notices = notices.unwrap_or_else(|misfit| {
            vec![Finding::error("misfit", misfit.to_string()).help("report this as a bug")]
        });
        let inspected = self.inspected(want, object, kind);
        let placed =
            notices.into_iter().chain(inspected).map(|f| f.of(want.address.as_str()).origin(&want.origins));
        self.findings.extend(placed);
    }

    /// What others did to an object of ours.
    fn inspected(&self, want: &Desired, object: &Observed, kind: &dyn ResourceType) -> Vec<Finding> {
        if !self.matches.item(&want.address).is_some_and(is_ours) {
            return Vec::new();
        }
        kind.inspect(&object.fields, Some(&want.wanted), &around(object)).unwrap_or_else(misfit)
    }

    /// Fields that could not be compared, one entry per reason.
    pub(super) fn hidden(&mut self, want: &Desired, difference: &Difference) {
        let mut by_why: BTreeMap<&str, Vec<FieldPath>> = BTreeMap::new();
        for (path, why) in &difference.hidden {
            by_why.entry(why).or_default().push(path.clone());
        }
        for (why, fields) in by_why {
            self.unverifiable.push(Unverifiable {
                scope: want.scope.clone(),
                types: vec![want.type_name.clone()],
                address: Some(want.address.clone()),
                fields,
                why: why.to_owned(),
            });
        }
    }

    /// An object that waits for something outside: no difference, and worth knowing.
    pub(super) fn unfinished(&mut self, want: &Desired, object: &Observed) {
        if let Some(why) = &object.waiting {
            let finding = Finding::info("waiting", format!("{} is not finished: {why}", object.id));
            self.findings.push(finding.of(want.address.as_str()).origin(&want.origins));
        }
    }

    /// A look-up that finds nothing: what needs it waits, and nothing else is stopped.
    pub(super) fn not_found(&mut self, want: &Desired) {
        let what = want.key.as_deref().unwrap_or_else(|| want.address.key());
        let why = format!("there is no {what}, so that what it stands for is not known");
        self.unverifiable.push(Unverifiable {
            scope: want.scope.clone(),
            types: vec![want.type_name.clone()],
            address: Some(want.address.clone()),
            fields: Vec::new(),
            why: why.clone(),
        });
        let help = "correct its name in the manifest, or take it out; what needs it waits until then";
        self.say(Finding::warning("not-found", why), want, help);
    }

    pub(super) fn not_brought(&mut self, want: &Desired) {
        let finding = Finding::warning(
            "missing-part",
            "its container should have brought it along and it is not there",
        );
        self.say(finding, want, "look at the container; Aplomo never makes this itself");
    }

    /// An object that differs and is not ours.
    pub(super) fn not_ours(&mut self, want: &Desired, object: &Observed, difference: &Difference) {
        if difference.fields.is_empty() {
            return;
        }
        let names: Vec<&str> = difference.fields.iter().map(|f| f.path.as_str()).collect();
        let finding = Finding::error(
            "not-ours",
            format!("{} exists, is not ours and differs in {}", object.id, names.join(", ")),
        );
        let help = match (other_tool(object), &want.adopt) {
            (Some(tool), _) => format!("{tool} manages it: take it out of that tool, then adopt it"),
            (None, Adopt::InContainer) => "adopt its container first".to_owned(),
            (None, _) => format!(
                "adopt it with `lifecycle.adopt: {}`, or make the manifest say what is there",
                object.id
            ),
        };
        self.say(finding, want, &help);
    }

    /// The type's own judgement of the risk, and constraints on values that are known.
    pub(super) fn assess(&mut self, draft: &mut Draft, item: &Item<'a>, kind: &dyn ResourceType) {
        let before = match item.standing {
            Standing::Here(at) => Some(&self.world.object(at).fields),
            _ => None,
        };
        let after = draft.change.after.as_ref().map(|after| resolved(after, &draft.change));
        match kind.assess(before, after.as_ref()) {
            Ok(assessment) => {
                draft.change.risk = draft.change.risk.max(assessment.risk);
                draft.change.risk_notes.extend(assessment.notes);
                draft.change.told = assessment.told;
            }
            Err(misfit) => {
                self.say(Finding::error("misfit", misfit.to_string()), item.want, "report this as a bug")
            }
        }
        for used in &draft.change.references {
            if let Some(value) = used.resolved.as_ref().filter(|v| !used.reference.constraint.admits(v)) {
                let must = match &used.reference.constraint {
                    Constraint::Suffix(suffix) => format!("end in {suffix}"),
                    Constraint::HostNames | Constraint::Any => "be host names".to_owned(),
                };
                let message =
                    format!("{} of {} is {value} and must {must}", used.reference.output, used.reference.to);
                self.findings.push(
                    Finding::error("constraint", message)
                        .of(item.want.address.as_str())
                        .origin(&item.want.origins),
                );
            }
        }
    }

    /// Stateful things go only after an applied change allowed it.
    pub(super) fn protect(&mut self, draft: &mut Draft, manifest: &str) {
        draft.risk(Risk::Irreversible, "the object that is there now goes, with what it holds");
        if is_own(&draft.change.scope) || self.input.recorded.safety(manifest).deletion == Deletion::Delete {
            return;
        }
        draft.hold(HeldBy::PROTECTED);
        self.findings.push(protected(draft));
    }
}

/// The wish with references that differ and are known already in the place of their symbols: that
/// another object is meant is judged by which one.
fn resolved(after: &WantedFields, change: &Change) -> WantedFields {
    let mut out = after.clone();
    for used in &change.references {
        let differs = change.fields.iter().any(|field| field.path == used.path);
        if let Some(value) = used.resolved.as_ref().filter(|_| differs) {
            out.set(used.path.clone(), Wish::Value(value.clone()));
        }
    }
    out
}

/// What to say of a removal that protection holds.
pub(crate) fn protected(draft: &Draft) -> Finding {
    let change = &draft.change;
    let message =
        format!("{} of {} is held: its deletion was never allowed", change.action, change.type_name);
    Finding::warning("protected", message)
        .of(change.address.as_str())
        .origin(&change.origins)
        .help("apply `lifecycle.deletion: delete` first (or `orphan` to let it go), then remove it")
}
