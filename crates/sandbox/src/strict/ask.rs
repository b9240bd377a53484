//! Questions of strict mode to moto, made as the caller in the caller's region; they are not counted.

use bytes::Bytes;
use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};

use crate::form::Form;
use crate::proxy::action::{access_key, region};
use crate::proxy::{ACCOUNT_HEADER, Answer, Inbound, Upstream};

const EC2_VERSION: &str = "2016-11-15";
const IAM_VERSION: &str = "2010-05-08";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// The call under judgement and the way to moto.
pub(super) struct Ask<'a> {
    upstream: Upstream,
    pub(super) call: &'a Inbound,
    pub(super) form: Form,
}

impl<'a> Ask<'a> {
    pub(super) fn new(upstream: Upstream, call: &'a Inbound) -> Self {
        Self { upstream, call, form: Form::parse(&call.text()) }
    }

    /// Lets the call through as it came.
    pub(super) async fn forward(&self) -> Answer {
        self.upstream.send(self.call).await
    }

    /// Lets the call through with another body.
    pub(super) async fn forward_with(&self, body: String) -> Answer {
        self.upstream.send(&self.call.with(self.call.method.clone(), self.call.path(), body.into())).await
    }

    pub(super) async fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let body = Form::call(action, EC2_VERSION, parameters).body();
        self.send("ec2", "/", Method::POST, FORM, body.into(), None).await
    }

    /// IAM of the caller's account, or of another one.
    pub(super) async fn iam(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
        account: Option<&str>,
    ) -> Answer {
        let body = Form::call(action, IAM_VERSION, parameters).body();
        self.send("iam", "/", Method::POST, FORM, body.into(), account).await
    }

    /// Another operation of ACM, as JSON.
    pub(super) async fn acm(&self, operation: &str, body: String) -> Answer {
        let mut call = self.call.with(Method::POST, "/", body.into());
        if let Ok(target) = HeaderValue::try_from(format!("CertificateManager.{operation}")) {
            call.headers.insert(HeaderName::from_static("x-amz-target"), target);
        }
        self.upstream.send(&call).await
    }

    /// A Route53 listing of some account.
    pub(super) async fn route53(&self, path: &str, account: Option<&str>) -> Answer {
        self.send("route53", path, Method::GET, "text/xml", Bytes::new(), account).await
    }

    async fn send(
        &self,
        service: &str,
        path: &str,
        method: Method,
        content_type: &'static str,
        body: Bytes,
        account: Option<&str>,
    ) -> Answer {
        let mut call = self.call.with(method, path, body);
        call.headers.remove("x-amz-target");
        call.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let key =
            if account.is_some() { "STRICT" } else { access_key(&self.call.headers).unwrap_or("STRICT") };
        let region = region(&self.call.headers).unwrap_or("us-east-1");
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20200101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        if let Ok(value) = HeaderValue::try_from(scope) {
            call.headers.insert(AUTHORIZATION, value);
        }
        if let Some(account) = account.and_then(|id| HeaderValue::from_str(id).ok()) {
            call.headers.insert(ACCOUNT_HEADER, account);
        }
        self.upstream.send(&call).await
    }
}
