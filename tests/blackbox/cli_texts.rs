//! How plans, runs and drift read for people, and that text from outside does no harm in a terminal.

use crate::world::{Ran, World};
use aplomo_sandbox::RecordSet;

/// No character that changes how a terminal shows what is around it.
#[track_caller]
fn harmless(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        let bad = text.chars().find(|c| *c != '\n' && aplomo_core::name::is_deceptive(*c));
        assert_eq!(bad, None, "{text}");
    }
}

#[test]
fn text_from_the_world_and_from_manifests_is_written_out() {
    let world = World::applied();
    let zone = world.zone("example.com");
    let mut spf = world.aws.find(&zone, "example.com.", "TXT").unwrap().remove(0);
    spf.values = vec!["\"a\\033[31mred\\342\\200\\256b\"".into(), "\"<script>alert(1)</script>\"".into()];
    world.aws.upsert(&zone, &spf).unwrap();
    world.aws.upsert(&zone, &RecordSet::new("x\\033[31m.example.com.", "TXT", 60, &["\"\\007\""])).unwrap();
    for format in ["text", "markdown", "html"] {
        let ran = world.aplomo(&["drift", "m", "--format", format, "-v"]).exits(0);
        harmless(&ran);
        assert!(ran.out.contains("red"), "{}", ran.out);
        assert_eq!(ran.out.contains("<script>"), format != "html", "{format}\n{}", ran.out);
    }
    harmless(&world.aplomo(&["plan", "m"]).exits(0));
    harmless(&world.aplomo(&["plan", "m", "--format", "markdown"]).exits(0));
    let json = world.aplomo(&["drift", "m", "--format", "json"]).exits(0);
    assert!(!json.out.contains('\x1b') && !json.out.contains('\u{202e}'), "{}", json.out);
    harmless(&world.aplomo(&["apply", "m", "--auto-approve"]).exits(0));
    harmless(&world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "x\x1b[31m\u{202e}"]));
    harmless(&world.aplomo(&["status"]).exits(0));
    harmless(&world.aplomo(&["audit", "log"]).exits(0));
    harmless(&world.aplomo(&["plan", "no\x1b[31mthing"]).exits(1));
    world.write("m/bad.yaml", "apiVersion: aplomo/v1\nkind: \"Do\\u202emain\\e[31m\"\nmetadata: {name: x, tenant: acme}\nspec: {}\n");
    harmless(&world.aplomo(&["validate", "m"]).exits(3));
}

/// What differs from run to run, taken out.
fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        if let Some(at) = line.find("Run ") {
            let rest = line[at + 4..].find(':').map_or(0, |end| at + 4 + end);
            line.replace_range(at + 4..rest, "ID");
        }
        if let Some(at) = line.find("zoneId  ") {
            line.truncate(at + 6);
        }
        if let Some(at) = line.find(" in aws/") {
            line.truncate(at + 7);
        }
        if let Some(at) = line.find("first seen ") {
            line.truncate(at + 10);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[test]
fn plans_runs_and_drift_as_people_read_them() {
    let world = World::applied();
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    world.edit("m/example-com.yaml", "    - {name: api, type: A, alias: {record: www}}\n", "");
    insta::assert_snapshot!(steady(&world.aplomo(&["plan", "m"]).exits(0).out), @r#"
    acme
      Domain/example-com
        - aws.route53.RecordSet/api/A  delete
            alias.evaluateTargetHealth  false
            alias.target                www.example.com.
            alias.zoneId
            name                        api.example.com.
            type                        A
            note: api.example.com. no longer resolves (A)
        ~ aws.route53.RecordSet/mail/A  update  example-com.yaml:10
            values  192.0.2.25 → 192.0.2.26  (manifest)

    Plan: 1 to update, 1 to delete.
    Next: `aplomo plan … --out FILE` and `aplomo approve FILE`, then `aplomo apply --plan FILE`; `aplomo apply` asks at a terminal.
    "#);
    insta::assert_snapshot!(steady(&world.aplomo(&["apply", "m", "--auto-approve"]).exits(0).out), @r#"
    acme
      Domain/example-com
        - aws.route53.RecordSet/api/A  delete
            alias.evaluateTargetHealth  false
            alias.target                www.example.com.
            alias.zoneId
            name                        api.example.com.
            type                        A
            note: api.example.com. no longer resolves (A)
        ~ aws.route53.RecordSet/mail/A  update  example-com.yaml:10
            values  192.0.2.25 → 192.0.2.26  (manifest)

    Plan: 1 to update, 1 to delete.
    applied     delete  acme/Domain/example-com:aws.route53.RecordSet/api/A
    applied     update  acme/Domain/example-com:aws.route53.RecordSet/mail/A

    Run ID: 2 of 2 changes applied; everything it touched is as wished.
    "#);
    let zone = world.zone("example.com");
    let mut record = world.aws.find(&zone, "www.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(60);
    world.aws.upsert(&zone, &record).unwrap();
    let mail = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    world.aws.delete(&zone, &mail).unwrap();
    world.aws.upsert(&zone, &RecordSet::new("byhand.example.com.", "A", 60, &["192.0.2.99"])).unwrap();
    world.edit("m/example-com.yaml", "3600, values: [v=spf1", "60, values: [v=spf1");
    insta::assert_snapshot!(steady(&world.aplomo(&["drift", "m"]).exits(0).out), @r#"
    Changed behind our back (below: the way back)

    acme
      Domain/example-com
        + aws.route53.RecordSet/mail/A  create (drift: it was deleted)  example-com.yaml:10
            name    mail.example.com.
            ttl     300
            type    A
            values  192.0.2.26
            first seen
        ~ aws.route53.RecordSet/www/A  update  example-com.yaml:7
            ttl  60 → 300  (drift)
            first seen

    Waiting for approval

    acme
      Domain/example-com
        ~ aws.route53.RecordSet/@/TXT  update  example-com.yaml:9
            ttl  3600 → 60  (manifest)

    Unmanaged (1)
      aws.route53.RecordSet byhand.example.com.|A| in aws

    Coverage: 4 of 5 objects are managed (80.0 %); 3 of 3 readings were complete (100.0 %).
    Drift: 2 resources were changed behind our back; 1 other difference waits for approval.
    "#);
    world.edit("m/example-com.yaml", "192.0.2.26", "192.0.2.260");
    insta::assert_snapshot!(steady(&world.aplomo(&["plan", "m"]).exits(3).out), @r#"
    source m: not complete, so nothing is deleted for its absence
      acme/Domain/example-com has errors

    acme
      Domain/example-com
        ~ aws.route53.RecordSet/@/TXT  update  example-com.yaml:9
            ttl  3600 → 60  (manifest)
            held by invalid: an error stands for its tenant
        ~ aws.route53.RecordSet/www/A  update  example-com.yaml:7
            ttl  60 → 300  (drift)
            held by invalid: an error stands for its tenant

    error[bad-value]: `192.0.2.260` is no value of type A: expected an IPv4 address, e.g. `192.0.2.1`
      ┌─ example-com.yaml:10:48
      │ 10 │     - {name: mail, type: A, ttl: 300, values: [192.0.2.260]}
      │    │                                                ^^^^^^^^^^^

    Unmanaged (1)
      aws.route53.RecordSet byhand.example.com.|A| in aws

    Plan: 2 to update; 2 held. Not everything could be seen.
    Next: correct the error above, then plan again.
    "#);
}
