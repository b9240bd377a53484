//! Pull requests from the first push to the merge, and what stops them.

use aplomo_github_fake::Error;
use aplomo_github_fake::world::Role;
use serde_json::{Value, json};

use super::hub::{MANIFEST, hub};

const N: Value = Value::Null;

#[test]
fn every_call_once_as_github_describes_it() {
    let hub = hub();
    let _held = hub.acme.held();
    let commit = hub.push("wish", "ttl: 60\n");
    let made =
        hub.ask("POST", "pulls", &json!({"title": "T", "head": "wish", "base": "main", "body": "why"}));
    assert_eq!((made.status, &made.body["number"], &made.body["mergeable"]), (201, &json!(1), &json!(true)));
    assert_eq!(made.body["head"]["sha"], Value::from(commit.clone()));
    assert_eq!(made.body["base"]["sha"], Value::from(hub.first.clone()));
    assert_eq!((&made.body["commits"], &made.body["changed_files"]), (&json!(1), &json!(1)));
    for (method, path, body, status) in [
        ("POST", "pulls", json!({"title": "T", "head": "wish", "base": "main"}), 422),
        ("POST", "pulls", json!({"title": "T", "head": "gone", "base": "main"}), 422),
        ("POST", "pulls", json!({"title": "T", "head": "main", "base": "main"}), 422),
        ("POST", "pulls", json!({"title": "T", "head": "wish"}), 422),
        ("GET", "pulls", N, 200),
        ("GET", "pulls?state=all&head=acme:wish&base=main&sort=updated&direction=asc&per_page=1", N, 200),
        ("GET", "pulls/1", N, 200),
        ("GET", "pulls/2", N, 404),
        ("GET", "pulls/1/commits", N, 200),
        ("GET", "pulls/1/files", N, 200),
        ("GET", "pulls/1/merge", N, 404),
        ("PATCH", "pulls/1", json!({"title": "Title", "body": "because"}), 200),
        ("PATCH", "pulls/1", json!({"state": "closed"}), 200),
        ("PUT", "pulls/1/merge", json!({}), 405),
        ("PATCH", "pulls/1", json!({"state": "open"}), 200),
        ("PUT", "pulls/1/merge", json!({"sha": hub.first}), 409),
        ("PUT", "pulls/1/merge", json!({"merge_method": "rebase"}), 405),
        ("PUT", "pulls/1/merge", json!({"sha": commit, "commit_title": "Merged"}), 200),
        ("GET", "pulls/1/merge", N, 204),
        ("GET", "pulls/1", N, 200),
        ("PATCH", "pulls/1", json!({"state": "open"}), 422),
        ("GET", "branches/main", N, 200),
        ("GET", "commits/main", N, 200),
        ("GET", "issues/1", N, 200),
    ] {
        let reply = hub.ask(method, path, &body);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
        hub.acme.clock.advance(10);
    }
    let commits = hub.get("pulls/1/commits").body;
    assert_eq!((&commits[0]["sha"], &commits[0]["author"]["login"]), (&json!(commit), &json!("wendy")));
    let files = hub.get("pulls/1/files").body;
    assert_eq!((&files[0]["filename"], &files[0]["status"]), (&json!("a.yaml"), &json!("modified")));
    assert_eq!((&files[0]["additions"], &files[0]["deletions"]), (&json!(1), &json!(2)));
    let tag = hub.get("pulls/1").header("etag").unwrap().to_owned();
    let headers = format!("authorization: token {}\r\nif-none-match: {tag}\r\n", hub.acme.token);
    let base = hub.github().base_url();
    assert_eq!(
        super::support::send(base, "GET", "/repos/acme/shop/pulls/1", &headers, &N).unwrap().status,
        304
    );
}

