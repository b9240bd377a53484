//! What every type in the registry keeps to. A type that is registered and not listed here fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests; a panic is how a test fails")]

use aplomo_core::model::{Misfit, Model};
use aplomo_core::types::{Around, ResourceType, Risk};
use aplomo_core::{Datum, FieldPath, Fields, RemoteId, Seen, Severity, Sight, Type, Wanted, Wish};
use aplomo_resources::{acm, aplomo, ec2, github, iam, logs, route53};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Runs the checks for every type listed; gives back their names.
macro_rules! each {
    ($run:ident) => {
        [
            $run::<aplomo::freeze::Freezes>(),
            $run::<aplomo::safety::Safeties>(),
            $run::<aplomo::tenant_settings::Settings>(),
            $run::<acm::certificate::Certificates>(),
            $run::<ec2::Zones>(),
            $run::<ec2::DefaultSecurityGroups>(),
            $run::<ec2::ElasticIps>(),
            $run::<ec2::FlowLogs>(),
            $run::<ec2::InternetGateways>(),
            $run::<ec2::NatGateways>(),
            $run::<ec2::NetworkInterfaces>(),
            $run::<ec2::PrefixLists>(),
            $run::<ec2::RouteTables>(),
            $run::<ec2::SecurityGroups>(),
            $run::<ec2::SecurityGroupRules>(),
            $run::<ec2::Subnets>(),
            $run::<ec2::Vpcs>(),
            $run::<iam::instance_profile::InstanceProfiles>(),
            $run::<iam::oidc_provider::OidcProviders>(),
            $run::<iam::managed_policy::Policies>(),
            $run::<iam::role::Roles>(),
            $run::<iam::saml_provider::SamlProviders>(),
            $run::<logs::Groups>(),
            $run::<route53::health_check::Check>(),
            $run::<route53::hosted_zone::Zone>(),
            $run::<route53::record_set::Records>(),
            $run::<github::team::Teams>(),
            $run::<github::team::TeamMemberships>(),
            $run::<github::team::Users>(),
            $run::<github::actions::Settings>(),
            $run::<github::extras::Autolinks>(),
            $run::<github::branch_rule::BranchRules>(),
            $run::<github::grant::Collaborators>(),
            $run::<github::extras::CustomProperties>(),
            $run::<github::delivery::DeployKeys>(),
            $run::<github::environment::Environments>(),
            $run::<github::extras::Labels>(),
            $run::<github::repository::Repositories>(),
            $run::<github::ruleset::Rulesets>(),
            $run::<github::setting::Secrets>(),
            $run::<github::grant::TeamGrants>(),
            $run::<github::setting::Variables>(),
            $run::<github::delivery::Webhooks>(),
        ]
    };
}

fn name_of<T: Type>() -> String {
    T::NAME.to_string()
}

#[test]
fn names_are_unique_and_well_formed() {
    let registered: Vec<String> = aplomo_resources::registry().iter().map(|t| t.name().to_string()).collect();
    assert_eq!(registered, each!(name_of), "the registry and this test list the same types");
    for name in &registered {
        let parts: Vec<&str> = name.split('.').collect();
        assert_eq!(parts.len(), 3, "{name} is provider.service.Type");
        assert!(
            parts[..2].iter().all(|p| p.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())),
            "{name}"
        );
        assert!(parts[2].starts_with(|c: char| c.is_ascii_uppercase()), "{name}");
        assert!(aplomo_resources::registry().get(name).is_some());
    }
}

/// The leaves of the model; a seen model says something of each.
fn leaves<T: Type>() -> Vec<FieldPath> {
    let fields = <T::Model<Seen> as Model<Seen>>::to_fields(&T::Model::<Seen>::default());
    fields.iter().map(|(path, _)| path.clone()).collect()
}

