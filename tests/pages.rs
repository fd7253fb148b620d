//! The commands of the pages under `docs`, with the output that they show.
#![cfg(feature = "cli")]

mod common;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A folder with the captures under the names that the pages give them.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    for (name, capture) in [
        ("mdns.log", "v0.8.arptk.txt"),
        ("old.log", "v0.7.arptk.txt"),
        ("session.log", "session.out.txt"),
    ] {
        fs::copy(common::capture_path(capture), folder.join(name)).unwrap();
    }
    folder
}

/// The blocks between fences: the language, and the text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(language) => {
                inside = !inside;
                if inside {
                    blocks.push((language, String::new()));
                }
            }
            None if inside => {
                let (_, text) = blocks.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

#[test]
fn commands_print_what_the_page_shows() {
    let page = common::capture_path("../../docs/MIGRATION.md");
    let page = fs::read_to_string(page).unwrap();
    let folder = folder("pages");
    let program = Path::new(env!("CARGO_BIN_EXE_avahi-events"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap());

    let blocks = blocks(&page);
    let mut count = 0;
    for pair in blocks.windows(2) {
        let [("sh", script), ("text", shown)] = pair else {
            continue;
        };
        let mut bash = Command::new("bash");
        bash.args(["-c", script]).current_dir(&folder);
        bash.env("PATH", &path).env("LC_ALL", "C.UTF-8");
        let output = bash.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{script}");
        assert_eq!(&String::from_utf8_lossy(&output.stdout), shown, "{script}");
        count += 1;
    }
    let scripts = blocks.iter().filter(|(language, _)| *language == "sh");
    assert_eq!(
        scripts.count(),
        count,
        "all are followed by what they print"
    );
    assert!(count > 5);
}
