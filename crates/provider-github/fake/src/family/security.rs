//! Alerts, automated fixes and private reports: switches of their own addresses.

use serde_json::{Value, json};

use super::repos::plain;
use super::show::object;
use crate::answer::{Answer, Said, done, invalid_simple, not_found, ok};
use crate::call::Call;
use crate::page;
use crate::route::{Route, get, org_get, write};

const ALERTS: &str = "/repos/{owner}/{repo}/vulnerability-alerts";
const FIXES: &str = "/repos/{owner}/{repo}/automated-security-fixes";
const REPORTS: &str = "/repos/{owner}/{repo}/private-vulnerability-reporting";

const CONFIGURATIONS: &str = "/orgs/{org}/code-security/configurations";
const ATTACHED: &str = "/orgs/{org}/code-security/configurations/{configuration_id}/repositories";

pub(super) const ROUTES: &[Route] = &[
    org_get(CONFIGURATIONS, "organization_administration", configurations),
    org_get(ATTACHED, "organization_administration", attached),
    get(ALERTS, "administration", alerts),
    write("PUT", ALERTS, "administration", |call| set_alerts(call, true)),
    write("DELETE", ALERTS, "administration", |call| set_alerts(call, false)),
    get(FIXES, "administration", |call| {
        ok(json!({"enabled": call.repo()?.automated_security_fixes, "paused": false}))
    }),
    write("PUT", FIXES, "administration", |call| set_fixes(call, true)),
    write("DELETE", FIXES, "administration", |call| set_fixes(call, false)),
    get(REPORTS, "metadata", |call| ok(json!({"enabled": call.repo()?.private_vulnerability_reporting}))),
    write("PUT", REPORTS, "administration", |call| set_reports(call, true)),
    write("DELETE", REPORTS, "administration", |call| set_reports(call, false)),
];

/// One that is enforced in all repositories, where the world says what it owns.
fn configurations(call: &mut Call<'_>) -> Said {
    let owned = &call.org()?.enforced_security;
    if owned.is_empty() {
        return page::list(call, Vec::new());
    }
    let mut one = object(json!({"id": 1, "name": "Enforced", "target_type": "organization",
        "description": "", "enforcement": "enforced"}));
    one.extend(owned.iter().map(|key| (key.clone(), json!("enabled"))));
    page::list(call, vec![Value::Object(one)])
}

fn attached(call: &mut Call<'_>) -> Said {
    if call.org()?.enforced_security.is_empty() {
        return Err(not_found());
    }
    let all = call.world.repos.values().filter(|repo| repo.owner == call.org);
    let show = |repo| json!({"status": "enforced", "repository": plain(call, repo)});
    let all = all.map(show).collect();
    page::list(call, all)
}

/// 204 is on, 404 is off; an archived repository says off whatever it was.
fn alerts(call: &mut Call<'_>) -> Said {
    let repo = call.repo()?;
    if repo.vulnerability_alerts && !repo.archived { done() } else { Err(not_found()) }
}

fn set_alerts(call: &mut Call<'_>, on: bool) -> Said {
    free(call, "dependabot_alerts")?;
    let repo = call.repo_mut()?;
    repo.vulnerability_alerts = on;
    repo.automated_security_fixes &= on;
    done()
}

/// Fixes need alerts.
fn set_fixes(call: &mut Call<'_>, on: bool) -> Said {
    free(call, "dependabot_security_updates")?;
    if on && !call.repo()?.vulnerability_alerts {
        return Err(invalid_simple(
            "Vulnerability alerts must be enabled to configure automated security fixes.",
        ));
    }
    call.repo_mut()?.automated_security_fixes = on;
    done()
}

fn set_reports(call: &mut Call<'_>, on: bool) -> Said {
    free(call, "private_vulnerability_reporting")?;
    call.repo_mut()?.private_vulnerability_reporting = on;
    done()
}

/// An enforced security configuration owns what it sets.
fn free(call: &Call<'_>, key: &str) -> Result<(), Answer> {
    if call.org()?.enforced_security.contains(key) {
        return Err(invalid_simple("This setting is owned by an enforced security configuration."));
    }
    Ok(())
}
