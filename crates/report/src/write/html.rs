//! One HTML page: no script, nothing from elsewhere, and a policy that says so.

use crate::document::{Block, Line, Part};
use aplomo_planner::escape_html;
use aplomo_texts::Locale;

const CSS: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1f2328;background:#fff}\
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere;background:#f0f1f3;padding:.1em .3em;border-radius:4px}\
li{margin:.4rem 0}li ul{color:#57606a}table{border-collapse:collapse;margin:.4rem 0}\
th,td{border:1px solid #d0d7de;padding:.2rem .6rem;text-align:left;vertical-align:top}\
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}code{background:#21262d}\
li ul{color:#9198a1}th,td{border-color:#30363d}}";

/// Blocks as a page.
pub(crate) fn page(title: &str, locale: Locale, blocks: &[Block]) -> String {
    let title = escape_html(title);
    format!(
        "<!doctype html>\n<html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{CSS}</style></head>\n<body><main>\n{}</main></body></html>\n",
        body(blocks)
    )
}

fn body(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut open = false;
    for (i, block) in blocks.iter().enumerate() {
        let in_list = matches!(block, Block::Item(_) | Block::Detail(_) | Block::Table(..));
        if in_list != open {
            out.push_str(if in_list { "<ul>\n" } else { "</ul>\n" });
            open = in_list;
        }
        match block {
            Block::Title(text) => out.push_str(&format!("<h1>{}</h1>\n", escape_html(text))),
            Block::Section(text) => out.push_str(&format!("<h2>{}</h2>\n", escape_html(text))),
            Block::Words(text) => out.push_str(&format!("<p>{}</p>\n", line(text))),
            Block::Item(text) => {
                out.push_str(&format!("<li>{}{}</li>\n", line(text), below(&blocks[i + 1..])));
            }
            // Written with the item above.
            Block::Detail(_) | Block::Table(..) => {}
        }
    }
    if open {
        out.push_str("</ul>\n");
    }
    out
}

/// Everything about an item, up to the next.
fn below(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Detail(text) => out.push_str(&format!("<li>{}</li>\n", line(text))),
            Block::Table(head, rows) => out.push_str(&format!("<li>{}</li>\n", table(head, rows))),
            _ => break,
        }
    }
    if out.is_empty() { out } else { format!("\n<ul>\n{out}</ul>\n") }
}

fn table(head: &[String; 3], rows: &[[Line; 3]]) -> String {
    let cells = |cells: Vec<String>, tag: &str| -> String {
        cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect()
    };
    let head = cells(head.iter().map(|cell| escape_html(cell)).collect(), "th");
    let rows: String = rows
        .iter()
        .map(|row| format!("<tr>{}</tr>\n", cells(row.iter().map(line).collect(), "td")))
        .collect();
    format!("<table>\n<tr>{head}</tr>\n{rows}</table>")
}

fn line(parts: &Line) -> String {
    let part = |part: &Part| match part {
        Part::Say(text) => escape_html(text),
        Part::Code(text) => format!("<code>{}</code>", escape_html(text)),
    };
    parts.iter().map(part).collect()
}
