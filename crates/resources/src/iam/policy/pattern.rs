//! Patterns of actions and resources: `*` stands for any run of characters, `?` for one.

use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The pattern with its runs of wildcards in one form: `?*?` and `??**` are `??*`.
pub(super) fn tidy(text: &str) -> SmolStr {
    let (mut out, mut ones, mut any) = (String::with_capacity(text.len()), 0, false);
    for c in text.chars() {
        match c {
            '?' => ones += 1,
            '*' => any = true,
            c => {
                flush(&mut out, &mut ones, &mut any);
                out.push(c);
            }
        }
    }
    flush(&mut out, &mut ones, &mut any);
    out.into()
}

fn flush(out: &mut String, ones: &mut usize, any: &mut bool) {
    out.extend(std::iter::repeat_n('?', std::mem::take(ones)));
    if std::mem::take(any) {
        out.push('*');
    }
}

/// The patterns without those that another one covers.
pub(super) fn essential(patterns: BTreeSet<SmolStr>) -> BTreeSet<SmolStr> {
    let wide: Vec<SmolStr> = patterns.iter().filter(|p| p.contains(['*', '?'])).cloned().collect();
    let covered = |p: &SmolStr| wide.iter().any(|w| w != p && covers(w, p));
    patterns.into_iter().filter(|p| !covered(p)).collect()
}

/// Whether everything that `narrow` matches is matched by `wide`. Errs to "no": a variable (`${…}`) may
/// hold anything, so a pattern with one is covered by itself and by `*` alone.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    if wide == narrow || wide == "*" {
        return true;
    }
    if wide.contains("${") || narrow.contains("${") {
        return false;
    }
    let (wide, narrow): (Vec<char>, Vec<char>) = (wide.chars().collect(), narrow.chars().collect());
    let (mut w, mut n, mut back) = (0, 0, None);
    while n < narrow.len() {
        match wide.get(w) {
            Some('*') => {
                back = Some((w, n));
                w += 1;
            }
            Some(c) if one(*c, narrow[n]) => (w, n) = (w + 1, n + 1),
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    (w, n) = (star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    wide[w..].iter().all(|c| *c == '*')
}

/// Whether one character of the wide pattern stands for one of the narrow: a `*` there may be many.
fn one(wide: char, narrow: char) -> bool {
    narrow != '*' && (wide == '?' || wide == narrow)
}