#[test]
fn a_merge_moves_the_base_and_says_so_everywhere() {
    let hub = hub();
    let _held = hub.acme.held();
    let (commit, number) = hub.pull("wish", "ttl: 60\n");
    let (_, other) = hub.pull("other", "ttl: 61\n");
    assert_eq!(hub.get(&format!("pulls/{other}")).body["mergeable"], true);
    hub.told();
    let merged = hub.github().merge_pull(hub.acme.shop, number, hub.acme.owner).unwrap();
    let shown = hub.get(&format!("pulls/{number}")).body;
    assert_eq!((&shown["state"], &shown["merged"]), (&json!("closed"), &json!(true)));
    assert_eq!((&shown["merge_commit_sha"], &shown["merged_by"]["login"]), (&json!(merged), &json!("olga")));
    assert_eq!(hub.git(&["rev-parse", "main"]), merged);
    assert_eq!(hub.git(&["rev-parse", "main^2"]), commit);
    assert_eq!(hub.github().world().repos[&hub.acme.shop].branches["main"], merged);
    assert_eq!(hub.told(), ["pull_request closed", "push"]);
    let activity = hub.get("activity?ref=main").body;
    assert_eq!(
        (&activity[0]["activity_type"], &activity[0]["actor"]["login"], &activity[0]["after"]),
        (&json!("pr_merge"), &json!("olga"), &json!(merged))
    );
    // The other one changes the same line.
    let other = hub.get(&format!("pulls/{other}")).body;
    assert_eq!((&other["mergeable"], &other["mergeable_state"]), (&json!(false), &json!("dirty")));
    assert_eq!(other["base"]["sha"], Value::from(hub.first.clone()), "GitHub does not follow the base");
    let refused = hub.github().merge_pull(hub.acme.shop, 2, hub.acme.owner).unwrap_err();
    assert!(matches!(refused, Error::Refused(405, _)), "{refused}");
}

#[test]
fn squashed_is_one_commit_of_the_author_and_the_branch_goes_where_asked() {
    let hub = hub();
    let _held = hub.acme.held();
    hub.acme.ask(
        "PATCH",
        "/repos/acme/shop",
        &json!({"delete_branch_on_merge": true, "allow_merge_commit": false}),
    );
    hub.pull("wish", "ttl: 60\n");
    hub.push("wish", "ttl: 61\n");
    assert!(hub.github().merge_pull(hub.acme.shop, 1, hub.acme.owner).is_err());
    let merged = hub.github().squash_pull(hub.acme.shop, 1, hub.acme.owner).unwrap();
    assert_eq!(
        hub.git(&["log", "-1", "--format=%P %an %s", &merged]),
        format!("{} wendy Change a (#1)", hub.first)
    );
    assert_eq!(hub.git(&["show", "main:a.yaml"]), "ttl: 61");
    assert!(!hub.github().world().repos[&hub.acme.shop].branches.contains_key("wish"));
    assert_eq!(hub.get("activity").body[0]["activity_type"], "branch_deletion");
    assert_eq!(hub.get("pulls/1").body["merged"], true, "not closed by the branch that went");
}

