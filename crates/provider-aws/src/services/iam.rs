//! Who reads and writes IAM.

use super::{Clerk, Service};
use crate::read::iam::{entities::Entities, providers::Providers};
use crate::write::iam::{
    instance_profiles::InstanceProfileWriter, oidc_providers::OidcProviderWriter, policies::PolicyWriter,
    roles::RoleWriter, saml_providers::SamlProviderWriter,
};
use aplomo_resources::iam;

pub(super) const IAM: Service = Service {
    readers: |office| {
        let (site, client) = (&office.site, office.branch::<aws_sdk_iam::Client>().client(None));
        vec![
            Box::new(Entities::new(site.clone(), client.clone())),
            Box::new(Providers::new(site.clone(), client)),
        ]
    },
    read_calls: &[Entities::calls(), Providers::calls()],
    writers: &[
        Clerk {
            feeds: iam::ROLE,
            calls: RoleWriter::calls(),
            implied: &[],
            make: |office| Box::new(RoleWriter::new(office.desk())),
        },
        Clerk {
            feeds: iam::POLICY,
            calls: PolicyWriter::calls(),
            implied: &[],
            make: |office| Box::new(PolicyWriter::new(office.desk())),
        },
        Clerk {
            feeds: iam::INSTANCE_PROFILE,
            calls: InstanceProfileWriter::calls(),
            // The role is handed to whoever starts a machine with the profile.
            implied: &["iam:PassRole"],
            make: |office| Box::new(InstanceProfileWriter::new(office.desk())),
        },
        Clerk {
            feeds: iam::OIDC_PROVIDER,
            calls: OidcProviderWriter::calls(),
            implied: &[],
            make: |office| Box::new(OidcProviderWriter::new(office.desk())),
        },
        Clerk {
            feeds: iam::SAML_PROVIDER,
            calls: SamlProviderWriter::calls(),
            implied: &[],
            make: |office| Box::new(SamlProviderWriter::new(office.desk())),
        },
    ],
};
