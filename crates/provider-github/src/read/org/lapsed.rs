//! Invitations to the organisation that came to nothing. GitHub forgets into which teams they led; our record
//! knows, so that who never came is told apart from who was taken out by somebody.

use crate::line::Line;
use crate::read::sweep::node::must;
use crate::read::{Find, Haul};
use crate::route::Route;
use aplomo_core::fields::Sight;
use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::TeamMembership;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;

/// Asked only where our record has memberships.
pub(super) async fn all(haul: &mut Haul<'_>, line: &Line<'_>, memory: Option<&Memory>) {
    let entries = memory.into_iter().flat_map(|memory| memory.ledger.values());
    let ours: Vec<&LedgerEntry> = entries.filter(|e| e.type_name == names::TEAM_MEMBERSHIP).collect();
    if ours.is_empty() {
        return;
    }
    let route = Route::list("/orgs/{org}/failed_invitations", &[&line.site.organisation]);
    let (failed, problem) = line.pages::<Value>(&route, None).await;
    if let Some(problem) = problem {
        let why = format!("invitations that came to nothing are not visible to our credentials: {problem}");
        haul.cover(&names::TEAM_MEMBERSHIP, None, Coverage::LowerBound(why));
    }
    for invitation in &failed {
        let Some(login) = must(invitation, "login") else { continue };
        let key = login.to_lowercase();
        for entry in ours.iter().filter(|e| e.key.as_deref() == Some(key.as_str())) {
            take(haul, entry, &key, invitation);
        }
    }
}

fn take(haul: &mut Haul<'_>, entry: &LedgerEntry, login: &str, invitation: &Value) {
    let Some(team) = entry.scope.container.as_ref().map(|team| team.as_str()) else { return };
    let user = entry.id.as_str();
    if haul.has(&names::TEAM_MEMBERSHIP, team, user) {
        return; // invited again since, or in by now
    }
    let reason = must(invitation, "failed_reason").unwrap_or_default().to_lowercase();
    let state = if reason.contains("expire") { "expired" } else { "failed" };
    let fields = TeamMembership::<Seen> {
        login: Sight::Value(SmolStr::new(login)),
        user: Sight::Value(SmolStr::new(user)),
        role: Sight::Hidden,
        owner: Sight::Value(false),
        invitation: Sight::Value(SmolStr::new_static(state)),
    };
    let find = Find::new(user).within(team).with(output::LOGIN, Some(login));
    haul.take(&names::TEAM_MEMBERSHIP, find.with(output::INVITATION, Some(state)), &fields);
}
