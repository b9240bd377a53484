//! One moto for the whole test binary, one proxy with its own account for each test.

use std::path::PathBuf;
use std::sync::OnceLock;

use aplomo_sandbox::{Aws, Error, Moto, Proxy, Venv, default_venv_dir, unique_account};

/// Where the virtual environment is kept between runs.
#[allow(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
pub(crate) fn venv_dir() -> PathBuf {
    let (cache, home) = (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"));
    default_venv_dir(cache.as_deref(), home.as_deref()).expect("HOME is set")
}

/// Started by the first test that asks; ends with the process.
pub(crate) fn moto() -> &'static Moto {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    MOTO.get_or_init(|| Moto::start(&Venv::ensure(&venv_dir()).unwrap()).unwrap())
}

pub(crate) fn plain() -> (Proxy, Aws) {
    with_client(Proxy::to(moto().endpoint()).account(unique_account()).start().unwrap())
}

pub(crate) fn strict() -> (Proxy, Aws) {
    with_client(Proxy::to(moto().endpoint()).account(unique_account()).strict().start().unwrap())
}

fn with_client(proxy: Proxy) -> (Proxy, Aws) {
    let aws = Aws::through(&proxy).unwrap();
    (proxy, aws)
}

/// Status, code and message of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String, String) {
    match result {
        Err(Error::Refused { status, code, message, .. }) => (status, code, message),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The text of the first element of this name.
pub(crate) fn field(body: &str, tag: &str) -> String {
    let (_, rest) = body.split_once(&format!("<{tag}>")).unwrap_or_else(|| panic!("no {tag} in {body}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}
