//! `aplomo completions SHELL`.

use crate::args::Cli;
use crate::exit::Exit;
use clap::CommandFactory as _;

/// Writes the completions of a shell to standard output.
pub fn run(shell: clap_complete::Shell) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "aplomo", &mut text);
    let _ = std::io::Write::write_all(&mut std::io::stdout(), &text);
    Exit::Done
}
