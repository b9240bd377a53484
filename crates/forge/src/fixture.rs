//! A pull request as tests look at it.

use crate::command::{Misspelt, Problem};
use crate::view::{How, Locale, Note, Outcome, Right, Since, Stage, View};
use aplomo_core::approval::PullRef;
use aplomo_core::fields::Fingerprint;
use aplomo_core::plan::{Before, FieldChange, HeldBy, Meta, PlanSource, Unverifiable};
use aplomo_core::run::Status;
use aplomo_core::{
    Account, Action, Address, Change, CommitId, Digest, FieldPath, Fields, Finding, Mark, Origin, Plan,
    Provider, Reason, Risk, Scope, Sight, SourceName, Timestamp, TypeName, Wish,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) fn path(text: &str) -> FieldPath {
    FieldPath::new(text)
}

pub(crate) fn moment() -> Timestamp {
    "2027-01-31T09:00:00Z".parse().unwrap()
}

fn field(at: &str, before: &str, after: &str) -> FieldChange {
    FieldChange {
        path: path(at),
        before: Sight::Value(before.into()),
        after: Wish::Value(after.into()),
        reason: Reason::Manifest,
    }
}

/// A change of one field, or of all.
pub(crate) fn change(address: &str, action: Action, risk: Risk, line: u32) -> Change {
    let address: Address = address.parse().unwrap();
    let type_name = TypeName::new(address.type_name()).unwrap();
    let seen: Fields<Sight> = Fields::from_iter([(path("/ttl"), Sight::Value(300.into()))]);
    let wished: Fields<Wish> = Fields::from_iter([(path("/ttl"), Wish::Value(60.into()))]);
    let fields = matches!(action, Action::Update | Action::Replace).then(|| FieldChange {
        path: path("/ttl"),
        before: Sight::Value(300.into()),
        after: Wish::Value(60.into()),
        reason: Reason::Manifest,
    });
    let mut change = Change {
        scope: Scope::account(Provider::known("aws"), Account::known("123456789012")),
        type_name,
        id: None,
        key: None,
        action,
        risk,
        risk_notes: Vec::new(),
        told: Vec::new(),
        digest: Digest::of_bytes(b""),
        group: None,
        create_first: false,
        again: false,
        before: if action == Action::Create { Before::Absent } else { Before::Seen(seen) },
        after: (action != Action::Delete).then_some(wished),
        fields: fields.into_iter().collect(),
        reason: Reason::Manifest,
        references: Vec::new(),
        depends_on: Vec::new(),
        held_by: None,
        approvals_needed: 1,
        departs: false,
        environments: Vec::new(),
        was_in: Vec::new(),
        origins: vec![Origin { file: Arc::from("domains/example.yaml"), line }],
        moved_from: None,
        until: None,
        source: SourceName::known("acme"),
        first_seen: None,
        address,
    };
    change.digest = change.recompute_digest().unwrap();
    change
}

/// What a view borrows from.
pub(crate) struct Case {
    pub(crate) pull: PullRef,
    pub(crate) head: CommitId,
    pub(crate) findings: Vec<Finding>,
    pub(crate) plan: Plan,
    pub(crate) before: Vec<Change>,
    pub(crate) rights: BTreeMap<Digest, Right>,
    pub(crate) notes: Vec<Note>,
    pub(crate) since: Option<Since>,
    pub(crate) link: Option<String>,
}

impl Case {
    /// Of these changes and nothing else.
    pub(crate) fn of(changes: Vec<Change>) -> Self {
        let plan = Plan {
            format_version: 1,
            digest: Digest::of_bytes(b"plan"),
            as_of: moment(),
            wake: None,
            sources: Vec::<PlanSource>::new(),
            complete: true,
            applyable: true,
            narrowed: false,
            summary: BTreeMap::new(),
            changes,
            findings: Vec::new(),
            unmanaged: Vec::new(),
            unverifiable: Vec::new(),
            coverage: None,
            reverts: None,
            meta: Meta::default(),
        };
        Self {
            pull: PullRef { repository: "acme/manifests".into(), number: 7 },
            head: CommitId::known("3f2a91c0b1d24e5f60718293a4b5c6d7e8f90123"),
            findings: Vec::new(),
            plan,
            before: Vec::new(),
            rights: BTreeMap::new(),
            notes: Vec::new(),
            since: None,
            link: None,
        }
    }

    pub(crate) fn view<'a>(&'a self, locale: Locale, stage: Stage<'a>) -> View<'a> {
        let planned = !matches!(
            stage,
            Stage::MayNotAsk
                | Stage::Conflict { .. }
                | Stage::TooLarge { .. }
                | Stage::Failed { .. }
                | Stage::Invalid
        );
        View {
            locale,
            pull: &self.pull,
            head: &self.head,
            stage,
            findings: &self.findings,
            plan: planned.then_some(&self.plan),
            before: &self.before,
            rights: self.rights.clone(),
            notes: self.notes.clone(),
            since: self.since.clone(),
            link: self.link.as_deref(),
            sub_path: "manifests",
        }
    }

