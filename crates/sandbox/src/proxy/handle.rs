//! One call's way through the proxy.

use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use rustix::process::{Pid, Signal, kill_process};

use super::action::{Action, access_key, identify};
use super::traffic::Verdict;
use super::{ACCOUNT_HEADER, Answer, Fault, Inbound, Outcome, Shared, Victim};
use crate::background::{Dropped, Reply};
use crate::form::Form;
use crate::strict::Case;
use crate::xml::raw_text;

/// How a call ends: with an answer or with a closed connection.
enum End {
    Answer(Answer, Outcome),
    Drop { effect: bool },
}

pub(super) async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Reply {
    let mut call = Inbound::read(request).await?;
    let body = call.text();
    let action = identify(call.method.as_str(), call.path(), &call.headers, &body);
    choose_account(&shared, &mut call);
    let Verdict { seq, fault, edits } = shared.traffic.arrive(&action, &call);
    match carry_out(&shared, &action, &call, fault).await {
        End::Answer(answer, outcome) => {
            let answer = edits.iter().fold(answer, |answer, edit| edit(answer));
            shared.traffic.finish(seq, outcome);
            answer.into_response().ok_or(Dropped)
        }
        End::Drop { effect } => {
            shared.traffic.finish(seq, Outcome::Dropped { effect });
            Err(Dropped)
        }
    }
}

/// Keys that begin with ASIA came from AssumeRole and belong to the role's account; moto knows those of other
/// proxies too.
fn choose_account(shared: &Shared, call: &mut Inbound) {
    let temporary = access_key(&call.headers).filter(|key| key.starts_with("ASIA"));
    let account = match temporary {
        Some(key) => shared.sessions().get(key).cloned(),
        None => shared.account.clone(),
    };
    if let Some(account) = account {
        call.headers.insert(ACCOUNT_HEADER, account);
    }
}

/// Remembers whose the credentials of a role are.
fn note_session(shared: &Shared, action: &Action, call: &Inbound, answer: &Answer) {
    if !action.name.starts_with("sts:AssumeRole") {
        return;
    }
    let form = Form::parse(&call.text());
    let account = form.text("RoleArn").split(':').nth(4).and_then(|id| HeaderValue::from_str(id).ok());
    if let (Some(account), Some(key)) = (account, raw_text(&answer.body, "AccessKeyId")) {
        shared.sessions().insert(key.to_owned(), account);
    }
}

async fn carry_out(shared: &Shared, action: &Action, call: &Inbound, fault: Option<Fault>) -> End {
    match fault {
        None | Some(Fault::Rewrite(_)) => forwarded(shared, action, call).await,
        Some(Fault::Error(error)) => injected(error.answer(action.protocol)),
        Some(Fault::Respond(answer)) => injected(answer),
        Some(Fault::LostRequest) => End::Drop { effect: false },
        Some(Fault::LostAnswer) => {
            effect(shared, action, call).await;
            End::Drop { effect: true }
        }
        Some(Fault::KillBeforeEffect(victim)) => {
            kill(&victim).await;
            End::Drop { effect: false }
        }
        Some(Fault::KillAfterEffect(victim)) => {
            effect(shared, action, call).await;
            kill(&victim).await;
            End::Drop { effect: true }
        }
        Some(Fault::Hang(time)) => {
            tokio::time::sleep(time).await;
            End::Drop { effect: false }
        }
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            forwarded(shared, action, call).await
        }
    }
}

fn injected(answer: Answer) -> End {
    let outcome = Outcome::Injected(answer.status);
    End::Answer(answer, outcome)
}

async fn forwarded(shared: &Shared, action: &Action, call: &Inbound) -> End {
    if let Some(error) = shared.lags.refuse(action, call) {
        return injected(error.answer(action.protocol));
    }
    let answer = effect(shared, action, call).await;
    let outcome = Outcome::Answered(answer.status);
    End::Answer(answer, outcome)
}

/// Lets the emulator act and waits for its whole answer.
async fn effect(shared: &Shared, action: &Action, call: &Inbound) -> Answer {
    let answer = answered(shared, action, call).await;
    note_session(shared, action, call, &answer);
    shared.lags.bend(action, call, answer)
}

async fn answered(shared: &Shared, action: &Action, call: &Inbound) -> Answer {
    if let Some(strict) = &shared.strict {
        let Action { name, write, protocol } = action;
        let case = Case { upstream: shared.upstream, action: name, write: *write, protocol: *protocol, call };
        if let Some(answer) = strict.act(&case).await {
            return answer;
        }
    }
    shared.upstream.send(call).await
}

/// The id is set right after the process was spawned, which may be a moment after its first call.
async fn kill(victim: &Victim) {
    for _ in 0..1000 {
        if let Some(pid) = victim.pid() {
            if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
                // An error means that it is gone already.
                kill_process(pid, Signal::KILL).ok();
            }
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
