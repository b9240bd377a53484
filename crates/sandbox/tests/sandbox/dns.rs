//! The DNS server, asked over UDP and TCP by a client made of the wire format alone.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use aplomo_sandbox::DnsServer;
use domain::base::iana::Rtype;
use domain::base::{Message, MessageBuilder, Name};
use domain::rdata::AllRecordData;

fn question(name: &str, kind: Rtype) -> Vec<u8> {
    let mut builder = MessageBuilder::new_vec().question();
    builder.push((name.parse::<Name<Vec<u8>>>().unwrap(), kind)).unwrap();
    builder.finish()
}

fn udp(server: SocketAddr, message: &[u8]) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.send_to(message, server).unwrap();
    let mut buffer = vec![0; 4096];
    let (length, _) = socket.recv_from(&mut buffer).unwrap();
    buffer.truncate(length);
    buffer
}

fn tcp(server: SocketAddr, message: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(&u16::try_from(message.len()).unwrap().to_be_bytes()).unwrap();
    stream.write_all(message).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut reply).unwrap();
    reply
}

/// The code and the answers, as text.
fn read(reply: Vec<u8>) -> (String, Vec<String>) {
    let message = Message::from_octets(reply).unwrap();
    let answers = message.answer().unwrap().limit_to::<AllRecordData<_, _>>();
    let texts = answers.map(|record| record.unwrap()).map(|r| format!("{} {}", r.owner(), r.data()));
    (message.header().rcode().to_string(), texts.collect())
}

#[test]
fn records_are_answered_over_udp_and_tcp_until_they_are_gone() {
    let server = DnsServer::start().unwrap();
    server.set_cname("_x.Example.com.", "_y.acm-validations.aws.");
    let ask = question("_X.example.com", Rtype::CNAME);
    let wanted = ("NOERROR".to_owned(), vec!["_x.example.com _y.acm-validations.aws.".to_owned()]);
    assert_eq!(read(udp(server.addr(), &ask)), wanted);
    assert_eq!(read(tcp(server.addr(), &ask)), wanted);
    // Changed, then gone.
    server.set_cname("_x.example.com", "elsewhere.example");
    assert_eq!(read(udp(server.addr(), &ask)).1, ["_x.example.com elsewhere.example."]);
    server.remove("_x.example.com");
    assert_eq!(read(udp(server.addr(), &ask)), ("NXDOMAIN".into(), vec![]));
    assert_eq!(server.queries().len(), 4);
    assert_eq!(server.queries()[0], ("_x.example.com".to_owned(), "CNAME".to_owned()));
}

#[test]
fn texts_aliases_and_failures() {
    let server = DnsServer::start().unwrap();
    server.set_txt("t.example", &["one", "two"]);
    server.set_cname("a.example", "t.example");
    server.fail("bad.example");
    let (code, answers) = read(udp(server.addr(), &question("t.example", Rtype::TXT)));
    assert_eq!((code.as_str(), answers.len()), ("NOERROR", 2));
    // An alias leads on to the texts; for another type the name exists and has nothing.
    assert_eq!(read(udp(server.addr(), &question("a.example", Rtype::TXT))).1.len(), 3);
    assert_eq!(read(udp(server.addr(), &question("t.example", Rtype::CNAME))), ("NOERROR".into(), vec![]));
    assert_eq!(read(udp(server.addr(), &question("bad.example", Rtype::TXT))).0, "SERVFAIL");
}
