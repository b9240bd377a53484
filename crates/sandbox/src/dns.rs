//! A tiny DNS server on loopback, UDP and TCP, for what clients keep in their own DNS: CNAME and TXT records that a
//! test sets, and names that fail. Deliberately absent: zones, delegation, DNSSEC, EDNS, caching.

mod answer;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::{JoinHandle, JoinSet};

use crate::background::runtime;
use crate::error::Error;

/// What the server knows of one name.
#[derive(Debug, Clone, Default)]
struct Entry {
    cname: Option<String>,
    txt: Vec<String>,
    fails: bool,
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<String, Entry>,
    queries: Vec<(String, String)>,
}

type Shared = Arc<Mutex<State>>;

/// A running server; dropping it closes the ports.
#[derive(Debug)]
pub struct DnsServer {
    addr: SocketAddr,
    state: Shared,
    tasks: [JoinHandle<()>; 2],
}

impl DnsServer {
    /// Opens a free port for UDP and TCP. May be called inside and outside a runtime.
    ///
    /// # Errors
    /// No free port.
    pub fn start() -> Result<Self, Error> {
        let runtime = runtime()?;
        let _inside = runtime.enter();
        let (udp, tcp, addr) = sockets()?;
        let state = Shared::default();
        let tasks =
            [runtime.spawn(datagrams(udp, state.clone())), runtime.spawn(streams(tcp, state.clone()))];
        Ok(Self { addr, state, tasks })
    }

    /// Where it listens, on UDP and TCP.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The name is an alias of the target.
    pub fn set_cname(&self, name: &str, target: &str) {
        self.entry(name, |entry| entry.cname = Some(plain(target)));
    }

    /// The texts of a name, one record each.
    pub fn set_txt(&self, name: &str, texts: &[&str]) {
        self.entry(name, |entry| entry.txt = texts.iter().map(|t| (*t).to_owned()).collect());
    }

    /// Questions for the name are answered with SERVFAIL.
    pub fn fail(&self, name: &str) {
        self.entry(name, |entry| entry.fails = true);
    }

    /// The name does not exist any more.
    pub fn remove(&self, name: &str) {
        lock(&self.state).names.remove(&plain(name));
    }

    /// Every question so far: name in lower case without the final dot, and type.
    pub fn queries(&self) -> Vec<(String, String)> {
        lock(&self.state).queries.clone()
    }

    fn entry(&self, name: &str, change: impl FnOnce(&mut Entry)) {
        change(lock(&self.state).names.entry(plain(name)).or_default());
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lower case, without the final dot.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// A port that is free for both; one of the two may be taken, so a few are tried.
fn sockets() -> Result<(UdpSocket, TcpListener, SocketAddr), Error> {
    let mut tried =
        Err(Error::Address { address: "127.0.0.1".into(), why: "no port free for UDP and TCP".into() });
    for _ in 0..20 {
        tried = pair().map_err(Error::address("127.0.0.1"));
        if tried.is_ok() {
            break;
        }
    }
    tried
}

fn pair() -> std::io::Result<(UdpSocket, TcpListener, SocketAddr)> {
    let tcp = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let addr = tcp.local_addr()?;
    let udp = std::net::UdpSocket::bind(addr)?;
    tcp.set_nonblocking(true)?;
    udp.set_nonblocking(true)?;
    Ok((UdpSocket::from_std(udp)?, TcpListener::from_std(tcp)?, addr))
}

async fn datagrams(socket: UdpSocket, state: Shared) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        if let Some(reply) = answer::to(&state, &buffer[..length]) {
            // A client that is gone is no concern of ours.
            let _ = socket.send_to(&reply, from).await;
        }
    }
}

async fn streams(listener: TcpListener, state: Shared) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => { open.spawn(converse(stream, state.clone())); }
            Some(_) = open.join_next() => {}
            else => return,
        }
    }
}

/// Messages over TCP are preceded by their length.
async fn converse(mut stream: TcpStream, state: Shared) {
    while let Ok(length) = stream.read_u16().await {
        let mut message = vec![0; usize::from(length)];
        if stream.read_exact(&mut message).await.is_err() {
            return;
        }
        let Some(reply) = answer::to(&state, &message) else { return };
        let Ok(length) = u16::try_from(reply.len()) else { return };
        if stream.write_u16(length).await.is_err() || stream.write_all(&reply).await.is_err() {
            return;
        }
    }
}
