//! Certificates of a region.

use crate::support::*;
use aplomo_core::fields::WantedFields;
use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::{Pick, ReadCx};
use aplomo_core::run::Status;
use aplomo_core::{
    Action, Datum, FieldPath, Observation, Observed, Region, RemoteId, Scope, Sight, SourceName, Timestamp,
    TypeName, Wish,
};
use aplomo_sandbox::{Fault, Rule};
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};

const CERTIFICATE: &str = "aws.acm.Certificate";
const RECORD: &str = "validation/shop.example.com/name";

fn ireland(w: &World) -> Scope {
    Scope { region: Some(Region::known("eu-west-1")), ..w.scope() }
}

fn wish(name: &str, others: &[&str]) -> WantedFields {
    let mut others: Vec<Datum> = others.iter().map(|n| Datum::from(*n)).collect();
    others.sort();
    fields(&[
        ("/domainName", name.into()),
        ("/alternativeNames", Datum::List(others)),
        // The local ACM makes RSA keys, whatever is asked for.
        ("/keyAlgorithm", "RSA_2048".into()),
        ("/validation", "DNS".into()),
        ("/valid", true.into()),
        ("/tags/env", "prod".into()),
    ])
}

async fn made(w: &World, name: &str) -> Observed {
    let mut create = change(
        CERTIFICATE,
        name,
        Action::Create,
        Some(wish(name, &[&format!("*.{name}"), "www.example.com"])),
    );
    let outcomes = w.write(&[approve(&mut create, ireland(w), None)]).await;
    assert_eq!(outcomes[0].status, Status::Applied, "{outcomes:?}");
    let seen = w.read(CERTIFICATE, &ireland(w)).await;
    let id = outcomes[0].id.as_ref();
    seen.objects.into_iter().find(|o| Some(&o.id) == id).unwrap()
}

/// As a plan reads with the ledger at hand.
async fn read_with(w: &World, memory: &Memory, exact: &[RemoteId]) -> Observation {
    let cx = ReadCx { memory: Some(memory), exact, ..w.read_cx() };
    w.reader(CERTIFICATE).read(&cx, &ireland(w), Pick::All).await
}

/// A ledger that has the certificate and the record that took its values.
fn memory(object: &Observed) -> Memory {
    let entry = |type_name: &'static str, applied: WantedFields| LedgerEntry {
        type_name: TypeName::known(type_name),
        scope: object.scope.clone(),
        id: object.id.clone(),
        key: None,
        applied,
        resolved: BTreeMap::new(),
        source: SourceName::known("s"),
        commit: None,
        version: "1".into(),
        run: None,
        at: Timestamp::UNIX_EPOCH,
        brought_along: false,
        until: None,
        environments: Vec::new(),
    };
    let mut memory = Memory::default();
    let certificate =
        "acme/Certificate/shop:aws.acm.Certificate/eu-west-1".parse::<aplomo_core::Address>().unwrap();
    let names = ["shop.example.com", "www.example.com"];
    memory
        .ledger
        .insert(certificate.clone(), entry(CERTIFICATE, wish(names[0], &["*.shop.example.com", names[1]])));
    for name in names {
        let mut applied = WantedFields::default();
        let mut record = entry(RECORD_SET, WantedFields::default());
        for (path, part) in [("/name", "name"), ("/values", "value")] {
            let output = format!("validation/{name}/{part}");
            let reference = aplomo_core::Reference {
                to: certificate.clone(),
                output: output.as_str().into(),
                constraint: aplomo_core::reference::Constraint::Any,
            };
            applied.set(FieldPath::known(path), Wish::Reference(Box::new(reference)));
            record.resolved.insert(FieldPath::known(path), object.outputs[output.as_str()].clone());
        }
        record.applied = applied;
        memory.ledger.insert(format!("acme/Domain/d:{RECORD_SET}/acm/{name}").parse().unwrap(), record);
    }
    memory
}

#[tokio::test]
async fn a_certificate_is_asked_for_with_marks_and_read_back_as_wished() {
    let w = World::new().await;
    let there = made(&w, "shop.example.com").await;
    assert_eq!(w.proxy.count("acm:RequestCertificate"), 1);
    assert!(matches!(&there.mark, OwnerMark::Marked { installation, tenant, address }
        if installation == "main" && tenant == "acme" && address.ends_with("aws.acm.Certificate/shop.example.com")));
    for (path, value) in wish("shop.example.com", &["*.shop.example.com", "www.example.com"]).iter() {
        assert_eq!(there.fields.value(path.as_str()), value.value(), "{path}");
    }
    assert_eq!(there.fields.value("/inUse"), Some(&Datum::Bool(false)));
    let record = there.outputs[RECORD].as_text().unwrap();
    assert!(record.ends_with(".shop.example.com."), "{record}");
    assert!(matches!(&there.outputs["validation/shop.example.com/value"],
        Datum::List(values) if values[0].as_text().unwrap().ends_with(".acm-validations.aws.")));
    assert_eq!(there.outputs["status"].as_text(), Some("PENDING_VALIDATION"));
    let elsewhere =
        w.read(CERTIFICATE, &Scope { region: Some(Region::known("us-east-1")), ..w.scope() }).await;
    assert!(
        elsewhere.objects.is_empty() && elsewhere.coverage.values().all(aplomo_core::Coverage::is_complete)
    );
}

