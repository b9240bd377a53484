//! Sweeping through an organisation by GraphQL: pages side by side, the lists inside continued until
//! they end, every error kept at the place it points at.
//!
//! Deliberately absent: what the answers mean (`read::org`).

pub(crate) mod documents;
pub(crate) mod node;

use crate::line::Line;
use crate::problem::GithubProblem;
use crate::route::{GRAPHQL, POINTS};
use documents::{List, find};
use node::{hidden, mark_hidden, take};
use serde_json::{Map, Value, json};

/// How many lists one continuation follows.
const AT_ONCE: usize = 20;

/// An organisation as GraphQL tells it: its lists whole, as far as they could be read.
pub(crate) struct Sweep {
    /// The organisation's node.
    pub(crate) data: Value,
    /// Why lists of the organisation end early, by field.
    pub(crate) cut: Map<String, Value>,
}

/// Reads these lists of an organisation, page by page, and what is inside.
pub(crate) async fn organisation(line: &Line<'_>, fields: &[&'static str]) -> Result<Sweep, GithubProblem> {
    let mut open: Vec<&'static str> = fields.to_vec();
    let mut cursors = json!({ "login": line.site.organisation });
    let mut sweep = Sweep { data: Value::Null, cut: Map::new() };
    while !open.is_empty() {
        let query = documents::organisation(&open);
        let reply = ask(line, &query, &cursors).await;
        let mut page = match reply {
            Ok(mut data) => take(&mut data, "organization"),
            Err(problem) if sweep.data.is_null() => return Err(problem),
            Err(problem) => {
                open.iter().for_each(|field| cut(&mut sweep, field, &problem.to_string()));
                break;
            }
        };
        if let Some(why) = page.is_null().then_some("").or_else(|| hidden(&page)) {
            return Err(not_visible(line, why));
        }
        open.retain(|field| {
            let next = next_cursor(&page[*field]);
            if let Some(cursor) = &next {
                cursors[*field] = json!(cursor);
            }
            next.is_some()
        });
        if let Err(problem) = finish(line, &mut page).await {
            fields.iter().for_each(|field| cut(&mut sweep, field, &problem.to_string()));
        }
        join(&mut sweep.data, page);
    }
    Ok(sweep)
}

/// Repositories by node id, whole.
///
/// Those that come as `null` are left out: they are gone, or not shown to us, and nothing tells which.
pub(crate) async fn repositories(line: &Line<'_>, ids: &[String]) -> Result<Vec<Value>, GithubProblem> {
    let mut all = Vec::new();
    for some in ids.chunks(documents::REPOSITORIES as usize) {
        let mut data = ask(line, &documents::repositories(), &json!({ "ids": some })).await?;
        let mut nodes = take(&mut data, "nodes");
        finish(line, &mut nodes).await?;
        if let Value::Array(nodes) = nodes {
            all.extend(nodes.into_iter().filter(|node| !node.is_null() && hidden(node).is_none()));
        }
    }
    Ok(all)
}

/// The names of all repositories, and whether all of them were shown.
pub(crate) async fn repository_names(line: &Line<'_>) -> Result<(Vec<Value>, bool), GithubProblem> {
    let (mut all, mut cursor, mut complete) = (Vec::new(), Value::Null, true);
    loop {
        let variables = json!({ "login": line.site.organisation, "repositories": cursor });
        let mut data = ask(line, documents::REPOSITORY_NAMES, &variables).await?;
        let page = take(&mut data, "organization");
        if page.is_null() || hidden(&page).is_some() {
            return Err(not_visible(line, hidden(&page).unwrap_or_default()));
        }
        let (nodes, _) = node::items(&page, "repositories").map_err(|why| not_visible(line, &why))?;
        let listed = page["repositories"]["nodes"].as_array().map_or(0, Vec::len);
        complete &= nodes.len() == listed;
        all.extend(nodes.into_iter().cloned());
        match next_cursor(&page["repositories"]) {
            Some(next) => cursor = json!(next),
            None => return Ok((all, complete && page["repositories"]["pageInfo"]["hasNextPage"] != true)),
        }
    }
}

fn not_visible(line: &Line<'_>, why: &str) -> GithubProblem {
    let organisation = line.site.organisation.clone();
    let call = if why.is_empty() { GRAPHQL.to_owned() } else { format!("{GRAPHQL} ({why})") };
    GithubProblem::NotVisible { call, organisation, request_id: None }
}

