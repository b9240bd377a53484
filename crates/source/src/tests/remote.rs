//! Fetching from a bare repository by path, and reading commits.

use super::world::{ONE, Put, commit, directory, shown, tree};
use crate::{Auth, GitRemote, ReadOptions, SourceError, is_descendant, read_commit};
use aplomo_core::CommitId;
use git2::{Oid, Repository};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

struct World {
    dir: TempDir,
    repo: Repository,
}

impl World {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let repo = Repository::init_bare(dir.path().join("remote.git")).unwrap();
        Self { dir, repo }
    }
    fn cache(&self) -> PathBuf {
        self.dir.path().join("cache")
    }
    fn remote(&self) -> GitRemote {
        remote(&format!("file://{}", self.repo.path().display()))
    }
    fn commit(&self, files: &[(&str, &str)], parents: &[Oid]) -> Oid {
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, Put::File(text))).collect();
        commit(&self.repo, tree(&self.repo, &files), parents)
    }
    fn fetch(&self) -> CommitId {
        self.remote().fetch(&self.cache()).unwrap().head
    }
}

fn remote(url: &str) -> GitRemote {
    GitRemote {
        url: url.to_owned(),
        branch: "main".to_owned(),
        sub_path: String::new(),
        auth: Auth::None,
        known_hosts: None,
        timeout: Duration::from_secs(60),
    }
}

fn id(oid: Oid) -> CommitId {
    CommitId::new(oid.to_string()).unwrap()
}

fn read(cache: &Path, commit: &CommitId, sub_path: &str) -> Result<crate::Reading, SourceError> {
    read_commit(cache, commit, sub_path, &ReadOptions::default())
}

