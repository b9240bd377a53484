//! The names of the types, and of their outputs.
//!
//! Every object lives in scope `github` / the organisation's login in lower case; what is inside a
//! repository has the repository's numeric id as container, a membership its team's.

use aplomo_core::TypeName;
use aplomo_core::name::Provider;

/// The provider.
pub const GITHUB: Provider = Provider::known("github");

/// A repository. Remote id: its numeric id. No container.
pub const REPOSITORY: TypeName = TypeName::known("github.repo.Repository");
/// A team's permission on a repository. Remote id: the team's numeric id. In the repository.
pub const TEAM_GRANT: TypeName = TypeName::known("github.repo.TeamGrant");
/// A person's direct permission on a repository. Remote id: the user's numeric id. In the repository.
pub const COLLABORATOR: TypeName = TypeName::known("github.repo.Collaborator");
/// A deployment environment. Remote id: its numeric id. In the repository.
pub const ENVIRONMENT: TypeName = TypeName::known("github.repo.Environment");
/// An Actions variable. Remote id: its identity. In the repository.
pub const VARIABLE: TypeName = TypeName::known("github.repo.Variable");
/// An Actions secret. Remote id: its identity. In the repository.
pub const SECRET: TypeName = TypeName::known("github.repo.Secret");
/// A webhook. Remote id: its numeric id. In the repository.
pub const WEBHOOK: TypeName = TypeName::known("github.repo.Webhook");
/// A deploy key. Remote id: its numeric id. In the repository.
pub const DEPLOY_KEY: TypeName = TypeName::known("github.repo.DeployKey");
/// An autolink reference. Remote id: its numeric id. In the repository.
pub const AUTOLINK: TypeName = TypeName::known("github.repo.Autolink");
/// A label. Remote id: its node id. In the repository.
pub const LABEL: TypeName = TypeName::known("github.repo.Label");
/// The value of a custom property. Remote id: the property's name. In the repository.
pub const CUSTOM_PROPERTY: TypeName = TypeName::known("github.repo.CustomProperty");
/// What Actions may do in a repository; comes with it. Remote id: `actions`. In the repository.
pub const ACTIONS_SETTINGS: TypeName = TypeName::known("github.repo.ActionsSettings");
/// A ruleset. Remote id: its numeric id. In the repository, or of the organisation without container.
pub const RULESET: TypeName = TypeName::known("github.repo.Ruleset");
/// A classic branch protection rule. Remote id: its node id. In the repository.
pub const BRANCH_PROTECTION_RULE: TypeName = TypeName::known("github.repo.BranchProtectionRule");
/// A team. Remote id: its numeric id. No container.
pub const TEAM: TypeName = TypeName::known("github.org.Team");
/// A person in a team. Remote id: the user's numeric id. In the team.
pub const TEAM_MEMBERSHIP: TypeName = TypeName::known("github.org.TeamMembership");
/// A person, looked up by login. Remote id: the user's numeric id. No container.
pub const USER: TypeName = TypeName::known("github.org.User");

/// Outputs: what others refer to, and what notices read.
pub mod output {
    /// The numeric id as text (repositories, teams, users).
    pub const ID: &str = "id";
    /// The GraphQL node id.
    pub const NODE_ID: &str = "nodeId";
    /// The name as GitHub writes it (repositories).
    pub const NAME: &str = "name";
    /// The slug (teams).
    pub const SLUG: &str = "slug";
    /// The login as GitHub writes it (users, collaborators, memberships).
    pub const LOGIN: &str = "login";
    /// Whether the person has two-factor authentication, where our credentials are told.
    pub const TWO_FACTOR: &str = "twoFactor";
    /// What the person is in the organisation: `owner`, `member`, `none`.
    pub const ORGANISATION_ROLE: &str = "organisationRole";
    /// Where an invitation stands: `pending`, `expired`, `failed`; not set once accepted.
    pub const INVITATION: &str = "invitation";
    /// When an invitation was sent, RFC 3339.
    pub const INVITED_AT: &str = "invitedAt";
    /// When a secret, variable or webhook was last written, RFC 3339.
    pub const UPDATED_AT: &str = "updatedAt";
    /// `true` on what gives our own credentials their access: never taken away.
    pub use aplomo_core::observation::OWN_ACCESS;
    /// Which fields an enforced security configuration of the organisation owns: a list of paths.
    pub const ENFORCED: &str = "enforced";
}
