//! What stands in for `avahi-browse`.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

pub type Behaviour = fn();

/// All there are, by the name that the program is run under.
const BEHAVIOURS: &[(&str, Behaviour)] = &[
    ("arguments", arguments),
    ("asked-again", asked_again),
    ("closes-output", closes_output),
    ("dies-at-once", dies_at_once),
    ("dies-in-a-line", dies_in_a_line),
    ("dies-twice", dies_twice),
    ("endless-line", endless_line),
    ("ends", ends),
    ("flood", flood),
    ("garbage", garbage),
    ("grandchild", grandchild),
    ("ignores-sigterm", ignores_sigterm),
    ("invalid-type", invalid_type),
    ("link-local-first", link_local_first),
    ("never-ends", never_ends),
    ("no-database", no_database),
    ("no-daemon", no_daemon),
    ("not-ready", not_ready),
    ("open-quote", open_quote),
    ("prints-nothing", prints_nothing),
    ("raw-txt", raw_txt),
    ("settles", settles),
    ("talks", talks),
    ("forges", forges),
];

/// The behaviour that this process was started to have, if any.
pub fn behaviour() -> Option<Behaviour> {
    let program = PathBuf::from(env::args_os().next()?);
    let name = program.file_name()?.to_str()?;
    let (_, behaviour) = BEHAVIOURS.iter().find(|(it, _)| *it == name)?;
    enter_pid(&program);
    Some(*behaviour)
}

/// Where the stand-in at `program` enters its process id each time it runs.
pub fn pids(program: &Path) -> PathBuf {
    program.with_extension("pids")
}

fn enter_pid(program: &Path) {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(pids(program))
        .unwrap();
    writeln!(file, "{}", process::id()).unwrap();
}

/// How often the stand-in has been run, this time included.
fn runs() -> usize {
    let program = PathBuf::from(env::args_os().next().unwrap());
    fs::read_to_string(pids(&program)).unwrap().lines().count()
}

fn print(text: &str) {
    let mut out = io::stdout().lock();
    // As of `avahi-browse`, it is the end of the program if nobody listens.
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        process::exit(141);
    }
}

fn live_on() -> ! {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

const SEEN: &str = "+;eth0;IPv4;there;_http._tcp;local\n";
const THERE: &str = "=;eth0;IPv4;there;_http._tcp;local;there.local;192.0.2.7;80;\n";
const OTHER: &str = "=;eth0;IPv4;other;_http._tcp;local;other.local;192.0.2.8;80;\n";

fn arguments() {
    for argument in env::args().skip(1) {
        eprintln!("argument {argument}");
    }
    eprintln!("LC_ALL {}", env::var("LC_ALL").unwrap_or_default());
}

/// Both places are resolved to the same link-local address at first.
fn asked_again() {
    let address = if runs() == 1 { "fe80::1" } else { "192.0.2.7" };
    print(&SEEN.replace("IPv4", "IPv6"));
    print(SEEN);
    print(
        &THERE
            .replace("IPv4", "IPv6")
            .replace("192.0.2.7", "fe80::1"),
    );
    print(&THERE.replace("192.0.2.7", address));
    live_on();
}

fn closes_output() {
    print(SEEN);
    let error = Command::new("sleep")
        .arg("3600")
        .stdout(Stdio::null())
        .exec();
    panic!("{error}");
}

fn dies_at_once() {
    process::exit(3);
}

fn dies_in_a_line() {
    print(SEEN);
    print("=;eth0;IPv4;there;_http._tcp;local");
    process::abort();
}

fn dies_twice() {
    if runs() <= 2 {
        eprintln!("Failed to create client object: Daemon not running");
        process::exit(1);
    }
    print(SEEN);
    print(THERE);
    live_on();
}

fn endless_line() {
    let block = "x".repeat(1 << 20);
    for _ in 0..100 {
        print(&block);
    }
}

fn ends() {
    print(SEEN);
    print(OTHER);
}

fn flood() {
    for number in 0_u64.. {
        print(
            &SEEN
                .replace("there", &format!("service{number}"))
                .repeat(100),
        );
    }
}

/// 100 MB, with a line feed now and then.
fn garbage() {
    let mut state = 1_u64;
    let mut block = vec![0; 1 << 20];
    for byte in &mut block {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        *byte = (state >> 56) as u8;
    }
    for _ in 0..100 {
        if io::stdout().write_all(&block).is_err() {
            process::exit(141);
        }
    }
}

/// Ends, and leaves a process behind that holds both outputs open, for long.
#[expect(clippy::zombie_processes)]
fn grandchild() {
    print(SEEN);
    eprintln!("a message");
    Command::new("sleep").arg("15").spawn().unwrap();
}

fn ignores_sigterm() {
    let error = Command::new("sh")
        .args(["-c", "trap '' TERM INT HUP; exec sleep 3600"])
        .exec();
    panic!("{error}");
}

fn invalid_type() {
    eprintln!("avahi_service_browser_new() failed: Invalid service type");
}

fn link_local_first() {
    let is_late = env::args().any(|it| it == "_late._tcp");
    if is_late {
        print(SEEN);
    }
    print("=;lo;IPv4;there;_http._tcp;local;there.local;127.0.0.1;80;\n");
    print("=;eth0;IPv6;there;_http._tcp;local;there.local;fe80::1;80;\n");
    if env::args().any(|it| it == "_both._tcp") {
        thread::sleep(Duration::from_millis(100));
        print(THERE);
    }
    if is_late {
        thread::sleep(Duration::from_millis(900));
        print(THERE);
    }
    live_on();
}

fn never_ends() {
    print(SEEN);
    live_on();
}

/// As an `avahi-browse` that was built without a type database.
fn no_database() {
    if env::args().any(|it| it == "-k") {
        eprintln!("avahi-browse: invalid option -- 'k'");
        process::exit(1);
    }
    print(SEEN);
    print(THERE);
    live_on();
}

fn no_daemon() {
    eprintln!("Failed to create client object: Daemon not running");
    process::exit(1);
}

/// A service whose TXT changes, which a running `avahi-browse` does not show.
fn not_ready() {
    print(SEEN);
    let state = if runs() == 1 { "starting" } else { "ready" };
    print(&THERE.replace(";80;", &format!(";80;\"state={state}\"")));
    live_on();
}

/// TXT as before Avahi 0.8, whose quote is never closed.
fn open_quote() {
    print(&THERE.replace(";80;", ";80;\"a=1"));
    live_on();
}

fn prints_nothing() {
    live_on();
}

/// TXT as before Avahi 0.8: the next line could belong to it.
fn raw_txt() {
    print(&THERE.replace(";80;", ";80;\"path=C:\\new\""));
    live_on();
}

/// Settles it after a while, and says when in TXT.
fn settles() {
    print(SEEN);
    thread::sleep(Duration::from_millis(100));
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    print(&THERE.replace(";80;", &format!(";80;\"nanos={}\"", now.as_nanos())));
    live_on();
}

fn talks() {
    print(SEEN);
    eprintln!(
        "Failed to resolve service 'there' of type '_http._tcp' in domain 'local': Timeout reached"
    );
    eprintln!("something of the C library's own");
    eprint!("half a line");
    print("what is this?\n+;eth0;IPv4;there;_http._tcp\n");
    process::exit(7);
}

/// What is no message of `avahi-browse`'s own, but looks like one: names can
/// hold line feeds.
fn forges() {
    print(SEEN);
    eprintln!("=;eth0;IPv4;forged;_http._tcp;local;forged.local;192.0.2.66;80;");
    eprintln!("avahi_service_browser_new() failed: Invalid service type");
    process::exit(1);
}
