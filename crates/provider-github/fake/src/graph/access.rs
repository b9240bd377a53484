//! Who has access to a repository and from where; who was asked to join.

use super::resolve::{Cx, text};
use super::val::{Args, Item, Val};
use crate::clock::show as time;
use crate::family::is_affiliated;
use crate::ids::{Id, Sort};
use crate::world::{Grant, Org, OrgRole, Repo, Source, Team};

/// Every person with access, the highest right, and all sources of it.
pub(super) fn collaborators(cx: &Cx, repo: &Repo, args: &Args) -> Val {
    let affiliation = text(args, "affiliation");
    let login = text(args, "login");
    let all = cx.world.with_access(repo).into_iter();
    let kept = all.filter(|(id, grants)| is_affiliated(&cx.world, repo.owner, *id, grants, affiliation));
    let named = kept.filter(|(id, _)| {
        login.is_empty() || cx.world.users.get(id).is_some_and(|user| user.login.eq_ignore_ascii_case(login))
    });
    Val::Conn(named.map(|(id, grants)| collaborator(repo, id, &grants)).collect())
}

fn collaborator(repo: &Repo, id: Id, grants: &[Grant]) -> Item {
    let highest = grants.iter().map(|grant| grant.role.name()).next_back();
    let best = grants.iter().map(|grant| grant.role).max().map(|role| role.name()).or(highest);
    let sources = grants.iter().map(|grant| source(repo, grant)).collect();
    Item::with(
        Val::of("User", id),
        vec![
            ("permission", Val::json(best.map(str::to_uppercase))),
            ("permissionSources", Val::List(sources)),
        ],
    )
}

/// `permission` knows three words; the name of the role says which it really is.
fn source(repo: &Repo, grant: &Grant) -> Val {
    let from = match grant.source {
        Source::Organization => Val::of("Organization", repo.owner),
        Source::Team(id) => Val::of("Team", id),
        Source::Direct => Val::of("Repository", repo.id),
    };
    Val::fields(
        "PermissionSource",
        [
            ("organization", Val::of("Organization", repo.owner)),
            ("permission", Val::json(grant.role.coarse())),
            ("roleName", Val::json(grant.role.name())),
            ("source", from),
        ],
    )
}

/// The invitations of those who wait for a team.
pub(super) fn invitations(cx: &Cx, org: &Org, team: &Team) -> Val {
    let all = org.invitations.values().filter(|one| one.failed.is_none());
    let kept = all.filter(|one| one.invitee.is_some_and(|id| team.pending.contains_key(&id)));
    Val::conn(kept.map(|one| {
        let kind = if one.invitee.is_some() { "USER" } else { "EMAIL" };
        let role = if one.role == OrgRole::Admin { "ADMIN" } else { "DIRECT_MEMBER" };
        Val::fields(
            "OrganizationInvitation",
            [
                ("id", cx.id(Sort::Invitation, one.id)),
                ("createdAt", Val::json(time(one.created_at))),
                ("email", Val::json(one.email.clone())),
                ("invitationType", Val::json(kind)),
                ("invitee", Val::or_null(one.invitee.map(|id| Val::of("User", id)))),
                ("inviter", Val::of("User", one.inviter)),
                ("organization", Val::of("Organization", org.id)),
                ("role", Val::json(role)),
            ],
        )
    }))
}