#[tokio::test]
async fn what_the_writer_described_the_reader_need_not_ask_for() {
    let w = World::new().await;
    w.proxy.set_pace(aplomo_sandbox::Pace::INSTANT);
    let there = made(&w, "shop.example.com").await;
    assert_eq!(w.proxy.count("acm:DescribeCertificate"), 1);
    assert!(there.outputs.contains_key(RECORD));
}

#[tokio::test]
async fn with_the_ledger_at_hand_a_region_takes_two_calls_and_without_it_one_more_for_each() {
    let mut w = World::new().await;
    let there = made(&w, "shop.example.com").await;
    let ledger = memory(&there);
    w.reconnect().await;
    w.proxy.reset();
    let seen = read_with(&w, &ledger, &[]).await;
    assert_eq!(
        w.proxy.counts().into_iter().collect::<Vec<_>>(),
        [("acm:ListCertificates".into(), 1), ("tag:GetResources".into(), 1)]
    );
    assert_eq!(seen.objects[0].outputs[RECORD], there.outputs[RECORD]);
    assert_eq!(seen.objects[0].fields.value("/alternativeNames"), there.fields.value("/alternativeNames"));
    assert_eq!(seen.objects[0].mark, there.mark);
    w.proxy.reset();
    let bare = w.read(CERTIFICATE, &ireland(&w)).await;
    assert_eq!(w.proxy.count("acm:DescribeCertificate"), 1);
    assert_eq!(w.proxy.total(), 3);
    assert_eq!(bare.objects[0].outputs[RECORD], there.outputs[RECORD]);
    w.proxy.reset();
    read_with(&w, &ledger, std::slice::from_ref(&there.id)).await;
    assert_eq!(
        w.proxy.count("acm:ListTagsForCertificate"),
        1,
        "the tagging API may lag, so of what is about to be written ACM is asked"
    );
}

#[tokio::test]
async fn tags_that_cannot_be_read_leave_the_owner_unknown_and_the_tagging_api_can_be_done_without() {
    let w = World::new().await;
    let there = made(&w, "shop.example.com").await;
    w.proxy.inject(Rule::on("tag:GetResources").then(Fault::access_denied()));
    let without = w.read(CERTIFICATE, &ireland(&w)).await;
    assert_eq!(without.objects[0].mark, there.mark);
    w.proxy.inject(Rule::on("acm:ListTagsForCertificate").then(Fault::access_denied()));
    let blind = w.read(CERTIFICATE, &ireland(&w)).await;
    assert_eq!(blind.objects[0].mark, OwnerMark::Unknown);
}

#[tokio::test]
async fn a_listing_that_fails_is_no_absence() {
    let w = World::new().await;
    made(&w, "shop.example.com").await;
    w.proxy.inject(Rule::on("acm:ListCertificates").then(Fault::access_denied()));
    let seen = w.read(CERTIFICATE, &ireland(&w)).await;
    assert!(seen.coverage.values().all(|c| matches!(c, aplomo_core::Coverage::Failed(_))));
}

#[tokio::test]
async fn tags_change_in_place_and_release_takes_the_marks() {
    let w = World::new().await;
    let there = made(&w, "shop.example.com").await;
    let mut wanted = wish("shop.example.com", &["*.shop.example.com", "www.example.com"]);
    wanted.set(FieldPath::known("/tags/env"), Wish::Absent);
    wanted.set(FieldPath::known("/tags/cost"), Wish::Value("17".into()));
    let mut update = change(CERTIFICATE, "shop.example.com", Action::Update, Some(wanted));
    w.proxy.reset();
    assert_eq!(w.write(&[approve(&mut update, ireland(&w), Some(&there))]).await[0].status, Status::Applied);
    assert_eq!(w.proxy.writes(), 2, "one call to set, one to remove; the marks are there already");
    let now = read_with(&w, &Memory::default(), std::slice::from_ref(&there.id)).await.objects.remove(0);
    assert_eq!((now.fields.get("/tags/env"), now.fields.text("/tags/cost")), (None::<&Sight>, Some("17")));
    let mut release = change(CERTIFICATE, "shop.example.com", Action::Release, None);
    w.write(&[approve(&mut release, ireland(&w), Some(&now))]).await;
    let now = read_with(&w, &Memory::default(), std::slice::from_ref(&there.id)).await.objects.remove(0);
    assert_eq!((now.mark, now.fields.text("/tags/cost")), (OwnerMark::None, Some("17")));
}

