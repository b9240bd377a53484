//! Invitations to a repository: a grant that waits for a person, or came to nothing.

use super::{Inside, Place};
use crate::read::org::spoken;
use crate::read::sweep::node::{id, must};
use crate::read::{Find, Haul};
use aplomo_core::fields::Sight;
use aplomo_core::{Seen, TypeName};
use aplomo_resources::github::model::Collaborator;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;

/// See the module.
pub(crate) struct Invitations;

impl Inside for Invitations {
    const FEEDS: &'static [TypeName] = &[names::COLLABORATOR];
    // Whoever has accepted is among the collaborators.
    const COMPLETES: bool = true;
    /// Who accepted is listed by GraphQL, and how many of those were seen is told there.
    const WHOLE: bool = false;

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let told = (&mut *haul, Self::FEEDS, "invitations");
        for invitation in place.list("/repos/{owner}/{repo}/invitations", &[], None, told).await {
            take(place, haul, &invitation);
        }
    }
}

fn take(place: &Place<'_, '_>, haul: &mut Haul<'_>, invitation: &Value) {
    let person = &invitation["invitee"];
    // Who is invited by mail alone has no account that a manifest could name.
    let (Some(user), Some(login)) = (id(person, "id"), must(person, "login")) else { return };
    place.line.site.names.learn_user(&*user, login, must(person, "node_id").unwrap_or_default());
    let expired = invitation["expired"] == true;
    let permission = must(invitation, "permissions").map(|word| SmolStr::new(spoken(word)));
    let fields = Collaborator::<Seen> {
        login: Sight::Value(SmolStr::new(login.to_lowercase())),
        user: Sight::Value(SmolStr::new(&user)),
        permission: permission.map_or(Sight::Hidden, Sight::Value),
        invitation: if expired { Sight::Value("expired".into()) } else { Sight::Absent },
    };
    let state = if expired { "expired" } else { "pending" };
    let mut find = Find::new(user).within(place.id).with(output::LOGIN, Some(login));
    find = find.with(output::INVITATION, Some(state));
    find = find.with(output::INVITED_AT, must(invitation, "created_at"));
    find.raw = id(invitation, "id");
    find.waiting =
        (!expired).then(|| format!("{login} has not accepted the invitation to {} yet", place.name));
    haul.take(&names::COLLABORATOR, find, &fields);
}
