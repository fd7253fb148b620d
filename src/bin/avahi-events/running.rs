//! What the commands that run avahi-browse have in common.

use std::{
    ffi::OsString,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use avahi_events::browse::Browse;
use clap::Args;
use signal_hook::{
    consts::signal::{SIGHUP, SIGINT, SIGTERM},
    flag, low_level,
};

/// How avahi-browse is run.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "How avahi-browse is run")]
pub struct BrowseArguments {
    /// Browse in this domain, in place of the default one, mostly `local`
    #[arg(long, short, value_name = "DOMAIN", allow_hyphen_values = true)]
    domain: Option<String>,

    /// Leave out services of this host
    #[arg(long, short = 'l')]
    ignore_local: bool,

    /// Run this program in place of the avahi-browse along PATH
    #[arg(long, value_name = "PROGRAM", default_value = "avahi-browse")]
    avahi_browse: OsString,
}

impl BrowseArguments {
    /// The same browsing, run so. Services are resolved, types are those of
    /// DNS, and the daemon may come and go.
    pub fn apply(&self, browse: Browse) -> Browse {
        let browse = match &self.domain {
            Some(domain) => browse.domain(domain),
            None => browse,
        };
        browse
            .program(&self.avahi_browse)
            .ignore_local(self.ignore_local)
            .resolve(true)
            .no_db_lookup(true)
            .no_fail(true)
    }
}

/// A signal that is to end the program, once it has come.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicUsize>);

impl Interrupt {
    /// From now on such signals do not end the program by themselves.
    pub fn install() -> io::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_usize(signal, interrupt.0.clone(), signal as usize)?;
        }
        Ok(interrupt)
    }

    /// Whether one has come.
    pub fn has_come(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// Ends the program by the signal that has come, so that the shell knows.
    pub fn end_program(&self) -> io::Result<()> {
        let signal = self.0.load(Ordering::Relaxed);
        low_level::emulate_default_handler(signal as i32)
    }
}
