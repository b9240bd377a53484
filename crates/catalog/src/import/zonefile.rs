//! A Domain manifest for a zone file (RFC 1035, as BIND and other providers export it).

use super::draft::{Draft, RecordDraft};
use super::scan::{Entry, entries};
use super::{Imported, Options};
use aplomo_core::Finding;
use aplomo_core::origin::Mark;
use aplomo_resources::route53::dns::{Name, RecordType, from_zone_file};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Writes a Domain manifest for a zone file. `origin` names the zone where the file does not.
///
/// SOA and NS of the zone itself belong to the provider it comes from and are left out, as are types
/// that Route 53 does not have; the notes say so.
///
/// # Errors
/// Everything in the file that cannot be read, each with its line.
pub fn from_zonefile(text: &str, origin: Option<&str>, options: &Options) -> Result<Imported, Vec<Finding>> {
    let mut reading = Reading::default();
    if let Some(origin) = origin {
        match Name::zone(origin) {
            Ok(name) => reading.start(name),
            Err(error) => reading.trouble(0, error.to_string()),
        }
    }
    let (entries, troubles) = entries(text.trim_start_matches('\u{feff}'));
    troubles.into_iter().for_each(|(line, why)| reading.trouble(line, why));
    let broken: Vec<Option<u32>> = reading.findings.iter().map(|finding| finding.line).collect();
    for entry in entries.iter().filter(|entry| !broken.contains(&Some(entry.line))) {
        if let Err(why) = reading.entry(entry) {
            reading.trouble(entry.line, why);
        }
    }
    reading.finish(options)
}

#[derive(Default)]
struct Reading {
    /// The zone's name.
    zone: Option<Name>,
    /// What relative names are relative to.
    origin: Option<Name>,
    owner: Option<Name>,
    /// `$TTL`.
    default_ttl: Option<u32>,
    last_ttl: Option<u32>,
    sets: BTreeMap<(Name, RecordType), Set>,
    /// By line.
    notes: Vec<(u32, String)>,
    findings: Vec<Finding>,
}

#[derive(Default)]
struct Set {
    ttl: Option<u32>,
    values: Vec<SmolStr>,
    lines: Vec<u32>,
}

impl Reading {
    fn start(&mut self, zone: Name) {
        self.origin = Some(zone.clone());
        self.zone = Some(zone);
    }

    fn trouble(&mut self, line: u32, why: String) {
        let file = Arc::from("zone file");
        self.findings.push(Finding::error("zone-file", why).at(&file, Mark { line, column: 0 }));
    }

    fn note(&mut self, line: u32, note: String) {
        self.notes.push((line, note));
    }

    fn origin(&self) -> Result<&Name, String> {
        self.origin
            .as_ref()
            .ok_or_else(|| "the zone is not named; name it with $ORIGIN or on the command line".to_owned())
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), String> {
        let mut tokens = entry.tokens.iter().map(String::as_str).peekable();
        if let Some(directive) = tokens.next_if(|first| first.starts_with('$') && !entry.indented) {
            return self.directive(directive, tokens.next().unwrap_or_default());
        }
        if !entry.indented {
            let text = tokens.next().unwrap_or_default();
            let root = Name::root();
            let base = if text.ends_with('.') { &root } else { self.origin()? };
            let name = Name::from_zone_file(text, base);
            self.owner = Some(name.map_err(|error| error.to_string())?);
        }
        let owner = self.owner.clone().ok_or("it has no name, and no record before has one")?;
        let ttl = self.ttl_and_class(&mut tokens)?;
        let word = tokens.next().ok_or("it has no type")?;
        let data = tokens.collect::<Vec<_>>().join(" ");
        let Ok(record_type) = word.parse::<RecordType>() else {
            self.note(entry.line, format!("`{owner} {word}` was left out: Route 53 has no such type"));
            return Ok(());
        };
        self.record(entry.line, owner, record_type, ttl, &data)
    }