#[test]
fn a_branch_is_fetched_followed_and_read_without_a_work_tree() {
    let world = World::new();
    let first = world.commit(&[("m/a.yaml", ONE), ("m/.hidden/x.yaml", "["), ("README.md", "x")], &[]);
    let fetched = world.remote().fetch(&world.cache()).unwrap();
    assert_eq!((fetched.head, fetched.cloned), (id(first), true));
    let second = world.commit(&[("m/a.yaml", ONE), ("m/b.yaml", "[")], &[first]);
    let fetched = world.remote().fetch(&world.cache()).unwrap();
    assert_eq!((fetched.head, fetched.cloned), (id(second), false));

    let remote = GitRemote { sub_path: "m".into(), ..world.remote() };
    let reading = remote.read(&world.cache(), &id(first), &ReadOptions::default()).unwrap();
    insta::assert_snapshot!(shown(&reading), @r"
    complete: true
    manifest a.yaml:1
    ");
    assert_eq!(reading.snapshot.commit, Some(id(first)));
    assert!(reading.snapshot.path.ends_with("remote.git///m"), "{}", reading.snapshot.path);
    insta::assert_snapshot!(shown(&read(&world.cache(), &id(second), "m/").unwrap()), @r"
    complete: false
    manifest a.yaml:1
    Error yaml-syntax b.yaml:1:1
    because `b.yaml` is not fully readable
    ");
    assert!(is_descendant(&world.cache(), &id(first), &id(second)).unwrap());
    assert!(is_descendant(&world.cache(), &id(second), &id(second)).unwrap());
    assert!(!is_descendant(&world.cache(), &id(second), &id(first)).unwrap());
}

#[test]
fn a_force_push_does_not_descend() {
    let world = World::new();
    let first = world.commit(&[("a.yaml", ONE)], &[]);
    let second = world.commit(&[("a.yaml", ONE), ("b.yaml", ONE)], &[first]);
    assert_eq!(world.fetch(), id(second));
    world.repo.reference("refs/heads/main", first, true, "back").unwrap();
    let back = world.fetch();
    assert_eq!(back, id(first));
    assert!(!is_descendant(&world.cache(), &id(second), &back).unwrap());
    let other = world.commit(&[("c.yaml", ONE)], &[]);
    let head = world.fetch();
    assert_eq!(head, id(other));
    assert!(!is_descendant(&world.cache(), &id(second), &head).unwrap());
    assert!(read(&world.cache(), &id(second), "").is_ok(), "the old commit is still known");
    let unknown = CommitId::new("1".repeat(40)).unwrap();
    assert!(!is_descendant(&world.cache(), &unknown, &head).unwrap());
    let missing = is_descendant(&world.cache(), &head, &unknown);
    assert!(matches!(missing, Err(SourceError::CommitMissing { .. })));
    let short = CommitId::new("abc").unwrap();
    assert!(matches!(read(&world.cache(), &short, ""), Err(SourceError::CommitMissing { .. })));
}

#[test]
fn a_sub_path_that_is_missing_is_an_error_and_not_an_empty_source() {
    let world = World::new();
    world.commit(&[("m/a.yaml", ONE)], &[]);
    let head = world.fetch();
    for sub_path in ["gone", "m/gone", "m/a.yaml"] {
        let missing = read(&world.cache(), &head, sub_path);
        assert!(matches!(missing, Err(SourceError::SubPathMissing { .. })), "{sub_path}");
    }
    for sub_path in ["../m", "/m", "m/../.."] {
        assert!(matches!(read(&world.cache(), &head, sub_path), Err(SourceError::BadSubPath { .. })));
    }
    assert!(read(&world.cache(), &head, "./m/").unwrap().snapshot.complete);
}

#[test]
fn links_and_submodules_of_a_commit() {
    let world = World::new();
    let entries = [
        ("m/a.yaml", Put::File(ONE)),
        ("m/..data/b.yaml", Put::File(ONE)),
        ("m/b.yaml", Put::Link("..data/b.yaml")),
        ("m/alias", Put::Link("../m")),
        ("m/circle.yaml", Put::Link("circle.yaml")),
        ("m/broken.yaml", Put::Link("gone.yaml")),
        ("m/through.yaml", Put::Link("a.yaml/x")),
        ("m/abs.yaml", Put::Link("/etc/passwd")),
        ("m/out.yaml", Put::Link("../other/c.yaml")),
        ("m/outdir", Put::Link("../other")),
        ("m/readme", Put::Link("../../README.md")),
        ("m/sub", Put::Submodule),
        ("other/c.yaml", Put::File(ONE)),
    ];
    commit(&world.repo, tree(&world.repo, &entries), &[]);
    let head = world.fetch();
    insta::assert_snapshot!(shown(&read(&world.cache(), &head, "m").unwrap()), @r"
    complete: false
    manifest a.yaml:1
    manifest b.yaml:1
    Warning submodule sub
    Error symlink-escape abs.yaml
    Error broken-link broken.yaml
    Error broken-link circle.yaml
    Error symlink-escape out.yaml
    Error symlink-escape outdir
    Error broken-link through.yaml
    because `sub` is a git submodule
    because `abs.yaml` is a symbolic link out of the source
    because `broken.yaml` is a broken symbolic link
    because `circle.yaml` is a broken symbolic link
    because `out.yaml` is a symbolic link out of the source
    because `outdir` is a symbolic link out of the source
    because `through.yaml` is a broken symbolic link
    ");
}

#[test]
fn an_empty_file_in_a_commit_is_meant() {
    let world = World::new();
    world.commit(&[("a.yaml", ONE), ("b.yaml", "")], &[]);
    let head = world.fetch();
    insta::assert_snapshot!(shown(&read(&world.cache(), &head, "").unwrap()), @r"
    complete: true
    manifest a.yaml:1
    Warning empty-file b.yaml
    ");
}

#[test]
fn a_damaged_cache_is_made_anew_once() {
    let world = World::new();
    let first = world.commit(&[("m/a.yaml", ONE)], &[]);
    world.fetch();
    let breaks: [fn(&Path); 3] = [
        |cache| fs::remove_file(cache.join("HEAD")).unwrap(),
        |cache| fs::remove_dir_all(cache.join("objects")).unwrap(),
        |cache| fs::write(cache.join("config"), "[rubbish").unwrap(),
    ];
    for damage in breaks {
        damage(&world.cache());
        let fetched = world.remote().fetch(&world.cache()).unwrap();
        assert_eq!((fetched.head, fetched.cloned), (id(first), true));
        assert!(read(&world.cache(), &id(first), "m").unwrap().snapshot.complete);
    }
}

#[test]
fn damage_found_while_reading_is_mended_by_the_next_fetch() {
    let world = World::new();
    world.commit(&[("m/a.yaml", ONE)], &[]);
    let head = world.fetch();
    remove_objects(&world.cache().join("objects"));
    let damaged = read(&world.cache(), &head, "m");
    assert!(damaged.is_err());
    assert!(world.remote().fetch(&world.cache()).unwrap().cloned);
    assert!(read(&world.cache(), &head, "m").unwrap().snapshot.complete);
}

fn remove_objects(dir: &Path) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { remove_objects(&path) } else { fs::remove_file(path).unwrap() }
    }
}

#[test]
fn a_directory_of_somebody_else_is_never_removed() {
    let world = World::new();
    world.commit(&[("a.yaml", ONE)], &[]);
    let precious = directory(&[("thesis.txt", "years of work")]);
    let refused = world.remote().fetch(precious.path());
    assert!(matches!(refused, Err(SourceError::NotACache { .. })));
    assert!(precious.path().join("thesis.txt").exists());
}

#[test]
fn what_can_go_wrong_with_a_remote_is_told_apart() {
    let world = World::new();
    world.commit(&[("a.yaml", ONE)], &[]);
    let fetch = |remote: GitRemote| remote.fetch(&world.cache()).unwrap_err();
    let branch = fetch(GitRemote { branch: "trunk".into(), ..world.remote() });
    assert!(branch.to_string().ends_with("has no branch `trunk`; it has `main`"), "{branch}");
    assert!(matches!(
        fetch(GitRemote { branch: "a..b".into(), ..world.remote() }),
        SourceError::BadBranch { .. }
    ));
    let gone = fetch(remote("file:///nowhere/at/all.git"));
    assert!(matches!(gone, SourceError::Unreachable { .. }), "{gone}");
    assert!(matches!(fetch(remote("git://x/y")), SourceError::BadUrl { .. }));

    // A port that was just free: nobody answers there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = fetch(remote(&format!("http://127.0.0.1:{port}/x.git")));
    assert!(matches!(closed, SourceError::Unreachable { .. }), "{closed}");
    let empty = TempDir::new().unwrap();
    Repository::init_bare(empty.path()).unwrap();
    let none = fetch(remote(&empty.path().display().to_string()));
    assert!(none.to_string().contains("no branches at all"), "{none}");
}

/// Answers every request on a free port with these bytes, until the listener's thread ends with the test.
fn server(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
    use std::io::{Read, Write};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/acme/repo.git", listener.local_addr().unwrap().port());
    let thread = std::thread::spawn(move || {
        let mut heard = String::new();
        listener.set_nonblocking(false).unwrap();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let n = stream.read(&mut buffer).unwrap_or(0);
            let text = String::from_utf8_lossy(&buffer[..n]).into_owned();
            heard.push_str(&text);
            if text.starts_with("STOP") {
                return heard;
            }
            let _ = stream.write_all(answer.as_bytes());
        }
        heard
    });
    (url, thread)
}

fn stop(url: &str, thread: std::thread::JoinHandle<String>) -> String {
    use std::io::Write;
    let place = url.split('/').nth(2).unwrap();
    std::net::TcpStream::connect(place).unwrap().write_all(b"STOP").unwrap();
    thread.join().unwrap()
}

#[test]
fn a_refused_token_is_an_error_that_does_not_show_it() {
    let world = World::new();
    let token = "ghp_verysecrettoken";
    for (answer, words) in [
        (
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"ghp_verysecrettoken\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            "refuses access",
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "refuses access"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "no such repository"),
        (
            "HTTP/1.1 301 Moved\r\nLocation: http://elsewhere.invalid/x.git\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            "redirects to other hosts are not followed",
        ),
    ] {
        let (url, thread) = server(answer);
        let remote = GitRemote { auth: Auth::Token(token.into()), ..remote(&url) };
        let error = remote.fetch(&world.cache()).unwrap_err();
        let heard = stop(&url, thread);
        assert!(error.to_string().contains(words), "{error}");
        let all = format!("{error} {error:?} {remote:?}");
        assert!(!all.contains(token), "{all}");
        assert_eq!(
            answer.contains("401"),
            heard.contains("Authorization: Basic"),
            "sent only when asked for"
        );
    }
}

#[test]
fn a_password_in_the_address_is_refused_and_not_shown() {
    let world = World::new();
    let remote = remote("https://me:hunter2@git.example/a.git");
    let error = remote.fetch(&world.cache()).unwrap_err();
    let all = format!("{error} {error:?} {remote:?} {}", remote.shown_url());
    assert!(!all.contains("hunter2"), "{all}");
}

#[test]
fn a_remote_that_never_answers_does_not_hold_us_and_keeps_the_cache_claimed() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/x.git", listener.local_addr().unwrap().port());
    let remote = GitRemote { timeout: Duration::from_millis(200), ..remote(&url) };
    let error = remote.fetch(&world.cache()).unwrap_err();
    assert!(matches!(error, SourceError::TimedOut { .. }), "{error}");
    let busy = remote.fetch(&world.cache()).unwrap_err();
    assert!(matches!(busy, SourceError::Busy { .. }), "{busy}");
    drop(listener.accept());
    drop(listener);
}

#[test]
fn a_server_that_hangs_up_is_unreachable() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || drop(listener.accept()));
    let remote = GitRemote { auth: Auth::SshAgent, ..remote(&format!("ssh://git@127.0.0.1:{port}/x.git")) };
    let error = remote.fetch(&world.cache()).unwrap_err();
    thread.join().unwrap();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}
