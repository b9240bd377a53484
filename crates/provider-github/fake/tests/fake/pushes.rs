//! Branches that move: by git over HTTP, as a person at a keyboard; who did it, and what follows for pull requests.

use serde_json::{Value, json};

use super::git::{git, ok};
use super::hub::{Hub, hub};

impl Hub {
    /// What a person's git is told to talk to.
    fn url(&self, token: &str) -> String {
        self.github().base_url().replace("http://", &format!("http://x:{token}@")) + "/acme/shop.git"
    }
}

#[test]
fn the_pusher_is_known_whatever_the_commit_says() {
    let hub = hub();
    let _held = hub.acme.held();
    let work = tempfile::tempdir().unwrap();
    let work = work.path();
    let token = hub.github().change(|world| world.add_token(hub.wendy));
    ok(work, &["clone", "--quiet", &hub.url(&token), "."]);
    // The author and the committer are what anybody writes there.
    ok(
        work,
        &[
            "-c",
            "user.name=olga",
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "one",
            "--author",
            "olga <1+olga@users.noreply.github.com>",
        ],
    );
    ok(work, &["push", "--quiet", "origin", "HEAD:wish"]);
    let one = ok(work, &["rev-parse", "HEAD"]);
    let told = hub.last("push");
    assert_eq!((&told["pusher"]["name"], &told["sender"]["login"]), (&json!("wendy"), &json!("wendy")));
    assert_eq!(
        (&told["ref"], &told["created"], &told["forced"]),
        (&json!("refs/heads/wish"), &json!(true), &json!(false))
    );
    assert_eq!((told["commits"].as_array().unwrap().len(), &told["head_commit"]["id"]), (1, &json!(one)));
    hub.github().open_pull(hub.acme.shop, hub.wendy, "wish", "main", "Wish").unwrap();
    assert_eq!(
        hub.get("pulls/1/commits").body[0]["author"]["login"],
        "olga",
        "by the address that was written"
    );
    // The App pushes as well, and somebody rewrites.
    let bot = hub.acme.installation_token(&[("contents", "write")]);
    ok(work, &["commit", "--quiet", "--allow-empty", "--message", "two"]);
    ok(work, &["push", "--quiet", &hub.url(&bot), "HEAD:wish"]);
    ok(work, &["commit", "--quiet", "--allow-empty", "--amend", "--message", "three"]);
    assert!(!git(work, &["push", "--quiet", "origin", "HEAD:wish"]).status.success(), "no fast forward");
    ok(work, &["push", "--quiet", "--force", "origin", "HEAD:wish"]);
    let three = ok(work, &["rev-parse", "HEAD"]);
    let all = hub.get("activity?ref=refs/heads/wish").body;
    let lines: Vec<String> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{} {}", one["actor"]["login"].as_str().unwrap(), one["activity_type"].as_str().unwrap())
        })
        .collect();
    assert_eq!(lines, ["wendy force_push", "aplomo[bot] push", "wendy branch_creation"]);
    assert_eq!((&all[0]["after"], &all[1]["before"]), (&json!(three), &json!(one)));
    assert_eq!(hub.get("pulls/1").body["head"]["sha"], Value::from(three.clone()));
    assert_eq!(
        hub.told(),
        [
            "push",
            "pull_request opened",
            "push",
            "pull_request synchronize",
            "push",
            "pull_request synchronize"
        ]
    );
    // What belongs to a pull request is there to be fetched, and nobody's to push.
    let reads = hub.acme.installation_token(&[("contents", "read")]);
    let refs = ok(work, &["ls-remote", &hub.url(&reads), "refs/pull/1/*"]);
    assert!(refs.starts_with(&three) && refs.contains("refs/pull/1/merge"), "{refs}");
    ok(work, &["fetch", "--quiet", &hub.url(&reads), "refs/pull/1/merge"]);
    assert_eq!(ok(work, &["rev-parse", "FETCH_HEAD^2"]), three);
    ok(work, &["fetch", "--quiet", &hub.url(&reads), &one]);
    assert!(!git(work, &["push", "--quiet", &hub.url(&bot), "HEAD:refs/pull/1/head"]).status.success());
    assert!(!git(work, &["push", "--quiet", &hub.url(&reads), "HEAD:evil"]).status.success());
}

#[test]
fn a_person_without_a_keyboard_does_the_same() {
    let hub = hub();
    let _held = hub.acme.held();
    let (first, _) = hub.pull("wish", "ttl: 60\n");
    let files = [("a.yaml", None), ("sub/c.yaml", Some("x\n"))];
    let (github, shop) = (hub.github(), hub.acme.shop);
    let second = github.push_files(shop, hub.acme.owner, "wish", "Move", &files).unwrap();
    assert_eq!(hub.git(&["ls-tree", "-r", "--name-only", &second]), "b.yaml\nsub/c.yaml");
    let third = github.force_push_files(shop, hub.wendy, "wish", "Anew", &[("a.yaml", Some("y\n"))]).unwrap();
    assert_eq!(hub.git(&["rev-parse", &format!("{third}^")]), first);
    let told = hub.last("push");
    assert_eq!(
        (&told["forced"], &told["before"], &told["after"]),
        (&json!(true), &json!(second), &json!(third))
    );
    let kinds = hub.get("activity?activity_type=force_push").body;
    assert_eq!((kinds.as_array().unwrap().len(), &kinds[0]["actor"]["login"]), (1, &json!("wendy")));
    assert_eq!(github.world().repos[&shop].pull(1).unwrap().heads, [first, second, third.clone()]);
    assert_eq!(hub.git(&["rev-parse", "refs/pull/1/head"]), third);
    // The base moves where nothing contradicts.
    let base = github.push_files(shop, hub.acme.owner, "main", "Base", &[("z.yaml", Some("z\n"))]).unwrap();
    assert_eq!(
        hub.git(&["rev-parse", "refs/pull/1/merge^1", "refs/pull/1/merge^2"]),
        format!("{base}\n{third}")
    );
    assert_eq!(hub.get("pulls/1").body["base"]["sha"], Value::from(hub.first.clone()));
    let again = hub.push("wish", "ttl: 9\n");
    let shown = hub.get("pulls/1").body;
    assert_eq!((&shown["base"]["sha"], &shown["head"]["sha"]), (&json!(base), &json!(again)));
}

