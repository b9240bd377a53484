//! ARNs of IAM objects. They follow from account, path and name, so what shall be attached can be
//! named before it is made.

use super::policy::Principal;
use smol_str::{SmolStr, format_smolstr};

/// The account's id in AWS's own managed policies.
const AWS_ITSELF: &str = "aws";

/// The ARN of a managed policy; `path` begins and ends with `/`.
#[must_use]
pub fn policy(account: &str, path: &str, name: &str) -> SmolStr {
    format_smolstr!("arn:aws:iam::{account}:policy{path}{name}")
}

/// The ARN of one of AWS's own managed policies, by its path and name (`job-function/ViewOnlyAccess`).
#[must_use]
pub fn aws_policy(name: &str) -> SmolStr {
    policy(AWS_ITSELF, "/", name)
}

/// The ARN of a SAML provider.
#[must_use]
pub fn saml_provider(account: &str, name: &str) -> SmolStr {
    format_smolstr!("arn:aws:iam::{account}:saml-provider/{name}")
}

/// The ARN of an OpenID Connect provider, by its URL without scheme.
#[must_use]
pub fn oidc_provider(account: &str, url: &str) -> SmolStr {
    format_smolstr!("arn:aws:iam::{account}:oidc-provider/{url}")
}

/// The last part of an ARN of IAM: the name with its path, without the sort before it.
#[must_use]
pub fn name_of<'a>(arn: &'a str, sort: &str) -> Option<&'a str> {
    let resource = arn.strip_prefix("arn:")?.splitn(5, ':').nth(4)?;
    resource.strip_prefix(sort)?.strip_prefix('/').filter(|name| !name.is_empty())
}

/// Whether a text is the ARN of a managed policy.
#[must_use]
pub fn is_policy(arn: &str) -> bool {
    let iam = arn.strip_prefix("arn:aws").and_then(|rest| rest.split_once(':')).map(|(_, rest)| rest);
    iam.is_some_and(|rest| rest.starts_with("iam::")) && name_of(arn, "policy").is_some()
}

/// Whether a principal is outside of an account; who comes from a provider or a service is not.
#[must_use]
pub fn is_foreign(principal: &Principal, account: &str) -> bool {
    principal.account().is_some_and(|theirs| theirs != account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_put_together_and_taken_apart() {
        let arn = policy("123456789012", "/team/", "read");
        assert_eq!(arn, "arn:aws:iam::123456789012:policy/team/read");
        assert_eq!(name_of(&arn, "policy"), Some("team/read"));
        assert!(is_policy(&arn) && is_policy(&aws_policy("job-function/Billing")));
        assert!(is_policy("arn:aws-cn:iam::aws:policy/ReadOnlyAccess"));
        assert!(!is_policy("arn:aws:iam::123456789012:role/policy/x") && !is_policy("ReadOnlyAccess"));
        assert_eq!(name_of(&oidc_provider("1", "a.test/b"), "oidc-provider"), Some("a.test/b"));
    }
}
