//! Completions, manual pages and `--help`, as a user meets them.
#![cfg(feature = "cli")]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_avahi-events");

fn stdout(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn program(arguments: &[&str]) -> String {
    stdout(Command::new(PROGRAM).args(arguments))
}

/// What `avahi-events --help` lists.
fn commands() -> Vec<String> {
    let help = program(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    // What bash would offer for the line, of which the last word is begun.
    let script = r#"
        eval "$("$0" completions bash)"
        COMP_WORDS=(avahi-events "$@")
        COMP_CWORD=$#
        function=$(complete -p avahi-events | sed 's/.*-F \([^ ]*\).*/\1/')
        "$function" avahi-events "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    for (words, expected) in [
        (&["pa"][..], &["parse"][..]),
        (&["parse", "--st"], &["--strict", "--stamp"]),
        (&["types", "--format", ""], &["table", "json", "csv"]),
        (&["completions", "z"], &["zsh"]),
        (
            &["parse", "--stamp", ""],
            &[
                "auto",
                "none",
                "month",
                "iso",
                "epoch",
                "journal",
                "journal-iso",
                "journal-epoch",
                "rfc5424",
                "cri",
            ],
        ),
        (&["parse", "--protocol", ""], &["IPv4", "IPv6"]),
        (&["parse", "--kind", "add"], &["add", "add_domain"]),
    ] {
        let mut bash = Command::new("bash");
        let offered = stdout(bash.args(["-c", script, PROGRAM]).args(words));
        let mut offered: Vec<_> = offered.lines().collect();
        let mut expected = expected.to_vec();
        offered.sort_unstable();
        expected.sort_unstable();
        assert_eq!(offered, expected, "{words:?}");
    }
}

#[test]
#[ignore = "needs fish"]
fn fish_completes() {
    let script = r#"$PROGRAM completions fish | source; complete -C "$LINE""#;
    for (line, expected) in [
        ("avahi-events pa", &["parse"][..]),
        ("avahi-events parse --st", &["--stamp", "--strict"]),
        ("avahi-events types --format ", &["csv", "json", "table"]),
    ] {
        let mut fish = Command::new("fish");
        fish.args(["--no-config", "-c", script]);
        let offered = stdout(fish.env("PROGRAM", PROGRAM).env("LINE", line));
        let words = offered.lines().map(|it| it.split('\t').next().unwrap());
        assert_eq!(words.collect::<Vec<_>>(), expected, "{line}");
    }
}

#[test]
#[ignore = "needs zsh"]
fn zsh_reads_its_completions() {
    let script = r#"
        autoload -U compinit && compinit -D
        eval "$("$0" completions zsh)"
        print -r -- "${_comps[avahi-events]}"
    "#;
    let mut zsh = Command::new("zsh");
    let function = stdout(zsh.args(["-f", "-c", script, PROGRAM]));
    assert_eq!(function, "_avahi-events\n");
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = program(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    // A file is in its place.
    let folder = format!("{PROGRAM}/man1");
    let mut program = Command::new(PROGRAM);
    let output = program.args(["man", "--out", &folder]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.starts_with(&format!("avahi-events: {folder}: ")),
        "{errors}"
    );
}

#[test]
fn a_page_for_each_command_with_what_its_help_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("man1");
    let _ = fs::remove_dir_all(&folder);
    program(&["man", "--out", folder.to_str().unwrap()]);

    let mut expected: Vec<_> = commands()
        .into_iter()
        .map(|it| format!("avahi-events-{it}.1"))
        .collect();
    expected.push("avahi-events.1".to_owned());
    expected.sort();
    let entries = fs::read_dir(&folder).unwrap();
    let mut pages: Vec<_> = entries
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    assert_eq!(pages, expected);

    for command in commands() {
        let page = folder.join(format!("avahi-events-{command}.1"));
        let page = fs::read_to_string(page).unwrap();
        // What roff writes differently.
        let page = page
            .replace(r"\-", "-")
            .replace(r"\*(Aq", "'")
            .replace(r"\&", "");
        assert!(page.contains(&format!(".TH avahi-events-{command} 1 ")));
        let help = program(&[&command, "--help"]);
        let examples = help.split("Examples:\n").nth(1).unwrap();
        for example in examples.lines().take_while(|line| !line.is_empty()) {
            let example = example.replace('\\', r"\\");
            assert!(
                page.contains(example.trim()),
                "{command}: {example}\n{page}"
            );
        }
        for word in help.split_whitespace().filter(|it| it.starts_with("--")) {
            let option: String = word
                .chars()
                .take_while(|it| *it == '-' || it.is_ascii_alphanumeric())
                .collect();
            assert!(page.contains(&option), "{command}: {option}");
        }
    }
    let page = fs::read(folder.join("avahi-events.1")).unwrap();
    assert_eq!(program(&["man"]).as_bytes(), page);
}

#[test]
fn no_color_keeps_colours_out() {
    let help = |no_color: Option<&str>| {
        let mut command = Command::new(PROGRAM);
        command.arg("--help").env("CLICOLOR_FORCE", "1");
        command.env_remove("NO_COLOR");
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        stdout(&mut command)
    };
    assert!(help(None).contains('\x1b'));
    assert!(help(Some("")).contains('\x1b'));
    assert!(!help(Some("1")).contains('\x1b'));
}
