//! Processes: moto ends with its parent, whatever ends the parent; the environment is made once.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use aplomo_sandbox::{Moto, Venv, default_venv_dir};

use crate::support::venv_dir;

/// Not a test: the process that is killed below. It holds a moto until its input ends.
#[test]
#[ignore = "started by a_killed_parent_leaves_no_moto_behind"]
fn holds_a_moto() {
    let moto = Moto::start(&Venv::ensure(&venv_dir()).unwrap()).unwrap();
    println!("\nport {}", moto.port());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_killed_parent_leaves_no_moto_behind() {
    Venv::ensure(&venv_dir()).unwrap();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "process::holds_a_moto", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port = lines.filter_map(|line| line.strip_prefix("port ")?.parse::<u16>().ok()).next().unwrap();
    let mut open = TcpStream::connect(("127.0.0.1", port)).unwrap();
    open.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    // The open connection ends when moto does, by an end or a reset; a timeout means that it lives on.
    let ended = open.read(&mut [0]);
    let timed_out = ended
        .as_ref()
        .is_err_and(|e| matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
    assert!(!timed_out, "moto outlived its parent: {ended:?}");
    // A dying process may close its connections a moment before its port.
    let closed = (0..10_000).any(|_| TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(closed, "moto's port is still open");
}

#[test]
fn dropping_the_handle_ends_moto() {
    let moto = Moto::start(&Venv::ensure(&venv_dir()).unwrap()).unwrap();
    let port = moto.port();
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    drop(moto);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_moto_that_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let bin = dir.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("python"), "#!/bin/sh\necho broken >&2\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bin.join("python"), mode).unwrap();
    let complete =
        std::fs::read_to_string(Venv::ensure(&venv_dir()).unwrap().dir().join("aplomo-complete")).unwrap();
    std::fs::write(dir.path().join("aplomo-complete"), complete).unwrap();
    let error = Moto::start(&Venv::ensure(dir.path()).unwrap()).unwrap_err();
    assert!(error.to_string().starts_with("moto did not become ready: it ended early"), "{error}");
}

#[test]
fn the_cache_folder_follows_the_desktop_convention() {
    let dir = |cache: Option<&str>, home: Option<&str>| {
        default_venv_dir(cache.map(AsRef::as_ref), home.map(AsRef::as_ref)).map(|p| p.display().to_string())
    };
    assert_eq!(dir(Some("/c"), Some("/h")).as_deref(), Some("/c/aplomo/venv-5.2.5"));
    assert_eq!(dir(Some("relative"), Some("/h")).as_deref(), Some("/h/.cache/aplomo/venv-5.2.5"));
    assert_eq!(dir(None, None), None);
}
