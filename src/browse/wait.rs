//! Waiting for services.

use std::{
    fmt,
    ops::ControlFlow,
    task::Poll,
    time::{Duration, Instant},
    vec::Vec,
};

use super::{Browse, Found, Hopeless, MessageBuf, Persistent, Step, Trouble, places::Places};
use crate::{
    event::{Endpoint, Event, Service},
    message::Message,
};

/// How often the observer is asked, at least.
const TICK: Duration = Duration::from_millis(100);

/// How long `avahi-browse` runs while it cannot say what is waited for: it
/// resolves each service once, and does not tell when TXT or an address
/// changes, or try again where the host did not answer. Each run is twice as
/// long as the one before.
const FIRST_RUN: Duration = Duration::from_secs(5);
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// How long to wait for better addresses, where only link-local or loopback
/// ones are known.
const BETTER_ADDRESS: Duration = Duration::from_millis(500);

/// When to ask once more within that time. Over IPv4, Avahi resolves a service
/// to an IPv4 or an IPv6 address, whichever it hears first, but prefers IPv4
/// if it knows both.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// How long to wait where the service was seen at a place that is not resolved
/// yet. It takes half a second and more if the daemon has to ask.
const ANNOUNCED_ADDRESS: Duration = Duration::from_secs(2);

/// Waits until services are there: runs `avahi-browse`, again where that can
/// help, until as many different services fit as are wanted.
///
/// There may be no service yet, no daemon and no system bus: it browses as
/// [`Persistent`] does. It also starts `avahi-browse` afresh, after 5 seconds
/// and then less and less often, while services are there that do not fit or
/// did not answer: what they say of themselves may change, and a running
/// `avahi-browse` would not tell.
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

/// Why nothing was found.
///
/// ```no_run
/// use std::time::Duration;
/// use avahi_events::browse::{Browse, Wait, WaitError};
///
/// let wait = Wait::new(Browse::service_type("_http._tcp")).timeout(Duration::from_secs(5));
/// match wait.run(|_service, endpoint| endpoint.port != 0) {
///     Ok(found) => println!("{}", found[0].best()),
///     Err(WaitError::TimedOut { .. }) => println!("not yet"),
///     Err(error) => eprintln!("{error}"),
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// Waiting is in vain.
    #[error(transparent)]
    Hopeless(#[from] Hopeless),
    /// The time is over.
    #[error("{found} of {wanted} services found in {timeout:?}{}", Last(trouble))]
    #[non_exhaustive]
    TimedOut {
        /// How long it was waited.
        timeout: Duration,
        /// How many services that fit were there in the end.
        found: usize,
        /// How many would have been needed.
        wanted: usize,
        /// Why `avahi-browse` last did not run, if there were no events after
        /// that.
        trouble: Option<Trouble>,
    },
    /// The observer said to stop.
    #[error("stopped waiting")]
    Stopped,
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
    /// given half a second to show a better one; two seconds if it was seen at
    /// another place, too, and not resolved there yet.
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

    /// Waits as [`run`](Self::run) does, and tells `observe` each step, or
    /// `None` where there was none for a tenth of a second. It can end the
    /// waiting.
    ///
    /// ```no_run
    /// use std::ops::ControlFlow;
    /// use avahi_events::browse::{Browse, Step, Wait};
    ///
    /// let found = Wait::new(Browse::service_type("_http._tcp")).run_observed(
    ///     |service, _endpoint| service.name == "master-cluster-lars",
    ///     |step| {
    ///         if let Some(Step::Retry { trouble, .. }) = step {
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
        observe: impl FnMut(Option<&Step>) -> ControlFlow<()>,
    ) -> Result<Vec<Found>, WaitError> {
        // A time too far away to be told is no deadline.
        let deadline = self.timeout.and_then(|it| Instant::now().checked_add(it));
        Waiting {
            browser: Persistent::new(self.browse.clone())?,
            deadline,
            wait: self,
            fits,
            observe,
            places: Places::default(),
            enough_since: None,
            has_asked_again: false,
            end_of_run: Instant::now() + FIRST_RUN,
            can_change: false,
            trouble: None,
        }
        .run()
    }
}