fn datum() -> impl Strategy<Value = Datum> {
    let word = prop::sample::select(vec![
        "example.com.",
        "www.Example.com",
        "*.a.test.",
        "A",
        "TXT",
        "MX",
        "NS",
        "DS",
        "CAA",
        "CNAME",
        "10 mx.a.test.",
        "v=spf1 +all",
        "v=DMARC1; p=none",
        "_dmarc.a.test.",
        "_acme-challenge.a.test.",
        "0 issue \"ca.test\"",
        "192.0.2.1",
        "delete",
        "exclusive",
        "leaving",
        "PRIMARY",
        "EU",
        "",
        "\\",
        "é|",
        "x._domainkey.a.test.",
        "RSA-2048",
        "EC_prime256v1",
        "DNS",
        "ana",
        "12345",
        "team:core",
        "team:core:always",
        "https://t.example/<num>",
        "push",
        "write",
        "main",
        "NAME",
        "maintainer",
        "visible",
        "branch",
        "active",
        "selected",
        "d73a4a",
        "acme/shop",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample",
        "/",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Principal":{"AWS":"AROAEXAMPLE12345678AB"}}}"#,
    ]);
    let long = Just("<md/>".repeat(200));
    let text = prop_oneof![16 => word.prop_map(str::to_owned), 4 => ".{0,9}", 1 => long]
        .prop_map(|t| Datum::from(t.as_str()));
    prop_oneof![
        text.clone(),
        any::<bool>().prop_map(Datum::Bool),
        prop_oneof![0..300i64, any::<i64>()].prop_map(Datum::Int),
        prop::collection::vec(text, 0..3).prop_map(|mut items| {
            items.sort();
            items.dedup();
            Datum::List(items)
        }),
    ]
}

/// Whether the model takes the value at the path.
fn fits<T: Type>(path: &FieldPath, value: &Datum) -> bool {
    let one: Fields<Sight> = [(path.clone(), Sight::Value(value.clone()))].into_iter().collect();
    <T::Model<Seen> as Model<Seen>>::from_fields(&one).is_ok()
}

/// For each leaf and for some entries of maps, values that fit it.
fn fitting<T: Type>(runner: &mut TestRunner) -> Vec<(FieldPath, Vec<Datum>)> {
    let maps = [
        "/tags/a~1b",
        "/networks/eu-west-1:vpc-1",
        "/contacts/Ana",
        "/inline/a",
        "/attachments/arn:aws:iam::aws:policy~1ReadOnlyAccess",
        "/bypassIds/team:core",
        "/reviewerIds/user:ana",
        "/actorIds/team:core",
        "/requires/checkApps/build",
    ]
    .map(FieldPath::known);
    let datum = datum();
    let pool: Vec<Datum> = (0..600).map(|_| draw(runner, &datum)).collect();
    let of = |path: FieldPath| {
        let fit = pool.iter().filter(|value| fits::<T>(&path, value)).cloned().collect();
        (path, fit)
    };
    leaves::<T>().into_iter().chain(maps).map(of).filter(|(_, fit): &(_, Vec<_>)| !fit.is_empty()).collect()
}

/// Values for some leaves, few or many, and some entries of maps.
fn generated(runner: &mut TestRunner, all: &[(FieldPath, Vec<Datum>)]) -> Vec<(FieldPath, Option<Datum>)> {
    let (mut out, sparse) = (Vec::new(), draw(runner, 1..16u8));
    for (path, fit) in all {
        if draw(runner, 0..sparse) > 0 {
            continue;
        }
        let value = fit[draw(runner, 0..fit.len())].clone();
        let absent = draw(runner, 0..4u8) == 0;
        out.push((path.clone(), Some(value).filter(|_| !absent)));
    }
    out
}

fn draw<S: Strategy>(runner: &mut TestRunner, from: S) -> S::Value {
    from.new_tree(runner).unwrap().current()
}

fn seen(fields: &[(FieldPath, Option<Datum>)]) -> Fields<Sight> {
    fields.iter().map(|(p, v)| (p.clone(), v.clone().map_or(Sight::Hidden, Sight::Value))).collect()
}

