//! What collaborators and members have in common: a person behind a login, and invitations.

use super::grant::without_second_factor;
use super::names::output;
use crate::change::{Delta, Notes};
use crate::normal::{Normal, is_set};
use aplomo_core::fields::SeenFields;
use aplomo_core::types::{Risk, Turnover, Watch};
use aplomo_core::{Datum, FieldPath, Finding, Wish};
use smol_str::SmolStr;

/// Another person is another object; all else changes in place.
pub(super) fn turnover(path: &FieldPath) -> Turnover {
    if path.as_str() == "/user" { Turnover::DestroyFirst } else { Turnover::InPlace }
}

/// Whether the path is the login of somebody seen: it may change and the person stays.
pub(super) fn is_label(path: &FieldPath, seen: &SeenFields) -> bool {
    path.as_str() == "/login" && seen.text("/login").is_some()
}

/// Invitations are a state and not wished.
pub(super) fn no_invitation(normal: &mut Normal, wish: &Wish<SmolStr>) {
    if is_set(wish) {
        normal.wrong("invitation", "it is seen, not wished");
    }
}

/// Says that a login is another person's now.
pub(super) fn another(notes: &mut Notes, who: &str, user: &Delta<'_, SmolStr>) {
    if let (Some(old), Some(new)) = (user.before, user.after)
        && old != new
    {
        let note = format!("{who} is another person now: user {new}, and no longer user {old}");
        notes.add(Risk::Sensitive, note);
    }
}

/// Says that an invitation is sent once more.
pub(super) fn again(notes: &mut Notes, who: &str, invitation: &Delta<'_, SmolStr>, stays: bool) {
    if let Some(state) = invitation.before.filter(|_| stays && invitation.after.is_none()) {
        notes.add(Risk::Sensitive, format!("the invitation of {who} {}: it is sent again", past(state)));
    }
}

fn past(state: &str) -> &str {
    match state {
        "expired" => "expired",
        _ => "failed",
    }
}

/// `renamed-login`, `no-second-factor`, `stale-invitation`.
pub(super) fn notices(seen: Option<&SmolStr>, watch: &Watch<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let written = watch.hints.get(output::LOGIN).and_then(Datum::as_text);
    if let (Some(now), Some(written)) = (seen, written)
        && now != written
    {
        let message = format!("`{written}` is called `{now}` now; it is the same person");
        findings.push(Finding::warning("renamed-login", message).help(format!("write `{now}`")));
    }
    let who = seen.map_or("the person", SmolStr::as_str);
    if without_second_factor(watch) {
        let message = format!("{who} has no two-factor authentication");
        let required = watch.hints.get("requireTwoFactor") == Some(&Datum::Bool(true));
        let finding = if required {
            Finding::error("no-second-factor", message)
        } else {
            Finding::warning("no-second-factor", message)
        };
        findings.push(finding.help("ask for it before access is given or kept"));
    }
    findings.extend(stale(who, watch));
    findings
}

/// An invitation that nobody took up for days: GitHub lets it expire after seven.
fn stale(who: &str, watch: &Watch<'_>) -> Option<Finding> {
    let state = watch.outputs.get(output::INVITATION)?.as_text()?;
    let sent: aplomo_core::Timestamp = watch.outputs.get(output::INVITED_AT)?.as_text()?.parse().ok()?;
    let days = watch.as_of.duration_since(sent).as_hours() / 24;
    if state == "pending" && days < 5 {
        return None;
    }
    let message = format!("the invitation of {who} was sent {days} days ago and is {state}");
    let help = "remind the person, or take the access out";
    Some(Finding::warning("stale-invitation", message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn told(outputs: &[(&str, Datum)], hints: &[(&str, Datum)]) -> Vec<String> {
        let map = |pairs: &[(&str, Datum)]| -> BTreeMap<SmolStr, Datum> {
            pairs.iter().map(|(k, v)| (SmolStr::new(k), v.clone())).collect()
        };
        let (outputs, hints) = (map(outputs), map(hints));
        let as_of = "2027-01-10T00:00:00Z".parse().unwrap();
        let watch = Watch { outputs: &outputs, hints: &hints, as_of, applied_at: None };
        notices(Some(&"ana".into()), &watch).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn what_is_odd_about_a_person_is_told() {
        assert_eq!(told(&[], &[(output::LOGIN, "ana".into())]), Vec::<String>::new());
        assert_eq!(
            told(&[], &[(output::LOGIN, "anna".into())]),
            ["`anna` is called `ana` now; it is the same person"]
        );
        assert_eq!(
            told(&[(output::TWO_FACTOR, false.into())], &[]),
            ["ana has no two-factor authentication"]
        );
        assert_eq!(told(&[(output::TWO_FACTOR, true.into())], &[]), Vec::<String>::new());
        let sent = |at: &str, state: &str| {
            told(&[(output::INVITATION, state.into()), (output::INVITED_AT, at.into())], &[])
        };
        assert_eq!(sent("2027-01-09T00:00:00Z", "pending"), Vec::<String>::new());
        assert_eq!(
            sent("2027-01-02T00:00:00Z", "expired"),
            ["the invitation of ana was sent 8 days ago and is expired"]
        );
    }
}
