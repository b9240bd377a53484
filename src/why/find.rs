//! Which addresses somebody means: by address, ARN, remote id, DNS name or login. Pure.
//!
//! It knows no type by name. An object *is* what was asked for where its address, its id or its natural key
//! says so; it *names* it where one of its values does, which is how a person or a target is found.

use aplomo_core::address::AddressPattern;
use aplomo_core::{Address, Datum, RemoteId, Scope, Wish};

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    /// The comparable form of a name: without final dot, `@` and capitals.
    plain: String,
}

/// What is known of one address, as far as it can be asked for.
pub struct Subject<'a> {
    /// Its address.
    pub address: &'a Address,
    /// Where it is.
    pub scope: &'a Scope,
    /// Its remote id.
    pub id: Option<&'a RemoteId>,
    /// Its natural key.
    pub key: Option<&'a str>,
    /// Its managed fields.
    pub fields: Option<&'a aplomo_core::fields::WantedFields>,
}

/// How an address answers to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is what was asked for; by which of its names.
    Is(&'static str),
    /// It names what was asked for; in which field.
    Names(String),
}

/// Fields that say what an object is called.
const NAMES: [&str; 3] = ["/name", "/domainName", "/login"];

impl Query {
    /// A query; `None` where there is nothing in it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim().to_owned();
        let plain = plain(&text);
        (!plain.is_empty()).then_some(Self { text, plain })
    }

    /// The text as it was asked.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How an address answers, if it does.
    #[must_use]
    pub fn asks(&self, subject: &Subject<'_>) -> Option<Answer> {
        self.is(subject).map(Answer::Is).or_else(|| self.named_by(subject).map(Answer::Names))
    }

    fn is(&self, subject: &Subject<'_>) -> Option<&'static str> {
        let pattern = AddressPattern(self.text.as_str().into());
        if self.text.contains('/') && pattern.matches(subject.address) {
            return Some("address");
        }
        if subject.id.is_some_and(|id| id.as_str() == self.text) {
            return Some("id");
        }
        if self.is_arn_of(subject) {
            return Some("ARN");
        }
        let key = subject.key.map(|key| plain(key.split('|').next().unwrap_or_default()));
        if key.as_deref() == Some(&self.plain) {
            return Some("name");
        }
        let named = |path: &&str| {
            subject.fields.and_then(|fields| fields.text(path)).is_some_and(|name| plain(name) == self.plain)
        };
        NAMES.iter().any(named).then_some("name")
    }

    /// `arn:partition:service:region:account:resource` of an object whose id is only the last part of it.
    fn is_arn_of(&self, subject: &Subject<'_>) -> bool {
        let parts: Vec<&str> = self.text.splitn(6, ':').collect();
        let [_, _, service, region, account, resource] = parts[..] else { return false };
        if parts[0] != "arn" || subject.scope.provider.as_str() != "aws" {
            return false;
        }
        let fits = |part: &str, known: Option<&str>| part.is_empty() || known.is_none_or(|k| k == part);
        let of_service = subject.address.type_name().split('.').nth(1) == Some(service);
        let here = fits(account, subject.scope.account.as_ref().map(|a| a.as_str()))
            && fits(region, subject.scope.region.as_ref().map(|r| r.as_str()));
        let last = resource.rsplit(['/', ':']).next().unwrap_or(resource);
        let is = |known: &str| known == resource || known == last;
        of_service && here && (subject.id.is_some_and(|id| is(id.as_str())) || subject.key.is_some_and(is))
    }

    /// The first field that names it, in a value, in a list or as the name of an entry.
    fn named_by(&self, subject: &Subject<'_>) -> Option<String> {
        let says = |text: &str| plain(text) == self.plain;
        let fields = subject.fields?.iter();
        let mut found = fields.filter(|(path, wish)| {
            let entry = path.as_str().rsplit('/').next().unwrap_or_default();
            let value = match wish {
                Wish::Value(value) => holds(value, &says),
                _ => false,
            };
            value || (!matches!(wish, Wish::Absent) && says(&entry.replace("~1", "/").replace("~0", "~")))
        });
        found.next().map(|(path, _)| path.to_string())
    }
}

