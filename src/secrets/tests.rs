//! Scenarios of the keeper, over files and variables.

use super::*;
use aplomo_engine::secrets::Secrets as _;

const VALUE: &str = "hunter2-the-value";

fn vars() -> BTreeMap<String, String> {
    let all = [
        ("K1", "1".repeat(32)),
        ("K2", "2".repeat(32)),
        ("SHORT", "x".to_owned()),
        ("NPM", VALUE.to_owned()),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn key(id: &str) -> SecretKey {
    SecretKey { id: id.to_lowercase(), from: format!("env:{id}") }
}

fn value(name: &str, from: &str, tenants: &[&str]) -> SecretConfig {
    let tenants = tenants.iter().map(|t| (*t).to_owned()).collect();
    SecretConfig {
        name: name.to_owned(),
        tenants,
        from: from.to_owned(),
        rotate_after: Some("90d".to_owned()),
    }
}

fn keeper(keys: &[&str], values: &[SecretConfig]) -> Keeper {
    Keeper::new(Some(&settings(keys, values)), &vars()).map_err(|f| f.error).unwrap()
}

fn settings(keys: &[&str], values: &[SecretConfig]) -> SecretSettings {
    let old_keys = keys[1..].iter().map(|id| key(id)).collect();
    SecretSettings { key: key(keys[0]), old_keys, values: values.to_vec() }
}

fn mark(keeper: &Keeper, tenant: &str, name: &str) -> SecretMark {
    keeper.marks()[&TenantName::new(tenant).unwrap()][name].clone()
}

fn fingerprint(keeper: &Keeper, tenant: &str, name: &str) -> Fingerprint {
    match mark(keeper, tenant, name) {
        SecretMark::Known { fingerprint, .. } => fingerprint,
        SecretMark::Unreadable { why } => panic!("{why}"),
    }
}

fn reveals(keeper: &Keeper, tenant: &str, fingerprint: &Fingerprint) -> Option<String> {
    keeper.reveal(tenant, fingerprint).map(|value| value.expose_secret().to_owned())
}

#[test]
fn a_fingerprint_is_of_tenant_name_value_and_key() {
    let values = [value("npm", "env:NPM", &["acme", "umbrella"]), value("other", "env:NPM", &["acme"])];
    let one = keeper(&["K1"], &values);
    let two = keeper(&["K2"], &values);
    let all: BTreeSet<_> =
        [(&one, "acme", "npm"), (&one, "umbrella", "npm"), (&one, "acme", "other"), (&two, "acme", "npm")]
            .into_iter()
            .map(|(keeper, tenant, name)| fingerprint(keeper, tenant, name))
            .collect();
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(fingerprint(&one, "acme", "npm"), fingerprint(&one, "acme", "npm"));
    // Computed by Python's hmac module.
    let elsewhere = "k1:dc380102d6422c37d310a01989b85e739f30c07d0438e76ee1d29a1dbca35f78";
    assert_eq!(fingerprint(&one, "acme", "npm").0, elsewhere);
}

#[test]
fn only_the_tenant_that_may_and_only_while_it_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("npm");
    std::fs::write(&file, format!("{VALUE}\n")).unwrap();
    let from = format!("file:{}", file.display());
    let keeper = keeper(&["K1"], &[value("npm", &from, &["acme"]), value("npm", "env:NPM", &["umbrella"])]);
    let known = fingerprint(&keeper, "acme", "npm");
    assert_eq!(reveals(&keeper, "acme", &known).as_deref(), Some(VALUE));
    // A plan of another tenant that quotes it gets nothing, though that tenant's secret holds the same.
    assert_eq!(reveals(&keeper, "umbrella", &known), None);
    for forged in ["k1:", "k1:00", "k2:00", "", "k1"] {
        assert_eq!(reveals(&keeper, "acme", &Fingerprint(forged.into())), None);
    }
    std::fs::write(&file, "rotated").unwrap();
    assert_eq!(reveals(&keeper, "acme", &known), None, "what was approved was another value");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(reveals(&keeper, "acme", &known), None);
    let SecretMark::Unreadable { why } = mark(&keeper, "acme", "npm") else { panic!() };
    assert!(why.contains("cannot be read") && !why.contains(VALUE), "{why}");
}

#[test]
fn older_keys_still_know_what_they_marked() {
    let values = [value("npm", "env:NPM", &["acme"])];
    let before = fingerprint(&keeper(&["K1"], &values), "acme", "npm");
    let rotated = keeper(&["K2", "K1"], &values);
    let SecretMark::Known { fingerprint, formerly, rotation_days } = mark(&rotated, "acme", "npm") else {
        panic!()
    };
    assert_eq!(fingerprint.key_id(), "k2");
    assert_eq!(formerly, std::slice::from_ref(&before));
    assert_eq!(rotation_days, Some(90));
    assert_eq!(reveals(&rotated, "acme", &before).as_deref(), Some(VALUE));
    assert_eq!(reveals(&keeper(&["K2"], &values), "acme", &before), None);
}

#[test]
fn a_key_that_is_missing_or_short_makes_secrets_unreadable_and_reveals_nothing() {
    for bad in ["GONE", "SHORT"] {
        let keeper = keeper(&[bad], &[value("npm", "env:NPM", &["acme"])]);
        assert!(matches!(mark(&keeper, "acme", "npm"), SecretMark::Unreadable { .. }), "{bad}");
        assert_eq!(reveals(&keeper, "acme", &Fingerprint(format!("{}:00", bad.to_lowercase()).into())), None);
    }
}

#[test]
fn settings_that_cannot_be_are_refused_without_repeating_a_value() {
    let refused = |settings: SecretSettings| {
        let failure = Keeper::new(Some(&settings), &vars()).err().expect("it was taken");
        format!("{:#}", failure.error)
    };
    let twice = [value("npm", "env:A", &["acme"]), value("npm", "env:B", &["acme"])];
    assert!(refused(settings(&["K1"], &twice)).contains("two secrets"));
    let plain = refused(settings(&["K1"], &[value("npm", VALUE, &["acme"])]));
    assert!(plain.contains("never a value") && !plain.contains(VALUE), "{plain}");
    assert!(refused(settings(&["K1", "K1"], &[])).contains("two keys"));
    assert!(refused(settings(&["K:1"], &[])).contains("letters"));
    assert!(refused(settings(&["K1"], &[value("npm", "env:A", &[])])).contains("tenants"));
    assert!(refused(settings(&["K1"], &[value("npm", "env:A", &["NOT A NAME"])])).contains("NOT A NAME"));
    let mut soon = value("npm", "env:A", &["acme"]);
    soon.rotate_after = Some("soon".to_owned());
    assert!(refused(settings(&["K1"], &[soon])).contains("soon"));
}

#[test]
fn other_settings_are_in_force_at_once_and_wrong_ones_never() {
    let keeper = keeper(&["K1"], &[value("npm", "env:NPM", &["acme"])]);
    let mark = fingerprint(&keeper, "acme", "npm");
    assert!(keeper.replace(Some(&settings(&["K:1"], &[]))).is_err());
    assert!(reveals(&keeper, "acme", &mark).is_some());
    assert!(keeper.replace(None).is_ok());
    assert!(reveals(&keeper, "acme", &mark).is_none() && keeper.marks().is_empty());
}
