//! How much of a source is read before it is refused: the bounds against huge and hostile input.
//!
//! Deliberately absent: limits of providers and of plans.

/// Bounds on what is read. The defaults are far above any honest source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file (8 MiB).
    pub file_bytes: u64,
    /// Bytes of all files of one source (256 MiB).
    pub total_bytes: u64,
    /// Manifest files of one source (20,000).
    pub files: usize,
    /// Directories in directories (64).
    pub directory_depth: usize,
    /// Values in values of one document (64).
    pub depth: usize,
    /// Values of one file, those repeated by aliases included (1,000,000).
    pub nodes: usize,
    /// Values of one file that exist only because an alias repeats them (100,000).
    pub expanded_nodes: usize,
    /// Values of all files of one source (8,000,000).
    pub total_nodes: usize,
    /// Problems reported for one file (100).
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 8 << 20,
            total_bytes: 256 << 20,
            files: 20_000,
            directory_depth: 64,
            depth: 64,
            nodes: 1_000_000,
            expanded_nodes: 100_000,
            total_nodes: 8_000_000,
            problems: 100,
        }
    }
}

/// A number of bytes for people: whole MiB where it is one, else bytes.
pub(crate) fn shown_bytes(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{bytes} bytes") }
}
