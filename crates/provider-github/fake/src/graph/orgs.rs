//! Organisations and teams.

use serde_json::Value;

use super::resolve::{Cx, of_owner, text};
use super::rules::rulesets;
use super::val::{Args, Item, Val};
use crate::clock::show as time;
use crate::ids::{Id, Sort};
use crate::route::Level;
use crate::world::{Org, OrgRole, Repo, Team, TeamRole};

fn administers(cx: &Cx, org: &Org) -> bool {
    cx.caller.may_org(&cx.world, org.id, "organization_administration", Level::Read)
}

fn reads_members(cx: &Cx, org: &Org) -> bool {
    cx.caller.may_org(&cx.world, org.id, "members", Level::Read)
}

pub(super) fn field(cx: &Cx, id: Id, name: &str, args: &Args) -> Val {
    let Some(org) = cx.world.orgs.get(&id) else { return Val::NULL };
    let on = |name: &str| Val::json(org.settings.get(name).and_then(Value::as_bool).unwrap_or(false));
    match name {
        "id" => cx.id(Sort::Organization, id),
        "databaseId" => Val::json(id),
        "login" => Val::json(org.login.clone()),
        "name" | "description" | "email" => Val::json(org.text(name)),
        "url" => cx.url(&org.login),
        "resourcePath" => Val::json(format!("/{}", org.login)),
        "createdAt" | "updatedAt" => Val::json(time(org.created_at)),
        "isVerified" => Val::json(false),
        "viewerCanAdminister" => {
            Val::json(cx.caller.person().is_some_and(|person| cx.world.owns(id, person)))
        }
        "viewerIsAMember" => {
            Val::json(cx.caller.person().is_some_and(|person| org.members.contains_key(&person)))
        }
        "requiresTwoFactorAuthentication" if administers(cx, org) => on("two_factor_requirement_enabled"),
        "organizationBillingEmail" if administers(cx, org) => Val::json(org.text("billing_email")),
        "membersCanForkPrivateRepositories" => on("members_can_fork_private_repositories"),
        "webCommitSignoffRequired" => on("web_commit_signoff_required"),
        "membersWithRole" if reads_members(cx, org) => members(cx, org),
        "pendingMembers" if reads_members(cx, org) => {
            let asked = org.invitations.values().filter(|one| one.failed.is_none());
            Val::conn(asked.filter_map(|one| Some(Val::of("User", one.invitee?))))
        }
        "membersWithRole" | "pendingMembers" => Val::HiddenConn,
        "repositories" => repositories(cx, org, args),
        "repository" => of_owner(cx, &org.login, args),
        "rulesets" | "ruleset" if administers(cx, org) => rulesets(cx, Some(org), None, name, args),
        "rulesets" | "ruleset" => Val::hidden(),
        "team" if reads_members(cx, org) => {
            Val::or_null(org.team_slugged(text(args, "slug")).map(|team| Val::of("Team", team.id)))
        }
        "teams" if reads_members(cx, org) => teams(org, args),
        "team" => Val::hidden(),
        "teams" => Val::HiddenConn,
        _ => Val::NULL,
    }
}

/// Whether two factors are on is for owners.
fn members(cx: &Cx, org: &Org) -> Val {
    let shown = |(id, role): (&Id, &OrgRole)| {
        let two = cx.world.users.get(id).filter(|_| administers(cx, org)).map(|user| user.two_factor);
        let role = if *role == OrgRole::Admin { "ADMIN" } else { "MEMBER" };
        Item::with(
            Val::of("User", *id),
            vec![("role", Val::json(role)), ("hasTwoFactorEnabled", Val::json(two))],
        )
    };
    Val::Conn(org.members.iter().map(shown).collect())
}

/// By name unless asked otherwise.
fn repositories(cx: &Cx, org: &Org, args: &Args) -> Val {
    let all = cx.world.repos.values().filter(|repo| repo.owner == org.id && cx.caller.sees(&cx.world, repo));
    let archived = args.get("isArchived").and_then(Value::as_bool);
    let (visibility, privacy) =
        (text(args, "visibility").to_lowercase(), text(args, "privacy").to_lowercase());
    let kept = all.filter(|repo| {
        archived.is_none_or(|archived| repo.archived == archived)
            && (visibility.is_empty() || repo.visibility == visibility)
            && (privacy.is_empty() || (repo.visibility == "public") == (privacy == "public"))
    });
    let mut kept: Vec<&Repo> = kept.collect();
    let order = args.get("orderBy").cloned().unwrap_or_default();
    match order["field"].as_str().unwrap_or("NAME") {
        "CREATED_AT" | "PUSHED_AT" => kept.sort_by_key(|repo| (repo.created_at, repo.id)),
        "UPDATED_AT" => kept.sort_by_key(|repo| (repo.updated_at, repo.id)),
        _ => kept.sort_by(|a, b| a.name.cmp(&b.name)),
    }
    if order["direction"] == "DESC" {
        kept.reverse();
    }
    Val::conn(kept.into_iter().map(|repo| Val::of("Repository", repo.id)))
}

