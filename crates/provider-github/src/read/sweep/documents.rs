//! The GraphQL documents: one family of pages for a whole organisation, and their continuations.
//!
//! Every list is named once, in [`LISTS`]: the first page of it inside its parent, and the pages that
//! follow, are made from the same line. A test validates each document against GitHub's own schema.

use std::fmt::Write as _;

/// A list inside something that has an id.
pub(crate) struct List {
    /// The type it is in.
    pub(crate) of: &'static str,
    /// The field.
    pub(crate) field: &'static str,
    /// How many come with the parent. Together these keep a page of 25 repositories at some 16 points.
    first: u32,
    /// Further arguments.
    with: &'static str,
    /// What is asked of its items. `@name@` stands for the list of that field inside.
    items: &'static str,
}

/// How many repositories come in one page.
pub(crate) const REPOSITORIES: u32 = 25;
/// How many items a continuation brings.
const CONTINUED: u32 = 100;

const fn list(
    of: &'static str,
    field: &'static str,
    first: u32,
    with: &'static str,
    items: &'static str,
) -> List {
    List { of, field, first, with, items }
}

const ACTOR: &str = "actor { __typename ... on User { id databaseId login } ... on Team { id databaseId slug } ... on App { id databaseId slug } }";

/// All lists.
pub(crate) const LISTS: &[List] = &[
    list(
        "Organization",
        "repositories",
        REPOSITORIES,
        ", orderBy: {field: NAME, direction: ASC}",
        REPOSITORY,
    ),
    list(
        "Organization",
        "teams",
        25,
        "",
        "nodes { __typename id databaseId name slug description privacy notificationSetting parentTeam { databaseId } @members@ @invitations@ @repositories@ }",
    ),
    list(
        "Organization",
        "membersWithRole",
        100,
        "",
        "edges { role hasTwoFactorEnabled node { id databaseId login } }",
    ),
    list("Organization", "rulesets", 20, "", RULESET),
    list("Team", "members", 50, ", membership: IMMEDIATE", "edges { role node { id databaseId login } }"),
    list("Team", "invitations", 20, "", "nodes { createdAt invitee { id databaseId login } }"),
    list("Team", "repositories", 100, "", "edges { permission node { id databaseId } }"),
    list("Repository", "repositoryTopics", 20, "", "nodes { topic { name } }"),
    list("Repository", "labels", 50, "", "nodes { id name color description }"),
    list("Repository", "deployKeys", 10, "", "nodes { id title key readOnly }"),
    list("Repository", "branchProtectionRules", 5, "", RULE),
    list("Repository", "rulesets", 5, ", includeParents: false", RULESET),
    list(
        "Repository",
        "collaborators",
        50,
        ", affiliation: DIRECT",
        "edges { node { id databaseId login } permissionSources { permission roleName source { __typename ... on Team { databaseId } ... on Repository { databaseId } } } }",
    ),
    list("BranchProtectionRule", "pushAllowances", 10, "", "nodes { @@actor }"),
    list("BranchProtectionRule", "bypassPullRequestAllowances", 10, "", "nodes { @@actor }"),
    list("BranchProtectionRule", "bypassForcePushAllowances", 10, "", "nodes { @@actor }"),
    list("BranchProtectionRule", "reviewDismissalAllowances", 10, "", "nodes { @@actor }"),
    list(
        "RepositoryRuleset",
        "bypassActors",
        10,
        "",
        "nodes { bypassMode deployKey organizationAdmin enterpriseOwner repositoryRoleDatabaseId repositoryRoleName actor { __typename ... on Team { id databaseId slug } ... on App { id databaseId slug } } }",
    ),
    list("RepositoryRuleset", "rules", 25, "", RULE_PARAMETERS),
];

const REPOSITORY: &str = "nodes { __typename id databaseId name description homepageUrl visibility isArchived isTemplate defaultBranchRef { name } hasIssuesEnabled hasWikiEnabled hasProjectsEnabled hasDiscussionsEnabled forkingAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed autoMergeAllowed deleteBranchOnMerge allowUpdateBranch squashMergeCommitTitle squashMergeCommitMessage mergeCommitTitle mergeCommitMessage webCommitSignoffRequired hasVulnerabilityAlertsEnabled @repositoryTopics@ @labels@ @deployKeys@ @branchProtectionRules@ @rulesets@ @collaborators@ }";

const RULE: &str = "nodes { __typename id databaseId pattern requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews dismissesStaleReviews requireLastPushApproval requiresConversationResolution requiresStatusChecks requiresStrictStatusChecks requiredStatusChecks { context app { __typename id databaseId slug } } requiresCommitSignatures requiresLinearHistory requiresDeployments requiredDeploymentEnvironments allowsForcePushes allowsDeletions blocksCreations lockBranch isAdminEnforced restrictsPushes restrictsReviewDismissals @pushAllowances@ @bypassPullRequestAllowances@ @bypassForcePushAllowances@ @reviewDismissalAllowances@ }";

const RULESET: &str = "nodes { __typename id databaseId name target enforcement conditions { refName { include exclude } repositoryName { include exclude } repositoryId { repositoryIds } repositoryProperty { include { name propertyValues } exclude { name propertyValues } } } @bypassActors@ @rules@ }";

