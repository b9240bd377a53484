//! NAT gateways take their time: pending, available, deleting, deleted. Until one is deleted its address stays
//! associated and its subnet in use, and with it goes what moto leaves behind.

use super::super::ask::Ask;
use super::super::memory::{Memory, look};
use super::super::{Verdict, refused};
use super::{refuse, tokens};
use crate::form::Form;
use crate::proxy::{Answer, AwsError};
use crate::xml::{child_text, edit_items, find_text, items, parse, path_text};

pub(super) async fn create(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    tokens::once(memory, ask, "CreateNatGateway", async {
        let mut answer = ask.forward().await;
        let id = parse(&answer.body).ok().and_then(|d| find_text(d.root_element(), "natGatewayId"));
        let mut state = memory.state();
        if let Some(id) = id.filter(|_| !refused(&answer) && state.pace.nat_pending > 0) {
            let looks = state.pace.nat_pending;
            state.pending.insert(id, looks);
            answer.body = answer.body.replace("<state>available</state>", "<state>pending</state>");
        }
        drop(state);
        Ok(answer)
    })
    .await
}

pub(super) async fn delete(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let id = ask.form.text("NatGatewayId");
    let found = ask.ec2("DescribeNatGateways", &[("NatGatewayId.1", id)]).await;
    let states = items(&found.body, "natGatewaySet", |n| child_text(n, "state"));
    match states.first().map(Option::as_deref) {
        None => return Err(not_found(id)),
        Some(Some("deleted")) => return Ok(ask.forward().await),
        Some(_) => {}
    }
    let answer = ask.forward().await;
    let looks = memory.state().pace.nat_deleting;
    memory.state().pending.remove(id);
    memory.state().deleting.insert(id.to_owned(), looks);
    if looks == 0 {
        finish(memory, ask, &[id.to_owned()]).await;
    }
    Ok(answer)
}

fn not_found(id: &str) -> AwsError {
    refuse("NatGatewayNotFound", format!("The Nat Gateway {id} was not found"))
}

/// Filters by state are ours: moto knows two states only.
pub(super) async fn describe(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let (form, wanted) = without_states(&ask.form);
    let mut answer = ask.forward_with(form.body()).await;
    let listed = items(&answer.body, "natGatewaySet", |n| child_text(n, "natGatewayId").unwrap_or_default());
    if let Some(missing) = form.list("NatGatewayId").iter().find(|id| !listed.contains(id)) {
        return Err(not_found(missing));
    }
    let gone: Vec<String> =
        memory.state().deleting.iter().filter(|(_, n)| **n == 0).map(|(id, _)| id.clone()).collect();
    let gone: Vec<String> = gone.into_iter().filter(|id| listed.contains(id)).collect();
    finish(memory, ask, &gone).await;
    show(memory, &mut answer, &wanted);
    Ok(answer)
}

fn show(memory: &Memory, answer: &mut Answer, wanted: &Option<Vec<String>>) {
    answer.body = edit_items(&answer.body, "natGatewaySet", |node, text| {
        let id = child_text(node, "natGatewayId")?;
        let stored = child_text(node, "state")?;
        let mut state = memory.state();
        let shown = if look(&mut state.deleting, &id) {
            "deleting"
        } else if look(&mut state.pending, &id) {
            "pending"
        } else {
            &stored
        };
        if wanted.as_ref().is_some_and(|states| !states.iter().any(|s| s == shown)) {
            return None;
        }
        Some(text.replace(&format!("<state>{stored}</state>"), &format!("<state>{shown}</state>")))
    });
}

fn without_states(form: &Form) -> (Form, Option<Vec<String>>) {
    let mut form = form.clone();
    let filters = form.numbered("Filter");
    let Some(filter) = filters.into_iter().find(|f| form.get(&format!("{f}.Name")) == Some("state")) else {
        return (form, None);
    };
    let values = format!("{filter}.Value");
    let wanted = form.list(&values);
    form.remove(|key| key.starts_with(&format!("{values}.")));
    form.set(&format!("{values}.1"), "available");
    form.set(&format!("{values}.2"), "deleted");
    (form, Some(wanted))
}

/// The address is free and the interface gone, which moto forgets.
async fn finish(memory: &Memory, ask: &Ask<'_>, gone: &[String]) {
    for id in gone {
        memory.state().deleting.remove(id);
        let found = ask.ec2("DescribeNatGateways", &[("NatGatewayId.1", id)]).await;
        let parts = items(&found.body, "natGatewaySet", |n| {
            let part = |tag: &str| path_text(n, &format!("natGatewayAddressSet/item/{tag}"));
            (part("associationId"), part("networkInterfaceId"))
        });
        for (association, interface) in parts {
            if let Some(association) = association {
                ask.ec2("DisassociateAddress", &[("AssociationId", &association)]).await;
            }
            if let Some(interface) = interface {
                ask.ec2("DeleteNetworkInterface", &[("NetworkInterfaceId", &interface)]).await;
            }
        }
    }
}
