//! A running `avahi-browse`.

use std::{
    io::{self, Read},
    iter::FusedIterator,
    process::{Child, Command, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    task::Poll,
    thread,
    time::{Duration, Instant},
    vec,
    vec::Vec,
};

use super::{framing::Framing, message::MessageBuf};
use crate::{
    error::{OwnedReadError, ReadError},
    event::EventBuf,
    record::Record,
};

/// How many bytes are read at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// How many chunks may wait to be dealt with, before the child has to.
const CHUNKS: usize = 8;

/// How often to look whether the child is still there while it says nothing.
/// Its end shows at once by the end of its output, unless a process that it
/// started holds that open.
const LOOK: Duration = Duration::from_millis(500);

/// How long a child that has closed its output may take to end, and how long
/// the output of one that has ended may stay open.
pub(super) const GRACE: Duration = Duration::from_millis(100);

/// How often to look whether the child has ended, within that time.
const LOOK_AT_END: Duration = Duration::from_millis(2);

/// What `avahi-browse` wrote.
///
/// ```no_run
/// use avahi_events::browse::{Browse, Output};
///
/// for output in Browse::all_types().terminate(true).start()? {
///     match output? {
///         Output::Event(event) => println!("{event}"),
///         Output::Message(message) => eprintln!("{message}"),
///         _ => {}
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// An event, from standard output.
    Event(EventBuf),
    /// A message, from standard error: a line, or several where a service's
    /// name has line feeds in it.
    Message(MessageBuf),
}

/// What a record of standard output is.
pub(super) fn event(record: Record<'_>) -> Result<Output, OwnedReadError> {
    match record.event {
        Ok(event) => Ok(Output::Event(event.into())),
        Err(error) => Err(ReadError::Line(record.line_error(error)).into()),
    }
}

/// What a record of standard error is.
pub(super) fn message(record: Record<'_>) -> Output {
    Output::Message(MessageBuf::new(record.bytes))
}

/// What the threads that read have to tell.
enum Chunk {
    Out(Vec<u8>),
    Err(Vec<u8>),
    /// Standard output is closed, or cannot be read.
    OutEnd(Option<io::Error>),
    ErrEnd,
}

/// A running `avahi-browse`: an iterator over what it writes, as it happens.
///
/// An item is an error where a line of standard output is no event, or damaged;
/// the next one can be read all the same. What comes on standard output and on
/// standard error is in order each, and to each other as it was read, mostly
/// within a millisecond. TXT that is not escaped, as from Avahi before 0.8, is
/// held for up to 20 ms, since the next line may belong to it.
///
/// The iterator ends when the child has ended, and everything it wrote has
/// been given out. A child that closes its standard output and lives on has
/// nothing more to say; it is killed after 100 ms. Processes that the child
/// started and that hold its output open are waited for no longer than that
/// either, up to half a second after its end.
///
/// Dropping it kills the child (`SIGKILL`) and reaps it. Memory is bounded: a
/// child that writes faster than it is read has to wait.
///
/// ```no_run
/// use avahi_events::browse::{Browse, Output};
///
/// let mut browser = Browse::all_types().terminate(true).start()?;
/// for output in &mut browser {
///     if let Ok(Output::Event(event)) = output {
///         println!("{event}");
///     }
/// }
/// assert!(browser.exit_status().unwrap().success());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Browser {
    child: Child,
    status: Option<ExitStatus>,
    chunks: Receiver<Chunk>,
    out: Framing,
    out_open: bool,
    err: Framing,
    err_open: bool,
    /// Why standard output could not be read, to be told.
    failure: Option<io::Error>,
    /// When it was noticed that the child comes to its end.
    ending: Option<Instant>,
    last_chunk: Instant,
}

impl Browser {
    pub(super) fn new(mut command: Command) -> io::Result<Self> {
        let (sender, chunks) = sync_channel(CHUNKS);
        // From here on the child is ended whatever comes in between.
        let mut browser = Self {
            child: command.spawn()?,
            status: None,
            chunks,
            out: Framing::new(),
            out_open: true,
            err: Framing::new(),
            err_open: true,
            failure: None,
            ending: None,
            last_chunk: Instant::now(),
        };
        if let Some(out) = browser.child.stdout.take() {
            read(out, sender.clone(), Chunk::Out, Chunk::OutEnd)?;
        }
        if let Some(err) = browser.child.stderr.take() {
            read(err, sender, Chunk::Err, |_| Chunk::ErrEnd)?;
        }
        Ok(browser)
    }

