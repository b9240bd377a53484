//! Killing a run at a call of its own, and starting it again under the approval that was given.

use crate::world::{Ran, World};
use aplomo_sandbox::{Fault, Rule, Victim};

/// Runs `apply` with a fault at a call, which the process need not survive; says which writing call was the last.
#[track_caller]
pub fn strike(
    world: &World,
    at: impl FnOnce(Fault) -> Rule,
    fault: impl FnOnce(Victim) -> Fault,
) -> Option<String> {
    let victim = Victim::new();
    let rule = world.proxy.inject(at(fault(victim.clone())));
    let mut child = world.spawn(&["apply", "m", "--auto-approve"]);
    victim.set(child.id());
    child.wait().unwrap();
    assert_eq!(world.proxy.fired(rule), 1, "the call was never made");
    world.proxy.lift(rule);
    world.proxy.calls().into_iter().rfind(|call| call.write).map(|call| call.action)
}

/// Strikes the k-th write, then starts again without a new approval.
#[track_caller]
pub fn struck(world: &World, k: usize, fault: impl FnOnce(Victim) -> Fault) -> (Ran, String) {
    let last = strike(world, |fault| Rule::on_writes().nth(k).then(fault), fault);
    (world.aplomo(&["apply", "m"]), format!("killed at write {k}, {last:?}"))
}
