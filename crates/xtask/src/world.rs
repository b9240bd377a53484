//! A small world to run the binary in: a moto with a network, a local GitHub, a git repository of the example
//! manifests, and a configuration that binds them. All of it is gone when the value is dropped.

use crate::github::{APPROVERS, Desk, LocalGithub, REPOSITORY};
use crate::{door, interrupt};
use anyhow::{Context as _, Result, bail};
use aplomo_sandbox::{Aws, Moto, Proxy, Venv, WorkTree};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The repository with the manifests, as the commands name it: relative to the world's folder.
pub(crate) const MANIFESTS: &str = "manifests";

/// The example that the demo changes, and its lines before and after.
const CHANGED: &str = "platform/domains/plumb-example.yaml";
const CHANGES: &[(&str, &str)] = &[
    (
        "- {name: status, type: A, ttl: 60, values: [192.0.2.80]}",
        "- {name: status, type: A, ttl: 300, values: [192.0.2.80]}",
    ),
    (
        "- {name: status, type: TXT, ttl: 60, values: [\"run by the platform team\"]}",
        "- {name: status, type: AAAA, ttl: 300, values: [\"2001:db8::80\"]}",
    ),
];

/// The running world. The order of the fields is the order in which they end.
#[derive(Debug)]
pub(crate) struct World {
    binary: PathBuf,
    network: String,
    proxy: Proxy,
    aws: Aws,
    _moto: Moto,
    github: LocalGithub,
    repository: WorkTree,
    folder: TempDir,
}

impl World {
    /// Starts moto, makes the network, the repository and the configuration.
    pub(crate) fn make(binary: &Path) -> Result<Self> {
        let venv = Venv::ensure(&door::venv_dir()?)?;
        interrupt::check()?;
        let moto = Moto::start(&venv)?;
        let proxy = Proxy::to(moto.endpoint()).strict().start()?;
        let aws = Aws::through(&proxy)?;
        let network = aws.create_vpc("10.40.0.0/16")?;
        let folder = tempfile::Builder::new().prefix("aplomo-").tempdir().context("no temporary folder")?;
        let github = LocalGithub::start(folder.path())?;
        let repository = make_repository(&folder.path().join(MANIFESTS), &network)?;
        let binary = binary.to_path_buf();
        let world = Self { binary, network, proxy, aws, _moto: moto, github, repository, folder };
        world.make_configuration()?;
        world.make_wrapper()?;
        Ok(world)
    }

    /// The temporary folder; commands run in it and find `aplomo.yaml` there.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The repository with the manifests.
    pub(crate) fn manifests(&self) -> PathBuf {
        self.folder().join(MANIFESTS)
    }

    /// The id of the network in the local AWS.
    pub(crate) fn network(&self) -> &str {
        &self.network
    }

    /// The hand that reaches behind Aplomo's back.
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The local GitHub.
    pub(crate) fn github(&self) -> &LocalGithub {
        &self.github
    }

    /// Pushes the repository to the local GitHub, and makes that the source: its name stays, and so does all that was
    /// applied under it.
    ///
    /// # Errors
    /// Where git or the local GitHub does not do it.
    pub(crate) fn move_to_github(&self) -> Result<Desk> {
        let desk = Desk::open(&self.github, self.folder(), &self.manifests())?;
        fs::write(self.folder().join("git.token"), &desk.token)?;
        let url = format!("{}/{REPOSITORY}.git", self.github.url());
        self.configure(&format!(
            "git: {{url: \"{url}\", poll: 2s, token: \"file:git.token\", \
             pullRequests: {{repository: {REPOSITORY}, approvers: {APPROVERS}, poll: 2s}}}}"
        ))?;
        Ok(desk)
    }

    /// Plays the client who adds the records it was told to the DNS of its own; says what was added.
    ///
    /// # Errors
    /// Where the local AWS does not answer.
    pub(crate) fn client_adds_records(&self) -> Result<Vec<String>> {
        let mut added = Vec::new();
        for certificate in self.aws.certificates()? {
            let options = certificate["DomainValidationOptions"].as_array().cloned().unwrap_or_default();
            for record in options.iter().map(|option| &option["ResourceRecord"]) {
                let (Some(name), Some(value)) = (record["Name"].as_str(), record["Value"].as_str()) else {
                    continue;
                };
                let pending = certificate["Status"] == "PENDING_VALIDATION";
                if pending {
                    self.proxy.external_record(name, value);
                    added.push(format!("{name} CNAME {value}"));
                }
            }
        }
        Ok(added)
    }

