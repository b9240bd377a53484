//! A small client that seeds and looks behind Aplomo's back, over plain HTTP and without the AWS SDK, so that what a
//! test claims about the world does not come from the code under test. Deliberately absent: retries, signatures.

mod health;
mod http;
mod zones;

pub use zones::Zone;

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
        Ok(Self(Http { endpoint: endpoint.into(), addr, account: account.map(str::to_owned) }))
    }

    /// Through a proxy: counted, bent by its rules, under its account, checked if it is strict.
    ///
    /// # Errors
    /// None in practice; the proxy's own endpoint is well formed.
    pub fn through(proxy: &Proxy) -> Result<Self, Error> {
        Self::direct(proxy.endpoint(), None)
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
            body += &format!("&{key}={}", crate::strict::listing::escape_url(value));
        }
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        self.0.call(&Request { service, method: "POST", path: "/", content_type, body: &body })
    }

    /// Any call of Route53, `path` after `/2013-04-01/`; returns the body.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn route53(&self, method: &str, path: &str, body: &str) -> Result<String, Error> {
        let path = format!("/2013-04-01/{path}");
        self.0.call(&Request { service: "route53", method, path: &path, content_type: "text/xml", body })
    }
}

/// The first element of this name in an answer.
fn field(body: &str, tag: &str, call: &str) -> Result<String, Error> {
    let unexpected = |why: String| Error::Unexpected { call: call.into(), why };
    let document = parse(body).map_err(unexpected)?;
    find_text(document.root_element(), tag)
        .ok_or_else(|| Error::Unexpected { call: call.into(), why: format!("no {tag} in {body}") })
}
