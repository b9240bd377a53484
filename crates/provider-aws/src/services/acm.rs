//! Who reads and writes AWS Certificate Manager.

use super::{Clerk, Service};
use crate::read::acm::Certificates;
use crate::write::acm::CertificateWriter;
use aplomo_resources::acm;

pub(super) const ACM: Service = Service {
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
