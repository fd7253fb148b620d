//! Files, read in large blocks by several threads, and in order all the same.
//!
//! A block is cut at line ends into a part for each thread. Whether a record
//! begins there, and what was learned before it of the capture, is a guess that
//! is nearly always right; where it was not, the part is read again.

use std::{
    io::{self, Read},
    thread,
};

use avahi_events::{MAX_RECORD, Record, Records, Stamps, records};

use crate::unread::Unread;

/// How many bytes are read in a block, for all threads together, beside
/// [`AHEAD`]. What is made of them is held, too, until it is its turn.
const BLOCK: usize = 1024 * 1024;

/// So much has to follow a record in the block for it to be read right, unless
/// the file ends.
const AHEAD: usize = 2 * MAX_RECORD;

/// What came of a part of a block.
pub struct Part {
    /// What is to be printed.
    pub out: Vec<u8>,
    /// What did not read.
    pub unread: Unread,
    /// Whether the reading is to stop here.
    pub stops: bool,
}

/// A part that was read: from where, and up to where.
struct Done<'a> {
    from: Records<'a>,
    to: Records<'a>,
    part: Part,
}

/// Reads all of the input. `each` takes one record, in any of the threads;
/// `done` takes the parts in order, with the offset where the next begins. The
/// outer error is theirs, the inner one the input's.
pub fn read<R: Read>(
    mut input: R,
    stamps: Stamps,
    threads: usize,
    each: impl Fn(&Record<'_>, &mut Part) -> io::Result<()> + Sync,
    mut done: impl FnMut(Part, u64) -> io::Result<()>,
) -> io::Result<io::Result<()>> {
    let mut at = records(b"").with_stamps(stamps);
    let mut block = Vec::new();
    loop {
        let missing = BLOCK + AHEAD - block.len();
        // After an error, what was read before it is read to the end.
        let result = input.by_ref().take(missing as u64).read_to_end(&mut block);
        let ended = result.as_ref().is_ok_and(|&len| len < missing) || result.is_err();
        let limit = block.len() - if ended { 0 } else { AHEAD };
        let start = at.offset();
        let parts = read_parts(&at, &block, limit, threads, &each)?;
        let mut now = at.read_on(&block, at.line(), start);
        for (guess, end) in parts {
            let right = guess.from.is_where(&now);
            let read = if right {
                guess
            } else {
                read_part(now, end, &each)?
            };
            now = read.to;
            let stops = read.part.stops;
            done(read.part, now.offset())?;
            if stops {
                return Ok(Ok(()));
            }
        }
        at = now.read_on(b"", now.line(), now.offset());
        block.drain(..(at.offset() - start) as usize);
        if ended {
            return Ok(result.map(drop));
        }
    }
}

/// Reads the block up to `limit`, each part in a thread of its own. With each
/// part comes the offset of its end.
fn read_parts<'a>(
    at: &Records<'_>,
    block: &'a [u8],
    limit: usize,
    threads: usize,
    each: &(impl Fn(&Record<'_>, &mut Part) -> io::Result<()> + Sync),
) -> io::Result<Vec<(Done<'a>, u64)>> {
    let mut starts = vec![0];
    for thread in 1..threads {
        let least = limit / threads * thread;
        let feed = block[least..limit].iter().position(|&byte| byte == b'\n');
        starts.extend(
            feed.map(|feed| least + feed + 1)
                .filter(|&start| start < limit),
        );
    }
    starts.dedup();
    let mut line = at.line();
    let mut jobs = Vec::new();
    for (at_start, &start) in starts.iter().enumerate() {
        let end = starts.get(at_start + 1).copied().unwrap_or(limit);
        let from = at.read_on(&block[start..], line, at.offset() + start as u64);
        line += memchr::memchr_iter(b'\n', &block[start..end]).count() as u64;
        jobs.push((from, at.offset() + end as u64));
    }
    thread::scope(|scope| {
        let mut jobs = jobs.into_iter();
        let first = jobs.next();
        let others: Vec<_> = jobs
            .map(|(from, end)| scope.spawn(move || Ok((read_part(from, end, each)?, end))))
            .collect();
        let first = first.map(|(from, end)| Ok((read_part(from, end, each)?, end)));
        let others = others.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        first.into_iter().chain(others).collect()
    })
}

/// Reads the records that begin before `end`.
fn read_part<'a>(
    from: Records<'a>,
    end: u64,
    each: impl Fn(&Record<'_>, &mut Part) -> io::Result<()>,
) -> io::Result<Done<'a>> {
    let mut to = from.clone();
    let mut part = Part {
        out: Vec::new(),
        unread: Unread::held(),
        stops: false,
    };
    while to.offset() < end && !part.stops {
        let Some(record) = to.next() else { break };
        each(&record, &mut part)?;
    }
    Ok(Done { from, to, part })
}
