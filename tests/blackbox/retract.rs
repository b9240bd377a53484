//! What a manifest no longer says: entries of maps that we applied go, fields are left alone.

use crate::world::World;

#[test]
fn a_tag_and_a_contact_that_are_taken_out_go() {
    let world = World::with_domain();
    let spec = "spec:\n  displayName: Acme\n  tags: {team: web, cost: '7'}\n  contacts:\n    - {name: Ana, github: ana, email: ana@example.com, role: technical}\n    - {name: Bo, github: bo, email: bo@example.com, role: requester}\n";
    world.edit("m/tenant.yaml", "spec: {displayName: Acme}\n", spec);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let zone = world.zone("example.com");
    world.aws.tag_zone(&zone, &[("somebody", "else")]).unwrap();
    world.edit("m/tenant.yaml", ", cost: '7'", "");
    world.edit("m/tenant.yaml", "    - {name: Bo, github: bo, email: bo@example.com, role: requester}\n", "");
    let plan = world.plan();
    let fields = |address: &str| -> Vec<String> {
        let change = plan["changes"].as_array().unwrap().iter().find(|c| c["address"] == address);
        let fields = change.map(|c| c["fields"].as_array().unwrap().clone()).unwrap_or_default();
        fields
            .iter()
            .map(|f| format!("{} {}", f["path"].as_str().unwrap(), f["reason"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(fields("acme/Domain/example-com:aws.route53.HostedZone"), ["/tags/cost manifest"], "{plan:#}");
    assert_eq!(fields("acme/Tenant/acme:aplomo.core.TenantSettings"), ["/contacts/Bo manifest"], "{plan:#}");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    let tags = world.aws.zone_tags(&zone).unwrap();
    assert_eq!(
        (tags.get("cost"), tags.get("team"), tags.get("somebody")),
        (None, Some(&"web".to_owned()), Some(&"else".to_owned()))
    );
}

#[test]
fn where_the_tenant_was_not_read_its_tags_stay() {
    let world = World::with_domain();
    world.edit("m/tenant.yaml", "spec: {displayName: Acme}", "spec: {displayName: Acme, tags: {team: web}}");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    let plan = world.aplomo(&["plan", "m/example-com.yaml", "--format", "json"]).json();
    assert_eq!(World::changes(&plan), Vec::<String>::new(), "{plan:#}");
}
