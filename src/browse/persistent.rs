//! `avahi-browse`, started again whenever it ends.

use std::{
    boxed::Box,
    fmt, io,
    process::ExitStatus,
    string::String,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use super::{Browse, Browser, MessageBuf, Output};
use crate::{error::OwnedReadError, event::EventBuf, message::Message};

/// The pause before the first retry. Each is twice the one before, until there
/// are events again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// `avahi-browse`, started again whenever it ends, where that can help: there
/// may be no system bus yet, or it may go while browsing.
///
/// Between two tries there is a pause, which grows from 0.1 to 5 seconds. An
/// `avahi-browse` without a type database, which does not know
/// [`-k`](Browse::no_db_lookup), is run without.
///
/// ```no_run
/// use std::{task::Poll, time::{Duration, Instant}};
/// use avahi_events::browse::{Browse, Persistent, Step};
///
/// let mut browser = Persistent::new(Browse::all_types().resolve(true).no_fail(true))?;
/// loop {
///     match browser.next_until(Instant::now() + Duration::from_secs(60))? {
///         Poll::Ready(Step::Event(event)) => println!("{event}"),
///         Poll::Ready(Step::Retry { trouble, .. }) => eprintln!("{trouble}"),
///         Poll::Ready(_) => {}
///         Poll::Pending => eprintln!("nothing new"),
///     }
/// }
/// # #[allow(unreachable_code)]
/// # Ok::<(), avahi_events::browse::Hopeless>(())
/// ```
#[derive(Debug)]
pub struct Persistent {
    browse: Browse,
    state: State,
    pause: Duration,
    /// How many events this run of `avahi-browse` has brought.
    events: u64,
    last_message: Option<MessageBuf>,
}

#[derive(Debug)]
enum State {
    /// To be started then.
    Paused(Instant),
    Running(Box<Browser>),
}

/// What happens next while browsing persistently.
///
/// ```no_run
/// use std::{task::Poll, time::Instant};
/// use avahi_events::{Directory, Message, browse::{Browse, Persistent, Step}};
///
/// let mut browser = Persistent::new(Browse::all_types())?;
/// let mut directory = Directory::new();
/// while let Poll::Ready(step) = browser.next_until(Instant::now())? {
///     match step {
///         Step::Started => drop(directory.feed_message(&Message::Disconnected)),
///         Step::Event(event) => drop(directory.feed(&event.event())),
///         _ => {}
///     }
/// }
/// # Ok::<(), avahi_events::browse::Hopeless>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Step {
    /// `avahi-browse` was started. All services come anew.
    Started,
    /// An event came.
    Event(EventBuf),
    /// `avahi-browse` said something on standard error.
    Message(MessageBuf),
    /// A line came that is no event, or is damaged.
    Unread(OwnedReadError),
    /// `avahi-browse` did not start, or ended; it will be tried again.
    #[non_exhaustive]
    Retry {
        /// Why it is not running.
        trouble: Trouble,
        /// How long until then.
        pause: Duration,
    },
}

/// Why `avahi-browse` is not running.
///
/// ```
/// use std::io;
/// use avahi_events::browse::Trouble;
///
/// let trouble = Trouble::Start(io::Error::other("too many processes"));
/// assert_eq!(trouble.to_string(), "avahi-browse could not be started: too many processes");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Trouble {
    /// It could not be started.
    Start(io::Error),
    /// It ended.
    #[non_exhaustive]
    Ended {
        /// How; `None` if that could not be found out.
        status: Option<ExitStatus>,
        /// The last that it said.
        message: Option<MessageBuf>,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => write!(f, "avahi-browse could not be started: {error}"),
            Self::Ended { status, message } => {
                f.write_str("avahi-browse ended")?;
                match status {
                    Some(status) if !status.success() => write!(f, " with {status}")?,
                    _ => {}
                }
                match message {
                    Some(message) => write!(f, ": {message}"),
                    None => f.write_str(" and said nothing"),
                }
            }
        }
    }
}

/// Why there is no use in trying again.
///
/// ```
/// use std::time::Instant;
/// use avahi_events::browse::{Browse, Hopeless, Persistent};
///
/// let browse = Browse::all_types().program("/nonexistent/avahi-browse");
/// let error = Persistent::new(browse)?.next_until(Instant::now()).unwrap_err();
/// assert!(matches!(error, Hopeless::Start { .. }));
/// let error = Persistent::new(Browse::service_type("http")).unwrap_err();
/// assert!(matches!(error, Hopeless::ServiceType { .. }));
/// # Ok::<(), Hopeless>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Hopeless {
    /// The program cannot be run.
    #[error("cannot run {program}: {source}; {}", advice(source))]
    #[non_exhaustive]
    Start {
        /// The program.
        program: String,
        /// Why it cannot be run.
        source: io::Error,
    },
    /// The text is no service type.
    #[error("{service_type:?} is no service type, which looks like _http._tcp or _ipp._tcp")]
    #[non_exhaustive]
    ServiceType {
        /// The text.
        service_type: String,
    },
    /// `avahi-browse` refuses what it was asked for.
    #[error("avahi-browse refuses: {message}")]
    #[non_exhaustive]
    Refused {
        /// What it said.
        message: MessageBuf,
    },
}

