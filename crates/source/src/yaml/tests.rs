//! What texts become and how their problems read.

use super::*;
use aplomo_core::Severity;
use aplomo_core::node::NodeValue;
use proptest::prelude::*;

fn parse(text: &str) -> Parsed {
    parse_with(text, &Limits::default())
}

fn parse_with(text: &str, limits: &Limits) -> Parsed {
    parse_documents(&Arc::from("a.yaml"), text, limits)
}

/// One line per problem: place, rule, tenant, words, help.
fn problems(parsed: &Parsed) -> String {
    let line = |p: &Finding| {
        let (line, column) = (p.line.unwrap_or(0), p.column.unwrap_or(0));
        let tenant = p.tenant.as_deref().map(|t| format!(" [{t}]")).unwrap_or_default();
        let help = p.help.as_deref().map(|h| format!(" -> {h}")).unwrap_or_default();
        format!("{line}:{column} {}{tenant}: {}{help}", p.rule, p.message)
    };
    parsed.problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn json(parsed: &Parsed) -> String {
    parsed.documents.iter().map(|node| node.to_json().to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn several_documents_with_the_places_of_their_values() {
    let parsed =
        parse("# first\nkind: A\nspec:\n  list: [1, 'ä', \"x\"]\n---\nkind: B\n...\n---\n# nothing\n");
    assert_eq!(problems(&parsed), "");
    insta::assert_snapshot!(json(&parsed), @r#"
    {"kind":"A","spec":{"list":[1,"ä","x"]}}
    {"kind":"B"}
    "#);
    let first = &parsed.documents[0];
    assert_eq!(first.at, Mark { line: 2, column: 1 });
    assert_eq!(first.locate("/spec/list"), Mark { line: 4, column: 3 });
    let list = first.get("spec").and_then(|s| s.get("list")).unwrap();
    let NodeValue::List(items) = &list.value else { panic!("no list") };
    let columns: Vec<u32> = items.iter().map(|item| item.at.column).collect();
    assert_eq!(columns, [10, 13, 18], "columns count characters, not bytes");
    assert_eq!(parsed.documents[1].at, Mark { line: 6, column: 1 });
}

#[test]
fn quoted_stays_text_and_plain_follows_the_core_schema() {
    let parsed =
        parse("a: no\nb: 'true'\nc: \"12\"\nd: 12\ne: 1.50\nf: ~\ng: !!str 7\nh: |\n  x\ni: 0755\nj:\n");
    insta::assert_snapshot!(json(&parsed), @r#"{"a":"no","b":"true","c":"12","d":12,"e":"1.50","f":null,"g":"7","h":"x\n","i":755,"j":null}"#);
    insta::assert_snapshot!(problems(&parsed), @r"10:4 leading-zero: `0755` is a number in YAML: its zeros in front do not count -> put it in quotes if it is an id");
    assert!(parsed.problems.iter().all(|p| p.severity == Severity::Warning));
}

#[test]
fn refused_keys_name_both_places_and_leave_the_rest() {
    let parsed = parse(
        "metadata: {tenant: acme}\na: 1\na: {b: 2}\n1: x\n[p]: q\n<<: {z: 1}\n'<<': kept\ntrue: y\n? {m: n}\n: o\nlast: 1\n",
    );
    insta::assert_snapshot!(json(&parsed), @r#"{"<<":"kept","a":1,"last":1,"metadata":{"tenant":"acme"}}"#);
    insta::assert_snapshot!(problems(&parsed), @r"
    3:1 duplicate-key: the key `a` was already given at line 2, column 1 -> keep one of the two
    4:1 key-not-text: a key must be a text, but this one is the number `1` -> put the key in quotes
    5:1 key-not-text: a key must be a text, but this one is a list -> put the key in quotes
    6:1 unsupported-merge: the merge key `<<` is not supported -> write the fields out, so that each manifest shows all it says
    8:1 key-not-text: a key must be a text, but this one is the truth value `true` -> put the key in quotes
    9:3 key-not-text: a key must be a text, but this one is a mapping -> put the key in quotes
    ");
}

#[test]
fn duplicates_are_found_in_large_mappings_too() {
    let mut text: String = (0..100).map(|i| format!("k{i}: {i}\n")).collect();
    text.push_str("k3: again\nk99: again\n");
    let parsed = parse(&text);
    assert_eq!(parsed.problems.len(), 2);
    assert!(parsed.problems[0].message.contains("line 4, column 1"), "{}", problems(&parsed));
    assert!(parsed.problems[1].message.contains("line 100, column 1"), "{}", problems(&parsed));
}

#[test]
fn a_tenant_given_twice_is_not_trusted() {
    let parsed = parse("metadata:\n  tenant: acme\n  tenant: other\n");
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.problems[0].tenant, None);
}

#[test]
fn broken_documents_are_left_out_and_the_others_stay() {
    let text = "a: 1\n---\nmetadata:\n  tenant: acme\nb: [1, 2\n---\nc: \"x\n---\nd:\n\t- 1\n---\ne: f: g\n---\nz: 9\n";
    let parsed = parse(text);
    insta::assert_snapshot!(json(&parsed), @r#"
    {"a":1}
    {"z":9}
    "#);
    insta::assert_snapshot!(problems(&parsed), @r"
    5:4 yaml-syntax [acme]: a bracket is not closed (the parser says: unclosed bracket '[') -> add the missing `]` or `}`
    7:4 yaml-syntax: a quoted text is not closed (the parser says: while scanning a quoted scalar, found unexpected document indicator) -> add the missing quote; inside single quotes write '' for one
    10:2 yaml-syntax: a tab is used where YAML wants spaces (the parser says: tabs disallowed within this context (block indentation)) -> indent with spaces; YAML allows no tabs there
    12:5 yaml-syntax: a colon stands where no value may begin (the parser says: mapping values are not allowed in this context) -> check the indentation, and quote texts that hold `: `
    ");
}

#[test]
fn more_syntax_errors_in_our_words() {
    for (text, words) in [
        ("a: 'x\n", "not closed"),
        ("a: @x\n", "cannot begin a text"),
        ("a: {b: 1]\n", "does not fit"),
        ("a:\n  - 1\n b: 2\n", "indented like its neighbours"),
        ("a: \"\\q\"\n", "unknown escape"),
        ("a: *b\n", "no anchor before it"),
        ("a: !Ref b\n", "not understood"),
        ("a: !!int x\n", "not understood"),
        ("a: \u{7}\n", "control character"),
    ] {
        let parsed = parse(text);
        assert!(!parsed.problems.is_empty(), "{text:?} must be a problem");
        assert!(problems(&parsed).contains(words), "{text:?}: {}", problems(&parsed));
        assert!(parsed.problems.iter().all(|p| p.line == Some(1) || p.line >= Some(1)));
    }
}

#[test]
fn aliases_repeat_values_but_no_bomb_goes_off() {
    let parsed = parse("a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n");
    assert_eq!(problems(&parsed), "");
    assert_eq!(parsed.documents[0].get("b").map(|n| n.at), Some(Mark { line: 2, column: 4 }));
    insta::assert_snapshot!(json(&parsed), @r#"{"a":{"k":[1,2]},"b":{"k":[1,2]},"c":[{"k":[1,2]},{"k":[1,2]}]}"#);

    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..30 {
        let below = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{below}]\n"));
    }
    let parsed = parse(&bomb);
    assert!(parsed.documents.is_empty());
    assert!(parsed.nodes <= Limits::default().expanded_nodes * 3, "{} values were made", parsed.nodes);
    insta::assert_snapshot!(problems(&parsed), @r"5:40 alias-expansion: anchors and aliases repeat more than 100000 values -> write the values out; the rest of the file is not read");
    assert!(problems(&parse("a: &a [*a]\n")).contains("recursive-alias"));
}

#[test]
fn anchors_in_anchors_are_paid_for() {
    let open: String = (0..60).map(|i| format!("&a{i} [")).collect();
    let text = format!("{open}{}{}\n", "x, ".repeat(5000), "]".repeat(60));
    assert!(problems(&parse(&text)).contains("alias-expansion"));
}

#[test]
fn depth_and_number_of_values_are_bounded() {
    let deep = format!("a: {}{}\n---\nb: 1\n", "[".repeat(5000), "]".repeat(5000));
    let parsed = parse(&deep);
    assert!(problems(&parsed).contains("yaml-too-deep"), "{}", problems(&parsed));
    assert_eq!(json(&parsed), r#"{"b":1}"#, "the next document is read");
    let mut chain = "- &a0 [x]\n".to_owned();
    for i in 1..100 {
        chain.push_str(&format!("- &a{i} [*a{}]\n", i - 1));
    }
    assert!(problems(&parse(&chain)).contains("yaml-too-deep"));

    let limits = Limits { nodes: 100, ..Limits::default() };
    let wide = format!("ok: 1\n---\n[{}]\n---\nnever: 1\n", "a,".repeat(200));
    let parsed = parse_with(&wide, &limits);
    assert_eq!(json(&parsed), r#"{"ok":1}"#);
    assert!(problems(&parsed).contains("too-many-values"));

    let limits = Limits { problems: 10, ..Limits::default() };
    let parsed = parse_with(&"1: a\n".repeat(50), &limits);
    assert_eq!(parsed.problems.len(), 11);
}

#[test]
fn line_ends_of_windows_change_nothing() {
    let unix = "a: 1\nb:\n  - x\n  - |\n    t\n";
    let (one, two) = (parse(unix), parse(&unix.replace('\n', "\r\n")));
    assert_eq!(one, two);
}

fn lines(text: &str) -> u32 {
    let breaks = text.replace("\r\n", "\n").matches(['\n', '\r']).count();
    u32::try_from(breaks).unwrap() + 1
}

fn marks(node: &Node, out: &mut Vec<Mark>) {
    out.push(node.at);
    match &node.value {
        NodeValue::List(items) => items.iter().for_each(|n| marks(n, out)),
        NodeValue::Map(entries) => entries.iter().for_each(|(key, n)| {
            out.push(key.at);
            marks(n, out);
        }),
        _ => {}
    }
}

fn within(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text);
    let mut all = Vec::new();
    parsed.documents.iter().for_each(|node| marks(node, &mut all));
    for p in &parsed.problems {
        if let (Some(line), Some(column)) = (p.line, p.column) {
            all.push(Mark { line, column });
        }
    }
    let (last, widest) = (lines(text), u32::try_from(text.chars().count()).unwrap() + 1);
    for at in all {
        prop_assert!(at.line >= 1 && at.line <= last, "line {} of {last} in {text:?}", at.line);
        prop_assert!(at.column >= 1 && at.column <= widest, "column {} in {text:?}", at.column);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        within(&text)?;
    }

    #[test]
    fn any_text_that_looks_like_yaml_is_survived(text in "([a-c01 :\\-\\[\\]{},&*!|>'\"#%@\t\r\n?<~.é]|---\n|<<: |&a |\\*a |\\?\n){0,60}") {
        within(&text)?;
    }
}
