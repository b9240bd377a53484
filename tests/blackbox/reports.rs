//! Drift reports: new, ageing and resolved; what people put off; in every form and in Spanish; sent by a
//! schedule, once, whatever the receivers do.

use crate::audit::sql;
use crate::served::{Served, applied, until};
use crate::sinks::Sink;
use crate::world::World;
use aplomo_sandbox::RecordSet;
use serde_json::{Value, json};

const WWW: &str = "acme/Domain/example-com:aws.route53.RecordSet/www/A";
const MAIL: &str = "acme/Domain/example-com:aws.route53.RecordSet/mail/A";

fn by_hand(world: &World, name: &str, ttl: u64) {
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, name, "A").unwrap().remove(0);
    record.ttl = Some(ttl);
    world.aws.upsert(&zone, &record).unwrap();
}

fn drift(world: &World, more: &[&str]) -> Value {
    world.aplomo(&[&["drift", "m", "--format", "json"], more].concat()).exits(0).json()
}

/// Drifts as `standing key`.
fn standings(report: &Value) -> Vec<String> {
    let line = |one: &Value| {
        let key = one["address"].as_str().unwrap().rsplit("RecordSet/").next().unwrap().to_owned();
        let snoozed = if one["snoozed"].is_null() { "" } else { " snoozed" };
        format!("{} {key}{snoozed}", one["standing"].as_str().unwrap())
    };
    report["drifts"].as_array().unwrap().iter().map(line).collect()
}

/// A text without what differs from run to run.
fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("sha256:") {
        out.push_str(&rest[..at]);
        out.push_str("sha256:…");
        rest = &rest[at + 7..];
        rest = rest.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out.push_str(rest);
    let words = out.split_inclusive([' ', '\n']).map(|word| {
        let moment =
            word.len() > 19 && word.as_bytes()[4] == b'-' && word.contains('T') && word.contains("Z");
        if moment && word.starts_with("20") { word.replace(&word[..20], "<moment>") } else { word.to_owned() }
    });
    words.collect()
}

#[test]
fn a_report_tells_what_is_new_what_was_told_and_what_is_resolved() {
    let world = World::applied();
    by_hand(&world, "www.example.com.", 77);
    let first = drift(&world, &["--keep"]);
    assert_eq!((standings(&first), &first["since"]), (vec!["new www/A".to_owned()], &Value::Null));
    by_hand(&world, "mail.example.com.", 78);
    let second = drift(&world, &[]);
    assert_eq!(standings(&second), ["new mail/A", "ageing www/A"]);
    assert_eq!(second["since"], first["asOf"]);
    by_hand(&world, "www.example.com.", 300);
    let third = drift(&world, &["--keep"]);
    assert_eq!((standings(&third), &third["resolved"]), (vec!["new mail/A".to_owned()], &json!([WWW])));
    let fourth = drift(&world, &[]);
    assert_eq!((standings(&fourth), &fourth["resolved"]), (vec!["ageing mail/A".to_owned()], &json!([])));
    // The way back of each drift can be approved as it stands there.
    let digest = fourth["drifts"][0]["revert"].as_str().unwrap();
    world.aplomo(&["approve", digest]).exits(0);
    world.aplomo(&["apply", "m"]).exits(0);
    world.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(0);
    world.aplomo(&["drift", "m", "--keep", "--as-of", "2027-01-31T00:00:00Z"]).exits(64);
}

