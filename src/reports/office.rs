//! Sends reports at their time: a task of the daemon beside its loop, so that a receiver that hangs delays no
//! plan. What is due and what is on its way is in the store; a restart goes on there.

use super::letter::Letter;
use super::schedule::{Due, Schedule};
use super::{EVERYBODY, of, send};
use crate::config::{Config, MailSettings, ReportConfig};
use crate::daemon::sources::Secrets;
use crate::failure::Failure;
use aplomo_core::{SignedDuration, TenantName, Timestamp};
use aplomo_engine::{Engine, Stop};
use aplomo_planner::DriftReport;
use aplomo_report::Report;
use aplomo_texts::Locale;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long nobody else tries a letter that is being sent.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// The wait after the first try that failed; it doubles up to [`LONGEST`].
const RETRY: Duration = Duration::from_secs(30);
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(3_600);
/// How often it is looked what is due.
const LOOK: Duration = Duration::from_secs(1);

/// What the office goes by; replaced when the configuration changes.
#[derive(Debug, Clone, Default)]
pub struct Orders(Arc<Mutex<Arc<Standing>>>);

#[derive(Debug, Default)]
struct Standing {
    reports: Vec<(ReportConfig, Schedule, Locale)>,
    mail: Option<MailSettings>,
}

/// What the loop saw last; `None` before it saw anything.
pub trait Latest: Send + Sync {
    /// The drift of a tenant, or of all, with whether anything was left out because it is not the tenant's.
    fn drift(&self, tenant: Option<&TenantName>) -> Option<(DriftReport, bool)>;
}

