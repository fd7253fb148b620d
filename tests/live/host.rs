//! Hosts on one link: each a network namespace with a bus and an
//! avahi-daemon of its own.
//!
//! All of a host lives in a process namespace, whose first process ends when
//! its standard input is closed: so nothing is left of it, whatever becomes of
//! the test. The namespaces have no names, so that none can be taken.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::running::Running;

/// How long anything may take before the test fails.
pub const LONG: Duration = Duration::from_secs(60);

/// What a host is made of: its own `/run`, for the bus, and `/etc/avahi`.
const FIRST_PROCESS: &str = "\
mount -t tmpfs tmpfs /run && mkdir /run/dbus &&
mount -t tmpfs tmpfs /etc/avahi && mkdir /etc/avahi/services &&
ip link set lo up && echo up && exec cat";

/// Room for thousands of services.
const LIMITS: &str = "cache-entries-max=100000\nobjects-per-client-max=100000\n";

/// Where the processes of a host are entered.
const DAEMON_PID: &str = "/run/avahi-daemon/pid";
const BUS_PID: &str = "/run/bus.pid";

/// Asks again and again until there is an answer.
#[track_caller]
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < LONG, "{what}: not within {LONG:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// A link that hosts are on.
pub struct Link {
    switch: Namespaces,
    hosts: u8,
}

/// The namespaces of a host, which live as long as this does.
struct Namespaces {
    unshare: Child,
    stdin: Option<ChildStdin>,
    /// The process id of the first process in them.
    pid: u32,
}

impl Namespaces {
    fn new() -> Self {
        let mut unshare = Command::new("unshare")
            .args(["--net", "--mount", "--uts", "--pid", "--fork"])
            .args(["--kill-child", "--mount-proc", "sh", "-c", FIRST_PROCESS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = unshare.stdin.take();
        let mut up = String::new();
        let stdout = unshare.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut up).unwrap();
        assert_eq!(up, "up\n", "no namespaces: is this root?");
        let pid = only_child(unshare.id());
        Self {
            unshare,
            stdin,
            pid,
        }
    }

    /// A command on that link, but among this system's files and processes.
    fn on_link(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        let pid = self.pid.to_string();
        command.args(["--target", &pid, "--net", "--", program]);
        command
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
    }
}

/// The child that a process has.
pub fn only_child(pid: u32) -> u32 {
    let children = format!("/proc/{pid}/task/{pid}/children");
    until("a child", || {
        fs::read_to_string(&children).unwrap().trim().parse().ok()
    })
}

impl Link {
    pub fn new() -> Self {
        let switch = Namespaces::new();
        let bridge = "link add bridge type bridge mcast_snooping 0";
        run(switch.on_link("ip").args(bridge.split(' ')));
        run(switch.on_link("ip").args(["link", "set", "bridge", "up"]));
        Self { switch, hosts: 0 }
    }

    /// A host with nothing on it but the interface `eth0`, with an IPv4
    /// address and a link-local IPv6 one.
    pub fn host(&mut self, name: &str) -> Host {
        let host = self.host_without_address(name);
        host.ip(&format!("address add {}/24 dev eth0", host.address));
        host
    }

    /// The same with only the link-local IPv6 address.
    pub fn host_without_address(&mut self, name: &str) -> Host {
        self.hosts += 1;
        let host = Host {
            namespaces: Namespaces::new(),
            name: name.into(),
            address: format!("10.9.8.{}", self.hosts),
            link_local: format!("fe80::{}", self.hosts),
        };
        self.connect(&host, "eth0");
        let configuration = format!(
            "[server]\nhost-name={name}\n{LIMITS}[wide-area]\nenable-wide-area=no\n\
             [publish]\npublish-workstation=no\npublish-hinfo=no\n"
        );
        fs::write(host.file("/etc/avahi/avahi-daemon.conf"), configuration).unwrap();
        host
    }

    /// Gives the host one more interface.
    pub fn connect(&self, host: &Host, interface: &str) {
        let peer = format!("{}{}", host.name, interface.len());
        let switch = self.switch.pid.to_string();
        run(host
            .namespaces
            .on_link("ip")
            .args(["link", "add", interface, "type", "veth"])
            .args(["peer", "name", &peer, "netns", &switch]));
        run(self
            .switch
            .on_link("ip")
            .args(["link", "set", &peer, "master", "bridge", "up"]));
        // An address made up by the kernel would take seconds until it is used.
        for arguments in [
            format!("link set {interface} addrgenmode none up"),
            format!("address add {}/64 dev {interface} nodad", host.link_local),
        ] {
            run(host.namespaces.on_link("ip").args(arguments.split(' ')));
        }
    }
}

/// A host.
pub struct Host {
    namespaces: Namespaces,
    pub name: String,
    /// The IPv4 address, if it has one.
    pub address: String,
    /// The link-local IPv6 address, on all interfaces.
    pub link_local: String,
}

impl Host {
    /// A file of the host's, by a path of this system's.
    pub fn file(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{path}", self.namespaces.pid))
    }

