//! Waiting for services.

use std::{
    fmt, io,
    ops::ControlFlow,
    process::ExitStatus,
    string::String,
    task::Poll,
    thread,
    time::{Duration, Instant},
    vec::Vec,
};

use super::{Browse, Browser, Found, MessageBuf, Output, places::Places};
use crate::{
    error::OwnedReadError,
    event::{Endpoint, Event, EventBuf, Service},
    message::Message,
};

/// How often the observer is asked, at least.
const TICK: Duration = Duration::from_millis(100);

/// The pause before the first retry. Each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long `avahi-browse` runs while it cannot say what is waited for: it
/// resolves each service once, and does not tell when TXT or an address
/// changes, or try again where the host did not answer. Each run is twice as
/// long as the one before.
const FIRST_RUN: Duration = Duration::from_secs(5);
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// How long to wait for better addresses, where only link-local or loopback
/// ones are known.
const BETTER_ADDRESS: Duration = Duration::from_millis(500);

/// Waits until services are there: runs `avahi-browse`, again where that can
/// help, until as many different services fit as are wanted.
///
/// There may be no service yet, no daemon and no system bus: it tries again
/// when `avahi-browse` ends, with a pause that grows from 0.1 to 5 seconds. It
/// also starts `avahi-browse` afresh, after 5 seconds and then less and less
/// often, while services are there that do not fit or did not answer: what
/// they say of themselves may change, and a running `avahi-browse` would not
/// tell.
///
/// ```no_run
/// use std::time::Duration;
/// use avahi_events::browse::{Browse, Wait};
///
/// let found = Wait::new(Browse::service_type("_http._tcp"))
///     .timeout(Duration::from_secs(60))
///     .run(|service, _endpoint| service.name == "master-cluster-lars")?;
/// println!("{}", found[0].best());
/// # Ok::<(), avahi_events::browse::WaitError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Wait {
    browse: Browse,
    count: usize,
    timeout: Option<Duration>,
}

/// What is going on while waiting.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// `avahi-browse` was started. All services come anew.
    Started,
    /// An event came.
    Event(&'a EventBuf),
    /// `avahi-browse` said something on standard error.
    Message(&'a MessageBuf),
    /// A line came that is no event.
    Unread(&'a OwnedReadError),
    /// `avahi-browse` did not start, or ended; it will be tried again.
    Retry {
        /// Why.
        trouble: &'a Trouble,
        /// How long after.
        pause: Duration,
    },
    /// Nothing new for a tenth of a second.
    Idle,
}

/// Why `avahi-browse` is not running.
#[derive(Debug)]
#[non_exhaustive]
pub enum Trouble {
    /// It could not be started.
    Start(io::Error),
    /// It ended.
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

/// Why there is nothing to wait for any longer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The program cannot be run, now or later.
    #[error("cannot run {program}: {source}; {}", advice(source))]
    Start {
        /// The program.
        program: String,
        /// Why it cannot be run.
        source: io::Error,
    },
    /// The text is no service type.
    #[error("{service_type:?} is no service type, which looks like _http._tcp or _ipp._tcp")]
    ServiceType {
        /// The text.
        service_type: String,
    },
    /// `avahi-browse` refuses what it was asked for, and would do so again.
    #[error("avahi-browse refuses: {message}")]
    Refused {
        /// What it said.
        message: MessageBuf,
    },
    /// The time is over.
    #[error("{found} of {wanted} services found in {timeout:?}{}", Last(trouble))]
    TimedOut {
        /// How long it was waited.
        timeout: Duration,
        /// How many services that fit were there in the end.
        found: usize,
        /// How many would have been needed.
        wanted: usize,
        /// Why `avahi-browse` last did not run, if that is why nothing was
        /// found: not one event came after it.
        trouble: Option<Trouble>,
    },
    /// The observer said to stop.
    #[error("stopped waiting")]
    Stopped,
}

/// What to do about it.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "it comes with the package avahi-utils (Debian, Ubuntu, Alpine), avahi-tools (Fedora) or avahi (Arch)"
        }
        io::ErrorKind::PermissionDenied => "it has to be executable for this user",
        _ => "it has to be an avahi-browse of this system",
    }
}

struct Last<'a>(&'a Option<Trouble>);

impl fmt::Display for Last<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(trouble) => write!(f, "; {trouble}"),
            None => Ok(()),
        }
    }
}

impl Wait {
    /// Waits for what `browse` browses for, for ever, until one service fits.
    ///
    /// Services are resolved, with DNS types (`-k`), until they are found and
    /// whether or not the daemon is there (`-f`).
    #[must_use]
    pub fn new(browse: Browse) -> Self {
        Self {
            browse: browse
                .resolve(true)
                .no_db_lookup(true)
                .no_fail(true)
                .terminate(false)
                .cache(false),
            count: 1,
            timeout: None,
        }
    }

