//! From an IamProfile manifest to its role, policies, instance profile and identity providers.

use super::spec::{IamProfileSpec, Own};
use super::trust::{self, parsed};
use super::{checks, environments, order, providers};
use crate::estate::Estate;
use crate::kind::{Expansion, Manifest};
use crate::tenant;
use aplomo_core::fields::WantedFields;
use aplomo_core::reference::Constraint;
use aplomo_core::resource::{Adopt, Desired};
use aplomo_core::{Address, Finding, Model as _, Reference, Scope, Type as _, TypeName, Wanted, Wish};
use aplomo_resources::iam::instance_profile::InstanceProfiles;
use aplomo_resources::iam::managed_policy::Policies;
use aplomo_resources::iam::model::{InstanceProfile, Policy, Role};
use aplomo_resources::iam::policy::{Document, Malformed, Use};
use aplomo_resources::iam::role::Roles;
use aplomo_resources::iam::{INSTANCE_PROFILE, POLICY, ROLE, arn};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};

/// A profile with what is known around it.
pub(super) struct Profile<'a> {
    pub(super) manifest: &'a Manifest<'a, IamProfileSpec>,
    /// The tenant's account, where it is known.
    pub(super) account: Option<SmolStr>,
    /// Whether it reaches a production.
    pub(super) production: bool,
    scope: Scope,
    tags: BTreeMap<String, Wish<String>>,
    name: SmolStr,
}

/// What stands for the account in ARNs where it is not known: only while validating.
const UNKNOWN_ACCOUNT: &str = "000000000000";

pub(super) fn expand(manifest: &Manifest<'_, IamProfileSpec>, estate: &Estate<'_>) -> Expansion {
    let scope = tenant::aws_scope(estate, &manifest.reference.tenant);
    let common = tenant::tags(estate, &manifest.reference.tenant).into_iter().flatten();
    let tags = common.chain(&manifest.spec.tags).map(|(k, v)| (k.to_string(), Wish::Value(v.to_string())));
    let profile = Profile {
        manifest,
        account: scope.account.as_ref().map(|account| SmolStr::new(account.as_str())),
        production: environments::reaches_production(manifest, estate),
        tags: tags.collect(),
        scope,
        name: manifest.spec.role_name.clone().unwrap_or_else(|| manifest.reference.name.as_str().into()),
    };
    let mut out = Expansion {
        findings: environments::check(manifest, estate),
        environments: manifest.spec.environments.iter().cloned().collect(),
        ..Expansion::default()
    };
    let trust = profile.trust(&mut out.findings);
    out.findings.extend(checks::run(&profile, trust.as_ref()));
    profile.resources(trust, order::first(manifest, estate), &mut out);
    if let Some(moment) = manifest.spec.expires_at {
        out.resources.iter_mut().for_each(|resource| resource.until = Some(moment.0));
    }
    out
}

