//! SAML providers: one per name, with tags, which moto has none of.

use super::super::ask::Ask;
use super::super::memory::Memory;
use super::super::{Verdict, refused};
use crate::proxy::{Answer, AwsError};
use crate::xml::{child_text, element, find_text, items, parse};

pub(super) async fn create(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let name = ask.form.text("Name");
    let ending = format!(":saml-provider/{name}");
    if providers(ask).await.iter().any(|arn| arn.ends_with(&ending)) {
        let message = format!("SAMLProvider with name {name} already exists.");
        return Err(AwsError::new(409, "EntityAlreadyExists", message));
    }
    let answer = ask.forward().await;
    let arn = parse(&answer.body).ok().and_then(|d| find_text(d.root_element(), "SAMLProviderArn"));
    if let Some(arn) = arn.filter(|_| !refused(&answer)) {
        remember(memory, ask, &arn);
    }
    Ok(answer)
}

async fn providers(ask: &Ask<'_>) -> Vec<String> {
    let listed = ask.iam("ListSAMLProviders", &[], None).await;
    items(&listed.body, "SAMLProviderList", |n| child_text(n, "Arn").unwrap_or_default())
}

fn remember(memory: &Memory, ask: &Ask<'_>, arn: &str) {
    let mut state = memory.state();
    let tags = state.saml_tags.entry(arn.to_owned()).or_default();
    for tag in ask.form.numbered("Tags.member") {
        let text = |key| ask.form.text(&format!("{tag}.{key}")).to_owned();
        tags.insert(text("Key"), text("Value"));
    }
}

pub(super) async fn delete(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let answer = ask.forward().await;
    memory.state().saml_tags.remove(ask.form.text("SAMLProviderArn"));
    Ok(answer)
}

pub(super) async fn get(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let mut answer = ask.forward().await;
    let tags = tags(memory, ask.form.text("SAMLProviderArn"));
    answer.body = answer.body.replace("</GetSAMLProviderResult>", &format!("{tags}</GetSAMLProviderResult>"));
    Ok(answer)
}

fn tags(memory: &Memory, arn: &str) -> String {
    let state = memory.state();
    let tags = state.saml_tags.get(arn).into_iter().flatten();
    let members: String = tags
        .map(|(key, value)| format!("<member>{}{}</member>", element("Key", key), element("Value", value)))
        .collect();
    format!("<Tags>{members}</Tags>")
}

pub(super) async fn list_tags(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let arn = known(ask).await?;
    Ok(reply("ListSAMLProviderTags", &format!("{}<IsTruncated>false</IsTruncated>", tags(memory, &arn))))
}

pub(super) async fn tag(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    remember(memory, ask, &known(ask).await?);
    Ok(reply("TagSAMLProvider", ""))
}

pub(super) async fn untag(memory: &Memory, ask: &Ask<'_>) -> Verdict {
    let arn = known(ask).await?;
    let keys = ask.form.list("TagKeys.member");
    memory.state().saml_tags.entry(arn).or_default().retain(|key, _| !keys.contains(key));
    Ok(reply("UntagSAMLProvider", ""))
}

async fn known(ask: &Ask<'_>) -> Result<String, AwsError> {
    let arn = ask.form.text("SAMLProviderArn").to_owned();
    let message = format!("Manifest not found for arn {arn}");
    if providers(ask).await.contains(&arn) {
        Ok(arn)
    } else {
        Err(AwsError::new(404, "NoSuchEntity", message))
    }
}

fn reply(action: &str, result: &str) -> Answer {
    let body = format!(
        "<{action}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></{action}Response>"
    );
    Answer::xml(200, body)
}
