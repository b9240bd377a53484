//! Files that are not what they should be.

use super::world::{ONE, directory, read, shown, write};
use crate::directory::read_with;
use crate::{Limits, ReadOptions, SourceError};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

#[test]
fn one_broken_manifest_among_good_ones() {
    let dir = directory(&[
        ("a.yaml", ONE),
        ("b.yaml", "kind: A\nmetadata:\n  tenant: acme\nspec: [1,\n"),
        ("c.yaml", "kind: A\n---\nbad: @x\n---\nkind: C\n"),
    ]);
    let reading = read(dir.path());
    insta::assert_snapshot!(shown(&reading), @r"
    complete: false
    manifest a.yaml:1
    manifest c.yaml:1
    manifest c.yaml:5
    Error yaml-syntax b.yaml:4:7
    Error yaml-syntax c.yaml:3:6
    because `b.yaml` is not fully readable
    because `c.yaml` is not fully readable
    ");
    assert_eq!(reading.snapshot.problems[0].tenant.as_deref(), Some("acme"));
    assert_eq!(reading.texts.line("c.yaml", 3), Some("bad: @x"));
}

#[test]
fn texts_that_are_not_utf8_name_the_place() {
    let dir = directory(&[("a.yaml", ONE)]);
    write(dir.path(), "latin.yaml", b"kind: A\nname: \"K\xc3\xb6ln caf\xe9\"\n");
    write(dir.path(), "wide.yaml", b"\xff\xfek\0i\0n\0d\0");
    let reading = read(dir.path());
    insta::assert_snapshot!(shown(&reading), @r"
    complete: false
    manifest a.yaml:1
    Error not-utf8 latin.yaml:2:16
    Error not-utf8 wide.yaml:1:1
    because `latin.yaml` is not UTF-8
    because `wide.yaml` is not UTF-8
    ");
    assert_eq!(reading.snapshot.problems[1].help.as_deref(), Some("it looks like UTF-16; save it as UTF-8"));
}

#[test]
fn pipes_and_sockets_are_not_opened() {
    let dir = directory(&[("a.yaml", ONE)]);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        dir.path().join("pipe.yaml"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(dir.path().join("socket.yml")).unwrap();
    let _other = UnixListener::bind(dir.path().join("agent.sock")).unwrap();
    insta::assert_snapshot!(shown(&read(dir.path())), @r"
    complete: false
    manifest a.yaml:1
    Error not-a-file pipe.yaml
    Error not-a-file socket.yml
    because `pipe.yaml` is not a plain file
    because `socket.yml` is not a plain file
    ");
}

#[test]
fn names_that_deceive_or_are_not_utf8_are_refused() {
    let dir = directory(&[("a.yaml", ONE), ("b\u{202e}lmay.yaml", ONE), ("c\u{200b}.txt", ONE)]);
    fs::write(dir.path().join(OsStr::from_bytes(b"caf\xe9.yaml")), ONE).unwrap();
    insta::assert_snapshot!(shown(&read(dir.path())), @r"
    complete: false
    manifest a.yaml:1
    Error file-name b\u{202e}lmay.yaml
    Error file-name caf\xe9.yaml
    because `b\u{202e}lmay.yaml` has a name that is refused
    because `caf\xe9.yaml` has a name that is refused
    ");
}

#[test]
fn an_empty_file_may_be_about_to_be_written() {
    let dir = directory(&[("a.yaml", ONE), ("b.yaml", ""), ("c.yaml", "# meant to be empty\n")]);
    insta::assert_snapshot!(shown(&read(dir.path())), @r"
    complete: false
    manifest a.yaml:1
    Warning empty-file b.yaml
    because `b.yaml` is empty and may be about to be written
    ");
}

#[test]
fn what_cannot_be_read_is_named() {
    // Reading the memory of our own process at offset 0 fails, even for root.
    insta::assert_snapshot!(shown(&read(Path::new("/proc/self/mem"))), @r"
    complete: false
    Error unreadable mem
    because a single file is not a complete source
    because `mem` cannot be read: Input/output error (os error 5)
    ");
}

#[test]
fn a_tree_that_moves_while_it_is_read_proves_nothing() {
    type Change = fn(&Path);
    let cases: [(&str, Change); 6] = [
        ("vanish", |root| fs::remove_file(root.join("b.yaml")).unwrap()),
        ("grow", |root| write(root, "b.yaml", ONE.repeat(3).as_bytes())),
        ("appear", |root| write(root, "new/c.yaml", ONE.as_bytes())),
        ("move", |root| fs::rename(root.join("b.yaml"), root.join("0.yaml")).unwrap()),
        ("swap for a link", |root| {
            fs::remove_file(root.join("b.yaml")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", root.join("b.yaml")).unwrap();
        }),
        ("all gone", |root| fs::remove_dir_all(root).unwrap()),
    ];
    let mut out = String::new();
    for (name, change) in cases {
        let dir = directory(&[("x/a.yaml", ONE), ("x/b.yaml", ONE)]);
        let root = dir.path().join("x");
        let reading = read_with(&root, &ReadOptions::default(), || change(&root)).unwrap();
        assert!(!reading.snapshot.complete, "{name}");
        assert!(!reading.texts.iter().any(|(_, text)| text.contains("root:")), "{name}");
        out.push_str(&format!("== {name}\n{}\n", shown(&reading)));
    }
    insta::assert_snapshot!(out, @r"
    == vanish
    complete: false
    manifest a.yaml:1
    Error file-vanished b.yaml
    because it changed while it was read
    because `b.yaml` vanished while the source was read
    == grow
    complete: false
    manifest a.yaml:1
    Error file-changed b.yaml
    because it changed while it was read
    because `b.yaml` changed while it was read
    == appear
    complete: false
    manifest a.yaml:1
    manifest b.yaml:1
    because it changed while it was read
    == move
    complete: false
    manifest a.yaml:1
    Error file-vanished b.yaml
    because it changed while it was read
    because `b.yaml` vanished while the source was read
    == swap for a link
    complete: false
    manifest a.yaml:1
    Error file-changed b.yaml
    because it changed while it was read
    because `b.yaml` changed while it was read
    == all gone
    complete: false
    Error file-vanished a.yaml
    Error file-vanished b.yaml
    because it changed while it was read
    because `a.yaml` vanished while the source was read
    because `b.yaml` vanished while the source was read
    ");
}

#[test]
fn directories_that_cannot_be_listed_are_named() {
    use crate::walk::{Entry, Kind, Target, Tree, walk};
    struct Locked;
    impl Tree for Locked {
        type File = ();
        fn list(&mut self, directory: &str) -> Result<Vec<Entry<()>>, String> {
            match directory {
                "" => Ok(vec![
                    Entry { name: Ok("locked".into()), kind: Kind::Directory },
                    Entry { name: Ok("gone".into()), kind: Kind::Unknown("no such file".into()) },
                ]),
                _ => Err("permission denied".into()),
            }
        }
        fn resolve(&mut self, _: &str) -> Target<()> {
            Target::Other("nothing")
        }
    }
    let found = walk(&mut Locked, &Limits::default()).unwrap();
    assert_eq!(found.incomplete, ["`gone` cannot be read", "`locked` cannot be read"]);
    assert_eq!(found.problems[1].message, "`locked` cannot be read: permission denied");
}

#[test]
fn a_path_that_cannot_name_a_source_is_an_error() {
    let dir = directory(&[("bad\u{202e}/a.yaml", ONE)]);
    let read = crate::read_directory(&dir.path().join("bad\u{202e}"), &ReadOptions::default());
    assert!(matches!(read, Err(SourceError::BadName(_))));
}
