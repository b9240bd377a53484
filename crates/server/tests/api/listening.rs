//! Listening and stopping, over a real socket on a free port.

use crate::world::{World, api};
use aplomo_server::{Access, Api, ServeError, serve};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

fn local() -> Api {
    api(World::default(), &Access::default())
}

async fn ask(stream: &mut TcpStream, at: SocketAddr, close: bool) -> String {
    let last = if close { "connection: close\r\n" } else { "" };
    let head = format!("GET /healthz HTTP/1.1\r\nhost: {at}\r\n{last}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !answer.contains("alive") {
        let mut part = [0; 1024];
        let count = stream.read(&mut part).await.unwrap();
        assert!(count > 0, "the connection ended after {answer:?}");
        answer += std::str::from_utf8(&part[..count]).unwrap();
    }
    answer
}

#[tokio::test]
async fn it_answers_until_it_is_told_to_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, local(), async move { drop(stopped.await) }));
    let mut idle = TcpStream::connect(at).await.unwrap();
    assert!(ask(&mut idle, at, false).await.starts_with("HTTP/1.1 200"));
    let mut other = TcpStream::connect(at).await.unwrap();
    assert!(ask(&mut other, at, true).await.starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert_eq!(idle.read(&mut [0; 8]).await.unwrap_or(0), 0, "the idle connection is closed");
    assert!(TcpStream::connect(at).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_gate_for_loopback_does_not_guard_an_open_listener() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = serve(listener, local(), std::future::ready(())).await;
    assert!(matches!(refused, Err(ServeError::NeedsTokens { .. })));
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, local(), async move { drop(stopped.await) }));
    let mut stream = TcpStream::connect(at).await.unwrap();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: {at}\r\nx: {}\r\n\r\n", "a".repeat(64 * 1024));
    let _ = stream.write_all(head.as_bytes()).await; // the server may hang up while we still write
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&answer));
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