    fn directive(&mut self, directive: &str, value: &str) -> Result<(), String> {
        match directive.to_ascii_uppercase().as_str() {
            "$ORIGIN" => {
                let base = self.origin.clone().unwrap_or_else(Name::root);
                let name = Name::from_zone_file(value, &base).map_err(|error| error.to_string())?;
                self.origin = Some(name);
                Ok(())
            }
            "$TTL" => {
                self.default_ttl = Some(seconds(value).ok_or_else(|| format!("`{value}` is no time"))?);
                Ok(())
            }
            other => Err(format!("`{other}` is not read here; write what it stands for into the file")),
        }
    }

    /// Class and time to live, in any order, both optional.
    fn ttl_and_class<'t>(
        &mut self,
        tokens: &mut std::iter::Peekable<impl Iterator<Item = &'t str>>,
    ) -> Result<Option<u32>, String> {
        let mut own = None;
        while let Some(token) = tokens.peek() {
            match token.to_ascii_uppercase().as_str() {
                "IN" => {}
                "CH" | "HS" | "CS" | "ANY" => {
                    return Err(format!("the class `{token}` is not that of the Internet"));
                }
                _ => match seconds(token) {
                    Some(ttl) => own = Some(ttl),
                    None => break,
                },
            }
            tokens.next();
        }
        self.last_ttl = own.or(self.last_ttl);
        // `$TTL` speaks for records without one of their own, else the record before.
        Ok(own.or(self.default_ttl).or(self.last_ttl))
    }

    fn record(
        &mut self,
        line: u32,
        owner: Name,
        record_type: RecordType,
        ttl: Option<u32>,
        data: &str,
    ) -> Result<(), String> {
        if record_type == RecordType::Soa {
            self.note(line, "the SOA was left out: the new zone has its own".to_owned());
            if self.zone.is_none() {
                self.origin = self.origin.take().or(Some(owner.clone()));
                self.zone = Some(owner);
            }
            return Ok(());
        }
        let root = Name::root();
        let origin = self.origin.as_ref().unwrap_or(&root);
        let value = from_zone_file(record_type, data, origin)?;
        let set = self.sets.entry((owner, record_type)).or_default();
        set.lines.push(line);
        set.ttl = match (set.ttl, ttl) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if !set.values.contains(&value) {
            set.values.push(value);
        }
        Ok(())
    }

    fn draft_set(&mut self, zone: &Name, name: &Name, record_type: RecordType, set: Set, draft: &mut Draft) {
        let line = set.lines.first().copied().unwrap_or_default();
        let Some(relative) = name.relative_to(zone) else {
            return self
                .note(line, format!("`{name} {record_type}` was left out: it is not in the zone `{zone}`"));
        };
        if relative == "@" && record_type == RecordType::Ns {
            return self.note(line, "the zone's NS were left out: the new zone has its own".to_owned());
        }
        if relative == "@" && record_type == RecordType::Cname {
            self.note(line, "the zone itself cannot be a CNAME: use type A with `alias`".to_owned());
        }
        draft.records.push(RecordDraft {
            name: relative,
            record_type,
            ttl: set.ttl,
            values: set.values,
            more: Vec::new(),
        });
    }

    fn finish(mut self, options: &Options) -> Result<Imported, Vec<Finding>> {
        let zone = self.zone.clone().or_else(|| self.origin.clone()).filter(|zone| !zone.is_root());
        let Some(zone) = zone else {
            self.trouble(0, "the zone is not named: there is no SOA and no $ORIGIN".to_owned());
            return Err(self.findings);
        };
        if !self.findings.is_empty() {
            self.findings.sort_by_key(|finding| finding.line);
            return Err(self.findings);
        }
        let mut draft = Draft { zone: zone.as_str().trim_end_matches('.').to_owned(), ..Draft::default() };
        for ((name, record_type), set) in std::mem::take(&mut self.sets) {
            self.draft_set(&zone, &name, record_type, set, &mut draft);
        }
        self.notes.sort();
        draft.notes = self.notes.into_iter().map(|(line, note)| format!("line {line}: {note}")).collect();
        Ok(draft.finish(options, "Imported from a zone file."))
    }
}

/// `3600` or, as BIND also takes it, `1h30m`.
fn seconds(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut number: Option<u32> = None;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    let total = total.checked_add(number.unwrap_or(0))?;
    (!text.is_empty()).then_some(total).filter(|seconds| *seconds <= crate::text::MAX_TTL)
}
