//! What people said and how it is answered, in Spanish.

use crate::command::{Misspelt, Problem, Verb};
use crate::markdown::{code, codes, short};
use crate::texts::SAID;
use crate::view::Note;
use aplomo_core::Digest;
use aplomo_planner::moment;

pub(super) fn note(note: &Note, digest: Option<&Digest>) -> String {
    let who = |login: &str| code(&short(login, SAID));
    let text = |text: &str| code(&short(text, SAID));
    match note {
        Note::AuthorMayNotAsk { login, tenant } => {
            format!("{} abrió esto y no es contacto de {}.", who(login), code(tenant.as_str()))
        }
        Note::PusherMayNotAsk { login, tenant } => {
            format!("{} hizo push a esto y no es contacto de {}.", who(login), code(tenant.as_str()))
        }
        Note::LoginChangedHands { login, tenant } => format!(
            "{} es hoy una cuenta distinta de la que se registró como contacto de {}: falta que el operador confirme el \
             contacto.",
            who(login),
            code(tenant.as_str())
        ),
        Note::PushersUnknown { why } => format!("No se puede ver quién hizo push a esto: {}.", text(why)),
        Note::NotOfThisSource { tenant } => {
            format!("Toca manifiestos de {}, y este repositorio no habla por ese tenant.", text(tenant))
        }
        Note::OwnWork { login } => {
            format!("{} abrió esto o le hizo push, y por eso no puede aprobarlo.", who(login))
        }
        Note::NoApprover { login, teams } if teams.is_empty() => {
            format!("{} no está autorizado a aprobar esto.", who(login))
        }
        Note::NoApprover { login, teams } => format!(
            "{} no está autorizado a aprobar esto: lo están los miembros de {}.",
            who(login),
            codes(teams.iter().take(3).map(|team| short(team, SAID)))
        ),
        Note::OtherCommit { login, commit } => format!(
            "La revisión de {} es del commit {}, que no es el que está planificado ahora.",
            who(login),
            text(commit)
        ),
        Note::OtherDigest { login, digest } => {
            format!(
                "{} nombró {}, que no es ningún plan ni efecto de los que se muestran aquí.",
                who(login),
                text(digest)
            )
        }
        Note::Suspended { login } => format!("{} está suspendido: nada de esa persona cuenta.", who(login)),
        Note::Edited { login } => {
            format!("Un comentario de {} se modificó después de escrito: ya no cuenta.", who(login))
        }
        Note::Withdrawn { login } => format!("Lo que dijo {} fue descartado o retirado.", who(login)),
        Note::Expired { login, at } => format!("La aprobación de {} venció el {}.", who(login), moment(*at)),
        Note::NoCommand { login, what } => {
            format!("{} escribió {}. {}", who(login), text(&what.text), misspelt(what, digest))
        }
        Note::Refused { login, command, why } => {
            format!("{} de {} fue rechazado: {}.", text(command), who(login), text(why))
        }
        Note::CommentRestored => "Otra persona modificó este comentario; se restauró.".into(),
    }
}

pub(super) fn misspelt(wrong: &Misspelt, digest: Option<&Digest>) -> String {
    let so = |verb: Verb| format!("Se escribe así: {}.", code(usage(verb)));
    match &wrong.problem {
        Problem::Unknown => match &wrong.suggestion {
            Some(meant) => {
                format!("No existe ese comando; quizás se quiso escribir {}.", code(&short(meant, SAID)))
            }
            None => "No existe ese comando; `/aplomo help` los lista.".into(),
        },
        Problem::NoDigest => match digest {
            Some(digest) => {
                format!(
                    "Una aprobación nombra lo que aprueba: {}.",
                    code(&format!("/aplomo approve {digest}"))
                )
            }
            None => format!("Una aprobación nombra lo que aprueba. {}", so(Verb::Approve)),
        },
        Problem::BadDigest(word) => format!(
            "{} no es un digest: tiene la forma `sha256:` y 64 dígitos hexadecimales.",
            code(&short(word, SAID))
        ),
        Problem::BadSpan(verb, word) => format!(
            "{} no es una duración: un número entero y `s`, `m`, `h`, `d` o `w`, por ejemplo `4h`. {}",
            code(&short(word, SAID)),
            so(*verb)
        ),
        Problem::Form(verb) => so(*verb),
    }
}

const fn usage(verb: Verb) -> &'static str {
    match verb {
        Verb::Approve => "/aplomo approve DIGEST",
        Verb::Plan => "/aplomo plan",
        Verb::Hold => "/aplomo hold [TENANT|DIRECCIÓN] for DURACIÓN MOTIVO",
        Verb::Release => "/aplomo release [TENANT|DIRECCIÓN]",
        Verb::Revert => "/aplomo revert",
        Verb::Lift => "/aplomo lift REGLA MOTIVO",
        Verb::BreakGlass => "/aplomo break-glass DURACIÓN MOTIVO",
        Verb::Snooze => "/aplomo snooze [TENANT|DIRECCIÓN] for DURACIÓN MOTIVO",
        Verb::Help => "/aplomo help",
    }
}

const fn does(verb: Verb) -> &'static str {
    match verb {
        Verb::Approve => "aprueba lo que nombra el digest: el plan tal como se muestra, o efectos sueltos",
        Verb::Plan => "vuelve a planificar este pull request",
        Verb::Hold => "detiene las escrituras por un tiempo, en todo lo que esto toca o en lo que se nombra",
        Verb::Release => "permite que continúe lo retenido",
        Verb::Revert => "abre el pull request que vuelve atrás, e indica lo que no puede volver",
        Verb::Lift => "levanta una salvaguarda para la propia aprobación de este pull request",
        Verb::BreakGlass => "se hace en la línea de comandos: `aplomo break-glass`",
        Verb::Snooze => "se hace en la línea de comandos: `aplomo snooze`",
        Verb::Help => "muestra esto",
    }
}

pub(super) fn help() -> String {
    let mut out = String::from("Una línea que comienza con `/aplomo` le indica a Aplomo qué hacer:\n\n");
    for verb in Verb::ALL {
        out.push_str(&format!("- {}: {}.\n", code(usage(verb)), does(verb)));
    }
    out.push_str(
        "\nUna duración es un número entero y `s`, `m`, `h`, `d` o `w`, por ejemplo `4h`. Una línea citada o dentro de \
         código no es un comando. Un comentario que se modifica después no aprueba nada.\n",
    );
    out
}
