//! The services: who reads and writes what, and which calls that takes. A new service is one entry here;
//! what a role must be allowed, and to what a write session is cut, follows from this list.

use crate::clients::Office;
use crate::read::acm::Certificates;
use crate::read::route53::{health_checks::HealthChecks, hosted_zones::HostedZones, record_sets::RecordSets};
use crate::write::acm::CertificateWriter;
use crate::write::route53::{
    health_checks::HealthCheckWriter, hosted_zones::HostedZoneWriter, record_sets::RecordSetWriter,
};
use aplomo_core::TypeName;
use aplomo_core::ports::{Reader, Writer};
use aplomo_resources::{acm, route53};
use std::collections::BTreeSet;

/// One service.
pub(crate) struct Service {
    pub(crate) readers: fn(&Office) -> Vec<Box<dyn Reader>>,
    pub(crate) read_calls: &'static [&'static [&'static str]],
    pub(crate) writers: &'static [Clerk],
}

/// Who writes one type.
pub(crate) struct Clerk {
    pub(crate) feeds: TypeName,
    /// The calls it makes.
    pub(crate) calls: &'static [&'static str],
    /// What AWS asks for beside a call of that name, and why (`iam:PassRole` for a role that is handed on).
    pub(crate) implied: &'static [&'static str],
    pub(crate) make: fn(&Office) -> Box<dyn Writer>,
}

/// All services.
pub(crate) const SERVICES: &[Service] = &[ROUTE53, ACM];

const ACM: Service = Service {
    readers: |office| {
        vec![Box::new(Certificates::new(office.site.clone(), office.branch(), office.branch()))]
    },
    read_calls: &[Certificates::calls()],
    writers: &[Clerk {
        feeds: acm::CERTIFICATE,
        calls: CertificateWriter::calls(),
        // Tags go with the request, for which ACM asks the permission to tag; the writer tags anyway.
        implied: &["acm:AddTagsToCertificate"],
        make: |office| Box::new(CertificateWriter::new(office.desk())),
    }],
};

const ROUTE53: Service = Service {
    readers: |office| {
        let (site, client) = (&office.site, office.branch::<aws_sdk_route53::Client>().client(None));
        vec![
            Box::new(HostedZones::new(site.clone(), client.clone())),
            Box::new(RecordSets::new(site.clone(), client.clone())),
            Box::new(HealthChecks::new(site.clone(), client)),
        ]
    },
    read_calls: &[HostedZones::calls(), RecordSets::calls(), HealthChecks::calls()],
    writers: &[
        Clerk {
            feeds: route53::HOSTED_ZONE,
            calls: HostedZoneWriter::calls(),
            // A private zone is bound to networks that Route 53 looks up in our name.
            implied: &["ec2:DescribeVpcs"],
            make: |office| Box::new(HostedZoneWriter::new(office.desk())),
        },
        Clerk {
            feeds: route53::RECORD_SET,
            calls: RecordSetWriter::calls(),
            implied: &[],
            make: |office| Box::new(RecordSetWriter::new(office.desk())),
        },
        Clerk {
            feeds: route53::HEALTH_CHECK,
            calls: HealthCheckWriter::calls(),
            implied: &[],
            make: |office| Box::new(HealthCheckWriter::new(office.desk())),
        },
    ],
};

/// Everyone who writes.
pub(crate) fn clerks() -> impl Iterator<Item = &'static Clerk> {
    SERVICES.iter().flat_map(|service| service.writers)
}

/// Every type that is read, by the readers' own word.
pub(crate) fn types(office: &Office) -> Vec<TypeName> {
    let readers = SERVICES.iter().flat_map(|service| (service.readers)(office));
    let types: BTreeSet<TypeName> = readers.flat_map(|reader| reader.feeds().to_vec()).collect();
    types.into_iter().collect()
}

/// Every call that readers can make, as `service:Action`, without repetition.
#[must_use]
pub fn read_calls() -> BTreeSet<&'static str> {
    SERVICES.iter().flat_map(|service| service.read_calls).flat_map(|calls| calls.iter().copied()).collect()
}

/// Every call that writers can make, and what AWS asks for beside them.
#[must_use]
pub fn write_calls() -> BTreeSet<&'static str> {
    clerks().flat_map(|clerk| clerk.calls.iter().chain(clerk.implied)).copied().collect()
}
