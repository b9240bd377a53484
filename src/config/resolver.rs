//! Where names are looked up.

use serde::{Deserialize, Serialize};

/// Where names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Resolver {
    /// By the resolvers of this machine.
    #[default]
    System,
    /// Nowhere.
    Off,
    /// By the resolver at this address.
    At(std::net::SocketAddr),
}

impl TryFrom<String> for Resolver {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "system" => Ok(Self::System),
            "off" => Ok(Self::Off),
            address => address.parse().map(Self::At).map_err(|_| {
                format!(
                    "`{}` is no resolver: write `system`, `off` or an address like `192.0.2.53:53`",
                    address.escape_debug()
                )
            }),
        }
    }
}

impl From<Resolver> for String {
    fn from(resolver: Resolver) -> Self {
        match resolver {
            Resolver::System => "system".to_owned(),
            Resolver::Off => "off".to_owned(),
            Resolver::At(address) => address.to_string(),
        }
    }
}