fn cut(sweep: &mut Sweep, field: &str, why: &str) {
    sweep.cut.entry(field.to_owned()).or_insert_with(|| json!(why));
}

/// Puts a further page behind what is there.
fn join(all: &mut Value, page: Value) {
    if all.is_null() {
        *all = page;
        return;
    }
    let Value::Object(page) = page else { return };
    for (field, mut list) in page {
        // A page that could not be read leaves the list saying that there is more.
        if let Some(info) = list.get_mut("pageInfo").filter(|info| info.is_object()) {
            let info = info.take();
            if let Some(all) = all.as_object_mut().and_then(|all| all.get_mut(&field))
                && let Some(all) = all.as_object_mut()
            {
                all.insert("pageInfo".into(), info);
            }
        }
        for items in ["nodes", "edges"] {
            if let Value::Array(more) = take(&mut list, items) {
                match all[&field][items].as_array_mut() {
                    Some(before) => before.extend(more),
                    None => all[&field] = json!({ items: more }),
                }
            }
        }
    }
}

fn next_cursor(list: &Value) -> Option<String> {
    let info = &list["pageInfo"];
    (info["hasNextPage"] == true).then(|| info["endCursor"].as_str().map(str::to_owned))?
}

/// A list that ends early: where it is, and how it goes on.
struct Unfinished {
    at: String,
    list: &'static List,
    parent: String,
    cursor: String,
}

/// Follows every list inside until none is left.
async fn finish(line: &Line<'_>, page: &mut Value) -> Result<(), GithubProblem> {
    loop {
        let mut open = Vec::new();
        unfinished(page, &mut String::new(), &mut open);
        open.retain(|open| open.list.of != "Organization");
        if open.is_empty() {
            return Ok(());
        }
        for some in open.chunks(AT_ONCE) {
            follow(line, page, some).await?;
        }
    }
}

async fn follow(line: &Line<'_>, page: &mut Value, some: &[Unfinished]) -> Result<(), GithubProblem> {
    let lists: Vec<&List> = some.iter().map(|open| open.list).collect();
    let mut variables = Map::new();
    for (n, open) in some.iter().enumerate() {
        variables.insert(format!("i{n}"), json!(open.parent));
        variables.insert(format!("c{n}"), json!(open.cursor));
    }
    let mut data = ask(line, &documents::continuation(&lists), &Value::Object(variables)).await?;
    for (n, open) in some.iter().enumerate() {
        let more = take(&mut take(&mut data, &format!("n{n}")), open.list.field);
        let Some(here) = page.pointer_mut(&open.at) else { continue };
        if more.is_null() || hidden(&more).is_some() {
            // The rest of it is out of sight: the whole list counts as hidden.
            *here = json!({ "$hidden": hidden(&more).unwrap_or("a further page could not be read") });
            continue;
        }
        here["pageInfo"] = more["pageInfo"].clone();
        let mut all = json!({ "list": here.take() });
        join(&mut all, json!({ "list": more }));
        *here = take(&mut all, "list");
    }
    Ok(())
}

fn unfinished(value: &Value, at: &mut String, found: &mut Vec<Unfinished>) {
    let length = at.len();
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                at.push_str(&format!("/{n}"));
                unfinished(item, at, found);
                at.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (field, inner) in fields {
                at.push_str(&format!("/{field}"));
                let parent = value["id"].as_str().zip(value["__typename"].as_str());
                let list = parent.and_then(|(_, of)| find(of, field));
                if let (Some((parent, _)), Some(list), Some(cursor)) = (parent, list, next_cursor(inner)) {
                    found.push(Unfinished { at: at.clone(), list, parent: parent.to_owned(), cursor });
                }
                unfinished(inner, at, found);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// One request; its data with hidden places marked. Counts its points.
pub(crate) async fn ask(line: &Line<'_>, query: &str, variables: &Value) -> Result<Value, GithubProblem> {
    let answer = line.graphql(&json!({ "query": query, "variables": variables })).await?;
    let mut body: Value = answer.json(GRAPHQL)?;
    let mut data = take(&mut body, "data");
    line.count(POINTS, data["rateLimit"]["cost"].as_u64().unwrap_or(0));
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let nowhere = mark_hidden(&mut data, errors);
    if data.is_null() || !nowhere.is_empty() {
        // A message may quote all of the query.
        let message: String = nowhere.first().map_or("no data", String::as_str).chars().take(200).collect();
        let call = GRAPHQL.to_owned();
        return Err(GithubProblem::Refused { call, status: 200, message, request_id: answer.request_id });
    }
    Ok(data)
}
