//! Client tokens: the same call with the same token has one effect and one answer; another call with it is refused.

use std::future::Future;

use super::super::ask::Ask;
use super::super::memory::Memory;
use super::super::{Verdict, refused};
use super::refuse;
use crate::proxy::action::{access_key, region};

pub(super) async fn once(
    memory: &Memory,
    ask: &Ask<'_>,
    action: &str,
    effect: impl Future<Output = Verdict>,
) -> Verdict {
    let Some(token) = ask.form.get("ClientToken").filter(|t| !t.is_empty()) else { return effect.await };
    let who = ask.call.account().or_else(|| access_key(&ask.call.headers)).unwrap_or_default();
    let key = [who, region(&ask.call.headers).unwrap_or_default(), action, token].map(str::to_owned);
    let request = ask.form.body();
    if let Some((earlier, answer)) = memory.state().tokens.get(&key) {
        let message = "The client token was used before with other parameters.";
        let same = *earlier == request;
        return if same { Ok(answer.clone()) } else { Err(refuse("IdempotentParameterMismatch", message)) };
    }
    let answer = effect.await?;
    if !refused(&answer) {
        memory.state().tokens.insert(key, (request, answer.clone()));
    }
    Ok(answer)
}
