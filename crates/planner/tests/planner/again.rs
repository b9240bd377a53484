//! What came to nothing is asked for again, and only that is marked so.

use super::common::*;
use aplomo_core::resource::Adopt;
use aplomo_core::{Action, Change, RunId};

/// A server that was asked for and failed; `size` stands for its verdict.
fn failed() -> Case {
    let mut c = Case::new();
    c.server("web", &[("/size", text("good"))]);
    c.settle();
    let address = server_address("web");
    c.memory.ledger.get_mut(&address).unwrap().run = Some(RunId::new("r1").unwrap());
    let id = c.id_of(&address);
    c.set(&id, "/size", "bad".into());
    c.seen(&id).outputs.insert("status".into(), "timed out".into());
    c
}

fn change(c: &Case) -> Change {
    let plan = c.plan();
    assert_eq!(plan.changes.len(), 1, "{}", lines(&plan));
    plan.changes[0].clone()
}

#[test]
fn the_same_is_asked_for_again_and_its_first_asking_is_the_creation() {
    let mut c = Case::new();
    c.server("web", &[("/size", text("good"))]);
    let created = change(&c).digest;
    let c = failed();
    let again = change(&c);
    assert_eq!((again.action, again.again), (Action::Replace, true));
    assert_eq!(again.first_asking(), Some(created));
    assert_ne!(again.digest, Change { again: false, ..again.clone() }.recompute_digest().unwrap());
}

#[test]
fn what_was_something_else_or_was_never_asked_for_is_not() {
    // It was there and then failed in another way.
    let mut c = failed();
    let web = c.id_of(&server_address("web"));
    c.seen(&web).outputs.insert("status".into(), "revoked".into());
    assert_eq!((change(&c).again, change(&c).first_asking()), (false, None));
    // Something else is wished.
    let mut c = failed();
    c.server("web", &[("/size", text("better"))]);
    assert!(!change(&c).again);
    // No run of ours asked for it.
    let mut c = failed();
    c.memory.ledger.get_mut(&server_address("web")).unwrap().run = None;
    assert!(!change(&c).again);
    // It is another object that took the address.
    let mut c = failed();
    c.memory.ledger.clear();
    let id_text = c.observation.objects[0].id.to_string();
    c.server("web", &[("/size", text("good"))]).adopt = Adopt::Id(id(&id_text));
    assert!(!change(&c).again);
}
