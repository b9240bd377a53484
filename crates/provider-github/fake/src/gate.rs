//! The way of every request: faults, who asks, limits, the right route and right, the handler, the headers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::address;
use crate::answer::{Answer, forbidden, not_found, refusal};
use crate::auth::{Caller, Scope, allow, identify};
use crate::call::Call;
use crate::faults::Fault;
use crate::limits::Resource;
use crate::log::Exchange;
use crate::route::{Need, Route};
use crate::state::State;
use crate::webhooks::{before, of};

/// A request, read.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What goes out.
pub(crate) enum Outcome {
    Answer(Answer),
    /// Nothing: the connection ends.
    Reset,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether it is meant to change something: of GraphQL the mutations. Minting a token changes nothing of the
    /// organisation.
    fn is_write(&self) -> bool {
        match (self.method.as_str(), self.path.as_str()) {
            ("GET" | "HEAD", _) => false,
            (_, "/graphql" | "/api/graphql") => crate::graph::is_mutation(self),
            (_, path) => !path.ends_with("/access_tokens"),
        }
    }
}

/// Handles one request. The closure of a fault is called after the state was released.
pub(crate) fn handle(state: &std::sync::Mutex<State>, request: &mut Request) -> Outcome {
    let mut held = crate::state::lock(state);
    let write = request.is_write();
    let fault = held.faults.strike(&request.method, &request.path, write);
    match fault {
        Some(Fault::Status(status)) => {
            let answer = refusal(status, "Server Error");
            held.log(request, "nobody", None, &answer, 0);
            return Outcome::Answer(answer);
        }
        Some(Fault::Reset) => return Outcome::Reset,
        Some(Fault::CallInstead(call)) => {
            let before = held.writes;
            drop(held);
            call(before);
            return Outcome::Reset;
        }
        Some(Fault::LoseAnswer | Fault::Call(_)) | None => {}
    }
    let answer = held.serve(request, write);
    let number = held.writes;
    drop(held);
    match fault {
        Some(Fault::LoseAnswer) => return Outcome::Reset,
        Some(Fault::Call(call)) => call(number),
        _ => {}
    }
    Outcome::Answer(answer)
}

impl State {
    fn serve(&mut self, request: &mut Request, write: bool) -> Answer {
        let now = self.clock.now();
        // Whoever holds the world makes a change copy it: none where the time stands still.
        if self.world.now != now {
            Arc::make_mut(&mut self.world).settle(now);
        }
        address::settle(&self.world, request);
        let caller = match identify(&self.world, request.header("authorization")) {
            Ok(caller) => caller,
            Err(answer) => return self.unserved(request, "nobody", Resource::Core, 0, answer),
        };
        let (account, bonus) = (caller.account(), self.bonus(&caller));
        let resource = if request.path == "/graphql" { Resource::Graphql } else { Resource::Core };
        let content = write && matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
        if let Err(answer) = self.meter.pace(&account, resource, (write, content), now) {
            return self.unserved(request, &account, resource, bonus, answer);
        }
        if resource == Resource::Graphql {
            return crate::graph::serve(self, request, &caller, (bonus, write));
        }
        self.rest(request, &caller, bonus, write)
    }

    /// Refused before it came to a call.
    fn unserved(
        &mut self,
        request: &Request,
        account: &str,
        resource: Resource,
        bonus: u64,
        answer: Answer,
    ) -> Answer {
        self.log(request, account, None, &answer, 0);
        self.finish(answer, account, resource, bonus)
    }

    fn rest(&mut self, request: &Request, caller: &Caller, bonus: u64, write: bool) -> Answer {
        let account = caller.account();
        let budget = self.meter.budget(&account, Resource::Core, bonus, self.world.now);
        let (template, answer) = if request.path == "/rate_limit" {
            (Some("/rate_limit"), crate::answer::with(200, self.rate_limits(&account, bonus)))
        } else if budget.remaining() == 0 {
            (None, forbidden(&format!("API rate limit exceeded for {account}.")))
        } else {
            self.route(request, caller, write)
        };
        let free = budget.remaining() == 0 || request.path == "/rate_limit";
        let answer = with_etag(answer, request, caller);
        let points = u64::from(answer.status != 304 && !free);
        self.meter.charge(&account, Resource::Core, points);
        self.log(request, &account, template, &answer, points);
        self.finish(answer, &account, Resource::Core, bonus)
    }

    fn route(&mut self, request: &Request, caller: &Caller, write: bool) -> (Option<&'static str>, Answer) {
        if write && self.faults.refuse_writes {
            self.faults.refused += 1;
            return (None, forbidden("Resource not accessible by integration"));
        }
        self.found(request, caller, write)
    }

