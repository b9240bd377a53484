//! Spanish, as people who run platforms write it: impersonal, with the words of the trade that nobody translates.

mod said;

use super::{Headline, Line, More, Next, Title, Value, Words};
use crate::command::Misspelt;
use crate::markdown::{code, codes};
use crate::view::{How, Note, Right};
use aplomo_core::plan::{Action, HeldBy, Reason};
use aplomo_core::run::Status;
use aplomo_core::{Digest, Risk, Severity};
use aplomo_planner::moment;

pub(super) struct Spanish;

fn count(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

fn changes(n: usize) -> String {
    count(n, "cambio", "cambios")
}

impl Words for Spanish {
    fn headline(&self, what: &Headline) -> String {
        match *what {
            Headline::MayNotAsk => "Sin plan: alguien que lo pide no está autorizado a pedirlo".into(),
            Headline::Conflict => "Sin plan: no se puede fusionar tal como está".into(),
            Headline::TooLarge => "Sin plan: este pull request es demasiado grande".into(),
            Headline::Failed => "Aún sin plan: falló algo externo".into(),
            Headline::Invalid { errors } => {
                format!("Sin plan: hay {} por corregir", count(errors, "error", "errores"))
            }
            Headline::Nothing => "No cambia nada fuera del repositorio".into(),
            Headline::NeedsApproval { open: 1, all: 1 } => "1 cambio espera aprobación".into(),
            Headline::NeedsApproval { open, all } if open == all => {
                format!("{all} cambios esperan aprobación")
            }
            Headline::NeedsApproval { open: 1, all } => format!("1 de {} espera aprobación", changes(all)),
            Headline::NeedsApproval { open, all } => format!("{open} de {} esperan aprobación", changes(all)),
            Headline::CannotShow => {
                "Este plan es demasiado grande para mostrarlo aquí, por lo que no se puede aprobar aquí"
                    .into()
            }
            Headline::Approved { all: 1 } => "1 cambio aprobado: se aplica al fusionar".into(),
            Headline::Approved { all } => format!("{all} cambios aprobados: se aplican al fusionar"),
            Headline::Done { all: 0 } => "Fusionado: no había nada que aplicar".into(),
            Headline::Done { .. } => "Fusionado: no queda nada pendiente".into(),
            Headline::Left { left: 1, all: 1 } => "Fusionado: el cambio aún no se aplica".into(),
            Headline::Left { left, all } if left == all => {
                format!("Fusionado: aún no se aplica ninguno de los {all} cambios")
            }
            Headline::Left { left, all } => {
                format!("Fusionado: {left} de {} sin aplicar todavía", changes(all))
            }
            Headline::Closed => "Cerrado sin fusionar: no se aplica nada".into(),
            Headline::Running => "Planificando".into(),
        }
    }

    fn next(&self, step: &Next<'_>) -> String {
        match *step {
            Next::MayNotAsk => "Puede pedirlo un contacto del tenant, o bien el operador agrega a la persona a los contactos \
                del tenant en la rama base; después, `/aplomo plan` genera el plan."
                .into(),
            Next::Conflict => "Falta que el autor resuelva el conflicto con la rama base y haga push.".into(),
            Next::TooLarge { why } => {
                format!("Falta que el autor lo divida en pull requests más pequeños. Lo que excede el límite: {}.", code(why))
            }
            Next::Failed { why } => format!(
                "No hay que hacer nada: se reintenta automáticamente, o de inmediato con `/aplomo plan`. Lo que falló: {}.",
                code(why)
            ),
            Next::Invalid => "Falta que el autor corrija los errores que siguen y haga push.".into(),
            Next::Nothing => "No requiere aprobación en Aplomo y se puede fusionar.".into(),
            Next::NeedsApproval { teams, commit } => {
                let who = if teams.is_empty() {
                    "Alguien autorizado a aprobar".to_owned()
                } else {
                    format!("Un miembro de {}", codes(teams))
                };
                let review = commit.map(|commit| format!(": con una revisión aprobatoria del commit {}, o", code(commit)));
                format!("{who} revisa lo que sigue y lo aprueba{} con este comentario:", review.unwrap_or_default())
            }
            Next::CannotShow => "Lo que nunca se debe recortar supera lo que GitHub admite en un comentario. Ni las \
                revisiones ni los comentarios lo aprueban: hay que aprobarlo donde se pueda ver completo, o dividir el pull \
                request."
                .into(),
            Next::Approved => "Puede fusionarlo quien tenga permiso para hacerlo. Si antes de eso cambia algún efecto, su \
                aprobación deja de servir y aquí se indica."
                .into(),
            Next::Done => "No hay que hacer nada.".into(),
            Next::Left => "Lo que falta se indica aquí en cuanto se sepa.".into(),
            Next::Closed => "Las aprobaciones dadas aquí quedaron sin efecto. Si se reabre, se vuelve a planificar.".into(),
            Next::Running => "Se está calculando qué cambia.".into(),
        }
    }

    fn go_on(&self, how: How) -> Option<&'static str> {
        Some(match how {
            How::NotApproved => "Lo que nadie aprobó queda retenido: se aplica una vez aprobado.",
            How::Moved | How::Ran(Status::Stale) => {
                "Donde el estado real cambió, ahora corresponde otro cambio: se vuelve a planificar y requiere su propia \
                 aprobación."
            }
            How::Held | How::Ran(Status::Held) => {
                "Lo retenido continúa cuando termina lo que lo retiene: un congelamiento, una ventana, una salvaguarda \
                 (`/aplomo lift REGLA MOTIVO`) o una retención (`/aplomo release`)."
            }
            How::Due => "Lo aprobado se aplica cuando llega su turno; no hay que hacer nada.",
            How::Ran(Status::Waiting) => {
                "Lo que está en espera continúa solo cuando ocurre afuera lo que espera, mientras su aprobación siga vigente."
            }
            How::Ran(Status::Failed) => {
                "Lo que falló no se realizó. El mensaje indica la causa; una vez corregida, `/aplomo plan`."
            }
            How::Ran(Status::Skipped) => "Lo omitido continúa cuando esté hecho aquello de lo que depende.",
            How::Ran(Status::Quarantined) => {
                "Lo que está en cuarentena se aplicó y no se mantuvo. No se vuelve a escribir hasta que haya un commit nuevo o \
                 un `/aplomo release`."
            }
            How::Ran(Status::Unknown) => {
                "Donde se perdió la respuesta, se averigua qué ocurrió antes de volver a enviar algo."
            }
            How::Ran(Status::Applied) | How::Gone => return None,
        })
    }

    fn counts(&self, counts: &[(Action, usize)]) -> String {
        counts
            .iter()
            .map(|(action, n)| format!("{n} por {}", self.action(*action)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn title(&self, title: Title) -> &'static str {
        match title {
            Title::Notes => "Lo que no cuenta, y por qué",
            Title::Since => "Desde que se aprobó",
            Title::Findings => "Observaciones",
            Title::Results => "Qué pasó con cada cambio",
            Title::Open => "Lo que sigue pendiente",
            Title::Unverifiable => "Lo que no se pudo ver",
            Title::Before => "Lo que ya difería antes y no es parte de este pull request",
            Title::Digests => "El digest de cada efecto",
            Title::Whole => "El plan completo",
        }
    }

    fn more(&self, what: More, n: usize) -> String {
        match what {
            More::Routine => format!("y {}", count(n, "cambio rutinario más", "cambios rutinarios más")),
            More::RoutineDetails => {
                format!("no se muestran los campos de {}", count(n, "cambio rutinario", "cambios rutinarios"))
            }
            More::Approvals => format!("no se muestra quién aprobó qué en {}", changes(n)),
            More::Grave => {
                format!(
                    "y {} aquí",
                    count(
                        n,
                        "cambio más, no rutinario, que no se muestra",
                        "cambios más, no rutinarios, que no se muestran"
                    )
                )
            }
            More::Errors => format!("y {}", count(n, "error más", "errores más")),
            More::Findings => format!("y {}", count(n, "observación más", "observaciones más")),
            More::Unverifiable
            | More::Before
            | More::Digests
            | More::Notes
            | More::Since
            | More::Files
            | More::Names => {
                format!("y {n} más")
            }
            More::Results => format!("y {}", count(n, "cambio más", "cambios más")),
        }
    }

    fn note(&self, note: &Note, digest: Option<&Digest>) -> String {
        said::note(note, digest)
    }

    fn misspelt(&self, wrong: &Misspelt, digest: Option<&Digest>) -> String {
        said::misspelt(wrong, digest)
    }

    fn help(&self) -> String {
        said::help()
    }

    fn action(&self, action: Action) -> &'static str {
        match action {
            Action::Create => "crear",
            Action::Update => "modificar",
            Action::Replace => "reemplazar",
            Action::Delete => "eliminar",
            Action::Adopt => "adoptar",
            Action::Move => "mover",
            Action::Release => "soltar",
        }
    }

    fn risk(&self, risk: Risk) -> &'static str {
        match risk {
            Risk::Routine => "RUTINARIO",
            Risk::Sensitive => "SENSIBLE",
            Risk::Outage => "INTERRUPCIÓN",
            Risk::Irreversible => "IRREVERSIBLE",
        }
    }

    fn reason(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::Schedule => "calendario",
            Reason::Manifest => "manifiesto",
            Reason::Upgrade => "actualización de Aplomo",
            Reason::Unknown => "desconocido",
            Reason::Drift => "deriva",
        }
    }

    fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Info => "nota",
            Severity::Warning => "advertencia",
            Severity::Error => "error",
        }
    }

    fn how(&self, how: How) -> &'static str {
        match how {
            How::Ran(Status::Applied) => "aplicado",
            How::Ran(Status::Failed) => "falló",
            How::Ran(Status::Stale) => "obsoleto",
            How::Ran(Status::Held) | How::Held => "retenido",
            How::Ran(Status::Waiting) => "en espera",
            How::Ran(Status::Skipped) => "omitido",
            How::Ran(Status::Quarantined) => "en cuarentena",
            How::Ran(Status::Unknown) => "desconocido",
            How::NotApproved => "sin aprobar",
            How::Moved => "cambió afuera",
            How::Due => "en turno",
            How::Gone => "nada por hacer",
        }
    }

    fn line(&self, line: &Line<'_>) -> String {
        match *line {
            Line::DriftGone => "deriva: fue eliminado".into(),
            Line::New => "nuevo desde que se aprobó".into(),
            Line::Gone { address } => format!("ya no es parte: {address}"),
            Line::ComesWith { address } => format!("viene con {address}"),
            Line::Was { address } => format!("antes {address}; el objeto se conserva"),
            Line::Replaced { create_first: true } => "el nuevo se crea antes de quitar el anterior".into(),
            Line::Replaced { create_first: false } => "el anterior se quita antes de crear el nuevo".into(),
            Line::Until { at } => {
                format!("se retira por sí solo el {}; aprobar esto aprueba también eso", moment(at))
            }
            Line::Group { group } => format!("en un solo paso con todo {group}"),
            Line::People { needed } => format!("requiere la aprobación de {needed} personas distintas"),
            Line::Held { by } => held(by),
            Line::Approval { digest, right } => format!("efecto {digest}: {}", approval(right)),
            Line::Help { help } => format!("ayuda: {help}"),
            Line::Run { run } => format!("ejecución {run}"),
            Line::Requests { ids } => format!("solicitudes {ids}"),
        }
    }

    fn value(&self, value: &Value<'_>) -> String {
        match value {
            Value::None => "(nada)".into(),
            Value::Hidden => "(oculto)".into(),
            Value::LeftAlone => "(sin tocar)".into(),
            Value::Secret(mark) => format!("(secreto {mark})"),
            Value::Later(name) => format!("(se conoce al aplicar: {name})"),
            Value::Told => "(explicado arriba en palabras)".into(),
        }
    }

    fn cost(&self, calls: u64, by: &str) -> String {
        let calls = if calls == 1 { "1 llamada".to_owned() } else { format!("{calls} llamadas") };
        format!("El plan costó {calls} a las API ({by}).")
    }
}