#[test]
fn snoozed_drift_is_listed_apart_and_still_a_difference() {
    let world = World::applied();
    by_hand(&world, "www.example.com.", 77);
    by_hand(&world, "mail.example.com.", 78);
    drift(&world, &[]);
    let snooze = ["snooze", WWW, "--for", "2d", "--reason", "migration <b>", "--as", "ana"];
    world.aplomo(&snooze).exits(0);
    let report = drift(&world, &[]);
    assert_eq!(standings(&report), ["new mail/A", "new www/A snoozed"]);
    assert_eq!(report["drifts"][1]["snoozed"]["by"], json!({"name": "ana", "how": "claimed"}));
    world.aplomo(&["drift", "m", "--detailed-exitcode"]).exits(2);
    let page = world.aplomo(&["drift", "m", "--format", "html"]).exits(0).out;
    assert!(page.contains("2 resources were changed behind our back (1 new, 1 snoozed)"), "{page}");
    assert!(page.contains("migration &lt;b&gt;") && !page.contains("<b>"), "{page}");
    let text = world.aplomo(&["drift", "m"]).exits(0).out;
    assert!(text.contains("Snoozed (1)"), "{text}");
    assert!(world.aplomo(&["status"]).exits(0).out.contains("snoozed until"));
    assert!(world.aplomo(&["audit", "log"]).exits(0).out.contains("snooze"));
    world.aplomo(&["snooze", WWW, "--end", "--reason", "done"]).exits(0);
    world.aplomo(&["snooze", WWW, "--end"]).exits(4);
    assert_eq!(standings(&drift(&world, &[])), ["new mail/A", "new www/A"]);
    // It is over by itself.
    world.aplomo(&snooze).exits(0);
    let later = ["--as-of", "2099-01-01T00:00:00Z"];
    assert_eq!(standings(&drift(&world, &later)), ["new mail/A", "new www/A"]);
    for wrong in [&["snooze", WWW][..], &["snooze", "acme", "--for", "1h", "--reason", "x"]] {
        world.aplomo(wrong).exits(64);
    }
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn nothing_from_the_world_is_markup() {
    let world = World::applied();
    let zone = world.zone("example.com");
    let evil = "<script>alert(1)</script> ``` | @everyone [x](http://evil.example) \u{202e}";
    world.aws.upsert(&zone, &RecordSet::new("example.com.", "TXT", 3600, &[&format!("\"{evil}\"")])).unwrap();
    let page = world.aplomo(&["drift", "m", "--format", "html"]).exits(0).out;
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
    assert!(page.contains("default-src 'none'") && !page.contains("src="), "{page}");
    let markdown = world.aplomo(&["drift", "m", "--format", "markdown"]).exits(0).out;
    let row = markdown.lines().find(|line| line.contains("@everyone")).unwrap();
    assert!(row.contains("````") && row.contains("\\|") && !row.contains('\u{202e}'), "{row}");
}

#[test]
fn a_report_in_markdown_reads_so_in_both_languages() {
    let world = World::applied();
    by_hand(&world, "www.example.com.", 77);
    drift(&world, &["--keep"]);
    by_hand(&world, "mail.example.com.", 78);
    world.edit("m/example-com.yaml", "[v=spf1 mx -all]", "[v=spf1 -all]");
    let zone = world.zone("example.com");
    world.aws.upsert(&zone, &RecordSet::new("hand.example.com.", "A", 60, &["192.0.2.9"])).unwrap();
    let markdown = |locale| {
        let text = world.aplomo(&["drift", "m", "--format", "markdown", "--locale", locale]).exits(0).out;
        steady(&text.replace(&zone, "<zone>").replace(world.proxy.account().unwrap(), "<account>"))
    };
    insta::assert_snapshot!("drift_en", markdown("en"));
    insta::assert_snapshot!("drift_es", markdown("es"));
}

/// A configuration that sends a report each minute.
fn every_minute(to: &str, more: &str) -> String {
    format!("reports: [{{tenant: acme, locale: es, schedule: \"* * * * *\", to: [{to}]}}]\n{more}")
}

#[test]
fn reports_are_sent_at_their_time_to_each_receiver_whatever_the_others_do() {
    let (hook, mail, silent) = (Sink::webhook(&["200 OK"]), Sink::mail(), Sink::silent());
    let mail_port = mail.port;
    let to = "{file: out/drift.html}, {slack: \"env:HOOK\"}, {slack: \"env:SILENT\"}, {mail: {to: [ops@example.com]}}";
    let smtp = format!(
        "mail: {{host: 127.0.0.1, port: {mail_port}, security: none, from: Aplomo <aplomo@example.com>}}\n"
    );
    let world = applied(&every_minute(to, &smtp));
    by_hand(&world, "www.example.com.", 77);
    let mut command = world.command(&["serve"]);
    command.env("HOOK", format!("http://127.0.0.1:{}/services/T0/SECRET", hook.port));
    command.env("SILENT", format!("http://127.0.0.1:{}/", silent.port));
    let daemon = Served::run(&mut command);
    daemon.counts("acme", 0, 1);
    until("the file is there", || match std::fs::read_to_string(world.path().join("out/drift.html")) {
        Ok(page) if page.contains("Informe de desviaciones de acme") && page.contains(WWW) => Ok(()),
        other => Err(format!("{other:?}\n{}", daemon.log())),
    });
    let message = until("the webhook was called", || hook.got().first().cloned().ok_or_else(|| daemon.log()));
    let message: Value = serde_json::from_str(&message).unwrap();
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("1 recurso fue cambiado") && text.contains(WWW), "{text}");
    let letter = until("the mail arrived", || mail.got().first().cloned().ok_or_else(|| daemon.log()));
    for part in ["To: ops@example.com", "multipart/alternative", "Message-ID: <report-default-"] {
        assert!(letter.contains(part), "{part:?} is not in\n{letter}");
    }
    // While a receiver hangs, the loop goes on.
    world.edit("m/example-com.yaml", "ttl: 300, values: [192.0.2.25]", "ttl: 60, values: [192.0.2.25]");
    daemon.counts("acme", 1, 1);
    assert!(!daemon.log().contains("SECRET"), "{}", daemon.log());
}

