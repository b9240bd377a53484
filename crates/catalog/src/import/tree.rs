//! Values as YAML: in one line where that is short, else over several.
//!
//! Deliberately absent: comments, and any order but that of the writer.

use super::yaml::scalar;

/// Lines longer than this are written over several.
const WIDTH: usize = 110;

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    /// As it stands: a number, `true`, a text that was made good.
    Plain(String),
    List(Vec<Tree>),
    Map(Fields),
}

/// A mapping in the making. What says nothing is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, Tree)>);

impl Fields {
    pub(super) fn put(&mut self, key: &str, value: Tree) {
        self.0.push((key.to_owned(), value));
    }
    pub(super) fn text(&mut self, key: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.put(key, Tree::Plain(scalar(value.as_ref())));
        }
    }
    pub(super) fn word(&mut self, key: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.put(key, Tree::Plain(value.to_string()));
        }
    }
    pub(super) fn texts<T: AsRef<str>>(&mut self, key: &str, values: Option<impl IntoIterator<Item = T>>) {
        if let Some(values) = values {
            self.put(key, texts(values));
        }
    }
    /// A part, where it says anything.
    pub(super) fn part(&mut self, key: &str, part: Self) {
        if !part.0.is_empty() {
            self.put(key, Tree::Map(part));
        }
    }
    /// A list, where there is anything in it.
    pub(super) fn list(&mut self, key: &str, items: Vec<Self>) {
        if !items.is_empty() {
            self.put(key, Tree::List(items.into_iter().map(Tree::Map).collect()));
        }
    }
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mapping as lines below some blanks.
    pub(super) fn block(&self, indent: usize) -> String {
        let mut out = String::new();
        for (key, value) in &self.0 {
            entry(&mut out, &format!("{}{}", " ".repeat(indent), scalar(key)), value, indent);
        }
        out
    }
}

/// Texts as a list.
pub(super) fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Tree {
    Tree::List(values.into_iter().map(|value| Tree::Plain(scalar(value.as_ref()))).collect())
}

fn entry(out: &mut String, start: &str, value: &Tree, indent: usize) {
    let line = format!("{start}: {}", value.flow());
    match value {
        Tree::List(items)
            if line.chars().count() > WIDTH || items.iter().any(Tree::is_map) && items.len() > 1 =>
        {
            out.push_str(&format!("{start}:\n"));
            items.iter().for_each(|item| self::item(out, item, indent + 2));
        }
        Tree::Map(fields) if line.chars().count() > WIDTH || fields.0.iter().any(|(_, v)| v.is_map()) => {
            out.push_str(&format!("{start}:\n{}", fields.block(indent + 2)));
        }
        _ => out.push_str(&format!("{line}\n")),
    }
}

fn item(out: &mut String, item: &Tree, indent: usize) {
    let line = format!("{}- {}\n", " ".repeat(indent), item.flow());
    match item {
        Tree::Map(fields) if line.chars().count() > WIDTH => {
            let block = fields.block(indent + 2);
            // The first line begins with the dash in the place of its last two blanks.
            out.push_str(&format!("{}- {}", " ".repeat(indent), block.trim_start()));
        }
        _ => out.push_str(&line),
    }
}

impl Tree {
    const fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    fn flow(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", "))
            }
            Self::Map(fields) => {
                let entries =
                    fields.0.iter().map(|(key, value)| format!("{}: {}", scalar(key), value.flow()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_is_one_line_and_long_is_several() {
        let mut label = Fields::default();
        label.text("name", Some("good first issue"));
        label.text("color", Some("0e8a16"));
        let mut long = label.clone();
        long.text("description", Some("x".repeat(100)));
        let mut all = Fields::default();
        all.word("wait", Some(5));
        all.texts("topics", Some(["a", "b c"]));
        all.texts("none", Some(Vec::<String>::new()));
        all.text("left", None::<&str>);
        all.part("empty", Fields::default());
        all.list("labels", vec![label.clone(), long]);
        all.list("one", vec![label]);
        insta::assert_snapshot!(all.block(2).replace(&"x".repeat(100), "x…"), @r"
          wait: 5
          topics: [a, b c]
          none: []
          labels:
            - {name: good first issue, color: '0e8a16'}
            - name: good first issue
              color: '0e8a16'
              description: x…
          one: [{name: good first issue, color: '0e8a16'}]
        ");
    }
}
