//! The page of `avahi-events report --html`, in a real browser.

#![cfg(feature = "cli")]

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// What strangers may call their services to do harm.
const HOSTILE: [&str; 6] = [
    "<img src=x onerror=window.harmed=1>",
    "</script><script>window.harmed=1</script>",
    "<!--<script>",
    "]]> \u{1b}[31m \u{202e}txet",
    "{script} ${window.harmed=1} `'\"",
    "\u{7}\u{0}\r\n&lt;b&gt;",
];

/// A fresh directory for one test.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("report_page")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Writes the page of a capture.
fn page(directory: &Path, capture: &[u8]) -> PathBuf {
    let (log, page) = (directory.join("session.log"), directory.join("page.html"));
    fs::write(&log, capture).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_avahi-events"))
        .args(["report", "--zone", "UTC", "--html"])
        .args([&page, &log])
        .output()
        .unwrap();
    assert!(done.stdout.is_empty());
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    page
}

fn escaped(name: &str) -> String {
    name.bytes().map(|byte| format!("\\{byte:03}")).collect()
}

/// A service that comes and stays, with a name that is escaped as Avahi does it.
fn add(capture: &mut String, second: usize, name: &str, service_type: &str) {
    let stamp = 1_795_345_126 + second;
    let service = format!("{};{service_type};local", escaped(name));
    writeln!(capture, "{stamp} +;eth0;IPv4;{service}").unwrap();
    let host = escaped("<b>host</b>");
    let endpoint = format!("{host}.local;192.0.2.{};80;", second % 250);
    writeln!(capture, "{stamp} =;eth0;IPv4;{service};{endpoint}").unwrap();
}

/// Two thousand services, some of which come and go.
fn large_session() -> String {
    let types = ["_ipp._tcp", "_http._tcp", "_ssh._tcp", "_googlecast._tcp"];
    let mut capture = String::new();
    for number in 0..2000 {
        let name = match HOSTILE.get(number) {
            Some(name) => (*name).to_owned(),
            None => format!("Service {number}"),
        };
        add(&mut capture, number, &name, types[number % 4]);
    }
    for round in 0..50 {
        for (kind, second) in [("-", 0), ("+", 200)] {
            for number in (100..2000).step_by(37) {
                let stamp = 1_795_345_126 + 2200 + round * 600 + second + number / 20;
                let name = escaped(&format!("Service {number}"));
                let service = format!("{name};{};local", types[number % 4]);
                writeln!(capture, "{stamp} {kind};eth0;IPv4;{service}").unwrap();
            }
        }
    }
    capture
}

