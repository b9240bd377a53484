//! A whole account: one manifest for each object that is nobody's, a line for each that gets none.

use aplomo_catalog::import::{Ours, importers, whole};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{
    Address, Coverage, Model as _, Observation, Observed, RemoteId, Scope, Seen, Sight, TenantName,
};
use aplomo_resources::ec2::VPC;
use aplomo_resources::iam::{self, ROLE};
use aplomo_resources::route53::model::HostedZone;
use aplomo_resources::route53::{HOSTED_ZONE, RECORD_SET};

fn object(type_name: aplomo_core::TypeName, id: &str, fields: aplomo_core::fields::SeenFields) -> Observed {
    Observed {
        type_name,
        scope: Scope::own(),
        id: RemoteId::new(id).unwrap(),
        key: None,
        mark: OwnerMark::None,
        created_by: None,
        fields,
        outputs: Default::default(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

fn zone(id: &str, mark: OwnerMark) -> Observed {
    let name = Sight::Value("example.com.".into());
    let model = HostedZone::<Seen> { name, private: Sight::Value(false), ..Default::default() };
    Observed { mark, ..object(HOSTED_ZONE, id, model.to_fields()) }
}

fn role(id: &str, trust: &str) -> Observed {
    let model = iam::model::Role::<Seen> {
        name: Sight::Value(id.into()),
        trust: Sight::Value(trust.to_owned()),
        ..Default::default()
    };
    object(ROLE, id, model.to_fields())
}

const DANGLING: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}, "Action": "sts:AssumeRole"}]}"#;

#[test]
fn what_is_somebodys_or_not_seen_whole_gets_a_line_and_the_rest_a_manifest() {
    let marked = OwnerMark::Marked {
        installation: "main".into(),
        tenant: "acme".into(),
        address: "acme/Domain/example-com:aws.route53.HostedZone".into(),
    };
    let objects = vec![
        zone("Z1", marked),
        zone("Z2", OwnerMark::OtherTool("CloudFormation".into())),
        zone("Z3", OwnerMark::Unknown),
        zone("Z4", OwnerMark::None),
        zone("Z5", OwnerMark::None),
        role("dangling", DANGLING),
        role("odd", "{}"),
        role("recorded", "{}"),
        object(iam::POLICY, "arn:p", Default::default()),
        object(VPC, "vpc-1", Default::default()),
        Observed { brought_along: true, ..object(VPC, "vpc-2", Default::default()) },
    ];
    let mut seen = Observation { objects, ..Observation::default() };
    for id in ["Z1", "Z2", "Z3", "Z5"] {
        let scope = Scope::own().within(RemoteId::new(id).unwrap());
        seen.coverage.insert((RECORD_SET, scope), Coverage::Complete);
    }
    let address: Address = "acme/IamProfile/recorded:aws.iam.Role".parse().unwrap();
    let ours = Ours::from([((ROLE, RemoteId::new("recorded").unwrap()), address)]);
    let whole = whole(&seen, &ours, &TenantName::known("acme"));
    let names: Vec<_> = whole.written.iter().map(|w| format!("{}/{}", w.kind, w.name)).collect();
    assert_eq!(names, ["Domain/example-com-2"], "the plain name is that of the marked zone");
    assert!(whole.written[0].imported.yaml.contains("adopt: Z5"), "{}", whole.written[0].imported.yaml);
    let expected = [
        "aws.route53.HostedZone `Z1` (example.com): it carries the mark of the installation `main` as `acme/Domain/example-com:aws.route53.HostedZone`",
        "aws.route53.HostedZone `Z2` (example.com): CloudFormation owns it",
        "aws.route53.HostedZone `Z3` (example.com): its ownership marks could not be read",
        "aws.route53.HostedZone `Z4` (example.com): not every aws.route53.RecordSet in it could be seen, so nothing is written",
        "aws.ec2.Vpc `vpc-1`: not every aws.ec2.Subnet in it could be seen, so nothing is written",
        "aws.ec2.Vpc `vpc-2`: AWS made it with the account",
        "aws.iam.Role `dangling`: it trusts `AROAEXAMPLEEXAMPLE123`, the id of a role or user that was deleted",
        "aws.iam.Role `odd`: its trust policy cannot be written here: ",
        "aws.iam.Role `recorded`: it is ours already, as `acme/IamProfile/recorded:aws.iam.Role`",
        "aws.iam.Policy `arn:p`: it is left as it is; the profiles of roles that have it name it by its ARN",
        "roles of AWS's own services",
    ];
    assert_eq!(whole.left.len(), expected.len(), "{:#?}", whole.left);
    for (line, start) in whole.left.iter().zip(expected) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn every_importer_writes_a_kind_and_reads_types_that_exist() {
    let types = aplomo_resources::registry();
    for importer in importers() {
        assert!(aplomo_catalog::kind(importer.kind.as_str()).is_some(), "{}", importer.kind);
        let beside = importer.beside.iter().map(|(name, _)| name);
        for name in std::iter::once(&importer.of).chain(importer.inside).chain(importer.around).chain(beside)
        {
            assert!(types.get(name.as_str()).is_some(), "{name}");
        }
    }
}
