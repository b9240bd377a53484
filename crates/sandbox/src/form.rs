//! Form bodies of query calls: read into fields in their order, changed, written again.
//! Deliberately absent: nested structures; a list is its numbered keys (`Filter.1.Value.2`).

/// The fields of a form, in order, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(body: &str) -> Self {
        let pairs = body.split('&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self(fields.map(|(key, value)| (unescape_url(key), unescape_url(value))).collect())
    }

    /// An EC2 or IAM call of our own.
    pub(crate) fn call(action: &str, version: &str, parameters: &[(&str, &str)]) -> Self {
        let head = [("Action", action), ("Version", version)];
        let all = head.iter().chain(parameters);
        Self(all.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    pub(crate) fn body(&self) -> String {
        let pairs: Vec<String> =
            self.0.iter().map(|(k, v)| format!("{}={}", escape_url(k), escape_url(v))).collect();
        pairs.join("&")
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// The value, or the empty text.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.get(key).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, key: &str, value: &str) {
        match self.0.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((key.to_owned(), value.to_owned())),
        }
    }

    /// Drops the fields whose key `drop` says yes to.
    pub(crate) fn remove(&mut self, drop: impl Fn(&str) -> bool) {
        self.0.retain(|(key, _)| !drop(key));
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The numbered prefixes of a list that are there: `Entry.1`, `Entry.2`.
    pub(crate) fn numbered(&self, list: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (key, _) in self.fields() {
            let rest = key.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'));
            let Some(number) = rest.and_then(|rest| rest.split('.').next()) else { continue };
            let prefix = format!("{list}.{number}");
            if number.parse::<u32>().is_ok() && !found.contains(&prefix) {
                found.push(prefix);
            }
        }
        found
    }

    /// The values of a list of plain texts, such as `ResourceId.1`.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.numbered(name).iter().filter_map(|key| self.get(key)).map(str::to_owned).collect()
    }
}

pub(crate) fn unescape_url(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn escape_url(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_survives_reading_and_writing() {
        let body = "Action=X&Filter.1.Name=vpc-id&Filter.1.Value.1=a%20%26%20b&Filter.2.Name=state&Empty=";
        let form = Form::parse(body);
        assert_eq!(form.body(), body);
        assert_eq!(form.numbered("Filter"), ["Filter.1", "Filter.2"]);
        assert_eq!(form.list("Filter.1.Value"), ["a & b"]);
        assert_eq!((form.text("Empty"), form.get("None")), ("", None));
    }
}
