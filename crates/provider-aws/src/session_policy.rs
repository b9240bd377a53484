//! What a write session may do: the role's permissions cut to the calls of what is approved.

use std::collections::BTreeSet;

/// The most characters that STS takes for a session policy.
const MOST: usize = 2_048;

/// A session policy that allows the calls, as `service:Action`; where they do not fit, their services.
pub(crate) fn session_policy<'a>(calls: impl Iterator<Item = &'a str>) -> String {
    let calls: BTreeSet<String> = calls.map(str::to_owned).collect();
    let exact = policy(&calls);
    if exact.len() <= MOST {
        return exact;
    }
    let services = calls.iter().filter_map(|call| call.split(':').next());
    policy(&services.map(|service| format!("{service}:*")).collect())
}

fn policy(actions: &BTreeSet<String>) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_cut_to_its_calls_and_where_they_do_not_fit_to_their_services() {
        let small = session_policy(["ec2:CreateVpc", "ec2:CreateTags"].into_iter());
        assert!(small.contains(r#"["ec2:CreateTags","ec2:CreateVpc"]"#), "{small}");
        let many: Vec<String> = (0..200).map(|n| format!("ec2:DescribeSomething{n}")).collect();
        let large = session_policy(many.iter().map(String::as_str).chain(["iam:PassRole"]));
        assert!(large.len() <= MOST && large.contains(r#"["ec2:*","iam:*"]"#), "{large}");
    }
}
