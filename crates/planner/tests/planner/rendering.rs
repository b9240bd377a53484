//! What people read.

use super::common::*;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{FieldPath, Finding};
use aplomo_planner::{Style, drift, markdown, render};
use insta::assert_snapshot;

fn mixed() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.zone("gone");
    c.record("example", "www/A", 300);
    c.record("example", "old/CNAME", 300);
    c.server("web", &[("/port", int(80)), ("/size", text("small")), ("/password", secret("k1:aa"))]);
    c.settle();
    c.commit("c2");
    c.drop_manifest("acme/Domain/gone");
    c.set("www/A", "/ttl", 60.into());
    c.drop_resource(&record_address("example", "old/CNAME"));
    c.record("example", "old/A", 300);
    c.record("example", "new/A", 300)
        .wanted
        .set(FieldPath::known("/target"), refer(server_address("web").as_str()));
    c.server("web", &[("/port", int(80)), ("/size", text("large")), ("/password", secret("k1:bb"))]);
    for i in 0..25 {
        c.zone_exists(&format!("Z{i:02}"), &format!("foreign{i:02}"));
    }
    c
}

#[test]
fn a_plan_as_text() {
    assert_snapshot!(render(&mixed().plan(), Style::default()), @r#"
    acme
      Domain/example
        + t.net.Record/new/A  create  a.yaml:1
            name    new
            target  (known after apply: acme/Server/web:t.net.Server.id)
            ttl     300
            type    A
        + t.net.Record/old/A  create  a.yaml:1
            name  old
            ttl   300
            type  A
            in one breath with all of t/1/Zone1:old
        - t.net.Record/old/CNAME  delete
            name  old
            ttl   300
            type  CNAME
            in one breath with all of t/1/Zone1:old
        ~ t.net.Record/www/A  update  a.yaml:1
            ttl  60 → 300  (drift)
      Domain/gone
        - t.net.Zone  delete  Zone2
            name  gone
            ! irreversible: all of it is gone
            held by protected: its deletion was never allowed by an applied change
      Server/web
        +/- t.net.Server  replace  Server3  a.yaml:1
            password  (hidden) → (secret k1:bb)  (manifest)
            size      small → large  (manifest)

    Findings
      warning[protected]: delete of t.net.Zone is held: its deletion was never allowed
        acme/Domain/gone:t.net.Zone
        help: apply `lifecycle.deletion: delete` first (or `orphan` to let it go), then remove it

    Unmanaged (25)
      t.net.Zone Z00  foreign00 in t/1
      t.net.Zone Z01  foreign01 in t/1
      t.net.Zone Z02  foreign02 in t/1
      t.net.Zone Z03  foreign03 in t/1
      t.net.Zone Z04  foreign04 in t/1
      t.net.Zone Z05  foreign05 in t/1
      t.net.Zone Z06  foreign06 in t/1
      t.net.Zone Z07  foreign07 in t/1
      t.net.Zone Z08  foreign08 in t/1
      t.net.Zone Z09  foreign09 in t/1
      t.net.Zone Z10  foreign10 in t/1
      t.net.Zone Z11  foreign11 in t/1
      t.net.Zone Z12  foreign12 in t/1
      t.net.Zone Z13  foreign13 in t/1
      t.net.Zone Z14  foreign14 in t/1
      t.net.Zone Z15  foreign15 in t/1
      t.net.Zone Z16  foreign16 in t/1
      t.net.Zone Z17  foreign17 in t/1
      t.net.Zone Z18  foreign18 in t/1
      t.net.Zone Z19  foreign19 in t/1
      and 5 more (-v lists all)

    Plan: 2 to create, 1 to update, 1 to replace, 2 to delete; 1 held.
    Next: `aplomo plan … --out FILE` and `aplomo approve FILE`, then `aplomo apply --plan FILE`; `aplomo apply` asks at a terminal.
    "#);
}

#[test]
fn a_plan_as_markdown() {
    let mut c = mixed();
    c.observation.objects.retain(|o| {
        !o.id.as_str().starts_with("Z0")
            && !o.id.as_str().starts_with("Z1")
            && !o.id.as_str().starts_with("Z2")
    });
    c.record("example", "www/A", 300).wanted.set(
        FieldPath::known("/values"),
        aplomo_core::Wish::Value(aplomo_core::Datum::List(vec!["``` <b>@everyone</b> `````\u{202e}".into()])),
    );
    assert_snapshot!(markdown(&c.plan()), @r#"
    ### Plan

    Plan: 2 to create, 1 to update, 1 to replace, 2 to delete; 1 held.

    ``````diff
    # acme
    #   Domain/example
    +     + t.net.Record/new/A  create  a.yaml:1
              name    new
              target  (known after apply: acme/Server/web:t.net.Server.id)
              ttl     300
              type    A
    +     + t.net.Record/old/A  create  a.yaml:1
              name  old
              ttl   300
              type  A
              in one breath with all of t/1/Zone1:old
    -     - t.net.Record/old/CNAME  delete
              name  old
              ttl   300
              type  CNAME
              in one breath with all of t/1/Zone1:old
    !     ~ t.net.Record/www/A  update  a.yaml:1
              ttl     60 → 300  (drift)
              values  (none) → ``` <b>@everyone</b> `````\u{202e}  (manifest)
    #   Domain/gone
    -     - t.net.Zone  delete  Zone2
              name  gone
    !         ! irreversible: all of it is gone
    !         held by protected: its deletion was never allowed by an applied change
    #   Server/web
    -     +/- t.net.Server  replace  Server3  a.yaml:1
              password  (hidden) → (secret k1:bb)  (manifest)
              size      small → large  (manifest)

    # Findings
    !   warning[protected]: delete of t.net.Zone is held: its deletion was never allowed
          acme/Domain/gone:t.net.Zone
          help: apply `lifecycle.deletion: delete` first (or `orphan` to let it go), then remove it

    # Plan: 2 to create, 1 to update, 1 to replace, 2 to delete; 1 held.
      Next: `aplomo plan … --out FILE` and `aplomo approve FILE`, then `aplomo apply --plan FILE`; `aplomo apply` asks at a terminal.
    ``````
    "#);
}

#[test]
fn nothing_differs_only_where_everything_was_seen() {
    let mut c = Case::new();
    c.server("web", &[("/port", int(80))]);
    c.settle();
    assert_snapshot!(render(&c.plan(), Style::default()), @r#"Nothing differs."#);
    c.fail(ZONE, account());
    assert_snapshot!(render(&c.plan(), Style::default()), @r#"
    Could not be seen
      t.net.Zone in t/1: could not be read: AccessDenied

    Nothing that could be seen differs; not everything could be seen.
    "#);
}

#[test]
fn text_from_manifests_and_from_the_world_is_escaped() {
    let mut c = Case::new();
    c.server("web", &[("/size", text("a\u{202e}b\x1b[31m\nc"))]);
    c.desired
        .findings
        .push(Finding::warning("odd", "x\u{200b}y\r\n<script>").help("\x07").of("acme/Server/web"));
    let plan = c.plan();
    for text in [render(&plan, Style { color: true, verbose: true }), markdown(&plan), drift(&plan).html()] {
        let plain = text
            .replace("\x1b[0m", "")
            .replace("\x1b[1m", "")
            .replace("\x1b[2m", "")
            .replace("\x1b[32m", "")
            .replace("\x1b[33m", "");
        assert!(!plain.chars().any(|ch| ch != '\n' && aplomo_core::name::is_deceptive(ch)), "{text}");
    }
    assert!(!drift(&plan).html().contains("<script>"));
}

#[test]
fn long_values_are_cut_unless_sensitive_or_asked_for() {
    let long = "x".repeat(300);
    let mut c = Case::new();
    c.server("web", &[("/size", text(&long))]);
    assert!(!render(&c.plan(), Style::default()).contains(&long));
    assert!(render(&c.plan(), Style { color: false, verbose: true }).contains(&long));
    let mut c = Case::new();
    c.zone("example").wanted.set(FieldPath::known("/comment"), text(&long));
    c.settle();
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    assert!(render(&c.plan(), Style::default()).contains(&long), "irreversible changes are shown in full");
}

#[test]
fn a_drift_report_tells_drift_from_what_waits() {
    let mut c = mixed();
    c.observation.objects.retain(|o| !o.id.as_str().starts_with('Z') || o.id.as_str().starts_with("Zone"));
    let since = [(record_address("example", "www/A"), at("2027-01-30T12:00:00Z"))].into();
    let report = drift(&c.plan()).since(&since);
    assert_eq!(report.changes.len(), 1);
    assert_snapshot!(report.render(Style::default()), @r#"
    Changed behind our back (below: the way back)

    acme
      Domain/example
        ~ t.net.Record/www/A  update  a.yaml:1
            ttl  60 → 300  (drift)
            first seen 2027-01-30T12:00:00Z

    Waiting for approval

    acme
      Domain/example
        + t.net.Record/new/A  create  a.yaml:1
            name    new
            target  (known after apply: acme/Server/web:t.net.Server.id)
            ttl     300
            type    A
        + t.net.Record/old/A  create  a.yaml:1
            name  old
            ttl   300
            type  A
            in one breath with all of t/1/Zone1:old
        - t.net.Record/old/CNAME  delete
            name  old
            ttl   300
            type  CNAME
            in one breath with all of t/1/Zone1:old
      Domain/gone
        - t.net.Zone  delete  Zone2
            name  gone
            ! irreversible: all of it is gone
            held by protected: its deletion was never allowed by an applied change
      Server/web
        +/- t.net.Server  replace  Server3  a.yaml:1
            password  (hidden) → (secret k1:bb)  (manifest)
            size      small → large  (manifest)

    Findings
      warning[protected]: delete of t.net.Zone is held: its deletion was never allowed
        acme/Domain/gone:t.net.Zone
        help: apply `lifecycle.deletion: delete` first (or `orphan` to let it go), then remove it

    Coverage: 5 of 5 objects are managed (100.0 %); 29 of 29 readings were complete (100.0 %).
    Drift: 1 resource was changed behind our back; 5 other differences wait for approval.
    "#);
    assert!(report.markdown().contains("/A  update"));
    let html = report.html();
    assert!(html.starts_with("<!doctype html>") && html.contains("first seen 2027-01-30"));
    assert!(!html.contains("http://") && !html.contains("src="), "it needs nothing from elsewhere");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["changes"][0]["firstSeen"], "2027-01-30T12:00:00Z");
    assert_eq!(serde_json::from_value::<aplomo_planner::DriftReport>(json).unwrap(), report);
}

#[test]
fn what_sentences_tell_is_not_shown_as_a_document_and_never_hidden_without_them() {
    let mut c = Case::new();
    c.server("web", &[("/size", text("{document}")), ("/port", int(80))]);
    let mut plan = c.plan();
    plan.changes[0].told = vec![FieldPath::known("/size")];
    assert!(markdown(&plan).contains("{document}"), "no sentence stands for it");
    plan.changes[0].risk_notes = vec!["web gains everything".to_owned()];
    for shown in [render(&plan, Style::default()), markdown(&plan)] {
        assert!(!shown.contains("{document}") && shown.contains("web gains everything"), "{shown}");
        assert!(shown.contains("size  (told below in words; -v shows it)"), "{shown}");
    }
    assert!(render(&plan, Style { color: false, verbose: true }).contains("{document}"));
    assert!(serde_json::to_string(&plan).unwrap().contains("{document}"), "JSON keeps everything");
}
