//! Normal forms: idempotent, reversible, the same from a manifest and from the service.

use super::*;
use proptest::prelude::*;

fn origin() -> Name {
    Name::zone("Example.com").unwrap()
}

fn name(text: &str) -> String {
    Name::absolute(text, &origin()).map_or_else(|e| format!("! {e}"), |n| n.to_string())
}

fn value(record_type: RecordType, text: &str) -> String {
    normalise_value(record_type, text, &origin()).map_or_else(|e| format!("! {e}"), |v| v.to_string())
}

#[test]
fn names_become_absolute_and_lower_case() {
    let table = [
        ("@", "example.com."),
        ("WWW", "www.example.com."),
        ("www.Other.test.", "www.other.test."),
        ("*", "*.example.com."),
        (r"\052.sub", "*.sub.example.com."),
        ("_dmarc", "_dmarc.example.com."),
        (r"a\056b", r"a\056b.example.com."),
        (r"a\.b", r"a\056b.example.com."),
        (r"\101\040b", r"a\040b.example.com."),
        ("münchen", "xn--mnchen-3ya.example.com."),
        ("straße.test.", "xn--strae-oqa.test."),
    ];
    for (text, normal) in table {
        assert_eq!(name(text), normal, "{text}");
    }
    assert_eq!(Name::from_zone_file(r"\042.x", &origin()).unwrap().as_str(), "*.x.example.com.");
}

