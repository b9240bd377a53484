//! Every call once, in the order of somebody who sets an organisation up, held to GitHub's description.

use serde_json::{Value, json};

use super::support::acme;

/// Method, path, body, status.
type Step = (&'static str, &'static str, Value, u16);

fn walk(steps: Vec<Step>) {
    let acme = acme();
    let _held = acme.held();
    for (method, path, body, status) in steps {
        // Paths name things by their place in the world, because their numbers depend on the order here.
        let world = acme.github.world();
        let shop = &world.repos[&acme.shop];
        let first = |ids: Vec<u64>| ids.first().map_or_else(|| "0".to_owned(), u64::to_string);
        let path = path
            .replace("RULESET", &first(shop.rulesets.keys().copied().collect()))
            .replace("HOOK", &first(shop.hooks.keys().copied().collect()))
            .replace("KEY", &first(shop.keys.keys().copied().collect()))
            .replace("LINK", &first(shop.autolinks.keys().copied().collect()))
            .replace("INVITATION", &first(shop.invitations.keys().copied().collect()))
            .replace("OASKED", &first(world.orgs[&acme.org].invitations.keys().copied().collect()))
            .replace("ORULES", &first(world.orgs[&acme.org].rulesets.keys().copied().collect()))
            .replace("OHOOK", &first(world.orgs[&acme.org].hooks.keys().copied().collect()));
        let body = body.to_string().replace("\"TEAM\"", &acme.team.to_string());
        let body: Value =
            serde_json::from_str(&body.replace("\"MEMBER\"", &acme.member.to_string())).unwrap();
        let reply = acme.ask(method, &path, &body);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
        acme.clock.advance(10);
    }
}

const N: Value = Value::Null;

#[test]
fn repositories_with_all_their_settings() {
    walk(vec![
        ("POST", "/orgs/acme/repos", json!({"name": "new", "private": true, "auto_init": true}), 201),
        ("POST", "/orgs/acme/repos", json!({"name": "NEW"}), 422),
        ("GET", "/repos/acme/new", N, 200),
        ("GET", "/orgs/acme/repos?per_page=1&page=2", N, 200),
        (
            "PATCH",
            "/repos/acme/shop",
            json!({"description": "Sells", "has_wiki": false, "allow_merge_commit": false,
            "squash_merge_commit_title": "PR_TITLE", "security_and_analysis": {"secret_scanning": {"status": "enabled"}}}),
            200,
        ),
        ("PATCH", "/repos/acme/shop", json!({"allow_squash_merge": false, "allow_rebase_merge": false}), 422),
        ("PATCH", "/repos/acme/shop", json!({"default_branch": "gone"}), 422),
        ("PUT", "/repos/acme/shop/topics", json!({"names": ["web", "rust"]}), 200),
        ("PUT", "/repos/acme/shop/topics", json!({"names": ["-no"]}), 422),
        ("GET", "/repos/acme/shop/topics", N, 200),
        ("GET", "/repos/acme/shop/branches", N, 200),
        ("GET", "/repos/acme/shop/vulnerability-alerts", N, 404),
        ("PUT", "/repos/acme/shop/automated-security-fixes", N, 422),
        ("PUT", "/repos/acme/shop/vulnerability-alerts", N, 204),
        ("PUT", "/repos/acme/shop/automated-security-fixes", N, 204),
        ("GET", "/repos/acme/shop/automated-security-fixes", N, 200),
        ("PUT", "/repos/acme/shop/private-vulnerability-reporting", N, 204),
        ("GET", "/repos/acme/shop/private-vulnerability-reporting", N, 200),
        ("DELETE", "/repos/acme/shop/vulnerability-alerts", N, 204),
        ("PATCH", "/repos/acme/shop", json!({"name": "store"}), 200),
        ("GET", "/repos/acme/shop", N, 301),
        ("GET", "/repos/acme/store", N, 200),
        ("PATCH", "/repos/acme/store", json!({"archived": true}), 200),
        ("PATCH", "/repos/acme/store", json!({"description": "x"}), 403),
        ("POST", "/repos/acme/store/labels", json!({"name": "x"}), 403),
        ("PATCH", "/repos/acme/store", json!({"archived": false}), 200),
        ("POST", "/repos/acme/new/transfer", json!({"new_owner": "acme", "new_name": "newer"}), 202),
        ("DELETE", "/repos/acme/new", N, 204),
        ("GET", "/repos/acme/new", N, 404),
    ]);
}

