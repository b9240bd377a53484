//! `aplomo.core.TenantSettings`: what was applied of a Tenant manifest.

mod loosen;

use super::freeze::bad_windows;
use super::model::TenantSettings;
use crate::normal::{Normal, absent_if, is_set};
use aplomo_core::model::Mode;
use aplomo_core::safety::ApproverRule;
use aplomo_core::types::{Assessment, Counting, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type's name.
pub const TENANT_SETTINGS: TypeName = TypeName::known("aplomo.core.TenantSettings");

/// The type of tenants' settings. They have no identity: the address is theirs.
pub struct Settings;

/// The states of a tenant.
const STATES: [&str; 4] = ["active", "frozen", "leaving", "released"];

impl Type for Settings {
    const NAME: TypeName = TENANT_SETTINGS;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = TenantSettings<M>;

    fn normalise(mut model: TenantSettings<Wanted>) -> Result<TenantSettings<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("tenant-settings");
        normal.word("state", &mut model.state, &STATES);
        normal.word("locale", &mut model.locale, &["en", "es"]);
        normal.within("guards/permille", &model.guard_permille, 0, 1000);
        aws(&mut model, &mut normal);
        for set in [
            &mut model.aws_regions,
            &mut model.automatic_reasons,
            &mut model.automatic_risks,
            &mut model.approvers,
            &mut model.windows,
            &mut model.secrets,
        ] {
            absent_if(set, BTreeSet::is_empty);
        }
        for rule in model.approvers.value().into_iter().flatten() {
            if let Err(bad) = rule.parse::<ApproverRule>() {
                normal.wrong("approval/approvers", bad);
            }
        }
        bad_windows(&mut normal, &model.windows);
        normal.done(model)
    }

    fn identity_wanted(_: &TenantSettings<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &TenantSettings<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(before: Option<&TenantSettings<Seen>>, after: Option<&TenantSettings<Wanted>>) -> Assessment {
        loosen::assess(before, after)
    }
}

fn aws(model: &mut TenantSettings<Wanted>, normal: &mut Normal) {
    normal.value("aws/accountId", &mut model.aws_account, |text| {
        let id: String = text.chars().filter(|c| *c != '-').collect();
        let fits = id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| SmolStr::new(&id)).ok_or_else(|| format!("`{}` has not 12 digits", text.escape_debug()))
    });
    for (field, role) in
        [("aws/readRoleArn", &model.aws_read_role), ("aws/writeRoleArn", &model.aws_write_role)]
    {
        let Wish::Value(arn) = role else { continue };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let is_role = matches!(parts.as_slice(), ["arn", _, "iam", "", _, name] if name.starts_with("role/"));
        if !is_role {
            normal.wrong(
                field,
                format!("`{}` is no role, `arn:aws:iam::<account>:role/<name>`", arn.escape_debug()),
            );
        } else if is_set(&model.aws_account)
            && model.aws_account.value().map(SmolStr::as_str) != Some(parts[4])
        {
            normal
                .wrong(field, format!("`{}` is of another account than `aws.accountId`", arn.escape_debug()));
        }
    }
}

#[cfg(test)]
mod tests;
