//! Autolink references.

use super::{Inside, Place};
use crate::read::sweep::node::{flag, id, text, word};
use crate::read::{Find, Haul};
use aplomo_core::{Coverage, Seen, TypeName};
use aplomo_resources::github::model::Autolink;
use aplomo_resources::github::names;

/// See the module.
pub(crate) struct Autolinks;

impl Inside for Autolinks {
    const FEEDS: &'static [TypeName] = &[names::AUTOLINK];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        // They come all at once, without pages.
        let all = match place.ask("/repos/{owner}/{repo}/autolinks", &[]).await {
            Ok(all) => all,
            Err(problem) => {
                let failed = Coverage::Failed(problem.to_string());
                return haul.cover(&names::AUTOLINK, Some(place.id), failed);
            }
        };
        for link in all.as_array().into_iter().flatten() {
            let Some(id) = id(link, "id") else { continue };
            let fields = Autolink::<Seen> {
                prefix: word(link, "key_prefix"),
                url_template: text(link, "url_template"),
                alphanumeric: flag(link, "is_alphanumeric"),
            };
            haul.take(&names::AUTOLINK, Find::new(id).within(place.id), &fields);
        }
    }
}
