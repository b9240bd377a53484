//! Health checks.

use super::{Aws, field};
use crate::error::Error;
use crate::xml::element;

impl Aws {
    /// Makes an HTTPS health check of a host and returns its id.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without an id.
    pub fn create_health_check(&self, reference: &str, host: &str, path: &str) -> Result<String, Error> {
        let config =
            [("Port", "443"), ("Type", "HTTPS"), ("ResourcePath", path), ("FullyQualifiedDomainName", host)];
        let config: String = config.iter().map(|(tag, text)| element(tag, text)).collect();
        let body = format!(
            "<CreateHealthCheckRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">{}<HealthCheckConfig>{config}</HealthCheckConfig></CreateHealthCheckRequest>",
            element("CallerReference", reference)
        );
        field(&self.route53("POST", "healthcheck", &body)?, "Id", "CreateHealthCheck")
    }

    /// The ids of all health checks of the account.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn health_checks(&self) -> Result<Vec<String>, Error> {
        let body = self.route53("GET", "healthcheck", "")?;
        let (_, checks, _) = crate::xml::split_elements(&body, "HealthCheck");
        Ok(checks.iter().filter_map(|c| crate::xml::raw_text(c, "Id")).map(str::to_owned).collect())
    }

    /// Sets tags on a health check.
    ///
    /// # Errors
    /// No answer or a refusal.
    pub fn tag_health_check(&self, id: &str, tags: &[(&str, &str)]) -> Result<(), Error> {
        self.tag("healthcheck", id, tags)
    }
}
