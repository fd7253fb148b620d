#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs, missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "arrow")]
#[cfg_attr(docsrs, doc(cfg(feature = "arrow")))]
pub mod arrow;
#[cfg(feature = "std")]
#[cfg_attr(docsrs, doc(cfg(feature = "std")))]
pub mod browse;
#[cfg(feature = "tokio")]
mod codec;
mod columns;
#[cfg(feature = "std")]
mod directory;
mod error;
mod escape;
mod event;
mod grammar;
#[cfg(all(feature = "std", any(doc, doctest)))]
pub mod guide;
#[cfg(feature = "serde")]
mod json;
mod label;
mod message;
mod reader;
mod record;
#[cfg(feature = "report")]
#[cfg_attr(docsrs, doc(cfg(feature = "report")))]
pub mod report;
#[cfg(feature = "serde")]
mod serde;
mod service_type;
mod stamp;
mod txt;
mod window;

#[cfg(feature = "tokio")]
pub use crate::codec::RecordDecoder;
#[cfg(feature = "serde")]
pub use crate::serde::Annotated;
#[cfg(feature = "time")]
pub use crate::stamp::{Clock, ClockError};
#[cfg(feature = "std")]
pub use crate::{
    directory::{Change, Directory, Instance, InstanceId, Place, Update},
    error::{OwnedReadError, ReadError},
    reader::{IntoEvents, Reader},
};
pub use crate::{
    error::{ErrorKind, Field, LineError, ParseError},
    escape::Unescape,
    event::{
        BrowseDomain, Endpoint, Event, Interface, Kind, KindError, Protocol, ProtocolError, Service,
    },
    label::{EscapeLabel, Label, Labels, Name},
    message::{Browser, Message},
    reader::{Events, Records, events, records},
    record::{MAX_RECORD, Record},
    service_type::ServiceType,
    stamp::{Stamp, StampFormat, StampFormatError, Stamps},
    txt::{Txt, TxtDialect, TxtOrder, TxtString, TxtStrings},
};
#[cfg(feature = "alloc")]
pub use crate::{
    event::EventBuf,
    record::RecordBuf,
    service_type::{ServiceTypes, ServiceTypesError},
};

/// The examples of the pages.
#[cfg(doctest)]
#[doc = include_str!("../docs/MIGRATION.md")]
struct Pages;
