//! `aws.iam.InstanceProfile`.

use super::model::InstanceProfile;
use super::shape;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type's name.
pub const INSTANCE_PROFILE: TypeName = TypeName::known("aws.iam.InstanceProfile");

/// The type of instance profiles. Its identity is the name in lower case.
pub struct InstanceProfiles;

impl Type for InstanceProfiles {
    const NAME: TypeName = INSTANCE_PROFILE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = InstanceProfile<M>;

    fn normalise(mut model: InstanceProfile<Wanted>) -> Result<InstanceProfile<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("iam-instance-profile");
        shape::name(&mut normal, "name", &mut model.name, 128);
        shape::path(&mut normal, &mut model.path);
        shape::name(&mut normal, "role", &mut model.role, 64);
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &InstanceProfile<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_ascii_lowercase().into())
    }

    fn identity(model: &InstanceProfile<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| name.to_ascii_lowercase().into())
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/name" => Turnover::CreateFirst,
            "/path" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&InstanceProfile<Seen>>, after: Option<&InstanceProfile<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let role = delta!(before, after, role);
        let referred = role.reference.map(|r| r.to.as_str());
        match (role.before, role.after.map(SmolStr::as_str).or(referred)) {
            (Some(old), None) => {
                notes.add(Risk::Outage, format!("machines with the profile lose what the role {old} may do"));
            }
            (None, Some(new)) => {
                notes.add(Risk::Sensitive, format!("machines with the profile may do what {new} may"));
            }
            (Some(old), Some(new)) if role.changes() && old != new => {
                notes.add(
                    Risk::Sensitive,
                    format!("machines with the profile may do what {new} may, and no longer what {old} may"),
                );
            }
            _ => {}
        }
        notes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn the_role_that_machines_work_as_is_told() {
        let before = InstanceProfile::<Seen> { role: Sight::Value("old".into()), ..Default::default() };
        let after = InstanceProfile::<Wanted> { role: Wish::Value("new".into()), ..Default::default() };
        let told = InstanceProfiles::assess(Some(&before), Some(&after));
        insta::assert_snapshot!(told.notes.join("\n"), @"machines with the profile may do what new may, and no longer what old may");
        assert_eq!(InstanceProfiles::assess(Some(&before), None).risk, Risk::Outage);
    }
}
