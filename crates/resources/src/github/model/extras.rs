//! The smaller things in a repository.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A webhook. When it was written is its output `updatedAt`.
    pub struct Webhook {
        leaves {
            /// Where deliveries go; its identity in the repository.
            url: String = "/url",
            /// `json` or `form`.
            content_type: SmolStr = "/contentType",
            /// The events, in GitHub's words; `*` for all.
            events: BTreeSet<SmolStr> = "/events",
            /// Whether it delivers.
            active: bool = "/active",
            /// Whether the receiver's certificate is not checked.
            insecure: bool = "/insecureSsl",
            /// Wished as a fingerprint; seen as hidden where GitHub masks it, absent where there is none.
            secret: SmolStr = "/secret",
        }
    }
}

model! {
    /// A deploy key. None of it can be changed in place.
    pub struct DeployKey {
        leaves {
            /// What it is called.
            title: String = "/title",
            /// `<algorithm> <base64>`, without a comment; its identity.
            key: String = "/key",
            /// Whether it may only read.
            read_only: bool = "/readOnly",
        }
    }
}

model! {
    /// An autolink reference. None of it can be changed in place.
    pub struct Autolink {
        leaves {
            /// The prefix, e.g. `TICKET-`; its identity.
            prefix: SmolStr = "/prefix",
            /// The address, with `<num>`.
            url_template: String = "/urlTemplate",
            /// Whether `<num>` may hold letters.
            alphanumeric: bool = "/alphanumeric",
        }
    }
}

model! {
    /// A label.
    pub struct Label {
        leaves {
            /// Its name; its identity in any case.
            name: SmolStr = "/name",
            /// Six hexadecimal digits in lower case, without `#`.
            color: SmolStr = "/color",
            /// What it means; absent where empty.
            description: String = "/description",
        }
    }
}

model! {
    /// The value of an organisation's custom property on a repository. Without a value it is not there.
    pub struct CustomProperty {
        leaves {
            /// The property's name; its identity.
            name: SmolStr = "/name",
            /// The value, or the values of a property that takes several; `true` or `false` of a flag.
            values: BTreeSet<SmolStr> = "/values",
        }
    }
}
