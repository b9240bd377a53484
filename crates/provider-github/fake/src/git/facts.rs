//! What a bare repository tells of commits and of the differences between them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::bare::{Bare, Said, Signature};

/// A commit.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) tree: String,
    pub(crate) parents: Vec<String>,
    pub(crate) author: Signature,
    pub(crate) committer: Signature,
    pub(crate) message: String,
}

/// A file that differs.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    pub(crate) path: String,
    /// `added`, `removed` or `modified`.
    pub(crate) status: &'static str,
    pub(crate) added: u64,
    pub(crate) removed: u64,
    /// The object, of the head or, of what was removed, of the base.
    pub(crate) blob: String,
}

/// Ten fields, each ended by a zero byte, which cannot be in a commit.
const FORMAT: &str = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00";

/// One commit.
pub(crate) fn commit(bare: &Bare, sha: &str) -> Option<Commit> {
    log(bare, &["--no-walk", sha]).ok()?.into_iter().next()
}

/// What the later one has and the earlier one has not, oldest first.
pub(crate) fn between(bare: &Bare, earlier: Option<&str>, later: &str) -> Result<Vec<Commit>, Said> {
    let not = earlier.map(|earlier| format!("^{earlier}"));
    let mut args = vec!["--reverse", "--topo-order", later];
    args.extend(not.as_deref());
    log(bare, &args)
}

fn log(bare: &Bare, which: &[&str]) -> Result<Vec<Commit>, Said> {
    let mut args = vec!["log", FORMAT];
    args.extend(which);
    args.push("--");
    let text = bare.ask(&args)?;
    let fields: Vec<&str> = text.split('\0').collect();
    Ok(fields.chunks_exact(10).filter_map(read).collect())
}

fn read(fields: &[&str]) -> Option<Commit> {
    let [sha, tree, parents, an, ae, at, cn, ce, ct, message] = fields[..] else { return None };
    let signature = |name: &str, email: &str, at: &str| {
        let at = Timestamp::from_second(at.parse().ok()?).ok()?;
        Some(Signature { name: name.to_owned(), email: email.to_owned(), at })
    };
    Some(Commit {
        sha: sha.trim_start().to_owned(),
        tree: tree.to_owned(),
        parents: parents.split_whitespace().map(str::to_owned).collect(),
        author: signature(an, ae, at)?,
        committer: signature(cn, ce, ct)?,
        message: message.trim_end_matches('\n').to_owned(),
    })
}

/// The files that the head changed since it left the base. A rename is one file gone and another come.
pub(crate) fn changed(bare: &Bare, base: &str, head: &str) -> Result<Vec<Changed>, Said> {
    let since = bare.ask(&["merge-base", base, head]).unwrap_or_else(|_| base.to_owned());
    let raw = bare.ask(&["diff", "--raw", "-z", "--no-renames", "--no-abbrev", &since, head])?;
    let counts = bare.ask(&["diff", "--numstat", "-z", "--no-renames", &since, head])?;
    let counts: BTreeMap<&str, (u64, u64)> = counts.split('\0').filter_map(counted).collect();
    let mut parts = raw.split('\0');
    let mut files = Vec::new();
    // `:100644 100644 before after M`, the path, and so on.
    while let (Some(head), Some(path)) = (parts.next().filter(|head| !head.is_empty()), parts.next()) {
        let fields: Vec<&str> = head.split(' ').collect();
        let [_, _, before, after, letter] = fields[..] else { continue };
        let (added, removed) = counts.get(path).copied().unwrap_or_default();
        let (status, blob) = match letter {
            "A" => ("added", after),
            "D" => ("removed", before),
            _ => ("modified", after),
        };
        files.push(Changed { path: path.to_owned(), status, added, removed, blob: blob.to_owned() });
    }
    Ok(files)
}

/// `3\t1\tpath`; of what is no text git counts nothing.
fn counted(text: &str) -> Option<(&str, (u64, u64))> {
    let mut fields = text.splitn(3, '\t');
    let (added, removed) = (fields.next()?.parse().unwrap_or(0), fields.next()?.parse().unwrap_or(0));
    Some((fields.next()?, (added, removed)))
}
