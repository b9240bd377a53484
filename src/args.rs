//! The command line as clap sees it; the contract is cli.md.

use aplomo_core::approval::Lift;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

mod watch;
pub use watch::{BreakGlassArgs, HoldArgs, ReleaseArgs, RevertArgs, SnoozeArgs, SuspendArgs, WhyArgs};

/// Keeps a managed platform true to its manifests.
#[derive(Debug, Parser)]
#[command(
    name = "aplomo",
    version,
    about = "Keeps a managed platform true to its manifests",
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What applies to every command.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Configuration file [default: aplomo.yaml where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Only this tenant (repeatable); filters the finished plan
    #[arg(long, global = true, value_name = "NAME")]
    pub tenant: Vec<String>,
    /// Only these addresses (repeatable, glob); filters the finished plan
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// Form of the results
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Exit 2 where something differs, 1 where something could not be seen
    #[arg(long, global = true)]
    pub detailed_exitcode: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Say more (repeatable)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Forms of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For pull requests and issues.
    Markdown,
    /// A self-contained page (`drift` only).
    Html,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Parse and check manifests, touch nothing
    Validate(PathArg),
    /// What would change, and why
    Plan(PlanArgs),
    /// Approve effects, or revoke an approval
    Approve(ApproveArgs),
    /// Carry out approved changes
    Apply(ApplyArgs),
    /// What the world changed behind our back, what is unmanaged, what could not be seen
    Drift(DriftArgs),
    /// Write manifests for what already exists, such that planning them changes nothing
    Import(ImportArgs),
    /// Take a person out of everything: the edit of the manifests, its plan, and what neither reaches
    Offboard(OffboardArgs),
    /// Stop writes for a while
    Hold(HoldArgs),
    /// Open the freezes and windows of a tenant in an emergency, or close them again
    BreakGlass(BreakGlassArgs),
    /// Put drift off for a while: it stays listed, apart
    Snooze(SnoozeArgs),
    /// Let writes go on, also out of quarantine
    Release(ReleaseArgs),
    /// End a person's approvals, and take no new ones
    Suspend(SuspendArgs),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Dependency graph
    Graph(GraphArgs),
    /// Documentation of a manifest field
    Explain {
        /// KIND or KIND.FIELD, e.g. Domain.records.ttl
        field: String,
    },
    /// JSON Schema for editors
    Schema {
        /// A kind, or `config` for the configuration file; all kinds where it is left out
        kind: Option<String>,
    },
    /// The daemon
    Serve(ServeArgs),
    /// Tenants, last runs, quarantine, holds, drift age, leases
    Status(StatusArgs),
    /// Plan the way back of a run
    Revert(RevertArgs),
    /// Why something is as it is: manifest line, who asked, who approved, run, drift
    Why(WhyArgs),
    /// Rebuild the ledger after a lost store
    Recover(RecoverArgs),
    /// Completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// A directory or file of manifests.
#[derive(Debug, Args)]
pub struct PathArg {
    /// Directory or file with manifests (*.yaml, *.yml)
    pub path: PathBuf,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Directory or file with manifests
    pub path: PathBuf,
    /// Write the plan here, for `approve` and `apply --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Plan for this moment (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

/// Arguments of `approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// A plan file, or digests of effects of a plan that was shown
    #[arg(required = true, value_name = "FILE | DIGEST")]
    pub what: Vec<String>,
    /// Who approves; recorded as claimed. What needs two people needs two names
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// Lift a guard for these effects
    #[arg(long, value_name = "RULE=REASON", value_parser = parse_lift)]
    pub lift: Vec<Lift>,
    /// How long it stands, e.g. 12h or 7d
    #[arg(long, value_name = "DURATION")]
    pub expires: Option<String>,
    /// Revoke the approvals of these effects instead
    #[arg(long)]
    pub revoke: bool,
}

fn parse_lift(text: &str) -> Result<Lift, String> {
    let (rule, reason) = text.split_once('=').ok_or("has the form RULE=REASON")?;
    if reason.trim().is_empty() {
        return Err("needs a reason after the `=`".to_owned());
    }
    Ok(Lift { rule: rule.into(), reason: reason.trim().to_owned() })
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// Directory or file with manifests
    #[arg(required_unless_present = "plan", conflicts_with = "plan")]
    pub path: Option<PathBuf>,
    /// Carry out this plan file
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Approve what is planned, as the operator at the keyboard (recorded as claimed)
    #[arg(long)]
    pub auto_approve: bool,
    /// Who is at the keyboard; recorded as claimed
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `drift`.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// Directory or file with manifests
    pub path: PathBuf,
    /// Report for this moment (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// The language of Markdown and HTML: `en` or `es`
    #[arg(long, value_name = "LOCALE", default_value = "en")]
    pub locale: aplomo_texts::Locale,
    /// Remember what this report says: the next one tells what is new since
    #[arg(long, conflicts_with_all = ["as_of", "target"])]
    pub keep: bool,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("selector").args(["all", "name", "arn", "zone", "zonefile"]).required(true))]
