//! The parts of a protection, each with what is lost without it.

use aplomo_core::Datum;
use aplomo_core::fields::SeenFields;

/// Flags: the path, the value that is the stronger, and what is lost with it.
pub(super) const FLAGS: [(&str, bool, &str); 13] = [
    ("/requires/codeOwners", true, "code owners need not approve"),
    ("/requires/dismissStale", true, "approvals stay valid whatever is pushed after them"),
    ("/requires/lastPushApproval", true, "who pushed last may be the only one to approve"),
    ("/requires/resolvedThreads", true, "conversations may stay open"),
    ("/requires/upToDate", true, "checks need not have run on the newest base"),
    ("/requires/checksNotOnCreation", false, "new refs need pass no checks"),
    ("/requires/signedCommits", true, "commits may be unsigned"),
    ("/requires/linearHistory", true, "merge commits are let in"),
    ("/forbids/forcePush", true, "force pushes are let through"),
    ("/forbids/deletion", true, "it may be deleted"),
    ("/forbids/creation", true, "whoever may write may create matching refs"),
    ("/forbids/update", true, "whoever may write may update it"),
    ("/adminsToo", true, "administrators are no longer bound"),
];

/// Sets of which each item makes it stronger.
pub(super) const MORE_IS_STRONGER: [(&str, &str); 7] = [
    ("/requires/statusChecks", "the check {} need not pass"),
    ("/requires/deployments", "a deployment to {} is not needed first"),
    ("/requires/codeScanning", "code scanning {} need not pass"),
    ("/refs/include", "{} is no longer covered"),
    ("/repositories/include", "repositories {} are no longer covered"),
    ("/repositories/ids", "the repository {} is no longer covered"),
    ("/repositories/properties", "repositories with {} are no longer covered"),
];

/// Sets of which each item makes it weaker.
pub(super) const MORE_IS_WEAKER: [(&str, &str); 3] = [
    ("/refs/exclude", "{} is left out"),
    ("/repositories/exclude", "repositories {} are left out"),
    ("/repositories/propertiesNot", "repositories with {} are left out"),
];

/// Classic sets of those who are let through.
pub(super) const ALLOWS: [(&str, &str); 1] = [("/allowsForcePush", "{} may force push")];

/// A set that, where there is one, is all who may.
pub(super) struct Only {
    pub(super) path: &'static str,
    pub(super) anybody: &'static str,
    pub(super) another: &'static str,
}

pub(super) const ONLY: [Only; 2] = [
    Only { path: "/allowsPush", anybody: "whoever may write may push", another: "{} may push" },
    Only {
        path: "/allowsDismissal",
        anybody: "whoever may write may dismiss reviews",
        another: "{} may dismiss reviews",
    },
];

/// What a protection asks for, as `(path, words)`; one entry per item of a set.
pub(crate) fn requirements(fields: &SeenFields) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut add = |path: &str, words: String| out.push((path.to_owned(), words));
    if let Some(Datum::Int(n)) = fields.value("/requires/approvals") {
        let words = match n {
            0 => "a pull request".to_owned(),
            1 => "a pull request with one approval".to_owned(),
            n => format!("a pull request with {n} approvals"),
        };
        add("/requires/approvals", words);
    }
    for (path, words) in WORDS {
        if fields.value(path) == Some(&Datum::Bool(true)) {
            add(path, words.to_owned());
        }
    }
    let lists = [
        ("/requires/statusChecks", "the check "),
        ("/requires/deployments", "a deployment to "),
        ("/requires/codeScanning", "code scanning "),
    ];
    for (path, words) in lists {
        for item in super::items(fields, path) {
            add(&format!("{path}/{item}"), format!("{words}{item}"));
        }
    }
    if let Some(method) = fields.text("/requires/mergeQueue/method") {
        add("/requires/mergeQueue", format!("the merge queue ({method})"));
    }
    if fields.value("/allowsPush").is_some() {
        let who: Vec<&str> = super::items(fields, "/allowsPush").collect();
        add("/allowsPush", format!("pushes by {} only", crate::change::list(who)));
    }
    out
}

/// Flags as what they ask for.
const WORDS: [(&str, &str); 11] = [
    ("/requires/codeOwners", "approval by code owners"),
    ("/requires/dismissStale", "approval after the last push"),
    ("/requires/lastPushApproval", "approval by another than who pushed last"),
    ("/requires/resolvedThreads", "resolved conversations"),
    ("/requires/upToDate", "checks on the newest base"),
    ("/requires/signedCommits", "signed commits"),
    ("/requires/linearHistory", "no merge commits"),
    ("/forbids/forcePush", "no force pushes"),
    ("/forbids/deletion", "no deletion"),
    ("/forbids/creation", "no creation"),
    ("/forbids/update", "no updates"),
];
