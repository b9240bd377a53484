//! The models of IAM's objects in normal form. Documents are canonical text, see [`super::policy`].

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A role with its inline policies and attachments.
    pub struct Role {
        leaves {
            /// Its name, unique in the account in any case. Another name is another role.
            name: SmolStr = "/name",
            /// Its path, e.g. `/`. Another path is another role.
            path: SmolStr = "/path",
            /// What it is for.
            description: String = "/description",
            /// The longest session in seconds.
            max_session: u32 = "/maxSession",
            /// Who may take it: the trust policy.
            trust: String = "/trust",
            /// The ARN of the policy that bounds what it may do.
            boundary: SmolStr = "/permissionsBoundary",
        }
        maps {
            /// Inline policies by name.
            inline: String = "/inline",
            /// Attached managed policies: the ARN to itself, or to a reference that yields it.
            attachments: SmolStr = "/attachments",
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A managed policy of the account's own.
    pub struct Policy {
        leaves {
            /// Its name, unique in the account. Another name is another policy.
            name: SmolStr = "/name",
            /// Its path. Another path is another policy.
            path: SmolStr = "/path",
            /// What it is for. Cannot be changed in place.
            description: String = "/description",
            /// What it allows: the default version.
            document: String = "/document",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// An instance profile: hands a role to machines.
    pub struct InstanceProfile {
        leaves {
            /// Its name, unique in the account.
            name: SmolStr = "/name",
            /// Its path.
            path: SmolStr = "/path",
            /// The name of the role.
            role: SmolStr = "/role",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// An OpenID Connect identity provider.
    pub struct OidcProvider {
        leaves {
            /// Its URL without `https://`. Another URL is another provider.
            url: SmolStr = "/url",
            /// The audiences (client ids) that are accepted.
            audiences: BTreeSet<SmolStr> = "/audiences",
            /// Thumbprints of the certificates; AWS mostly goes without, so they are left alone unless set.
            thumbprints: BTreeSet<SmolStr> = "/thumbprints",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A SAML identity provider.
    pub struct SamlProvider {
        leaves {
            /// Its name. Another name is another provider.
            name: SmolStr = "/name",
            /// The metadata document of the identity provider, as it is.
            metadata: String = "/metadata",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}
