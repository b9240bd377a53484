//! A dry run cannot write: a GitHub that refuses every write sees none, and what plans holds no permission to.

use super::hub::Hub;

#[test]
fn plan_and_drift_send_nothing_that_writes_and_ask_for_no_permission_to() {
    let hub = Hub::applied();
    hub.edit("m/shop.yaml", "approvals: 2", "approvals: 1");
    let before = hub.github.log().len();
    hub.github.refuse_writes(true);
    hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(2);
    hub.aplomo(&["drift", "m"]).exits(0);
    assert_eq!(hub.github.refused_writes(), 0);
    let log = hub.github.log().split_off(before);
    let minted: Vec<_> = log.iter().filter(|call| call.path.ends_with("/access_tokens")).collect();
    assert_eq!(minted.len(), 2, "each command asks for a token of its own");
    for call in minted {
        let asked = call.request.as_ref().unwrap()["permissions"].as_object().unwrap();
        assert!(asked.values().all(|level| level == "read"), "{asked:?}");
    }
}
