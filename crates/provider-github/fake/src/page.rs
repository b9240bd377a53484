//! Pages of a REST list, with the `Link` header that leads to the others.

use serde_json::{Value, json};

use crate::answer::{Answer, Said, ok};
use crate::call::Call;
use crate::route::encode;

/// The present page of a list.
pub(crate) fn list(call: &Call<'_>, items: Vec<Value>) -> Said {
    list_of(call, items, |value| value)
}

/// As [`list`], where only what is on the page is shown.
pub(crate) fn list_of<T>(call: &Call<'_>, items: Vec<T>, show: impl Fn(T) -> Value) -> Said {
    let page = Page::of(call, items.len());
    let body = Value::Array(page.cut(items).map(show).collect());
    ok(body).map(|answer| page.link(call, answer))
}

/// The present page of a list inside an object that counts: `{"total_count": 3, "variables": […]}`.
pub(crate) fn counted(call: &Call<'_>, name: &str, items: Vec<Value>) -> Said {
    counted_of(call, name, items, |value| value)
}

/// As [`counted`], where only what is on the page is shown.
pub(crate) fn counted_of<T>(call: &Call<'_>, name: &str, items: Vec<T>, show: impl Fn(T) -> Value) -> Said {
    let page = Page::of(call, items.len());
    let body = json!({"total_count": page.total, name: page.cut(items).map(show).collect::<Vec<_>>()});
    ok(body).map(|answer| page.link(call, answer))
}

struct Page {
    number: usize,
    size: usize,
    total: usize,
}

impl Page {
    fn of(call: &Call<'_>, total: usize) -> Self {
        let number = |name: &str, usual: usize| {
            call.query
                .get(name)
                .and_then(|text| text.parse::<usize>().ok())
                .filter(|n| *n > 0)
                .unwrap_or(usual)
        };
        Self { number: number("page", 1), size: number("per_page", 30).min(100), total }
    }

    fn cut<T>(&self, items: Vec<T>) -> impl Iterator<Item = T> {
        items.into_iter().skip((self.number - 1) * self.size).take(self.size)
    }

    fn link(&self, call: &Call<'_>, answer: Answer) -> Answer {
        let last = self.total.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        let mut link =
            |page: usize, rel: &str| links.push(format!("<{}>; rel=\"{rel}\"", self.url(call, page)));
        if self.number > 1 {
            link(self.number.min(last + 1) - 1, "prev");
        }
        if self.number < last {
            link(self.number + 1, "next");
            link(last, "last");
        }
        if self.number > 1 {
            link(1, "first");
        }
        if links.is_empty() { answer } else { answer.header("link", links.join(", ")) }
    }

    fn url(&self, call: &Call<'_>, page: usize) -> String {
        let others = call.query.iter().filter(|(name, _)| *name != "page");
        let mut query: Vec<String> =
            others.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        query.push(format!("page={page}"));
        format!("{}{}?{}", call.base, call.path, query.join("&"))
    }
}