fn teams(org: &Org, args: &Args) -> Val {
    let root = args.get("rootTeamsOnly") == Some(&Value::Bool(true));
    let wanted = text(args, "query").to_lowercase();
    let kept = org.teams.values().filter(|team| !(root && team.parent.is_some()));
    let mut kept: Vec<&Team> = kept.filter(|team| team.name.to_lowercase().contains(&wanted)).collect();
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    Val::conn(kept.into_iter().map(|team| Val::of("Team", team.id)))
}

pub(super) fn team(cx: &Cx, id: Id, name: &str, args: &Args) -> Val {
    let Some((org, team)) = cx.world.team(id) else { return Val::NULL };
    match name {
        "id" => cx.id(Sort::Team, id),
        "databaseId" => Val::json(id),
        "slug" => Val::json(team.slug.clone()),
        "name" => Val::json(team.name.clone()),
        "combinedSlug" => Val::json(format!("{}/{}", org.login, team.slug)),
        "description" => Val::json(team.description.clone()),
        "privacy" => Val::json(if team.privacy == "secret" { "SECRET" } else { "VISIBLE" }),
        "notificationSetting" => Val::json(team.notification_setting.to_uppercase()),
        "parentTeam" => Val::or_null(team.parent.map(|id| Val::of("Team", id))),
        "organization" => Val::of("Organization", org.id),
        "createdAt" => Val::json(time(team.created_at)),
        "updatedAt" => Val::json(time(team.updated_at)),
        "url" => cx.url(&format!("orgs/{}/teams/{}", org.login, team.slug)),
        "resourcePath" => Val::json(format!("/orgs/{}/teams/{}", org.login, team.slug)),
        "viewerCanAdminister" => Val::json(cx.caller.may_org(&cx.world, org.id, "members", Level::Write)),
        "reviewRequestDelegationEnabled" => Val::json(false),
        "ancestors" => {
            let above = std::iter::successors(team.parent, |id| org.teams.get(id)?.parent);
            Val::conn(above.map(|id| Val::of("Team", id)))
        }
        "childTeams" => {
            let below = org.teams.values().filter(|one| one.parent == Some(id));
            Val::conn(below.map(|one| Val::of("Team", one.id)))
        }
        "invitations" => super::access::invitations(cx, org, team),
        "members" => team_members(cx, org, team, args),
        "repositories" => {
            let all = cx.world.repos.values().filter(|repo| cx.caller.sees(&cx.world, repo));
            let with = all.filter_map(|repo| Some((repo, org.team_role_in(team, repo.id)?)));
            Val::Conn(
                with.map(|(repo, role)| {
                    let edge = vec![("permission", Val::json(role.name().to_uppercase()))];
                    Item::with(Val::of("Repository", repo.id), edge)
                })
                .collect(),
            )
        }
        _ => Val::NULL,
    }
}

/// `IMMEDIATE` leaves out the members of child teams.
fn team_members(cx: &Cx, org: &Org, team: &Team, args: &Args) -> Val {
    let own = |id: &Id| team.members.contains_key(id);
    let wanted = |id: &&Id| match text(args, "membership") {
        "IMMEDIATE" => own(id),
        "CHILD_TEAM" => org.in_team(team, **id) && !own(id),
        _ => org.in_team(team, **id),
    };
    let shown = cx.world.users.keys().filter(wanted).map(|id| {
        let role = org.team_role(*id, team.members.get(id).copied().unwrap_or(TeamRole::Member));
        (*id, role.rest().to_uppercase())
    });
    let asked = text(args, "role");
    let kept = shown.filter(|(_, role)| asked.is_empty() || role == asked);
    Val::Conn(
        kept.map(|(id, role)| Item::with(Val::of("User", id), vec![("role", Val::json(role))])).collect(),
    )
}
