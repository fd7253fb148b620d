//! `avahi-events convert`, as a user runs it.
#![cfg(feature = "convert")]

mod common;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use avahi_events::arrow::{
    arrow_array::{RecordBatch, cast::AsArray, types::Int32Type},
    schema,
};
use common::capture_path;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A directory of its own for a test.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn convert(arguments: &[&str], files: &[&Path], output: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_avahi-events"))
        .arg("convert")
        .args(arguments)
        .arg("-o")
        .arg(output)
        .args(files)
        .output()
        .unwrap()
}

/// All files of a table, with the rows of each row group.
fn table(root: &Path) -> BTreeMap<String, Vec<RecordBatch>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap());
            let reader = reader.unwrap().with_batch_size(1 << 20).build().unwrap();
            let batches = reader.map(Result::unwrap).collect();
            let path = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.insert(path.to_owned(), batches);
        }
    }
    found
}

/// How many rows each partition has.
fn rows(root: &Path) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for (path, batches) in table(root) {
        let partition = path.rsplit_once('/').unwrap().0.to_owned();
        let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
        *rows.entry(partition).or_default() += count;
    }
    rows
}

fn names(batch: &RecordBatch) -> Vec<String> {
    let names = batch.column_by_name("name").unwrap();
    let names = names.as_dictionary::<Int32Type>();
    let words = names.values().as_string::<i32>();
    let keys = names.keys().iter();
    keys.map(|key| {
        words
            .value(usize::try_from(key.unwrap()).unwrap())
            .to_owned()
    })
    .collect()
}

const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

#[test]
fn captures_become_one_file_a_day_and_host() {
    let root = directory("partitions");
    let capture = root.join("mdns.log");
    let lines = "\
2026-11-22T23:59:59.999999999Z n1 avahi-browse[1]: +;eth0;IPv4;a;_x._tcp;local
2026-11-23T00:30:00+02:00 n1 avahi-browse[1]: +;eth0;IPv4;b;_x._tcp;local
2026-11-23T00:00:00Z n1 avahi-browse[1]: +;eth0;IPv4;c;_x._tcp;local
2026-11-23T00:00:00Z ../n2 avahi-browse[1]: +;eth0;IPv4;d;_x._tcp;local
2026-13-13T00:00:00Z n1 avahi-browse[1]: +;eth0;IPv4;e;_x._tcp;local
";
    fs::write(&capture, lines).unwrap();
    let out = root.join("out");
    let output = convert(&[], &[&capture, &capture_path("seed.txt")], &out);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    let expected = [
        ("day=2026-11-22/stamp_host=n1".to_owned(), 2),
        ("day=2026-11-23/stamp_host=..%2Fn2".to_owned(), 1),
        ("day=2026-11-23/stamp_host=n1".to_owned(), 1),
        (format!("day={NULL}/stamp_host={NULL}"), 2),
        (format!("day={NULL}/stamp_host=n1"), 1),
    ];
    assert_eq!(rows(&out), expected.into());
    let table = table(&out);
    assert_eq!(table.len(), 5);
    for (path, batches) in table {
        let [batch] = &batches[..] else {
            panic!("{path}")
        };
        // All columns but the one that the directory's name says.
        let mut columns: Vec<_> = schema().fields().iter().cloned().collect();
        columns.retain(|field| field.name() != "stamp_host");
        assert_eq!(batch.schema().fields()[..], columns);
        if path.starts_with("day=2026-11-22") {
            assert_eq!(names(batch), ["a", "b"]);
        }
    }
}