impl Orders {
    /// Goes by this configuration from now on.
    ///
    /// # Errors
    /// Where a schedule, a locale or a receiver is not valid.
    pub fn replace(&self, config: &Config) -> Result<(), Failure> {
        let orders = Arc::new(standing(config)?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = orders;
        Ok(())
    }

    fn now(&self) -> Arc<Standing> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Checks the part of a configuration that reports go by.
///
/// # Errors
/// What is wrong, and the form it has.
pub fn check(config: &Config) -> Result<(), Failure> {
    standing(config).map(drop)
}

fn standing(config: &Config) -> Result<Standing, Failure> {
    let mut names = BTreeSet::new();
    let mut reports = Vec::new();
    for report in &config.reports {
        let schedule = Schedule::new(&report.schedule, &report.time_zone).map_err(Failure::invalid)?;
        let locale = report.locale.parse().map_err(Failure::invalid)?;
        report.tenant.as_ref().map(TenantName::new).transpose().map_err(Failure::invalid)?;
        receivers(config, report).map_err(Failure::invalid)?;
        if !names.insert(name(report)) {
            let name = name(report);
            return Err(Failure::invalid(format!("two reports are `{name}`: give all receivers in one")));
        }
        reports.push((report.clone(), schedule, locale));
    }
    mail(config)?;
    Ok(Standing { reports, mail: config.mail.clone() })
}

fn receivers(config: &Config, report: &ReportConfig) -> Result<(), String> {
    for to in &report.to {
        let count =
            [to.file.is_some(), to.slack.is_some(), to.mail.is_some()].iter().filter(|is| **is).count();
        if count != 1 {
            return Err(super::letter::ONE.to_owned());
        }
        if to.mail.is_some() && config.mail.is_none() {
            return Err("a report goes by mail, and the configuration has no `mail`".to_owned());
        }
        let reference = |text: &String| text.starts_with("env:") || text.starts_with("file:");
        if to.slack.as_ref().is_some_and(|url| !reference(url)) {
            return Err(
                "`slack` is a reference of the form `env:NAME` or `file:PATH`, never an address".to_owned()
            );
        }
        for address in to.mail.iter().flat_map(|mail| &mail.to) {
            let read = address.parse::<lettre::message::Mailbox>();
            read.map_err(|error| format!("`{}` is no mail address: {error}", address.escape_debug()))?;
        }
    }
    if report.to.is_empty() { Err("a report has no receiver".to_owned()) } else { Ok(()) }
}

fn mail(config: &Config) -> Result<(), Failure> {
    let Some(mail) = &config.mail else { return Ok(()) };
    let from = mail.from.parse::<lettre::message::Mailbox>();
    from.map_err(|error| Failure::invalid(format!("`mail.from` is no mail address: {error}")))?;
    let local = matches!(mail.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if mail.security == crate::config::MailSecurity::None && !local {
        return Err(Failure::invalid("`mail.security: none` is for this machine itself (localhost) only"));
    }
    if mail.user.is_some() != mail.password.is_some() {
        return Err(Failure::invalid("`mail` has both `user` and `password`, or none of them"));
    }
    Ok(())
}

/// What a report is called in the store: another schedule has other readers, who were told other things.
fn name(report: &ReportConfig) -> String {
    let tenant = report.tenant.as_deref().unwrap_or(EVERYBODY);
    let fields: Vec<&str> = report.schedule.split_whitespace().collect();
    format!("{tenant} {} {}", fields.join(" "), report.time_zone)
}

/// The office.
pub struct Office {
    /// Store and clock.
    pub engine: Arc<Engine>,
    /// What the loop saw.
    pub latest: Arc<dyn Latest>,
    /// What is due when.
    pub orders: Orders,
    /// Where secrets are.
    pub vars: Secrets,
}

impl Office {
    /// Works until it is told to stop. What goes wrong is logged and tried again.
    pub async fn work(self, stop: Stop) {
        while !stop.is_stopped() {
            let orders = self.orders.now();
            for (report, schedule, locale) in &orders.reports {
                if let Err(failure) = self.see_to(report, schedule, *locale).await {
                    tracing::error!(report = name(report), error = %format!("{:#}", failure.error), "a report could not be made");
                }
            }
            match self.send_one(&orders).await {
                Ok(true) => {}
                Ok(false) => self.engine.clock.sleep(LOOK).await,
                Err(failure) => {
                    tracing::error!(error = %format!("{:#}", failure.error), "reports on their way cannot be read");
                    self.engine.clock.sleep(LOOK).await;
                }
            }
        }
    }

    /// Makes a report where it is due and something was seen.
    async fn see_to(
        &self,
        config: &ReportConfig,
        schedule: &Schedule,
        locale: Locale,
    ) -> Result<(), Failure> {
        let (store, name) = (&self.engine.store, name(config));
        let now = self.engine.clock.now();
        match schedule.due(store.report_slot(&name).await?, now) {
            Some(Due::Begin) => {
                store.report_made::<Letter>(&name, now, None).await?;
            }
            Some(Due::Now(slot)) => {
                let Some(report) = self.make(config, &name, locale).await? else { return Ok(()) };
                let letters =
                    config.to.iter().map(|to| Letter::new(&report, to)).collect::<Result<Vec<_>, _>>();
                let letters = letters.map_err(Failure::failed)?;
                if store.report_made(&name, slot, Some((&report.told(), &letters))).await? {
                    tracing::info!(report = name, slot = %slot, letters = letters.len(), "made a drift report");
                }
            }
            Some(Due::At(_)) | None => {}
        }
        Ok(())
    }

    async fn make(
        &self,
        config: &ReportConfig,
        name: &str,
        locale: Locale,
    ) -> Result<Option<Report>, Failure> {
        let tenant = config.tenant.as_ref().map(TenantName::new).transpose()?;
        let Some((drift, left_out)) = self.latest.drift(tenant.as_ref()) else { return Ok(None) };
        let told = self.engine.store.told(name).await?;
        let of_whom = tenant.as_ref().map_or(EVERYBODY, |tenant| tenant.as_str());
        Ok(Some(of(&self.engine.store, drift, (of_whom, told.as_ref()), left_out, locale).await?))
    }

    /// Sends the letter that is due first; whether there was one.
    async fn send_one(&self, orders: &Standing) -> Result<bool, Failure> {
        let store = &self.engine.store;
        let Some(one) = store.letter_take::<Letter>(LEASE).await? else { return Ok(false) };
        let word = send::word(&one.letter.to);
        let id = format!("report-{}-{}", store.installation(), one.id);
        match send::send(&id, &one.letter, orders.mail.as_ref(), &self.vars).await {
            Ok(()) => {
                store.letter_sent(one.id).await?;
                aplomo_server::observe_report(word, true);
                tracing::info!(report = one.name, receiver = word, "sent a drift report");
            }
            Err(why) => {
                let next = again(self.engine.clock.now(), one.attempts);
                store.letter_failed(one.id, next, &why).await?;
                aplomo_server::observe_report(word, false);
                tracing::error!(
                    report = one.name,
                    receiver = word,
                    attempts = one.attempts,
                    why,
                    "a drift report was not taken; it is tried again"
                );
            }
        }
        Ok(true)
    }
}

/// When a letter is tried again after so many tries.
fn again(now: Timestamp, attempts: u32) -> Timestamp {
    let wait = RETRY.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_get_rarer_and_never_stop() {
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<i64> = [1, 2, 3, 8, 1_000_000].map(|n| again(now, n).as_second()).into();
        assert_eq!(waits, [30, 60, 120, 3_600, 3_600]);
    }
}
