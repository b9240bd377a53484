//! A bare repository, by the system's git: one process for each question, nothing of a work tree.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;

/// What git said when it refused, or why it could not be asked.
#[derive(Debug, Clone)]
pub(crate) struct Said(pub(crate) String);

/// A repository in the folder of all of them.
#[derive(Debug, Clone)]
pub(crate) struct Bare {
    dir: PathBuf,
}

/// Name and address, and when.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) at: Timestamp,
}

impl Signature {
    /// `Olga <olga@example.com> 1700000000 +0000`, without what would end the line.
    pub(crate) fn line(&self) -> String {
        let clean = |text: &str| text.replace(['<', '>', '\n', '\0'], "");
        format!("{} <{}> {} +0000", clean(&self.name), clean(&self.email), self.at.as_second())
    }
}

/// git without anybody's configuration.
fn git(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command.arg("-C").arg(dir);
    command
}

/// Of a bare repository that is made: pushes come over HTTP, any commit can be fetched by its name, and what belongs
/// to pull requests nobody pushes to.
const SETTINGS: [(&str, &str); 3] = [
    ("http.receivepack", "true"),
    ("uploadpack.allowAnySHA1InWant", "true"),
    ("receive.hideRefs", "refs/pull"),
];

impl Bare {
    /// The repository at `owner/name.git` below a folder; it is made unless it is there.
    pub(crate) fn open(root: &Path, place: &str) -> Result<Self, Said> {
        let bare = Self { dir: root.join(place) };
        if !bare.dir.join("HEAD").exists() {
            std::fs::create_dir_all(&bare.dir).map_err(|error| Said(error.to_string()))?;
            bare.ask(&["init", "--quiet", "--bare", "--initial-branch", "main"])?;
            for (name, value) in SETTINGS {
                bare.ask(&["config", name, value])?;
            }
        }
        Ok(bare)
    }

    /// What git answers, without the last end of line.
    pub(crate) fn ask(&self, args: &[&str]) -> Result<String, Said> {
        self.feed(args, &[], None)
    }

    /// The same with variables and standard input.
    pub(crate) fn feed(
        &self,
        args: &[&str],
        variables: &[(&str, String)],
        input: Option<Vec<u8>>,
    ) -> Result<String, Said> {
        let mut command = git(&self.dir);
        command.args(args).envs(variables.iter().map(|(name, value)| (*name, value)));
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| Said(error.to_string()))?;
        // Fed from a thread of its own: git may answer before it has read everything.
        let feeder = input.zip(child.stdin.take()).map(|(input, mut stdin)| {
            std::thread::spawn(move || {
                stdin.write_all(&input).ok();
            })
        });
        let output = child.wait_with_output().map_err(|error| Said(error.to_string()))?;
        if let Some(feeder) = feeder {
            feeder.join().ok();
        }
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(Said(text.trim().to_owned()));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    }

    /// Each branch and its commit.
    pub(crate) fn branches(&self) -> Result<BTreeMap<String, String>, Said> {
        let format = "--format=%(refname:lstrip=2) %(objectname)";
        let text = self.ask(&["for-each-ref", format, "refs/heads"])?;
        let pairs = text.lines().filter_map(|line| line.rsplit_once(' '));
        Ok(pairs.map(|(name, commit)| (name.to_owned(), commit.to_owned())).collect())
    }

    /// What a full reference names.
    pub(crate) fn reference(&self, name: &str) -> Option<String> {
        self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", name]).ok()
    }

    /// `commit`, `tree`, `blob` or `tag`; nothing if there is no such object.
    pub(crate) fn sort(&self, object: &str) -> Option<String> {
        if !is_sha(object) {
            return None;
        }
        self.ask(&["cat-file", "-t", object]).ok()
    }

    /// Whether a commit is there.
    pub(crate) fn has_commit(&self, object: &str) -> bool {
        self.sort(object).as_deref() == Some("commit")
    }

    /// Sets a full reference, or removes it.
    pub(crate) fn set(&self, name: &str, commit: Option<&str>) -> Result<(), Said> {
        match commit {
            Some(commit) => self.ask(&["update-ref", name, commit]),
            None => self.ask(&["update-ref", "-d", name]),
        }
        .map(drop)
    }

    /// Whether git takes this as the name of a reference.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        self.ask(&["check-ref-format", name]).is_ok()
    }

    /// Whether the later one descends from the earlier one, or is it.
    pub(crate) fn descends(&self, later: &str, earlier: &str) -> bool {
        self.ask(&["merge-base", "--is-ancestor", earlier, later]).is_ok()
    }

    /// The tree of both together; nothing where they contradict each other.
    pub(crate) fn merged_tree(&self, base: &str, head: &str) -> Option<String> {
        let text =
            self.ask(&["merge-tree", "--write-tree", "--allow-unrelated-histories", base, head]).ok()?;
        text.lines().next().map(str::to_owned)
    }

    /// A new commit.
    pub(crate) fn commit(
        &self,
        tree: &str,
        parents: &[&str],
        message: &str,
        (author, committer): (&Signature, &Signature),
    ) -> Result<String, Said> {
        let mut args = vec!["commit-tree", tree];
        args.extend(parents.iter().flat_map(|parent| ["-p", parent]));
        let date = |one: &Signature| format!("{} +0000", one.at.as_second());
        let variables = [
            ("GIT_AUTHOR_NAME", author.name.clone()),
            ("GIT_AUTHOR_EMAIL", author.email.clone()),
            ("GIT_AUTHOR_DATE", date(author)),
            ("GIT_COMMITTER_NAME", committer.name.clone()),
            ("GIT_COMMITTER_EMAIL", committer.email.clone()),
            ("GIT_COMMITTER_DATE", date(committer)),
        ];
        self.feed(&args, &variables, Some(message.as_bytes().to_vec()))
    }

    /// Brings a commit of another repository here, with all before it.
    pub(crate) fn bring(&self, from: &Self, commit: &str) -> Result<(), Said> {
        let from = from.dir.to_string_lossy().into_owned();
        self.ask(&["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", &from, commit]).map(drop)
    }
}

/// Forty hexadecimal digits: nothing else is passed to git as an object.
pub(crate) fn is_sha(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
