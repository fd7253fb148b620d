//! A running `avahi-browse` in tokio.

use std::{
    boxed::Box,
    io,
    pin::{Pin, pin},
    process::{Command, ExitStatus},
    task::{Context, Poll, ready},
    vec,
    vec::Vec,
};

use futures_core::Stream;
use tokio::{
    io::{AsyncRead, ReadBuf},
    process::{Child, ChildStderr, ChildStdout},
    time::{Instant, Sleep, sleep_until},
};

use super::{
    browser::{CHUNK, GRACE, Output, event, message},
    framing::Framing,
};
use crate::error::OwnedReadError;

/// A running `avahi-browse` in tokio: a stream of what it writes, as it
/// happens. [`Browse::stream`](super::Browse::stream) starts it.
///
/// An item is an error where a line of standard output is no event, or damaged;
/// the next one comes all the same. The stream ends when the child has ended
/// and everything it wrote has been given out, in the ways and within the times
/// that [`Browser`](super::Browser) has.
///
/// Dropping it kills the child (`SIGKILL`); tokio reaps it. Nothing is lost if
/// a future that waits for the next item is dropped. Memory is bounded: a child
/// that writes faster than it is read has to wait.
///
/// ```no_run
/// use avahi_events::browse::{Browse, Output};
/// use futures_util::StreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut outputs = Browse::all_types().resolve(true).stream()?;
/// while let Some(output) = outputs.next().await {
///     match output {
///         Ok(Output::Event(event)) => println!("{event}"),
///         Ok(_) => {}
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
#[derive(Debug)]
pub struct BrowserStream {
    child: Child,
    status: Option<ExitStatus>,
    out: Pipe<ChildStdout>,
    err: Pipe<ChildStderr>,
    /// When it was noticed that the child comes to its end.
    ending: Option<Instant>,
    /// It took too long: it was killed.
    killed: bool,
    sleep: Pin<Box<Sleep>>,
}

/// What one of the child's streams holds.
#[derive(Debug)]
struct Pipe<R> {
    /// `None` once it has ended.
    input: Option<R>,
    framing: Framing,
    chunk: Vec<u8>,
    /// Why it could not be read, to be told.
    failure: Option<io::Error>,
}

impl<R: AsyncRead + Unpin> Pipe<R> {
    fn new(input: Option<R>) -> Self {
        Self {
            input,
            framing: Framing::new(),
            chunk: vec![0; CHUNK],
            failure: None,
        }
    }

    /// Takes in what there is; pending if that is nothing.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(input) = &mut self.input else {
            return Poll::Pending;
        };
        let mut buffer = ReadBuf::new(&mut self.chunk);
        let read = ready!(Pin::new(input).poll_read(context, &mut buffer));
        match (read, buffer.filled()) {
            (Ok(()), []) => self.end(),
            (Ok(()), bytes) => self.framing.add(bytes),
            (Err(error), _) => {
                self.failure = Some(error);
                self.end();
            }
        }
        Poll::Ready(())
    }

    /// When to look again at what was read, though nothing more has come.
    fn held(&self) -> Option<Instant> {
        let held = self.framing.held().map(Instant::from_std);
        held.filter(|_| self.input.is_some())
    }

    fn end(&mut self) {
        self.input = None;
        self.framing.end();
    }
}

impl BrowserStream {
    pub(super) fn new(command: Command) -> io::Result<Self> {
        let mut child = tokio::process::Command::from(command)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self {
            status: None,
            out: Pipe::new(child.stdout.take()),
            err: Pipe::new(child.stderr.take()),
            ending: None,
            killed: false,
            sleep: Box::pin(sleep_until(Instant::now())),
            child,
        })
    }

    /// The child's process id; `None` once it has ended.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// How the child ended, once the stream has; see
    /// [`Browser::exit_status`](super::Browser::exit_status).
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.status
    }

    /// What has been read and not given out yet.
    fn take(&mut self) -> Option<Result<Output, OwnedReadError>> {
        let event = self.out.framing.next(event);
        let item = event.or_else(|| self.err.framing.next(message).map(Ok));
        item.or_else(|| self.out.failure.take().map(|error| Err(error.into())))
    }

    /// Takes in what the child has written, and its end; pending if there is
    /// nothing new.
    fn poll_child(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let (out, err) = (self.out.poll_fill(context), self.err.poll_fill(context));
        let mut any = out.is_ready() || err.is_ready();
        if self.status.is_none()
            && let Poll::Ready(status) = pin!(self.child.wait()).poll(context)
        {
            // It fails only where there is nothing left to wait for.
            self.status = Some(status.unwrap_or_default());
            any = true;
        }
        if self.status.is_some() || self.out.input.is_none() {
            self.ending.get_or_insert_with(Instant::now);
        }
        match any {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// Waits for the time at which something is to be done though nothing has
    /// come.
    fn poll_time(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let held = [self.out.held(), self.err.held()].into_iter().flatten();
        let patience = self.ending.filter(|_| !self.killed);
        let patience = patience.map(|since| since + GRACE);
        let Some(wake) = held.chain(patience).min() else {
            return Poll::Pending;
        };
        self.sleep.as_mut().reset(wake);
        ready!(self.sleep.as_mut().poll(context));
        if patience.is_some_and(|patience| patience <= Instant::now()) {
            // A child that takes too long to end, and the output of one that
            // has ended if something else holds it open.
            let _ = self.child.start_kill();
            self.killed = true;
            self.out.end();
            self.err.end();
        }
        Poll::Ready(())
    }
}

impl Stream for BrowserStream {
    type Item = Result<Output, OwnedReadError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Output, OwnedReadError>>> {
        loop {
            if let Some(item) = self.take() {
                return Poll::Ready(Some(item));
            }
            let is_open = self.out.input.is_some() || self.err.input.is_some();
            if self.status.is_some() && !is_open {
                return Poll::Ready(None);
            }
            if self.poll_child(context).is_pending() {
                ready!(self.poll_time(context));
            }
        }
    }
}
