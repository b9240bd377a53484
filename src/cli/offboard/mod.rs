//! `aplomo offboard LOGIN`: takes a person out of everything that manifests manage.
//!
//! It makes the edit, not the change: what is wished is YAML in git, so a person commits the edit and
//! approves its plan. Everything that an edit does not reach is listed. Deliberately absent: which manifests
//! name whom (the catalog), how text is cut (`source`).

mod edit;
mod report;

use super::shared::{manifest_errors, say_problems};
use crate::args::{Format, OffboardArgs};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::history;
use aplomo_catalog::Accounts;
use aplomo_catalog::offboard::{Offboarding, Person, offboard};
use aplomo_core::address::AddressPattern;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{Address, Plan};
use aplomo_engine::{Engine, PlanOptions, Planned};
use aplomo_source::Reading;
use edit::Edited;
use report::Report;
use std::path::PathBuf;

/// A source that was read.
struct Source {
    /// What the files in it are below.
    root: PathBuf,
    reading: Reading,
}

/// Computes the edit, writes it where that is asked for, and plans it.
///
/// # Errors
/// Where nothing can be read, a file changed meanwhile, or the store fails.
pub async fn run(cx: &Cx, args: &OffboardArgs) -> Result<Exit, Failure> {
    let who = Person::new(&args.login, &args.email).map_err(Failure::usage)?;
    let sources = read(cx, args)?;
    let snapshots: Vec<Snapshot> = sources.iter().map(|s| s.reading.snapshot.clone()).collect();
    let found = offboard(&snapshots, who);
    let edited = edit::edit(&sources, &found)?;
    if args.write {
        edit::write(&sources, &edited)?;
    }
    let engine = cx.engine().await?;
    let mut planned = plan(cx, &engine, &sources, &edited).await?;
    let part = narrowed(&planned.plan, &snapshots, &edited);
    let whole = std::mem::replace(&mut planned.plan, part);
    engine.keep_plan(&planned.plan).await?;
    let report = Report::new(cx, &found, &edited, (&planned, &whole), args.write);
    match cx.common.format {
        Format::Json => cx.out.json(&report)?,
        Format::Markdown | Format::Html => cx.out.result(&report.markdown(&planned.plan)),
        Format::Text => cx.out.result(&report.text(cx, &planned.plan, &sources)),
    }
    say_problems(cx, &planned);
    Ok(judge(cx, &planned, &report))
}

/// The path that was given, or every configured directory.
fn read(cx: &Cx, args: &OffboardArgs) -> Result<Vec<Source>, Failure> {
    let paths: Vec<PathBuf> = match &args.path {
        Some(path) => vec![path.clone()],
        None => cx.config.sources.iter().filter_map(|source| source.path.clone()).collect(),
    };
    if paths.is_empty() {
        return Err(Failure::usage(
            "give the PATH of the manifests: no source of the configuration is a directory",
        ));
    }
    paths.iter().map(|path| source(cx, path)).collect()
}

fn source(cx: &Cx, path: &std::path::Path) -> Result<Source, Failure> {
    let full = cx.env.cwd.join(path);
    let root = if full.is_file() { full.parent().map_or_else(|| full.clone(), PathBuf::from) } else { full };
    Ok(Source { root, reading: cx.read(path)? })
}

async fn plan(cx: &Cx, engine: &Engine, sources: &[Source], edited: &Edited) -> Result<Planned, Failure> {
    let mut snapshots = edited.snapshots.clone();
    let mut options = PlanOptions::default();
    for (snapshot, source) in snapshots.iter_mut().zip(sources) {
        if let Some(reason) = history::check(&engine.store, snapshot, &source.root).await? {
            options.held.insert(snapshot.name.clone(), reason);
        }
    }
    // As `plan` would after the commit, so that its effects have the same digests.
    options.secrets = snapshots.iter().all(super::shared::is_real);
    let planned = engine.plan(&snapshots, &options).await?;
    Ok(Planned { plan: super::shared::filtered(cx, planned.plan.clone())?, ..planned })
}

/// The part of the plan that follows from the edit: what is pending anyway is not of this matter.
fn narrowed(plan: &Plan, before: &[Snapshot], edited: &Edited) -> Plan {
    let nobody = Accounts::default();
    let (old, new) =
        (aplomo_catalog::expand(before, &nobody), aplomo_catalog::expand(&edited.snapshots, &nobody));
    let differs = |address: &&Address| {
        let wish = |state: &aplomo_core::DesiredState| {
            state.resources.get(*address).map(|want| (want.wanted.clone(), want.until))
        };
        wish(&old) != wish(&new)
    };
    let all = old.resources.keys().chain(new.resources.keys());
    let targets = all.filter(differs).map(|address| AddressPattern(address.as_str().into()));
    // No address begins so: where nothing differs, nothing is shown.
    let none = AddressPattern("-".into());
    let targets: Vec<_> = targets.chain([none]).collect();
    aplomo_planner::filter(plan.clone(), &[], &targets)
}

fn judge(cx: &Cx, planned: &Planned, report: &Report<'_>) -> Exit {
    if manifest_errors(planned) {
        return Exit::Invalid;
    }
    if cx.common.detailed_exitcode && report.is_open() {
        return Exit::Differs;
    }
    let unseen = !planned.plan.unverifiable.is_empty();
    if !planned.problems.is_empty() || (cx.common.detailed_exitcode && unseen) {
        return Exit::Failed;
    }
    Exit::Done
}

/// What is left to do by hand, of those who were found.
fn by_hand(found: &Offboarding) -> impl Iterator<Item = &aplomo_catalog::offboard::Named> {
    found.named.iter().filter(|named| named.mention.by_hand.is_some())
}
