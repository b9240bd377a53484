//! How much a pull request may be, how little is read for it, and what a history that moves does.

use super::office::{Office, ttl_of};
use crate::served::until;
use crate::world::DOMAIN;
use aplomo_github_fake::{Fault, Rule};

/// A Domain with so many records that are not there yet.
fn many(records: usize) -> String {
    let lines: String = (0..records)
        .map(|n| format!("    - {{name: r{n}, type: A, ttl: 300, values: [192.0.2.1]}}\n"))
        .collect();
    format!("{}\n{lines}", DOMAIN.trim_end())
}

#[test]
fn five_thousand_changes_are_shown_as_far_as_they_fit_and_counted() {
    let (office, daemon) = Office::open("");
    let commit = office.push("ana", "many", &[("live/domain.yaml", &many(5_000))]);
    let number = office.opens("ana", "many");
    office.concludes(&daemon, &commit, "action_required");
    let shown = office.says(&daemon, number, "/aplomo approve sha256:");
    assert!(shown.len() < 65_536, "{} characters", shown.len());
    assert!(shown.contains("5000 to create") || shown.contains("5,000 to create"), "{}", &shown[..600]);
    assert_eq!(office.proxy.writes(), 0);
    daemon.stop();
}

#[test]
fn a_pull_request_with_too_many_files_is_told_so() {
    let (office, daemon) = Office::open("");
    let files: Vec<_> =
        (0..3_200).map(|n| (format!("live/more/{n}.yaml"), format!("# nothing {n}\n"))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let commit = office.push("ana", "files", &files);
    let number = office.opens("ana", "files");
    office.concludes(&daemon, &commit, "failure");
    office.says(&daemon, number, "3000");
    daemon.stop();
}

#[test]
fn of_a_thousand_manifests_only_what_is_touched_is_read() {
    let office = Office::new();
    let files: Vec<_> = (0..1_000)
        .map(|n| {
            let text = DOMAIN.replace("name: example-com", &format!("name: d{n}"));
            (format!("live/d{n}.yaml"), text.replace("zone: example.com", &format!("zone: d{n}.example")))
        })
        .collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    office.push("olga", "main", &files);
    let daemon = office.serve();
    until("all is planned", || {
        match daemon.get("/api/v1/plans?limit=1")["plans"][0]["summary"]["create"].as_u64() {
            Some(create) if create > 6_000 => Ok(()),
            other => Err(format!("{other:?}\n{}", daemon.log())),
        }
    });
    office.proxy.reset();
    let changed = ttl_of(files[7].1, 60);
    let begun = std::time::Instant::now();
    let commit = office.push("ana", "one", &[("live/d7.yaml", &changed)]);
    let number = office.opens("ana", "one");
    office.concludes(&daemon, &commit, "action_required");
    let shown = office.says(&daemon, number, "API call");
    println!("from push to check: {:?}, {:?}", begun.elapsed(), office.proxy.counts());
    let cost = shown.lines().find(|line| line.contains("API call")).unwrap();
    assert!(cost.contains("`route53` 1)") || cost.contains("`route53` 2)"), "{cost}");
    daemon.stop();
}

#[test]
fn rewritten_branches_are_planned_again_and_a_rewritten_source_is_held() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    office.says(&daemon, number, "/aplomo approve sha256:");
    office.approves("sam", number);
    office.concludes(&daemon, &commit, "success");
    let text = ttl_of(DOMAIN, 30);
    let files = [("live/domain.yaml", Some(text.as_str()))];
    let forced =
        office.github.force_push_files(office.repo, office.id("ana"), "faster", "other", &files).unwrap();
    office.concludes(&daemon, &forced, "action_required");
    office.approves("sam", number);
    office.concludes(&daemon, &forced, "success");
    // The branch that is the source is rewritten: nothing is applied until somebody accepts that.
    let files = [("live/note.txt", Some("rewritten"))];
    office.github.force_push_files(office.repo, office.id("olga"), "main", "rewritten", &files).unwrap();
    daemon.sees("the source is held", "/api/v1/status", |status| {
        crate::served::of(status, "sources", "acme").is_some_and(|source| source["held"] == true)
    });
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    daemon.stop();
}

#[test]
fn while_github_does_not_answer_nothing_is_applied_and_afterwards_all_goes_on() {
    let (office, daemon) = Office::open("");
    let commit = office.push_ttl("ana", "faster", 60);
    let number = office.opens("ana", "faster");
    office.says(&daemon, number, "/aplomo approve sha256:");
    office.approves("sam", number);
    office.concludes(&daemon, &commit, "success");
    office.github.inject(Rule::new(Fault::Status(503)));
    office.merges("ana", number);
    daemon.says("could not be looked at");
    assert_eq!((office.www(), office.proxy.writes()), (300, 0));
    office.github.clear_faults();
    office.www_becomes(&daemon, 60);
    daemon.stop();
}
