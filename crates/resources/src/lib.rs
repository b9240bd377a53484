//! The types of remote objects: one folder per provider and type with model, normal form,
//! identity, turnover and risk.
//!
//! Deliberately absent: calls (the providers make them), manifests (`catalog` expands them), and
//! any input or output.

pub mod acm;
pub mod aplomo;
mod change;
pub mod ec2;
pub mod github;
pub mod iam;
pub mod logs;
mod normal;
pub mod route53;

use aplomo_core::Types;

/// Every type there is. A new type is one line here.
#[must_use]
pub fn registry() -> Types {
    Types::default()
        .with::<route53::hosted_zone::Zone>()
        .with::<route53::record_set::Records>()
        .with::<route53::health_check::Check>()
        .with::<acm::certificate::Certificates>()
        .with::<ec2::Vpcs>()
        .with::<ec2::Subnets>()
        .with::<ec2::InternetGateways>()
        .with::<ec2::ElasticIps>()
        .with::<ec2::NatGateways>()
        .with::<ec2::RouteTables>()
        .with::<ec2::SecurityGroups>()
        .with::<ec2::SecurityGroupRules>()
        .with::<ec2::DefaultSecurityGroups>()
        .with::<ec2::PrefixLists>()
        .with::<ec2::FlowLogs>()
        .with::<ec2::NetworkInterfaces>()
        .with::<ec2::Zones>()
        .with::<logs::Groups>()
        .with::<iam::role::Roles>()
        .with::<iam::managed_policy::Policies>()
        .with::<iam::instance_profile::InstanceProfiles>()
        .with::<iam::oidc_provider::OidcProviders>()
        .with::<iam::saml_provider::SamlProviders>()
        .with::<github::repository::Repositories>()
        .with::<github::grant::TeamGrants>()
        .with::<github::grant::Collaborators>()
        .with::<github::environment::Environments>()
        .with::<github::setting::Variables>()
        .with::<github::setting::Secrets>()
        .with::<github::delivery::Webhooks>()
        .with::<github::delivery::DeployKeys>()
        .with::<github::extras::Autolinks>()
        .with::<github::extras::Labels>()
        .with::<github::extras::CustomProperties>()
        .with::<github::actions::Settings>()
        .with::<github::ruleset::Rulesets>()
        .with::<github::branch_rule::BranchRules>()
        .with::<github::team::Teams>()
        .with::<github::team::TeamMemberships>()
        .with::<github::team::Users>()
        .with::<aplomo::tenant_settings::Settings>()
        .with::<aplomo::safety::Safeties>()
        .with::<aplomo::freeze::Freezes>()
}
