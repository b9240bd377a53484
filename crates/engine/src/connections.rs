//! The ways into accounts that a plan or a run uses: which connection reads an account, and which one
//! writes for a tenant. Two tenants in one account may have roles of their own; neither ever writes
//! with the other's.
//!
//! Deliberately absent: making connections (`connect`), and what is read through them (`observe`).

use crate::connect::Connection;
use aplomo_core::{Account, TenantName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An account and the way into it.
type Way = (Account, String);

/// Connections by account and way in.
#[derive(Default, Clone)]
pub struct Connections {
    all: BTreeMap<Way, Arc<dyn Connection>>,
    /// The tenants with a way in of their own.
    tenants: BTreeMap<TenantName, Way>,
    /// Ways in that somebody's objects are read by.
    used: BTreeSet<Way>,
}

impl Connections {
    /// Adds the way in of a tenant.
    pub fn add_for(&mut self, tenant: &TenantName, account: Account, connection: Arc<dyn Connection>) {
        let way = self.put(account, connection);
        self.used.insert(way.clone());
        self.tenants.insert(tenant.clone(), way);
    }

    /// Adds our own way in, for the tenants that have none. It reads its account where one of them is
    /// `needed` there, or where nobody else does.
    pub fn add_own(&mut self, account: Account, connection: Arc<dyn Connection>, needed: bool) {
        let alone = self.readers_of(&account).next().is_none();
        let way = self.put(account, connection);
        if needed || alone {
            self.used.insert(way);
        }
    }

    fn put(&mut self, account: Account, connection: Arc<dyn Connection>) -> Way {
        let way = (account, connection.way().to_owned());
        self.all.entry(way.clone()).or_insert(connection);
        way
    }

    /// Whether there is no way anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether there is a way into the account.
    #[must_use]
    pub fn reach(&self, account: &Account) -> bool {
        self.all.keys().any(|(a, _)| a == account)
    }

    /// Every connection that reads, with its account.
    pub fn reading(&self) -> impl Iterator<Item = (&Account, &Arc<dyn Connection>)> {
        self.all.iter().filter(|(way, _)| self.used.contains(way)).map(|((account, _), c)| (account, c))
    }

    /// The connections that read an account.
    pub fn readers_of(&self, account: &Account) -> impl Iterator<Item = &Arc<dyn Connection>> {
        self.reading().filter(move |(a, _)| *a == account).map(|(_, connection)| connection)
    }

    /// The connection that writes for a tenant in an account: its own, else ours; never another's.
    #[must_use]
    pub fn writing(&self, tenant: &str, account: &Account) -> Option<&Arc<dyn Connection>> {
        match self.tenants.get(tenant) {
            Some(way) => (way.0 == *account).then(|| self.all.get(way))?,
            None => self.all.get(&(account.clone(), String::new())),
        }
    }

    /// All connections.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Connection>> {
        self.all.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::ConnectProblem;
    use aplomo_core::ports::{ApprovedStep, Fut, ReadCx, Reader, Writer};
    use aplomo_core::{Observation, Provider};

    struct Fixed(&'static str);

    impl Connection for Fixed {
        fn provider(&self) -> Provider {
            Provider::known("aws")
        }
        fn way(&self) -> &str {
            self.0
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
        connections.add_for(&TenantName::known("a"), account.clone(), Arc::new(Fixed("role-a")));
        connections.add_for(&TenantName::known("b"), account.clone(), Arc::new(Fixed("role-b")));
        let way = |c: &Connections, tenant| c.writing(tenant, &account).map(|c| c.way().to_owned());
        assert_eq!(way(&connections, "a").as_deref(), Some("role-a"));
        assert_eq!(way(&connections, "b").as_deref(), Some("role-b"));
        assert_eq!(way(&connections, "c"), None, "nobody lends a role");
        connections.add_own(account.clone(), Arc::new(Fixed("")), false);
        assert_eq!(way(&connections, "c").as_deref(), Some(""));
        assert_eq!(connections.readers_of(&account).count(), 2, "ours is not needed to read");
        connections.add_own(account.clone(), Arc::new(Fixed("")), true);
        assert_eq!(connections.readers_of(&account).count(), 3);
    }

    #[test]
    fn a_tenant_never_writes_outside_its_account() {
        let mut connections = Connections::default();
        connections.add_for(&TenantName::known("a"), Account::known("1"), Arc::new(Fixed("role-a")));
        connections.add_own(Account::known("2"), Arc::new(Fixed("")), false);
        assert!(connections.writing("a", &Account::known("2")).is_none());
    }
}
