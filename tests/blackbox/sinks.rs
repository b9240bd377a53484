//! Receivers of reports on this machine: a webhook and a mail server that keep what they are given.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A receiver; it ends with the process.
#[derive(Clone)]
pub struct Sink {
    got: Arc<Mutex<Vec<String>>>,
    /// Its port on loopback.
    pub port: u16,
}

impl Sink {
    /// A webhook: keeps the bodies of what is posted, and answers with these statuses one after the other,
    /// the last one again and again.
    pub fn webhook(statuses: &'static [&'static str]) -> Self {
        let mut answered = 0;
        Self::start(move |stream, got| {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                let lower = line.to_lowercase();
                length = lower.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses[answered.min(statuses.len() - 1)];
            answered += 1;
            if status.starts_with('2') {
                got.lock().unwrap().push(String::from_utf8(body).unwrap());
            }
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        })
    }

    /// A mail server: keeps the messages.
    pub fn mail() -> Self {
        Self::start(|stream, got| {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
            say("220 sink");
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 0 {
                let word = line.split_whitespace().next().unwrap_or_default().to_uppercase();
                line.clear();
                match word.as_str() {
                    "DATA" => {
                        say("354 go on");
                        let mut message = String::new();
                        while !message.ends_with("\r\n.\r\n") {
                            assert!(reader.read_line(&mut message).unwrap() > 0);
                        }
                        got.lock().unwrap().push(message);
                        say("250 taken");
                    }
                    "QUIT" => return say("221 bye"),
                    _ => say("250 yes"),
                }
            }
        })
    }

    /// A receiver that takes a connection and never answers.
    pub fn silent() -> Self {
        let mut open = Vec::new();
        Self::start(move |stream, _| open.push(stream.try_clone().unwrap()))
    }

    fn start(mut serve: impl FnMut(&mut TcpStream, &Mutex<Vec<String>>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Self { got: Arc::default(), port };
        let got = Arc::clone(&sink.got);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                serve(&mut stream, &got);
            }
        });
        sink
    }

    /// What it was given so far.
    pub fn got(&self) -> Vec<String> {
        self.got.lock().unwrap().clone()
    }
}
