//! Files, read in large blocks by several threads, and in order all the same.
//!
//! A block is cut at line ends into parts, which threads that stay take one by
//! one, while the next block is read. Whether a record begins at a cut, and
//! what was learned before it of the capture, is a guess that is nearly always
//! right; where it was not, the part is read again.

use std::{
    collections::VecDeque,
    io::{self, Read},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use avahi_events::{MAX_RECORD, Record, Records, Stamps, records};

use crate::unread::Unread;

/// How many bytes are read in a block, beside [`AHEAD`].
const BLOCK: usize = 1024 * 1024;

/// So many bytes, and the rest of a line, are a part.
const PART: usize = 128 * 1024;

/// So much has to follow a record in the block for it to be read right, unless
/// the file ends.
const AHEAD: usize = 2 * MAX_RECORD;

/// So many parts are on their way beside those that the threads read: they wait
/// for a thread, or for their turn to be printed.
const WAITING: usize = 2;

/// What came of a part of a block.
pub struct Part {
    /// What is to be printed.
    pub out: Vec<u8>,
    /// What did not read.
    pub unread: Unread,
    /// Whether the reading is to stop here.
    pub stops: bool,
}

impl Part {
    /// An empty one, with memory that was used before.
    fn with_memory(mut out: Vec<u8>) -> Self {
        out.clear();
        Self {
            out,
            unread: Unread::held(),
            stops: false,
        }
    }
}

/// Bytes of the input, from an offset on.
struct Block {
    bytes: Vec<u8>,
    offset: u64,
}

impl Block {
    fn from(&self, offset: u64) -> &[u8] {
        let at = offset.saturating_sub(self.offset) as usize;
        self.bytes.get(at..).unwrap_or_default()
    }
}

/// A part that is to be read: the records that begin before `end`.
struct Job {
    block: Arc<Block>,
    /// The place of its first record, and what is known of the input. It holds
    /// no bytes.
    from: Records<'static>,
    end: u64,
    part: Part,
    done: Sender<io::Result<Done>>,
}

/// A part that was read, and the place after it.
struct Done {
    part: Part,
    to: Records<'static>,
}

/// A part that is on its way.
struct Pending {
    block: Arc<Block>,
    from: Records<'static>,
    end: u64,
    done: Receiver<io::Result<Done>>,
}

/// Reads all of the input. `each` takes one record, in any of the threads;
/// `done` takes the parts in order, with the offset where the next begins. The
/// outer error is theirs, the inner one the input's.
pub fn read<R: Read>(
    input: R,
    stamps: Stamps,
    threads: usize,
    each: impl Fn(&Record<'_>, &mut Part) -> io::Result<()> + Sync,
    mut done: impl FnMut(&mut Part, u64) -> io::Result<()>,
) -> io::Result<io::Result<()>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    let queue = Mutex::new(queue);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    thread::scope(|scope| {
        if threads > 1 {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Ok(job) = next() {
                        job.run(&each);
                    }
                });
            }
        }
        // The threads end when this is dropped.
        let jobs = jobs;
        let mut cutter = Cutter::new(input);
        let mut now = records(b"").with_stamps(stamps);
        let mut pending = VecDeque::new();
        let mut memory = Vec::new();
        loop {
            while pending.len() < if threads > 1 { threads + WAITING } else { 1 }
                && let Some((block, line, offset, end)) = cutter.next()
            {
                let (sender, receiver) = mpsc::channel();
                let from = now.read_on(b"", line, offset);
                let job = Job {
                    block: Arc::clone(&block),
                    from: from.clone(),
                    end,
                    part: Part::with_memory(memory.pop().unwrap_or_default()),
                    done: sender,
                };
                match threads {
                    1 => job.run(&each),
                    // Someone takes it, unless all threads have panicked.
                    _ => drop(jobs.send(job)),
                }
                pending.push_back(Pending {
                    block,
                    from,
                    end,
                    done: receiver,
                });
            }
            let Some(first) = pending.pop_front() else {
                return Ok(cutter.result);
            };
            let Ok(read) = first.done.recv() else {
                // The thread has panicked, and so does the scope.
                return Ok(Ok(()));
            };
            let mut read = read?;
            if !first.from.is_where(&now) {
                let part = Part::with_memory(read.part.out);
                read = read_part(&first.block, &now, first.end, part, &each)?;
            }
            now = read.to;
            done(&mut read.part, now.offset())?;
            if read.part.stops {
                return Ok(Ok(()));
            }
            memory.push(read.part.out);
            cutter.give_back(first.block);
        }
    })
}