const RULE_PARAMETERS: &str = "nodes { type parameters { __typename ... on PullRequestParameters { allowedMergeMethods dismissStaleReviewsOnPush requireCodeOwnerReview requireLastPushApproval requiredApprovingReviewCount requiredReviewThreadResolution } ... on RequiredStatusChecksParameters { doNotEnforceOnCreate requiredStatusChecks { context integrationId } strictRequiredStatusChecksPolicy } ... on MergeQueueParameters { checkResponseTimeoutMinutes groupingStrategy maxEntriesToBuild maxEntriesToMerge mergeMethod minEntriesToMerge minEntriesToMergeWaitMinutes } ... on CodeScanningParameters { codeScanningTools { alertsThreshold securityAlertsThreshold tool } } ... on RequiredDeploymentsParameters { requiredDeploymentEnvironments } ... on UpdateParameters { updateAllowsFetchAndMerge } ... on BranchNamePatternParameters { name negate operator pattern } ... on TagNamePatternParameters { name negate operator pattern } ... on CommitMessagePatternParameters { name negate operator pattern } ... on CommitAuthorEmailPatternParameters { name negate operator pattern } ... on CommitterEmailPatternParameters { name negate operator pattern } ... on FilePathRestrictionParameters { restrictedFilePaths } ... on FileExtensionRestrictionParameters { restrictedFileExtensions } ... on MaxFileSizeParameters { maxFileSize } ... on MaxFilePathLengthParameters { maxFilePathLength } ... on WorkflowsParameters { doNotEnforceOnCreate workflows { path ref repositoryId sha } } } }";

/// The list of a field in a type.
pub(crate) fn find(of: &str, field: &str) -> Option<&'static List> {
    LISTS.iter().find(|list| list.of == of && list.field == field)
}

/// A list with the page that `after` begins, its lists inside included.
fn page(list: &List, first: u32, after: Option<&str>) -> String {
    let after = after.map(|cursor| format!(", after: {cursor}")).unwrap_or_default();
    let items = items(list);
    let (field, with) = (list.field, list.with);
    format!("{field}(first: {first}{with}{after}) {{ pageInfo {{ hasNextPage endCursor }} {items} }}")
}

/// What is asked of a list's items, with the first pages of the lists inside.
fn items(list: &List) -> String {
    let parent = parent_of(list);
    let mut items = list.items.replace("@@actor", ACTOR);
    for inner in LISTS.iter().filter(|inner| inner.of == parent) {
        let place = format!("@{}@", inner.field);
        if items.contains(&place) {
            items = items.replace(&place, &page(inner, inner.first, None));
        }
    }
    items
}

/// The type of a list's items, where they have lists of their own.
fn parent_of(list: &List) -> &'static str {
    match (list.of, list.field) {
        ("Organization", "repositories") => "Repository",
        ("Organization", "teams") => "Team",
        (_, "rulesets") => "RepositoryRuleset",
        (_, "branchProtectionRules") => "BranchProtectionRule",
        _ => "",
    }
}

/// The lists of an organisation that one request pages through side by side.
pub(crate) const SIDE_BY_SIDE: [&str; 4] = ["repositories", "teams", "membersWithRole", "rulesets"];

/// One page of each of these lists of an organisation: `$<field>` is its cursor.
pub(crate) fn organisation(fields: &[&str]) -> String {
    let mut variables = String::from("$login: String!");
    let mut body = String::from("id databaseId login");
    for list in fields.iter().filter_map(|field| find("Organization", field)) {
        let _ = write!(variables, ", ${}: String", list.field);
        let _ = write!(body, " {}", page(list, list.first, Some(&format!("${}", list.field))));
    }
    format!(
        "query({variables}) {{ organization(login: $login) {{ {body} }} rateLimit {{ cost remaining resetAt }} }}"
    )
}

/// The next pages of lists inside several parents; parent and cursor are `$i<n>` and `$c<n>`.
pub(crate) fn continuation(lists: &[&List]) -> String {
    let (mut variables, mut body) = (String::new(), String::new());
    for (n, list) in lists.iter().enumerate() {
        let _ = write!(variables, "$i{n}: ID!, $c{n}: String, ");
        let first = if parent_of(list).is_empty() { CONTINUED } else { REPOSITORIES };
        let page = page(list, first, Some(&format!("$c{n}")));
        let _ = write!(body, "n{n}: node(id: $i{n}) {{ ... on {} {{ {page} }} }} ", list.of);
    }
    format!("query({}) {{ {body}rateLimit {{ cost remaining resetAt }} }}", variables.trim_end_matches(", "))
}

/// Repositories by their ids, before something is written to them.
pub(crate) fn repositories() -> String {
    let items = find("Organization", "repositories").map(items).unwrap_or_default();
    let on = items.replacen("nodes {", "... on Repository {", 1);
    format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {on} }} rateLimit {{ cost remaining resetAt }} }}")
}

/// The names of all repositories, a hundred a page: enough to know what is taken.
pub(crate) const REPOSITORY_NAMES: &str = "query($login: String!, $repositories: String) { organization(login: $login) { id databaseId login repositories(first: 100, after: $repositories, orderBy: {field: NAME, direction: ASC}) { pageInfo { hasNextPage endCursor } nodes { id databaseId name } } } rateLimit { cost remaining resetAt } }";

/// Every document there is, for the test that validates them.
pub(crate) fn all() -> Vec<String> {
    let continued: Vec<&List> = LISTS.iter().filter(|list| list.of != "Organization").collect();
    let mut all = vec![organisation(&SIDE_BY_SIDE), repositories(), REPOSITORY_NAMES.to_owned()];
    all.extend(SIDE_BY_SIDE.iter().map(|field| organisation(&[field])));
    all.extend(continued.iter().map(|list| continuation(&[list])));
    all.push(continuation(&continued));
    all
}
