//! `nalu-discover completions` and `nalu-discover man`: what a package installs
//! beside the program.

use std::io::{self, Write};
use std::process::ExitCode;

use nalu_discover::cli::{CompletionsArguments, Invocation, ManArguments};

use super::Failure;

pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<ExitCode, Failure> {
    print(&arguments.script())
}

pub(crate) fn man(arguments: &ManArguments) -> Result<ExitCode, Failure> {
    match arguments.page() {
        Ok(Some(page)) => print(&page),
        Ok(None) => {
            let name = arguments.command.as_deref().unwrap_or_default();
            let command = Invocation::command();
            let names: Vec<&str> = command
                .get_subcommands()
                .map(|command| command.get_name())
                .collect();
            Err(Failure::new(
                format!("there is no command `{name}`"),
                Some(format!("there are {}", names.join(", "))),
            ))
        }
        Err(error) => Err(Failure::new(error, None)),
    }
}

fn print(bytes: &[u8]) -> Result<ExitCode, Failure> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(error, None)),
        _ => Ok(ExitCode::SUCCESS),
    }
}
