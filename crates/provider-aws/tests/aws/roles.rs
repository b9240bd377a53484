//! Reading and writing IAM: a role and what belongs to it, made, read back, changed, taken up, deleted.

use crate::support::*;
use aplomo_core::fields::WantedFields;
use aplomo_core::observation::OwnerMark;
use aplomo_core::run::Status;
use aplomo_core::{Action, Coverage, Datum, FieldPath, Observation, Observed, Wish};
use aplomo_resources::iam::policy::{Use, canonical};
use aplomo_sandbox::{Fault, Rule};

const ROLE: &str = "aws.iam.Role";
const POLICY: &str = "aws.iam.Policy";
const PROFILE: &str = "aws.iam.InstanceProfile";
const OIDC: &str = "aws.iam.OidcProvider";
const SAML: &str = "aws.iam.SamlProvider";

fn trust(who: &str) -> Datum {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"x","Effect":"Allow","Principal":{{"AWS":["arn:aws:iam::{who}:root"]}},"Action":["sts:AssumeRole"]}}]}}"#
    );
    Datum::from(canonical(&text, Use::Trust).unwrap().as_str())
}

fn allows(action: &str) -> Datum {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":["arn:aws:s3:::a b%/*"]}}}}"#
    );
    Datum::from(canonical(&text, Use::Identity).unwrap().as_str())
}

fn role() -> WantedFields {
    fields(&[
        ("/name", "Partner".into()),
        ("/path", "/partners/".into()),
        ("/description", "Files reports".into()),
        ("/maxSession", 7_200.into()),
        ("/trust", trust("111122223333")),
        ("/inline/reports", allows("s3:GetObject")),
        ("/tags/team", "x".into()),
    ])
}

/// What is wished and was not seen so: what a plan would change.
fn differences(wanted: &WantedFields, seen: &Observed) -> Vec<String> {
    let differs = |(path, wish): (&FieldPath, &Wish)| match wish {
        Wish::Value(value) if seen.fields.value(path.as_str()) == Some(value) => None,
        Wish::Absent if seen.fields.value(path.as_str()).is_none() => None,
        wish => Some(format!("{path}: {wish:?} is {:?}", seen.fields.get(path.as_str()))),
    };
    wanted.iter().filter_map(differs).collect()
}

fn only<'a>(seen: &'a Observation, type_name: &str) -> &'a Observed {
    let all: Vec<&Observed> = seen.objects.iter().filter(|o| o.type_name.as_str() == type_name).collect();
    assert_eq!(all.len(), 1, "{:?}", seen);
    all[0]
}

async fn made(w: &World, type_name: &'static str, wanted: WantedFields) -> Observed {
    let mut create = change(type_name, "x", Action::Create, Some(wanted.clone()));
    let outcomes = w.write(&[approve(&mut create, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.read(type_name, &w.scope()).await;
    let there = only(&seen, type_name);
    assert_eq!(Some(&there.id), outcomes[0].id.as_ref());
    assert_eq!(differences(&wanted, there), Vec::<String>::new());
    let address = create.address.as_str();
    let ours =
        OwnerMark::Marked { installation: "main".into(), tenant: "acme".into(), address: address.into() };
    assert_eq!(there.mark, ours);
    there.clone()
}

async fn changed(w: &World, type_name: &'static str, there: &Observed, wanted: WantedFields) -> Observed {
    let mut update = change(type_name, "x", Action::Update, Some(wanted.clone()));
    let outcomes = w.write(&[approve(&mut update, w.scope(), Some(there))]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.read(type_name, &w.scope()).await;
    let now = only(&seen, type_name);
    assert_eq!(differences(&wanted, now), Vec::<String>::new());
    now.clone()
}

async fn deleted(w: &World, type_name: &'static str, there: &Observed) {
    let mut delete = change(type_name, "x", Action::Delete, None);
    let step = approve(&mut delete, w.scope(), Some(there));
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Applied);
    let seen = w.read(type_name, &w.scope()).await;
    assert!(seen.objects.iter().all(|o| o.type_name.as_str() != type_name));
    assert_eq!(w.write(&[step]).await[0].status, Status::Applied, "gone already is as wished");
}

#[tokio::test]
async fn a_role_is_made_changed_field_by_field_and_deleted_with_what_it_has() {
    let w = World::new().await;
    let policy = made(
        &w,
        POLICY,
        fields(&[("/name", "own".into()), ("/path", "/".into()), ("/document", allows("s3:Put*"))]),
    )
    .await;
    let arn = policy.id.as_str().to_owned();
    let attachment = FieldPath::known("/attachments").child(&arn);
    w.proxy.reset();
    let mut wanted = role();
    wanted.set(attachment.clone(), Wish::Value(arn.as_str().into()));
    let mut there = made(&w, ROLE, wanted.clone()).await;
    let writes = ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"];
    assert_eq!(writes.map(|call| w.proxy.count(call)), [1, 1, 1], "three calls for a role");
    assert_eq!(w.proxy.count("iam:TagRole"), 0);
    let changes: Vec<(FieldPath, Wish)> = vec![
        (FieldPath::known("/description"), Wish::Value("Other".into())),
        (FieldPath::known("/maxSession"), Wish::Value(3_600.into())),
        (FieldPath::known("/trust"), Wish::Value(trust("444455556666"))),
        (FieldPath::known("/permissionsBoundary"), Wish::Value(arn.as_str().into())),
        (FieldPath::known("/permissionsBoundary"), Wish::Absent),
        (FieldPath::known("/inline/reports"), Wish::Value(allows("s3:*"))),
        (FieldPath::known("/inline/reports"), Wish::Absent),
        (FieldPath::known("/inline/more"), Wish::Value(allows("s3:ListBucket"))),
        (attachment.clone(), Wish::Absent),
        (attachment, Wish::Value(arn.as_str().into())),
        (FieldPath::known("/tags/team"), Wish::Value("y".into())),
        (FieldPath::known("/tags/team"), Wish::Absent),
    ];
    for (path, wish) in changes {
        wanted.set(path.clone(), wish);
        w.proxy.reset();
        there = changed(&w, ROLE, &there, wanted.clone()).await;
        let written: usize = w
            .proxy
            .counts()
            .iter()
            .filter(|(c, _)| !c.contains(":Get") && !c.contains(":List"))
            .map(|(_, n)| n)
            .sum();
        assert_eq!(written, 1, "one call for {path}: {:?}", w.proxy.counts());
    }
    deleted(&w, ROLE, &there).await;
    deleted(&w, POLICY, &policy).await;
}

#[tokio::test]
async fn a_policy_makes_room_among_its_versions() {
    let w = World::new().await;
    let mut wanted = fields(&[("/name", "own".into()), ("/path", "/".into()), ("/document", allows("s3:A"))]);
    let mut there = made(&w, POLICY, wanted.clone()).await;
    for action in ["s3:B", "s3:C", "s3:D", "s3:E", "s3:F", "s3:G"] {
        wanted.set(FieldPath::known("/document"), Wish::Value(allows(action)));
        there = changed(&w, POLICY, &there, wanted.clone()).await;
    }
    assert_eq!(w.proxy.count("iam:DeletePolicyVersion"), 2);
    deleted(&w, POLICY, &there).await;
}

#[tokio::test]
async fn instance_profiles_and_providers_come_and_go() {
    let w = World::new().await;
    made(&w, ROLE, role()).await;
    let mut wanted = fields(&[("/name", "Partner".into()), ("/role", "Partner".into())]);
    let there = made(&w, PROFILE, wanted.clone()).await;
    wanted.set(FieldPath::known("/role"), Wish::Absent);
    let there = changed(&w, PROFILE, &there, wanted).await;
    deleted(&w, PROFILE, &there).await;

    let list = |all: &[&str]| Datum::List(all.iter().map(|t| (*t).into()).collect());
    let mut wanted = fields(&[("/url", "token.example.com".into()), ("/audiences", list(&["a", "b"]))]);
    let there = made(&w, OIDC, wanted.clone()).await;
    wanted.set(FieldPath::known("/audiences"), Wish::Value(list(&["b", "c"])));
    wanted.set(FieldPath::known("/tags/team"), Wish::Value("y".into()));
    let there = changed(&w, OIDC, &there, wanted).await;
    deleted(&w, OIDC, &there).await;

    let metadata = |n: &str| Datum::from(format!("<md>{}</md>", n.repeat(1_200)).as_str());
    let mut wanted = fields(&[("/name", "corp".into()), ("/metadata", metadata("a"))]);
    let there = made(&w, SAML, wanted.clone()).await;
    wanted.set(FieldPath::known("/metadata"), Wish::Value(metadata("b")));
    let there = changed(&w, SAML, &there, wanted).await;
    deleted(&w, SAML, &there).await;
}

#[tokio::test]
async fn a_lost_answer_leaves_one_role_that_the_next_attempt_takes_up() {
    let w = World::new().await;
    let lost = w.proxy.inject(Rule::on("iam:CreateRole").then(Fault::LostAnswer));
    let mut create = change(ROLE, "x", Action::Create, Some(role()));
    let step = approve(&mut create, w.scope(), None);
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Unknown);
    assert_eq!(w.proxy.count("iam:CreateRole"), 1, "sent once");
    w.proxy.lift(lost);
    let outcomes = w.write(std::slice::from_ref(&step)).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.read(ROLE, &w.scope()).await;
    assert_eq!(differences(&role(), only(&seen, ROLE)), Vec::<String>::new());

    let mut other = change(ROLE, "other", Action::Create, Some(role()));
    let outcomes = w.write(&[approve(&mut other, w.scope(), None)]).await;
    assert_eq!(outcomes[0].status, Status::Failed, "the name is another step's");
    assert!(outcomes[0].error.as_deref().unwrap().contains("EntityAlreadyExists"), "{outcomes:?}");
}

#[tokio::test]
async fn a_step_that_was_interrupted_after_its_create_is_completed() {
    let w = World::new().await;
    let broken = w.proxy.inject(Rule::on("iam:PutRolePolicy").then(Fault::access_denied()));
    let mut create = change(ROLE, "x", Action::Create, Some(role()));
    let mut step = approve(&mut create, w.scope(), None);
    let outcomes = w.write(std::slice::from_ref(&step)).await;
    assert_eq!(outcomes[0].status, Status::Failed);
    assert!(outcomes[0].error.as_deref().unwrap().contains("exists, but is not complete"), "{outcomes:?}");
    w.proxy.lift(broken);
    step.found = outcomes[0].id.clone();
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Applied);
    let seen = w.read(ROLE, &w.scope()).await;
    assert_eq!(differences(&role(), only(&seen, ROLE)), Vec::<String>::new());
    assert_eq!(w.proxy.count("iam:CreateRole"), 1);
}

#[tokio::test]
async fn what_iam_has_not_heard_of_yet_is_waited_for_half_a_minute() {
    let w = World::new().await;
    let unheard = Fault::error(400, "MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"x\"");
    let rule = w.proxy.inject(Rule::on("iam:CreateRole").times(3).then(unheard.clone()));
    made(&w, ROLE, role()).await;
    assert_eq!((w.proxy.fired(rule), w.proxy.count("iam:CreateRole")), (3, 4));
    assert_eq!(w.clock.0.lock().unwrap().len(), 3);
    assert_eq!(
        w.journal.entries.lock().unwrap().iter().filter(|(i, _)| i.call == "iam:CreateRole").count(),
        4
    );
    w.proxy.lift_all();
    w.proxy.inject(Rule::on("iam:CreateRole").then(unheard));
    w.proxy.reset();
    let mut wanted = role();
    wanted.set(FieldPath::known("/name"), Wish::Value("Never".into()));
    let mut create = change(ROLE, "never", Action::Create, Some(wanted));
    assert_eq!(w.write(&[approve(&mut create, w.scope(), None)]).await[0].status, Status::Failed);
    assert_eq!(w.proxy.count("iam:CreateRole"), 11, "and never more");
}

#[tokio::test]
async fn denied_and_failing_pages_prove_nothing() {
    let w = World::new().await;
    made(&w, ROLE, role()).await;
    let rule = w.proxy.inject(Rule::on("iam:GetAccountAuthorizationDetails").then(Fault::access_denied()));
    let seen = w.read(ROLE, &w.scope()).await;
    let failed = seen.coverage.iter().filter(|(_, c)| matches!(c, Coverage::Failed(_))).count();
    assert_eq!(failed, 2, "roles and policies: {:?}", seen.coverage);
    w.proxy.lift(rule);
    let rule = w.proxy.inject(Rule::on("iam:ListRoles").then(Fault::access_denied()));
    let seen = w.read(ROLE, &w.scope()).await;
    assert!(seen.coverage.values().all(Coverage::is_complete), "{:?}", seen.coverage);
    assert_eq!(only(&seen, ROLE).fields.get("/description"), Some(&aplomo_core::Sight::Hidden));
    w.proxy.lift(rule);
    w.proxy.inject(Rule::on("iam:ListOpenIDConnectProviders").then(Fault::access_denied()));
    let seen = w.read(OIDC, &w.scope()).await;
    assert_eq!(seen.coverage.values().filter(|c| c.is_complete()).count(), 1, "{:?}", seen.coverage);
    w.assert_counts_equal();
}