    /// The endpoint of the local AWS.
    pub(crate) fn endpoint(&self) -> &str {
        self.proxy.endpoint()
    }

    /// `aplomo ARGS…` in the temporary folder, led to the local AWS. Nothing of the caller's environment that
    /// could lead it anywhere else is passed on.
    pub(crate) fn aplomo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder()).args(args).env_clear();
        command.envs(door::harmless()).envs(self.proxy.env());
        command
    }

    /// Commits a change of the operator's own zone as a person would, and returns it as a diff.
    pub(crate) fn commit_a_change(&mut self) -> Result<String> {
        let mut text = fs::read_to_string(self.manifests().join(CHANGED))
            .with_context(|| format!("cannot read the example {CHANGED}"))?;
        let mut diff = format!("{MANIFESTS}/{CHANGED}\n");
        for (before, after) in CHANGES {
            if !text.contains(before) {
                bail!("the example {CHANGED} has no line `{before}`, which the demo wants to change");
            }
            text = text.replace(before, after);
            diff += &format!("  - {before}\n  + {after}\n");
        }
        self.repository.write(CHANGED, text)?;
        self.repository.commit("status: keep it longer, and answer over IPv6")?;
        Ok(diff.trim_end().to_owned())
    }

    /// A script that runs the binary as [`World::aplomo`] does, for a person in another terminal.
    fn make_wrapper(&self) -> Result<()> {
        let path = self.folder().join("aplomo");
        let env: Vec<_> = self.proxy.env().iter().map(|(key, value)| format!("{key}='{value}'")).collect();
        let text = format!(
            "#!/bin/sh\nexec env -u AWS_PROFILE -u AWS_SESSION_TOKEN {} '{}' \"$@\"\n",
            env.join(" "),
            self.binary.display()
        );
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(())
    }

    fn make_configuration(&self) -> Result<()> {
        self.configure(&format!("path: {MANIFESTS}"))
    }

    /// Writes the configuration, with this place of the manifests.
    fn configure(&self, place: &str) -> Result<()> {
        let tenants = tenants(&self.manifests())?.join(", ");
        let text = format!(
            "installation: demo\n\
             store: aplomo.db\n\
             auditKey: file:audit.key\n\
             auditHeads: heads.jsonl\n\
             sources:\n\
             \x20 - name: {MANIFESTS}\n\
             \x20   {place}\n\
             \x20   tenants: [{tenants}]\n\
             \x20   operator: true\n\
             listen: 127.0.0.1:0\n\
             # The local AWS lags nowhere, and nobody looks after the client's DNS here.\n\
             aws: {{settle: 0s, resolver: off}}\n\
             {}",
            self.github.settings()
        );
        fs::write(self.folder().join("aplomo.yaml"), text)?;
        Ok(())
    }
}

/// A repository with the examples, whose private zone is bound to a network that exists.
fn make_repository(folder: &Path, network: &str) -> Result<WorkTree> {
    let mut tree = WorkTree::init(folder)?;
    for (name, text) in texts(&door::root().join("manifests-examples"))? {
        tree.write(&name, with_network(&text, network))?;
    }
    tree.commit("the example manifests")?;
    Ok(tree)
}

/// Every manifest below a folder, by its path there.
fn texts(root: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
                let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path)?));
            }
        }
    }
    if found.is_empty() {
        bail!("{} has no manifests", root.display());
    }
    found.sort();
    Ok(found)
}

/// The same text with the id of a network that exists in the place of those that do not.
fn with_network(text: &str, network: &str) -> String {
    let mut parts = text.split("vpc-");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let id = part.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(part.len());
        out += if id >= 8 { network } else { "vpc-" };
        out += if id >= 8 { &part[id..] } else { part };
    }
    out
}

/// The tenants that the manifests speak of.
fn tenants(manifests: &Path) -> Result<Vec<String>> {
    let texts = texts(manifests)?;
    let lines = texts.iter().flat_map(|(_, text)| text.lines());
    let named = lines.filter_map(|line| line.trim().split("tenant:").nth(1));
    let mut tenants: Vec<_> =
        named.map(|rest| rest.trim().split([',', ' ', '}']).next().unwrap_or_default().to_owned()).collect();
    tenants.sort();
    tenants.dedup();
    Ok(tenants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_networks_are_rewritten() {
        let text = "id: vpc-0a1b2c3d4e5f60718, region: x # a vpc-peering\n- vpc-00000001\n";
        assert_eq!(with_network(text, "vpc-9"), "id: vpc-9, region: x # a vpc-peering\n- vpc-9\n");
    }
}
