//! `aplomo why ARN | NAME | ADDRESS`: manifest line, requester, approvers, run, drift.

use crate::args::{Format, WhyArgs};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{sources_here, why};
use aplomo_core::TenantName;

/// Tells why something is as it is. What is not found exits 1 and says where was looked.
///
/// # Errors
/// Where the path is not there or the store cannot be read.
pub async fn run(cx: &Cx, args: &WhyArgs) -> Result<Exit, Failure> {
    let query = why::find::Query::new(&args.what)
        .ok_or_else(|| Failure::usage("name an ARN, a DNS name, a login, a remote id or an address"))?;
    let tenants = cx.common.tenant.iter().map(TenantName::new).collect::<Result<Vec<_>, _>>();
    let tenants = tenants.map_err(Failure::usage)?;
    let here = sources_here::read(cx, args.path.as_deref()).await?;
    let report = why::answer(&cx.store().await?, &here, &query, &tenants).await?;
    match cx.common.format {
        Format::Json => cx.out.json(&report)?,
        _ if report.is_empty() => cx.out.say(&report.text()),
        _ => cx.out.result(&report.text()),
    }
    Ok(if report.is_empty() { Exit::Failed } else { Exit::Done })
}
