//! Break-glass: opening the freezes and windows of a tenant for a while, in an emergency.
//!
//! Deliberately absent: guards, holds, approvals and protections. They stand, whatever is open.

use crate::{Engine, EngineError};
use aplomo_core::approval::Actor;
use aplomo_core::safety::freeze::{BreakGlass, Breaker};
use aplomo_core::{Plan, SignedDuration, TenantName, Timestamp};
use std::collections::BTreeSet;

/// The longest that a glass stays broken.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// What asking for it came to.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The record.
    pub glass: BreakGlass,
    /// Whether freezes and windows are open by it now.
    pub opens: bool,
    /// How many different people must ask for it.
    pub needed: usize,
}

impl Engine {
    /// Opens the freezes and windows of a tenant. Where the tenant asks for a second person, the first call
    /// only asks, and the call of another person opens, for the shorter of the two times.
    ///
    /// # Errors
    /// [`EngineError::Glass`] where the time is too long, or it is open already, or the same person asks again;
    /// trouble with the store.
    pub async fn break_glass(
        &self,
        tenant: TenantName,
        length: SignedDuration,
        who: Actor,
        reason: String,
    ) -> Result<Broken, EngineError> {
        let at = self.clock.now();
        if length > LONGEST || length <= SignedDuration::ZERO {
            return Err(EngineError::Glass(
                "it is broken for more than no time and at most 24 hours".to_owned(),
            ));
        }
        let until = at.checked_add(length).unwrap_or(at);
        let memory = self.store.memory(at).await?;
        let recorded = aplomo_resources::aplomo::recorded(&memory);
        let before = memory.glass.into_iter().find(|glass| glass.tenant == tenant);
        let breaker = Breaker { who, reason };
        let glass = match before.as_ref().filter(|glass| glass.until > at) {
            None => BreakGlass { tenant: tenant.clone(), at, until, by: vec![breaker] },
            Some(standing) if standing.opens(&recorded, at) => {
                let until = standing.until;
                return Err(EngineError::Glass(format!("it is open until {until} already; end that first")));
            }
            Some(standing) => agreed(standing, breaker, until)?,
        };
        let opens = glass.opens(&recorded, at);
        self.store.glass_put(&glass, before.as_ref(), opens).await?;
        tracing::warn!(%tenant, opens, until = %glass.until, by = %glass.words(), "break-glass");
        let needed = BreakGlass::needed(&recorded, tenant.as_str());
        Ok(Broken { glass, opens, needed })
    }

    /// What is broken open of the tenants of a plan now.
    pub(crate) async fn glass_over(&self, plan: &Plan) -> Result<Vec<BreakGlass>, EngineError> {
        let tenants: BTreeSet<&str> = plan.changes.iter().map(|c| c.address.tenant()).collect();
        let at = self.clock.now();
        let open = self.open_glass(at).await?;
        Ok(open.into_iter().filter(|glass| tenants.contains(glass.tenant.as_str())).collect())
    }

    /// What is broken open at a moment.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn open_glass(&self, at: Timestamp) -> Result<Vec<BreakGlass>, EngineError> {
        if self.store.glass().await?.iter().all(|glass| glass.until <= at) {
            return Ok(Vec::new());
        }
        let memory = self.store.memory(at).await?;
        let recorded = aplomo_resources::aplomo::recorded(&memory);
        Ok(memory.glass.into_iter().filter(|glass| glass.opens(&recorded, at)).collect())
    }
}

/// Another person agrees with who asked first.
fn agreed(standing: &BreakGlass, breaker: Breaker, until: Timestamp) -> Result<BreakGlass, EngineError> {
    let mut glass = standing.clone();
    let people = glass.people().len();
    glass.by.push(breaker);
    glass.until = glass.until.min(until);
    if glass.people().len() == people {
        return Err(EngineError::Glass("it takes the word of another person as well".to_owned()));
    }
    Ok(glass)
}
