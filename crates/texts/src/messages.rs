//! The messages.

use crate::Locale;
use std::fmt::Display;

/// A function for each message, and the list of all of them for the tests.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident($($place:ident),*): $en:literal, $es:literal;)*) => {
        impl Locale {
            $($(#[$doc])*
            #[must_use]
            #[allow(clippy::useless_format, reason = "a message may have no places")]
            pub fn $name(self, $($place: impl Display),*) -> String {
                match self {
                    Self::En => format!($en),
                    Self::Es => format!($es),
                }
            })*
        }

        /// All messages: name, English, Spanish.
        pub const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $es),)*];
    };
}

messages! {
    /// The title of a report of all tenants.
    report_title(): "Drift report", "Informe de desviaciones";
    /// The title of a report of one tenant.
    report_title_of(tenant): "Drift report of {tenant}", "Informe de desviaciones de {tenant}";
    /// The moment it is for.
    as_of(moment): "As of {moment}", "Al {moment}";
    /// With what it compares.
    since(moment): "Compared with the report of {moment}.", "Comparado con el informe del {moment}.";
    /// There was none before.
    first_report(): "There was no report before this one.", "No hubo un informe anterior a este.";
    /// Nothing drifted, all was seen.
    clean(): "No drift: everything is as the manifests say.", "Sin desviaciones: todo está como dicen los manifiestos.";
    /// Nothing drifted in what was seen.
    clean_in_part(): "No drift in what could be seen. Not everything could be seen.", "Sin desviaciones en lo que se pudo ver. No se pudo ver todo.";
    /// One resource drifted.
    drifted_one(): "1 resource was changed behind our back", "1 recurso fue cambiado sin pasar por los manifiestos";
    /// Several resources drifted.
    drifted_many(count): "{count} resources were changed behind our back", "{count} recursos fueron cambiados sin pasar por los manifiestos";
    /// Of those, how many are new.
    of_which_new(count): "{count} new", "nuevos: {count}";
    /// Of those, how many were told before.
    of_which_ageing(count): "{count} told before", "ya informados: {count}";
    /// Of those, how many are snoozed.
    of_which_snoozed(count): "{count} snoozed", "pospuestos: {count}";
    /// How many are resolved.
    resolved_count(count): "{count} resolved since", "resueltos desde entonces: {count}";
    /// Not all was seen.
    not_all_seen(): "Not everything could be seen.", "No se pudo ver todo.";
    /// How much is managed.
    coverage(managed, all, percent): "{managed} of {all} objects are managed ({percent})", "{managed} de {all} objetos están gestionados ({percent})";
    /// How many could not be verified.
    coverage_unverifiable(count): "{count} could not be verified", "{count} no se pudieron verificar";
    /// How many readings were complete.
    coverage_reads(complete, all, percent): "{complete} of {all} readings were complete ({percent})", "{complete} de {all} lecturas fueron completas ({percent})";
    /// Section: drift that was not told before.
    section_new(): "New since the last report", "Nuevo desde el último informe";
    /// Section: drift that was told before.
    section_ageing(): "Still there", "Sigue presente";
    /// Section: drift that is gone.
    section_resolved(): "Resolved since the last report", "Resuelto desde el último informe";
    /// Section: drift that somebody put off.
    section_snoozed(): "Snoozed", "Pospuesto";
    /// Section: other differences.
    section_pending(): "Waiting for approval", "A la espera de aprobación";
    /// Section: what will end.
    section_expiring(): "Expiring within 30 days", "Vence dentro de 30 días";
    /// Section: what checks say.
    section_findings(): "Findings", "Observaciones";
    /// Section: what nobody manages.
    section_unmanaged(): "Unmanaged", "Sin gestionar";
    /// Section: what could not be seen.
    section_unverifiable(): "Could not be seen", "No se pudo ver";
    /// Heading: a field.
    field(): "Field", "Campo";
    /// Heading: the value that is there.
    is_now(): "Is now", "Ahora es";
    /// Heading: the value that the manifests say.
    should_be(): "Should be", "Debería ser";
    /// It is not there any more.
    was_deleted(): "It was deleted.", "Fue eliminado.";
    /// Since when it is seen.
    first_seen(moment, age): "First seen {moment} ({age} ago)", "Visto por primera vez el {moment} (hace {age})";
    /// Who did it.
    attributed(who): "By {who}", "Por {who}";
    /// Nobody knows who did it.
    not_attributed(): "Not known by whom", "No se sabe por quién";
    /// The way out: undo it.
    can_revert(digest): "Revert: `aplomo approve {digest}`, then apply", "Revertir: `aplomo approve {digest}` y luego aplicar";
    /// The way out: agree with it.
    can_accept(place): "Accept: change {place} to what is there", "Aceptar: cambiar {place} a lo que hay";
    /// The way out: put it off.
    can_snooze(address): "Snooze: `aplomo snooze {address} --for 7d --reason …`", "Posponer: `aplomo snooze {address} --for 7d --reason …`";
    /// What holds the way back.
    held(why): "Held by {why}", "Retenido por {why}";
    /// Who put it off, until when and why.
    snoozed(who, until, reason): "Snoozed by {who} until {until}: {reason}", "Pospuesto por {who} hasta el {until}: {reason}";
    /// When something ends.
    expires(what, moment): "{what} ends {moment}", "{what} termina el {moment}";
    /// What is left out.
    and_more(count): "and {count} more", "y {count} más";
    /// What is not told to one tenant.
    others_left_out(): "What belongs to no tenant in particular is told to the operator only.", "Lo que no pertenece a ningún cliente en particular se informa solo al operador.";
    /// A duration in days.
    days(count): "{count} d", "{count} d";
    /// A duration in hours.
    hours(count): "{count} h", "{count} h";
    /// A duration in minutes.
    minutes(count): "{count} min", "{count} min";
    /// Nothing is there.
    nothing(): "(none)", "(nada)";
    /// Something may not be seen.
    hidden(): "(hidden)", "(oculto)";
    /// A secret.
    secret(): "(secret)", "(secreto)";
    /// A value that follows another.
    follows(what): "follows {what}", "sigue a {what}";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_message_is_there_in_both_languages_with_the_same_places() {
        let mut names = BTreeSet::new();
        for (name, en, es) in ALL {
            assert!(names.insert(name), "{name} is there twice");
            assert!(!en.trim().is_empty() && !es.trim().is_empty(), "{name}");
            assert_eq!(places(en), places(es), "{name}");
        }
    }

    /// Units and signs are the same; whoever forgets to translate a sentence is found.
    #[test]
    fn what_is_the_same_in_both_languages_is_no_sentence() {
        let same: Vec<_> = ALL.iter().filter(|(_, en, es)| en == es).map(|(name, ..)| *name).collect();
        assert_eq!(same, ["days", "hours", "minutes"]);
    }

    #[test]
    fn what_is_put_in_is_not_read_again() {
        assert_eq!(Locale::Es.report_title_of("{moment}"), "Informe de desviaciones de {moment}");
        assert_eq!("es".parse(), Ok(Locale::Es));
        assert!("fr".parse::<Locale>().is_err());
    }
}
