use crate::{
    failure::{Exit, Failure},
    output,
};
use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

/// Print what teaches a shell to complete commands, topics and groups.
#[derive(Debug, Args)]
#[command(before_help = "Examples:
  mainstem completion bash > ~/.local/share/bash-completion/completions/mainstem
  mainstem completion zsh > ~/.zfunc/_mainstem
  mainstem completion fish > ~/.config/fish/completions/mainstem.fish
  mainstem completion powershell >> $PROFILE")]
pub(crate) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::print(&script(arguments.shell)?)
}

fn script(shell: Shell) -> Result<String, Failure> {
    let name = match shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
    };
    let shells = Shells::builtins();
    let completer = shells.completer(name).expect("the library has these four shells");
    let mut script = Vec::new();
    completer.write_registration("COMPLETE", "mainstem", "mainstem", "mainstem", &mut script)?;
    String::from_utf8(script).map_err(|error| Failure::new(Exit::Other, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_a_script() {
        for shell in Shell::value_variants() {
            let script = script(*shell).unwrap();
            assert!(script.contains("mainstem") && script.contains("COMPLETE"), "{shell:?}: {script}");
        }
    }

    /// PowerShell is in no registry that CI reaches, so its grammar stands in for it; what the script asks of the binary is
    /// tested with the binary.
    #[test]
    fn the_script_for_powershell_is_powershell() {
        let script = script(Shell::Powershell).unwrap();
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
        let mut has_errors = |text: &str| parser.parse(text, None).unwrap().root_node().has_error();
        assert!(!has_errors(&script), "{script}");
        for (intact, broken) in
            [("param(", "param{"), ("\n\"@;", "\n"), ("-ScriptBlock {", "-ScriptBlock {{")]
        {
            assert!(script.contains(intact), "{script}");
            assert!(has_errors(&script.replacen(intact, broken, 1)), "{broken}");
        }
    }
}
