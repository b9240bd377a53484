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
fn struck(world: &World, k: usize, fault: impl FnOnce(Victim) -> Fault) -> (Ran, String) {
    let last = strike(world, |fault| Rule::on_writes().nth(k).then(fault), fault);
    (world.aplomo(&["apply", "m"]), format!("killed at write {k}, {last:?}"))
}

/// A run that is struck at any of its writes, and what must hold after the next start.
pub struct Story {
    /// The world just before it.
    pub make: fn() -> World,
    /// The exit codes that the next start may have.
    pub ends: &'static [i32],
    /// All is there once, and nothing is left to do.
    pub settled: fn(&World),
}

impl Story {
    /// How many calls write when nothing goes wrong.
    #[track_caller]
    pub fn writes(&self) -> usize {
        let world = (self.make)();
        world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
        (self.settled)(&world);
        world.proxy.writes()
    }

    /// Strikes each write in turn, then starts again without a new approval.
    #[track_caller]
    pub fn survives(&self, fault: fn(Victim) -> Fault) {
        for k in 1..=self.writes() {
            let world = (self.make)();
            let (ran, told) = struck(&world, k, fault);
            assert!(self.ends.contains(&ran.code), "{told}\n{}\n{}", ran.out, ran.err);
            (self.settled)(&world);
        }
    }
}
