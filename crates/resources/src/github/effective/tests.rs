//! What protects a branch after all.

use super::*;

fn ruleset(name: &str, include: &[&str], approvals: u32) -> Ruleset<Seen> {
    Ruleset {
        name: Sight::Value(name.into()),
        target: Sight::Value("branch".into()),
        enforcement: Sight::Value("active".into()),
        include: Sight::Value(include.iter().map(SmolStr::new).collect()),
        approvals: Sight::Value(approvals),
        ..Default::default()
    }
}

fn classic(pattern: &str, approvals: u32) -> BranchProtectionRule<Seen> {
    BranchProtectionRule {
        pattern: Sight::Value(pattern.into()),
        approvals: Sight::Value(approvals),
        ..Default::default()
    }
}

fn shop<'a>() -> Place<'a> {
    Place { repository: "Shop", id: "7", default_branch: Some("main"), ..Place::default() }
}

fn told(effective: &Effective) -> String {
    let line = |r: &Requirement| {
        let except = r.except.as_ref().map_or("?".to_owned(), crate::change::list);
        let by: Vec<&String> = r.by.iter().collect();
        format!("{} (by {}; passes: {except})", r.what, crate::change::list(by))
    };
    effective.asked.values().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_strictest_counts_and_who_passes_must_pass_all() {
    let mut ours = ruleset("ours", &["~DEFAULT_BRANCH"], 2);
    ours.bypass = Sight::Value(["team:core:always".into(), "user:ana:pullRequest".into()].into());
    let mut org = ruleset("everywhere", &["~ALL"], 2);
    org.repositories = Sight::Value(["sh*".into()].into());
    org.bypass = Sight::Value(["team:core:always".into()].into());
    org.no_force_push = Sight::Value(true);
    let all = effective(&shop(), Target::Branch("main"), &[ours, org], &[classic("main", 1)]);
    insta::assert_snapshot!(told(&all), @r"
    no force pushes (by ruleset everywhere; passes: team:core)
    a pull request with 2 approvals (by ruleset everywhere and ruleset ours; passes: team:core)
    ");
}

#[test]
fn what_is_only_tried_out_protects_nothing() {
    let mut tried = ruleset("tried", &["~ALL"], 1);
    tried.enforcement = Sight::Value("evaluate".into());
    let mut off = ruleset("off", &["~ALL"], 1);
    off.enforcement = Sight::Value("disabled".into());
    let found = effective(&shop(), Target::Branch("main"), &[tried, off], &[]);
    assert!(found.is_open());
    assert_eq!(found.evaluated, ["tried".into()].into());
}

#[test]
fn refs_are_picked_and_left_out() {
    let covers = |include: &[&str], exclude: &[&str], target: Target<'_>| {
        let mut one = ruleset("r", include, 1);
        one.exclude = Sight::Value(exclude.iter().map(SmolStr::new).collect());
        !effective(&shop(), target, &[one], &[]).is_open()
    };
    assert!(covers(&["~DEFAULT_BRANCH"], &[], Target::Branch("main")));
    assert!(!covers(&["~DEFAULT_BRANCH"], &[], Target::Branch("dev")));
    assert!(covers(&["~ALL"], &["refs/heads/dev"], Target::Branch("main")));
    assert!(!covers(&["~ALL"], &["refs/heads/dev"], Target::Branch("dev")));
    assert!(covers(&["refs/heads/release/*"], &[], Target::Branch("release/1")));
    assert!(!covers(&["refs/heads/release/*"], &[], Target::Branch("release/1/x")));
    assert!(!covers(&["~ALL"], &[], Target::Tag("v1")), "the ruleset is about branches");
    assert!(!covers(&[], &[], Target::Branch("main")));
}

#[test]
fn repositories_are_picked_by_name_id_and_property() {
    let covers = |set: &dyn Fn(&mut Ruleset<Seen>)| {
        let mut one = ruleset("r", &["~ALL"], 1);
        set(&mut one);
        let place = Place { properties: ["tier=gold".into()].into(), ..shop() };
        !effective(&place, Target::Branch("main"), &[one], &[]).is_open()
    };
    let set = |items: &[&str]| Sight::Value(items.iter().map(SmolStr::new).collect());
    assert!(covers(&|_| {}));
    assert!(covers(&|r| r.repositories = set(&["~ALL"])));
    assert!(!covers(&|r| r.repositories = set(&["infra-*"])));
    assert!(covers(&|r| r.repository_ids = set(&["7"])));
    assert!(!covers(&|r| r.repository_ids = set(&["8"])));
    assert!(covers(&|r| r.repository_properties = set(&["tier=gold"])));
    assert!(!covers(&|r| {
        r.repositories = set(&["~ALL"]);
        r.repositories_not = set(&["shop"]);
    }));
}

#[test]
fn of_classic_rules_one_applies() {
    let rules = [classic("m*", 1), classic("*", 3), classic("main", 2)];
    let main = effective(&shop(), Target::Branch("main"), &[], &rules);
    insta::assert_snapshot!(told(&main), @"a pull request with 2 approvals (by classic rule main; passes: role:admin)");
    let other = effective(&shop(), Target::Branch("mx"), &[], &rules);
    insta::assert_snapshot!(told(&other), @"a pull request with one approval (by classic rule m*; passes: role:admin)");
}

#[test]
fn who_is_hidden_is_not_nobody() {
    let mut hidden = ruleset("r", &["~ALL"], 1);
    hidden.bypass = Sight::Hidden;
    let found = effective(&shop(), Target::Branch("main"), &[hidden], &[]);
    assert_eq!(found.unknown, ["who may pass by the ruleset r"]);
    assert!(found.asked.values().all(|r| r.except.is_none()));
}
