//! `aws.ec2.RouteTable`: its routes. Who is associated with it stands with the subnets.
//!
//! A reader leaves out routes whose target is `local` and those that a gateway propagates.

use super::cidr;
use super::model::RouteTable;
use super::names::ROUTE_TABLE;
use crate::change::Notes;
use crate::normal::Normal;
use aplomo_core::model::Mode;
use aplomo_core::types::{Around, Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Sight, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type of route tables. They have no identity without marks.
pub struct RouteTables;

/// How the id of a target begins.
const TARGETS: [&str; 11] =
    ["igw-", "nat-", "eigw-", "pcx-", "tgw-", "vgw-", "vpce-", "eni-", "lgw-", "cagw-", "i-"];

impl Type for RouteTables {
    const NAME: TypeName = ROUTE_TABLE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = RouteTable<M>;

    fn normalise(mut model: RouteTable<Wanted>) -> Result<RouteTable<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("route-table");
        for (destination, target) in std::mem::take(&mut model.routes) {
            if target.value().is_some_and(|id| !TARGETS.iter().any(|start| id.starts_with(start))) {
                normal.wrong("routes", format!("the target of `{}` is none", destination.escape_debug()));
            }
            match cidr::destination(&destination) {
                Ok(normal_form) => drop(model.routes.insert(normal_form.into(), target)),
                Err(why) => normal.wrong("routes", why),
            }
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &RouteTable<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &RouteTable<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    fn assess(before: Option<&RouteTable<Seen>>, after: Option<&RouteTable<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let Some(before) = before else { return notes.0 };
        let Some(after) = after else {
            let lost =
                before.routes.keys().map(|d| format!("nothing reaches {d} through this table any more"));
            lost.for_each(|note| notes.add(Risk::Outage, note));
            return notes.0;
        };
        for (destination, wish) in &after.routes {
            changed(destination, before.routes.get(destination), wish, &mut notes);
        }
        notes.0
    }

    /// `route-not-ours`: routes in a table of ours that no manifest names. Those of endpoints come with
    /// their endpoint.
    fn inspect(
        seen: &RouteTable<Seen>,
        wanted: Option<&RouteTable<Wanted>>,
        around: &Around<'_>,
    ) -> Vec<Finding> {
        let Some(wanted) = wanted else { return Vec::new() };
        let added = seen.routes.iter().filter(|(destination, _)| !wanted.routes.contains_key(*destination));
        let added = added.filter_map(|(destination, target)| Some((destination, target.value()?)));
        let told = |(destination, target): (&String, &SmolStr)| {
            let message = format!(
                "the route table {} sends {destination} to {target}, which no manifest names",
                around.id
            );
            let help = "take the route away, or write it into the manifest";
            Finding::warning("route-not-ours", message).help(help)
        };
        added.filter(|(_, target)| !target.starts_with("vpce-")).map(told).collect()
    }
}

fn changed(destination: &str, before: Option<&Sight<SmolStr>>, wish: &Wish<SmolStr>, notes: &mut Notes) {
    let was = before.and_then(Sight::value);
    match (was, wish) {
        (Some(was), Wish::Absent) => {
            notes.add(Risk::Outage, format!("{destination} is no longer reached through {was}"));
        }
        (Some(was), Wish::Value(target)) if was != target => {
            notes.add(
                Risk::Outage,
                format!("{destination} is reached through {target} in the place of {was}"),
            );
        }
        (None, Wish::Value(target)) if target.starts_with("igw-") => {
            notes
                .add(Risk::Sensitive, format!("{destination} is reached directly over the internet gateway"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(routes: &[(&str, Wish<SmolStr>)]) -> RouteTable<Wanted> {
        let routes = routes.iter().map(|(d, t)| ((*d).to_owned(), t.clone())).collect();
        RouteTable { routes, ..Default::default() }
    }

    #[test]
    fn destinations_are_masked_and_targets_known() {
        let table = wish(&[("10.9.1.1/16", Wish::Value("pcx-1".into()))]);
        let table = RouteTables::normalise(table).unwrap();
        assert_eq!(table.routes.keys().collect::<Vec<_>>(), ["10.9.0.0/16"]);
        assert!(RouteTables::normalise(wish(&[("0.0.0.0/0", Wish::Value("local".into()))])).is_err());
    }

    #[test]
    fn another_way_out_is_an_outage_in_words() {
        let routes = [("0.0.0.0/0".to_owned(), Sight::Value("nat-1".into()))].into();
        let before = RouteTable::<Seen> { routes, ..Default::default() };
        let after =
            wish(&[("0.0.0.0/0", Wish::Value("nat-2".into())), ("::/0", Wish::Value("igw-1".into()))]);
        let told = RouteTables::assess(Some(&before), Some(&after));
        assert_eq!(told.risk, Risk::Outage);
        insta::assert_snapshot!(told.notes.join("\n"), @r"
        0.0.0.0/0 is reached through nat-2 in the place of nat-1
        ::/0 is reached directly over the internet gateway
        ");
    }

    #[test]
    fn routes_that_others_added_are_told() {
        let id = aplomo_core::RemoteId::new("rtb-1").unwrap();
        let around = Around { id: &id, account: None };
        let routes = [("10.0.0.0/8", "pcx-1"), ("0.0.0.0/0", "igw-1"), ("pl-1", "vpce-1")];
        let routes = routes.map(|(to, by)| (to.to_owned(), Sight::Value(by.into()))).into();
        let seen = RouteTable::<Seen> { routes, ..Default::default() };
        let ours = wish(&[("10.0.0.0/8", Wish::Value("pcx-1".into()))]);
        let told: Vec<String> =
            RouteTables::inspect(&seen, Some(&ours), &around).into_iter().map(|f| f.message).collect();
        assert_eq!(told, ["the route table rtb-1 sends 0.0.0.0/0 to igw-1, which no manifest names"]);
        assert_eq!(RouteTables::inspect(&seen, None, &around), []);
    }
}