#[test]
fn access_of_people_and_teams() {
    walk(vec![
        ("PUT", "/repos/acme/shop/collaborators/mick", json!({"permission": "triage"}), 204),
        ("PUT", "/repos/acme/shop/collaborators/otto", json!({"permission": "push"}), 201),
        ("PUT", "/repos/acme/shop/collaborators/nobody", json!({"permission": "push"}), 404),
        ("PUT", "/repos/acme/shop/collaborators/mick", json!({"permission": "boss"}), 422),
        ("GET", "/repos/acme/shop/collaborators?affiliation=direct", N, 200),
        ("GET", "/repos/acme/shop/collaborators/mick", N, 204),
        ("GET", "/repos/acme/shop/collaborators/otto", N, 404),
        ("GET", "/repos/acme/shop/collaborators/mick/permission", N, 200),
        ("GET", "/repos/acme/shop/invitations", N, 200),
        ("PATCH", "/repos/acme/shop/invitations/INVITATION", json!({"permissions": "admin"}), 200),
        ("DELETE", "/repos/acme/shop/invitations/INVITATION", N, 204),
        ("DELETE", "/repos/acme/shop/collaborators/mick", N, 204),
        ("PUT", "/orgs/acme/teams/platform-friends/repos/acme/shop", json!({"permission": "maintain"}), 204),
        ("GET", "/orgs/acme/teams/platform-friends/repos/acme/shop", N, 200),
        ("GET", "/orgs/acme/teams/platform-friends/repos", N, 200),
        ("GET", "/repos/acme/shop/teams", N, 200),
        ("DELETE", "/orgs/acme/teams/platform-friends/repos/acme/shop", N, 204),
    ]);
}

#[test]
fn organisations_and_teams() {
    walk(vec![
        ("GET", "/orgs/acme", N, 200),
        (
            "PATCH",
            "/orgs/acme",
            json!({"description": "Everything", "default_repository_permission": "none"}),
            200,
        ),
        ("GET", "/orgs/acme/members?role=admin", N, 200),
        ("GET", "/orgs/acme/members?filter=2fa_disabled", N, 200),
        ("GET", "/orgs/acme/outside_collaborators", N, 200),
        ("GET", "/orgs/acme/memberships/olga", N, 200),
        ("PUT", "/orgs/acme/memberships/olga", json!({"role": "member"}), 403),
        ("PUT", "/orgs/acme/memberships/otto", json!({"role": "member"}), 200),
        ("GET", "/orgs/acme/memberships/otto", N, 200),
        ("GET", "/orgs/acme/invitations", N, 200),
        (
            "POST",
            "/orgs/acme/invitations",
            json!({"email": "a@example.com", "role": "direct_member", "team_ids": ["TEAM"]}),
            201,
        ),
        ("DELETE", "/orgs/acme/invitations/OASKED", N, 204),
        ("GET", "/orgs/acme/failed_invitations", N, 200),
        (
            "POST",
            "/orgs/acme/teams",
            json!({"name": "Core", "privacy": "closed", "parent_team_id": "TEAM"}),
            201,
        ),
        ("POST", "/orgs/acme/teams", json!({"name": "Core"}), 422),
        ("GET", "/orgs/acme/teams?per_page=1", N, 200),
        ("GET", "/orgs/acme/teams/core", N, 200),
        ("GET", "/orgs/acme/teams/platform-friends/teams", N, 200),
        (
            "PATCH",
            "/orgs/acme/teams/core",
            json!({"name": "Kernel", "description": "x", "parent_team_id": null}),
            200,
        ),
        ("PUT", "/orgs/acme/teams/kernel/memberships/mick", json!({"role": "maintainer"}), 200),
        ("PUT", "/orgs/acme/teams/kernel/memberships/otto", json!({"role": "member"}), 200),
        ("GET", "/orgs/acme/teams/kernel/memberships/otto", N, 200),
        ("GET", "/orgs/acme/teams/kernel/invitations", N, 200),
        ("GET", "/orgs/acme/teams/kernel/members?role=maintainer", N, 200),
        ("DELETE", "/orgs/acme/teams/kernel/memberships/mick", N, 204),
        ("DELETE", "/orgs/acme/teams/kernel", N, 204),
        ("GET", "/orgs/acme/security-managers", N, 200),
        ("DELETE", "/orgs/acme/memberships/mick", N, 204),
        ("GET", "/users/mick", N, 200),
        ("GET", "/user", N, 200),
        ("GET", "/rate_limit", N, 200),
    ]);
}

