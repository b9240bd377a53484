//! A JSON Schema compiled into what the walker needs. Only the forms that our own schemas use are
//! understood; anything else admits every value and is left to the typed reader.

use serde_json::Value;

/// What a value must look like.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number within bounds.
    Whole {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A text.
    Text(Text),
    /// A list.
    List(Box<Shape>),
    /// A mapping with free keys.
    Map(Box<Shape>),
    /// A mapping with known fields, sorted by name.
    Struct(Vec<Field>),
}

/// What a text must look like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// The only allowed texts with their documentation; empty where all are.
    pub choices: Vec<(String, String)>,
    /// The `format` of the schema.
    pub format: Option<String>,
    /// Whether a number may stand for it.
    pub or_number: bool,
}

/// A known field of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Its documentation.
    pub doc: String,
    /// Its default, where the schema tells one that says something.
    pub default: Option<Value>,
}

impl Shape {
    /// Compiles a schema without references.
    #[must_use]
    pub fn compile(schema: &Value) -> Self {
        if let Some(variants) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
        {
            return one_of(variants);
        }
        if let Some(choices) = choices(schema) {
            return Self::Text(Text { choices, ..Text::default() });
        }
        let types = types(schema);
        match types.as_slice() {
            ["boolean"] => Self::Bool,
            ["integer"] => whole(schema),
            ["string"] | [_, "string"] => Self::Text(text(schema, types.len() > 1)),
            ["array"] => Self::List(Box::new(schema.get("items").map_or(Self::Any, Self::compile))),
            ["object"] => mapping(schema),
            _ => Self::Any,
        }
    }

    /// The field of a name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        match self {
            Self::Struct(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::Bool => "`true` or `false`",
            Self::Whole { .. } => "a whole number",
            Self::Text(Text { or_number: true, .. }) => "a number or text",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) | Self::Struct(_) => "a mapping",
        }
    }
}

fn types(schema: &Value) -> Vec<&str> {
    let all = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|t| *t != "null").collect()
}

fn choices(schema: &Value) -> Option<Vec<(String, String)>> {
    let doc = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    if let Some(only) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![(only.to_owned(), doc.to_owned())]);
    }
    let many = schema.get("enum")?.as_array()?;
    Some(many.iter().filter_map(Value::as_str).map(|one| (one.to_owned(), String::new())).collect())
}

fn one_of(variants: &[Value]) -> Shape {
    let said: Vec<&Value> =
        variants.iter().filter(|v| v.get("type").and_then(Value::as_str) != Some("null")).collect();
    if let [only] = said.as_slice() {
        return Shape::compile(only);
    }
    match said.iter().map(|variant| choices(variant)).collect::<Option<Vec<_>>>() {
        Some(choices) => Shape::Text(Text { choices: choices.concat(), ..Text::default() }),
        None => Shape::Any,
    }
}

fn whole(schema: &Value) -> Shape {
    let bound = |name: &str, otherwise| schema.get(name).and_then(Value::as_i64).unwrap_or(otherwise);
    Shape::Whole { min: bound("minimum", i64::MIN), max: bound("maximum", i64::MAX) }
}

fn text(schema: &Value, or_number: bool) -> Text {
    let format = schema.get("format").and_then(Value::as_str).map(str::to_owned);
    Text { choices: Vec::new(), format, or_number }
}

fn mapping(schema: &Value) -> Shape {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Shape::Map(Box::new(schema.get("additionalProperties").map_or(Shape::Any, Shape::compile)));
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let field = |(name, inner): (&String, &Value)| Field {
        name: name.clone(),
        shape: Shape::compile(inner),
        required: required.contains(&name.as_str()),
        doc: inner.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        default: inner.get("default").filter(|value| says_something(value)).cloned(),
    };
    Shape::Struct(properties.iter().map(field).collect())
}

/// A default that is worth telling: not null, empty, or a structure of such.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => false,
        _ => true,
    }
}
