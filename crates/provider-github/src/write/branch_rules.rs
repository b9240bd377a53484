//! Classic branch protection rules, by GraphQL: REST knows branches and no patterns.

use super::{Craft, Job, Told, nodes, not_sent, wish, wished};
use crate::wanted::{Want, entries, texts};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId, TypeName};
use aplomo_resources::github::names;
use serde_json::{Map, Value, json};

/// See the module.
pub(crate) struct BranchRules;

const CREATE: &str = "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) { branchProtectionRule { id } } }";
const UPDATE: &str = "mutation($input: UpdateBranchProtectionRuleInput!) { updateBranchProtectionRule(input: $input) { branchProtectionRule { id } } }";
const DELETE: &str = "mutation($input: DeleteBranchProtectionRuleInput!) { deleteBranchProtectionRule(input: $input) { clientMutationId } }";

/// The mutations here, for the test that validates them.
pub(crate) const MUTATIONS: &[&str] = &[CREATE, UPDATE, DELETE];

/// Flags, and whether GitHub means the contrary.
const FLAGS: &[(&str, &str, bool)] = &[
    ("/requires/codeOwners", "requiresCodeOwnerReviews", false),
    ("/requires/dismissStale", "dismissesStaleReviews", false),
    ("/requires/lastPushApproval", "requireLastPushApproval", false),
    ("/requires/resolvedThreads", "requiresConversationResolution", false),
    ("/requires/upToDate", "requiresStrictStatusChecks", false),
    ("/requires/signedCommits", "requiresCommitSignatures", false),
    ("/requires/linearHistory", "requiresLinearHistory", false),
    ("/forbids/forcePush", "allowsForcePushes", true),
    ("/forbids/deletion", "allowsDeletions", true),
    ("/forbids/creation", "blocksCreations", false),
    ("/forbids/update", "lockBranch", false),
    ("/adminsToo", "isAdminEnforced", false),
];
/// Lists of actors, with the switch that says whether they count.
const ACTORS: &[(&str, &str, Option<&str>)] = &[
    ("/allowsPush", "pushActorIds", Some("restrictsPushes")),
    ("/bypass", "bypassPullRequestActorIds", None),
    ("/allowsForcePush", "bypassForcePushActorIds", None),
    ("/allowsDismissal", "reviewDismissalActorIds", Some("restrictsReviewDismissals")),
];

impl Craft for BranchRules {
    const FEEDS: &'static [TypeName] = &[names::BRANCH_PROTECTION_RULE];
    const WHAT: &'static str = "the branch protection rule";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let mut input = input(job, after).await?;
        // Its name is not needed, but asking for it tells its id where no reading did.
        job.repository().await?;
        let known = job.pen.line.site.names.repository(job.container()?);
        let node = known.map(|known| known.node).filter(|node| !node.is_empty());
        let node = node.ok_or_else(|| not_sent("the repository's GraphQL id is not known"))?;
        input.insert("repositoryId".into(), json!(node));
        let told = Told::Text("/data/createBranchProtectionRule/branchProtectionRule/id");
        let input = Value::Object(input);
        job.mutate("createBranchProtectionRule", CREATE, input, Some(told)).await.map(drop)
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made {
            return Ok(());
        }
        let mut input = input(job, after).await?;
        if input.is_empty() {
            return Ok(());
        }
        let id = job.id.clone().ok_or_else(|| not_sent("the rule's id is not known"))?;
        input.insert("branchProtectionRuleId".into(), json!(id.as_str()));
        job.mutate("updateBranchProtectionRule", UPDATE, Value::Object(input), None).await.map(drop)
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let input = json!({ "branchProtectionRuleId": id.as_str() });
        match job.mutate("deleteBranchProtectionRule", DELETE, input, None).await {
            Err(CallError::Refused { code, .. }) if code == "NOT_FOUND" => Ok(()),
            ended => ended.map(drop),
        }
    }
}

/// What differs, in GitHub's words.
async fn input(job: &Job<'_>, after: &WantedFields) -> Result<Map<String, Value>, CallError> {
    let mut input = Map::new();
    if job.turns(after, "/pattern")? {
        input.extend(wished(after, "/pattern")?.map(|pattern| ("pattern".to_owned(), pattern)));
    }
    for (path, key, contrary) in FLAGS {
        if job.turns(after, path)?
            && let Want::Set(Datum::Bool(on)) = wish(after, path)?
        {
            input.insert((*key).into(), json!(*on != *contrary));
        }
    }
    if job.turns(after, "/requires/approvals")? {
        let count = wished(after, "/requires/approvals")?;
        input.insert("requiresApprovingReviews".into(), json!(count.is_some()));
        input.extend(count.map(|count| ("requiredApprovingReviewCount".to_owned(), count)));
    }
    if job.turns(after, "/requires/deployments")? {
        let all = wish(after, "/requires/deployments")?.set().map(texts).unwrap_or_default();
        input.insert("requiresDeployments".into(), json!(!all.is_empty()));
        input.insert("requiredDeploymentEnvironments".into(), json!(all));
    }
    checks(job, after, &mut input).await?;
    actors(job, after, &mut input).await?;
    Ok(input)
}

async fn checks(
    job: &Job<'_>,
    after: &WantedFields,
    input: &mut Map<String, Value>,
) -> Result<(), CallError> {
    let contexts = match wish(after, "/requires/statusChecks")? {
        Want::Leave => job.there("/requires/statusChecks").map(texts).unwrap_or_default(),
        Want::Clear => Vec::new(),
        Want::Set(all) => texts(all),
    };
    let mut differs = job.turns(after, "/requires/statusChecks")?;
    for context in &contexts {
        differs |= job.turns(after, &app_of(context))?;
    }
    if !differs {
        return Ok(());
    }
    let mut checks = Vec::new();
    for context in contexts {
        checks.push(check(job, after, &context).await?);
    }
    input.insert("requiresStatusChecks".into(), json!(!checks.is_empty()));
    input.insert("requiredStatusChecks".into(), json!(checks));
    Ok(())
}

/// Where the app stands that a check must come from.
fn app_of(context: &str) -> String {
    format!("/requires/checkApps/{}", part(context))
}

async fn check(job: &Job<'_>, after: &WantedFields, context: &str) -> Result<Value, CallError> {
    let path = app_of(context);
    let app = match wish(after, &path)? {
        Want::Set(app) => app.as_text(),
        Want::Leave => job.there_text(&path),
        // Left out, it would be whichever app reported the check last.
        Want::Clear => return Ok(json!({ "context": context, "appId": "any" })),
    };
    Ok(match app {
        Some(app) => json!({ "context": context, "appId": nodes::of_app(job, app).await? }),
        None => json!({ "context": context }),
    })
}

async fn actors(
    job: &Job<'_>,
    after: &WantedFields,
    input: &mut Map<String, Value>,
) -> Result<(), CallError> {
    let ids = entries(after, "/actorIds").map_err(|why| not_sent(&why))?;
    for (path, key, switch) in ACTORS {
        if !job.turns(after, path)? {
            continue;
        }
        let all = wish(after, path)?;
        if let Some(switch) = switch {
            input.insert((*switch).into(), json!(matches!(all, Want::Set(_))));
        }
        let mut found = Vec::new();
        for who in all.set().map(texts).unwrap_or_default() {
            let was = || job.there_text(&format!("/actorIds/{}", part(&who)));
            let id = ids.get(&who).map(String::as_str).or_else(was);
            found.push(nodes::of(job, &who, id).await?);
        }
        input.insert((*key).into(), json!(found));
    }
    Ok(())
}

/// A key as it stands in a path.
fn part(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
