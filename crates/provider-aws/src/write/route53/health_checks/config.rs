//! From wishes to the settings of a health check, whole for a create, only what differs for an update.

use crate::wanted::{Want, int32, text, texts, truth, want};
use aplomo_core::fields::{SeenFields, WantedFields};
use aws_sdk_route53::operation::update_health_check::builders::UpdateHealthCheckFluentBuilder;
use aws_sdk_route53::types::{HealthCheckConfig, HealthCheckRegion, ResettableElementName};

/// Fields that an update cannot change; a change of them replaces the check.
const FIXED: &[&str] = &["/type", "/interval", "/measureLatency"];

/// The settings of a new check.
///
/// # Errors
/// In words, where a wish is not resolved or of the wrong shape.
pub(super) fn create(after: &WantedFields) -> Result<HealthCheckConfig, String> {
    let words = |path| want(after, path, text).map(Want::set);
    let number = |path| want(after, path, int32).map(Want::set);
    let flag = |path| want(after, path, truth).map(Want::set);
    let kind = words("/type")?.ok_or("a health check needs a type")?;
    HealthCheckConfig::builder()
        .r#type(kind.as_str().into())
        .set_fully_qualified_domain_name(words("/fqdn")?)
        .set_ip_address(words("/ip")?)
        .set_port(number("/port")?)
        .set_resource_path(words("/path")?)
        .set_search_string(words("/searchString")?)
        .set_request_interval(number("/interval")?)
        .set_failure_threshold(number("/failureThreshold")?)
        .set_measure_latency(flag("/measureLatency")?)
        .set_inverted(flag("/inverted")?)
        .set_disabled(flag("/disabled")?)
        .set_enable_sni(flag("/enableSni")?)
        .set_regions(want(after, "/regions", texts)?.set().map(regions))
        .build()
        .map_err(|bad| bad.to_string())
}

fn regions(names: Vec<String>) -> Vec<HealthCheckRegion> {
    names.iter().map(|name| name.as_str().into()).collect()
}

/// The update, `None` where all is as wished.
///
/// # Errors
/// In words, where a wish is not resolved, of the wrong shape, or cannot be changed in place.
pub(super) fn update(
    request: UpdateHealthCheckFluentBuilder,
    after: &WantedFields,
    seen: Option<&SeenFields>,
) -> Result<Option<UpdateHealthCheckFluentBuilder>, String> {
    let (mut request, mut any) = (request, false);
    for (path, wish) in after.iter().filter(|(path, _)| !path.as_str().starts_with("/tags")) {
        let there = seen.and_then(|fields| fields.value(path.as_str()));
        let same = match crate::wanted::datum(path.as_str(), Some(wish))? {
            Want::Leave => true,
            Want::Clear => there.is_none(),
            Want::Set(value) => there == Some(value),
        };
        if !same {
            request = put(request, after, path.as_str())?;
            any = true;
        }
    }
    Ok(any.then_some(request))
}

fn put(
    request: UpdateHealthCheckFluentBuilder,
    after: &WantedFields,
    path: &str,
) -> Result<UpdateHealthCheckFluentBuilder, String> {
    let words = || want(after, path, text);
    let number = || want(after, path, int32).map(Want::set);
    let flag = || want(after, path, truth).map(Want::set);
    Ok(match path {
        "/fqdn" => match words()? {
            Want::Clear => request.reset_elements(ResettableElementName::FullyQualifiedDomainName),
            other => request.set_fully_qualified_domain_name(other.set()),
        },
        "/path" => match words()? {
            Want::Clear => request.reset_elements(ResettableElementName::ResourcePath),
            other => request.set_resource_path(other.set()),
        },
        "/regions" => match want(after, path, texts)? {
            Want::Clear => request.reset_elements(ResettableElementName::Regions),
            other => request.set_regions(other.set().map(regions)),
        },
        "/ip" => request.set_ip_address(words()?.set()),
        "/searchString" => request.set_search_string(words()?.set()),
        "/port" => request.set_port(number()?),
        "/failureThreshold" => request.set_failure_threshold(number()?),
        "/inverted" => request.set_inverted(flag()?),
        "/disabled" => request.set_disabled(flag()?),
        "/enableSni" => request.set_enable_sni(flag()?),
        fixed if FIXED.contains(&fixed) => {
            return Err(format!("{fixed} of a health check cannot be changed: it takes a new one"));
        }
        other => return Err(format!("{other} is not a field that can be written")),
    })
}
