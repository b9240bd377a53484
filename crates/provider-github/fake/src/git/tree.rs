//! Making trees, by `git fast-import`: one process however many files, and no work tree.

use super::bare::{Bare, Said, Signature, is_sha};

/// Where the commit that carries a new tree is put, until the tree is known.
const SPARE: &str = "refs/fake/tree";

/// What becomes of one path.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A file with this mode and content.
    Content(String, Vec<u8>),
    /// What an object of this mode is.
    Object(String, String),
    Gone,
}

/// The tree of a former tree with some paths changed.
pub(crate) fn make(bare: &Bare, former: Option<&str>, entries: &[(String, Entry)]) -> Result<String, Said> {
    let nobody = Signature { name: "x".to_owned(), email: "x".to_owned(), at: jiff::Timestamp::UNIX_EPOCH };
    let mut script = format!("commit {SPARE}\ncommitter {}\ndata 0\n", nobody.line()).into_bytes();
    if let Some(former) = former {
        script.extend(format!("M 040000 {former} \"\"\n").bytes());
    }
    for (path, entry) in entries {
        let path = quoted(path)?;
        match entry {
            Entry::Gone => script.extend(format!("D {path}\n").bytes()),
            Entry::Object(mode, object) if is_sha(object) => {
                script.extend(format!("M {mode} {object} {path}\n").bytes());
            }
            Entry::Object(_, object) => return Err(Said(format!("{object} is no object"))),
            Entry::Content(mode, content) => {
                script.extend(format!("M {mode} inline {path}\ndata {}\n", content.len()).bytes());
                script.extend(content);
                script.push(b'\n');
            }
        }
    }
    script.extend(b"\ndone\n");
    bare.feed(&["fast-import", "--quiet", "--done", "--force"], &[], Some(script))?;
    let tree = bare.ask(&["rev-parse", "--verify", &format!("{SPARE}^{{tree}}")])?;
    bare.set(SPARE, None)?;
    Ok(tree)
}

/// As git reads a path whatever is in it. What would leave the tree, or be git's own folder, is refused.
fn quoted(path: &str) -> Result<String, Said> {
    let bad =
        |part: &str| part.is_empty() || part == "." || part == ".." || part.eq_ignore_ascii_case(".git");
    if path.split('/').any(bad) || path.contains('\0') {
        return Err(Said("tree.path contains a malformed path component".to_owned()));
    }
    let escaped = path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    Ok(format!("\"{escaped}\""))
}