fn approval(right: Option<&Right>) -> String {
    let Some(right) = right else { return "sin aprobar".into() };
    let by = super::people(&right.approved_by, |n| Spanish.more(More::Names, n));
    let teams = super::people(&right.teams, |n| Spanish.more(More::Names, n));
    let of = if teams.is_empty() { String::new() } else { format!(" de {teams}") };
    let lacks = |n: u32, more: &str| {
        if n == 1 { format!("falta 1{more}{of}") } else { format!("faltan {n}{more}{of}") }
    };
    match (right.missing(), by.is_empty()) {
        (0, _) => format!("aprobado por {by}"),
        (missing, true) => lacks(missing, ""),
        (missing, false) => format!("aprobado por {by}; {}", lacks(missing, " más")),
    }
}

fn held(by: &HeldBy) -> String {
    let words = [
        (HeldBy::HOLD, "una persona lo retuvo"),
        (HeldBy::QUARANTINE, "antes no convergió; un commit nuevo o `/aplomo release` permite continuar"),
        (HeldBy::PROTECTED, "ningún cambio aplicado permitió eliminarlo"),
        (HeldBy::OBSERVE, "solo se observa"),
        (HeldBy::TENANT_STATE, "su tenant no está activo"),
        (HeldBy::ACCOUNT, "cambió la cuenta de su tenant; primero se aplica la configuración del tenant"),
        (HeldBy::INVALID, "su tenant tiene un error"),
        (HeldBy::DEPENDENCY, "lo que necesita, o su par, está retenido o no se pudo ver"),
        (HeldBy::OCCUPIED, "contiene cosas que se conservan: primero hay que quitarlas"),
        (HeldBy::SOURCE, "su fuente está retenida"),
        (HeldBy::OWN_ACCESS, "es lo que le da a Aplomo su propio acceso"),
        (HeldBy::LAST_KEEPER, "es lo último que permite administrar aquello en lo que está"),
    ];
    match words.into_iter().find(|(one, _)| one == by) {
        Some((_, why)) => format!("retenido por {by}: {why}"),
        None if by.liftable() => {
            format!(
                "retenido por {by}: es demasiado de una vez; `/aplomo lift {by} MOTIVO` si es lo que se quiere"
            )
        }
        None => format!("retenido por {by}"),
    }
}