/// A browser that a driver drives (W3C WebDriver), for one test.
struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    fn new(profile: &Path) -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed");
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
        };
        for _ in 0..100 {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(_) => break,
                Err(_) => sleep(Duration::from_millis(100)),
            }
        }
        let profile = format!("--user-data-dir={}", profile.join("profile").display());
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1400,1000",
            profile,
        ]);
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let session = browser.request("POST", "", &capabilities);
        browser.session = format!("/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    /// Asks the driver, and gives the value of its answer.
    fn request(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = match method {
            "POST" => body.to_string(),
            _ => String::new(),
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        write!(
            stream,
            "{method} /session{}{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.session,
            self.port,
            body.len(),
        )
        .unwrap();
        let mut answer = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let start = head.len();
            assert_ne!(answer.read_line(&mut head).unwrap(), 0, "{head}");
            let line = head[start..].to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {body}");
        serde_json::from_str::<Value>(&body).unwrap()["value"].take()
    }

    fn open(&self, page: &Path) {
        let url = format!("file://{}", page.display());
        self.request("POST", "/url", &json!({ "url": url }));
    }

    /// What a piece of script gives.
    fn eval(&self, script: &str) -> Value {
        let script = format!("return ({script});");
        self.request(
            "POST",
            "/execute/sync",
            &json!({ "script": script, "args": [] }),
        )
    }

    fn text(&self, id: &str) -> String {
        let text = self.eval(&format!("document.getElementById('{id}').textContent"));
        text.as_str().unwrap().to_owned()
    }

    /// The text of the rows that are in the page.
    fn rows(&self) -> Vec<String> {
        let rows =
            self.eval("[...document.querySelectorAll('.row .name')].map(it => it.textContent)");
        serde_json::from_value(rows).unwrap()
    }

    /// Waits for the next frame to be drawn.
    fn settle(&self) {
        let script = "const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => done(0)));";
        self.request(
            "POST",
            "/execute/async",
            &json!({ "script": script, "args": [] }),
        );
    }

    /// Chooses a value of a field, as a person's input does.
    fn set(&self, id: &str, value: &str) {
        self.eval(&format!(
            "(() => {{ const it = document.getElementById('{id}'); it.value = {};
               it.dispatchEvent(new Event('input', {{ bubbles: true }})); return 0; }})()",
            json!(value)
        ));
        self.settle();
    }

    fn element(&self, selector: &str) -> Value {
        let by = json!({ "using": "css selector", "value": selector });
        self.request("POST", "/element", &by)
    }

    fn hover(&self, selector: &str) {
        let to = json!({ "type": "pointerMove", "origin": self.element(selector), "x": 0, "y": 0 });
        let away = json!({ "type": "pointerMove", "origin": "viewport", "x": 1, "y": 1 });
        let pointer = json!({ "type": "pointer", "id": "mouse", "actions": [away, to] });
        self.request("POST", "/actions", &json!({ "actions": [pointer] }));
        self.settle();
    }

    fn press(&self, keys: &str) {
        let actions = keys.chars().flat_map(|key| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
        });
        let keyboard =
            json!({ "type": "key", "id": "keys", "actions": actions.collect::<Vec<_>>() });
        self.request("POST", "/actions", &json!({ "actions": [keyboard] }));
        self.settle();
    }

    /// Takes a picture in a colour scheme, and gives the colour of the page.
    fn picture(&self, scheme: &str, file: &Path) -> String {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.request(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": feature } }),
        );
        self.settle();
        let picture = self.request("GET", "/screenshot", &Value::Null);
        let picture = STANDARD.decode(picture.as_str().unwrap()).unwrap();
        assert!(picture.starts_with(b"\x89PNG"));
        fs::write(file, picture).unwrap();
        let colour = self.eval("getComputedStyle(document.body).backgroundColor");
        colour.as_str().unwrap().to_owned()
    }

    /// Nothing of a stranger's became a part of the page, nothing was loaded,
    /// and nothing was complained of.
    fn assert_unharmed(&self) {
        assert_eq!(self.eval("typeof window.harmed"), "undefined");
        assert_eq!(self.eval("document.scripts.length"), 2);
        assert_eq!(
            self.eval("document.querySelectorAll('img, b, iframe, link, a').length"),
            0
        );
        assert_eq!(
            self.eval("performance.getEntriesByType('resource').length"),
            0
        );
        let log = self.request("POST", "/se/log", &json!({ "type": "browser" }));
        assert_eq!(log, json!([]));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.request("DELETE", "", &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

const DOWN: &str = "\u{e015}";
const RIGHT: &str = "\u{e014}";

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_real_session() {
    let directory = directory("session");
    let capture = fs::read("tests/captures/session.ts.txt").unwrap();
    let page = page(&directory, &capture);
    let browser = Browser::new(&directory);
    browser.open(&page);
    browser.settle();
    assert_eq!(browser.text("shown"), "26 of 26 shown");
    assert_eq!(
        browser.text("span"),
        "2026-11-22 10:58:46 to 2026-11-22 10:59:36 (UTC), 49.9 s"
    );

    browser.set("by-name", "FLAPP");
    assert_eq!(browser.rows(), ["Flapping; \"A\"_http._tcp"]);
    assert_eq!(browser.eval("document.querySelectorAll('.life').length"), 2);
    assert_eq!(
        browser.eval("document.querySelectorAll('.restart').length"),
        1
    );
    browser.hover(".row .track");
    let details = browser.text("details");
    assert!(details.contains("at 10.99.0.1 port 102"), "{details}");
    assert!(
        details.contains("10:59:03, at 10.98.0.1 port 100"),
        "{details}"
    );
    assert!(details.contains("Lost2 times"), "{details}");

    browser.set("by-name", "");
    browser.set("by-interface", "lo");
    assert_eq!(
        browser.rows(),
        ["node1 [00:00:00:00:00:00]_workstation._tcp"]
    );
    browser.set("by-interface", "");
    browser.set("by-type", "_daap._tcp");
    assert_eq!(browser.rows(), ["-_daap._tcp", "+_daap._tcp"]);
    browser.set("by-type", "");
    browser.set("by-state", "gone");
    assert_eq!(browser.rows().len(), 4);
    assert_eq!(
        browser.picture("light", &directory.join("light.png")),
        "rgb(255, 255, 255)"
    );
    assert_eq!(
        browser.picture("dark", &directory.join("dark.png")),
        "rgb(20, 23, 27)"
    );

    // By the keyboard alone.
    browser.eval("document.getElementById('rows').focus()");
    browser.press(DOWN);
    let title = "document.querySelector('#details h3').textContent";
    assert_eq!(browser.eval(title), "Short lived");
    let bar = "document.querySelector('.row.chosen .life').getBoundingClientRect().width";
    let before = browser.eval(bar).as_f64().unwrap();
    browser.press("+");
    browser.press(&RIGHT.repeat(20));
    assert_eq!(
        browser.eval(&format!(
            "{} === null",
            "document.querySelector('.row.chosen .life')"
        )),
        true
    );
    browser.press("0+");
    browser.press(&"\u{e012}".repeat(20));
    let after = browser.eval(bar).as_f64().unwrap();
    assert!((after - 2.0 * before).abs() < 2.0, "{before} {after}");
    browser.assert_unharmed();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn one_service_with_a_hostile_name() {
    for (number, name) in HOSTILE.into_iter().enumerate() {
        let directory = directory(&format!("one-{number}"));
        let mut capture = String::new();
        add(&mut capture, 0, name, "_http._tcp");
        add(
            &mut capture,
            50,
            name,
            "_<script>window.harmed=1</script>._tcp",
        );
        let page = page(&directory, capture.as_bytes());
        let text = fs::read_to_string(&page).unwrap();
        assert!(!text.contains(name), "{name}");
        assert!(!text.contains("window.harmed=1</script>"), "{name}");
        let browser = Browser::new(&directory);
        browser.open(&page);
        browser.settle();
        browser.hover(".row .track");
        let shown = browser.eval("document.querySelector('#details h3').textContent");
        let expected: String = name
            .chars()
            .map(|char| match char {
                '\u{202e}' => char.escape_unicode().to_string(),
                _ if char.is_control() => char.escape_unicode().to_string(),
                _ => char.to_string(),
            })
            .collect();
        assert_eq!(shown, expected);
        browser.picture("light", &directory.join("light.png"));
        browser.picture("dark", &directory.join("dark.png"));
        browser.assert_unharmed();
    }
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn two_thousand_services() {
    let directory = directory("many");
    let page = page(&directory, large_session().as_bytes());
    let browser = Browser::new(&directory);
    browser.open(&page);
    browser.settle();
    assert_eq!(browser.text("shown"), "2000 of 2000 shown");
    let rows = browser.rows().len();
    assert!(rows < 100, "{rows} rows are in the page");
    browser.picture("light", &directory.join("light.png"));
    browser.hover(".row:nth-child(3) .track");
    browser.picture("dark", &directory.join("dark.png"));

    // All of them can be reached.
    browser.eval("document.getElementById('rows').focus()");
    browser.press("\u{e010}");
    let last = browser.rows();
    assert!(last.last().unwrap().ends_with("_ssh._tcp"), "{last:?}");
    browser.set("by-name", "service 1999");
    assert_eq!(browser.rows(), ["Service 1999_googlecast._tcp"]);
    browser.set("by-name", "");
    browser.set("order", "lost");
    browser.hover(".row .track");
    assert!(browser.text("details").contains("Lost50 times"));
    browser.picture("light", &directory.join("lost.png"));
    browser.assert_unharmed();
}