#[test]
fn a_push_to_the_base_may_merge_and_a_branch_that_goes_closes() {
    let hub = hub();
    let _held = hub.acme.held();
    let (commit, _) = hub.pull("wish", "ttl: 60\n");
    hub.pull("other", "ttl: 61\n");
    hub.told();
    hub.github().push_commit(hub.acme.shop, hub.acme.owner, "main", Some(&commit)).unwrap();
    let one = hub.get("pulls/1").body;
    assert_eq!((&one["merged"], &one["merged_by"]["login"]), (&json!(true), &json!("olga")));
    hub.github().push_commit(hub.acme.shop, hub.wendy, "other", None).unwrap();
    let two = hub.get("pulls/2").body;
    assert_eq!((&two["state"], &two["merged"]), (&json!("closed"), &json!(false)));
    assert_eq!(hub.told(), ["push", "pull_request closed", "push", "pull_request closed"]);
    assert!(hub.github().reopen_pull(hub.acme.shop, 2, hub.wendy).is_err(), "without a branch");
    hub.push("other", "ttl: 62\n");
    hub.github().reopen_pull(hub.acme.shop, 2, hub.wendy).unwrap();
    assert_eq!(hub.told(), ["push", "pull_request reopened"]);
    hub.push("base", "ttl: 70\n");
    hub.github().edit_pull(hub.acme.shop, 2, hub.wendy, &json!({"base": "base"})).unwrap();
    hub.github().push_commit(hub.acme.shop, hub.wendy, "base", None).unwrap();
    assert_eq!(hub.get("pulls/2").body["state"], "closed", "nothing to be merged into");
}

#[test]
fn activity_leads_from_page_to_page() {
    let hub = hub();
    let _held = hub.acme.held();
    for n in 0..5 {
        hub.push("wish", &format!("ttl: {n}\n"));
    }
    let first = hub.get("activity?per_page=2");
    let link = first.header("link").unwrap();
    assert!(link.contains("rel=\"next\"") && !link.contains("rel=\"prev\""), "{link}");
    let next = |link: &str, rel: &str| {
        let one = link.split(", ").find(|one| one.contains(rel)).unwrap();
        let url = one.trim_start_matches('<').split('>').next().unwrap().to_owned();
        url.split("/repos/acme/shop/").nth(1).unwrap().to_owned()
    };
    let second = hub.get(&next(link, "next"));
    let third = hub.get(&next(second.header("link").unwrap(), "next"));
    let afters =
        |body: &Value| body.as_array().unwrap().iter().map(|one| one["after"].clone()).collect::<Vec<_>>();
    let all = [afters(&first.body), afters(&second.body), afters(&third.body)].concat();
    assert_eq!(all, afters(&hub.get("activity").body));
    assert_eq!((all.len(), third.body.as_array().unwrap().len()), (5, 1));
    let back = hub.get(&next(third.header("link").unwrap(), "prev"));
    assert_eq!(back.body, second.body);
    let oldest = hub.get("activity?direction=asc&per_page=1").body;
    assert_eq!(oldest[0]["activity_type"], "branch_creation");
    assert_eq!(hub.get("activity?actor=olga").body, json!([]));
    assert_eq!(hub.get("activity?activity_type=nonsense").status, 422);
    hub.acme.clock.advance(8 * 86_400);
    assert_eq!(hub.get("activity?time_period=week").body, json!([]));
    assert_eq!(hub.get("activity?time_period=month").body.as_array().unwrap().len(), 5);
}

#[test]
fn pushes_at_once_are_each_their_own_pushers() {
    let hub = hub();
    let _held = hub.acme.held();
    let tokens = hub.github().change(|world| [hub.wendy, hub.acme.owner].map(|who| world.add_token(who)));
    std::thread::scope(|scope| {
        for (n, token) in tokens.iter().enumerate() {
            let url = hub.url(token);
            scope.spawn(move || {
                let work = tempfile::tempdir().unwrap();
                ok(work.path(), &["clone", "--quiet", &url, "."]);
                for m in 0..4 {
                    ok(work.path(), &["commit", "--quiet", "--allow-empty", "--message", "m"]);
                    ok(work.path(), &["push", "--quiet", "origin", &format!("HEAD:of-{n}-{m}")]);
                }
            });
        }
        // And somebody on GitHub's pages, between them.
        for m in 0..4 {
            let branch = format!("of-2-{m}");
            hub.github().push_files(hub.acme.shop, hub.wendy, &branch, "m", &[("c", Some("x"))]).unwrap();
            std::thread::yield_now();
        }
    });
    let all = hub.get("activity").body;
    let all = all.as_array().unwrap();
    let by = |login: &str, n: usize| {
        let own = all.iter().filter(|one| one["actor"]["login"] == login);
        own.filter(|one| one["ref"].as_str().unwrap().starts_with(&format!("refs/heads/of-{n}-"))).count()
    };
    assert_eq!((all.len(), by("wendy", 0), by("olga", 1), by("wendy", 2)), (12, 4, 4, 4));
}
