//! Where a Team names a person.

use super::spec::TeamSpec;
use crate::offboard::{Mentions, Person};

pub(super) fn people(spec: &TeamSpec, who: &Person) -> Mentions {
    let (mut found, members) = (Mentions::default(), &spec.members);
    let all = [("maintainers", "maintainer", &members.maintainers), ("members", "member", &members.members)];
    for (field, role, logins) in all {
        let theirs: Vec<usize> = (0..logins.len()).filter(|n| who.is(&logins[*n])).collect();
        let last = role == "maintainer" && theirs.len() == logins.len();
        for n in theirs {
            let note = last.then_some("the team has no maintainer then");
            found.cut_noting(format!("/spec/members/{field}/{n}"), format!("{role} of the team"), note);
        }
    }
    found
}

/// Whether the person is in the team.
pub(crate) fn is_in(spec: &TeamSpec, who: &Person) -> bool {
    spec.members.maintainers.iter().chain(&spec.members.members).any(|login| who.is(login))
}
