//! The models of our own settings.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// What was applied of a Tenant manifest.
    pub struct TenantSettings {
        leaves {
            /// The name shown.
            display_name: String = "/displayName",
            /// `active`, `frozen`, `leaving`, `released`.
            state: SmolStr = "/state",
            /// Removals allowed in 24 hours.
            guard_count: u32 = "/guards/count",
            /// Share allowed, in thousandths.
            guard_permille: u32 = "/guards/permille",
            /// AWS account id.
            aws_account: SmolStr = "/aws/accountId",
            /// Default region.
            aws_region: SmolStr = "/aws/region",
            /// Further regions.
            aws_regions: BTreeSet<SmolStr> = "/aws/regions",
            /// Role to read with.
            aws_read_role: String = "/aws/readRoleArn",
            /// Role to write with.
            aws_write_role: String = "/aws/writeRoleArn",
            /// External id for both roles.
            aws_external_id: String = "/aws/externalId",
            /// GitHub organisation.
            github_organization: String = "/github/organization",
            /// Reasons automatic approval may cover beyond the usual.
            automatic_reasons: BTreeSet<SmolStr> = "/approval/automaticReasons",
            /// Risks automatic approval may cover beyond the usual.
            automatic_risks: BTreeSet<SmolStr> = "/approval/automaticRisks",
            /// Whether lifting a guard needs a second person.
            second_person_for_lifts: bool = "/approval/secondPersonForLifts",
            /// Which teams may approve what, and by how many people: `ORG/SLUG environments=… risks=… approvals=N`.
            approvers: BTreeSet<SmolStr> = "/approval/approvers",
            /// When its changes may be applied: `mon,tue 22:00-02:00 Europe/Madrid`; always where there is none.
            windows: BTreeSet<SmolStr> = "/windows",
            /// Secrets its manifests may use, by name.
            secrets: BTreeSet<SmolStr> = "/secrets",
            /// `en` or `es`.
            locale: SmolStr = "/locale",
        }
        maps {
            /// Contacts: name to `role github #id email`.
            contacts: String = "/contacts",
        }
    }
}

model! {
    /// What was applied of a ChangeFreeze manifest.
    pub struct Freeze {
        leaves {
            /// Tenants; `*` is all of them.
            tenants: BTreeSet<SmolStr> = "/tenants",
            /// Names or types of environments.
            environments: BTreeSet<SmolStr> = "/environments",
            /// From when.
            from: SmolStr = "/from",
            /// Until when.
            until: SmolStr = "/until",
            /// Why.
            reason: String = "/reason",
            /// What it does not hold: `risk=routine kind=Domain`.
            except: BTreeSet<SmolStr> = "/except",
        }
    }
}

model! {
    /// What was applied of a manifest's safeties; exists only where one is not the safe default.
    pub struct Safety {
        leaves {
            /// `protect`, `delete` or `orphan`.
            deletion: SmolStr = "/deletion",
            /// `additive`, `exclusive` or `observe`.
            ownership: SmolStr = "/ownership",
            /// Other tenants' manifests (`tenant/Kind/name`) that may contribute.
            consents: BTreeSet<SmolStr> = "/consents",
            /// Collections of it that are owned otherwise than `ownership` says: `<type>=<ownership>`.
            collections: BTreeSet<SmolStr> = "/collections",
            /// Of an Environment: what it is for, where that is not production.
            environment: SmolStr = "/environment",
            /// Of an Environment: when its changes may be applied, see `core::safety::Window`.
            windows: BTreeSet<SmolStr> = "/windows",
        }
    }
}
