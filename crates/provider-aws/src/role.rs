//! Taking a role in a tenant's account. Our own provider in the place of the SDK's, so that its calls
//! are counted like all others.

use crate::probe::Probe;
use crate::problem::{AwsProblem, Place};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// AssumeRole attempts that no caller has counted yet.
#[derive(Debug, Default)]
pub(crate) struct Assumptions(AtomicU64);

impl Assumptions {
    /// Takes what has gathered.
    pub(crate) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// Credentials from a role.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) arn: String,
    pub(crate) external_id: Option<String>,
    pub(crate) session: String,
    /// What the session may do at most.
    pub(crate) policy: Option<String>,
    pub(crate) account: String,
    pub(crate) endpoint: String,
    pub(crate) assumptions: Arc<Assumptions>,
}

impl ProvideCredentials for Role {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl Role {
    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        const CALL: &str = "sts:AssumeRole";
        let probe = Probe::default();
        let request = self.sts.assume_role().role_arn(&self.arn).role_session_name(&self.session);
        let request = request.set_external_id(self.external_id.clone()).set_policy(self.policy.clone());
        let result = request.customize().interceptor(probe.clone()).send().await;
        let (attempts, request_id) = {
            let trace = probe.trace();
            (trace.attempts, trace.request_id.clone())
        };
        self.assumptions.0.fetch_add(attempts, Ordering::Relaxed);
        let place = Place {
            call: CALL,
            account: &self.account,
            endpoint: &self.endpoint,
            attempts,
            request_id: request_id.clone(),
        };
        let output =
            result.map_err(|error| CredentialsError::provider_error(AwsProblem::from_sdk(place, &error)))?;
        let Some(keys) = output.credentials else {
            let problem =
                AwsProblem::Unreadable { call: CALL, why: "it holds no credentials".into(), request_id };
            return Err(CredentialsError::provider_error(problem));
        };
        let expires = SystemTime::try_from(keys.expiration).ok();
        Ok(Credentials::new(
            keys.access_key_id,
            keys.secret_access_key,
            Some(keys.session_token),
            expires,
            "aplomo-role",
        ))
    }
}
