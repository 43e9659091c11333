//! The arguments of `nalu-discover completions` and `nalu-discover man`.

use std::io::{self, Write};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::invocation::Invocation;

/// A script that completes options and files in a shell.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// A manual page.
#[derive(Debug, Clone, Args)]
pub struct ManArguments {
    /// The command that it is about, such as `check` [default: the program itself]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

impl CompletionsArguments {
    /// The script.
    pub fn script(&self) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Invocation::command(), NAME, &mut script);
        script
    }
}

const NAME: &str = "nalu-discover";

impl ManArguments {
    /// The page in roff; `None` where there is no such command.
    ///
    /// # Errors
    /// None but those of writing to memory.
    pub fn page(&self) -> io::Result<Option<Vec<u8>>> {
        let mut whole = Invocation::command();
        whole.build();
        let command = match &self.command {
            None => Some(whole.clone()),
            Some(name) => whole
                .get_subcommands()
                .find(|command| command.get_name() == name)
                .cloned(),
        };
        command.map(roff).transpose()
    }
}

fn roff(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let command = command.version(env!("CARGO_PKG_VERSION"));
    Man::new(command).render(&mut page)?;
    page.flush()?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_has_a_script_with_the_options() {
        for shell in Shell::value_variants() {
            let script = CompletionsArguments { shell: *shell }.script();
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("time-limit"), "{shell}");
            assert!(script.contains("predict"), "{shell}");
        }
    }

    #[test]
    fn every_command_has_a_page() {
        let page = |command: Option<&str>| {
            let command = command.map(str::to_owned);
            let page = ManArguments { command }.page().unwrap();
            page.map(|page| String::from_utf8(page).unwrap())
        };
        let whole = page(None).unwrap();
        assert!(whole.contains("\\-\\-holdout"), "{whole}");
        for command in Invocation::command().get_subcommands() {
            let own = page(Some(command.get_name())).unwrap();
            assert!(
                own.contains(&format!("nalu\\-discover\\-{}", command.get_name())),
                "{own}"
            );
        }
        assert_eq!(page(Some("sing")), None);
    }
}
