//! Directories as they should be, and links in them.

use super::world::{ONE, directory, read, shown, write};
use crate::{Limits, ReadOptions, SourceError, read_directory};
use std::os::unix::fs::symlink;
use std::path::Path;

#[test]
fn manifests_are_read_in_order_and_hidden_things_are_not() {
    let dir = directory(&[
        ("b/z.yml", ONE),
        ("a.yaml", "kind: A\n---\nkind: B\n"),
        ("b/a.yaml", ONE),
        (".github/x.yaml", "no: ["),
        (".pre-commit-config.yaml", "no: ["),
        ("README.md", "no: ["),
    ]);
    let reading = read(dir.path());
    insta::assert_snapshot!(shown(&reading), @r"
    complete: true
    manifest a.yaml:1
    manifest a.yaml:3
    manifest b/a.yaml:1
    manifest b/z.yml:1
    ");
    assert!(reading.snapshot.name.as_str().starts_with("dir:/"));
    assert_eq!(reading.snapshot.commit, None);
    assert_eq!(reading.texts.line("a.yaml", 3), Some("kind: B"));
    assert_eq!(reading.texts.len(), 3);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_tolerated() {
    let dir = directory(&[("a.yaml", "\u{feff}kind: A\r\nspec: 1\r\n")]);
    let reading = read(dir.path());
    assert!(reading.snapshot.complete, "{}", shown(&reading));
    let root = &reading.snapshot.manifests[0].root;
    assert_eq!((root.at.line, root.at.column), (1, 1));
    assert_eq!(root.locate("/spec").line, 2);
}

#[test]
fn a_single_file_is_read_but_never_complete() {
    let dir = directory(&[("a.yaml", ONE)]);
    insta::assert_snapshot!(shown(&read(&dir.path().join("a.yaml"))), @r"
    complete: false
    manifest a.yaml:1
    because a single file is not a complete source
    ");
}

#[test]
fn a_part_of_a_source_is_never_complete() {
    let dir = directory(&[("a.yaml", ONE)]);
    let options = ReadOptions { partial: Some("it is part of `platform`".into()), ..ReadOptions::default() };
    let reading = read_directory(dir.path(), &options).unwrap();
    assert!(!reading.snapshot.complete);
    assert_eq!(reading.snapshot.incomplete_because, ["it is part of `platform`"]);
}

#[test]
fn what_is_not_there_or_no_directory_is_an_error() {
    let missing = read_directory(Path::new("/nowhere/at/all"), &ReadOptions::default());
    assert!(matches!(missing, Err(SourceError::NotFound { .. })));
    let dir = directory(&[("a.yaml", ONE)]);
    let through = read_directory(&dir.path().join("a.yaml/b"), &ReadOptions::default());
    assert!(matches!(through, Err(SourceError::NotFound { .. })));
    let device = read_directory(Path::new("/dev/null"), &ReadOptions::default());
    assert!(matches!(device, Err(SourceError::NotAFile { what: "a device", .. })));
}

#[test]
fn nothing_to_read_is_an_error_and_proves_nothing() {
    let dir = directory(&[]);
    insta::assert_snapshot!(shown(&read(dir.path())), @r"
    complete: false
    Error no-manifests -
    because no manifests were found
    ");
    let dir = directory(&[("a.yaml", "# nothing yet\n"), ("b.txt", "x")]);
    insta::assert_snapshot!(shown(&read(dir.path())), @r"
    complete: false
    Error no-manifests -
    because no manifests were found
    ");
}

#[test]
fn links_inside_are_followed_once_and_links_out_are_refused() {
    let outside = directory(&[("secret.yaml", ONE), ("more/x.yaml", ONE)]);
    let dir = directory(&[("real/a.yaml", ONE), ("..data/b.yaml", ONE), ("notes.txt", ONE)]);
    let at = |name: &str| dir.path().join(name);
    symlink("real", at("alias")).unwrap();
    symlink("..", at("real/up")).unwrap();
    symlink("..data/b.yaml", at("b.yaml")).unwrap();
    symlink("notes.txt", at("notes.yaml")).unwrap();
    symlink(outside.path().join("secret.yaml"), at("out.yaml")).unwrap();
    symlink(outside.path().join("more"), at("more")).unwrap();
    symlink(outside.path().join("secret.yaml"), at("unrelated")).unwrap();
    symlink("gone.yaml", at("broken.yaml")).unwrap();
    symlink("circle.yaml", at("circle.yaml")).unwrap();
    insta::assert_snapshot!(shown(&read(dir.path())), @r"
    complete: false
    manifest b.yaml:1
    manifest notes.yaml:1
    manifest real/a.yaml:1
    Error broken-link broken.yaml
    Error broken-link circle.yaml
    Error symlink-escape more
    Error symlink-escape out.yaml
    because `broken.yaml` is a broken symbolic link
    because `circle.yaml` is a broken symbolic link
    because `more` is a symbolic link out of the source
    because `out.yaml` is a symbolic link out of the source
    ");
}

#[test]
fn the_path_itself_may_be_a_link() {
    let dir = directory(&[("real/a.yaml", ONE)]);
    symlink("real", dir.path().join("alias")).unwrap();
    assert!(read(&dir.path().join("alias")).snapshot.complete);
}

#[test]
fn too_many_files_and_directories_too_deep() {
    let dir = directory(&[("a.yaml", ONE), ("b.yaml", ONE), ("c.yaml", ONE), ("d/e/f/g.yaml", ONE)]);
    let options = |limits| ReadOptions { limits, ..ReadOptions::default() };
    let few = options(Limits { files: 2, ..Limits::default() });
    insta::assert_snapshot!(shown(&read_directory(dir.path(), &few).unwrap()), @r"
    complete: false
    manifest a.yaml:1
    manifest b.yaml:1
    Error too-many-files -
    because it has more than 2 manifest files
    ");
    let shallow = options(Limits { directory_depth: 2, ..Limits::default() });
    insta::assert_snapshot!(shown(&read_directory(dir.path(), &shallow).unwrap()), @r"
    complete: false
    manifest a.yaml:1
    manifest b.yaml:1
    manifest c.yaml:1
    Error tree-too-deep d/e/f
    because `d/e/f` lies too deep to be read
    ");
}

#[test]
fn bytes_are_bounded_for_each_file_and_for_all() {
    let dir =
        directory(&[("a.yaml", ONE), ("b.yaml", &"# x\n".repeat(100)), ("c.yaml", ONE), ("d.yaml", ONE)]);
    let limits = Limits { file_bytes: 200, total_bytes: 100, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    insta::assert_snapshot!(shown(&read_directory(dir.path(), &options).unwrap()), @r"
    complete: false
    manifest a.yaml:1
    manifest c.yaml:1
    Error file-too-large b.yaml
    Error source-too-large -
    because `b.yaml` is too large
    because its files have more than 100 bytes together
    ");

    // A sparse file of 100 MB takes no room; it is refused by its size alone.
    let big = directory(&[("a.yaml", ONE)]);
    std::fs::File::create(big.path().join("big.yaml")).unwrap().set_len(100 << 20).unwrap();
    let reading = read(big.path());
    let message = &reading.snapshot.problems[0].message;
    assert_eq!(message, "`big.yaml` has 100 MiB; at most 8 MiB are read");
    assert!(!reading.snapshot.complete && reading.snapshot.manifests.len() == 1);
}

#[test]
fn a_budget_over_all_files_drops_everything_whatever_thread_was_first() {
    let dir = directory(&[]);
    for i in 0..20 {
        write(dir.path(), &format!("{i}.yaml"), format!("a: [{}]\n", "1,".repeat(100)).as_bytes());
    }
    let limits = Limits { total_nodes: 500, ..Limits::default() };
    let reading = read_directory(dir.path(), &ReadOptions { limits, ..ReadOptions::default() }).unwrap();
    insta::assert_snapshot!(shown(&reading), @r"
    complete: false
    Error source-too-large -
    because it holds more than 500 values
    ");
}
