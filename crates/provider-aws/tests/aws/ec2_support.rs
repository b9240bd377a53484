//! A region of the world of these tests, and steps in the containers of networks.

use crate::support::*;
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::StepOutcome;
use aplomo_core::run::Status;
use aplomo_core::{Action, Observation, Observed, Region, RemoteId, Scope};

pub(crate) const VPC: &str = "aws.ec2.Vpc";
pub(crate) const SUBNET: &str = "aws.ec2.Subnet";
pub(crate) const INTERNET_GATEWAY: &str = "aws.ec2.InternetGateway";
pub(crate) const ELASTIC_IP: &str = "aws.ec2.ElasticIp";
pub(crate) const NAT_GATEWAY: &str = "aws.ec2.NatGateway";
pub(crate) const ROUTE_TABLE: &str = "aws.ec2.RouteTable";
pub(crate) const SECURITY_GROUP: &str = "aws.ec2.SecurityGroup";
pub(crate) const RULE: &str = "aws.ec2.SecurityGroupRule";
pub(crate) const DEFAULT_GROUP: &str = "aws.ec2.DefaultSecurityGroup";
pub(crate) const PREFIX_LIST: &str = "aws.ec2.PrefixList";
pub(crate) const FLOW_LOG: &str = "aws.ec2.FlowLog";
pub(crate) const ZONES: &str = "aws.ec2.AvailabilityZones";
pub(crate) const LOG_GROUP: &str = "aws.logs.LogGroup";

pub(crate) fn region(w: &World) -> Scope {
    Scope { region: Some(Region::known("us-east-1")), ..w.scope() }
}

pub(crate) fn inside(w: &World, container: &str) -> Scope {
    region(w).within(RemoteId::new(container).unwrap())
}

pub(crate) async fn see(w: &World, type_name: &str) -> Observation {
    w.read(type_name, &region(w)).await
}

/// The object of this type and id.
pub(crate) async fn look(w: &World, type_name: &str, id: &str) -> Option<Observed> {
    let seen = see(w, type_name).await;
    seen.objects.into_iter().find(|o| o.type_name.as_str() == type_name && o.id.as_str() == id)
}

/// One step, as it ends.
pub(crate) async fn step(
    w: &World,
    (type_name, key): (&'static str, &str),
    action: Action,
    (scope, fresh): (Scope, Option<&Observed>),
    after: Option<WantedFields>,
) -> StepOutcome {
    let mut change = change(type_name, key, action, after);
    w.write(&[approve(&mut change, scope, fresh)]).await.remove(0)
}

/// Makes an object, asserts that it reads back as wished with our mark, and yields it.
pub(crate) async fn make(
    w: &World,
    (type_name, key): (&'static str, &str),
    scope: Scope,
    wish: WantedFields,
) -> Observed {
    let outcome = step(w, (type_name, key), Action::Create, (scope.clone(), None), Some(wish.clone())).await;
    assert_eq!(outcome.status, Status::Applied, "{outcome:?}");
    let object = look(w, type_name, outcome.id.unwrap().as_str()).await.unwrap();
    assert_as_wished(&object, &wish);
    assert_eq!(object.scope, scope.concrete());
    object
}

pub(crate) fn assert_as_wished(object: &Observed, wish: &WantedFields) {
    for (path, wanted) in wish.iter() {
        assert_eq!(object.fields.value(path.as_str()), wanted.value(), "{path} of {object:?}");
    }
}

/// Changes an object, and asserts that it reads back as wished.
pub(crate) async fn update(
    w: &World,
    (type_name, key): (&'static str, &str),
    object: &Observed,
    wish: WantedFields,
) -> Observed {
    let at = (object.scope.clone(), Some(object));
    let outcome = step(w, (type_name, key), Action::Update, at, Some(wish.clone())).await;
    assert_eq!(outcome.status, Status::Applied, "{outcome:?}");
    let object = look(w, type_name, object.id.as_str()).await.unwrap();
    assert_as_wished(&object, &wish);
    object
}

/// Deletes an object as it is now.
pub(crate) async fn delete(w: &World, type_name: &'static str, id: &str) -> StepOutcome {
    let object = look(w, type_name, id).await.unwrap();
    step(w, (type_name, "x"), Action::Delete, (object.scope.clone(), Some(&object)), None).await
}

pub(crate) async fn deleted(w: &World, type_name: &'static str, id: &str) {
    let outcome = delete(w, type_name, id).await;
    assert_eq!(outcome.status, Status::Applied, "{outcome:?}");
    assert!(look(w, type_name, id).await.is_none(), "{type_name} {id} is still there");
}

pub(crate) async fn a_vpc(w: &World) -> Observed {
    let wish = fields(&[("/cidr", "10.0.0.0/16".into()), ("/tags/Name", "net".into())]);
    make(w, (VPC, "net"), region(w), wish).await
}
