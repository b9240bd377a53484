//! OpenID Connect providers: audiences are added and removed, which moto has no calls for. The provider is made anew
//! with the other list; its ARN follows from its URL, so nobody can tell.

use super::super::ask::Ask;
use super::super::{Verdict, refused};
use crate::proxy::{Answer, AwsError};
use crate::xml::{child_text, find_text, items, parse};

/// One audience more, or one less.
pub(super) async fn change(ask: &Ask<'_>, add: bool) -> Verdict {
    let (arn, id) = (ask.form.text("OpenIDConnectProviderArn"), ask.form.text("ClientID"));
    let shown = ask.iam("GetOpenIDConnectProvider", &[("OpenIDConnectProviderArn", arn)], None).await;
    if refused(&shown) {
        return Ok(shown);
    }
    let mut audiences = texts(&shown, "ClientIDList");
    audiences.retain(|other| other != id);
    if add {
        audiences.push(id.to_owned());
    }
    let parameters = anew(&shown, &audiences);
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    ask.iam("DeleteOpenIDConnectProvider", &[("OpenIDConnectProviderArn", arn)], None).await;
    let made = ask.iam("CreateOpenIDConnectProvider", &parameters, None).await;
    if refused(&made) {
        return Err(AwsError::new(400, "InvalidInput", made.body));
    }
    let action = if add { "AddClientIDTo" } else { "RemoveClientIDFrom" };
    let name = format!("{action}OpenIDConnectProviderResponse");
    let body = format!(
        "<{name} xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></{name}>"
    );
    Ok(Answer::xml(200, body))
}

fn texts(shown: &Answer, list: &str) -> Vec<String> {
    items(&shown.body, list, |node| node.text().unwrap_or_default().to_owned())
}

/// What makes the same provider with these audiences.
fn anew(shown: &Answer, audiences: &[String]) -> Vec<(String, String)> {
    let url = parse(&shown.body).ok().and_then(|d| find_text(d.root_element(), "Url")).unwrap_or_default();
    let url = if url.starts_with("https://") { url } else { format!("https://{url}") };
    let mut all = vec![("Url".to_owned(), url)];
    for (list, values) in
        [("ClientIDList", audiences.to_vec()), ("ThumbprintList", texts(shown, "ThumbprintList"))]
    {
        all.extend((1..).zip(values).map(|(n, value)| (format!("{list}.member.{n}"), value)));
    }
    let tags = items(&shown.body, "Tags", |node| {
        (child_text(node, "Key").unwrap_or_default(), child_text(node, "Value").unwrap_or_default())
    });
    for (n, (key, value)) in (1..).zip(tags) {
        all.extend([(format!("Tags.member.{n}.Key"), key), (format!("Tags.member.{n}.Value"), value)]);
    }
    all
}
