//! What is equal, what differs, what is refused, and what a change is called.

mod generated;
mod rewrite;
mod words;

use super::{Document, Principal, Use, canonical};

fn same(one: &str, other: &str, used: Use) {
    assert_eq!(canonical(one, used).unwrap(), canonical(other, used).unwrap());
}

fn differ(one: &str, other: &str, used: Use) {
    assert_ne!(canonical(one, used).unwrap(), canonical(other, used).unwrap());
}

fn allow(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{rest}}}}}"#)
}

fn trust(principal: &str) -> String {
    allow(&format!(r#""Principal":{principal},"Action":"sts:AssumeRole""#))
}

#[test]
fn the_canonical_text_is_stable_and_readable() {
    let text = r#"{"Id":"x","Statement":[
        {"Sid":"b","Effect":"Deny","NotAction":["S3:*","iam:Get*"],"Resource":["*"]},
        {"Sid":"a","Effect":"Allow","Action":["s3:GetObject","s3:GetObject"],"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b"],
         "Condition":{"bool":{"aws:SecureTransport":true},"STRINGLIKE":{"aws:PrincipalTag/Team":["b","a"]}}}]}"#;
    let once = canonical(text, Use::Identity).unwrap();
    insta::assert_snapshot!(once, @r#"{"Statement":[{"Action":"s3:getobject","Condition":{"Bool":{"aws:securetransport":"true"},"StringLike":{"aws:principaltag/team":["a","b"]}},"Effect":"Allow","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]},{"Effect":"Deny","NotAction":["iam:get*","s3:*"],"Resource":"*"}],"Version":"2008-10-17"}"#);
    assert_eq!(canonical(&once, Use::Identity).unwrap(), once);
}