/// Names as they are compared: `@Ana`, `user:ana` and `ana` are one, `www.Example.com.` and
/// `www.example.com` too.
fn plain(text: &str) -> String {
    let text = text.trim().trim_start_matches('@');
    let text = text.strip_prefix("user:").unwrap_or(text);
    text.strip_suffix('.').unwrap_or(text).to_lowercase()
}

fn holds(value: &Datum, says: &impl Fn(&str) -> bool) -> bool {
    match value {
        Datum::Text(text) => says(text),
        Datum::List(items) => items.iter().any(|item| holds(item, says)),
        Datum::Map(entries) => entries.iter().any(|(name, item)| says(name) || holds(item, says)),
        Datum::Bool(_) | Datum::Int(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::fields::WantedFields;
    use aplomo_core::{Account, FieldPath, Provider};

    fn answer(query: &str, address: &str, (id, key): (&str, &str), fields: &[(&str, Datum)]) -> String {
        let scope = Scope::account(Provider::known("aws"), Account::known("123456789012"));
        let fields: WantedFields =
            fields.iter().map(|(p, v)| (FieldPath::new(p), Wish::Value(v.clone()))).collect();
        let address = address.parse().unwrap();
        let id = RemoteId::new(id).unwrap();
        let subject = Subject {
            address: &address,
            scope: &scope,
            id: Some(&id),
            key: Some(key),
            fields: Some(&fields),
        };
        match Query::new(query).and_then(|query| query.asks(&subject)) {
            None => String::new(),
            Some(Answer::Is(by)) => format!("is:{by}"),
            Some(Answer::Names(path)) => format!("names:{path}"),
        }
    }

    #[test]
    fn a_record_answers_to_its_address_its_name_and_what_it_points_at() {
        let at = "acme/Domain/d:aws.route53.RecordSet/www/CNAME";
        let ask = |query: &str| {
            let names = ("www.example.com.|CNAME|", "www.example.com.|CNAME|");
            answer(query, at, names, &[("/values", Datum::List(vec!["cdn.example.net.".into()]))])
        };
        assert_eq!(ask(at), "is:address");
        assert_eq!(ask("acme/Domain/d"), "is:address");
        assert_eq!(
            (ask("WWW.example.com").as_str(), ask("www.example.com.").as_str()),
            ("is:name", "is:name")
        );
        assert_eq!(ask("cdn.example.net"), "names:/values");
        for no in ["example.com", "acme", "", " . ", "www.example.com.|A|", "*"] {
            assert_eq!(ask(no), "", "{no}");
        }
    }

    #[test]
    fn an_arn_is_of_one_service_account_and_object() {
        let ask = |query: &str| answer(query, "acme/IamProfile/p:aws.iam.Role", ("AROAX", "partner"), &[]);
        assert_eq!(ask("arn:aws:iam::123456789012:role/partner"), "is:ARN");
        assert_eq!(ask("arn:aws:iam::123456789012:role/path/partner"), "is:ARN");
        assert_eq!(ask("AROAX"), "is:id");
        for no in ["arn:aws:iam::210987654321:role/partner", "arn:aws:acm::123456789012:x/partner", "arn:x"] {
            assert_eq!(ask(no), "", "{no}");
        }
    }

    #[test]
    fn a_person_is_found_as_a_value_and_as_the_name_of_an_entry() {
        let ask =
            |fields: &[(&str, Datum)]| answer("@Ana", "acme/Repository/r:github.repo.X", ("1", "r"), fields);
        assert_eq!(ask(&[("/reviewers", Datum::List(vec!["user:ana".into()]))]), "names:/reviewers");
        assert_eq!(ask(&[("/access/ana", "admin".into())]), "names:/access/ana");
        assert_eq!(ask(&[("/access/anabel", "admin".into())]), "");
    }
}
