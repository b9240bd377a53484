//! The ways into accounts that a plan or a run uses: which connection reads an account, and which one
//! writes for a tenant. Two tenants in one account may have roles of their own; neither ever writes
//! with the other's.
//!
//! Deliberately absent: making connections (`connect`), and what is read through them (`observe`).

use crate::connect::Connection;
use aplomo_core::{Account, Provider, Scope, TenantName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An account of a provider.
type Place = (Provider, Account);
/// An account and the way into it.
type Way = (Place, String);

/// Connections by account and way in.
#[derive(Default, Clone)]
pub struct Connections {
    all: BTreeMap<Way, Arc<dyn Connection>>,
    /// The tenants with a way in of their own, by provider.
    tenants: BTreeMap<(TenantName, Provider), Way>,
    /// Tenants whose own way in failed: nobody writes for them with another.
    barred: BTreeSet<(TenantName, Provider)>,
    /// Ways in that somebody's objects are read by.
    used: BTreeSet<Way>,
}

impl Connections {
    /// Adds the way in of a tenant.
    pub fn add_for(&mut self, tenant: &TenantName, account: Account, connection: Arc<dyn Connection>) {
        let way = self.put(account, connection);
        self.used.insert(way.clone());
        self.tenants.insert((tenant.clone(), way.0.0.clone()), way);
    }

    /// A tenant's own way in failed.
    pub fn bar(&mut self, tenant: &TenantName, provider: Provider) {
        self.barred.insert((tenant.clone(), provider));
    }

    /// Adds our own way in, for the tenants that have none. It reads its account where one of them is
    /// `needed` there, or where nobody else does.
    pub fn add_own(&mut self, account: Account, connection: Arc<dyn Connection>, needed: bool) {
        let way = self.put(account, connection);
        let alone = !self.used.iter().any(|(place, _)| *place == way.0);
        if needed || alone {
            self.used.insert(way);
        }
    }

    fn put(&mut self, account: Account, connection: Arc<dyn Connection>) -> Way {
        let way = ((connection.provider(), account), connection.way().to_owned());
        self.all.entry(way.clone()).or_insert(connection);
        way
    }

    /// Whether there is no way into any account of the provider.
    #[must_use]
    pub fn none_at(&self, provider: &Provider) -> bool {
        !self.all.keys().any(|((at, _), _)| at == provider)
    }

    /// Whether there is a way into the account of a scope; there is always one into our own store.
    #[must_use]
    pub fn reach(&self, scope: &Scope) -> bool {
        place(scope).is_none_or(|place| self.all.keys().any(|(at, _)| *at == place))
    }

    /// Every connection that reads, with its account.
    pub fn reading(&self) -> impl Iterator<Item = (&Account, &Arc<dyn Connection>)> {
        self.all.iter().filter(|(way, _)| self.used.contains(way)).map(|(((_, account), _), c)| (account, c))
    }

    /// The connections that read the account of a scope.
    pub fn readers_of(&self, scope: &Scope) -> impl Iterator<Item = &Arc<dyn Connection>> {
        let place = place(scope);
        let ways = self.all.iter().filter(move |(way, _)| Some(&way.0) == place.as_ref());
        ways.filter(|(way, _)| self.used.contains(way)).map(|(_, connection)| connection)
    }

    /// The connection that writes for a tenant in the account of a scope: its own, else ours; never
    /// another's.
    #[must_use]
    pub fn writing(&self, tenant: &str, scope: &Scope) -> Option<&Arc<dyn Connection>> {
        let place = place(scope)?;
        if self.barred.iter().any(|(name, at)| name.as_str() == tenant && *at == place.0) {
            return None;
        }
        let own = self.tenants.iter().find(|((name, at), _)| name.as_str() == tenant && *at == place.0);
        match own {
            Some((_, way)) => (way.0 == place).then(|| self.all.get(way))?,
            None => self.all.get(&(place, String::new())),
        }
    }

    /// All connections.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Connection>> {
        self.all.values()
    }
}

