//! Objects of EC2, IAM and ACM as a test looks at them: flat texts and tags, whatever the type.
//! Deliberately absent: types of their own, and helpers for what `Aws::ec2`, `iam`, `acm` and `logs` say in one line.

use std::collections::BTreeMap;

use roxmltree::Node;
use serde_json::{Value, json};

use super::Aws;
use crate::error::Error;
use crate::form::unescape_url;
use crate::xml::{child_text, items};

/// One object of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thing {
    /// Texts by the path of their elements, items counted from 0: `vpcId`, `routeSet/0/gatewayId`.
    pub fields: BTreeMap<String, String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Thing {
    /// The text at a path, or the empty text.
    pub fn get(&self, path: &str) -> &str {
        self.fields.get(path).map(String::as_str).unwrap_or_default()
    }

    /// Everything in a list of this name, anywhere in an answer of EC2 or IAM.
    pub fn all(body: &str, list: &str) -> Vec<Self> {
        items(body, list, |node| {
            let mut thing = Self::default();
            thing.read("", node);
            thing
        })
    }

    fn read(&mut self, path: &str, node: Node<'_, '_>) {
        let mut number = 0;
        for element in node.children().filter(Node::is_element) {
            let name = element.tag_name().name();
            if matches!(name, "tagSet" | "Tags") {
                self.read_tags(element);
                continue;
            }
            let own = if matches!(name, "item" | "member") { number.to_string() } else { name.to_owned() };
            number += 1;
            let path = if path.is_empty() { own } else { format!("{path}/{own}") };
            if element.children().any(|n| n.is_element()) {
                self.read(&path, element);
            } else {
                self.fields.insert(path, element.text().unwrap_or_default().to_owned());
            }
        }
    }

    fn read_tags(&mut self, tags: Node<'_, '_>) {
        for tag in tags.children().filter(Node::is_element) {
            let text =
                |lower, upper| child_text(tag, lower).or_else(|| child_text(tag, upper)).unwrap_or_default();
            self.tags.insert(text("key", "Key"), text("value", "Value"));
        }
    }
}

impl Aws {
    /// Everything an EC2 `Describe…` call lists, all pages moto has (it makes none for these).
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn described(&self, action: &str, list: &str) -> Result<Vec<Thing>, Error> {
        Ok(Thing::all(&self.ec2(action, &[])?, list))
    }

    /// All networks of the region.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn vpcs(&self) -> Result<Vec<Thing>, Error> {
        self.described("DescribeVpcs", "vpcSet")
    }

    /// All subnets of the region.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn subnets(&self) -> Result<Vec<Thing>, Error> {
        self.described("DescribeSubnets", "subnetSet")
    }

    /// All security groups of the region.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn security_groups(&self) -> Result<Vec<Thing>, Error> {
        self.described("DescribeSecurityGroups", "securityGroupInfo")
    }

    /// All security group rules of the region, one each.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn security_group_rules(&self) -> Result<Vec<Thing>, Error> {
        self.described("DescribeSecurityGroupRules", "securityGroupRuleSet")
    }

    /// Sets a tag on anything of EC2.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn tag_ec2(&self, id: &str, key: &str, value: &str) -> Result<(), Error> {
        let parameters = [("ResourceId.1", id), ("Tag.1.Key", key), ("Tag.1.Value", value)];
        self.ec2("CreateTags", &parameters).map(drop)
    }

    /// All roles with tags, attachments and inline policies.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn roles(&self) -> Result<Vec<Thing>, Error> {
        let mut roles = Vec::new();
        let mut marker = None::<String>;
        loop {
            let mut parameters = vec![("Filter.member.1", "Role"), ("MaxItems", "1000")];
            parameters.extend(marker.as_deref().map(|m| ("Marker", m)));
            let body = self.iam("GetAccountAuthorizationDetails", &parameters)?;
            roles.extend(Thing::all(&body, "RoleDetailList"));
            let truncated = crate::xml::raw_text(&body, "IsTruncated") == Some("true");
            marker = crate::xml::raw_text(&body, "Marker").filter(|_| truncated).map(str::to_owned);
            if marker.is_none() {
                return Ok(roles);
            }
        }
    }

    /// An inline policy of a role, as JSON text.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without a document.
    pub fn role_policy(&self, role: &str, name: &str) -> Result<String, Error> {
        let body = self.iam("GetRolePolicy", &[("RoleName", role), ("PolicyName", name)])?;
        let text = super::field(&body, "PolicyDocument", "GetRolePolicy")?;
        Ok(if text.starts_with('%') { unescape_url(&text) } else { text })
    }

    /// All certificates of the region, as DescribeCertificate shows them.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not JSON.
    pub fn certificates(&self) -> Result<Vec<Value>, Error> {
        let keys =
            ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];
        let listed = self.acm("ListCertificates", &json!({"Includes": {"keyTypes": keys}}))?;
        let summaries = listed["CertificateSummaryList"].as_array().cloned().unwrap_or_default();
        let describe = |summary: &Value| {
            let body = json!({"CertificateArn": summary["CertificateArn"]});
            Ok(self.acm("DescribeCertificate", &body)?["Certificate"].clone())
        };
        summaries.iter().map(describe).collect()
    }
}
