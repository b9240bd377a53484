//! The model of a certificate in normal form.
//!
//! Names are lower case, in ASCII, without a final dot, as ACM writes them.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A certificate.
    pub struct Certificate {
        leaves {
            /// The common name. Another name is another certificate.
            domain_name: SmolStr = "/domainName",
            /// The further names, without the common one. Other names are another certificate.
            alternative_names: BTreeSet<SmolStr> = "/alternativeNames",
            /// The key's algorithm as requests write it, e.g. `RSA_2048` or `EC_prime256v1`.
            key_algorithm: SmolStr = "/keyAlgorithm",
            /// How it was proven whose the names are: `DNS` or `EMAIL`.
            validation: SmolStr = "/validation",
            /// Whether it is entered into public certificate transparency logs.
            transparency: bool = "/transparencyLogging",
            /// Whether it is good, or may still become so: neither failed, timed out, revoked nor expired.
            valid: bool = "/valid",
            /// Whether something uses it: seen only.
            in_use: bool = "/inUse",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}
