//! Which lines name a person, kind by kind.

use crate::support::source;
use aplomo_catalog::offboard::{Named, Offboarding, Person, offboard};

fn find(text: &str, emails: &[&str]) -> Offboarding {
    let emails: Vec<String> = emails.iter().map(|e| (*e).to_owned()).collect();
    offboard(&[source("dir:/t", &[("a.yaml", text)])], Person::new("Ana", &emails).unwrap())
}

fn manifest(kind: &str, tenant: &str, spec: &str) -> String {
    format!(
        "apiVersion: aplomo/v1\nkind: {kind}\nmetadata: {{name: {tenant}, tenant: {tenant}}}\nspec: {spec}\n"
    )
}

fn lines(found: &Offboarding) -> String {
    let line = |named: &Named| {
        let m = &named.mention;
        let more = [&m.note, &m.by_hand].into_iter().flatten().map(|t| format!(" ({t})")).collect::<String>();
        format!("{}:{} {}: {}{more}", named.at.line, named.manifest, m.pointer, m.what)
    };
    found.named.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_kind_says_where_it_names_somebody() {
    let all = [
        manifest("Team", "acme", "{members: {maintainers: ['@ANA'], members: [ben, ana-b]}}"),
        manifest(
            "Repository",
            "acme",
            "{access: {users: {ana: {permission: write}, banana: {permission: read}}}, environments: [{name: p, reviewers: ['user:Ana']}]}",
        ),
        manifest(
            "BranchProtection",
            "acme",
            "{repositories: [acme], mechanism: classic, allowsPush: ['user:ana', 'team:core', 'user:ana2'], bypass: [{team: core}, {user: ana}]}",
        ),
        manifest(
            "RepositoryType",
            "platform",
            "{defaults: {access: {users: {ana: {permission: read}}}}, branchProtections: [{name: x, bypass: [{user: ANA}]}]}",
        ),
    ];
    insta::assert_snapshot!(lines(&find(&all.join("---\n"), &[])));
}

#[test]
fn addresses_of_contacts_are_found_and_shared_ones_are_doubted() {
    let tenant =
        |name: &str, contacts: &str| manifest("Tenant", name, &format!("{{contacts: [{contacts}]}}"));
    let text = [
        tenant("acme", "{name: Ana, github: ANA, email: Ana@x.example, role: security}"),
        tenant("umbrella", "{name: Ana, email: ana@x.example, role: technical}, {name: Desk, github: ben, email: ana@x.example, role: requester}"),
    ]
    .join("---\n");
    let found = find(&text, &[]);
    insta::assert_snapshot!(lines(&found));
    assert!(found.who.perhaps.contains("ana@x.example"));
    insta::assert_snapshot!(lines(&find(&text, &["ANA@x.example "])));
}

#[test]
fn trust_is_taken_away_only_where_it_is_certain() {
    let trust = |inner: &str| manifest("IamProfile", "acme", &format!("{{trust: {{{inner}}}}}"));
    let arn = |user: &str| format!("'arn:aws:iam::210987654321:user/{user}'");
    let session = "'arn:aws:sts::210987654321:assumed-role/r/ana@x.example'";
    let found = |inner: &str| lines(&find(&trust(inner), &["ana@x.example"]));
    insta::assert_snapshot!(found(&format!("principals: [{}, {}, {session}]", arn("ana"), arn("anabel"))));
    insta::assert_snapshot!(found(&format!("principals: [{session}]")));
    insta::assert_snapshot!(found(
        "oidc: {provider: x, subjects: ['user:ana', 'user:eva']}, conditions: {StringLike: {'saml:sub': ['ana@x.example']}, Bool: {x: y}}"
    ));
}

#[test]
fn secrets_are_known_to_who_could_write_workflows() {
    let repository = |access: &str| {
        let spec = format!(
            "{{access: {access}, actions: {{secrets: {{A: one}}}}, environments: [{{name: p, secrets: {{B: two}}}}]}}"
        );
        let team = manifest("Team", "acme", "{name: Core Team, members: {members: [ana]}}");
        let found = find(&(team + "---\n" + &manifest("Repository", "acme", &spec)), &[]);
        found.secrets.into_values().flatten().map(|name| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(repository("{users: {ana: {permission: push}}}"), ["one", "two"]);
    assert_eq!(repository("{teams: {core-team: maintain}}"), ["one", "two"]);
    assert_eq!(
        repository("{users: {ana: {permission: triage}}, teams: {core-team: pull, other: admin}}"),
        Vec::<String>::new()
    );
}
