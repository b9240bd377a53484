//! What a kind is, what it gets, and what it gives back.
//!
//! Deliberately absent: any kind by name; they are listed in `registry`.

use crate::decode::shape::Shape;
use crate::decode::{Problem, decode};
use crate::describe::schema_of;
use crate::envelope::{Lifecycle, Metadata};
use crate::estate::Estate;
use crate::offboard::{Mentions, Person};
use aplomo_core::fields::WantedFields;
use aplomo_core::node::Node;
use aplomo_core::origin::{Mark, Origin};
use aplomo_core::resource::{Collection, Desired};
use aplomo_core::safety::{EnvironmentType, Freeze, Ownership, TenantPolicy, Window};
use aplomo_core::{CommitId, Finding, KindName, ManifestRef, Scope, SourceName, TypeName};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;
use std::any::Any;
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A kind of manifest. Everything here is pure.
pub trait Kind: Send + Sync + 'static {
    /// Its name as written in `kind`.
    const NAME: KindName;
    /// A complete, believable manifest; parses and expands without findings.
    const EXAMPLE: &'static str;
    /// Whether it is only taken from the operator's own source.
    const OPERATOR_ONLY: bool = false;
    /// What stands under `spec`; its doc comments are the documentation.
    type Spec: DeserializeOwned + JsonSchema + Send + Sync + 'static;
    /// Checks a manifest and says what resources it stands for, in one pass.
    fn expand(manifest: &Manifest<'_, Self::Spec>, estate: &Estate<'_>) -> Expansion;
    /// Where it names a person, and what that gives them.
    fn people(_manifest: &Manifest<'_, Self::Spec>, _who: &Person, _estate: &Estate<'_>) -> Mentions {
        Mentions::default()
    }
}

/// What a manifest of any kind has in common, with its place.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    /// Which manifest.
    pub reference: ManifestRef,
    /// Name, tenant, labels, former names.
    pub metadata: Metadata,
    /// Deletion and adoption.
    pub lifecycle: Lifecycle,
    /// The file below the root of its source.
    pub file: Arc<str>,
    /// The document, for the places of its parts.
    pub node: &'a Node,
    /// The source.
    pub source: SourceName,
    /// The commit of the source, where it has one.
    pub commit: Option<CommitId>,
}

impl Head<'_> {
    /// The place of the part that a JSON Pointer leads to, e.g. `/spec/records/3/ttl`; else of the nearest part around it.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Mark {
        self.node.locate(pointer)
    }

    /// The finding with the part's place, concerning this manifest.
    #[must_use]
    pub fn finding_at(&self, finding: Finding, pointer: &str) -> Finding {
        finding.of(self.reference.to_string()).at(&self.file, self.place(pointer))
    }

    /// A resource of this manifest, with what all of its resources have in common.
    #[must_use]
    pub fn desired(&self, type_name: &TypeName, key: &[&str], scope: Scope, wanted: WantedFields) -> Desired {
        let address = self.reference.resource(type_name, key);
        let mut desired = Desired::new(address, type_name.clone(), scope, wanted, self.source.clone());
        desired.previous = self.former(type_name, key);
        desired.deletion = self.lifecycle.deletion.into();
        desired.origins = vec![Origin { file: Arc::clone(&self.file), line: self.node.at.line }];
        desired
    }

    /// The addresses that a resource had under the manifest's former names.
    #[must_use]
    pub fn former(&self, type_name: &TypeName, key: &[&str]) -> Vec<aplomo_core::Address> {
        let named =
            |name: &aplomo_core::ManifestName| ManifestRef { name: name.clone(), ..self.reference.clone() };
        self.metadata.previous_names.iter().map(|name| named(name).resource(type_name, key)).collect()
    }
}

/// A manifest whose shape is right, with its typed `spec`.
#[derive(Debug, Clone, Copy)]
pub struct Manifest<'a, S> {
    /// What is common to all kinds; its fields are also reached through this type.
    pub head: &'a Head<'a>,
    /// What is wished.
    pub spec: &'a S,
}

impl<'a, S> Deref for Manifest<'a, S> {
    type Target = Head<'a>;
    fn deref(&self) -> &Head<'a> {
        self.head
    }
}

