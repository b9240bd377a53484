//! Cuts in the layouts that people write.

use super::*;

/// The text without the part, in its first document.
fn without(text: &str, pointer: &str) -> Result<String, Stays> {
    let parsed = parse_documents(&Arc::from("text"), text, &Limits::default());
    cut(text, parsed.documents[0].at, pointer)
}

#[track_caller]
fn cuts(text: &str, pointer: &str, wished: &str) {
    assert_eq!(without(text, pointer).as_deref(), Ok(wished));
    // Line ends of another system stay.
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(without(&crlf, pointer).map(|t| t.replace("\r\n", "\n")).as_deref(), Ok(wished), "CRLF");
}

#[test]
fn an_item_goes_with_its_line_and_comments_of_their_own_stay() {
    let text =
        "# héad\nmembers:\n  # on call\n  - ana  # until June\n  - ben\n\n  # last\n  - eva\nmore: 1\n";
    cuts(text, "/members/0", "# héad\nmembers:\n  # on call\n  - ben\n\n  # last\n  - eva\nmore: 1\n");
    cuts(
        text,
        "/members/1",
        "# héad\nmembers:\n  # on call\n  - ana  # until June\n\n  # last\n  - eva\nmore: 1\n",
    );
    cuts(
        text,
        "/members/2",
        "# héad\nmembers:\n  # on call\n  - ana  # until June\n  - ben\n\n  # last\nmore: 1\n",
    );
    // Without indentation, and without a line end at the end.
    cuts("a:\n- x\n- y", "/a/1", "a:\n- x\n");
}

#[test]
fn a_mapping_goes_with_all_of_its_lines() {
    let text = "contacts:\n  - name: Ana\n    github: ana\n    # how to reach\n    role: security\n  - {name: Ben, role: requester}\n";
    cuts(text, "/contacts/0", "contacts:\n  - {name: Ben, role: requester}\n");
    let text =
        "users:\n  ana:\n    permission: write\n  ben: {permission: read}\nnotes: |\n  ana\n\nend: 1\n";
    cuts(text, "/users/ana", "users:\n  ben: {permission: read}\nnotes: |\n  ana\n\nend: 1\n");
    cuts(text, "/notes", "users:\n  ana:\n    permission: write\n  ben: {permission: read}\n\nend: 1\n");
}

#[test]
fn between_brackets_one_comma_goes_too() {
    cuts("m: [ana, 'ben', eva]  # all\n", "/m/0", "m: ['ben', eva]  # all\n");
    cuts("m: [ana, 'ben', eva]  # all\n", "/m/1", "m: [ana, eva]  # all\n");
    cuts("m: [ana, 'ben', eva]  # all\n", "/m/2", "m: [ana, 'ben']  # all\n");
    cuts("m: { ana: {p: w}, \"ben\": r }\n", "/m/ana", "m: { \"ben\": r }\n");
    cuts("m: { ana: {p: w}, \"ben\": r }\n", "/m/ben", "m: { ana: {p: w} }\n");
    cuts("m: [\n  ana,\n  ben,\n]\n", "/m/0", "m: [\n  ben,\n]\n");
    cuts("m: [\n  ana,\n  ben,\n]\n", "/m/1", "m: [\n  ana,\n]\n");
}

#[test]
fn what_becomes_empty_is_still_written() {
    cuts(
        "spec:\n  bypass:  # nobody else\n    - user: ana\n      mode: always\n  x: 1\n",
        "/spec/bypass/0",
        "spec:\n  bypass: []  # nobody else\n  x: 1\n",
    );
    cuts("users:\n  ana: write\n", "/users/ana", "users: {}\n");
    cuts("m: [ ana, ]\n", "/m/0", "m: []\n");
    cuts("m: {users: {ana: write}}\n", "/m/users/ana", "m: {users: {}}\n");
}

#[test]
fn the_document_that_is_meant_is_cut() {
    let text = "# only a comment\n---\nm: [ana, b]\n---\n~\n---\nm: [ana, c]\n...\n";
    let parsed = parse_documents(&Arc::from("text"), text, &Limits::default());
    let at = |n: usize| parsed.documents[n].at;
    assert_eq!(cut(text, at(1), "/m/0").unwrap(), text.replace("[ana, c]", "[c]"));
    assert_eq!(cut(text, at(0), "/m/0").unwrap(), text.replace("[ana, b]", "[b]"));
}

#[test]
fn what_is_shared_or_not_there_stays() {
    let shared = "a: &all\n  - ana\n  - ben\nb: *all\n";
    assert_eq!(without(shared, "/a/0"), Err(Stays::More), "the alias would lose it too");
    assert_eq!(without(shared, "/b/0"), Err(Stays::Elsewhere));
    assert_eq!(
        without("base: &b {ana: w}\nusers:\n  <<: *b\n  ben: r\n", "/users/ana"),
        Err(Stays::Elsewhere)
    );
    assert_eq!(without("a: [x]\n", "/a/7"), Err(Stays::Elsewhere));
    assert_eq!(without("a: x\n", "/a/0"), Err(Stays::Elsewhere));
    assert_eq!(without("- - ana\n  - ben\n", "/0/0"), Err(Stays::Layout));
    assert_eq!(without("- - ana\n  - ben\n", "/0/1").as_deref(), Ok("- - ana\n"));
}

#[test]
fn a_patch_is_one_that_git_takes() {
    let patch = patch("teams/core.yaml", "a: 1\nb: 2\n", "a: 1\n").unwrap();
    assert!(patch.contains("--- a/teams/core.yaml\n+++ b/teams/core.yaml\n"), "{patch}");
    assert!(patch.contains("\n-b: 2\n"), "{patch}");
}
