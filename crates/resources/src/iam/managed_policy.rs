//! `aws.iam.Policy`: a managed policy of the account's own. AWS's own policies are not among them.

use super::document::{normal_document, tell};
use super::model::Policy;
use super::policy::Use;
use super::shape;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type's name.
pub const POLICY: TypeName = TypeName::known("aws.iam.Policy");

/// The most characters of a managed policy.
const LONGEST: usize = 6_144;

/// The type of managed policies. Its identity is the name in lower case.
pub struct Policies;

impl Type for Policies {
    const NAME: TypeName = POLICY;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Policy<M>;

    fn normalise(mut model: Policy<Wanted>) -> Result<Policy<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("iam-policy");
        shape::name(&mut normal, "name", &mut model.name, 128);
        shape::path(&mut normal, &mut model.path);
        shape::description(&mut normal, &mut model.description);
        normal_document(&mut normal, "document", &mut model.document, (Use::Identity, LONGEST));
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &Policy<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_ascii_lowercase().into())
    }

    fn identity(model: &Policy<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_ascii_lowercase().into())
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/name" => Turnover::CreateFirst,
            // Names are unique whatever the path; a description cannot be changed.
            "/path" | "/description" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&Policy<Seen>>, after: Option<&Policy<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let called = name.after.or(name.before).map_or("the policy", SmolStr::as_str);
        let subject = format!("who has the policy {called}");
        let path = FieldPath::known("/document");
        tell(&mut notes, (&subject, path), &delta!(before, after, document), Use::Identity);
        let path = delta!(before, after, path);
        if after.is_some() && [name, path].iter().any(|d| d.before.is_some() && d.changes()) {
            notes.add(
                Risk::Outage,
                format!(
                    "another policy takes the place of {called}: what names its ARN must name the new one"
                ),
            );
        }
        notes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn what_its_holders_gain_is_told() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
        let name = "Read".into();
        let before = Policy::<Seen> {
            name: Sight::Value(name),
            document: Sight::Value(text.into()),
            ..Default::default()
        };
        let after =
            Policy::<Wanted> { document: Wish::Value(text.replace("Get", "*")), ..Default::default() };
        let after = Policies::normalise(after).unwrap();
        let assessment = Policies::assess(Some(&before), Some(&after));
        insta::assert_snapshot!(assessment.notes.join("\n"), @"who has the policy Read: gains s3:*object on *");
        assert_eq!(assessment.risk, Risk::Sensitive);
        insta::assert_snapshot!(Policies::assess(Some(&before), None).notes.join("\n"), @"who has the policy Read: loses s3:getobject on *");
    }
}
