//! `github.repo.Webhook` and `github.repo.DeployKey`: what a repository hands to others.

use super::extras::is_web;
use super::model::{DeployKey, Webhook};
use super::names::{DEPLOY_KEY, WEBHOOK};
use super::shape;
use crate::change::{Notes, delta};
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::{SmolStr, format_smolstr};

/// The type of webhooks. Its identity in its repository is the address.
pub struct Webhooks;

impl Type for Webhooks {
    const NAME: TypeName = WEBHOOK;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = Webhook<M>;

    fn normalise(mut model: Webhook<Wanted>) -> Result<Webhook<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("webhook");
        if model.url.value().is_some_and(|url| !is_web(url)) {
            normal.wrong("url", "it is no web address");
        }
        normal.word("contentType", &mut model.content_type, &["json", "form"]);
        shape::each(&mut normal, "events", &mut model.events, event);
        if model.events == Wish::Absent {
            normal.wrong("events", "a webhook without events is never delivered");
        }
        if matches!(model.secret, Wish::Value(_)) {
            normal.wrong("secret", "a secret is named and never written here");
        }
        normal.done(model)
    }
    fn identity_wanted(model: &Webhook<Wanted>) -> Option<SmolStr> {
        model.url.value().map(SmolStr::new)
    }
    fn identity(model: &Webhook<Seen>) -> Option<SmolStr> {
        model.url.value().map(SmolStr::new)
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(before: Option<&Webhook<Seen>>, after: Option<&Webhook<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let url = delta!(before, after, url);
        let Some(to) = url.after else {
            if let Some(old) = url.before {
                notes.add(Risk::Outage, format!("{} hears no more of the repository", host(old)));
            }
            return notes.0;
        };
        if url.changes() {
            notes.add(Risk::Sensitive, format!("{} hears of what goes on in the repository", host(to)));
        }
        let insecure = delta!(before, after, insecure);
        if insecure.after == Some(&true) && insecure.before != Some(&true) {
            notes.add(Risk::Sensitive, format!("the certificate of {} is not checked", host(to)));
        }
        let secret = after.map(|after| &after.secret);
        if before.is_some() && matches!(secret, Some(Wish::Absent)) {
            notes.add(Risk::Sensitive, "deliveries are no longer signed");
        } else if before.is_some() && matches!(secret, Some(Wish::Secret(_))) {
            notes.add(Risk::Sensitive, "deliveries may be signed with another secret");
        }
        notes.0
    }
}

/// The host of an address; the rest may hold what is not for everybody's eyes.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

fn event(written: &str) -> Result<SmolStr, String> {
    let fine = |c: char| c.is_ascii_lowercase() || c == '_';
    if written == "*" || (!written.is_empty() && written.chars().all(fine)) {
        return Ok(written.into());
    }
    Err(format!("`{}` is no event, e.g. `push`, `pull_request`, `*`", written.escape_debug()))
}

/// The type of deploy keys. Its identity in its repository is the key itself.
pub struct DeployKeys;

impl Type for DeployKeys {
    const NAME: TypeName = DEPLOY_KEY;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerContainer;
    type Model<M: Mode> = DeployKey<M>;

    fn normalise(mut model: DeployKey<Wanted>) -> Result<DeployKey<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("deploy-key");
        shape::text(&mut normal, "title", &mut model.title, 255);
        normal.value("key", &mut model.key, |key| key_of(key));
        normal.done(model)
    }
    fn identity_wanted(model: &DeployKey<Wanted>) -> Option<SmolStr> {
        model.key.value().map(SmolStr::new)
    }
    fn identity(model: &DeployKey<Seen>) -> Option<SmolStr> {
        model.key.value().map(SmolStr::new)
    }
    fn turnover(path: &FieldPath) -> Turnover {
        // It cannot be changed, and one key stands only once on all of GitHub.
        if path.as_str() == "/key" { Turnover::CreateFirst } else { Turnover::DestroyFirst }
    }
    fn assess(before: Option<&DeployKey<Seen>>, after: Option<&DeployKey<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let (title, key) = (delta!(before, after, title), delta!(before, after, key));
        let called = title.after.or(title.before).map_or("without a title", String::as_str);
        let read_only = delta!(before, after, read_only);
        let what = |only: Option<&bool>| if only == Some(&false) { "read and write" } else { "read" };
        if after.is_none() {
            if before.is_some() {
                notes.add(Risk::Outage, format!("the holder of the key {called} loses access"));
            }
            return notes.0;
        }
        if key.changes() || before.is_none() {
            notes.add(
                Risk::Sensitive,
                format!("the holder of the key {called} may {} the code", what(read_only.after)),
            );
        } else if read_only.changes() {
            let note = format!("the holder of the key {called} may {} the code now", what(read_only.after));
            notes.add(Risk::Sensitive, note);
        }
        notes.0
    }
}

/// `<algorithm> <base64>`: GitHub drops the comment.
///
/// # Errors
/// Says what a key looks like.
pub fn key_of(written: &str) -> Result<String, String> {
    let mut parts = written.split_whitespace();
    let (Some(algorithm), Some(body)) = (parts.next(), parts.next()) else {
        return Err("it is no public key: `ssh-ed25519 AAAA…`".to_owned());
    };
    let known =
        algorithm.starts_with("ssh-") || algorithm.starts_with("ecdsa-") || algorithm.starts_with("sk-");
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if !known || !body.bytes().all(base64) || body.len() < 16 {
        return Err("it is no public key: `ssh-ed25519 AAAA…`".to_owned());
    }
    Ok(format_smolstr!("{algorithm} {body}").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Sight;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";

    #[test]
    fn the_comment_of_a_key_means_nothing() {
        assert_eq!(key_of(&format!("  {KEY} ana@laptop\n")).as_deref(), Ok(KEY));
        assert!(key_of("-----BEGIN OPENSSH PRIVATE KEY-----").is_err());
        assert!(key_of("ssh-rsa").is_err());
    }

    #[test]
    fn an_address_is_told_by_its_host_only() {
        let before =
            Webhook::<Seen> { url: Sight::Value("https://a.example/x".into()), ..Default::default() };
        let after = Webhook::<Wanted> {
            url: Wish::Value("https://u:p@b.example/hook?token=t".into()),
            insecure: Wish::Value(true),
            ..Default::default()
        };
        let told = Webhooks::assess(Some(&before), Some(&after));
        assert_eq!(told.risk, Risk::Sensitive);
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        b.example hears of what goes on in the repository
        the certificate of b.example is not checked
        ");
    }
}
