//! Schema and explanations.

use aplomo_catalog::describe::{example, explain, schema};

#[test]
fn a_field_is_explained_however_its_path_is_written() {
    let told = explain("Domain.records.ttl").unwrap();
    assert_eq!(explain("Domain.spec.records[].ttl").unwrap(), told);
    assert_eq!(explain("domain.records.ttl").unwrap(), told);
    insta::assert_snapshot!(told, @r"
    Domain.spec.records[].ttl  (number or text)
      How long an answer may be kept: seconds, or a text like `5m`. Left alone unless set; a new record then
      gets 300. Aliases have none.
    ");
    insta::assert_snapshot!(explain("Domain.records.routing").unwrap(), @r"
    Domain.spec.records[].routing  (mapping)
      How one of several records of the same name and type is chosen.

    fields:
      failover    Chosen first, or when the first is not healthy
      geo         Chosen by where the question comes from
      id        * The set identifier: tells the records of a name and type apart
      multivalue  Answered together with up to seven healthy others
      region      Chosen where this AWS region answers fastest
      weight      Chosen in proportion to this weight

    * required
    ");
    insta::assert_snapshot!(explain("Tenant.guards.maxDeletes.fraction").unwrap(), @r"
    Tenant.spec.guards.maxDeletes.fraction  (number or text)
      The share of what is owned of a type, from ten of it on, e.g. `0.3` or `30%`; 0.3 unless set.
    ");
    insta::assert_snapshot!(explain("Domain.ownership").unwrap(), @r"
    Domain.spec.ownership  (one of a few words)
      Who owns the records of the zone.
      Default: `additive`.

    words:
      additive   We own what we made or adopted; the rest is listed as unmanaged
      exclusive  We own all of it; what no manifest names is deleted, from the plan after this was applied
      observe    We report and never write
    ");
    insta::assert_snapshot!(explain("Tenant").unwrap(), @r"
    Tenant  (mapping)
      A client of the platform: where it lives, who may ask for changes, what protects it. Taken from
      the operator's own source only.

    fields:
      apiVersion* The version of the format
      kind      * What this manifest describes
      lifecycle   What happens when the manifest goes, and what existing object it takes over
      metadata  * Which one it is, and whose
      spec      * What is wished

    * required

    fields of spec:
      approval     Who approves its changes, and what automatic approval may cover beyond routine changes that come from manifests
      aws          Its AWS account
      contacts     The people who may ask for changes
      displayName  The name shown to people
      github       Its home on GitHub
      guards       How many removals are allowed in 24 hours before the rest is held
      locale       The language of reports and comments
      secrets      The names of the secrets that its manifests may use
      state        Whether changes are planned and applied
      tags         Tags put on every object that can hold tags
      windows      When its changes are applied
    ");
}

#[test]
fn a_wrong_path_gets_suggestions() {
    assert_eq!(explain("Domian"), Err(vec!["Domain".to_owned()]));
    assert_eq!(explain("Domain.records.tll"), Err(vec!["Domain.spec.records[].ttl".to_owned()]));
    assert!(
        explain("Domain.records.xyzxyz").unwrap_err().contains(&"Domain.spec.records[].alias".to_owned())
    );
    assert!(explain("").is_err());
}

#[test]
fn schemas_are_for_one_kind_or_all() {
    assert_eq!(schema(Some("Domain")).unwrap()["properties"]["kind"]["const"], "Domain");
    assert_eq!(schema(None).unwrap()["oneOf"].as_array().unwrap().len(), aplomo_catalog::registry().len());
    assert!(schema(Some("Nothing")).is_none());
    assert!(example("Tenant").unwrap().contains("kind: Tenant"));
}
