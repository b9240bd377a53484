//! An IamProfile manifest for a role as it was seen.
//!
//! The trust policy is written as a whole, so that nothing of it is lost; a person may take it apart.

use super::yaml::{flow_list, scalar};
use super::{Imported, Options};
use aplomo_core::{Model as _, Observed, Seen, Sight};
use aplomo_resources::iam::model::Role;
use aplomo_resources::iam::policy::{Use, canonical};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Writes an IamProfile manifest for a role. What it cannot express is noted.
#[must_use]
pub fn iam_profile_manifest(role: &Observed, options: &Options) -> Imported {
    let model = Role::<Seen>::from_fields(&role.fields).unwrap_or_default();
    let mut draft = Draft { out: String::new(), notes: Vec::new() };
    let _ = write!(
        draft.out,
        "# Imported from the role {}.\napiVersion: aplomo/v1\nkind: IamProfile\nmetadata:\n  name: {}\n  tenant: {}\n",
        role.id,
        scalar(options.name.as_str()),
        scalar(options.tenant.as_str())
    );
    if options.adopt {
        let _ = write!(draft.out, "lifecycle:\n  adopt: {}\n", scalar(role.id.as_str()));
    }
    draft.out.push_str("spec:\n");
    draft.role(&model);
    Imported { yaml: draft.out, notes: draft.notes, ..Imported::default() }
}

struct Draft {
    out: String,
    notes: Vec<String>,
}

impl Draft {
    fn line(&mut self, field: &str, value: Option<&str>) {
        if let Some(value) = value {
            let _ = writeln!(self.out, "  {field}: {}", scalar(value));
        }
    }

    fn role(&mut self, model: &Role<Seen>) {
        self.line("roleName", model.name.value().map(|t| t.as_str()));
        self.line("path", model.path.value().map(|t| t.as_str()));
        self.line("description", model.description.value().map(String::as_str));
        self.trust(model);
        self.policies(model);
        self.line("permissionsBoundary", model.boundary.value().map(|t| t.as_str()));
        if let Some(seconds) = model.max_session.value() {
            let _ = writeln!(self.out, "  maxSession: {seconds}");
        }
        if model.description == Sight::Hidden || model.max_session == Sight::Hidden {
            self.notes.push("description and longest session could not be read and are left alone".into());
        }
        self.tags(&model.tags);
    }

    fn trust(&mut self, model: &Role<Seen>) {
        match model.trust.value().map(|text| (text, canonical(text, Use::Trust))) {
            Some((text, Ok(_))) => {
                let _ = writeln!(self.out, "  trust:\n    document: {}", scalar(text));
            }
            Some((_, Err(why))) => self.left_out("the trust policy", &why.to_string()),
            None => self.left_out("the trust policy", "it could not be read"),
        }
    }

    fn left_out(&mut self, what: &str, why: &str) {
        self.notes.push(format!("{what} was left out: {why}"));
    }

    fn policies(&mut self, model: &Role<Seen>) {
        if model.inline.is_empty() && model.attachments.is_empty() {
            return;
        }
        self.out.push_str("  policies:\n");
        if !model.attachments.is_empty() {
            let arns: Vec<&String> = model.attachments.keys().collect();
            let _ = writeln!(self.out, "    managed: {}", flow_list(&arns));
        }
        let mut written = false;
        for (name, sight) in &model.inline {
            let Some(text) = sight.value() else { continue };
            if let Err(why) = canonical(text, Use::Identity) {
                self.left_out(&format!("the inline policy `{name}`"), &why.to_string());
                continue;
            }
            if !std::mem::replace(&mut written, true) {
                self.out.push_str("    inline:\n");
            }
            let _ = writeln!(self.out, "      - name: {}\n        document: {}", scalar(name), scalar(text));
        }
        if !written && model.attachments.is_empty() {
            self.out.push_str("    inline: []\n");
        }
    }

    fn tags(&mut self, tags: &BTreeMap<String, Sight<String>>) {
        if !tags.is_empty() {
            self.out.push_str("  tags:\n");
        }
        for (key, sight) in tags {
            if let Some(value) = sight.value() {
                let _ = writeln!(self.out, "    {}: {}", scalar(key), scalar(value));
            }
        }
    }
}