#[test]
fn reviews_say_what_they_looked_at() {
    let hub = hub();
    let _held = hub.acme.held();
    let (first, number) = hub.pull("wish", "ttl: 60\n");
    let (github, shop, owner) = (hub.github(), hub.acme.shop, hub.acme.owner);
    let own = github.review(shop, number, hub.wendy, "APPROVE", None).unwrap_err();
    assert!(own.to_string().contains("approve your own"), "{own}");
    let approved = github.review(shop, number, owner, "APPROVE", None).unwrap();
    let second = hub.push("wish", "ttl: 61\n");
    let late = github.review(shop, number, owner, "APPROVE", Some(&first)).unwrap();
    let all = hub.get("pulls/1/reviews").body;
    assert_eq!((all[0]["id"].as_u64(), &all[0]["commit_id"]), (Some(approved), &json!(first)));
    assert_eq!((all[1]["id"].as_u64(), &all[1]["commit_id"]), (Some(late), &json!(first)));
    assert_eq!(all[0]["state"], "APPROVED");
    let made = hub.ask("POST", "pulls/1/reviews", &json!({"event": "REQUEST_CHANGES", "body": "no"}));
    assert_eq!((made.status, &made.body["commit_id"]), (200, &json!(second)));
    for (body, status) in [
        (json!({"event": "REQUEST_CHANGES"}), 422),
        (json!({"event": "APPROVE", "commit_id": hub.first}), 422),
        (json!({"event": "COMMENT", "body": "x".repeat(65_537)}), 422),
        (json!({"event": "COMMENT", "body": "x".repeat(65_536)}), 200),
    ] {
        assert_eq!(hub.ask("POST", "pulls/1/reviews", &body).status, status);
    }
    let edited =
        hub.ask("PUT", &format!("pulls/1/reviews/{approved}"), &json!({"body": "On second thoughts"}));
    assert_eq!((edited.status, &edited.body["state"]), (200, &json!("APPROVED")));
    assert_eq!(hub.last("pull_request_review")["changes"]["body"]["from"], "I say: APPROVE");
    let wendy = hub.github().change(|world| world.add_token(hub.wendy));
    let theirs = hub.status(&wendy, "PUT", &format!("pulls/1/reviews/{approved}"), &json!({"body": "x"}));
    assert_eq!(theirs, 403);
    let dismissed = format!("pulls/1/reviews/{approved}/dismissals");
    assert_eq!(hub.ask("PUT", &dismissed, &json!({"message": ""})).status, 422);
    assert_eq!(hub.ask("PUT", &dismissed, &json!({"message": "m"})).body["state"], "DISMISSED");
    assert_eq!(hub.ask("PUT", &dismissed, &json!({"message": "m"})).status, 422);
    assert_eq!(hub.get(&format!("pulls/1/reviews/{approved}")).body["commit_id"], json!(first));
    let event = hub.last("pull_request_review");
    assert_eq!((&event["action"], &event["review"]["state"]), (&json!("dismissed"), &json!("dismissed")));
}

#[test]
fn who_only_reads_may_speak_and_no_more() {
    let hub = hub();
    let _held = hub.acme.held();
    let (_, number) = hub.pull("wish", "ttl: 60\n");
    let (reader, stranger) = hub.github().change(|world| {
        let stranger = world.add_user("sven");
        (world.add_token(hub.acme.member), world.add_token(stranger))
    });
    let hers = hub.github().comment(hub.acme.shop, number, hub.wendy, "mine").unwrap();
    let approve = json!({"event": "APPROVE"});
    for (method, path, body, status) in [
        ("GET", "pulls/1".to_owned(), N, 200),
        ("POST", "pulls/1/reviews".to_owned(), approve.clone(), 200),
        ("POST", "issues/1/comments".to_owned(), json!({"body": "/aplomo approve"}), 201),
        ("PATCH", format!("issues/comments/{hers}"), json!({"body": "not mine"}), 403),
        ("DELETE", format!("issues/comments/{hers}"), N, 403),
        ("PATCH", "pulls/1".to_owned(), json!({"title": "x"}), 403),
        ("PUT", "pulls/1/merge".to_owned(), json!({}), 403),
        ("POST", "git/refs".to_owned(), json!({"ref": "refs/heads/x", "sha": hub.first}), 403),
    ] {
        assert_eq!(hub.status(&reader, method, &path, &body), status, "{method} {path}");
        assert_eq!(hub.status(&stranger, method, &path, &body), 404, "{method} {path}");
    }
    assert_eq!(hub.status("", "GET", "pulls/1", &N), 401);
    let pushed = hub.github().push_files(hub.acme.shop, hub.acme.member, "evil", "m", &[]);
    assert!(matches!(pushed, Err(Error::Refused(403, _))));
    assert_eq!(hub.status(&reader, "POST", "issues", &json!({"title": "i", "labels": ["bug"]})), 201);
    assert_eq!(hub.get("issues/2").body["labels"], json!([]), "labels are for those who may write");
}

