//! Where a stand-in plays.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use avahi_events::browse::Browse;

use crate::stand_in;

/// A folder of its own with the stand-in in it.
pub struct Stage {
    folder: PathBuf,
    program: PathBuf,
}

impl Stage {
    pub fn new(behaviour: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("faults-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join(behaviour);
        symlink(env::current_exe().unwrap(), &program).unwrap();
        Self { folder, program }
    }

    pub fn program(&self) -> &Path {
        &self.program
    }

    pub fn browse(&self) -> Browse {
        self.browse_type("_http._tcp")
    }

    pub fn browse_type(&self, service_type: &str) -> Browse {
        Browse::service_type(service_type).program(&self.program)
    }

    /// The processes that the stand-in has been.
    pub fn pids(&self) -> Vec<u32> {
        let pids = fs::read_to_string(stand_in::pids(&self.program)).unwrap_or_default();
        pids.lines().map(|it| it.parse().unwrap()).collect()
    }

    /// Asserts that it was run, and that nothing is left of it, not even an
    /// entry that nobody has reaped.
    pub fn assert_empty(&self) {
        let pids = self.pids();
        assert!(!pids.is_empty(), "the stand-in was never run");
        for pid in pids {
            let left = Path::new("/proc").join(pid.to_string());
            assert!(!left.exists(), "process {pid} is left");
        }
    }

    /// Waits until the stand-in runs.
    pub fn wait_for_entrance(&self) -> u32 {
        let start = Instant::now();
        loop {
            if let [.., pid] = self.pids()[..] {
                return pid;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "it never ran");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// How far a deadline may be missed.
pub const TOLERANCE: Duration = Duration::from_millis(200);

/// Does it until it takes no longer than `limit`, and five times at most: a
/// busy machine can be late once, a deadline that does not hold always is.
pub fn within<T>(what: &str, limit: Duration, mut run: impl FnMut() -> T) -> T {
    let mut times = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let result = run();
        let took = start.elapsed();
        times.push(took);
        if took <= limit {
            println!("{what}: {took:?} of at most {limit:?}");
            return result;
        }
    }
    panic!("{what}: {times:?}, each more than {limit:?}");
}
