//! Which containers' contents must be read.

use super::common::*;
use aplomo_planner::{GraphFormat, containers, graph};
use insta::assert_snapshot;

#[test]
fn wished_and_recorded_containers_are_found_and_others_are_not() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.zone("old");
    c.record("old", "www/A", 300);
    c.zone("empty");
    c.settle();
    c.drop_manifest("acme/Domain/old");
    c.zone_exists("Z9", "foreign");
    let found = containers(&c.desired, &c.observation, &c.memory, &OURS, &c.types);
    let expected =
        [(zone_address("example"), id(&c.zone_id("example"))), (zone_address("old"), id(&c.zone_id("old")))];
    assert_eq!(found, expected.into());
}

#[test]
fn an_ambiguous_container_is_none() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.zone_exists("Z1", "example");
    c.zone_exists("Z2", "example");
    assert!(containers(&c.desired, &c.observation, &c.memory, &OURS, &c.types).is_empty());
}

#[test]
fn the_graph_as_text() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.server("web", &[("/zoneId", refer(zone_address("example").as_str()))]);
    assert_snapshot!(graph(&c.desired, GraphFormat::Dot), @r#"
    digraph aplomo {
      rankdir=LR;
      node [shape=box];
      subgraph cluster_0 {
        label="acme/Domain/example";
        n0 [label="t.net.Record/www/A"];
        n1 [label="t.net.Zone"];
      }
      subgraph cluster_1 {
        label="acme/Server/web";
        n2 [label="t.net.Server"];
      }
      n0 -> n1;
      n2 -> n1;
    }
    "#);
    assert_snapshot!(graph(&c.desired, GraphFormat::Mermaid), @r#"
    flowchart LR
      subgraph m0 ["acme/Domain/example"]
        n0["t.net.Record/www/A"]
        n1["t.net.Zone"]
      end
      subgraph m1 ["acme/Server/web"]
        n2["t.net.Server"]
      end
      n0 --> n1
      n2 --> n1
    "#);
}
