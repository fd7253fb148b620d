//! `avahi-events completions` and `avahi-events man`: what a shell and `man`
//! are to know of the program, made from its own arguments.

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use crate::{Outcome, safe};

/// Print what a shell needs to complete the commands and options
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-events completions bash > ~/.local/share/bash-completion/completions/avahi-events
  avahi-events completions zsh > ~/.zfunc/_avahi-events    # with ~/.zfunc in $fpath
  avahi-events completions fish > ~/.config/fish/completions/avahi-events.fish")]
pub struct CompletionsArguments {
    shell: Shell,
}

/// Print the manual page, or write the pages of all commands
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  avahi-events man | man -l -
  avahi-events man --out ~/.local/share/man/man1 && man avahi-events-parse")]
pub struct ManArguments {
    /// Write a page for each command into this folder, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the completions.
pub fn completions(arguments: &CompletionsArguments, mut program: Command) -> io::Result<Outcome> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, name, &mut script);
    io::stdout().write_all(&script)?;
    Ok(Outcome::Done)
}

/// Prints the program's page, or writes all.
pub fn man(arguments: &ManArguments, mut program: Command) -> io::Result<Outcome> {
    program.build();
    let Some(folder) = &arguments.out else {
        io::stdout().write_all(&page(&program)?)?;
        return Ok(Outcome::Done);
    };
    fs::create_dir_all(folder).map_err(|error| safe::named(folder, &error))?;
    for command in program.get_subcommands().chain([&program]) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        fs::write(&path, page(command)?).map_err(|error| safe::named(&path, &error))?;
    }
    Ok(Outcome::Done)
}

/// The page of one command, or of the program.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    // Where the date goes, which clap_mangen cannot leave out, is the version.
    let man = Man::new(command.clone())
        .date(env!("CARGO_PKG_VERSION"))
        .source("avahi-events")
        .manual("User Commands");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(notes) = command.get_after_help() {
        sections(&notes.to_string()).to_writer(&mut page)?;
    }
    Ok(page)
}

/// What follows the options in `--help`, as sections: `Examples:` and lines
/// that are kept as they are, or `Exit status: ` and text.
fn sections(notes: &str) -> Roff {
    let mut roff = Roff::new();
    for paragraph in notes.split("\n\n") {
        let (heading, text) = paragraph.split_once(':').unwrap_or(("Notes", paragraph));
        roff.control("SH", [heading.to_uppercase().as_str()]);
        match text.strip_prefix('\n') {
            Some(lines) => {
                roff.control("nf", []);
                for line in lines.lines() {
                    roff.text([roman(line)]);
                }
                roff.control("fi", []);
            }
            None => {
                roff.text([roman(text.trim_start().replace('\n', " "))]);
            }
        }
    }
    roff
}
