//! From a question to an answer in wire format.

use domain::base::iana::{Class, Rcode, Rtype};
use domain::base::message_builder::{AnswerBuilder, PushError};
use domain::base::{Message, MessageBuilder, Name, Ttl};
use domain::rdata::{Cname, Txt};

use super::{Entry, Shared, lock, plain};

/// Short, so that no resolver remembers it for long.
const TTL: Ttl = Ttl::from_secs(1);
/// Aliases of aliases that are followed.
const MAX_ALIASES: usize = 8;

/// The answer to a message; nothing for what is no question.
pub(super) fn to(state: &Shared, message: &[u8]) -> Option<Vec<u8>> {
    let message = Message::from_octets(message.to_vec()).ok()?;
    let question = message.sole_question().ok()?;
    let (name, kind) = (plain(&question.qname().to_string()), question.qtype());
    let mut state = lock(state);
    state.queries.push((name.clone(), kind.to_string()));
    let entry = state.names.get(&name);
    let rcode = match entry {
        Some(entry) if entry.fails => Rcode::SERVFAIL,
        Some(_) => Rcode::NOERROR,
        None => Rcode::NXDOMAIN,
    };
    let mut answer = MessageBuilder::new_vec().start_answer(&message, rcode).ok()?;
    answer.header_mut().set_aa(true);
    answer.header_mut().set_ra(true);
    let mut next = Some(name);
    for _ in 0..MAX_ALIASES {
        let Some(name) = next.take() else { break };
        let Some(entry) = state.names.get(&name).filter(|entry| !entry.fails) else { break };
        next = push(&mut answer, &name, kind, entry).ok()?;
    }
    Some(answer.finish())
}

/// Adds the records of one name; an alias leads on unless it was asked for.
fn push(
    answer: &mut AnswerBuilder<Vec<u8>>,
    name: &str,
    kind: Rtype,
    entry: &Entry,
) -> Result<Option<String>, PushError> {
    let Some(owner) = wire(name) else { return Ok(None) };
    if let Some(target) = &entry.cname {
        if let Some(to) = wire(target) {
            answer.push((&owner, Class::IN, TTL, Cname::new(to)))?;
        }
        return Ok(Some(target.clone()).filter(|_| kind != Rtype::CNAME));
    }
    if kind == Rtype::TXT {
        for text in &entry.txt {
            if let Ok(text) = Txt::<Vec<u8>>::build_from_slice(text.as_bytes()) {
                answer.push((&owner, Class::IN, TTL, text))?;
            }
        }
    }
    Ok(None)
}

fn wire(name: &str) -> Option<Name<Vec<u8>>> {
    name.parse().ok()
}
