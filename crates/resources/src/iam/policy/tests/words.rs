//! A change of a document in words.

use super::{allow, trust};
use crate::iam::policy::{Document, Shift, Use};

fn told(before: Option<&str>, after: Option<&str>, used: Use) -> String {
    let read = |text: &str| Document::read(text, used).unwrap();
    let shift = Shift::between(before.map(read).as_ref(), after.map(read).as_ref());
    let (gained, lost) = (shift.gained.into_iter(), shift.lost.into_iter());
    gained.map(|s| format!("+ {s}")).chain(lost.map(|s| format!("- {s}"))).collect::<Vec<_>>().join("\n")
}

fn statements(list: &[&str]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, list.join(","))
}

const READ: &str = r#"{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::a","arn:aws:s3:::a/*"]}"#;

#[test]
fn what_comes_and_goes_is_told_once() {
    let both = statements(&[
        READ,
        r#"{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#,
    ]);
    insta::assert_snapshot!(told(None, Some(&both), Use::Identity), @r"
    + gains s3:getobject and s3:listbucket on arn:aws:s3:::a and arn:aws:s3:::a/*
    - is denied s3:* on * when aws:securetransport is false
    ");
    insta::assert_snapshot!(told(Some(&both), Some(&statements(&[READ])), Use::Identity), @"+ is no longer denied s3:* on * when aws:securetransport is false");
    let more = READ.replace("s3:GetObject", "s3:GetObject\",\"s3:PutObject");
    insta::assert_snapshot!(told(Some(&statements(&[READ])), Some(&statements(&[&more])), Use::Identity), @"+ gains s3:putobject on arn:aws:s3:::a and arn:aws:s3:::a/*");
    let wide = READ.replace(r#"["arn:aws:s3:::a","arn:aws:s3:::a/*"]"#, r#""*""#);
    insta::assert_snapshot!(told(Some(&statements(&[READ])), Some(&statements(&[&wide])), Use::Identity), @"+ gains s3:getobject and s3:listbucket on *");
    let not = READ.replace("\"Action\"", "\"NotAction\"");
    insta::assert_snapshot!(told(Some(&statements(&[READ])), Some(&statements(&[&not])), Use::Identity), @r"
    + gains everything but s3:getobject and s3:listbucket on arn:aws:s3:::a and arn:aws:s3:::a/*
    - loses s3:getobject and s3:listbucket on arn:aws:s3:::a and arn:aws:s3:::a/*
    ");
    insta::assert_snapshot!(told(Some(&both), None, Use::Identity), @r"
    + is no longer denied s3:* on * when aws:securetransport is false
    - loses s3:getobject and s3:listbucket on arn:aws:s3:::a and arn:aws:s3:::a/*
    ");
}

#[test]
fn statements_that_are_cut_differently_are_no_change() {
    let cut = statements(&[
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a","arn:aws:s3:::a/*"]}"#,
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::a"}"#,
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::a/*"}"#,
    ]);
    assert_eq!(told(Some(&statements(&[READ])), Some(&cut), Use::Identity), "");
}

#[test]
fn conditions_that_come_or_go_are_named() {
    let taking = |condition: &str| {
        allow(&format!(r#""Principal":{{"AWS":"123456789012"}},"Action":"sts:AssumeRole"{condition}"#))
    };
    let free = taking("");
    let bound = taking(
        r#","Condition":{"StringEquals":{"sts:ExternalId":"abc"},"Bool":{"aws:MultiFactorAuthPresent":true}}"#,
    );
    insta::assert_snapshot!(told(Some(&bound), Some(&free), Use::Trust), @"+ the account 123456789012 gains sts:assumerole, no longer only when aws:multifactorauthpresent is true and sts:externalid is abc");
    insta::assert_snapshot!(told(Some(&free), Some(&bound), Use::Trust), @"- the account 123456789012 keeps sts:assumerole, only when aws:multifactorauthpresent is true and sts:externalid is abc");
    insta::assert_snapshot!(told(Some(&bound), Some(&bound.replace("abc", "xyz")), Use::Trust), @r"
    + the account 123456789012 gains sts:assumerole when aws:multifactorauthpresent is true and sts:externalid is xyz
    - the account 123456789012 loses sts:assumerole when aws:multifactorauthpresent is true and sts:externalid is abc
    ");
}

#[test]
fn principals_are_the_subject() {
    let two = r#"{"AWS":["123456789012","arn:aws:iam::210987654321:role/ci"],"Service":"ec2.amazonaws.com"}"#;
    insta::assert_snapshot!(told(None, Some(&trust(two)), Use::Trust), @"+ arn:aws:iam::210987654321:role/ci, the account 123456789012 and the service ec2.amazonaws.com gain sts:assumerole");
    insta::assert_snapshot!(told(Some(&trust(two)), Some(&trust(r#"{"AWS":"*"}"#)), Use::Trust), @r"
    + everybody with an AWS account gains sts:assumerole
    - the service ec2.amazonaws.com loses sts:assumerole
    ");
    insta::assert_snapshot!(told(Some(&trust(r#"{"AWS":"*"}"#)), Some(&trust(r#""*""#)), Use::Trust), @"+ everybody in the world gains sts:assumerole");
}

#[test]
fn too_many_permissions_are_not_compared_one_by_one() {
    let list = |n: u32, of: &str| (0..n).map(|i| format!("\"{of}{i}\"")).collect::<Vec<_>>().join(",");
    let big = allow(&format!(r#""Action":[{}],"Resource":[{}]"#, list(60, "s3:a"), list(60, "arn:")));
    let told = told(None, Some(&big), Use::Identity);
    assert!(told.contains("read both documents"), "{told}");
}
