//! Whose types the public API shows: a major version of theirs is one of ours.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
};

use serde_json::Value;

/// The items of other crates that the library shows with these features, but
/// for those of the standard library.
fn foreign(features: &str) -> BTreeSet<String> {
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/public-api");
    // Only a nightly rustdoc writes JSON.
    let status = Command::new("rustup")
        .args(["run", "nightly", "cargo", "rustdoc", "--quiet", "--locked"])
        .args(["--lib", "--no-default-features", "--features", features])
        .args(["--target-dir", target, "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .env_remove("CARGO")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{features}");
    let json = fs::read(format!("{target}/doc/avahi_events.json")).unwrap();
    let docs: Value = serde_json::from_slice(&json).unwrap();

    let mut ids = BTreeSet::new();
    for item in docs["index"].as_object().unwrap().values() {
        if item["crate_id"] != 0 {
            continue;
        }
        let mut inner = item["inner"].clone();
        if let Some(it) = inner.get_mut("impl") {
            // Those that come by themselves are nobody's promise. What is in
            // the others has items of its own.
            if it["is_synthetic"] == true || !it["blanket_impl"].is_null() {
                continue;
            }
            it["items"].take();
        }
        collect(&inner, &mut ids);
    }
    let paths = ids.iter().map(|id| &docs["paths"][id.to_string()]);
    let paths = paths.filter(|it| it["crate_id"] != 0).map(|it| {
        let path = it["path"].as_array().unwrap().iter();
        path.map(|it| it.as_str().unwrap())
            .collect::<Vec<_>>()
            .join("::")
    });
    let is_std = |path: &String| {
        ["alloc::", "core::", "std::"]
            .iter()
            .any(|it| path.starts_with(it))
    };
    paths.filter(|it| !is_std(it)).collect()
}

/// The numbers of the types and traits that are named somewhere within.
fn collect(value: &Value, ids: &mut BTreeSet<u64>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("path") && fields.contains_key("args") {
                ids.insert(fields["id"].as_u64().unwrap());
            }
            fields.values().for_each(|it| collect(it, ids));
        }
        Value::Array(values) => values.iter().for_each(|it| collect(it, ids)),
        _ => {}
    }
}

#[test]
#[ignore = "needs a nightly toolchain"]
fn only_these_types_are_foreign() {
    assert_eq!(foreign("std"), BTreeSet::new());
    // As docs/VERSIONS.md says.
    let expected = [
        // arrow
        "arrow_array::record_batch::RecordBatch",
        "arrow_array::record_batch::RecordBatchReader",
        "arrow_schema::error::ArrowError",
        "arrow_schema::schema::SchemaRef",
        // tokio
        "bytes::bytes_mut::BytesMut",
        "futures_core::stream::Stream",
        // time, report
        "jiff::signed_duration::SignedDuration",
        "jiff::timestamp::Timestamp",
        "jiff::tz::timezone::TimeZone",
        // serde
        "serde_core::de::Deserialize",
        "serde_core::de::Deserializer",
        "serde_core::ser::Serialize",
        "serde_core::ser::Serializer",
        // tokio
        "tokio_util::codec::decoder::Decoder",
    ];
    let found = foreign("arrow,report,serde,time,tokio");
    let found: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(found, expected);
}