fn wanted(fields: &[(FieldPath, Option<Datum>)]) -> Fields<Wish> {
    fields.iter().map(|(p, v)| (p.clone(), v.clone().map_or(Wish::Absent, Wish::Value))).collect()
}

fn keeps_to_the_rules<T: Type>() -> usize {
    let types = aplomo_resources::registry();
    let this = types.get(T::NAME.as_str()).unwrap();
    let mut runner = TestRunner::deterministic();
    let mut normal_forms = 0;
    // Found once: to draw until one fits takes long, with so many types.
    let all = fitting::<T>(&mut runner);
    for _ in 0..120 {
        let (a, b) = (generated(&mut runner, &all), generated(&mut runner, &all));
        let (before, after) = (seen(&a), wanted(&b));
        let model = <T::Model<Wanted> as Model<Wanted>>::from_fields(&after).unwrap();
        assert_eq!(<T::Model<Wanted> as Model<Wanted>>::to_fields(&model), after, "{} round-trips", T::NAME);
        for (x, y) in
            [(None, Some(&after)), (Some(&before), None), (Some(&before), Some(&after)), (None, None)]
        {
            let assessment = this.assess(x, y).unwrap();
            assert!(assessment.notes.iter().all(|note| !note.trim().is_empty()));
            let known = |path: &FieldPath| {
                let path = path.as_str();
                x.is_some_and(|seen| seen.get(path).is_some())
                    || y.is_some_and(|want| want.get(path).is_some())
            };
            assert!(assessment.told.iter().all(known), "what is told is a field of it");
            assert!(
                assessment.told.is_empty() || !assessment.notes.is_empty(),
                "what is told is told in words"
            );
            assert!(assessment.risk == Risk::Routine || !assessment.notes.is_empty(), "a risk says why");
        }
        inspected(this, &before, &after);
        let _ = (this.identity(&before).unwrap(), this.identity_wanted(&after).unwrap());
        if let Ok(once) = this.normalise(&after) {
            normal_forms += 1;
            assert_eq!(
                this.normalise(&once).unwrap(),
                once,
                "{}: normalising twice changes nothing",
                T::NAME
            );
        }
    }
    normal_forms
}

/// What others do is told in words and never stops a tenant; and nothing is said of an object that holds
/// no more than what is wished of it.
fn inspected(this: &dyn ResourceType, seen: &Fields<Sight>, wanted: &Fields<Wish>) {
    let id = RemoteId::new("the-id").unwrap();
    let around = Around { id: &id, account: Some("123456789012") };
    for wanted in [None, Some(wanted)] {
        let found = this.inspect(seen, wanted, &around).unwrap();
        assert!(
            found.iter().all(|f| f.severity < Severity::Error && !f.message.is_empty() && f.help.is_some())
        );
    }
    let as_wished: Fields<Wish> = seen
        .iter()
        .map(|(path, sight)| (path.clone(), sight.value().cloned().map_or(Wish::Absent, Wish::Value)))
        .collect();
    let found = this.inspect(seen, Some(&as_wished), &around).unwrap();
    assert_eq!(found, [], "{}: nothing that others did", this.name());
    let _ = this.neighbourhood(seen).unwrap();
}

#[test]
fn every_type_keeps_to_the_rules() {
    let normal_forms = each!(keeps_to_the_rules);
    assert!(
        normal_forms.iter().all(|n| *n > 5),
        "too few wishes were valid to prove anything: {normal_forms:?}"
    );
}

#[test]
fn a_field_that_no_model_knows_is_named() {
    let types = aplomo_resources::registry();
    let path = FieldPath::known("/noSuchField");
    let fields: Fields<Sight> = [(path.clone(), Sight::Absent)].into_iter().collect();
    for this in types.iter() {
        assert_eq!(this.identity(&fields), Err(Misfit(path.clone())), "{}", this.name());
    }
}
