//! Scenarios: what people, machines and attackers leave in a source.

mod author;
mod damage;
mod directory;
mod merging;
mod remote;
mod scale;
mod worktree;
mod world;