    /// Everybody who must approved everything.
    pub(crate) fn approve(&mut self) {
        for right in self.rights.values_mut() {
            right.approved_by.extend(["sofia".into(), "tomas".into()]);
        }
    }

    /// Each effect with one of these results, in turn.
    pub(crate) fn results(&self, how: &[How]) -> Vec<Outcome<'_>> {
        self.plan.changes.iter().zip(how.iter().cycle()).map(|(change, how)| outcome(change, *how)).collect()
    }
}

fn outcome(change: &Change, how: How) -> Outcome<'_> {
    let ran = matches!(how, How::Ran(_));
    Outcome {
        address: &change.address,
        digest: change.digest,
        how,
        detail: (how == How::Ran(Status::Failed)).then(|| "AccessDenied: not today".to_owned()),
        request_ids: if ran { vec!["r-1".into(), "r-2".into()] } else { Vec::new() },
        run: ran.then(|| "run-42".into()),
    }
}

/// A bit of everything, as it happens.
pub(crate) fn everything() -> Case {
    let record = "acme/Domain/example-com:aws.route53.RecordSet";
    let mut www = change(&format!("{record}/=2A/A"), Action::Update, Risk::Routine, 12);
    www.fields.push(FieldChange { reason: Reason::Drift, ..field("/values", "192.0.2.1", "192.0.2.2") });
    let mail = change(&format!("{record}/mail/MX"), Action::Create, Risk::Routine, 20);
    let mut zone =
        change("acme/Domain/old-com:aws.route53.HostedZone", Action::Delete, Risk::Irreversible, 1);
    zone.origins.clear();
    zone.risk_notes = vec!["the zone and its 12 records are gone, and its name servers with them".into()];
    zone.held_by = Some(HeldBy::GUARD_COUNT);
    zone.approvals_needed = 2;
    let mut role = change("acme/IamProfile/deploy:aws.iam.Role", Action::Update, Risk::Sensitive, 3);
    role.fields = vec![
        field("/trustPolicy", "{\"a\":1}", "{\"a\":2}"),
        FieldChange {
            after: Wish::Secret(Fingerprint("k1:9f".into())),
            before: Sight::Hidden,
            ..field("/secret", "", "")
        },
    ];
    role.told = vec![path("/trustPolicy")];
    role.risk_notes = vec!["account 210987654321 may assume it: access gained".into()];
    role.until = Some(moment());
    let mut certificate =
        change("beta/Certificate/shop:aws.acm.Certificate", Action::Replace, Risk::Outage, 7);
    certificate.create_first = true;
    let changes = vec![www, mail, zone, role, certificate];
    let mut case = Case::of(changes);
    let teams = BTreeSet::from(["acme/sre".into()]);
    for (at, one) in case.plan.changes.iter().enumerate() {
        let approved_by = if at % 2 == 0 { BTreeSet::from(["sofia".into()]) } else { BTreeSet::new() };
        case.rights
            .insert(one.digest, Right { approved_by, needed: one.approvals_needed, teams: teams.clone() });
    }
    case.before = vec![change(&format!("{record}/old/CNAME"), Action::Update, Risk::Routine, 30)];
    case.before[0].fields[0].reason = Reason::Drift;
    case.findings = vec![
        Finding::warning("wildcard", "the certificate is for every name below")
            .of("beta/Certificate/shop")
            .at(&Arc::from("certificates/shop.yaml"), Mark { line: 7, column: 3 }),
        Finding::info("naming", "the name does not begin with `acme-`").help("call it `acme-deploy`"),
    ];
    case.notes = notes();
    case.since = Some(Since {
        new: BTreeSet::from([case.plan.changes[3].digest]),
        gone: BTreeSet::from(["acme/Domain/example-com:aws.route53.RecordSet/blog/A".parse().unwrap()]),
    });
    case.plan.unverifiable = vec![Unverifiable {
        scope: Scope::account(Provider::known("aws"), Account::known("123456789012")),
        types: vec![TypeName::known("aws.iam.Role")],
        address: None,
        fields: Vec::new(),
        why: "AccessDenied on iam:ListRoles".into(),
    }];
    case.plan.meta.api_calls = BTreeMap::from([
        ("route53:ListResourceRecordSets".into(), 5),
        ("route53:GetHostedZone".into(), 1),
        ("iam:GetRole".into(), 2),
    ]);
    case.link = Some("https://aplomo.example/plans/1".into());
    case
}

fn notes() -> Vec<Note> {
    let what = Misspelt { text: "/aplomo approve".into(), problem: Problem::NoDigest, suggestion: None };
    vec![
        Note::OwnWork { login: "carla".into() },
        Note::NoApprover { login: "mallory".into(), teams: BTreeSet::from(["acme/sre".into()]) },
        Note::OtherCommit { login: "sofia".into(), commit: "aaaa1111".into() },
        Note::NoCommand { login: "tomas".into(), what },
    ]
}
