//! Ports that nobody opens to the world on purpose.

use super::Cx;
use crate::environment::spec::EnvironmentType;
use aplomo_core::{Finding, Severity};
use aplomo_resources::ec2::{cidr, ports::delicate, security_group_rule::ports_in_words};

/// `open-to-world`: an error in production, a warning elsewhere.
pub(super) fn open_ports(cx: &mut Cx<'_>) {
    let production = cx.place.spec.environment_type == EnvironmentType::Production;
    let severity = if production { Severity::Error } else { Severity::Warning };
    let mut found = Vec::new();
    for rule in cx.rules.iter().filter(|rule| rule.ingress()) {
        let block = rule.model.cidr4.value().or(rule.model.cidr6.value());
        let Some(block) = block.filter(|block| cidr::is_broad(block)) else { continue };
        let (from, to) = (rule.model.from_port.value().copied(), rule.model.to_port.value().copied());
        let protocol = rule.model.protocol.value().map_or("-1", |p| p.as_str());
        let open = delicate(protocol, from, to);
        if let Some(first) = open.first() {
            let more = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
            let message = format!(
                "`{}` lets {block} reach {}: {first}{more}",
                rule.group.name,
                ports_in_words(protocol, from, to)
            );
            let help = "name the blocks, groups or prefix lists that need it";
            found.push((Finding::new(severity, "open-to-world", message).help(help), rule.pointer.clone()));
        }
    }
    found.into_iter().for_each(|(finding, pointer)| cx.tell(finding, &pointer));
}
