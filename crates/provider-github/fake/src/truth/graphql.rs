//! The fake's GraphQL schema against `@octokit/graphql-schema`: a part of it, with the same types, so that whatever
//! is valid for the fake is valid for GitHub.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    EnumType, FieldDefinition, InputObjectType, InputValueDefinition, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

use super::npm::GRAPHQL;
use crate::error::Error;

type Types = HashMap<String, TypeDefinition>;

fn read(text: &str) -> Result<Types, Error> {
    let document = parse_schema(text).map_err(|error| Error::Description(error.to_string()))?;
    let types = document.definitions.into_iter().filter_map(|one| match one {
        TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node)),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    Ok(types.collect())
}

pub(super) fn differences(cache: &Path) -> Result<Vec<String>, Error> {
    let file = GRAPHQL.ensure(cache)?.join("package/schema.graphql");
    compare(&crate::graph::sdl(), &fs::read_to_string(file).map_err(Error::Cache)?)
}

/// What of `own` is not so in `real`.
pub(super) fn compare(own: &str, real: &str) -> Result<Vec<String>, Error> {
    let (own, real) = (read(own)?, read(real)?);
    let mut wrong: Vec<String> = Vec::new();
    for (name, ty) in &own {
        match real.get(name) {
            Some(real) => {
                wrong.extend(kinds(&ty.kind, &real.kind).into_iter().map(|text| format!("{name}{text}")))
            }
            None => wrong.push(format!("{name}: GitHub has no such type")),
        }
    }
    wrong.sort();
    Ok(wrong)
}

fn kinds(own: &TypeKind, real: &TypeKind) -> Vec<String> {
    match (own, real) {
        (TypeKind::Scalar, TypeKind::Scalar) => Vec::new(),
        (TypeKind::Object(own), TypeKind::Object(real)) => {
            let mut wrong = names("implements", &own.implements, &real.implements);
            wrong.extend(fields(&own.fields, &real.fields));
            wrong
        }
        (TypeKind::Interface(own), TypeKind::Interface(real)) => fields(&own.fields, &real.fields),
        (TypeKind::Union(own), TypeKind::Union(real)) => names("contains", &own.members, &real.members),
        (TypeKind::Enum(own), TypeKind::Enum(real)) => values(own, real),
        (TypeKind::InputObject(own), TypeKind::InputObject(real)) => inputs(own, real),
        _ => vec![": GitHub's is of another kind".to_owned()],
    }
}

fn names<T: PartialEq + std::fmt::Display>(
    what: &str,
    own: &[Positioned<T>],
    real: &[Positioned<T>],
) -> Vec<String> {
    let strange = own.iter().filter(|one| !real.iter().any(|other| other.node == one.node));
    strange.map(|one| format!(": GitHub's does not have: {what} {}", one.node)).collect()
}

fn values(own: &EnumType, real: &EnumType) -> Vec<String> {
    let known = |name: &str| real.values.iter().any(|one| one.node.value.node == name);
    let strange = own.values.iter().map(|one| one.node.value.node.as_str()).filter(|name| !known(name));
    strange.map(|name| format!(".{name}: GitHub has no such value")).collect()
}

fn inputs(own: &InputObjectType, real: &InputObjectType) -> Vec<String> {
    arguments(&own.fields, &real.fields)
}

fn fields(own: &[Positioned<FieldDefinition>], real: &[Positioned<FieldDefinition>]) -> Vec<String> {
    let mut wrong = Vec::new();
    for one in own.iter().map(|one| &one.node) {
        let name = &one.name.node;
        let Some(real) = real.iter().map(|one| &one.node).find(|real| real.name.node == *name) else {
            wrong.push(format!(".{name}: GitHub has no such field"));
            continue;
        };
        let (ty, wanted) = (one.ty.node.to_string(), real.ty.node.to_string());
        if ty != wanted {
            wrong.push(format!(".{name}: {ty}, GitHub's is {wanted}"));
        }
        wrong.extend(
            arguments(&one.arguments, &real.arguments).into_iter().map(|text| format!(".{name}{text}")),
        );
    }
    wrong
}

/// The same types and defaults; and none left out that GitHub insists on.
fn arguments(
    own: &[Positioned<InputValueDefinition>],
    real: &[Positioned<InputValueDefinition>],
) -> Vec<String> {
    let shown = |one: &InputValueDefinition| {
        let usual = one.default_value.as_ref().map(|value| format!(" = {}", value.node)).unwrap_or_default();
        format!("{}{usual}", one.ty.node)
    };
    let find = |list: &[Positioned<InputValueDefinition>], name: &str| {
        list.iter().find(|one| one.node.name.node == name).map(|one| shown(&one.node))
    };
    let mut wrong = Vec::new();
    for one in own.iter().map(|one| &one.node) {
        let name = one.name.node.as_str();
        match find(real, name) {
            Some(wanted) if wanted == shown(one) => {}
            Some(wanted) => wrong.push(format!("({name}): {}, GitHub's is {wanted}", shown(one))),
            None => wrong.push(format!("({name}): GitHub has no such argument")),
        }
    }
    let needed =
        real.iter().map(|one| &one.node).filter(|one| !one.ty.node.nullable && one.default_value.is_none());
    let missing = needed.filter(|one| find(own, one.name.node.as_str()).is_none());
    wrong.extend(missing.map(|one| format!("({}): GitHub insists on it", one.name.node)));
    wrong
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn every_sort_of_difference_is_named() {
        let own = "type A implements N { a: Int b(x: Int, y: Int = 1): Int c: Int } enum E { X Y } type B { a: Int }";
        let real = "type A { a: Int! b(x: String, z: Int!): Int } enum E { X }";
        let wrong = compare(own, real).unwrap().join("\n");
        insta::assert_snapshot!(wrong, @r"
        A.a: Int, GitHub's is Int!
        A.b(x): Int, GitHub's is String
        A.b(y): GitHub has no such argument
        A.b(z): GitHub insists on it
        A.c: GitHub has no such field
        A: GitHub's does not have: implements N
        B: GitHub has no such type
        E.Y: GitHub has no such value
        ");
    }
}
