//! Real Avahi: each host a network namespace with its own bus and daemon.
//!
//! Needs root, `avahi-daemon`, `avahi-utils`, `dbus`, `iproute2`, `util-linux`,
//! `curl`, and `python3-dbus` and `python3-venv` for publishing.

mod cluster;
mod host;
#[cfg(feature = "tokio")]
mod http;
mod library;
mod program;
mod random;
mod running;
