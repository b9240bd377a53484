//! Packing changes into batches within the service's limits, and splitting a refused batch. Pure.

use super::wire::Wire;
use std::collections::VecDeque;

/// The most ResourceRecord elements of a batch; an UPSERT counts twice.
pub(crate) const MAX_ELEMENTS: usize = 1000;
/// The most characters of values in a batch; an UPSERT counts twice.
pub(crate) const MAX_CHARACTERS: usize = 32_000;

/// What is done with a record set. In this order within a batch, so that names are free before they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    Delete,
    Create,
    /// Only for the apex NS and SOA, which cannot be deleted.
    Upsert,
}

/// What goes or stays together: the changes of one step, or of one group of steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Atom {
    /// Which steps, by their place in the writer's batch.
    pub(crate) steps: Vec<usize>,
    /// The changes.
    pub(crate) changes: Vec<(Verb, Wire)>,
}

impl Atom {
    /// ResourceRecord elements and characters, as the service counts them.
    fn weight(&self) -> (usize, usize) {
        self.changes.iter().fold((0, 0), |(elements, characters), (verb, wire)| {
            let times = if *verb == Verb::Upsert { 2 } else { 1 };
            (elements + times * wire.elements(), characters + times * wire.characters())
        })
    }

    /// Why it can never be sent, where it cannot.
    pub(crate) fn too_big(&self) -> Option<String> {
        let (elements, characters) = self.weight();
        (elements > MAX_ELEMENTS || characters > MAX_CHARACTERS).then(|| {
            format!(
                "the change needs {elements} values and {characters} characters in one batch, and Route 53 takes \
                 {MAX_ELEMENTS} and {MAX_CHARACTERS}: delete the record set first, then create it, or make it smaller"
            )
        })
    }
}

/// Packs atoms into batches, in their order, each within the limits. Atoms that fit no batch stand alone.
pub(crate) fn pack(atoms: Vec<Atom>) -> VecDeque<Vec<Atom>> {
    let mut batches: VecDeque<Vec<Atom>> = VecDeque::new();
    let mut room = (0, 0);
    for atom in atoms {
        let (elements, characters) = atom.weight();
        match batches.back_mut() {
            Some(batch) if elements <= room.0 && characters <= room.1 => batch.push(atom),
            _ => {
                batches.push_back(vec![atom]);
                room = (MAX_ELEMENTS, MAX_CHARACTERS);
            }
        }
        // What fits no batch leaves no room for others beside it.
        room = match (room.0.checked_sub(elements), room.1.checked_sub(characters)) {
            (Some(elements), Some(characters)) => (elements, characters),
            _ => (0, 0),
        };
    }
    batches
}

/// Splits a refused batch of several atoms: those the refusal names, where they are the fewer and
/// nothing else `needs` them, behind the others; else into halves, in their order.
pub(crate) fn split(batch: Vec<Atom>, message: &str, needs: impl Fn(&Atom, &Atom) -> bool) -> [Vec<Atom>; 2] {
    let is_named = |atom: &&Atom| atom.changes.iter().any(|(_, wire)| names(message, wire));
    let (named, others): (Vec<&Atom>, Vec<&Atom>) = batch.iter().partition(is_named);
    let fewer = !named.is_empty() && named.len() <= others.len();
    if fewer && !others.iter().any(|other| named.iter().any(|named| needs(other, named))) {
        let (named, others) = batch.into_iter().partition(|atom| is_named(&atom));
        return [others, named];
    }
    let mut first = batch;
    let second = first.split_off(first.len() / 2);
    [first, second]
}

