//! Text on its way out: addresses of tenants the caller may not see, and passwords in addresses.

use crate::view::View;

/// What stands in the place of an address of somebody else.
const SOMEBODY: &str = "(another tenant)";

/// The text with every address (`tenant/Kind/name…`) of a tenant that is not seen put out of sight.
/// Only for prose: values of fields are never changed.
pub(crate) fn prose(text: &str, view: &View) -> String {
    if view.is_all() {
        return text.to_owned();
    }
    let part = |c: char| c.is_alphanumeric() || "/.:-_@=*".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(part) {
        let end = rest[start..].find(|c| !part(c)).map_or(rest.len(), |length| start + length);
        out.push_str(&rest[..start]);
        let word = &rest[start..end];
        out.push_str(if tenant_of(word).is_some_and(|tenant| !view.sees(tenant)) { SOMEBODY } else { word });
        rest = &rest[end..];
    }
    out + rest
}

/// The tenant of a word that looks like an address: a slug, then a kind, which begins with a capital.
fn tenant_of(word: &str) -> Option<&str> {
    let (tenant, rest) = word.split_once('/')?;
    rest.starts_with(|c: char| c.is_ascii_uppercase()).then_some(tenant)
}

/// An address of a repository without user and password.
pub(crate) fn without_userinfo(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let host_ends = rest.find('/').unwrap_or(rest.len());
    match rest[..host_ends].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::TenantName;

    #[test]
    fn addresses_of_others_are_put_out_of_sight_and_nothing_else() {
        let view = View::only([TenantName::known("acme")].into());
        let text = "claimed by globex/Domain/x:aws.route53.Y/a and `acme/Domain/y` (see and/or a/b)";
        assert_eq!(prose(text, &view), "claimed by (another tenant) and `acme/Domain/y` (see and/or a/b)");
        assert_eq!(prose(text, &View::all()), text);
    }

    #[test]
    fn passwords_leave_no_trace_in_addresses() {
        assert_eq!(without_userinfo("https://bot:s3cret@git.example/x@y"), "https://git.example/x@y");
        assert_eq!(without_userinfo("https://git.example/x@y"), "https://git.example/x@y");
        assert_eq!(without_userinfo("git@git.example:x.git"), "git@git.example:x.git");
    }
}
