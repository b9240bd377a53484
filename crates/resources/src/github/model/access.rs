//! Who may do what: teams, memberships, grants, and people as they are looked up.

use aplomo_core::model;
use smol_str::SmolStr;

model! {
    /// A team's permission on a repository. Only what was granted to this team itself, not to its parent.
    pub struct TeamGrant {
        leaves {
            /// The team's slug; its identity in the repository.
            team: SmolStr = "/team",
            /// The team's numeric id; a reference to the `id` of a Team where we manage it, else left alone.
            team_id: SmolStr = "/teamId",
            /// The permission.
            permission: SmolStr = "/permission",
        }
    }
}

model! {
    /// A person's direct permission on a repository; not what comes from teams or the organisation.
    /// A pending invitation counts as there, with `Observed::waiting` and the output `invitation`.
    pub struct Collaborator {
        leaves {
            /// The login in lower case; its identity in the repository. A label: the person is `user`.
            login: SmolStr = "/login",
            /// The user's numeric id; wished as a reference to the `id` of a User.
            user: SmolStr = "/user",
            /// The permission, of a pending invitation too.
            permission: SmolStr = "/permission",
            /// `expired` or `failed` where an invitation came to nothing; absent when pending or accepted.
            invitation: SmolStr = "/invitation",
        }
    }
}

model! {
    /// A team.
    pub struct Team {
        leaves {
            /// Its name as shown. Its slug is made from it.
            name: String = "/name",
            /// What it is for; absent where empty.
            description: String = "/description",
            /// `visible` (GitHub: closed) or `secret`.
            privacy: SmolStr = "/privacy",
            /// Whether mentions notify its members.
            notifications: bool = "/notifications",
            /// The numeric id of the team it is part of; wished as a reference or as absent.
            parent: SmolStr = "/parent",
        }
    }
}

model! {
    /// A person in a team, immediately and not by a child team.
    pub struct TeamMembership {
        leaves {
            /// The login in lower case; its identity in the team. A label: the person is `user`.
            login: SmolStr = "/login",
            /// The user's numeric id; wished as a reference to the `id` of a User.
            user: SmolStr = "/user",
            /// `maintainer` or `member`, as GitHub answers.
            role: SmolStr = "/role",
            /// Whether the person owns the organisation, and so is maintainer whatever is asked for. Seen only.
            owner: bool = "/organisationOwner",
            /// `expired` or `failed` where an invitation came to nothing; absent when pending or accepted.
            invitation: SmolStr = "/invitation",
        }
    }
}

model! {
    /// A look-up: who has a login now.
    pub struct User {
        leaves {
            /// The login in lower case; its identity.
            login: SmolStr = "/login",
        }
    }
}
