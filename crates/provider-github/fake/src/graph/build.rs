//! From the text of the schema to an executor whose every field asks one function.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use async_graphql::dynamic::{
    Enum, Field, FieldFuture, FieldValue, InputObject, InputValue, Interface, InterfaceField, Object,
    ResolverContext, Scalar, Schema, Type as Registered, TypeRef, Union,
};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{
    Error, ErrorExtensions, Positioned, QueryPathNode, QueryPathSegment, Value as GraphValue,
};
use serde_json::Value;

use super::resolve::resolve;
use super::session::Session;
use super::val::{Args, Obj, Val, cut, hidden};

const TEXT: &str = include_str!("schema.graphql");
const PAGE: &str = "after: String, before: String, first: Int, last: Int";

/// The whole text: with the arguments and types that its short forms stand for.
pub(crate) fn sdl() -> String {
    let mut out = String::new();
    for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
        let Some(short) = line.strip_prefix("connection ") else {
            out += &line.replace("@page", PAGE);
            out.push('\n');
            continue;
        };
        let mut words = short.splitn(3, ' ');
        let (name, node, more) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let bare = node.trim_end_matches('!');
        let disk = if name == "Repository" { "totalDiskUsage: Int! " } else { "" };
        writeln!(out, "type {name}Connection {{ edges: [{name}Edge] nodes: [{bare}] {disk}pageInfo: PageInfo! totalCount: Int! }}").ok();
        writeln!(out, "type {name}Edge {{ cursor: String! node: {node} {more} }}").ok();
    }
    out
}

/// The executor.
pub(super) fn schema() -> Result<Schema, crate::error::Error> {
    let broken = |error: &dyn std::fmt::Display| crate::error::Error::Schema(error.to_string());
    let document = parse_schema(sdl()).map_err(|error| broken(&error))?;
    let types: Vec<TypeDefinition> = document
        .definitions
        .into_iter()
        .filter_map(|one| if let TypeSystemDefinition::Type(ty) = one { Some(ty.node) } else { None })
        .collect();
    let is_abstract = |ty: &&TypeDefinition| matches!(ty.kind, TypeKind::Interface(_) | TypeKind::Union(_));
    let abstracts: HashSet<String> =
        types.iter().filter(is_abstract).map(|ty| ty.name.node.to_string()).collect();
    let builder = types.iter().fold(Schema::build("Query", Some("Mutation"), None), |builder, ty| {
        builder.register(registered(ty, &abstracts))
    });
    builder.finish().map_err(|error| broken(&error))
}

/// One type as the executor wants it.
fn registered(ty: &TypeDefinition, abstracts: &HashSet<String>) -> Registered {
    let name = ty.name.node.to_string();
    match &ty.kind {
        TypeKind::Scalar => Scalar::new(name).into(),
        TypeKind::Enum(all) => {
            all.values.iter().fold(Enum::new(name), |out, one| out.item(one.node.value.node.as_str())).into()
        }
        TypeKind::Union(all) => {
            all.members.iter().fold(Union::new(name), |out, one| out.possible_type(one.node.as_str())).into()
        }
        TypeKind::InputObject(all) => {
            all.fields.iter().fold(InputObject::new(name), |out, one| out.field(input(&one.node))).into()
        }
        TypeKind::Interface(all) => {
            let add = |out: Interface, one: &Positioned<FieldDefinition>| {
                let field = InterfaceField::new(one.node.name.node.as_str(), reference(&one.node.ty.node));
                out.field(
                    one.node.arguments.iter().fold(field, |field, arg| field.argument(input(&arg.node))),
                )
            };
            all.fields.iter().fold(Interface::new(name), add).into()
        }
        TypeKind::Object(all) => {
            let mutates = name == "Mutation";
            let object =
                all.implements.iter().fold(Object::new(name), |out, one| out.implement(one.node.as_str()));
            all.fields
                .iter()
                .map(|one| field(&one.node, mutates, abstracts))
                .fold(object, Object::field)
                .into()
        }
    }
}

fn reference(ty: &Type) -> TypeRef {
    let base = match &ty.base {
        BaseType::Named(name) => TypeRef::Named(name.to_string().into()),
        BaseType::List(inner) => TypeRef::List(Box::new(reference(inner))),
    };
    if ty.nullable { base } else { TypeRef::NonNull(Box::new(base)) }
}

fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base_name(inner),
    }
}

fn input(one: &InputValueDefinition) -> InputValue {
    let input = InputValue::new(one.name.node.as_str(), reference(&one.ty.node));
    match &one.default_value {
        Some(value) => input.default_value(value.node.clone()),
        None => input,
    }
}

fn field(one: &FieldDefinition, mutates: bool, abstracts: &HashSet<String>) -> Field {
    let is_abstract = abstracts.contains(base_name(&one.ty.node));
    let shape = Shape { is_abstract, nullable: one.ty.node.nullable, mutates };
    let name = one.name.node.to_string();
    let field = Field::new(one.name.node.as_str(), reference(&one.ty.node), move |ctx| {
        // What is answered does not borrow from its question.
        let answer = answer(&ctx, &name, shape);
        FieldFuture::new(async move { answer })
    });
    one.arguments.iter().fold(field, |field, arg| field.argument(input(&arg.node)))
}

/// What matters of a field's type.
#[derive(Clone, Copy)]
struct Shape {
    is_abstract: bool,
    nullable: bool,
    /// Whether it changes the world.
    mutates: bool,
}

fn answer(ctx: &ResolverContext<'_>, name: &str, shape: Shape) -> Result<Option<FieldValue<'static>>, Error> {
    let session = ctx.data::<Arc<Session>>()?;
    let args: Args = ctx
        .args
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_value().clone().into_json().unwrap_or_default()))
        .collect();
    let parent = ctx.parent_value.downcast_ref::<Arc<Obj>>().map(Arc::as_ref);
    let val =
        if shape.mutates { session.mutate(name, &args) } else { resolve(&session.cx(), parent, name, &args) };
    let val = match val {
        Val::Conn(items) => cut(&items, &args),
        Val::HiddenConn => hidden(),
        val => val,
    };
    let fail = |kind: &'static str, message: String, at: Option<usize>| {
        let mut way = path(ctx.path_node.as_ref());
        way.extend(at.map(Value::from));
        session.fail(kind, message, way);
    };
    match val {
        // The executor would take the whole answer down with a field that may be null.
        Val::Fail(kind, message) if shape.nullable => {
            fail(kind, message, None);
            Ok(None)
        }
        val => convert(val, shape.is_abstract, &fail),
    }
}

/// The way to a field, as errors tell it.
fn path(node: Option<&QueryPathNode<'_>>) -> Vec<Value> {
    let mut way: Vec<Value> = std::iter::successors(node, |node| node.parent)
        .map(|node| match node.segment {
            QueryPathSegment::Index(at) => at.into(),
            QueryPathSegment::Name(name) => name.into(),
        })
        .collect();
    way.reverse();
    way
}

fn convert(
    val: Val,
    is_abstract: bool,
    fail: &dyn Fn(&'static str, String, Option<usize>),
) -> Result<Option<FieldValue<'static>>, Error> {
    Ok(match val {
        Val::Json(Value::Null) => None,
        Val::Json(value) => Some(FieldValue::value(GraphValue::from_json(value)?)),
        Val::Obj(obj) => {
            let ty = obj.ty;
            let value = FieldValue::owned_any(obj);
            Some(if is_abstract { value.with_type(ty) } else { value })
        }
        Val::List(all) => {
            let one = |(at, one)| match one {
                Val::Fail(kind, message) => {
                    fail(kind, message, Some(at));
                    convert(gone(), is_abstract, fail)
                }
                one => convert(one, is_abstract, fail),
            };
            let all: Result<Vec<_>, Error> = all.into_iter().enumerate().map(one).collect();
            Some(FieldValue::list(all?.into_iter().flatten()))
        }
        // A connection inside a list is none that GitHub has.
        Val::Conn(_) | Val::HiddenConn => None,
        Val::Fail(kind, message) => {
            return Err(Error::new(message).extend_with(|_, extensions| extensions.set("type", kind)));
        }
    })
}

/// The executor knows no null in a list of interfaces. This stands there until the answer is worded, which puts null
/// wherever an error was noted.
fn gone() -> Val {
    Val::fields("Topic", [("id", Val::json("")), ("name", Val::json(""))])
}