#[test]
fn names_that_are_none_say_why() {
    let long = "a".repeat(64);
    let longest = vec!["a".repeat(63); 4].join(".");
    let all: Vec<String> =
        ["", "a..b", "a.*.b", "*a", "a b", r"a\08", "a\u{202e}b", "\"www\"", &long].map(name).into();
    insta::assert_snapshot!(all.join("\n"), @r#"
    ! `` is no domain name: it is empty
    ! `a..b` is no domain name: a label is empty
    ! `a.*.b` is no domain name: `*` stands alone as the leftmost label or nowhere
    ! `*a` is no domain name: `*` stands alone as the leftmost label or nowhere
    ! `a b` is no domain name: ` ` is written as an escape, `\040`
    ! `a\08` is no domain name: an escape has a backslash and three octal digits, 000 to 377
    ! `a\u{202e}b` is no domain name: it holds a control, zero-width or bidirectional character
    ! `"www"` is no domain name: `"` is written as an escape, `\042`
    ! `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` is no domain name: a label has at most 63 octets
    "#);
    assert!(name(&longest).contains("at most 255 octets"));
}

#[test]
fn names_know_their_place() {
    let www = Name::absolute("*.www", &origin()).unwrap();
    assert!(www.is_wildcard() && www.is_within(&origin()) && !origin().is_within(&www));
    assert!(!Name::zone("badexample.com").unwrap().is_within(&origin()));
    assert_eq!(www.relative_to(&origin()).unwrap(), "*.www");
    assert_eq!(www.relative_to(&Name::root()).unwrap(), "*.www.example.com");
    assert_eq!(origin().relative_to(&origin()).unwrap(), "@");
    assert_eq!(origin().parent().unwrap().parent(), Some(Name::root()));
    assert_eq!(www.labels().collect::<Vec<_>>(), ["*", "www", "example", "com"]);
    assert_eq!(alias_target("DualStack.x.ELB.amazonaws.com").unwrap(), "dualstack.x.elb.amazonaws.com.");
    assert_eq!(zone_id("/hostedzone/z1abc"), "Z1ABC");
}

/// A value of every type as a person may write it, and its normal form.
const VALUES: [(RecordType, &str, &str); 20] = [
    (RecordType::A, " 192.0.2.1", "192.0.2.1"),
    (RecordType::Aaaa, "2001:DB8:0:0::0001", "2001:db8::1"),
    (RecordType::Caa, "0 ISSUE letsencrypt.org", "0 issue \"letsencrypt.org\""),
    (RecordType::Caa, "128 issuewild \";\"", "128 issuewild \";\""),
    (RecordType::Cname, "WWW", "www.example.com."),
    (
        RecordType::Ds,
        "012345 13 1 49fd46e6c4b45c55d4ac 49fd46e6c4b45c55d4ac",
        "12345 13 1 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC",
    ),
    (
        RecordType::Https,
        "1 . port=8443 alpn=\"h2,h3\" ipv4hint=192.0.2.1,192.0.2.2 mandatory=port,alpn",
        "1 . mandatory=alpn,port alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2",
    ),
    (RecordType::Https, "0 Other.test.", "0 other.test."),
    (RecordType::Mx, "010  Mail", "10 mail.example.com."),
    (RecordType::Mx, "0 .", "0 ."),
    (
        RecordType::Naptr,
        r#"100 10 u sip+E2U "!^.*$!sip:a\\b@x.test!" ."#,
        r#"100 10 "u" "sip+E2U" "!^.*$!sip:a\\b@x.test!" ."#,
    ),
    (RecordType::Ns, "ns1.Other.test.", "ns1.other.test."),
    (RecordType::Ptr, "host", "host.example.com."),
    (
        RecordType::Soa,
        "ns1 hostmaster.example.com. 1 7200 900 1209600 86400",
        "ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 86400",
    ),
    (RecordType::Spf, "v=spf1 -all", "v=spf1 -all"),
    (RecordType::Srv, "10 5 5060 @", "10 5 5060 example.com."),
    (
        RecordType::Sshfp,
        "4 1 49fd46e6c4b45c55d4ac49fd46e6c4b45c55d4ac",
        "4 1 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC",
    ),
    (RecordType::Svcb, "1 svc key667=\"a b\" port=1", r"1 svc.example.com. port=1 key667=a\040b"),
    (
        RecordType::Tlsa,
        "3 1 1 49fd46e6c4b45c55d4ac49fd46e6c4b45c55d4ac49fd46e6c4b45c55d4ac0000",
        "3 1 1 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC0000",
    ),
    (RecordType::Txt, "say \"é\"", r#"say "\303\251""#),
];

#[test]
fn every_type_has_one_form() {
    for (record_type, text, normal) in VALUES {
        assert_eq!(value(record_type, text), normal, "{record_type} {text}");
        assert_eq!(value(record_type, normal), normal, "twice: {record_type} {text}");
        assert_eq!(canonical(record_type, normal).unwrap(), normal);
        let service = to_service(record_type, normal);
        assert_eq!(from_service(record_type, &service).unwrap(), normal, "by the service: {service}");
    }
    for record_type in RecordType::ALL {
        assert!(VALUES.iter().any(|(t, ..)| *t == record_type), "{record_type} is tested");
        assert_eq!(record_type.word().to_lowercase().parse::<RecordType>().unwrap(), record_type);
    }
}

#[test]
fn the_service_may_leave_out_dots_and_join_strings() {
    let table = [
        (RecordType::Mx, "10 MAIL.example.net", "10 mail.example.net."),
        (RecordType::Cname, r"\052.x.test", "*.x.test."),
        (RecordType::Txt, r#""v=spf1 " "-all""#, "v=spf1 -all"),
        (RecordType::Txt, r#""a\"b\\c\303\251""#, r#"a"b\\c\303\251"#),
        (RecordType::Txt, r#""""#, ""),
    ];
    for (record_type, text, normal) in table {
        assert_eq!(from_service(record_type, text).unwrap(), normal, "{text}");
    }
    assert_eq!(from_zone_file(RecordType::Txt, r#""a\;b\065""#, &origin()).unwrap(), "a;bA");
    assert_eq!(from_zone_file(RecordType::Caa, r#"0 issue "a\059b""#, &origin()).unwrap(), "0 issue \"a;b\"");
}

#[test]
fn values_that_are_none_say_why() {
    let wrong = [
        (RecordType::A, "192.0.2.01"),
        (RecordType::A, "2001:db8::1"),
        (RecordType::Aaaa, "192.0.2.1"),
        (RecordType::Caa, "0 issue"),
        (RecordType::Cname, "a b"),
        (RecordType::Ds, "1 13 2 ABCD"),
        (RecordType::Mx, "mail.example.com."),
        (RecordType::Mx, "70000 mail"),
        (RecordType::Mx, "10 mail ; comment"),
        (RecordType::Soa, "ns1 hostmaster ( 1 2 3 4 5 )"),
        (RecordType::Srv, "1 2 3 a..b"),
        (RecordType::Https, "1 . port=x"),
        (RecordType::Https, "1 . alpn=h2 alpn=h3"),
        (RecordType::Txt, r"v=DKIM1\; k=rsa"),
        (RecordType::Naptr, "1 2 \"u"),
    ];
    let all: Vec<String> = wrong.into_iter().map(|(t, text)| value(t, text)).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    ! `192.0.2.01` is no value of type A: expected an IPv4 address, e.g. `192.0.2.1`
    ! `2001:db8::1` is no value of type A: expected an IPv4 address, e.g. `192.0.2.1`
    ! `192.0.2.1` is no value of type AAAA: expected an IPv6 address, e.g. `2001:db8::1`
    ! `0 issue` is no value of type CAA: expected flags, tag and value, e.g. `0 issue "letsencrypt.org"`; unexpected end of entry
    ! `a b` is no value of type CNAME: expected a host name, e.g. `www.example.net.`; trailing tokens
    ! `1 13 2 ABCD` is no value of type DS: digest type 2 has 64 hexadecimal digits, not 4
    ! `mail.example.com.` is no value of type MX: expected preference and host name, e.g. `10 mail.example.net.`; expected decimal number
    ! `70000 mail` is no value of type MX: expected preference and host name, e.g. `10 mail.example.net.`; decimal number overflow
    ! `10 mail ; comment` is no value of type MX: `;` stands in quotes or as `\073`
    ! `ns1 hostmaster ( 1 2 3 4 5 )` is no value of type SOA: `(` stands in quotes or as `\050`
    ! `1 2 3 a..b` is no value of type SRV: `a..b` is no domain name: a label is empty
    ! `1 . port=x` is no value of type HTTPS: expected priority, target and parameters, e.g. `1 . alpn=h2,h3`; port value must be a 16-bit unsigned decimal number
    ! `1 . alpn=h2 alpn=h3` is no value of type HTTPS: expected priority, target and parameters, e.g. `1 . alpn=h2,h3`; duplicate SvcParamKey
    ! `v=DKIM1\; k=rsa` is no value of type TXT: a backslash is written `\\`, an octet `\ooo` in octal; `;` and quotes need no backslash
    ! `1 2 "u` is no value of type NAPTR: a quote is not closed
    "#);
    assert!("ALIAS".parse::<RecordType>().unwrap_err().to_string().contains("CNAME"));
    assert!(canonical(RecordType::Mx, "10 mail").unwrap_err().contains("end it with a dot"));
}

/// The octets of Route 53's strings, and how long each string is.
fn string_lengths(service: &str) -> Vec<usize> {
    let strings = token::tokens(service, escape::Escapes::Octal).unwrap();
    strings.iter().map(|s| s.octets.len()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_octets_survive_the_service(octets in prop::collection::vec(any::<u8>(), 0..700)) {
        let normal = txt::encode(&octets);
        prop_assert_eq!(txt::decode(&normal).unwrap(), octets);
        let service = to_service(RecordType::Txt, &normal);
        prop_assert!(service.is_ascii() && string_lengths(&service).iter().all(|n| *n <= 255));
        prop_assert_eq!(from_service(RecordType::Txt, &service).unwrap(), normal);
    }

    #[test]
    fn any_text_is_taken_or_refused_and_survives(text in r#"([ -~]|\PC|\\\\){0,80}"#) {
        if let Ok(normal) = normalise_value(RecordType::Txt, &text, &origin()) {
            prop_assert_eq!(canonical(RecordType::Txt, &normal).unwrap(), normal.clone());
            prop_assert_eq!(from_service(RecordType::Txt, &to_service(RecordType::Txt, &normal)).unwrap(), normal);
        } else {
            prop_assert!(text.contains('\\'));
        }
    }

    #[test]
    fn any_label_survives_octal(octets in prop::collection::vec(any::<u8>(), 1..=63)) {
        let written: String = octets.iter().map(|o| format!("\\{o:03o}")).collect();
        let name = Name::from_service(&format!("{written}.test")).unwrap();
        prop_assert_eq!(Name::from_service(name.as_str()).unwrap(), name.clone());
        prop_assert_eq!(name.labels().count(), 2);
        let folded: String = octets.iter().map(|o| format!("\\{:03o}", o.to_ascii_lowercase())).collect();
        prop_assert_eq!(Name::from_service(&format!("{folded}.test.")).unwrap(), name.clone());
        let mx = format!("10 {name}");
        prop_assert_eq!(from_service(RecordType::Mx, &mx).unwrap(), mx);
    }

    #[test]
    fn any_name_is_taken_once_or_refused(text in r"[a-zA-Z0-9*_.@\\é -]{0,20}") {
        if let Ok(name) = Name::absolute(&text, &origin()) {
            prop_assert_eq!(Name::absolute(name.as_str(), &origin()).unwrap(), name);
        }
    }

    #[test]
    fn normal_forms_stay((record_type, text) in value_text()) {
        if let Ok(normal) = normalise_value(record_type, &text, &origin()) {
            prop_assert_eq!(normalise_value(record_type, &normal, &origin()), Ok(normal.clone()));
            prop_assert_eq!(canonical(record_type, &normal), Ok(normal.clone()));
            prop_assert_eq!(from_service(record_type, &to_service(record_type, &normal)), Ok(normal));
        }
        let _ = from_service(record_type, &text);
        let _ = from_zone_file(record_type, &text, &origin());
    }

    #[test]
    fn character_strings_survive(octets in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut text = String::new();
        escape::quoted(&octets, &mut text);
        let caa = value(RecordType::Caa, &format!("0 issue {text}"));
        prop_assert_eq!(caa, format!("0 issue {text}"));
        let naptr = format!("1 2 \"u\" {text} {text} .");
        prop_assert_eq!(value(RecordType::Naptr, &naptr), naptr);
        let mut bare = String::from("1 . key667=x");
        escape::bare(&octets, escape::Escapes::Octal, &mut bare);
        prop_assert_eq!(value(RecordType::Svcb, &bare), bare);
    }
}

/// A value with one part exchanged and perhaps some more: often right, often nearly so.
fn value_text() -> impl Strategy<Value = (RecordType, String)> {
    let one = (0..VALUES.len(), any::<prop::sample::Index>(), part(), prop::collection::vec(part(), 0..3));
    one.prop_map(|(index, at, part, more)| {
        let (record_type, text, _) = VALUES[index];
        let mut parts: Vec<&str> = text.split_whitespace().collect();
        let at = at.index(parts.len() + 1);
        if at < parts.len() {
            parts[at] = &part;
        }
        parts.extend(more.iter().map(String::as_str).filter(|_| record_type.form().contains("parameters")));
        (record_type, parts.join(" "))
    })
}

/// Parts that values of all types are made of.
fn part() -> impl Strategy<Value = String> {
    let keys = "(alpn|port|mandatory|ipv4hint|ipv6hint|ech|dohpath|no-default-alpn|key[0-8]{1,3}|ohttp|tls-supported-groups)";
    let addresses = "(=(192.0.2.1|2001:db8::1|h2|port|AAAA|443)(,(192.0.2.2|h3|alpn))?)?";
    prop_oneof![
        (0..70000u32).prop_map(|n| n.to_string()),
        "[a-zA-Z0-9.-]{1,12}\\.?",
        "\"[ -!#-\\[\\]-~]{0,8}\"",
        "(49fd46e6c4b45c55d4ac){2}",
        prop::string::string_regex(&format!("{keys}(=[a-z0-9,.:\"\\\\]{{0,9}})?")).unwrap(),
        prop::string::string_regex(&format!("{keys}{addresses}")).unwrap(),
        Just(".".to_owned()),
    ]
}
