//! What is said of a repository for what is in it.

use super::*;
use aplomo_core::name::{Account, Provider, RemoteId};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Observed, Scope, Sight};
use std::collections::BTreeMap;

fn observed(name: TypeName, fields: aplomo_core::fields::SeenFields) -> Observed {
    let scope = Scope::account(Provider::known("github"), Account::known("acme"));
    Observed {
        type_name: name,
        scope: scope.within(RemoteId::known("7")),
        id: RemoteId::known("1"),
        key: None,
        mark: OwnerMark::None,
        created_by: None,
        fields,
        outputs: BTreeMap::new(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

fn told(objects: &[(Observed, bool)], all_seen: bool) -> Vec<String> {
    let seen = Repository::<Seen> {
        name: Sight::Value("shop".into()),
        default_branch: Sight::Value("main".into()),
        ..Default::default()
    };
    let near: Vec<Nearby<'_>> =
        objects.iter().map(|(object, wished)| Nearby { object, wished: *wished }).collect();
    let around = Surroundings { inside: &near, beside: &[], all_seen: &|_| all_seen };
    repository(&seen, around).into_iter().map(|f| format!("{}: {}", f.rule, f.message)).collect()
}

fn ruleset(enforcement: &str) -> (Observed, bool) {
    let model = Ruleset::<Seen> {
        name: Sight::Value("main".into()),
        target: Sight::Value("branch".into()),
        enforcement: Sight::Value(enforcement.into()),
        include: Sight::Value(["~DEFAULT_BRANCH".into()].into()),
        approvals: Sight::Value(1),
        ..Default::default()
    };
    (observed(RULESET, model.to_fields()), false)
}

#[test]
fn an_open_default_branch_is_told_where_all_was_seen() {
    assert_eq!(told(&[], true), ["unprotected-branch: nothing protects its default branch main"]);
    assert_eq!(told(&[], false), Vec::<String>::new(), "what was not read may protect it");
    assert_eq!(told(&[ruleset("active")], true), Vec::<String>::new());
    assert_eq!(
        told(&[ruleset("evaluate")], true),
        ["only-evaluated: its default branch main is protected by nothing but main, which is only tried out"]
    );
}

#[test]
fn who_was_let_in_by_hand_is_told() {
    let person = |permission: &str| {
        let model = crate::github::model::Collaborator::<Seen> {
            login: Sight::Value("eve".into()),
            permission: Sight::Value(permission.into()),
            ..Default::default()
        };
        observed(COLLABORATOR, model.to_fields())
    };
    assert_eq!(told(&[(person("admin"), true)], false), Vec::<String>::new());
    assert_eq!(told(&[(person("write"), false)], false), Vec::<String>::new());
    assert_eq!(
        told(&[(person("admin"), false)], false),
        ["administrator-by-hand: eve administers it, and no manifest says so"]
    );
    let mut weak = person("read");
    weak.outputs.insert(output::TWO_FACTOR.into(), Datum::Bool(false));
    assert_eq!(
        told(&[(weak, false)], false),
        ["no-second-factor: eve may reach it and has no two-factor authentication"]
    );
}
