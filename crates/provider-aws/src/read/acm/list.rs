//! ListCertificates: all key types, for a listing that names none of them hides most.

use crate::line::Line;
use crate::read::cut_short;
use aplomo_core::Coverage;
use aplomo_resources::acm::names::ALGORITHMS;
use aws_sdk_acm::Client;
use aws_sdk_acm::types::{CertificateSummary, Filters, KeyAlgorithm};

pub(super) const LIST: &str = "acm:ListCertificates";
const PAGE: i32 = 1000;

/// All certificates of the client's region.
pub(super) async fn all(line: &Line<'_>, client: &Client) -> (Vec<CertificateSummary>, Coverage) {
    let types = ALGORITHMS.iter().map(|text| KeyAlgorithm::from(*text)).collect();
    let filters = Filters::builder().set_key_types(Some(types)).build();
    let (mut found, mut token): (Vec<CertificateSummary>, Option<String>) = (Vec::new(), None);
    loop {
        let request = client
            .list_certificates()
            .includes(filters.clone())
            .max_items(PAGE)
            .set_next_token(token.clone());
        match line.ask(LIST, |probe| request.customize().interceptor(probe).send()).await {
            Err(problem) => {
                let coverage = cut_short(&problem, found.len(), "certificates");
                return (found, coverage);
            }
            Ok(page) => {
                found.extend(page.certificate_summary_list.unwrap_or_default());
                if page.next_token.is_none() {
                    return (found, Coverage::Complete);
                }
                if page.next_token == token {
                    let why = format!("{LIST}: a page says to go on with itself");
                    return (found, Coverage::LowerBound(why));
                }
                token = page.next_token;
            }
        }
    }
}
