//! What a resolver hands to the executor, and how a connection is cut into pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use crate::ids::Id;

/// The arguments of a field.
pub(super) type Args = serde_json::Map<String, Value>;

/// The value of a field.
#[derive(Debug, Clone)]
pub(super) enum Val {
    Json(Value),
    Obj(Arc<Obj>),
    List(Vec<Self>),
    /// A connection, not yet cut.
    Conn(Vec<Item>),
    /// A connection whose content is hidden: `nodes` and `edges` are errors.
    HiddenConn,
    /// Null and an error.
    Fail(&'static str, String),
}

/// An object: by what it is in the world, or its fields.
#[derive(Debug)]
pub(super) struct Obj {
    pub(super) ty: &'static str,
    pub(super) of: Of,
}

/// Where its fields come from.
#[derive(Debug)]
pub(super) enum Of {
    Id(Id),
    Fields(Fields),
}

pub(super) type Fields = BTreeMap<String, Val>;

/// A node of a connection, with what else its edge says.
#[derive(Debug, Clone)]
pub(super) struct Item {
    node: Val,
    edge: Vec<(&'static str, Val)>,
}

impl Val {
    pub(super) const NULL: Self = Self::Json(Value::Null);

    pub(super) fn json(value: impl Into<Value>) -> Self {
        Self::Json(value.into())
    }

    /// Something of the world, whose fields are looked up when asked for.
    pub(super) fn of(ty: &'static str, id: Id) -> Self {
        Self::Obj(Arc::new(Obj { ty, of: Of::Id(id) }))
    }

    pub(super) fn fields<const N: usize>(ty: &'static str, fields: [(&str, Self); N]) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self::Obj(Arc::new(Obj { ty, of: Of::Fields(fields) }))
    }

    pub(super) fn map(ty: &'static str, fields: Fields) -> Self {
        Self::Obj(Arc::new(Obj { ty, of: Of::Fields(fields) }))
    }

    /// A connection of nodes without more on their edges.
    pub(super) fn conn(nodes: impl IntoIterator<Item = Self>) -> Self {
        Self::Conn(nodes.into_iter().map(|node| Item { node, edge: Vec::new() }).collect())
    }

    pub(super) fn or_null(value: Option<Self>) -> Self {
        value.unwrap_or(Self::NULL)
    }

    pub(super) fn hidden() -> Self {
        Self::Fail("FORBIDDEN", "Resource not accessible by integration".to_owned())
    }
}

impl Item {
    pub(super) fn with(node: Val, edge: Vec<(&'static str, Val)>) -> Self {
        Self { node, edge }
    }

    fn edge(&self, at: usize) -> Val {
        let mut fields: Fields =
            self.edge.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        fields.insert("node".to_owned(), self.node.clone());
        fields.insert("cursor".to_owned(), Val::json(cursor(at)));
        Val::map("Edge", fields)
    }
}

fn cursor(at: usize) -> String {
    BASE64_STANDARD.encode(format!("cursor:v2:{at}"))
}

fn position(args: &Args, name: &str) -> Option<usize> {
    let plain = BASE64_STANDARD.decode(args.get(name)?.as_str()?).ok()?;
    String::from_utf8(plain).ok()?.strip_prefix("cursor:v2:")?.parse().ok()
}

fn page_info(ends: Option<(String, String)>, before: bool, after: bool) -> Val {
    let (start, end) = ends.map_or((Value::Null, Value::Null), |(a, b)| (a.into(), b.into()));
    let fields = [
        ("startCursor", Val::Json(start)),
        ("endCursor", Val::Json(end)),
        ("hasNextPage", Val::json(after)),
        ("hasPreviousPage", Val::json(before)),
    ];
    Val::fields("PageInfo", fields)
}

/// Cuts a connection to what `first`, `last`, `after` and `before` ask for.
pub(super) fn cut(items: &[Item], args: &Args) -> Val {
    let total = items.len();
    let mut from = position(args, "after").map_or(0, |at| (at + 1).min(total));
    let mut to = position(args, "before").map_or(total, |at| at.min(total)).max(from);
    let number = |name: &str| args.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    if let Some(first) = number("first") {
        to = to.min(from + first);
    }
    if let Some(last) = number("last") {
        from = from.max(to.saturating_sub(last));
    }
    let page = || items.iter().enumerate().skip(from).take(to - from);
    let ends = (from < to).then(|| (cursor(from), cursor(to - 1)));
    let fields = [
        ("edges", Val::List(page().map(|(at, item)| item.edge(at)).collect())),
        ("nodes", Val::List(page().map(|(_, item)| item.node.clone()).collect())),
        ("totalCount", Val::json(total)),
        ("totalDiskUsage", Val::json(0)),
        ("pageInfo", page_info(ends, from > 0, to < total)),
    ];
    Val::fields("Connection", fields)
}

/// A connection of which only the hull is shown.
pub(super) fn hidden() -> Val {
    let fields = [
        ("edges", Val::hidden()),
        ("nodes", Val::hidden()),
        ("totalCount", Val::json(0)),
        ("pageInfo", page_info(None, false, false)),
    ];
    Val::fields("Connection", fields)
}
