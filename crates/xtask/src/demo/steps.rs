//! The steps of the demo, in order. Each says what it does, runs the real binary and checks the exit code.

use super::tell::Teller;
use crate::interrupt;
use crate::world::{MANIFESTS, World};
use anyhow::{Context as _, Result, bail};
use aplomo_sandbox::RecordSet;

/// The exit codes of the contract that the demo meets.
const DONE: i32 = 0;
const DIFFERENCES: i32 = 2;
const WAITING: i32 = 6;

/// Who approves in the demo; recorded as claimed, for nobody vouches for the name.
const WHO: &str = "sam";
const PLAN: &str = "plan.json";

/// From an empty account to a proven audit log.
pub(crate) fn run(world: &mut World, teller: &mut Teller) -> Result<()> {
    teller.heading("Check the manifests; nothing is asked of AWS or GitHub");
    aplomo(world, &["validate", MANIFESTS], DONE)?;
    teller.heading("Plan: what would change, and why; nothing is written");
    aplomo(world, &["plan", MANIFESTS, "--out", PLAN], DONE)?;
    teller.heading("Approve exactly these effects, and apply what was approved");
    aplomo(world, &["approve", PLAN, "--as", WHO], DONE)?;
    teller.say(
        "One certificate is for a domain whose DNS the client looks after, and a partner is invited on GitHub: the run \
         ends waiting for both (exit code 6).",
    );
    aplomo(world, &["apply", "--plan", PLAN], WAITING)?;
    teller.heading("The client adds the record it was told, and the partner accepts");
    world.client_adds_records()?.iter().for_each(|record| teller.say(record));
    world.github().people_accept().iter().for_each(|who| teller.say(who));
    teller.heading("Plan again: nothing differs (exit code 0)");
    aplomo(world, &["plan", MANIFESTS, "--detailed-exitcode"], DONE)?;
    commit(world, teller)?;
    drift(world, teller)?;
    super::pulls::run(world, teller)?;
    teller.heading("The audit log: who did what; and the proof that nobody edited it");
    aplomo(world, &["audit", "log", "--limit", "5"], DONE)?;
    aplomo(world, &["audit", "verify"], DONE)
}

fn commit(world: &mut World, teller: &mut Teller) -> Result<()> {
    teller.heading("Somebody commits a change: one record slower, one new, one gone");
    teller.say(&world.commit_a_change()?);
    aplomo(world, &["apply", MANIFESTS, "--auto-approve", "--as", WHO], DONE)
}

fn drift(world: &World, teller: &mut Teller) -> Result<()> {
    teller.heading("Somebody changes a record by hand, and somebody opens a repository to the world");
    teller.say(&change_by_hand(world)?);
    teller.say(&world.github().change_by_hand().context("the examples made no repository ms-orders")?);
    teller.heading("Drift: what changed behind our back (exit code 2)");
    aplomo(world, &["drift", MANIFESTS, "--detailed-exitcode"], DIFFERENCES)?;
    teller.heading("Repair it, and look again (exit code 0)");
    aplomo(world, &["apply", MANIFESTS, "--auto-approve", "--as", WHO], DONE)?;
    aplomo(world, &["drift", MANIFESTS, "--detailed-exitcode"], DONE)
}

/// Runs `aplomo`, showing the command, and checks how it ended.
fn aplomo(world: &World, args: &[&str], expected: i32) -> Result<()> {
    interrupt::check()?;
    println!("\n$ aplomo {}", args.join(" "));
    let status = world.aplomo(args).status().context("cannot start the binary")?;
    interrupt::check()?;
    if status.code() != Some(expected) {
        bail!("`aplomo {}` ended with {status}, expected exit code {expected}", args.join(" "));
    }
    Ok(())
}

/// Gives the first plain A record of a public zone another time to live; says what was done.
fn change_by_hand(world: &World) -> Result<String> {
    for zone in world.aws().zones()?.into_iter().filter(|zone| !zone.private) {
        let plain = |set: &RecordSet| set.kind == "A" && set.ttl.is_some() && set.set_id.is_none();
        if let Some(set) = world.aws().records(&zone.id)?.into_iter().find(plain) {
            let changed = RecordSet { ttl: Some(7), values: vec!["203.0.113.66".into()], ..set.clone() };
            world.aws().upsert(&zone.id, &changed)?;
            return Ok(format!(
                "{} A: ttl {} -> 7, {} -> 203.0.113.66 (a raw Route53 call, past Aplomo)",
                set.name,
                set.ttl.unwrap_or_default(),
                set.values.join(" "),
            ));
        }
    }
    bail!("the examples made no plain A record in a public zone, so there is nothing to change by hand")
}
