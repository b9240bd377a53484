//! The list of kinds. A new kind is one folder and one line here.

use crate::kind::{AnyKind, Erased};
use crate::suggest;
use crate::{
    branch_protection::BranchProtection, certificate::Certificate, change_freeze::ChangeFreeze,
    domain::Domain, environment::Environment, iam_profile::IamProfile, repository::Repository,
    repository_type::RepositoryType, team::Team, tenant::Tenant,
};
use aplomo_core::Finding;
use std::sync::LazyLock;

static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| {
    vec![
        Box::new(Erased::<BranchProtection>::new()),
        Box::new(Erased::<Certificate>::new()),
        Box::new(Erased::<ChangeFreeze>::new()),
        Box::new(Erased::<Domain>::new()),
        Box::new(Erased::<Environment>::new()),
        Box::new(Erased::<IamProfile>::new()),
        Box::new(Erased::<Repository>::new()),
        Box::new(Erased::<RepositoryType>::new()),
        Box::new(Erased::<Team>::new()),
        Box::new(Erased::<Tenant>::new()),
    ]
});

/// All kinds, in the order of their names.
#[must_use]
pub fn registry() -> &'static [Box<dyn AnyKind>] {
    &KINDS
}

/// The kind of a name, written exactly.
#[must_use]
pub fn kind(name: &str) -> Option<&'static dyn AnyKind> {
    registry().iter().find(|kind| kind.name().as_str() == name).map(|kind| &**kind)
}

/// What to say about a kind that does not exist.
pub(crate) fn unknown_kind(name: &str) -> Finding {
    let names: Vec<_> = registry().iter().map(|kind| kind.name()).collect();
    let known = names.iter().map(aplomo_core::KindName::as_str);
    Finding::error("unknown-kind", format!("`{}` is not a kind that this version knows", name.escape_debug()))
        .help(suggest::or_list(name, known, "the kinds are"))
}