    /// The child's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the child ended, once the iterator has. Killed by a signal if it
    /// did not end by itself.
    ///
    /// The status of `avahi-browse` says little: it is 0 also where the type
    /// was invalid. The messages say more.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.status
    }

    /// The next item, or [`Poll::Pending`] if there is none by `deadline`;
    /// `Ready(None)` is the end.
    ///
    /// What is there already is given out also if the deadline has passed: in
    /// a flood of events it is the caller who has to look at the clock.
    ///
    /// ```no_run
    /// use std::{task::Poll, time::{Duration, Instant}};
    /// use avahi_events::browse::Browse;
    ///
    /// let mut browser = Browse::all_types().start()?;
    /// let deadline = Instant::now() + Duration::from_secs(5);
    /// while let Poll::Ready(Some(output)) = browser.next_until(deadline) {
    ///     println!("{output:?}");
    ///     if Instant::now() >= deadline {
    ///         break;
    ///     }
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn next_until(
        &mut self,
        deadline: Instant,
    ) -> Poll<Option<Result<Output, OwnedReadError>>> {
        self.next_by(Some(deadline))
    }

    fn next_by(
        &mut self,
        deadline: Option<Instant>,
    ) -> Poll<Option<Result<Output, OwnedReadError>>> {
        loop {
            if let Some(item) = self.take() {
                return Poll::Ready(Some(item));
            }
            if self.status.is_some() && !self.is_open() {
                return Poll::Ready(None);
            }
            let now = Instant::now();
            let look = now + self.ending.map_or(LOOK, |_| LOOK_AT_END);
            let wake = [deadline, self.out.held(), self.err.held()]
                .into_iter()
                .flatten()
                .min();
            let pause = wake.map_or(look, |wake| wake.min(look));
            let pause = pause.saturating_duration_since(now);
            match self.chunks.recv_timeout(pause) {
                Ok(chunk) => {
                    self.accept(chunk);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
                // Both threads have told of their end; that of the child is left.
                Err(RecvTimeoutError::Disconnected) => thread::sleep(pause),
            }
            self.look_at_child();
            self.end_what_lingers();
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Poll::Pending;
            }
        }
    }

    /// What has been read and not given out yet.
    fn take(&mut self) -> Option<Result<Output, OwnedReadError>> {
        let event = self.out.next(event);
        let item = event.or_else(|| self.err.next(message).map(Ok));
        if item.is_some() {
            return item;
        }
        self.failure.take().map(|error| Err(error.into()))
    }

    fn accept(&mut self, chunk: Chunk) {
        self.last_chunk = Instant::now();
        match chunk {
            Chunk::Out(bytes) => self.out.add(&bytes),
            Chunk::Err(bytes) => self.err.add(&bytes),
            Chunk::OutEnd(error) => {
                self.failure = error.or(self.failure.take());
                self.out.end();
                self.out_open = false;
                self.ending.get_or_insert_with(Instant::now);
            }
            Chunk::ErrEnd => {
                self.err.end();
                self.err_open = false;
            }
        }
    }

    /// Whether more output may come.
    fn is_open(&self) -> bool {
        self.out_open || self.err_open
    }

    /// Ends a child that takes too long to end, and the output of one that has
    /// ended if something else holds it open.
    fn end_what_lingers(&mut self) {
        if self.ending.is_some_and(|since| since.elapsed() >= GRACE) {
            self.kill();
            if self.last_chunk.elapsed() >= GRACE {
                self.accept(Chunk::OutEnd(None));
                self.accept(Chunk::ErrEnd);
            }
        }
    }

    /// Finds out whether the child has ended, and reaps it if so.
    fn look_at_child(&mut self) {
        if self.status.is_none()
            && let Ok(Some(status)) = self.child.try_wait()
        {
            self.status = Some(status);
            self.ending.get_or_insert_with(Instant::now);
        }
    }

    /// Ends the child and reaps it.
    fn kill(&mut self) {
        if self.status.is_none() {
            // It fails only where there is nothing left to kill.
            let _ = self.child.kill();
            self.status = self.child.wait().ok();
        }
    }
}

impl Iterator for Browser {
    type Item = Result<Output, OwnedReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Poll::Ready(item) = self.next_by(None) {
                return item;
            }
        }
    }
}

impl FusedIterator for Browser {}

impl Drop for Browser {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads on a thread of its own, which ends with the input, or when nobody
/// takes what it reads. Nobody waits for it: a process that the child started
/// may hold the input open for ever.
fn read(
    mut input: impl Read + Send + 'static,
    sender: SyncSender<Chunk>,
    chunk: fn(Vec<u8>) -> Chunk,
    end: fn(Option<io::Error>) -> Chunk,
) -> io::Result<()> {
    let read = move || {
        let mut bytes = vec![0; CHUNK];
        let error = loop {
            match input.read(&mut bytes) {
                Ok(0) => break None,
                Ok(len) => {
                    if sender.send(chunk(bytes[..len].to_vec())).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        // Nobody may be left to hear it.
        let _ = sender.send(end(error));
    };
    thread::Builder::new()
        .name("avahi-browse output".into())
        .spawn(read)
        .map(drop)
}