    /// A command on the host.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        let pid = self.namespaces.pid.to_string();
        command.args([
            "--target", &pid, "--net", "--mount", "--uts", "--pid", "--", program,
        ]);
        command
    }

    /// Runs `ip` with these arguments.
    #[track_caller]
    pub fn ip(&self, arguments: &str) {
        run(self.command("ip").args(arguments.split(' ')));
    }

    /// The hardware address of `eth0`.
    pub fn mac(&self) -> String {
        let address = self
            .command("cat")
            .arg("/sys/class/net/eth0/address")
            .output();
        String::from_utf8(address.unwrap().stdout)
            .unwrap()
            .trim()
            .into()
    }

    /// Starts the system bus.
    pub fn start_bus(&self) {
        let mut bus = self.command("dbus-daemon");
        bus.args(["--system", "--fork", "--nopidfile", "--print-pid"]);
        let output = bus.output().unwrap();
        assert!(output.status.success(), "{bus:?}: {output:?}");
        fs::write(self.file(BUS_PID), output.stdout).unwrap();
        let socket = self.file("/run/dbus/system_bus_socket");
        until("the bus", || socket.exists().then_some(()));
    }

    /// Starts avahi-daemon.
    pub fn start_daemon(&self) {
        let mut daemon = self.command("avahi-daemon");
        daemon.args([
            "--daemonize",
            "--no-drop-root",
            "--no-chroot",
            "--no-rlimits",
        ]);
        run(&mut daemon);
    }

    /// Kills avahi-daemon, as a crash would.
    pub fn kill_daemon(&self) {
        self.kill(DAEMON_PID);
    }

    /// Kills the bus, which ends avahi-daemon too.
    pub fn kill_bus(&self) {
        self.kill(BUS_PID);
        self.wait_for_end(DAEMON_PID);
    }

    fn kill(&self, pid_file: &str) {
        let pid = fs::read_to_string(self.file(pid_file)).unwrap();
        run(self.command("kill").args(["-KILL", pid.trim()]));
        self.wait_for_end(pid_file);
    }

    /// Waits until the process is gone that entered itself there, and removes
    /// the entry.
    fn wait_for_end(&self, pid_file: &str) {
        let file = self.file(pid_file);
        let Ok(pid) = fs::read_to_string(&file) else {
            return; // it has removed the entry itself
        };
        let stat = self.file(&format!("/proc/{}/stat", pid.trim()));
        until("a daemon's end", || match fs::read_to_string(&stat) {
            Ok(stat) => stat.contains(") Z ").then_some(()),
            Err(_) => Some(()),
        });
        let _ = fs::remove_file(file);
    }

    /// Starts both.
    pub fn start(&self) {
        self.start_bus();
        self.start_daemon();
    }

    /// Publishes a service from a file, as an administrator does.
    pub fn publish_file(&self, xml: &str) {
        fs::write(self.file("/etc/avahi/services/test.service"), xml).unwrap();
    }

    /// Publishes a service through D-Bus, until the result is dropped.
    pub fn publish(&self, service: &Published<'_>) -> Running {
        let publisher = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/publish.py");
        let mut publisher = Running::start(self.command("/usr/bin/python3").arg(publisher));
        publisher.say(&json!({"hosts": [], "services": [service.json()]}).to_string());
        publisher.line_with("published [null]");
        publisher
    }

    /// Runs it to its end.
    pub fn output(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program).args(arguments).output().unwrap()
    }
}

/// A service to publish.
pub struct Published<'a> {
    pub name: &'a str,
    pub service_type: &'a str,
    pub port: u16,
    /// The strings, in the order of the wire.
    pub txt: &'a [&'a [u8]],
}

impl Published<'_> {
    fn json(&self) -> Value {
        let txt: Vec<_> = self.txt.iter().map(|it| STANDARD.encode(it)).collect();
        json!({
            "name": self.name, "type": self.service_type, "subtypes": [],
            "host": "", "port": self.port, "txt": txt,
        })
    }
}
