//! A small client that seeds and looks behind Aplomo's back, over plain HTTP and without the AWS SDK, so that what a
//! test claims about the world does not come from the code under test. Deliberately absent: retries, signatures.

mod health;
mod http;
mod things;
mod zones;

pub use things::Thing;
pub use zones::Zone;

use serde_json::Value;

use crate::error::Error;
use crate::proxy::{Proxy, socket};
use crate::xml::{find_text, parse};
use http::{Http, Request};

/// A client for one endpoint and account.
#[derive(Debug, Clone)]
pub struct Aws(Http);

impl Aws {
    /// Straight to moto, past every proxy and its counters, as the given account.
    ///
    /// # Errors
    /// An endpoint that is not `http://ip:port`.
    pub fn direct(endpoint: &str, account: Option<&str>) -> Result<Self, Error> {
        let addr = socket(endpoint).ok_or_else(|| Error::Address {
            address: endpoint.into(),
            why: "expected http://ip:port".into(),
        })?;
        let (region, key) = ("us-east-1".to_owned(), "SEED".to_owned());
        Ok(Self(Http { endpoint: endpoint.into(), addr, account: account.map(str::to_owned), region, key }))
    }

    /// Through a proxy: counted, bent by its rules, under its account, checked if it is strict.
    ///
    /// # Errors
    /// None in practice; the proxy's own endpoint is well formed.
    pub fn through(proxy: &Proxy) -> Result<Self, Error> {
        Self::direct(proxy.endpoint(), None)
    }

    /// The same client in another region; `us-east-1` unless set.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        Self(Http { region: region.to_owned(), ..self.0.clone() })
    }

    /// The same client with the credentials of a role, cut by a session policy if one is given. The account is the
    /// role's.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without credentials.
    pub fn assume_role(&self, arn: &str, policy: Option<&str>) -> Result<Self, Error> {
        let mut parameters = vec![("RoleArn", arn), ("RoleSessionName", "sandbox")];
        parameters.extend(policy.map(|text| ("Policy", text)));
        let key =
            field(&self.query("sts", "2011-06-15", "AssumeRole", &parameters)?, "AccessKeyId", "AssumeRole")?;
        Ok(Self(Http { key, account: None, ..self.0.clone() }))
    }

    /// The account id that calls are made as.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without an account.
    pub fn account(&self) -> Result<String, Error> {
        let body = self.query("sts", "2011-06-15", "GetCallerIdentity", &[])?;
        field(&body, "Account", "GetCallerIdentity")
    }

    /// Makes a network, for private zones; returns its id. Through a proxy or with an account.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without an id.
    pub fn create_vpc(&self, cidr: &str) -> Result<String, Error> {
        let body = self.query("ec2", "2016-11-15", "CreateVpc", &[("CidrBlock", cidr)])?;
        field(&body, "vpcId", "CreateVpc")
    }

    /// Any call of a query service; returns the body.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Error> {
        let mut body = format!("Action={action}&Version={version}");
        for (key, value) in parameters {
            body += &format!("&{key}={}", crate::form::escape_url(value));
        }
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        self.0.call(&Request { service, method: "POST", path: "/", content_type, target: None, body: &body })
    }

    /// Any call of EC2; returns the body.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
        self.query("ec2", "2016-11-15", action, parameters)
    }

    /// Any call of IAM; returns the body.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
        self.query("iam", "2010-05-08", action, parameters)
    }

    /// Any call of ACM, with a JSON body; returns the answer.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not JSON.
    pub fn acm(&self, operation: &str, body: &Value) -> Result<Value, Error> {
        self.json("acm", &format!("CertificateManager.{operation}"), body)
    }

    /// Any call of CloudWatch Logs, with a JSON body; returns the answer.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not JSON.
    pub fn logs(&self, operation: &str, body: &Value) -> Result<Value, Error> {
        self.json("logs", &format!("Logs_20140328.{operation}"), body)
    }

    /// Any call of a JSON service; an empty answer is `null`.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not JSON.
    pub fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value, Error> {
        let (content_type, body) = ("application/x-amz-json-1.1", body.to_string());
        let request =
            Request { service, method: "POST", path: "/", content_type, target: Some(target), body: &body };
        let answer = self.0.call(&request)?;
        if answer.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&answer)
            .map_err(|e| Error::Unexpected { call: target.into(), why: e.to_string() })
    }

    /// Any call of Route53, `path` after `/2013-04-01/`; returns the body.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn route53(&self, method: &str, path: &str, body: &str) -> Result<String, Error> {
        let path = format!("/2013-04-01/{path}");
        let content_type = "text/xml";
        self.0.call(&Request { service: "route53", method, path: &path, content_type, target: None, body })
    }
}

/// The first element of this name in an answer.
fn field(body: &str, tag: &str, call: &str) -> Result<String, Error> {
    let unexpected = |why: String| Error::Unexpected { call: call.into(), why };
    let document = parse(body).map_err(unexpected)?;
    find_text(document.root_element(), tag)
        .ok_or_else(|| Error::Unexpected { call: call.into(), why: format!("no {tag} in {body}") })
}