impl Profile<'_> {
    fn account(&self) -> &str {
        self.account.as_deref().unwrap_or(UNKNOWN_ACCOUNT)
    }

    /// `nobody-trusted`, `bad-policy`.
    fn trust(&self, findings: &mut Vec<Finding>) -> Option<Document> {
        let spec = self.manifest.spec;
        let trust = &spec.trust;
        let lists = [&trust.accounts, &trust.principals, &trust.services];
        let none = trust.saml.is_none() && trust.oidc.is_none() && trust.document.is_none();
        if none && lists.iter().all(|list| list.is_empty()) {
            let finding = Finding::error("nobody-trusted", "nobody may take the role");
            let finding = finding.help("set `accounts`, `principals`, `services`, `saml` or `oidc`");
            findings.push(self.manifest.finding_at(finding, "/spec/trust"));
            return None;
        }
        match trust::document(spec, self.account()) {
            Ok(document) => Some(document),
            Err((place, why)) => {
                findings.push(
                    self.manifest.finding_at(Finding::error("bad-policy", why), &format!("/spec{place}")),
                );
                None
            }
        }
    }

    fn resources(&self, trust: Option<Document>, mut needs: BTreeSet<Address>, out: &mut Expansion) {
        for made in providers::made(self.manifest.spec) {
            match made {
                Ok((type_name, fields)) => {
                    let desired = self.desired(&type_name, &[], self.tagged(fields));
                    needs.insert(desired.address.clone());
                    out.resources.push(desired);
                }
                Err((place, wrong)) => self.tell(wrong, &|_| place.to_owned(), out),
            }
        }
        let attached = self.policies(out);
        let Some(mut role) = self.role(trust, attached, out) else { return };
        role.depends_on = needs;
        role.adopt = self.manifest.lifecycle.adopt.clone().map_or(Adopt::No, Adopt::Id);
        if self.manifest.spec.instance_profile {
            out.resources.extend(self.instance_profile(&role.address, &mut out.findings));
        }
        out.resources.push(role);
    }

    fn desired(&self, type_name: &TypeName, key: &[&str], fields: WantedFields) -> Desired {
        self.manifest.desired(type_name, key, self.scope.clone(), fields)
    }

    /// With tags, where the model was put together without.
    fn tagged(&self, mut fields: WantedFields) -> WantedFields {
        for (key, wish) in &self.tags {
            let value = wish.value().map(|text| aplomo_core::Datum::from(text.as_str()));
            let path = aplomo_core::FieldPath::known("/tags").child(key);
            fields.set(path, value.map_or(Wish::Absent, Wish::Value));
        }
        fields
    }

    fn tell(&self, wrong: Vec<Finding>, place: &dyn Fn(&str) -> String, out: &mut Expansion) {
        let placed = wrong.into_iter().map(|f| {
            let at = place(&f.message);
            self.manifest.finding_at(f, &at)
        });
        out.findings.extend(placed);
    }

    /// The policies that it makes; attachments that refer to them, by ARN.
    fn policies(&self, out: &mut Expansion) -> BTreeMap<String, Wish<SmolStr>> {
        let mut attached = BTreeMap::new();
        for (n, own) in self.manifest.spec.policies.own.iter().enumerate() {
            match self.policy(own) {
                Ok(fields) => {
                    let mut desired = self.desired(&POLICY, &[&own.name], fields);
                    desired.defaults = described(own);
                    let arn = arn::policy(self.account(), self.path(), &own.name);
                    let suffix = Constraint::Suffix(format_smolstr!("policy{}{}", self.path(), own.name));
                    attached.insert(arn.to_string(), output_of(&desired.address, "arn", suffix));
                    out.resources.push(desired);
                }
                Err(wrong) => self.tell(wrong, &|_| format!("/spec/policies/own/{n}"), out),
            }
        }
        attached
    }

    fn path(&self) -> &str {
        self.manifest.spec.path.as_deref().unwrap_or("/")
    }

    fn policy(&self, own: &Own) -> Result<WantedFields, Vec<Finding>> {
        let document = document(&own.document)?;
        let model = Policy {
            name: Wish::Value(own.name.clone()),
            path: Wish::Value(self.path().into()),
            // It cannot be changed, so it is said at the creation and left alone from then on.
            description: Wish::LeftAlone,
            document: Wish::Value(document),
            tags: self.tags.clone(),
        };
        Policies::normalise(model).map(|model| model.to_fields())
    }

    fn role(
        &self,
        trust: Option<Document>,
        mut attachments: BTreeMap<String, Wish<SmolStr>>,
        out: &mut Expansion,
    ) -> Option<Desired> {
        let spec = self.manifest.spec;
        for named in &spec.policies.managed {
            let arn = if named.starts_with("arn:") { named.clone() } else { arn::aws_policy(named) };
            attachments.insert(arn.to_string(), Wish::Value(arn));
        }
        let mut inline = BTreeMap::new();
        for (n, policy) in spec.policies.inline.iter().enumerate() {
            match document(&policy.document) {
                Ok(text) => drop(inline.insert(policy.name.to_string(), Wish::Value(text))),
                Err(wrong) => self.tell(wrong, &|_| format!("/spec/policies/inline/{n}/document"), out),
            }
        }
        let model = Role {
            name: Wish::Value(self.name.clone()),
            path: spec.path.clone().map_or(Wish::LeftAlone, Wish::Value),
            description: spec.description.clone().map_or(Wish::LeftAlone, Wish::Value),
            max_session: spec.max_session.map_or(Wish::LeftAlone, |s| Wish::Value(s.0)),
            trust: Wish::Value(trust?.to_text()),
            boundary: spec.permissions_boundary.clone().map_or(Wish::LeftAlone, Wish::Value),
            inline,
            attachments,
            tags: self.tags.clone(),
        };
        match Roles::normalise(model) {
            Ok(model) => Some(self.desired(&ROLE, &[], model.to_fields())),
            Err(wrong) => {
                self.tell(wrong, &|message| place(message).to_owned(), out);
                None
            }
        }
    }

    fn instance_profile(&self, role: &Address, findings: &mut Vec<Finding>) -> Option<Desired> {
        let model = InstanceProfile::<Wanted> {
            name: Wish::Value(self.name.clone()),
            path: self.manifest.spec.path.clone().map_or(Wish::LeftAlone, Wish::Value),
            role: output_of(role, "id", Constraint::Suffix(self.name.clone())),
            tags: self.tags.clone(),
        };
        match InstanceProfiles::normalise(model) {
            Ok(model) => Some(self.desired(&INSTANCE_PROFILE, &[], model.to_fields())),
            Err(wrong) => {
                findings
                    .extend(wrong.into_iter().map(|f| self.manifest.finding_at(f, "/spec/instanceProfile")));
                None
            }
        }
    }
}

fn output_of(to: &Address, output: &'static str, constraint: Constraint) -> Wish<SmolStr> {
    Wish::Reference(Box::new(Reference { to: to.clone(), output: SmolStr::new_static(output), constraint }))
}

/// The description that a new policy gets.
fn described(own: &Own) -> WantedFields {
    let text = own.description.as_deref().filter(|text| !text.is_empty());
    let field =
        |text| (aplomo_core::FieldPath::known("/description"), Wish::Value(aplomo_core::Datum::from(text)));
    text.map(field).into_iter().collect()
}

fn document(value: &serde_json::Value) -> Result<String, Vec<Finding>> {
    let read = parsed(value, Use::Identity);
    read.map(|document| document.to_text()).map_err(|Malformed(why)| vec![Finding::error("bad-policy", why)])
}

/// Which part of the manifest a finding about the role's model concerns.
fn place(message: &str) -> &'static str {
    let places = [
        ("name:", "/spec/roleName"),
        ("path:", "/spec/path"),
        ("description:", "/spec/description"),
        ("maxSession:", "/spec/maxSession"),
        ("trust:", "/spec/trust"),
        ("permissionsBoundary:", "/spec/permissionsBoundary"),
        ("attachments:", "/spec/policies/managed"),
        ("inline", "/spec/policies/inline"),
        ("tags:", "/spec/tags"),
    ];
    places.iter().find(|(start, _)| message.starts_with(start)).map_or("/spec", |(_, place)| place)
}