#[tokio::test]
async fn one_in_use_stays_and_what_nothing_uses_goes() {
    let w = World::new().await;
    let there = made(&w, "shop.example.com").await;
    let mut delete = change(CERTIFICATE, "shop.example.com", Action::Delete, None);
    let step = approve(&mut delete, ireland(&w), Some(&there));
    let used = Fault::error(400, "ResourceInUseException", "Certificate is in use.");
    let rule = w.proxy.inject(Rule::on("acm:DeleteCertificate").then(used));
    let kept = w.write(std::slice::from_ref(&step)).await;
    assert_eq!(kept[0].status, Status::Failed);
    assert!(kept[0].error.as_deref().unwrap().contains("still uses it"), "{kept:?}");
    w.proxy.lift(rule);
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Applied);
    assert!(w.read(CERTIFICATE, &ireland(&w)).await.objects.is_empty());
    assert_eq!(w.write(&[step]).await[0].status, Status::Applied, "gone already is as wished");
}

#[tokio::test]
async fn a_lost_answer_leaves_one_certificate_for_the_token_is_the_same() {
    let w = World::new().await;
    let lost = w.proxy.inject(Rule::on("acm:RequestCertificate").then(Fault::LostAnswer));
    let mut create = change(CERTIFICATE, "lost", Action::Create, Some(wish("lost.example.com", &[])));
    let step = approve(&mut create, ireland(&w), None);
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Unknown);
    w.proxy.lift(lost);
    assert_eq!(w.write(std::slice::from_ref(&step)).await[0].status, Status::Applied);
    assert_eq!(w.read(CERTIFICATE, &ireland(&w)).await.objects.len(), 1);
}

#[tokio::test]
async fn records_are_waited_for_a_stated_number_of_times() {
    let w = World::new().await;
    w.proxy.inject(Rule::on("acm:DescribeCertificate").then(Fault::error(500, "InternalFailure", "later")));
    let mut create = change(CERTIFICATE, "slow", Action::Create, Some(wish("slow.example.com", &[])));
    let outcomes = w.write(&[approve(&mut create, ireland(&w), None)]).await;
    assert_eq!(
        outcomes[0].status,
        Status::Applied,
        "it is there, and its records are taken up by the next plan"
    );
    assert_eq!(w.proxy.count("acm:DescribeCertificate"), 10);
}

/// A name server that answers every question with a CNAME to this name, or that there is none.
fn name_server(target: Option<&'static str>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 1500];
        while let Ok((size, peer)) = socket.recv_from(&mut buffer) {
            socket.send_to(&answer(&buffer[..size], target), peer).ok();
        }
    });
    address
}

fn answer(question: &[u8], target: Option<&str>) -> Vec<u8> {
    let end = 12 + question[12..].iter().position(|b| *b == 0).unwrap() + 5;
    let mut out = question[..2].to_vec();
    let (code, answers) = if target.is_some() { (0x80, 1) } else { (0x83, 0) };
    out.extend([0x81, code, 0, 1, 0, answers, 0, 0, 0, 0]);
    out.extend(&question[12..end]);
    if let Some(target) = target {
        let mut name = Vec::new();
        for label in target.split('.') {
            name.push(u8::try_from(label.len()).unwrap());
            name.extend(label.bytes());
        }
        out.extend([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, u8::try_from(name.len()).unwrap()]);
        out.extend(name);
    }
    out
}

#[tokio::test]
async fn the_record_that_somebody_else_keeps_is_looked_up_in_dns() {
    use aplomo_provider_aws::{AwsConfig, Dns};
    let w = World::with(|c| AwsConfig { dns: Dns::Off, ..c }, |a| a).await;
    let unseen = made(&w, "shop.example.com").await.outputs;
    assert!(!unseen.contains_key("validation/shop.example.com/seen"));
    let Datum::List(values) = &unseen["validation/shop.example.com/value"] else { panic!("{unseen:?}") };
    let value: &'static str = values[0].as_text().unwrap().to_owned().leak();
    for (target, expected) in
        [(Some(value), "found"), (None, "gone"), (Some("elsewhere.example."), "elsewhere.example.")]
    {
        let dns = Dns::At(name_server(target));
        let w = World::with(|c| AwsConfig { dns, ..c }, |a| a).await;
        let there = made(&w, "shop.example.com").await;
        assert_eq!(there.outputs["validation/shop.example.com/seen"].as_text(), Some(expected));
        let kept_by_us = read_with(&w, &memory(&there), &[]).await;
        assert!(!kept_by_us.objects[0].outputs.contains_key("validation/shop.example.com/seen"));
    }
}