#[test]
fn a_token_does_what_its_permissions_say() {
    let hub = hub();
    let _held = hub.acme.held();
    hub.pull("wish", "ttl: 60\n");
    hub.ask("POST", "issues", &json!({"title": "An issue"}));
    let token = |may: &[(&str, &str)]| hub.acme.installation_token(may);
    let pulls = token(&[("pull_requests", "write")]);
    let issues = token(&[("issues", "write")]);
    let reads = token(&[("pull_requests", "read"), ("issues", "read"), ("contents", "read")]);
    let text = json!({"body": "hi"});
    for (token, method, path, body, status) in [
        (&pulls, "GET", "pulls/1", &N, 200),
        (&pulls, "POST", "issues/1/comments", &text, 201),
        (&pulls, "POST", "issues/2/comments", &text, 403),
        (&pulls, "GET", "issues", &N, 403),
        (&pulls, "PUT", "pulls/1/merge", &json!({}), 403),
        (&pulls, "GET", "activity", &N, 403),
        (&issues, "GET", "pulls/1", &N, 403),
        (&issues, "GET", "issues/1", &N, 200),
        (&issues, "POST", "issues/2/comments", &text, 201),
        (&reads, "GET", "activity", &N, 200),
        (&reads, "POST", "issues/1/comments", &text, 403),
        (&reads, "POST", "pulls/1/reviews", &json!({"event": "APPROVE"}), 403),
        (&reads, "POST", "check-runs", &json!({"name": "c", "head_sha": hub.first}), 403),
    ] {
        assert_eq!(hub.status(token, method, path, body), status, "{method} {path}");
    }
    let refused = hub.acme.ask_as(&reads, "POST", "/repos/acme/shop/issues/1/comments", &text);
    assert_eq!(refused.header("x-accepted-github-permissions"), Some("issues=write; pull_requests=write"));
}

#[test]
fn an_edited_title_body_and_base_tell_what_they_were() {
    let hub = hub();
    let _held = hub.acme.held();
    hub.pull("wish", "ttl: 60\n");
    hub.push("release", MANIFEST);
    hub.github().edit_pull(hub.acme.shop, 1, hub.wendy, &json!({"title": "New", "base": "release"})).unwrap();
    let told = hub.last("pull_request");
    assert_eq!(told["changes"]["title"]["from"], "Change a");
    assert_eq!(told["changes"]["base"]["ref"]["from"], "main");
    assert_eq!(told["pull_request"]["base"]["ref"], "release");
    let stranger = hub.github().change(|world| {
        world.repos.get_mut(&hub.acme.shop).unwrap().direct.insert(hub.acme.outsider, Role::Pull)
    });
    assert!(stranger.is_none());
    let refused = hub.github().edit_pull(hub.acme.shop, 1, hub.acme.outsider, &json!({"title": "Mine"}));
    assert!(matches!(refused, Err(Error::Refused(403, _))));
}

#[test]
fn a_pull_request_may_come_from_another_repository() {
    let hub = hub();
    let _held = hub.acme.held();
    let (github, shop) = (hub.github(), hub.acme.shop);
    let (fork, forks) = github.change(|world| {
        let forks = world.add_org("forks", hub.acme.outsider);
        (world.add_repo(forks, "shop"), forks)
    });
    assert_ne!(forks, hub.acme.org);
    github.create_git(fork, &[("a.yaml", MANIFEST), ("b.yaml", MANIFEST)]).unwrap();
    github.change(|world| {
        world.repos.get_mut(&shop).unwrap().direct.insert(hub.acme.outsider, Role::Pull);
    });
    let one = github.push_files(fork, hub.acme.outsider, "main", "Mine", &[("c.yaml", Some("x\n"))]).unwrap();
    let number = github.open_pull(shop, hub.acme.outsider, "forks:main", "main", "From outside").unwrap();
    assert_eq!(hub.git(&["rev-parse", &format!("refs/pull/{number}/head")]), one);
    let two = github.push_files(fork, hub.acme.outsider, "main", "More", &[("d.yaml", Some("x\n"))]).unwrap();
    assert_eq!(hub.git(&["rev-parse", &format!("refs/pull/{number}/head")]), two);
    let shown = hub.get(&format!("pulls/{number}")).body;
    assert_eq!((&shown["head"]["label"], &shown["head"]["sha"]), (&json!("forks:main"), &json!(two)));
    assert_eq!(shown["head"]["repo"]["id"].as_u64(), Some(fork));
    let told = hub.last("pull_request");
    assert_eq!((&told["action"], &told["repository"]["id"].as_u64()), (&json!("synchronize"), &Some(shop)));
}
