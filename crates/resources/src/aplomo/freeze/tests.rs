//! What people read before a freeze or a window changes.

use super::*;
use aplomo_core::Sight;

fn seen() -> Freeze<Seen> {
    Freeze::<Seen> {
        tenants: Sight::Value(["acme".into(), "other".into()].into()),
        from: Sight::Value("2026-12-20T00:00:00Z".into()),
        until: Sight::Value("2027-01-04T00:00:00Z".into()),
        reason: Sight::Value("Christmas".into()),
        ..Default::default()
    }
}

fn wished() -> Freeze<Wanted> {
    Freeze::<Wanted> {
        tenants: Wish::Value(["acme".into(), "other".into()].into()),
        environments: Wish::Absent,
        from: Wish::Value("2026-12-20T00:00:00Z".into()),
        until: Wish::Value("2027-01-04T00:00:00Z".into()),
        reason: Wish::Value("Christmas".into()),
        except: Wish::Absent,
    }
}

#[test]
fn a_freeze_that_comes_or_grows_is_routine() {
    assert_eq!(Freezes::assess(None, Some(&wished())), Assessment::default());
    let longer = Freeze::<Wanted> {
        from: Wish::Value("2026-12-19T00:00:00Z".into()),
        until: Wish::Value("2027-01-07T00:00:00Z".into()),
        tenants: Wish::Value(["acme".into(), "other".into(), "third".into()].into()),
        ..wished()
    };
    assert_eq!(Freezes::assess(Some(&seen()), Some(&longer)), Assessment::default());
}

#[test]
fn whatever_holds_less_is_told_and_sensitive() {
    let gone = Freezes::assess(Some(&seen()), None);
    let less = Freeze::<Wanted> {
        tenants: Wish::Value(["acme".into()].into()),
        environments: Wish::Value(["production".into()].into()),
        from: Wish::Value("2026-12-21T00:00:00Z".into()),
        until: Wish::Value("2027-01-02T00:00:00Z".into()),
        except: Wish::Value(["risk=routine".into()].into()),
        ..wished()
    };
    let less = Freezes::assess(Some(&seen()), Some(&less));
    assert_eq!((gone.risk, less.risk), (Risk::Sensitive, Risk::Sensitive));
    insta::assert_snapshot!([gone.notes, less.notes].concat().join("\n"), @r"
    the freeze until 2027-01-04T00:00:00Z no longer holds, from the next plan on
    it holds only from 2026-12-21T00:00:00Z on, from the next plan on
    it ends at 2027-01-02T00:00:00Z already, from the next plan on
    it no longer holds what is risk=routine, from the next plan on
    it holds only acme, from the next plan on
    it holds only production, from the next plan on
    ");
}

#[test]
fn windows_that_may_be_wider_are_told() {
    let set = |texts: &[&str]| -> BTreeSet<SmolStr> { texts.iter().map(|text| (*text).into()).collect() };
    let (mon, both) = (set(&["mon 09:00-17:00 UTC"]), set(&["mon 09:00-17:00 UTC", "tue 09:00-17:00 UTC"]));
    let told = |before: Option<&BTreeSet<SmolStr>>, after: Option<&BTreeSet<SmolStr>>| {
        let mut notes = Notes::default();
        loosened_windows(&Delta { before, after, reference: None, hidden: false }, &mut notes);
        notes.0.notes.join("\n")
    };
    assert_eq!(told(None, Some(&mon)), "");
    assert_eq!(told(Some(&both), Some(&mon)), "", "fewer hours");
    assert_eq!(
        told(Some(&mon), Some(&both)),
        "its changes are applied tue 09:00-17:00 UTC too, from the next plan on"
    );
    assert_eq!(
        told(Some(&mon), None),
        "its changes are applied at any time from the next plan on, no longer only mon 09:00-17:00 UTC"
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    let wrong = Freeze::<Wanted> {
        from: Wish::Value("2026-12-20T00:00:00".into()),
        except: Wish::Value(["risk=grave".into()].into()),
        ..wished()
    };
    let found: Vec<String> = Freezes::normalise(wrong).unwrap_err().into_iter().map(|f| f.message).collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    from: `2026-12-20T00:00:00` is no moment with its zone
    except: `risk=grave` is not `risk=… kind=…`
    ");
}