pub struct ImportArgs {
    /// The kind to write: BranchProtection, Certificate, Domain, Environment, IamProfile, Repository or Team
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub kind: Option<String>,
    /// A manifest for everything in the tenant's account and organisation that is nobody's yet; what gets none is listed
    #[arg(long)]
    pub all: bool,
    /// The object to read, by name: a role's, a certificate's domain name, a zone's, a network's `Name` or id, a
    /// repository's, a team's, a protection's as REPOSITORY/NAME
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The object to read, by ARN
    #[arg(long, value_name = "ARN")]
    pub arn: Option<String>,
    /// The zone to read, by name or id
    #[arg(long, value_name = "NAME")]
    pub zone: Option<String>,
    /// A BIND zone file to convert instead
    #[arg(long, value_name = "FILE")]
    pub zonefile: Option<PathBuf>,
    /// Origin of the zone file, where it does not say
    #[arg(long, value_name = "NAME", requires = "zonefile")]
    pub origin: Option<String>,
    /// The organisation on GitHub to look in [default: the tenant's, as it was applied]
    #[arg(long, value_name = "LOGIN", conflicts_with = "zonefile")]
    pub organization: Option<String>,
    /// A region to look in (repeatable) [default: the tenant's, else the configured one]
    #[arg(long, value_name = "REGION", conflicts_with = "zonefile")]
    pub region: Vec<String>,
    /// Take it over: write `lifecycle.adopt` with its id; always so with `--all`, for certificates, for networks and on GitHub
    #[arg(long, conflicts_with = "zonefile")]
    pub adopt: bool,
    /// Write the manifest to this file, or those of `--all` into this directory, instead of to standard output
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

/// Arguments of `offboard`.
#[derive(Debug, Args)]
pub struct OffboardArgs {
    /// The person's login on GitHub
    pub login: String,
    /// Directory or file with manifests [default: the directories among the configured sources]
    pub path: Option<PathBuf>,
    /// A mail address that is theirs alone (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub email: Vec<String>,
    /// Write the edited manifests, for you to commit
    #[arg(long)]
    pub write: bool,
}

/// The audit commands.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// The newest entries
    Log {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One entry in full
    Show {
        /// `tenant:number`, or the beginning of a hash
        id: String,
    },
    /// Prove the log; exit 1 names what does not hold
    Verify {
        /// A head that was published elsewhere: also finds a cut tail or a rewrite
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
        /// Verify an exported file instead of the store
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Write the chain of a tenant as JSON lines that verify alone
    Export {
        /// Write here instead of to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// Directory or file with manifests
    pub path: PathBuf,
    /// The form of the graph
    #[arg(long = "as", value_enum, default_value_t = GraphForm::Dot)]
    pub form: GraphForm,
}

/// Forms of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphForm {
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on, instead of the configuration's
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// A directory with manifests, where the configuration names no source
    pub path: Option<PathBuf>,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Break the lease of this tenant: only when its holder is gone
    #[arg(long, value_name = "TENANT", requires = "reason")]
    pub unlock: Option<String>,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
}

/// Arguments of `recover`.
#[derive(Debug, Args)]
pub struct RecoverArgs {
    /// Directory with the manifests that were applied
    pub path: PathBuf,
    /// An exported audit log (repeatable)
    #[arg(long, value_name = "FILE")]
    pub log: Vec<PathBuf>,
}