/// What to do about it.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "it comes with the package avahi-utils (Debian, Ubuntu), avahi-tools (Fedora, Alpine) or avahi (Arch)"
        }
        io::ErrorKind::PermissionDenied => "it has to be executable for this user",
        _ => "it has to be an avahi-browse for this system",
    }
}

impl Persistent {
    /// Browses so, from the first [`next_until`](Self::next_until) on.
    ///
    /// # Errors
    ///
    /// [`Hopeless::ServiceType`].
    pub fn new(browse: Browse) -> Result<Self, Hopeless> {
        if let Some(service_type) = browse.invalid_type() {
            let service_type = service_type.into();
            return Err(Hopeless::ServiceType { service_type });
        }
        Ok(Self {
            browse,
            state: State::Paused(Instant::now()),
            pause: FIRST_PAUSE,
            events: 0,
            last_message: None,
        })
    }

    /// What happens next, or [`Poll::Pending`] if that is nothing until
    /// `deadline`. There is no end.
    ///
    /// What is there already is given out also if the deadline has passed, as
    /// in [`Browser::next_until`].
    ///
    /// # Errors
    ///
    /// [`Hopeless`] where there is no use in trying again. The next call does
    /// try again.
    pub fn next_until(&mut self, deadline: Instant) -> Result<Poll<Step>, Hopeless> {
        loop {
            match &mut self.state {
                State::Paused(at) => {
                    let (at, now) = (*at, Instant::now());
                    thread::sleep(at.min(deadline).saturating_duration_since(now));
                    if at > now && deadline < at {
                        return Ok(Poll::Pending);
                    }
                    return self.start().map(Poll::Ready);
                }
                State::Running(browser) => {
                    let item = match browser.next_until(deadline) {
                        Poll::Pending => return Ok(Poll::Pending),
                        Poll::Ready(item) => item,
                    };
                    let status = browser.exit_status();
                    return Ok(Poll::Ready(match item {
                        Some(Ok(Output::Event(event))) => {
                            self.events += 1;
                            self.pause = FIRST_PAUSE;
                            Step::Event(event)
                        }
                        Some(Ok(Output::Message(message))) => {
                            self.last_message = Some(message.clone());
                            Step::Message(message)
                        }
                        Some(Err(error)) => Step::Unread(error),
                        None => match self.ended(status)? {
                            Some(step) => step,
                            None => continue,
                        },
                    }));
                }
            }
        }
    }

    /// Ends `avahi-browse`, to start it afresh at the next call.
    pub fn restart(&mut self) {
        self.state = State::Paused(Instant::now());
    }

    fn start(&mut self) -> Result<Step, Hopeless> {
        self.events = 0;
        self.last_message = None;
        match self.browse.start() {
            Ok(browser) => {
                self.state = State::Running(Box::new(browser));
                Ok(Step::Started)
            }
            Err(source) if is_hopeless(&source) => {
                let program = self.browse.program_name().as_encoded_bytes();
                let program = String::from_utf8_lossy(program).into_owned();
                Err(Hopeless::Start { program, source })
            }
            Err(error) => Ok(self.retry(Trouble::Start(error))),
        }
    }

    /// `None` if it is to be started again at once.
    fn ended(&mut self, status: Option<ExitStatus>) -> Result<Option<Step>, Hopeless> {
        self.restart();
        let message = self.last_message.take();
        // Only what ended before there was any event would end so again. What
        // strangers publish can look like a message.
        if let (0, Some(message)) = (self.events, &message) {
            if is_about_database(message.as_bytes()) && self.browse.has_no_db_lookup() {
                self.browse = self.browse.clone().no_db_lookup(false);
                return Ok(None);
            }
            if is_refusal(message) {
                let message = message.clone();
                return Err(Hopeless::Refused { message });
            }
        }
        Ok(Some(self.retry(Trouble::Ended { status, message })))
    }

    fn retry(&mut self, trouble: Trouble) -> Step {
        let pause = self.pause;
        self.state = State::Paused(Instant::now() + pause);
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        Step::Retry { trouble, pause }
    }
}

/// Whether a program that cannot be started will never be. What is not known
/// here may be a lack of memory or processes, which passes.
fn is_hopeless(error: &io::Error) -> bool {
    /// "Exec format error", on all systems with Avahi.
    const ENOEXEC: i32 = 8;
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::ArgumentListTooLong
    ) || error.raw_os_error() == Some(ENOEXEC)
}

/// Whether `avahi-browse` does not know the option `-k`.
fn is_about_database(line: &[u8]) -> bool {
    line.ends_with(b"option -- 'k'") || line.ends_with(b"option: k")
}

/// Whether `avahi-browse` would say the same again.
fn is_refusal(message: &MessageBuf) -> bool {
    match message.message() {
        Some(Message::BrowserFailure { reason, .. }) => {
            reason == b"Invalid service type" || reason == b"Invalid domain name"
        }
        _ => {
            let line = message.as_bytes();
            let has = |text: &[u8]| memchr::memmem::find(line, text).is_some();
            has(b": invalid option -- ")
                || has(b": unrecognized option")
                || line == b"Too many arguments"
        }
    }
}
