//! Webhooks. Their secret is masked: that there is one can be seen, and no more.

use super::{Inside, Place};
use crate::read::sweep::node::{flag, id, must, plain, text, word};
use crate::read::{Find, Haul, words};
use aplomo_core::fields::Sight;
use aplomo_core::{Seen, TypeName};
use aplomo_resources::github::model::Webhook;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;

/// See the module.
pub(crate) struct Webhooks;

impl Inside for Webhooks {
    const FEEDS: &'static [TypeName] = &[names::WEBHOOK];

    async fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) {
        let told = (&mut *haul, Self::FEEDS, "webhooks");
        for hook in place.list("/repos/{owner}/{repo}/hooks", &[], None, told).await {
            let Some(id) = id(&hook, "id") else { continue };
            let config = &hook["config"];
            let fields = Webhook::<Seen> {
                url: text(config, "url"),
                content_type: word(config, "content_type"),
                events: Sight::Value(words(plain(&hook, "events").filter_map(Value::as_str))),
                active: flag(&hook, "active"),
                insecure: Sight::Value(config["insecure_ssl"] == "1" || config["insecure_ssl"] == 1),
                secret: if config["secret"].is_null() { Sight::Absent } else { Sight::Hidden },
            };
            let find = Find::new(id).within(place.id).with(output::UPDATED_AT, must(&hook, "updated_at"));
            haul.take(&names::WEBHOOK, find, &fields);
        }
    }
}
