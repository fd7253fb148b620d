//! A page for each way in, and each way out.
//!
//! | you have | page |
//! | --- | --- |
//! | a line, or a capture in memory | [`captures`] |
//! | a file, a pipe, standard input | [`readers`] |
//! | a machine with Avahi, and want events as they happen | [`live`] |
#![cfg_attr(
    feature = "tokio",
    doc = "| a program that runs on tokio | [`tokio`] |"
)]
#![cfg_attr(
    feature = "report",
    doc = "| captured sessions of hours or days | [`sessions`] |"
)]
#![cfg_attr(feature = "serde", doc = "| somebody who wants JSON | [`formats`] |")]

#[doc = include_str!("../docs/guide/captures.md")]
pub mod captures {}

#[doc = include_str!("../docs/guide/readers.md")]
pub mod readers {}

#[doc = include_str!("../docs/guide/live.md")]
pub mod live {}

#[cfg(feature = "tokio")]
#[doc = include_str!("../docs/guide/tokio.md")]
pub mod tokio {}

#[cfg(feature = "report")]
#[doc = include_str!("../docs/guide/sessions.md")]
pub mod sessions {}

#[cfg(feature = "serde")]
#[doc = include_str!("../docs/guide/formats.md")]
pub mod formats {}
