//! Types that exist for the tests alone.

use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::types::{Around, Assessment, Counting, Removal, Turnover, Watch};
use aplomo_core::{
    Datum, FieldPath, Finding, Mode, Model as _, Risk, Seen, Sight, Timestamp, Type, TypeName, Types, Wanted,
    model,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;

model! {
    /// A container.
    pub struct ZoneModel {
        leaves {
            /// Its name; another name is another zone.
            name: SmolStr = "/name",
            /// A remark.
            comment: String = "/comment",
        }
    }
}
model! {
    /// What is in a container.
    pub struct RecordModel {
        leaves {
            /// Its name.
            name: SmolStr = "/name",
            /// Its type.
            kind: SmolStr = "/type",
            /// Seconds.
            ttl: i64 = "/ttl",
            /// Values.
            values: Vec<SmolStr> = "/values",
            /// What it points at; a record with one cannot exist beside one without.
            target: SmolStr = "/target",
        }
    }
}
model! {
    /// Something that refers to others.
    pub struct ServerModel {
        leaves {
            /// Its size; another size is another server.
            size: SmolStr = "/size",
            /// A port.
            port: i64 = "/port",
            /// The id of a zone.
            zone: SmolStr = "/zoneId",
            /// The id of another server.
            peer: SmolStr = "/peer",
            /// A secret.
            password: SmolStr = "/password",
        }
    }
}
model! {
    /// Our own settings.
    pub struct SettingModel {
        leaves {
            /// A tenant's state.
            state: SmolStr = "/state",
            /// A manifest's ownership.
            ownership: SmolStr = "/ownership",
            /// A manifest's deletion.
            deletion: SmolStr = "/deletion",
        }
    }
}

macro_rules! kind {
    ($name:ident, $text:literal, $model:ident, stateful: $stateful:literal, $counting:ident,
     wished: |$w:ident| $wished:expr, key: |$m:ident| $key:expr, beside: |$k:ident| $beside:expr, turnover: |$p:ident| $turnover:expr) => {
        pub struct $name;
        impl Type for $name {
            const NAME: TypeName = TypeName::known($text);
            const STATEFUL: bool = $stateful;
            const EMPTIED_FIRST: bool = $stateful;
            const COUNTING: Counting = Counting::$counting;
            type Model<M: Mode> = $model<M>;
            fn normalise(model: $model<Wanted>) -> Result<$model<Wanted>, Vec<Finding>> {
                Ok(model)
            }
            fn identity_wanted($w: &$model<Wanted>) -> Option<SmolStr> {
                $wished
            }
            fn identity($m: &$model<Seen>) -> Option<SmolStr> {
                $key
            }
            fn beside($k: &str) -> Option<SmolStr> {
                $beside
            }
            fn turnover($p: &FieldPath) -> Turnover {
                $turnover
            }
            fn assess(before: Option<&$model<Seen>>, after: Option<&$model<Wanted>>) -> Assessment {
                match (before, after) {
                    (Some(_), None) if $stateful => Assessment {
                        risk: Risk::Irreversible,
                        notes: vec!["all of it is gone".into()],
                        ..Default::default()
                    },
                    _ => Assessment::default(),
                }
            }
            fn notices(_: &$model<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
                let said = watch
                    .hints
                    .get("say")
                    .map(|say| Finding::warning("watched", format!("{say}, {}", watch.as_of)));
                said.into_iter().collect()
            }
            fn inspect(
                seen: &$model<Seen>,
                wanted: Option<&$model<Wanted>>,
                around: &Around<'_>,
            ) -> Vec<Finding> {
                let seen = seen.to_fields();
                let open = [("/port", 22), ("/ttl", 4_242)]
                    .iter()
                    .any(|(path, bad)| seen.get(path).and_then(Sight::value) == Some(&Datum::Int(*bad)));
                let whose = if wanted.is_some() { "ours" } else { "nobody's" };
                let said = open.then(|| Finding::warning("open", format!("{} is open, {whose}", around.id)));
                said.into_iter().collect()
            }
            fn came_to_nothing(_: &$model<Seen>, outputs: &BTreeMap<SmolStr, Datum>) -> bool {
                outputs.get("status").and_then(Datum::as_text) == Some("timed out")
            }
            fn written_since(outputs: &BTreeMap<SmolStr, Datum>, applied_at: Timestamp) -> bool {
                let at = outputs.get("writtenAt").and_then(Datum::as_text);
                at.and_then(|at| at.parse::<Timestamp>().ok()).is_some_and(|at| at > applied_at)
            }
            fn neighbourhood(seen: &$model<Seen>) -> Option<SmolStr> {
                seen.to_fields().text("/size").map(SmolStr::new)
            }
        }
    };
}

kind!(Zone, "t.net.Zone", ZoneModel, stateful: true, PerTenant, wished: |_w| None, key: |m| m.name.value().cloned(),
    beside: |_k| None, turnover: |p| if p.as_str() == "/name" { Turnover::CreateFirst } else { Turnover::InPlace });
kind!(Record, "t.net.Record", RecordModel, stateful: false, PerContainer,
    wished: |w| Some(format!("{}/{}", w.name.value()?, w.kind.value()?).into()), key: |_m| None,
    beside: |k| k.split('/').next().map(SmolStr::new),
    turnover: |p| if p.as_str() == "/target" { Turnover::DestroyFirst } else { Turnover::InPlace });
kind!(Server, "t.net.Server", ServerModel, stateful: false, PerTenant, wished: |_w| None, key: |_m| None, beside: |_k| None,
    turnover: |p| if p.as_str() == "/size" { Turnover::CreateFirst } else { Turnover::InPlace });
kind!(Setting, "aplomo.own.Setting", SettingModel, stateful: false, Exempt, wished: |_w| None, key: |_m| None, beside: |_k| None,
    turnover: |_p| Turnover::InPlace);

model! {
    /// Somebody in a club.
    pub struct SeatModel {
        leaves {
            /// What they are there.
            role: SmolStr = "/role",
            /// What they are called now.
            label: SmolStr = "/label",
        }
    }
}

/// Members of a club: counted by share, administrators are kept.
pub struct Seat;
/// What is archived and not deleted.
pub struct Club;
/// What is looked up only.
pub struct Look;

macro_rules! plain {
    ($name:ident, $text:literal, $model:ident, $stateful:literal, $counting:expr, { $($more:tt)* }) => {
        impl Type for $name {
            const NAME: TypeName = TypeName::known($text);
            const STATEFUL: bool = $stateful;
            const COUNTING: Counting = $counting;
            type Model<M: Mode> = $model<M>;
            fn normalise(model: $model<Wanted>) -> Result<$model<Wanted>, Vec<Finding>> {
                Ok(model)
            }
            fn identity_wanted(_: &$model<Wanted>) -> Option<SmolStr> {
                None
            }
            fn identity(_: &$model<Seen>) -> Option<SmolStr> {
                None
            }
            fn turnover(_: &FieldPath) -> Turnover {
                Turnover::InPlace
            }
            fn assess(before: Option<&$model<Seen>>, after: Option<&$model<Wanted>>) -> Assessment {
                match (before, after) {
                    (Some(_), None) => Assessment { risk: Risk::Sensitive, notes: vec!["it goes".into()], told: Vec::new() },
                    _ => Assessment::default(),
                }
            }
            $($more)*
        }
    };
}

plain!(Seat, "t.club.Seat", SeatModel, false, Counting::ShareOfContainer(250), {
    fn indifferent(path: &FieldPath, _: &WantedFields, _: &SeenFields) -> bool {
        path.as_str() == "/label"
    }
    fn keeps(seen: &SeenFields) -> Option<&'static str> {
        (seen.text("/role") == Some("admin")).then_some("administrator")
    }
});
plain!(Club, "t.club.Club", ZoneModel, true, Counting::PerTenant, {
    const REMOVAL: Removal = Removal::Archives;
});
plain!(Look, "t.club.Look", ZoneModel, false, Counting::Exempt, {});

/// What goes with its peer when that goes.
pub struct Band;
plain!(Band, "t.club.Band", ServerModel, false, Counting::PerTenant, {
    const TAKES_ALONG: bool = true;
    fn hangs_on(seen: &SeenFields) -> Option<&str> {
        seen.text("/peer")
    }
});

pub fn types() -> Types {
    let all = Types::default().with::<Zone>().with::<Record>().with::<Server>().with::<Setting>();
    all.with::<Club>().with::<Seat>().with::<Look>().with::<Band>()
}
