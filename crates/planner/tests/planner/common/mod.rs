//! A small world for the planner's tests: wishes are written by hand, plans are carried out by a
//! simulator, and the next plan sees what came of it.
#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod kinds;
mod simulate;

use aplomo_core::fields::{Fingerprint, WantedFields};
use aplomo_core::ledger::{Baseline, Memory};
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Plan, PlanSource};
use aplomo_core::reference::Constraint;
use aplomo_core::resource::Collection;
use aplomo_core::safety::{Deletion, Ownership, Recorded, Safety};
use aplomo_core::{
    Account, Address, CommitId, Coverage, Datum, Desired, DesiredState, FieldPath, Installation, Observation,
    Observed, Origin, Provider, Reference, RemoteId, Scope, Sight, SourceName, Timestamp, TypeName, Types,
    Wish,
};
use aplomo_planner::PlanInput;
use std::collections::BTreeMap;

pub const ZONE: TypeName = TypeName::known("t.net.Zone");
pub const RECORD: TypeName = TypeName::known("t.net.Record");
pub const SERVER: TypeName = TypeName::known("t.net.Server");
pub const SETTING: TypeName = TypeName::known("aplomo.own.Setting");
pub const SOURCE: SourceName = SourceName::known("main");
pub const OURS: Installation = Installation::known("here");

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
pub fn now() -> Timestamp {
    at("2027-01-31T00:00:00Z")
}
pub fn account() -> Scope {
    Scope::account(Provider::known("t"), Account::known("1"))
}
pub fn addr(text: &str) -> Address {
    text.parse().unwrap()
}
pub fn id(text: &str) -> RemoteId {
    RemoteId::new(text).unwrap()
}
pub fn text(t: &str) -> Wish {
    Wish::Value(t.into())
}
pub fn int(i: i64) -> Wish {
    Wish::Value(Datum::Int(i))
}
pub fn secret(t: &str) -> Wish {
    Wish::Secret(Fingerprint(t.into()))
}
pub fn refer(to: &str) -> Wish {
    Wish::Reference(Box::new(Reference { to: addr(to), output: "id".into(), constraint: Constraint::Any }))
}
pub fn fields(all: &[(&'static str, Wish)]) -> WantedFields {
    all.iter().map(|(p, w)| (FieldPath::known(p), w.clone())).collect()
}
pub fn zone_address(name: &str) -> Address {
    addr(&format!("acme/Domain/{name}:t.net.Zone"))
}
pub fn record_address(zone: &str, key: &str) -> Address {
    addr(&format!("acme/Domain/{zone}:t.net.Record/{key}"))
}
pub fn server_address(name: &str) -> Address {
    addr(&format!("acme/Server/{name}:t.net.Server"))
}

/// Everything a plan needs, owned.
pub struct Case {
    pub desired: DesiredState,
    pub observation: Observation,
    pub memory: Memory,
    pub recorded: Recorded,
    pub types: Types,
    pub commit: Option<CommitId>,
    pub version: String,
    pub as_of: Timestamp,
    pub held: BTreeMap<SourceName, String>,
    pub next: u32,
}

impl Case {
    pub fn new() -> Self {
        let mut desired = DesiredState::default();
        desired.completeness.complete_sources.insert(SOURCE);
        let mut case = Self {
            desired,
            observation: Observation::default(),
            memory: Memory::default(),
            recorded: Recorded::default(),
            types: kinds::types(),
            commit: Some(CommitId::known("c1")),
            version: "1.0.0".to_owned(),
            as_of: now(),
            held: BTreeMap::new(),
            next: 0,
        };
        case.cover();
        case
    }

    pub fn plan(&self) -> Plan {
        aplomo_planner::plan(&self.input())
    }

    pub fn input(&self) -> PlanInput<'_> {
        let complete = self.desired.completeness.complete_sources.contains(&SOURCE);
        PlanInput {
            installation: const { &OURS },
            version: &self.version,
            as_of: self.as_of,
            desired: &self.desired,
            sources: vec![PlanSource {
                name: SOURCE,
                path: "manifests".into(),
                commit: self.commit.clone(),
                complete,
                because: vec![],
            }],
            commits: [(SOURCE, self.commit.clone())].into(),
            observation: &self.observation,
            memory: &self.memory,
            recorded: &self.recorded,
            types: &self.types,
            held_sources: self.held.clone(),
        }
    }

    /// Plans, carries out what is not held, and notes the next commit.
    pub fn apply(&mut self) -> Plan {
        let plan = self.plan();
        simulate::carry_out(self, &plan);
        plan
    }

    pub fn settle(&mut self) {
        for _ in 0..6 {
            if self.apply().changes.is_empty() {
                return;
            }
        }
        panic!("it does not converge: {}", lines(&self.plan()));
    }

    /// Carries out what concerns settings alone.
    pub fn settle_settings(&mut self) {
        let mut plan = self.plan();
        plan.changes.retain(|c| c.type_name == SETTING);
        simulate::carry_out(self, &plan);
    }

    pub fn commit(&mut self, name: &'static str) {
        self.commit = Some(CommitId::known(name));
    }

    // Wishes.

    pub fn wish(&mut self, address: &Address, scope: Scope, wanted: WantedFields) -> &mut Desired {
        let type_name = TypeName::new(address.type_name()).unwrap();
        let mut want = Desired::new(address.clone(), type_name, scope, wanted, SOURCE);
        want.origins = vec![Origin { file: "a.yaml".into(), line: 1 }];
        self.desired.manifests.insert(address.manifest_ref().unwrap(), Deletion::Protect);
        self.desired.resources.insert(address.clone(), want);
        self.desired.resources.get_mut(address).unwrap()
    }
    pub fn zone(&mut self, name: &str) -> &mut Desired {
        let want = self.wish(&zone_address(name), account(), fields(&[("/name", text(name))]));
        want.key = Some(name.into());
        want
    }
    pub fn record(&mut self, zone: &str, key: &str, ttl: i64) -> &mut Desired {
        let mut scope = account();
        scope.container_of = Some(zone_address(zone));
        let (name, kind) = key.split_once('/').unwrap();
        let wanted = fields(&[("/name", text(name)), ("/type", text(kind)), ("/ttl", int(ttl))]);
        let want = self.wish(&record_address(zone, key), scope, wanted);
        want.key = Some(key.into());
        want
    }
    pub fn server(&mut self, name: &str, all: &[(&'static str, Wish)]) -> &mut Desired {
        self.wish(&server_address(name), account(), fields(all))
    }
    pub fn setting(&mut self, address: &str, all: &[(&'static str, Wish)]) -> &mut Desired {
        self.wish(&addr(address), Scope::own(), fields(all))
    }
    pub fn collection(&mut self, zone: &str, ownership: Ownership, ignore: &[&str]) {
        let ignore = ignore.iter().map(|p| (*p).into()).collect();
        self.desired.collections.push(Collection {
            container: zone_address(zone),
            member: RECORD,
            ownership,
            ignore,
        });
    }
    pub fn drop_manifest(&mut self, manifest: &str) {
        self.desired.resources.retain(|address, _| address.manifest() != manifest);
        self.desired.manifests.retain(|m, _| m.to_string() != manifest);
        self.desired.collections.retain(|c| c.container.manifest() != manifest);
    }
    pub fn drop_resource(&mut self, address: &Address) {
        self.desired.resources.remove(address);
    }
    pub fn record_safety(&mut self, manifest: &str, deletion: Deletion, ownership: Ownership) {
        self.recorded.safeties.insert(manifest.into(), Safety { deletion, ownership, ..Safety::default() });
    }

    // The world.

    pub fn exists(
        &mut self,
        type_name: TypeName,
        scope: Scope,
        id_text: &str,
        key: Option<&str>,
        all: &[(&'static str, Sight)],
    ) -> &mut Observed {
        self.observation.objects.push(Observed {
            type_name,
            scope,
            id: id(id_text),
            key: key.map(Into::into),
            mark: OwnerMark::None,
            created_by: None,
            fields: all.iter().map(|(p, s)| (FieldPath::known(p), s.clone())).collect(),
            outputs: [("id".into(), Datum::Text(id_text.into()))].into(),
            brought_along: false,
            raw: None,
            waiting: None,
        });
        self.cover();
        self.observation.objects.last_mut().unwrap()
    }
    pub fn zone_exists(&mut self, id_text: &str, name: &str) -> &mut Observed {
        self.exists(ZONE, account(), id_text, Some(name), &[("/name", Sight::Value(name.into()))])
    }
    pub fn record_exists(&mut self, zone_id: &str, key: &str, ttl: i64) -> &mut Observed {
        let (name, kind) = key.split_once('/').unwrap();
        let all = [
            ("/name", Sight::Value(name.into())),
            ("/type", Sight::Value(kind.into())),
            ("/ttl", Sight::Value(ttl.into())),
        ];
        self.exists(RECORD, account().within(id(zone_id)), key, Some(key), &all)
    }
    pub fn mark(address: &Address) -> OwnerMark {
        OwnerMark::Marked {
            installation: "here".into(),
            tenant: address.tenant().into(),
            address: address.as_str().into(),
        }
    }
    pub fn seen(&mut self, id_text: &str) -> &mut Observed {
        self.observation.objects.iter_mut().find(|o| o.id.as_str() == id_text).unwrap()
    }
    pub fn set(&mut self, id_text: &str, path: &'static str, value: Datum) {
        self.seen(id_text).fields.set(FieldPath::known(path), Sight::Value(value));
    }
    pub fn vanish(&mut self, id_text: &str) {
        self.observation.objects.retain(|o| o.id.as_str() != id_text);
        self.cover();
    }
    pub fn zone_id(&self, name: &str) -> String {
        self.memory.ledger[&zone_address(name)].id.to_string()
    }
    pub fn id_of(&self, address: &Address) -> String {
        self.memory.ledger[address].id.to_string()
    }

    /// Everything is seen in full.
    pub fn cover(&mut self) {
        self.observation.coverage.clear();
        for type_name in [ZONE, SERVER] {
            self.observation.coverage.insert((type_name, account()), Coverage::Complete);
        }
        // Of clubs and bands somebody looks only where one is wished.
        let wished = self.desired.resources.values().map(|want| want.type_name.clone());
        for type_name in wished.filter(|t| ["t.club.Band", "t.club.Club"].contains(&t.as_str())) {
            self.observation.coverage.insert((type_name, account()), Coverage::Complete);
        }
        self.observation.coverage.insert((SETTING, Scope::own()), Coverage::Complete);
        let zones = self.observation.objects.iter().filter(|o| o.type_name == ZONE);
        let zones: Vec<_> = zones.map(|z| z.scope.within(z.id.clone())).collect();
        for zone in zones {
            self.observation.coverage.insert((RECORD, zone), Coverage::Complete);
        }
    }
    pub fn fail(&mut self, type_name: TypeName, scope: Scope) {
        self.observation.coverage.insert((type_name, scope), Coverage::Failed("AccessDenied".into()));
    }
    pub fn baseline(&mut self, type_name: TypeName, scope: Scope, count: u64) {
        self.memory.baselines.push(Baseline { type_name, scope, count });
    }
}

/// A plan in short: one line per change, finding and unverifiable.
pub fn lines(plan: &Plan) -> String {
    let mut out = Vec::new();
    for c in &plan.changes {
        let name = c.address.as_str().replace("t.net.", "");
        let fields: Vec<String> = c.fields.iter().map(|f| format!("{}:{}", f.path, f.reason)).collect();
        let mut line = format!("{} {name} {}", c.action, c.reason);
        for part in [
            (!fields.is_empty()).then(|| format!("[{}]", fields.join(" "))),
            c.held_by.as_ref().map(|h| format!("held={h}")),
            c.create_first.then(|| "create-first".to_owned()),
            c.group.as_ref().map(|g| format!("group={g}")),
            (!c.depends_on.is_empty()).then(|| {
                format!(
                    "after={}",
                    c.depends_on
                        .iter()
                        .map(|a| a.as_str().replace("t.net.", ""))
                        .collect::<Vec<_>>()
                        .join(",")
                )
            }),
        ] {
            line.extend(part.map(|p| format!(" {p}")));
        }
        out.push(line);
    }
    for f in &plan.findings {
        let address = f.address.as_deref().unwrap_or("-").replace("t.net.", "");
        out.push(format!("{:?} {} {address}: {}", f.severity, f.rule, f.message).to_lowercase());
    }
    for u in &plan.unverifiable {
        let what = u
            .address
            .as_ref()
            .map_or_else(|| format!("{:?} in {}", u.types, u.scope), |a| a.as_str().replace("t.net.", ""));
        out.push(format!("unverifiable {what} {:?}: {}", u.fields, u.why));
    }
    for u in &plan.unmanaged {
        out.push(format!(
            "unmanaged {} {}{}",
            u.type_name,
            u.id,
            u.note.as_ref().map(|n| format!(" ({n})")).unwrap_or_default()
        ));
    }
    out.join("\n")
}