#[test]
fn rulesets() {
    let rules = json!([{"type": "deletion"}, {"type": "pull_request", "parameters": {
        "dismiss_stale_reviews_on_push": true, "require_code_owner_review": false, "require_last_push_approval": false,
        "required_approving_review_count": 2, "required_review_thread_resolution": true}},
        {"type": "required_status_checks", "parameters": {"strict_required_status_checks_policy": true,
        "required_status_checks": [{"context": "build"}]}}]);
    let names = json!({"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}});
    let all = json!({"ref_name": {"include": ["~ALL"], "exclude": []}, "repository_name": {"include": ["s*"], "exclude": []}});
    walk(vec![
        (
            "POST",
            "/repos/acme/shop/rulesets",
            json!({"name": "main", "enforcement": "active", "target": "branch",
            "conditions": names, "rules": rules,
            "bypass_actors": [{"actor_id": "TEAM", "actor_type": "Team", "bypass_mode": "always"}]}),
            201,
        ),
        ("POST", "/repos/acme/shop/rulesets", json!({"name": "main", "enforcement": "active"}), 422),
        ("GET", "/repos/acme/shop/rulesets/RULESET", N, 200),
        ("PUT", "/repos/acme/shop/rulesets/RULESET", json!({"enforcement": "evaluate"}), 200),
        (
            "POST",
            "/orgs/acme/rulesets",
            json!({"name": "all", "enforcement": "active", "conditions": all,
            "rules": [{"type": "non_fast_forward"}]}),
            201,
        ),
        ("GET", "/orgs/acme/rulesets", N, 200),
        ("GET", "/orgs/acme/rulesets/ORULES", N, 200),
        ("GET", "/repos/acme/shop/rulesets?includes_parents=true", N, 200),
        ("GET", "/repos/acme/shop/rules/branches/main", N, 200),
        ("PUT", "/orgs/acme/rulesets/ORULES", json!({"enforcement": "disabled"}), 200),
        ("DELETE", "/orgs/acme/rulesets/ORULES", N, 204),
        ("DELETE", "/repos/acme/shop/rulesets/RULESET", N, 204),
        ("GET", "/repos/acme/shop/rulesets/RULESET", N, 404),
    ]);
}

#[test]
fn classic_protection() {
    let one = "/repos/acme/shop/branches/main/protection";
    walk(vec![
        ("GET", one, N, 404),
        (
            "PUT",
            one,
            json!({"required_status_checks": {"strict": true, "contexts": [], "checks": [{"context": "build", "app_id": -1}]},
            "enforce_admins": true, "required_pull_request_reviews": {"required_approving_review_count": 2,
            "dismissal_restrictions": {"users": ["mick"], "teams": ["platform-friends"], "apps": ["aplomo"]},
            "bypass_pull_request_allowances": {"users": ["mick"]}},
            "restrictions": {"users": ["mick"], "teams": ["platform-friends"], "apps": ["aplomo"]},
            "required_linear_history": true}),
            200,
        ),
        ("GET", one, N, 200),
        (
            "PUT",
            one,
            json!({"required_status_checks": null, "enforce_admins": null, "required_pull_request_reviews": null,
            "restrictions": {"users": ["nobody"], "teams": []}}),
            422,
        ),
        ("POST", "/repos/acme/shop/branches/main/protection/required_signatures", N, 200),
        ("GET", "/repos/acme/shop/branches/main/protection/required_signatures", N, 200),
        ("DELETE", "/repos/acme/shop/branches/main/protection/required_signatures", N, 204),
        ("POST", "/repos/acme/shop/branches/main/protection/enforce_admins", N, 200),
        ("GET", "/repos/acme/shop/branches?protected=true", N, 200),
        ("DELETE", one, N, 204),
        ("GET", "/repos/acme/shop/branches/gone/protection", N, 404),
    ]);
}

#[test]
fn environments_and_variables() {
    let prod = "/repos/acme/shop/environments/prod";
    walk(vec![
        (
            "PUT",
            prod,
            json!({"wait_timer": 30, "prevent_self_review": true,
            "reviewers": [{"type": "Team", "id": "TEAM"}, {"type": "User", "id": "MEMBER"}],
            "deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}}),
            200,
        ),
        ("GET", prod, N, 200),
        ("GET", "/repos/acme/shop/environments", N, 200),
        (
            "POST",
            "/repos/acme/shop/environments/prod/deployment-branch-policies",
            json!({"name": "release/*"}),
            200,
        ),
        ("GET", "/repos/acme/shop/environments/prod/deployment-branch-policies", N, 200),
        (
            "PUT",
            prod,
            json!({"deployment_branch_policy": {"protected_branches": true, "custom_branch_policies": true}}),
            422,
        ),
        (
            "POST",
            "/repos/acme/shop/environments/prod/variables",
            json!({"name": "region", "value": "eu"}),
            201,
        ),
        ("GET", "/repos/acme/shop/environments/prod/variables/REGION", N, 200),
        ("DELETE", prod, N, 204),
        ("POST", "/repos/acme/shop/actions/variables", json!({"name": "region", "value": "eu"}), 201),
        ("POST", "/repos/acme/shop/actions/variables", json!({"name": "REGION", "value": "eu"}), 409),
        ("POST", "/repos/acme/shop/actions/variables", json!({"name": "GITHUB_X", "value": "eu"}), 422),
        ("PATCH", "/repos/acme/shop/actions/variables/REGION", json!({"value": "us"}), 204),
        ("GET", "/repos/acme/shop/actions/variables", N, 200),
        ("DELETE", "/repos/acme/shop/actions/variables/REGION", N, 204),
        ("GET", "/repos/acme/shop/actions/secrets", N, 200),
        ("GET", "/repos/acme/shop/actions/secrets/public-key", N, 200),
        ("GET", "/orgs/acme/actions/secrets/public-key", N, 200),
        (
            "POST",
            "/orgs/acme/actions/variables",
            json!({"name": "A", "value": "b", "visibility": "all"}),
            201,
        ),
        ("GET", "/orgs/acme/actions/variables", N, 200),
    ]);
}

#[test]
fn hooks_keys_links_labels() {
    walk(vec![
        (
            "POST",
            "/repos/acme/shop/hooks",
            json!({"config": {"url": "https://example.com/h", "content_type": "json", "secret": "s"},
            "events": ["push"], "active": true}),
            201,
        ),
        ("GET", "/repos/acme/shop/hooks/HOOK", N, 200),
        ("PATCH", "/repos/acme/shop/hooks/HOOK", json!({"active": false, "add_events": ["issues"]}), 200),
        ("GET", "/repos/acme/shop/hooks", N, 200),
        ("DELETE", "/repos/acme/shop/hooks/HOOK", N, 204),
        ("POST", "/orgs/acme/hooks", json!({"name": "web", "config": {"url": "https://example.com/o"}}), 201),
        ("GET", "/orgs/acme/hooks", N, 200),
        (
            "POST",
            "/repos/acme/shop/keys",
            json!({"title": "k", "key": "ssh-ed25519 AAAA me@home", "read_only": true}),
            201,
        ),
        ("POST", "/repos/acme/shop/keys", json!({"title": "k", "key": "ssh-ed25519 AAAA you"}), 422),
        ("GET", "/repos/acme/shop/keys/KEY", N, 200),
        ("GET", "/repos/acme/shop/keys", N, 200),
        ("DELETE", "/repos/acme/shop/keys/KEY", N, 204),
        (
            "POST",
            "/repos/acme/shop/autolinks",
            json!({"key_prefix": "T-", "url_template": "https://example.com/<num>"}),
            201,
        ),
        (
            "POST",
            "/repos/acme/shop/autolinks",
            json!({"key_prefix": "X-", "url_template": "https://example.com/"}),
            422,
        ),
        ("GET", "/repos/acme/shop/autolinks", N, 200),
        ("GET", "/repos/acme/shop/autolinks/LINK", N, 200),
        ("DELETE", "/repos/acme/shop/autolinks/LINK", N, 204),
        (
            "POST",
            "/repos/acme/shop/labels",
            json!({"name": "urgent now", "color": "ff0000", "description": "!"}),
            201,
        ),
        ("POST", "/repos/acme/shop/labels", json!({"name": "URGENT NOW"}), 422),
        ("PATCH", "/repos/acme/shop/labels/urgent%20now", json!({"new_name": "urgent"}), 200),
        ("GET", "/repos/acme/shop/labels/urgent", N, 200),
        ("GET", "/repos/acme/shop/labels?per_page=2", N, 200),
        ("DELETE", "/repos/acme/shop/labels/urgent", N, 204),
    ]);
}

#[test]
fn properties_and_actions() {
    walk(vec![
        (
            "PATCH",
            "/orgs/acme/properties/schema",
            json!({"properties": [{"property_name": "tier", "value_type": "single_select",
            "allowed_values": ["gold", "lead"], "default_value": "lead", "required": true}]}),
            200,
        ),
        ("GET", "/orgs/acme/properties/schema", N, 200),
        (
            "PATCH",
            "/orgs/acme/properties/values",
            json!({"repository_names": ["shop"],
            "properties": [{"property_name": "tier", "value": "gold"}]}),
            204,
        ),
        (
            "PATCH",
            "/repos/acme/shop/properties/values",
            json!({"properties": [{"property_name": "tier", "value": "tin"}]}),
            422,
        ),
        ("GET", "/orgs/acme/properties/values", N, 200),
        ("GET", "/repos/acme/shop/properties/values", N, 200),
        ("DELETE", "/orgs/acme/properties/schema/tier", N, 204),
        ("GET", "/repos/acme/shop/actions/permissions", N, 200),
        ("GET", "/repos/acme/shop/actions/permissions/selected-actions", N, 409),
        (
            "PUT",
            "/repos/acme/shop/actions/permissions",
            json!({"enabled": true, "allowed_actions": "selected"}),
            204,
        ),
        (
            "PUT",
            "/repos/acme/shop/actions/permissions/selected-actions",
            json!({"github_owned_allowed": false,
            "verified_allowed": true, "patterns_allowed": ["acme/*"]}),
            204,
        ),
        ("GET", "/repos/acme/shop/actions/permissions/selected-actions", N, 200),
        (
            "PUT",
            "/repos/acme/shop/actions/permissions/workflow",
            json!({"default_workflow_permissions": "write"}),
            204,
        ),
        ("GET", "/repos/acme/shop/actions/permissions/workflow", N, 200),
        ("PUT", "/repos/acme/shop/actions/permissions/access", json!({"access_level": "organization"}), 204),
        ("GET", "/repos/acme/shop/actions/permissions/access", N, 200),
        ("GET", "/orgs/acme/actions/permissions", N, 200),
    ]);
}