#[test]
fn principals_are_equal_only_where_aws_says_so() {
    for root in ["arn:aws:iam::123456789012:root", "arn:aws-cn:iam::123456789012:root"] {
        same(&trust(r#"{"AWS":"123456789012"}"#), &trust(&format!(r#"{{"AWS":["{root}"]}}"#)), Use::Trust);
    }
    differ(&trust(r#"{"AWS":"123456789012"}"#), &trust(r#"{"AWS":"123456789013"}"#), Use::Trust);
    differ(
        &trust(r#"{"AWS":"123456789012"}"#),
        &trust(r#"{"AWS":"arn:aws:iam::123456789012:role/root"}"#),
        Use::Trust,
    );
    // In a trust policy `*` also admits those who come from an identity provider.
    differ(&trust(r#""*""#), &trust(r#"{"AWS":"*"}"#), Use::Trust);
    let bucket = |who: &str| allow(&format!(r#""Principal":{who},"Action":"s3:GetObject","Resource":"*""#));
    same(&bucket(r#""*""#), &bucket(r#"{"AWS":"*"}"#), Use::Resource);
    differ(&bucket(r#"{"AWS":"*"}"#), &bucket(r#"{"Service":"*"}"#), Use::Resource);
    same(&trust(r#"{"AWS":["*","123456789012"]}"#), &trust(r#"{"AWS":"*"}"#), Use::Trust);
    differ(&trust(r#"{"AWS":"*","Service":"ec2.amazonaws.com"}"#), &trust(r#"{"AWS":"*"}"#), Use::Trust);
}

#[test]
fn values_of_conditions_mean_what_their_operator_reads() {
    let when =
        |condition: &str| allow(&format!(r#""Action":"*","Resource":"*","Condition":{{{condition}}}"#));
    let pairs = [
        (r#""Bool":{"aws:x":"True"}"#, r#""Bool":{"aws:X":true}"#),
        (r#""NumericLessThan":{"aws:x":5}"#, r#""NumericLessThan":{"aws:x":["5"]}"#),
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.1"}"#, r#""ipaddress":{"aws:sourceip":"10.0.0.1/32"}"#),
        (
            r#""IpAddress":{"aws:SourceIp":"2001:DB8::0/32"}"#,
            r#""IpAddress":{"aws:sourceip":"2001:db8::/32"}"#,
        ),
        (
            r#""DateLessThan":{"aws:CurrentTime":"2027-01-01T01:00:00+01:00"}"#,
            r#""DateLessThan":{"aws:CurrentTime":1798761600}"#,
        ),
        (r#""foranyvalue:stringlikeifexists":{"a":"b"}"#, r#""ForAnyValue:StringLikeIfExists":{"a":"b"}"#),
    ];
    for (one, other) in pairs {
        same(&when(one), &when(other), Use::Identity);
    }
    differ(&when(r#""StringEquals":{"a":"True"}"#), &when(r#""StringEquals":{"a":"true"}"#), Use::Identity);
    differ(&when(r#""StringEquals":{"a":[]}"#), &when(""), Use::Identity);
    differ(&when(r#""StringEquals":{"a":"b"}"#), &when(r#""StringEqualsIfExists":{"a":"b"}"#), Use::Identity);
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_place() {
    let told: Vec<String> = [
        r#"[]"#,
        r#"{"Statement":[]}"#,
        r#"{"Version":"2012-10-18","Statement":[]}"#,
        r#"{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"a","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Conditions":{}}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a":{}}}}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:a":"true","aws:A":"false"}}}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Action":"s3:*","Resource":"*"}]}"#,
        r#"{"Statement":"#,
    ]
    .into_iter()
    .map(|text| canonical(text, Use::Identity).unwrap_err().0)
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    the document: it is a mapping with `Statement`
    Statement: it is empty
    Version: it is `2012-10-17`, or `2008-10-17` for old documents
    Statement[0]: `Effect` is `Allow` or `Deny`
    Statement[0]: `Action` and `NotAction` exclude each other
    Statement[0].Action: it is a text or a list of texts, and none is empty
    Statement[0]: `Resource` is missing
    Statement[0]: a policy of a role or user names no principal
    Statement[0]: `Conditions` is none of Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition
    Statement[0].Condition.Bool.a: a value is a text, a number, `true` or `false`
    Statement[0].Condition: `aws:a` is there twice, spelt differently
    the document is no JSON: `Action` is there twice at line 1 column 60
    the document is no JSON: EOF while parsing a value at line 1 column 13
    ");
    let told = canonical(&trust(r#"{"Aws":"*"}"#), Use::Trust).unwrap_err();
    insta::assert_snapshot!(told, @"Statement[0].Principal.Aws: the sorts of principals are AWS, CanonicalUser, Federated and Service");
}

#[test]
fn deep_and_huge_texts_are_refused() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    insta::assert_snapshot!(canonical(&deep, Use::Identity).unwrap_err(), @"the document is no JSON: recursion limit exceeded at line 1 column 128");
    let huge = allow(&format!(r#""Action":"{}","Resource":"*""#, "a".repeat(200_000)));
    insta::assert_snapshot!(canonical(&huge, Use::Identity).unwrap_err(), @"the document has 200082 octets, and 131072 are the most that is read");
    let many = allow(&format!(r#""Action":[{}"b"],"Resource":"*""#, "\"a\",".repeat(2_000)));
    insta::assert_snapshot!(canonical(&many, Use::Identity).unwrap_err(), @"Statement[0].Action: more than 1000 entries are not read");
}

#[test]
fn deleted_principals_are_known_by_their_ids() {
    let text = trust(
        r#"{"AWS":["AROAEXAMPLE12345678AB","arn:aws:iam::123456789012:role/AROAx","AIDAEXAMPLE12345678AB"]}"#,
    );
    let document = Document::read(&text, Use::Trust).unwrap();
    assert_eq!(document.dangling().collect::<Vec<_>>(), ["AIDAEXAMPLE12345678AB", "AROAEXAMPLE12345678AB"]);
    let trusted = document.statements.iter().flat_map(|s| s.trusted()).filter_map(Principal::account);
    assert_eq!(trusted.collect::<Vec<_>>(), ["123456789012"]);
}

#[test]
fn limitless_statements_are_noticed() {
    let one =
        |text: &str| Document::read(text, Use::Identity).unwrap().statements.into_iter().next().unwrap();
    assert!(one(&allow(r#""Action":["*","s3:Get"],"Resource":["*","a"]"#)).allows_everything());
    assert!(!one(&allow(r#""Action":"*:Get","Resource":"*""#)).allows_everything());
    for action in
        [r#""Action":"iam:Pass*""#, r#""Action":"*""#, r#""NotAction":"s3:*""#, r#""Action":"IAM:PassRole""#]
    {
        assert!(
            one(&allow(&format!(r#"{action},"Resource":"*""#))).allows_everywhere("iam:passrole"),
            "{action}"
        );
    }
    assert!(!one(&allow(r#""NotAction":"iam:*","Resource":"*""#)).allows_everywhere("iam:passrole"));
    assert!(!one(&allow(r#""Action":"*","Resource":"arn:x""#)).allows_everywhere("iam:passrole"));
}
