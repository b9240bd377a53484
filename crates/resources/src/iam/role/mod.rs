//! `aws.iam.Role`.

mod assess;
mod inspect;

pub use inspect::trusting;

use super::document::normal_document;
use super::model::Role;
use super::policy::Use;
use super::{arn, shape};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Around, Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type's name.
pub const ROLE: TypeName = TypeName::known("aws.iam.Role");

/// The shortest and the longest session, in seconds.
pub const SESSIONS: (u32, u32) = (3_600, 43_200);
/// The most characters of a trust policy, where the account's limit was raised.
const LONGEST_TRUST: usize = 4_096;
/// The most characters of all inline policies of a role.
const LONGEST_INLINE: usize = 10_240;

/// The type of roles. Its identity is the name in lower case, for names are unique in any case.
pub struct Roles;

impl Type for Roles {
    const NAME: TypeName = ROLE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Role<M>;

    fn normalise(mut model: Role<Wanted>) -> Result<Role<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("iam-role");
        shape::name(&mut normal, "name", &mut model.name, 64);
        shape::path(&mut normal, &mut model.path);
        shape::description(&mut normal, &mut model.description);
        normal.within("maxSession", &model.max_session, SESSIONS.0, SESSIONS.1);
        normal_document(&mut normal, "trust", &mut model.trust, (Use::Trust, LONGEST_TRUST));
        policy_arn(&mut normal, "permissionsBoundary", &mut model.boundary);
        policies(&mut model, &mut normal);
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &Role<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| identity(name))
    }

    fn identity(model: &Role<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| identity(name))
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/name" => Turnover::CreateFirst,
            // Two roles cannot have one name, be their paths different.
            "/path" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&Role<Seen>>, after: Option<&Role<Wanted>>) -> Assessment {
        assess::role(before, after)
    }

    fn inspect(seen: &Role<Seen>, wanted: Option<&Role<Wanted>>, around: &Around<'_>) -> Vec<Finding> {
        match wanted {
            Some(wanted) => inspect::added(seen, wanted),
            None => around.account.map_or_else(Vec::new, |account| trusting(seen, account)),
        }
    }

    /// Roles of one path are neighbours.
    fn neighbourhood(seen: &Role<Seen>) -> Option<SmolStr> {
        seen.path.value().cloned()
    }
}

fn identity(name: &str) -> SmolStr {
    name.to_ascii_lowercase().into()
}

fn policy_arn(normal: &mut Normal, field: &str, wish: &mut Wish<SmolStr>) {
    normal.value(field, wish, |text| {
        if arn::is_policy(text) {
            return Ok(text.clone());
        }
        let text = text.escape_debug();
        Err(format!("`{text}` is no ARN of a managed policy, e.g. `arn:aws:iam::aws:policy/ReadOnlyAccess`"))
    });
}

fn policies(model: &mut Role<Wanted>, normal: &mut Normal) {
    let mut length = 0;
    for (name, wish) in &mut model.inline {
        if let Err(why) = shape::check_name(name, 128) {
            normal.wrong("inline", why);
        }
        normal_document(
            normal,
            &format!("inline {}", name.escape_debug()),
            wish,
            (Use::Identity, LONGEST_INLINE),
        );
        length += wish.value().map_or(0, |text| text.chars().count());
    }
    if length > LONGEST_INLINE {
        normal.wrong(
            "inline",
            format!(
                "all inline policies together have {length} characters, and {LONGEST_INLINE} are the most"
            ),
        );
    }
    for (key, wish) in &mut model.attachments {
        if !arn::is_policy(key) {
            normal.wrong("attachments", format!("`{}` is no ARN of a managed policy", key.escape_debug()));
        } else if wish.value().is_some_and(|value| value != key) {
            normal.wrong("attachments", format!("`{}` stands under another ARN", key.escape_debug()));
        }
    }
}

#[cfg(test)]
mod tests;
