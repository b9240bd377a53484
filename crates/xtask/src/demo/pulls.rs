//! The second act: the same manifests in a repository on the local GitHub, the daemon, and people who ask, approve and
//! merge there.

use super::tell::Teller;
use crate::daemon::Daemon;
use crate::github::{Desk, LocalGithub};
use crate::world::World;
use anyhow::{Context as _, Result};
use aplomo_sandbox::RecordSet;

/// The record that is asked about, by its line in the manifest.
const FILE: &str = "acme/domains/acme-example.yaml";
const LINE: &str = "- {name: \"@\", type: AAAA, ttl: 5m,";

/// The whole story.
pub(crate) fn run(world: &World, teller: &mut Teller) -> Result<()> {
    teller.heading("From now on by pull request: the manifests move to GitHub, and the daemon answers there");
    let desk = world.move_to_github()?;
    let daemon = Daemon::start(world, false)?;
    world.github().hook(daemon.url());
    let act = Act { github: world.github(), desk: &desk, world };
    act.approved(teller)?;
    act.unapproved(teller)?;
    act.stale(teller)?;
    drop(daemon);
    Ok(())
}

struct Act<'a> {
    github: &'a LocalGithub,
    desk: &'a Desk,
    world: &'a World,
}

impl Act<'_> {
    fn approved(&self, teller: &mut Teller) -> Result<()> {
        teller.heading("Ana of the client asks; Aplomo answers with the exact difference");
        let number = self.ask("slower", "1h")?;
        let shown = self.shown(number, "a plan", |text| text.contains("/aplomo approve sha256:"))?;
        teller.say(&quoted(&shown));
        teller.heading("Sam of the operator approves exactly that, and Ana merges: it is applied, and told");
        self.desk.approve(self.github, number)?;
        self.shown(number, "approved", |text| text.contains("sam-sre"))?;
        self.desk.merge(self.github, number)?;
        teller.say(&quoted(&self.shown(number, "applied", done)?));
        Ok(())
    }

    fn unapproved(&self, teller: &mut Teller) -> Result<()> {
        teller.heading("Ana merges the next one without an approval: nothing is applied, and it says why");
        let number = self.ask("faster", "30m")?;
        self.shown(number, "a plan", |text| text.contains("/aplomo approve sha256:"))?;
        self.desk.merge(self.github, number)?;
        let held = self.shown(number, "held", |text| text.contains("Merged"))?;
        teller.say(&quoted(&held));
        let command = held.lines().find(|line| line.starts_with("/aplomo approve "));
        let command = command.context("the comment names no digest")?;
        teller.say(&format!("sam-sre comments: {command}"));
        self.desk.comment(self.github, number, command)?;
        self.shown(number, "applied", done)?;
        Ok(())
    }

    fn stale(&self, teller: &mut Teller) -> Result<()> {
        teller.heading("Approved, and then somebody changes that record by hand: it is planned again");
        let number = self.ask("fastest", "10m")?;
        self.shown(number, "a plan", |text| text.contains("/aplomo approve sha256:"))?;
        self.desk.approve(self.github, number)?;
        self.shown(number, "approved", |text| text.contains("sam-sre"))?;
        teller.say(&self.by_hand()?);
        self.desk.comment(self.github, number, "/aplomo plan")?;
        let again =
            self.shown(number, "planned again", |text| text.contains("7 ") && text.contains("→ 600"))?;
        teller.say(&quoted(&again));
        teller.heading("What is there now is approved, merged and applied");
        self.desk.approve(self.github, number)?;
        self.shown(number, "approved", |text| text.contains("by `sam-sre`") || text.contains("sam-sre"))?;
        self.desk.merge(self.github, number)?;
        self.shown(number, "applied", done)?;
        Ok(())
    }

    fn ask(&self, branch: &str, ttl: &str) -> Result<u64> {
        let text = std::fs::read_to_string(self.world.manifests().join(FILE))
            .with_context(|| format!("cannot read the example {FILE}"))?;
        let changed = text.replace(LINE, &LINE.replace("5m", ttl));
        anyhow::ensure!(changed != text, "the example {FILE} has no line `{LINE}`");
        self.desk.ask(self.github, branch, (FILE, &changed), &format!("Keep the address for {ttl}"))
    }

    fn shown(&self, number: u64, what: &str, good: impl Fn(&str) -> bool) -> Result<String> {
        self.desk.shown(self.github, number, what, good)
    }

    fn by_hand(&self) -> Result<String> {
        let aws = self.world.aws();
        let zone = aws.zones()?.into_iter().find(|zone| zone.name == "acme.example." && !zone.private);
        let zone = zone.context("the examples made no zone acme.example")?;
        let set = aws.records(&zone.id)?.into_iter().find(|set| set.kind == "AAAA" && set.name == zone.name);
        let set = set.context("the examples made no AAAA record at the apex")?;
        aws.upsert(&zone.id, &RecordSet { ttl: Some(7), ..set })?;
        Ok("acme.example. AAAA: ttl 7 (a raw Route53 call, past Aplomo)".to_owned())
    }
}

/// Whether a comment says that all is applied.
fn done(text: &str) -> bool {
    text.contains("Merged: nothing is left to do")
}

/// A comment as it is told in the terminal.
fn quoted(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("<!--"));
    lines.map(|line| format!("  | {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