/// The account a scope lies in; none for our own store.
fn place(scope: &Scope) -> Option<Place> {
    Some((scope.provider.clone(), scope.account.clone()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::ConnectProblem;
    use aplomo_core::ports::{ApprovedStep, Fut, ReadCx, Reader, Writer};
    use aplomo_core::{Observation, Provider};

    /// A provider and a way in.
    struct Fixed(&'static str, &'static str);

    fn aws(account: &'static str) -> Scope {
        Scope::account(Provider::known("aws"), Account::known(account))
    }

    impl Connection for Fixed {
        fn provider(&self) -> Provider {
            Provider::known(self.0)
        }
        fn way(&self) -> &str {
            self.1
        }
        fn identity<'a>(&'a self, _: &'a ReadCx<'a>) -> Fut<'a, Result<Account, ConnectProblem>> {
            Box::pin(async { Ok(Account::known("1")) })
        }
        fn readers(&self) -> &[Box<dyn Reader>] {
            &[]
        }
        fn complete_outputs(&self, _: &mut Observation) {}
        fn writers(&self, _: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
            Vec::new()
        }
    }

    #[test]
    fn a_tenant_writes_with_its_own_role_and_never_with_anothers() {
        let account = Account::known("1");
        let mut connections = Connections::default();
        connections.add_for(&TenantName::known("a"), account.clone(), Arc::new(Fixed("aws", "role-a")));
        connections.add_for(&TenantName::known("b"), account.clone(), Arc::new(Fixed("aws", "role-b")));
        let way = |c: &Connections, tenant| c.writing(tenant, &aws("1")).map(|c| c.way().to_owned());
        assert_eq!(way(&connections, "a").as_deref(), Some("role-a"));
        assert_eq!(way(&connections, "b").as_deref(), Some("role-b"));
        assert_eq!(way(&connections, "c"), None, "nobody lends a role");
        connections.add_own(account.clone(), Arc::new(Fixed("aws", "")), false);
        assert_eq!(way(&connections, "c").as_deref(), Some(""));
        assert_eq!(connections.readers_of(&aws("1")).count(), 2, "ours is not needed to read");
        connections.add_own(account.clone(), Arc::new(Fixed("aws", "")), true);
        assert_eq!(connections.readers_of(&aws("1")).count(), 3);
    }

    #[test]
    fn an_account_of_the_same_name_at_another_provider_is_another_account() {
        let mut connections = Connections::default();
        connections.add_for(&TenantName::known("a"), Account::known("1"), Arc::new(Fixed("github", "")));
        connections.add_own(Account::known("1"), Arc::new(Fixed("aws", "")), false);
        let github = Scope::account(Provider::known("github"), Account::known("1"));
        let at = |scope: &Scope| connections.writing("a", scope).map(|c| c.provider().to_string());
        assert_eq!((at(&github).as_deref(), at(&aws("1")).as_deref()), (Some("github"), Some("aws")));
        assert_eq!(connections.readers_of(&aws("1")).count(), 1, "ours reads, as nobody else does there");
    }

    #[test]
    fn for_a_tenant_whose_own_role_fails_nobody_writes() {
        let mut connections = Connections::default();
        connections.bar(&TenantName::known("a"), Provider::known("aws"));
        connections.add_own(Account::known("1"), Arc::new(Fixed("aws", "")), false);
        assert!(connections.writing("a", &aws("1")).is_none());
        assert!(connections.writing("b", &aws("1")).is_some());
    }

    #[test]
    fn a_tenant_never_writes_outside_its_account() {
        let mut connections = Connections::default();
        connections.add_for(&TenantName::known("a"), Account::known("1"), Arc::new(Fixed("aws", "role-a")));
        connections.add_own(Account::known("2"), Arc::new(Fixed("aws", "")), false);
        assert!(connections.writing("a", &aws("2")).is_none());
    }
}
