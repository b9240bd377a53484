//! Who is meant: a team, person or app as manifests write them.

use crate::line::Line;
use crate::read::sweep::node::{id, must};
use serde_json::Value;

/// A team, person or app; its id and name are remembered for writers.
pub(crate) fn actor(line: &Line<'_>, node: &Value) -> Option<String> {
    let (id, global) = (id(node, "databaseId")?, must(node, "id").unwrap_or_default());
    let names = &line.site.names;
    Some(match must(node, "__typename")? {
        "User" => {
            let login = must(node, "login")?;
            names.learn_user(id, login, global);
            format!("user:{}", login.to_lowercase())
        }
        "Team" => {
            let slug = must(node, "slug")?;
            names.learn_team(id, slug, global);
            format!("team:{slug}")
        }
        "App" => {
            let slug = must(node, "slug")?;
            names.learn_app(id, slug, global);
            format!("app:{slug}")
        }
        _ => return None,
    })
}
