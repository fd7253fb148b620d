//! Reports: of any captures, as JSON, as a page and as text for a terminal, in
//! which what strangers chose stays what it is.
#![no_main]

#[path = "../../src/bin/avahi-events/report/html.rs"]
mod html;
#[allow(dead_code)] // the program uses more of it
#[path = "../../src/bin/avahi-events/safe.rs"]
mod safe;
#[path = "../../src/bin/avahi-events/report/text.rs"]
mod text;

use std::sync::OnceLock;

use arbitrary::Arbitrary;
use avahi_events::{
    Reader,
    report::{Merge, Options, Report, Session, Source},
};
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    /// Where the capture is cut into two files, if it is.
    cut: Option<u8>,
    since: Option<u8>,
    until: Option<u8>,
    only: Option<bool>,
    flapping: Option<u8>,
    zone: u8,
    capture: &'a [u8],
}

impl Input<'_> {
    fn options(&self) -> Options {
        // About the captures' own time.
        let time = |minutes: u8| Timestamp::from_second(1_795_345_000 + 60 * i64::from(minutes));
        let mut options = Options::default();
        options.since = self.since.map(|it| time(it).unwrap());
        options.until = self.until.map(|it| time(it).unwrap());
        match self.only {
            Some(true) => options.service_type = Some("Web Site".into()),
            Some(false) => options.name = Some("a".into()),
            None => {}
        }
        options.flapping = self.flapping.map(usize::from);
        options
    }

    fn report(&self) -> Report {
        let mut sources = Vec::new();
        let cut = self
            .cut
            .map_or(0, |cut| usize::from(cut) * self.capture.len() / 256);
        let (first, second) = self.capture.split_at(cut);
        if self.cut.is_some() {
            sources.push(Source::new(Reader::new(first)).with_name("<b>&\u{202e}\n.log"));
        }
        sources.push(Source::new(Reader::new(second)).with_name("b.log"));
        let mut session = Session::new(self.options());
        let mut merge = Merge::new(sources);
        while let Some(next) = merge.next_record() {
            session.take(&next.unwrap());
        }
        session.finish(merge.lines())
    }

    fn zone(&self) -> TimeZone {
        match self.zone {
            0 => TimeZone::UTC,
            hours => TimeZone::fixed(Offset::constant((hours % 24) as i8 - 12)),
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let (report, zone) = (input.report(), input.zone());
    let json = serde_json::to_string(&report).unwrap();
    let value: Value = serde_json::from_str(&json).unwrap();
    assert!(!json.bytes().any(|byte| byte < b' '));
    same_services(&report, &value);
    assert_eq!(
        value["warnings"].as_array().unwrap().len(),
        report.warnings.len()
    );
    assert_eq!(value["lines"], report.lines);

    let mut page = Vec::new();
    html::write(&mut page, &report, &zone).unwrap();
    let page = String::from_utf8(page).unwrap();
    let (before, data, after) = parts(&page);
    // All but the data is the same whatever the report, and nothing in the
    // data is markup.
    static OF_NOTHING: OnceLock<String> = OnceLock::new();
    let of_nothing = OF_NOTHING.get_or_init(|| {
        let mut page = Vec::new();
        let report = Session::new(Options::default()).finish(0);
        html::write(&mut page, &report, &TimeZone::UTC).unwrap();
        String::from_utf8(page).unwrap()
    });
    let (expected_before, _, expected_after) = parts(of_nothing);
    assert_eq!((before, after), (expected_before, expected_after));
    assert!(!data.contains(['<', '>', '&']), "{data}");
    assert!(!data.contains(safe::acts_on_terminal), "{data}");
    same_services(&report, &serde_json::from_str(data).unwrap());

    let mut shown = Vec::new();
    text::write(&mut shown, &report, &zone).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    let acts = |char| char != '\n' && safe::acts_on_terminal(char);
    assert!(!shown.contains(acts), "{shown:?}");
});

fn same_services(report: &Report, value: &Value) {
    let services = value["services"].as_array().unwrap();
    assert_eq!(services.len(), report.services.len());
    for (service, value) in report.services.iter().zip(services) {
        assert_eq!(value["name"], service.name);
        assert_eq!(value["type"], service.service_type);
        assert_eq!(value["domain"], service.domain);
        let places = value["places"].as_array().unwrap();
        assert_eq!(places.len(), service.places.len());
        for (place, value) in service.places.iter().zip(places) {
            assert_eq!(value["interface"].as_str(), place.interface.as_deref());
            assert_eq!(value["host"].as_str(), place.host.as_deref());
        }
    }
}

/// The page up to its data, the data, and the rest.
fn parts(page: &str) -> (&str, &str, &str) {
    const OPEN: &str = "<script type=\"application/json\" id=\"data\">";
    let (before, rest) = page.split_once(OPEN).unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    (before, data, after)
}