struct Waiting<F, O> {
    wait: Wait,
    browser: Persistent,
    deadline: Option<Instant>,
    fits: F,
    observe: O,
    places: Places,
    /// Since when there are enough services, though some only at an address
    /// that is not good anywhere.
    enough_since: Option<Instant>,
    has_asked_again: bool,
    /// When to start `avahi-browse` afresh, if there is what that could change.
    end_of_run: Instant,
    can_change: bool,
    trouble: Option<Trouble>,
}

impl<F, O> Waiting<F, O>
where
    F: FnMut(&Service<'_>, &Endpoint<'_>) -> bool,
    O: FnMut(Option<&Step>) -> ControlFlow<()>,
{
    fn run(mut self) -> Result<Vec<Found>, WaitError> {
        let mut length_of_run = FIRST_RUN;
        loop {
            let now = Instant::now();
            let may_improve = self.enough_since.is_some() && self.places.may_improve();
            let settled = self.enough_since.map(|since| match may_improve {
                true => since + ANNOUNCED_ADDRESS,
                false => since + BETTER_ADDRESS,
            });
            let is_over = |at: Option<Instant>| at.is_some_and(|at| at <= now);
            if is_over(settled) {
                return Ok(self.found());
            }
            if is_over(self.deadline) {
                return match settled {
                    Some(_) => Ok(self.found()),
                    None => Err(self.timed_out()),
                };
            }
            if self.can_change && settled.is_none() && self.end_of_run <= now {
                self.browser.restart();
                length_of_run = (length_of_run * 2).min(LONGEST_RUN);
            }
            let ask_again = self.enough_since.map(|since| since + ASK_AGAIN);
            if is_over(ask_again) && !may_improve && !self.has_asked_again {
                self.has_asked_again = true;
                self.browser.restart();
            }
            let ends = [settled, self.deadline].into_iter().flatten();
            let step = match self
                .browser
                .next_until(ends.fold(now + TICK, Instant::min))?
            {
                Poll::Ready(step) => Some(step),
                Poll::Pending => None,
            };
            match &step {
                Some(Step::Started) => {
                    if self.enough_since.is_none() {
                        self.places.clear();
                    }
                    self.can_change = false;
                    self.end_of_run = Instant::now() + length_of_run;
                }
                Some(Step::Event(event)) => {
                    self.trouble = None;
                    self.enter(&event.event());
                }
                Some(Step::Message(message)) => self.heed(message),
                _ => {}
            }
            let count = self.wait.count;
            self.enough_since = match self.places.len() >= count {
                true if self.places.global_len() >= count => return Ok(self.found()),
                true => self.enough_since.or(Some(Instant::now())),
                false => {
                    self.has_asked_again = false;
                    None
                }
            };
            if (self.observe)(step.as_ref()).is_break() {
                return Err(WaitError::Stopped);
            }
            if let Some(Step::Retry { trouble, .. }) = step {
                self.trouble = Some(trouble);
            }
        }
    }

    /// Enters what the event says.
    fn enter(&mut self, event: &Event<'_>) {
        match event {
            Event::Resolve(service, endpoint) if (self.fits)(service, endpoint) => {
                self.places.enter(service, endpoint);
            }
            Event::Resolve(service, _) => {
                self.can_change = true;
                self.places.remove(service);
            }
            Event::Remove(service) => self.places.remove(service),
            Event::Add(service) => self.places.announce(service),
            _ => {}
        }
    }

    fn heed(&mut self, message: &MessageBuf) {
        match message.message() {
            Some(Message::Disconnected) => self.places.clear(),
            Some(Message::FailedResolve { .. }) => self.can_change = true,
            _ => {}
        }
    }

    fn found(self) -> Vec<Found> {
        self.places.into_found(self.wait.count)
    }

    fn timed_out(self) -> WaitError {
        WaitError::TimedOut {
            timeout: self.wait.timeout.unwrap_or_default(),
            found: self.places.len(),
            wanted: self.wait.count,
            trouble: self.trouble,
        }
    }
}
