//! Autolink references.

use super::{Inside, Place};
use crate::read::sweep::node::{flag, id, text, word};
use crate::read::{Find, Haul};
use aplomo_core::{Seen, TypeName};
use aplomo_resources::github::model::Autolink;
use aplomo_resources::github::names;

/// See the module.
pub(crate) struct Autolinks;

impl Inside for Autolinks {
    const FEEDS: &'static [TypeName] = &[names::AUTOLINK];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let told = (&mut *haul, Self::FEEDS, "autolinks");
        for link in place.list("/repos/{owner}/{repo}/autolinks", &[], None, told).await {
            let Some(id) = id(&link, "id") else { continue };
            let fields = Autolink::<Seen> {
                prefix: word(&link, "key_prefix"),
                url_template: text(&link, "url_template"),
                alphanumeric: flag(&link, "is_alphanumeric"),
            };
            haul.take(&names::AUTOLINK, Find::new(id).within(place.id), &fields);
        }
    }
}
