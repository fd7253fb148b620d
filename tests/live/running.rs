//! Programs that run on hosts, and what they print.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Instant,
};

use crate::host::{LONG, only_child, run, until};

/// A program that runs on a host, and is ended when dropped.
pub struct Running<O = Lines> {
    child: Child,
    /// What reads its standard output.
    pub stdout: O,
    stdin: Option<ChildStdin>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        Self::start_read_by(command, Lines::new)
    }

    /// Waits for a line on standard output that holds the text.
    #[track_caller]
    pub fn line_with(&mut self, text: &str) -> String {
        self.stdout
            .find(text, |line| line.contains(text).then(|| line.to_owned()))
    }
}

impl<O> Running<O> {
    pub fn start_read_by(command: &mut Command, reader: impl FnOnce(ChildStdout) -> O) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: reader(child.stdout.take().unwrap()),
            child,
        }
    }

    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
    }

    /// Tells it that no more will be said.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Sends a signal to the program: `nsenter` has it as its child.
    pub fn signal(&self, signal: &str) {
        let pid = only_child(self.child.id()).to_string();
        run(Command::new("kill").args([signal, &pid]));
    }

    /// Waits for its end.
    #[track_caller]
    pub fn exit_code(&mut self) -> Option<i32> {
        until("the program's end", || self.child.try_wait().unwrap()).code()
    }
}

impl<O> Drop for Running<O> {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let children = format!("/proc/{0}/task/{0}/children", self.child.id());
        for pid in fs::read_to_string(children)
            .unwrap_or_default()
            .split_whitespace()
        {
            let _ = Command::new("kill").args(["-KILL", pid]).output();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines that a program prints, read with patience but not for ever.
pub struct Lines {
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Lines {
    fn new(input: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(input).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            lines,
            seen: Vec::new(),
        }
    }

    /// Waits for the first line, of those to come, that `pick` takes.
    #[track_caller]
    pub fn find<T>(&mut self, what: &str, mut pick: impl FnMut(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + LONG;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    let picked = pick(&line);
                    self.seen.push(line);
                    if let Some(picked) = picked {
                        return picked;
                    }
                }
                Err(end @ (RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) => {
                    panic!("{what}: {end} after {:#?}", self.seen)
                }
            }
        }
    }

    /// All lines until now.
    pub fn seen(&self) -> &[String] {
        &self.seen
    }
}