    /// The route, the right, the handler.
    pub(crate) fn found(
        &mut self,
        request: &Request,
        caller: &Caller,
        write: bool,
    ) -> (Option<&'static str>, Answer) {
        let Some((route, values)) = self.table.find(&request.method, &request.path) else {
            return (None, not_found());
        };
        let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        if let Some(answer) = address::moved(&self.world, request, &self.base, &value) {
            return (Some(route.path), answer);
        }
        let answer = match allow(&self.world, caller, route.need, &value) {
            Ok(_) if !request.body.is_empty() && request.json().is_none() => {
                refusal(400, "Problems parsing JSON")
            }
            Ok(scope) => self.run(request, caller, write, route, values, scope),
            Err(answer) => answer,
        };
        (Some(route.path), accepted_permissions(answer, route.need))
    }

    /// The handler, on the world as it is, or as a lagging read sees it.
    fn run(
        &mut self,
        request: &Request,
        caller: &Caller,
        write: bool,
        route: Route,
        values: Vec<(String, String)>,
        scope: Scope,
    ) -> Answer {
        let (base, git) = (self.base.clone(), self.git.clone());
        let mut lagging = if write { None } else { self.lagging(&request.path) };
        let mut call = Call {
            world: Arc::make_mut(lagging.as_mut().unwrap_or(&mut self.world)),
            caller,
            base: &base,
            path: &request.path,
            values,
            query: address::query(&request.query),
            body: request.json().unwrap_or(Value::Null),
            repo: scope.repo,
            org: scope.org,
            new_node_ids: request.header("x-github-next-global-id") == Some("1"),
            deliveries: Vec::new(),
            events: Vec::new(),
            git,
        };
        let get = self.table.find("GET", &request.path).map(|(route, _)| route);
        let known = write.then(|| before(&mut call, get));
        let answer = (route.run)(&mut call).unwrap_or_else(|refused| refused);
        if write && answer.status < 400 {
            let event = known.and_then(|known| of(&call, route, known, &answer));
            let mut events = std::mem::take(&mut call.events);
            events.extend(event);
            let asked = std::mem::take(&mut call.deliveries);
            self.took_effect(events, asked);
        }
        answer
    }

    /// Installations have more for each repository and member above twenty.
    fn bonus(&self, caller: &Caller) -> u64 {
        let found = caller.installation().and_then(|id| self.world.installations.get(&id));
        let Some(org) = found.and_then(|found| self.world.orgs.get(&found.org)) else { return 0 };
        let repos = self.world.repos.values().filter(|repo| repo.owner == org.id).count();
        let above = repos.saturating_sub(20) + org.members.len().saturating_sub(20);
        let most = 12_500u64.saturating_sub(self.meter.limits.core);
        (above as u64 * 50).min(if self.meter.limits.core < 5_000 { 0 } else { most })
    }

    pub(crate) fn log(
        &mut self,
        request: &Request,
        account: &str,
        template: Option<&'static str>,
        answer: &Answer,
        points: u64,
    ) {
        self.requests += 1;
        self.log.push(Exchange {
            number: self.requests,
            method: request.method.clone(),
            path: request.path.clone(),
            template,
            query: request.query.clone(),
            account: account.to_owned(),
            request: request.json(),
            status: answer.status,
            response: answer.body.clone(),
            points,
            write: request.is_write(),
        });
    }
}

fn accepted_permissions(answer: Answer, need: Need) -> Answer {
    match need {
        Need::Repo(permission, level) | Need::Org(permission, level) => {
            answer.header("x-accepted-github-permissions", format!("{permission}={}", level.text()))
        }
        Need::Reader(permissions, level) => {
            let each: Vec<String> = permissions.iter().map(|one| format!("{one}={}", level.text())).collect();
            answer.header("x-accepted-github-permissions", each.join("; "))
        }
        Need::EvenArchived(permission) => {
            answer.header("x-accepted-github-permissions", format!("{permission}=write"))
        }
        Need::Nothing | Need::Jwt => answer,
    }
}

/// Reads carry an ETag of body and token; who shows it gets 304 without a body.
fn with_etag(answer: Answer, request: &Request, caller: &Caller) -> Answer {
    use sha2::{Digest, Sha256};
    if request.method != "GET" || answer.status != 200 {
        return answer;
    }
    let body = answer.body.as_ref().map(Value::to_string).unwrap_or_default();
    let hash = Sha256::digest(format!("{}\n{body}", caller.token_text()));
    let tag = format!("W/\"{}\"", hex::encode(hash));
    let shown = request.header("if-none-match").is_some_and(|shown| shown.split(", ").any(|one| one == tag));
    let mut answer = answer.header("etag", tag);
    if shown {
        (answer.status, answer.body) = (304, None);
    }
    answer
}