/// What a manifest stands for.
#[derive(Debug, Default)]
pub struct Expansion {
    /// The resources.
    pub resources: Vec<Desired>,
    /// The containers it looks after as a whole.
    pub collections: Vec<Collection>,
    /// The policies of tenants that it states.
    pub policies: Vec<TenantPolicy>,
    /// Who owns its collections.
    pub ownership: Ownership,
    /// Other tenants' manifests (`tenant/Kind/name`) that may contribute to it.
    pub consents: BTreeSet<SmolStr>,
    /// The Environments of its tenant that it is, or names, by name.
    pub environments: BTreeSet<SmolStr>,
    /// What it is for, of an Environment.
    pub environment: Option<EnvironmentType>,
    /// When its changes may be applied; always where there is none.
    pub windows: Vec<Window>,
    /// Times in which nothing is applied.
    pub freezes: Vec<Freeze>,
    /// What its checks say.
    pub findings: Vec<Finding>,
}

/// A typed spec whose kind is known by name only.
pub(crate) type AnySpec = Box<dyn Any + Send + Sync>;
/// What decoding a document gives: its common part and its spec.
pub(crate) type Decoded = (Metadata, Lifecycle, AnySpec);

/// The erased form of a [`Kind`].
pub trait AnyKind: Send + Sync {
    /// See [`Kind::NAME`].
    fn name(&self) -> KindName;
    /// See [`Kind::EXAMPLE`].
    fn example(&self) -> &'static str;
    /// See [`Kind::OPERATOR_ONLY`].
    fn operator_only(&self) -> bool;
    /// The JSON Schema of the whole document.
    fn schema(&self) -> &serde_json::Value;
    #[doc(hidden)]
    fn shape(&self) -> &Shape;
    #[doc(hidden)]
    fn decode(&self, node: &Node) -> Result<Decoded, Vec<Problem>>;
    #[doc(hidden)]
    fn expand(&self, head: &Head<'_>, spec: &(dyn Any + Send + Sync), estate: &Estate<'_>) -> Expansion;
    #[doc(hidden)]
    fn people(
        &self,
        head: &Head<'_>,
        spec: &(dyn Any + Send + Sync),
        who: &Person,
        estate: &Estate<'_>,
    ) -> Mentions;
}

/// Makes a [`Kind`] into an [`AnyKind`].
pub struct Erased<K> {
    schema: OnceLock<serde_json::Value>,
    shape: OnceLock<Shape>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Erased<K> {
    /// The erased form.
    #[must_use]
    pub const fn new() -> Self {
        Self { schema: OnceLock::new(), shape: OnceLock::new(), kind: PhantomData }
    }
}

impl<K> Default for Erased<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Kind> AnyKind for Erased<K> {
    fn name(&self) -> KindName {
        K::NAME
    }
    fn example(&self) -> &'static str {
        K::EXAMPLE
    }
    fn operator_only(&self) -> bool {
        K::OPERATOR_ONLY
    }
    fn schema(&self) -> &serde_json::Value {
        self.schema.get_or_init(schema_of::<K>)
    }
    fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| Shape::compile(self.schema()))
    }
    fn decode(&self, node: &Node) -> Result<Decoded, Vec<Problem>> {
        let document = decode::<K::Spec>(node, self.shape(), K::NAME.as_str())?;
        Ok((document.metadata, document.lifecycle, Box::new(document.spec)))
    }
    fn expand(&self, head: &Head<'_>, spec: &(dyn Any + Send + Sync), estate: &Estate<'_>) -> Expansion {
        match spec.downcast_ref::<K::Spec>() {
            Some(spec) => K::expand(&Manifest { head, spec }, estate),
            None => Expansion::default(),
        }
    }
    fn people(
        &self,
        head: &Head<'_>,
        spec: &(dyn Any + Send + Sync),
        who: &Person,
        estate: &Estate<'_>,
    ) -> Mentions {
        match spec.downcast_ref::<K::Spec>() {
            Some(spec) => K::people(&Manifest { head, spec }, who, estate),
            None => Mentions::default(),
        }
    }
}
