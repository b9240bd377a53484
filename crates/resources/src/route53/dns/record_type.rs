//! The record types that Route 53 knows.

use super::DnsError;
use std::fmt;
use std::str::FromStr;

macro_rules! record_types {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $form:literal;)*) => {
        /// A record type that Route 53 knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordType { $($(#[$doc])* $variant,)* }

        /// Every record type that Route 53 knows, in the order of their names.
        pub const ROUTE53_TYPES: [&str; RecordType::ALL.len()] = [$($word),*];

        impl RecordType {
            /// All of them, in the order of their names.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$variant),*];
            /// The word, e.g. `AAAA`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
            /// How a value looks, with an example, for messages.
            #[must_use]
            pub const fn form(self) -> &'static str {
                match self { $(Self::$variant => $form,)* }
            }
        }
    };
}

record_types! {
    /// IPv4 address.
    A = "A", "an IPv4 address, e.g. `192.0.2.1`";
    /// IPv6 address.
    Aaaa = "AAAA", "an IPv6 address, e.g. `2001:db8::1`";
    /// Which authorities may issue certificates.
    Caa = "CAA", "flags, tag and value, e.g. `0 issue \"letsencrypt.org\"`";
    /// Another name for the same.
    Cname = "CNAME", "a host name, e.g. `www.example.net.`";
    /// The key of a signed child zone.
    Ds = "DS", "key tag, algorithm, digest type and digest, e.g. `12345 13 2 49FD…`";
    /// How to reach an HTTPS service.
    Https = "HTTPS", "priority, target and parameters, e.g. `1 . alpn=h2,h3`";
    /// Where mail goes.
    Mx = "MX", "preference and host name, e.g. `10 mail.example.net.`";
    /// Rules to rewrite a name.
    Naptr = "NAPTR", "order, preference, flags, service, expression and replacement, \
        e.g. `100 10 \"u\" \"sip+E2U\" \"!^.*$!sip:info@example.net!\" .`";
    /// Name servers.
    Ns = "NS", "the host name of a name server, e.g. `ns1.example.net.`";
    /// The name of an address.
    Ptr = "PTR", "a host name, e.g. `host.example.net.`";
    /// The zone's own settings.
    Soa = "SOA", "name server, mailbox, serial, refresh, retry, expire and minimum, \
        e.g. `ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 86400`";
    /// The retired form of SPF.
    Spf = "SPF", "plain text, e.g. `v=spf1 -all`";
    /// Host and port of a service.
    Srv = "SRV", "priority, weight, port and host name, e.g. `10 5 5060 sip.example.net.`";
    /// Fingerprints of SSH keys.
    Sshfp = "SSHFP", "algorithm, type and fingerprint, e.g. `4 2 123456…`";
    /// How to reach a service.
    Svcb = "SVCB", "priority, target and parameters, e.g. `1 svc.example.net. port=8443`";
    /// A certificate's fingerprint.
    Tlsa = "TLSA", "usage, selector, matching type and data, e.g. `3 1 1 0D6F…`";
    /// Text.
    Txt = "TXT", "plain text, without quotes around it";
}

impl RecordType {
    /// Whether the value is plain text in normal form.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Txt | Self::Spf)
    }

    /// Which of a value's parts, counted from 0, are names.
    pub(super) const fn names(self) -> &'static [usize] {
        match self {
            Self::Cname | Self::Ns | Self::Ptr => &[0],
            Self::Soa => &[0, 1],
            Self::Mx | Self::Https | Self::Svcb => &[1],
            Self::Srv => &[3],
            Self::Naptr => &[5],
            _ => &[],
        }
    }
}

impl FromStr for RecordType {
    type Err = DnsError;
    fn from_str(text: &str) -> Result<Self, DnsError> {
        let found = Self::ALL.into_iter().find(|t| t.word().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| DnsError::RecordType(super::error::shown(text)))
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