impl Job {
    fn run(self, each: &impl Fn(&Record<'_>, &mut Part) -> io::Result<()>) {
        let read = read_part(&self.block, &self.from, self.end, self.part, each);
        // The block is given back before the part is handed over.
        drop(self.block);
        // Where nobody waits for it any more, it is not needed.
        let _ = self.done.send(read);
    }
}

/// Reads the records that begin before `end`.
fn read_part(
    block: &Block,
    from: &Records<'_>,
    end: u64,
    mut part: Part,
    each: &impl Fn(&Record<'_>, &mut Part) -> io::Result<()>,
) -> io::Result<Done> {
    let mut at = from.read_on(block.from(from.offset()), from.line(), from.offset());
    while at.offset() < end && !part.stops {
        let Some(record) = at.next() else { break };
        each(&record, &mut part)?;
    }
    let to = at.read_on(b"", at.line(), at.offset());
    Ok(Done { part, to })
}

/// Reads the input in blocks and cuts them into parts.
struct Cutter<R> {
    input: R,
    block: Arc<Block>,
    /// Where the next part begins, in the block and in lines.
    start: usize,
    line: u64,
    /// Whether the block is the last one, and how the input ended.
    ended: bool,
    result: io::Result<()>,
    /// Memory of blocks that were read.
    memory: Vec<Vec<u8>>,
}

impl<R: Read> Cutter<R> {
    fn new(input: R) -> Self {
        let bytes = Vec::new();
        Self {
            input,
            block: Arc::new(Block { bytes, offset: 0 }),
            start: 0,
            line: 1,
            ended: false,
            result: Ok(()),
            memory: Vec::new(),
        }
    }

    /// The next part: the block it is in, the line and the offset it begins at,
    /// and the offset of its end.
    fn next(&mut self) -> Option<(Arc<Block>, u64, u64, u64)> {
        // What is left of a block begins the next one, rather than be cut in
        // the middle of a line.
        if !self.ended && self.start + PART >= self.limit() {
            self.read_block();
        }
        let (limit, start) = (self.limit(), self.start);
        if start >= limit {
            return None;
        }
        let bytes = &self.block.bytes[..limit];
        // Past `PART`, or what is left.
        let feed = bytes
            .get(start + PART..)
            .and_then(|rest| Some(start + PART + memchr::memchr(b'\n', rest)?));
        let feed = feed.or_else(|| match self.ended {
            true => None,
            false => Some(start + memchr::memrchr(b'\n', &bytes[start..])?),
        });
        let end = feed.map_or(limit, |feed| feed + 1);
        let (line, offset) = (self.line, self.block.offset);
        self.line += memchr::memchr_iter(b'\n', &bytes[start..end]).count() as u64;
        self.start = end;
        let block = Arc::clone(&self.block);
        Some((block, line, offset + start as u64, offset + end as u64))
    }

    /// Up to here, parts can be cut off the block.
    fn limit(&self) -> usize {
        let len = self.block.bytes.len();
        match self.ended {
            true => len,
            false => len.saturating_sub(AHEAD),
        }
    }

    /// Reads the next block, which begins with what is left of this one.
    fn read_block(&mut self) {
        let left = &self.block.bytes[self.start..];
        let missing = BLOCK + AHEAD - left.len();
        let mut bytes = self.memory.pop().unwrap_or_default();
        bytes.clear();
        bytes.reserve_exact(left.len() + missing);
        bytes.extend_from_slice(left);
        let offset = self.block.offset + self.start as u64;
        let input = self.input.by_ref();
        // After an error, what was read before it is read to the end.
        match input.take(missing as u64).read_to_end(&mut bytes) {
            Ok(len) => self.ended = len < missing,
            Err(error) => {
                self.ended = true;
                self.result = Err(error);
            }
        }
        let block = Arc::new(Block { bytes, offset });
        let last = std::mem::replace(&mut self.block, block);
        self.start = 0;
        self.give_back(last);
    }

    /// Takes back the memory of a block that nobody reads any more.
    fn give_back(&mut self, block: Arc<Block>) {
        self.memory
            .extend(Arc::into_inner(block).map(|it| it.bytes));
    }
}
