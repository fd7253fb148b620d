//! The example `services_http` on a real host, with `curl` and with Chromium.

use std::{env, path::PathBuf};

use serde_json::{Value, json};

use crate::{
    host::{Host, Link, Published, until},
    running::Running,
};

const ADDRESS: &str = "127.0.0.1:8080";

/// The example, as `cargo test` has built it.
fn example() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap();
    folder.join("examples/services_http")
}

/// What `curl` gets on the host.
fn curl(host: &Host, arguments: &[&str]) -> Option<String> {
    let common = ["--silent", "--fail", "--show-error", "--max-time", "60"];
    let output = host.output("curl", &[&common, arguments].concat());
    let succeeded = output.status.success();
    succeeded.then(|| String::from_utf8(output.stdout).unwrap())
}

/// The service of that name, as `GET /services` has it.
fn service(host: &Host, name: &str) -> Option<Value> {
    let services = curl(host, &[&format!("http://{ADDRESS}/services")])?;
    let services: Vec<Value> = serde_json::from_str(&services).unwrap();
    services.into_iter().find(|it| it["name"] == name)
}

/// Chromium on the host, driven through W3C WebDriver.
struct Browser<'h> {
    host: &'h Host,
    _driver: Running,
    session: String,
}

const DRIVER: &str = "http://127.0.0.1:9515";

impl<'h> Browser<'h> {
    fn new(host: &'h Host) -> Self {
        let driver = Running::start(host.command("chromedriver").arg("--port=9515"));
        until("the driver", || curl(host, &[&format!("{DRIVER}/status")]));
        // The host has a folder of its own at /run only.
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--user-data-dir=/run/chromium",
        ];
        let options = json!({"goog:chromeOptions": {"args": arguments}});
        let capabilities = json!({"capabilities": {"alwaysMatch": options}});
        let mut browser = Self {
            host,
            _driver: driver,
            session: String::new(),
        };
        let session = browser.post("", &capabilities);
        browser.session = format!("/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{DRIVER}/session{}{path}", self.session);
        let header = "Content-Type: application/json";
        let answer = curl(self.host, &["-H", header, "-d", &body.to_string(), &url]);
        serde_json::from_str::<Value>(&answer.expect("an answer")).unwrap()["value"].take()
    }

    /// The cells of the page's table.
    fn rows(&self) -> Vec<Vec<String>> {
        let script = "return [...document.querySelectorAll('#services tr')]
            .map(row => [...row.cells].map(cell => cell.textContent));";
        let rows = self.post("/execute/sync", &json!({"script": script, "args": []}));
        serde_json::from_value(rows).unwrap()
    }

    fn row(&self, name: &str) -> Option<Vec<String>> {
        self.rows().into_iter().find(|row| row[0] == name)
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        let url = format!("{DRIVER}/session{}", self.session);
        let _ = curl(self.host, &["-X", "DELETE", &url]);
    }
}

const HOSTILE: &str = "<img src=x onerror=\"document.title='taken'\"> & Büro";

#[test]
#[ignore = "needs root, Avahi, curl and Chromium"]
fn services_and_events_over_http() {
    let mut link = Link::new();
    let (near, far) = (link.host("near"), link.host("far"));
    near.start();
    far.start();
    let hostile = far.publish(&Published {
        name: HOSTILE,
        service_type: "_http._tcp",
        port: 8123,
        txt: &[b"path=/<b>", b"flag", b"bin=\xff"],
    });
    let mut server = Running::start(near.command(example().to_str().unwrap()).arg(ADDRESS));
    server.line_with(&format!("http://{ADDRESS}/"));

    let found = until("the service", || {
        let found = service(&near, HOSTILE)?;
        let places = found["places"].as_array().unwrap();
        let resolved = places.iter().any(|it| it["address"] == *far.address);
        resolved.then_some(found)
    });
    assert_eq!(found["type"], "_http._tcp");
    assert_eq!(found["domain"], "local");
    let places = found["places"].as_array().unwrap();
    let place = places.iter().find(|it| it["address"] == *far.address);
    let place = place.unwrap();
    assert_eq!(place["interface"], "eth0");
    assert_eq!(place["host"], "far.local");
    assert_eq!(place["port"], 8123);
    let txt = json!([
        {"key": "path", "value": "/<b>"},
        {"key": "flag"},
        {"key": "bin", "base64": "/w=="},
    ]);
    assert_eq!(place["txt"], txt);

    // What happens from now on, as it happens.
    let url = format!("http://{ADDRESS}/events");
    let mut events = Running::start(near.command("curl").args(["--silent", "-N", &url]));
    events.line_with("event: reload");
    let browser = Browser::new(&near);
    browser.post("/url", &json!({"url": format!("http://{ADDRESS}/")}));
    let row = until("the row", || {
        browser.row(HOSTILE).filter(|row| row[2].contains("8123"))
    });
    assert_eq!(row[1], "_http._tcp");
    assert!(row[2].contains(&format!("{}:8123", far.address)), "{row:?}");
    assert_eq!(row[3], "path=/<b>, flag, bin=(/w==)");

    let printer = far.publish(&Published {
        name: "printer",
        service_type: "_ipp._tcp",
        port: 631,
        txt: &[],
    });
    for kind in ["add", "resolve"] {
        events.line_with(&format!("event: {kind}"));
        let data = events.line_with("data: ");
        let event: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(event["event"], kind);
        assert_eq!(event["name"], "printer");
    }
    // The page keeps itself current,
    until("the printer's row", || {
        browser.row("printer").filter(|row| row[2].contains(":631"))
    });
    drop(printer);
    events.line_with("event: remove");
    until("its end", || browser.row("printer").is_none().then_some(()));
    // also when the daemon begins anew,
    near.kill_daemon();
    until("no rows", || browser.rows().is_empty().then_some(()));
    near.start_daemon();
    until("the row", || browser.row(HOSTILE));
    // and nobody's name does anything to it.
    let title = json!({"script": "return document.title;", "args": []});
    assert_eq!(browser.post("/execute/sync", &title), "Services");
    drop(hostile);
    until("its end", || {
        service(&near, HOSTILE).is_none().then_some(())
    });
}