#[test]
fn a_report_is_tried_again_until_it_is_taken_and_a_restart_doubles_nothing() {
    let hook = Sink::webhook(&["500 Internal Server Error", "200 OK"]);
    // A schedule that is never due again in this test; the moment that went by is put into the store.
    let world = applied("reports: [{tenant: acme, schedule: \"0 0 1 1 *\", to: [{slack: \"env:HOOK\"}]}]\n");
    by_hand(&world, "www.example.com.", 77);
    let serve = || {
        let mut command = world.command(&["serve"]);
        command.env("HOOK", format!("http://127.0.0.1:{}/", hook.port));
        Served::run(&mut command)
    };
    sql(&world, &["INSERT INTO reports (name, slot_ms) VALUES ('acme 0 0 1 1 * UTC', 0)"]).unwrap();
    let daemon = serve();
    until("it failed once", || match daemon.log() {
        log if log.contains("was not taken; it is tried again") => Ok(()),
        log => Err(log),
    });
    assert!(hook.got().is_empty());
    let failed = daemon.metric("aplomo_reports_total{receiver=\"slack\",result=\"failed\"}");
    assert_eq!(failed.as_deref(), Some("1"));
    assert!(world.aplomo(&["status"]).exits(0).out.contains("it answered 500"));
    daemon.stop();
    // Due at once, as if half a minute had gone by.
    sql(&world, &["UPDATE letters SET next_ms = 0"]).unwrap();
    let daemon = serve();
    until("it arrived", || if hook.got().len() == 1 { Ok(()) } else { Err(daemon.log()) });
    daemon.stop();
    let daemon = serve();
    daemon.counts("acme", 0, 1);
    daemon.stop();
    assert_eq!(hook.got().len(), 1);
    let status = world.aplomo(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["letters"], json!([]));
}

#[test]
fn a_report_that_cannot_be_sent_as_configured_is_refused_before_anything_starts() {
    let world = applied("");
    for (more, why) in [
        (every_minute("{slack: \"https://hooks.example.com/x\"}", ""), "never an address"),
        (every_minute("{mail: {to: [ops@example.com]}}", ""), "has no `mail`"),
        (every_minute("{file: a, slack: \"env:X\"}", ""), "is one of `file`, `slack` or `mail`"),
        ("reports: [{schedule: \"* * *\", to: [{file: a}]}]\n".to_owned(), "has five"),
        ("reports: [{schedule: \"* * * * *\", timeZone: Mars, to: [{file: a}]}]\n".to_owned(), "Mars"),
        (
            every_minute(
                "{file: a}",
                "mail: {host: mail.example.com, security: none, from: a@example.com}\n",
            ),
            "this machine itself",
        ),
    ] {
        crate::served::configure(&world, &more);
        let ran = world.aplomo(&["serve"]).exits(3);
        assert!(ran.err.contains(why), "{why:?} is not in\n{}", ran.err);
    }
}

#[test]
fn a_report_of_one_tenant_among_several_tells_nothing_of_the_others() {
    let world = World::with_domain();
    world.write("m/globex.yaml", "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: globex, tenant: globex}\nspec: {displayName: Globex}\n---\napiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: globex-org, tenant: globex}\nspec:\n  zone: globex.org\n  records:\n    - {name: www, type: A, ttl: 300, values: [192.0.2.1]}\n");
    let sources = "sources:\n  - {name: ops, path: m, tenants: [acme, globex], operator: true}\n";
    let reports = "reports: [{tenant: acme, schedule: \"0 0 1 1 *\", to: [{file: acme.json}]}, {schedule: \"0 0 1 1 *\", to: [{file: all.json}]}]\n";
    world.write("aplomo.yaml", format!("listen: 127.0.0.1:0\n{sources}{reports}"));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    by_hand(&world, "mail.example.com.", 78);
    let globex = world.zone("globex.org");
    let hand = RecordSet::new("hand.globex.org.", "A", 60, &["192.0.2.9"]);
    world.aws.upsert(&globex, &hand).unwrap();
    let record = RecordSet::new("www.globex.org.", "A", 77, &["192.0.2.1"]);
    world.aws.upsert(&globex, &record).unwrap();
    let past = "INSERT INTO reports (name, slot_ms) VALUES ('acme 0 0 1 1 * UTC', 0), ('* 0 0 1 1 * UTC', 0)";
    sql(&world, &[past]).unwrap();
    let daemon = Served::start(&world);
    let read = |file: &str| {
        until("the report is there", || {
            std::fs::read_to_string(world.path().join(file)).map_err(|_| daemon.log())
        })
    };
    let (acme, all) = (read("acme.json"), read("all.json"));
    assert!(acme.contains(MAIL) && !acme.contains("globex"), "{acme}");
    assert!(all.contains(MAIL) && all.contains("hand.globex.org") && all.contains("\"percent\""), "{all}");
}