    /// Waits until so many different services are there at once. The same
    /// service on several interfaces counts once.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Waits at most that long. The deadline holds to within 200 ms, whatever
    /// `avahi-browse` does.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Waits, until enough services fit: those that `fits` is true of. Gives
    /// as many as were asked for, in the order in which they were found.
    ///
    /// A service whose only address so far is link-local or a loopback one is
    /// given half a second to show a better one.
    ///
    /// # Errors
    ///
    /// [`WaitError::TimedOut`] at the deadline; the others at once, where
    /// waiting is in vain.
    pub fn run(
        self,
        fits: impl FnMut(&Service<'_>, &Endpoint<'_>) -> bool,
    ) -> Result<Vec<Found>, WaitError> {
        self.run_observed(fits, |_| ControlFlow::Continue(()))
    }

    /// Waits as [`run`](Self::run) does, and tells `observe` what is going on.
    /// It is called at least ten times a second, and can end the waiting.
    ///
    /// ```no_run
    /// use std::ops::ControlFlow;
    /// use avahi_events::browse::{Browse, Progress, Wait};
    ///
    /// let found = Wait::new(Browse::service_type("_http._tcp")).run_observed(
    ///     |service, _endpoint| service.name == "master-cluster-lars",
    ///     |progress| {
    ///         if let Progress::Retry { trouble, .. } = progress {
    ///             eprintln!("{trouble}");
    ///         }
    ///         ControlFlow::Continue(())
    ///     },
    /// )?;
    /// # Ok::<(), avahi_events::browse::WaitError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), and [`WaitError::Stopped`] once `observe`
    /// has returned [`ControlFlow::Break`].
    pub fn run_observed(
        self,
        fits: impl FnMut(&Service<'_>, &Endpoint<'_>) -> bool,
        observe: impl FnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Vec<Found>, WaitError> {
        if let Some(service_type) = self.browse.invalid_type() {
            let service_type = service_type.into();
            return Err(WaitError::ServiceType { service_type });
        }
        Waiting {
            // A time too far away to be told is no deadline.
            deadline: self.timeout.and_then(|it| Instant::now().checked_add(it)),
            wait: self,
            fits,
            observe,
            places: Places::default(),
        }
        .run()
    }
}

struct Waiting<F, O> {
    wait: Wait,
    deadline: Option<Instant>,
    fits: F,
    observe: O,
    places: Places,
}

/// How a run of `avahi-browse` ended.
enum Run {
    /// There are enough services.
    Found,
    /// It is time to look afresh.
    Stale,
    /// It did not start, or ended.
    Trouble(Trouble),
    /// The time is over.
    TimedOut,
}

impl<F, O> Waiting<F, O>
where
    F: FnMut(&Service<'_>, &Endpoint<'_>) -> bool,
    O: FnMut(Progress<'_>) -> ControlFlow<()>,
{
    fn run(mut self) -> Result<Vec<Found>, WaitError> {
        let mut pause = FIRST_PAUSE;
        let mut longest = FIRST_RUN;
        let mut last_trouble = None;
        loop {
            let mut events = 0;
            let run = self.run_once(longest, &mut events)?;
            if events > 0 {
                pause = FIRST_PAUSE;
                last_trouble = None;
            }
            match run {
                Run::Found => return Ok(self.places.into_found(self.wait.count)),
                Run::TimedOut => return self.timed_out(last_trouble),
                Run::Stale => longest = (longest * 2).min(LONGEST_RUN),
                Run::Trouble(trouble) => {
                    if events == 0 {
                        if self.drop_unknown_option(&trouble) {
                            continue;
                        }
                        check_hopeless(&trouble)?;
                    }
                    self.tell(Progress::Retry {
                        trouble: &trouble,
                        pause,
                    })?;
                    last_trouble = Some(trouble);
                    if !self.pause(pause)? {
                        return self.timed_out(last_trouble);
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Runs `avahi-browse` once, and counts the events.
    fn run_once(&mut self, longest: Duration, events: &mut u64) -> Result<Run, WaitError> {
        self.places.clear();
        let mut browser = match self.wait.browse.start() {
            Ok(browser) => browser,
            Err(source) if is_hopeless(&source) => {
                let program = self.wait.browse.program_name();
                let program = String::from_utf8_lossy(program.as_encoded_bytes()).into_owned();
                return Err(WaitError::Start { program, source });
            }
            Err(error) => return Ok(Run::Trouble(Trouble::Start(error))),
        };
        self.tell(Progress::Started)?;
        let end_of_run = Instant::now() + longest;
        // Whether there is what a fresh start could change.
        let mut can_change = false;
        // Since when there are enough, though some only at a poor address.
        let mut enough_since: Option<Instant> = None;
        let mut last_message = None;
        loop {
            let now = Instant::now();
            let settled = enough_since.map(|since| since + BETTER_ADDRESS);
            if settled.is_some_and(|at| at <= now) {
                return Ok(Run::Found);
            }
            if self.deadline.is_some_and(|at| at <= now) {
                return Ok(match enough_since {
                    Some(_) => Run::Found,
                    None => Run::TimedOut,
                });
            }
            if can_change && enough_since.is_none() && end_of_run <= now {
                return Ok(Run::Stale);
            }
            let until = [settled, self.deadline].into_iter().flatten();
            let until = until.fold(now + TICK, Instant::min);
            match browser.next_until(until) {
                Poll::Pending => self.tell(Progress::Idle)?,
                Poll::Ready(Some(Ok(Output::Event(event)))) => {
                    *events += 1;
                    can_change |= !self.enter(&event.event());
                    self.tell(Progress::Event(&event))?;
                }
                Poll::Ready(Some(Ok(Output::Message(message)))) => {
                    can_change |= self.heed(&message);
                    self.tell(Progress::Message(&message))?;
                    last_message = Some(message);
                }
                Poll::Ready(Some(Err(error))) => self.tell(Progress::Unread(&error))?,
                Poll::Ready(None) if enough_since.is_some() => return Ok(Run::Found),
                Poll::Ready(None) => return Ok(Run::Trouble(ended(&browser, last_message))),
            }
            let count = self.wait.count;
            enough_since = match self.places.len() >= count {
                true if self.places.global_len() >= count => return Ok(Run::Found),
                true => enough_since.or(Some(Instant::now())),
                false => None,
            };
        }
    }

    /// Enters what the event says. `false` if a service does not fit, which
    /// may change.
    fn enter(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Resolve(service, endpoint) if (self.fits)(service, endpoint) => {
                self.places.enter(service, endpoint);
                true
            }
            Event::Resolve(service, _) => {
                self.places.remove(service);
                false
            }
            Event::Remove(service) => {
                self.places.remove(service);
                true
            }
            _ => true,
        }
    }

    /// Heeds a message. `true` if a service did not answer, which may change.
    fn heed(&mut self, message: &MessageBuf) -> bool {
        match message.message() {
            Some(Message::Disconnected) => {
                self.places.clear();
                false
            }
            Some(Message::FailedResolve { .. }) => true,
            _ => false,
        }
    }

    fn tell(&mut self, progress: Progress<'_>) -> Result<(), WaitError> {
        match (self.observe)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(WaitError::Stopped),
        }
    }

    /// Waits for `pause`. `false` if the deadline comes first.
    fn pause(&mut self, pause: Duration) -> Result<bool, WaitError> {
        let end = Instant::now() + pause;
        loop {
            let now = Instant::now();
            if self.deadline.is_some_and(|at| at <= now) {
                return Ok(false);
            }
            if end <= now {
                return Ok(true);
            }
            let until = self.deadline.map_or(end, |at| at.min(end));
            thread::sleep(until.saturating_duration_since(now).min(TICK));
            self.tell(Progress::Idle)?;
        }
    }

    /// An `avahi-browse` that was built without a type database does not know
    /// `-k`, and does without. `true` if it is worth while trying again.
    fn drop_unknown_option(&mut self, trouble: &Trouble) -> bool {
        let Trouble::Ended {
            message: Some(message),
            ..
        } = trouble
        else {
            return false;
        };
        let line = message.as_bytes();
        let is_about_k = line.ends_with(b"option -- 'k'") || line.ends_with(b"option: k");
        if is_about_k {
            self.wait.browse = self.wait.browse.clone().no_db_lookup(false);
        }
        is_about_k
    }

    fn timed_out(self, trouble: Option<Trouble>) -> Result<Vec<Found>, WaitError> {
        Err(WaitError::TimedOut {
            timeout: self.wait.timeout.unwrap_or_default(),
            found: self.places.len(),
            wanted: self.wait.count,
            trouble,
        })
    }
}

fn ended(browser: &Browser, message: Option<MessageBuf>) -> Trouble {
    Trouble::Ended {
        status: browser.exit_status(),
        message,
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

/// Whether `avahi-browse` would end in the same way again. To be asked only if
/// there was no event: a name can hold a line feed, and so forge a message.
fn check_hopeless(trouble: &Trouble) -> Result<(), WaitError> {
    let Trouble::Ended {
        message: Some(message),
        ..
    } = trouble
    else {
        return Ok(());
    };
    let is_hopeless = match message.message() {
        Some(Message::BrowserFailure { reason, .. }) => {
            reason == b"Invalid service type" || reason == b"Invalid domain name"
        }
        _ => is_about_usage(message.as_bytes()),
    };
    match is_hopeless {
        true => Err(WaitError::Refused {
            message: message.clone(),
        }),
        false => Ok(()),
    }
}

/// Whether it is what `getopt` or `avahi-browse` says about arguments that it
/// does not know.
fn is_about_usage(line: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(line, text).is_some();
    has(b": invalid option -- ") || has(b": unrecognized option") || line == b"Too many arguments"
}
