//! How a remote is entered, and whether it is who it says.
//!
//! Secrets are opened only here and only for libgit2. Deliberately absent: credential helpers and
//! the SSH program.

use super::known_hosts::{Verdict, check};
use super::url::Address;
use git2::{CertificateCheckStatus, Cred, CredentialType, ErrorClass, ErrorCode, RemoteCallbacks};
use secrecy::{ExposeSecret, SecretString};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// How we show a remote who we are. Its `Debug` shows no secret.
#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// Not at all.
    #[default]
    None,
    /// A token over http(s); the user is the one in the address, or `x-access-token`.
    Token(SecretString),
    /// A private key in a file.
    SshKey {
        /// The file of the private key.
        path: PathBuf,
        /// What opens the file, where it is locked.
        passphrase: Option<SecretString>,
    },
    /// Whatever the SSH agent of this process offers.
    SshAgent,
}

impl Auth {
    /// The text without this secret, in case the other side repeats it.
    pub(super) fn redact(&self, text: &str) -> String {
        let secret = match self {
            Self::Token(token) => token.expose_secret(),
            Self::SshKey { passphrase: Some(passphrase), .. } => passphrase.expose_secret(),
            Self::None | Self::SshKey { passphrase: None, .. } | Self::SshAgent => "",
        };
        if secret.is_empty() { text.to_owned() } else { text.replace(secret, "[secret]") }
    }
}

/// One visit to a remote, with what was noticed on the way.
pub(super) struct Visit<'a> {
    pub(super) address: &'a Address,
    pub(super) auth: &'a Auth,
    pub(super) known_hosts: Option<&'a Path>,
    pub(super) cancelled: &'a AtomicBool,
    /// How often credentials were asked for since the connection was made.
    asked: Cell<u32>,
    /// Why the host was not trusted.
    pub(super) distrust: RefCell<Option<String>>,
}

impl<'a> Visit<'a> {
    pub(super) fn new(
        address: &'a Address,
        auth: &'a Auth,
        known_hosts: Option<&'a Path>,
        cancelled: &'a AtomicBool,
    ) -> Self {
        Self { address, auth, known_hosts, cancelled, asked: Cell::new(0), distrust: RefCell::new(None) }
    }

    /// What libgit2 asks us.
    pub(super) fn callbacks(&self) -> RemoteCallbacks<'_> {
        self.asked.set(0);
        let mut callbacks = RemoteCallbacks::new();
        callbacks.credentials(|_, user, allowed| self.credentials(user, allowed));
        callbacks.certificate_check(|cert, host| match cert.as_hostkey() {
            Some(key) => self.host_key(key.hostkey(), host),
            None => Ok(CertificateCheckStatus::CertificatePassthrough),
        });
        callbacks.transfer_progress(|_| !self.is_cancelled());
        callbacks.sideband_progress(|_| !self.is_cancelled());
        callbacks
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn credentials(&self, user: Option<&str>, allowed: CredentialType) -> Result<Cred, git2::Error> {
        let refuse = |why: &str| Err(git2::Error::new(ErrorCode::Auth, ErrorClass::Callback, why));
        let user = user.or(self.address.user.as_deref());
        if allowed.contains(CredentialType::USERNAME) {
            return Cred::username(user.unwrap_or("git"));
        }
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() > 1 {
            return refuse("the credentials were not accepted");
        }
        match self.auth {
            Auth::Token(token) if allowed.contains(CredentialType::USER_PASS_PLAINTEXT) => {
                Cred::userpass_plaintext(user.unwrap_or("x-access-token"), token.expose_secret())
            }
            Auth::SshKey { path, passphrase } if allowed.contains(CredentialType::SSH_KEY) => {
                let passphrase = passphrase.as_ref().map(ExposeSecret::expose_secret);
                Cred::ssh_key(user.unwrap_or("git"), None, path, passphrase)
            }
            Auth::SshAgent if allowed.contains(CredentialType::SSH_KEY) => {
                Cred::ssh_key_from_agent(user.unwrap_or("git"))
            }
            Auth::None => refuse("it asks for credentials, and none are configured"),
            _ => refuse("it does not take the configured sort of credentials"),
        }
    }

    fn host_key(&self, key: Option<&[u8]>, host: &str) -> Result<CertificateCheckStatus, git2::Error> {
        let Some(file) = self.known_hosts else {
            // libgit2 then looks into ~/.ssh/known_hosts and refuses what it does not find there.
            return Ok(CertificateCheckStatus::CertificatePassthrough);
        };
        let why = match (std::fs::read_to_string(file), key) {
            (Err(error), _) => format!("`{}` cannot be read: {error}", file.display()),
            (Ok(_), None) => "it shows no key".to_owned(),
            (Ok(text), Some(key)) => match check(&text, host, self.address.port, key) {
                Verdict::Known => return Ok(CertificateCheckStatus::CertificateOk),
                verdict => distrust(verdict, host, file),
            },
        };
        *self.distrust.borrow_mut() = Some(why);
        Err(git2::Error::new(ErrorCode::Certificate, ErrorClass::Ssh, "the host key is not trusted"))
    }
}

fn distrust(verdict: Verdict, host: &str, file: &Path) -> String {
    let file = file.display();
    match verdict {
        Verdict::Different => format!(
            "it shows another key than `{file}` has for it; someone may stand in between. Ask its operators, \
             then replace the line"
        ),
        Verdict::Revoked => format!("its key is revoked in `{file}`"),
        Verdict::Known | Verdict::Unknown => format!(
            "`{file}` does not know its key. Compare the output of `ssh-keyscan {host}` with what its operators \
             publish, then add it there (plain names, not hashed)"
        ),
    }
}
