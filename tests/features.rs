//! What each feature pulls in: nothing but what it needs.

use std::{collections::BTreeSet, env, process::Command};

/// What `cargo tree` prints of the packages that are linked with these
/// features, with the crate itself.
fn tree(features: &str, arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--edges", "normal,no-proc-macro"])
        .args(["--prefix", "none", "--no-default-features"])
        .args(["--features", features])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(str::to_owned);
    lines.collect()
}

/// The names of the packages, without the crate's own.
fn packages(features: &str, arguments: &[&str]) -> BTreeSet<String> {
    let lines = tree(features, arguments);
    let names = lines.iter().filter_map(|it| it.split(' ').next());
    let names = names.filter(|it| *it != "avahi-events" && !it.is_empty());
    names.map(str::to_owned).collect()
}

#[test]
fn the_library_needs_three_crates_and_they_need_nothing() {
    for features in ["", "alloc", "std", "default"] {
        let packages = packages(features, &[]);
        let packages: Vec<_> = packages.iter().map(String::as_str).collect();
        assert_eq!(packages, ["memchr", "nom", "thiserror"], "{features}");
    }
}

#[test]
fn a_feature_adds_what_it_needs_and_nothing_else() {
    for (features, added) in [
        ("arrow", "arrow-array arrow-buffer arrow-schema jiff"),
        ("report", "base64 jiff serde serde_bytes"),
        ("serde", "base64 serde serde_bytes"),
        ("time", "jiff"),
        ("tokio", "futures-core tokio tokio-util"),
    ] {
        let packages = packages(features, &["--depth", "1"]);
        let core = ["memchr", "nom", "thiserror"].into_iter();
        let expected = core.chain(added.split(' ')).map(str::to_owned);
        assert_eq!(packages, expected.collect(), "{features}");
    }
}

/// Without `std`, no dependency may bring it in by the back door.
#[test]
fn without_std_there_is_no_std() {
    for features in ["", "alloc", "serde", "time"] {
        for line in tree(features, &["--format", "{p} [{f}]"]) {
            let (_, active) = line.split_once('[').unwrap();
            let has_std = active
                .trim_end_matches(']')
                .split(',')
                .any(|it| it == "std");
            assert!(!has_std, "{features}: {line}");
        }
    }
}