/// Whether a message speaks of a record set: only a hint on where to split.
fn names(message: &str, wire: &Wire) -> bool {
    let name = wire.name.trim_end_matches('.');
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '\\' | '*');
    message.match_indices(name).any(|(at, _)| {
        let before = message[..at].chars().next_back();
        let after = message[at + name.len()..].trim_start_matches('.').chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// The changes of a batch in the order they are sent.
pub(crate) fn changes(batch: &[Atom]) -> Vec<(Verb, &Wire)> {
    let mut all: Vec<_> = batch.iter().flat_map(|a| &a.changes).map(|(verb, wire)| (*verb, wire)).collect();
    all.sort_by_key(|(verb, _)| *verb);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn atom(step: usize, verb: Verb, values: usize, length: usize) -> Atom {
        let wire = Wire {
            name: format!("n{step}.example.com."),
            record_type: "TXT".into(),
            values: Some(vec!["x".repeat(length); values]),
            ..Wire::default()
        };
        Atom { steps: vec![step], changes: vec![(verb, wire)] }
    }

    #[test]
    fn a_thousand_small_records_are_one_batch() {
        let atoms = |n| (0..n).map(|i| atom(i, Verb::Create, 1, 15)).collect::<Vec<_>>();
        assert_eq!(pack(atoms(1000)).len(), 1);
        assert_eq!(pack(atoms(1001)).len(), 2);
        assert_eq!(pack((0..1000).map(|i| atom(i, Verb::Upsert, 1, 1)).collect()).len(), 2);
    }

    #[test]
    fn an_atom_over_the_limits_says_so() {
        assert!(atom(0, Verb::Create, 1, 32_000).too_big().is_none());
        assert!(atom(0, Verb::Create, 1, 32_001).too_big().unwrap().contains("32001 characters"));
        assert!(atom(0, Verb::Upsert, 1, 16_001).too_big().is_some());
        assert!(atom(0, Verb::Create, 1001, 1).too_big().is_some());
        let alone = pack(vec![atom(0, Verb::Create, 1, 32_001), atom(1, Verb::Create, 1, 0)]);
        assert_eq!(alone.len(), 2, "nothing rides along with what is too big");
    }

    #[test]
    fn a_refusal_that_names_records_splits_there() {
        let batch: Vec<_> = (0..8).map(|i| atom(i, Verb::Create, 1, 1)).collect();
        let message = "[Tried to create resource record set [name='n3.example.com.', type='TXT'] but it already exists]";
        let [others, named] = split(batch.clone(), message, |_, _| false);
        let halves = split(batch.clone(), message, |other, named| (other.steps[0], named.steps[0]) == (4, 3));
        assert_eq!(halves.map(|half| half.len()), [4, 4], "what 4 needs is not tried after it");
        assert_eq!(named.iter().flat_map(|a| &a.steps).collect::<Vec<_>>(), [&3]);
        assert_eq!(others.len(), 7);
        let [first, second] = split(batch, "[something is wrong with 13.example.com, TXT]", |_, _| false);
        assert_eq!((first.len(), second.len()), (4, 4));
    }

    #[test]
    fn deletes_are_sent_before_creates() {
        let batch = [atom(0, Verb::Create, 1, 1), atom(1, Verb::Delete, 1, 1)];
        assert_eq!(
            changes(&batch).iter().map(|(verb, _)| *verb).collect::<Vec<_>>(),
            [Verb::Delete, Verb::Create]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn batches_keep_order_and_limits(sizes in prop::collection::vec((1usize..400, 0usize..90, any::<bool>()), 0..40)) {
            let atoms: Vec<_> = sizes.iter().enumerate()
                .map(|(i, (values, length, up))| atom(i, if *up { Verb::Upsert } else { Verb::Create }, *values, *length))
                .collect();
            let batches = pack(atoms.clone());
            prop_assert_eq!(batches.iter().flatten().cloned().collect::<Vec<_>>(), atoms);
            for batch in &batches {
                let (elements, characters) = batch.iter().map(Atom::weight).fold((0, 0), |a, w| (a.0 + w.0, a.1 + w.1));
                prop_assert!(batch.len() == 1 || (elements <= MAX_ELEMENTS && characters <= MAX_CHARACTERS));
            }
        }

        #[test]
        fn splitting_ends_with_each_alone_and_loses_none(n in 2usize..200, culprit in 0usize..200) {
            let batch: Vec<_> = (0..n).map(|i| atom(i, Verb::Create, 1, 1)).collect();
            let mut queue = vec![batch];
            let (mut alone, mut calls) = (0, 0);
            while let Some(batch) = queue.pop() {
                calls += 1;
                let bad = batch.iter().any(|a| a.steps == [culprit % n]);
                match (bad, batch.len()) {
                    (true, 1) => alone += 1,
                    (false, _) => {}
                    (true, _) => queue.extend(split(batch, "[refused]", |_, _| false)),
                }
            }
            prop_assert_eq!(alone, 1);
            prop_assert!(calls <= 2 * (usize::BITS - n.leading_zeros()) as usize + 1);
        }
    }
}