#[test]
fn rows_of_many_hosts_need_no_more_memory_than_is_given() {
    // Each host has a day's lines, mixed with those of all others: with the
    // least memory there is, all cannot be held.
    let root = directory("mixed");
    let capture = root.join("syslog");
    let (hosts, each) = (200, 2);
    let mut lines = String::new();
    for second in 0..each {
        for host in 0..hosts {
            lines += &format!(
                "2026-11-22T00:00:0{second}Z host{host} avahi-browse[1]: +;eth0;IPv4;s{second};_x._tcp;local\n"
            );
        }
    }
    fs::write(&capture, lines).unwrap();
    let out = root.join("out");
    let output = convert(&["--memory", "1"], &[&capture], &out);
    assert_eq!(output.status.code(), Some(0));
    let rows = rows(&out);
    assert_eq!(rows.len(), hosts);
    assert!(rows.values().all(|rows| *rows == each));
    // So not all of a partition is in one file, but in order.
    let table = table(&out);
    assert!(table.len() > hosts, "{}", table.len());
    let host7 = table
        .iter()
        .filter(|(path, _)| path.contains("stamp_host=host7/"))
        .flat_map(|(_, batches)| batches.iter().flat_map(names));
    assert_eq!(host7.collect::<Vec<_>>(), ["s0", "s1"]);
}

#[test]
fn a_long_capture_is_cut_into_row_groups() {
    let root = directory("groups");
    let capture = root.join("mdns.log");
    fs::write(&capture, "+;eth0;IPv4;a;_x._tcp;local\n".repeat(300_000)).unwrap();
    let out = root.join("out");
    assert_eq!(convert(&[], &[&capture], &out).status.code(), Some(0));
    let files: Vec<_> = table(&out).into_keys().collect();
    let [file] = &files[..] else {
        panic!("{files:?}")
    };
    let file = File::open(out.join(file)).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let groups = reader.metadata().row_groups();
    let rows: Vec<_> = groups.iter().map(|group| group.num_rows()).collect();
    assert_eq!(rows, [262_144, 37_856]);
    // An engine can pass over a row group by these.
    for column in groups[0].columns() {
        let name = column.column_path().string();
        let has_bloom = ["name", "host", "address"].contains(&&*name);
        assert_eq!(column.bloom_filter_offset().is_some(), has_bloom, "{name}");
        assert!(column.statistics().is_some(), "{name}");
    }
}

#[test]
fn nothing_is_written_twice_by_mistake() {
    let root = directory("append");
    let out = root.join("out");
    let seed = capture_path("seed.txt");
    assert_eq!(convert(&[], &[&seed], &out).status.code(), Some(0));
    let again = convert(&[], &[&seed], &out);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        said.ends_with("out: not empty; --append adds to what is there\n"),
        "{said}"
    );
    let null = format!("day={NULL}/stamp_host={NULL}");
    assert_eq!(rows(&out), [(null.clone(), 2)].into());
    assert_eq!(
        convert(&["--append"], &[&seed], &out).status.code(),
        Some(0)
    );
    assert_eq!(rows(&out), [(null, 4)].into());
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_written() {
    let root = directory("damaged");
    let capture = root.join("mdns.log");
    let host = "h".repeat(241);
    let lines = format!(
        "hello\n+;eth0;IPv4;a;_x._tcp;local\n\
         2026-11-22T00:00:00Z {host} p[1]: +;eth0;IPv4;b;_x._tcp;local\n"
    );
    fs::write(&capture, lines).unwrap();
    let out = root.join("out");
    let missing = root.join("missing");
    let output = convert(&[], &[&capture, &missing], &out);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("mdns.log:1:1: \"hello\" begins no event"),
        "{said}"
    );
    assert!(
        said.contains("mdns.log:3:1: the host in the stamp cannot be the name of a directory"),
        "{said}"
    );
    assert!(said.contains("missing: No such file"), "{said}");
    assert_eq!(rows(&out).into_values().collect::<Vec<_>>(), [1]);
}

#[test]
fn half_a_table_is_no_table() {
    // A directory that cannot be made, since a file has its name.
    let root = directory("half");
    let out = root.join("out");
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join(format!("day={NULL}")), "").unwrap();
    let output = convert(&["--append"], &[&capture_path("seed.txt")], &out);
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stderr.is_empty());
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}
