//! A running `avahi-browse`: its options, its events as they happen, and
//! waiting for services.
//!
//! ```no_run
//! use avahi_events::browse::{Browse, Output};
//!
//! for output in Browse::service_type("_http._tcp").resolve(true).start()? {
//!     match output {
//!         Ok(Output::Event(event)) => println!("{event}"),
//!         Ok(Output::Message(message)) => eprintln!("{message}"),
//!         Ok(_) => {}
//!         Err(error) => eprintln!("{error}"), // a damaged line; the next one comes all the same
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

mod browser;
mod framing;
mod message;
mod persistent;
mod places;
#[cfg(feature = "tokio")]
mod stream;
mod wait;

use std::{
    ffi::{OsStr, OsString},
    io,
    process::{Command, Stdio},
    string::String,
    vec::Vec,
};

#[cfg(feature = "tokio")]
pub use self::stream::BrowserStream;
pub use self::{
    browser::{Browser, Output},
    message::MessageBuf,
    persistent::{Hopeless, Persistent, Step, Trouble},
    places::Found,
    wait::{Wait, WaitError},
};

/// What to browse for, and how: the options of `avahi-browse`.
///
/// The output is always parsable (`-p`), and the locale always `C`, so that
/// messages and unspecified fields come untranslated. No shell is involved: a
/// type or domain is one argument, whatever stands in it, and is never taken
/// for an option.
///
/// ```
/// use avahi_events::browse::Browse;
///
/// let command = Browse::service_type("_http._tcp").resolve(true).terminate(true).command();
/// let arguments: Vec<_> = command.get_args().collect();
/// assert_eq!(arguments, ["-p", "-r", "-t", "--", "_http._tcp"]);
/// ```
#[derive(Debug, Clone)]
pub struct Browse {
    program: OsString,
    what: What,
    domain: Option<String>,
    options: Vec<&'static str>,
}

#[derive(Debug, Clone)]
enum What {
    ServiceType(String),
    AllTypes,
    Domains,
}

impl Browse {
    /// Browses for services of one type, as DNS names it: `_http._tcp`, or
    /// with a subtype, `_printer._sub._http._tcp`.
    #[must_use]
    pub fn service_type(service_type: impl Into<String>) -> Self {
        Self::new(What::ServiceType(service_type.into()))
    }

    /// Browses for services of all types (`-a`).
    #[must_use]
    pub fn all_types() -> Self {
        Self::new(What::AllTypes)
    }

    /// Browses for browse domains instead of services (`-D`).
    #[must_use]
    pub fn domains() -> Self {
        Self::new(What::Domains)
    }

    fn new(what: What) -> Self {
        Self {
            program: "avahi-browse".into(),
            what,
            domain: None,
            options: Vec::new(),
        }
    }

    /// The program to run, in place of the `avahi-browse` that is found along
    /// `PATH`. One whose file name holds `domain` browses for domains, as
    /// `avahi-browse-domains` does.
    #[must_use]
    pub fn program(mut self, program: impl Into<OsString>) -> Self {
        self.program = program.into();
        self
    }

    /// The domain to browse in (`-d`), in place of the daemon's default,
    /// mostly `local`.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Resolves each service that is seen (`-r`), once: host, address, port
    /// and TXT.
    #[must_use]
    pub fn resolve(self, on: bool) -> Self {
        self.option("-r", on)
    }

    /// Has types printed as DNS names them, `_http._tcp`, rather than `Web
    /// Site` (`-k`). An `avahi-browse` that was built without a type database
    /// prints them so by itself, and does not know the option.
    #[must_use]
    pub fn no_db_lookup(self, on: bool) -> Self {
        self.option("-k", on)
    }

    /// Leaves out services of this host (`-l`).
    #[must_use]
    pub fn ignore_local(self, on: bool) -> Self {
        self.option("-l", on)
    }

    /// Ends after a more or less complete list (`-t`). With
    /// [`resolve`](Self::resolve), services that do not answer delay the end
    /// by 5 seconds.
    #[must_use]
    pub fn terminate(self, on: bool) -> Self {
        self.option("-t", on)
    }

    /// Ends after what the daemon has in its cache (`-c`).
    #[must_use]
    pub fn cache(self, on: bool) -> Self {
        self.option("-c", on)
    }

    /// Waits for the daemon where it is not there, also when it goes while
    /// browsing (`-f`). There has to be a system bus all the same.
    #[must_use]
    pub fn no_fail(self, on: bool) -> Self {
        self.option("-f", on)
    }

    fn option(mut self, option: &'static str, on: bool) -> Self {
        self.options.retain(|it| *it != option);
        if on {
            self.options.push(option);
        }
        self
    }

    /// The command that [`start`](Self::start) runs, with its arguments and
    /// what it changes in the environment.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("LC_ALL", "C").arg("-p").args(&self.options);
        if let Some(domain) = &self.domain {
            // getopt takes the next argument as it is, also if it begins with `-`.
            command.arg("-d").arg(domain);
        }
        match &self.what {
            What::ServiceType(service_type) => command.arg("--").arg(service_type),
            What::AllTypes => command.arg("-a"),
            What::Domains => command.arg("-D"),
        };
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts `avahi-browse`.
    ///
    /// # Errors
    ///
    /// If the program cannot be run: it is [not there](io::ErrorKind::NotFound),
    /// it may not be executed, there are too many processes, or a type or
    /// domain holds a NUL. What `avahi-browse` itself has to complain about
    /// comes as [`Output::Message`].
    pub fn start(&self) -> io::Result<Browser> {
        Browser::new(self.command())
    }

    /// Starts `avahi-browse` in tokio.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime that has its drivers for time and for input
    /// and output.
    #[cfg(feature = "tokio")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
    pub fn stream(&self) -> io::Result<BrowserStream> {
        BrowserStream::new(self.command())
    }

    /// The service type, if it is none: Avahi refuses most such, but browses
    /// for `_http` in vain.
    fn invalid_type(&self) -> Option<&str> {
        let What::ServiceType(service_type) = &self.what else {
            return None;
        };
        let text = service_type.trim_end_matches('.').to_ascii_lowercase();
        let application = text
            .strip_suffix("._tcp")
            .or_else(|| text.strip_suffix("._udp"));
        let is_valid = application.is_some_and(|it| it.starts_with('_') && it.len() > 1);
        (!is_valid).then_some(service_type)
    }

    /// Whether [`no_db_lookup`](Self::no_db_lookup) is set.
    fn has_no_db_lookup(&self) -> bool {
        self.options.contains(&"-k")
    }

    fn program_name(&self) -> &OsStr {
        &self.program
    }
}
