//! The services that are here now, over HTTP:
//!
//! - `GET /services`: a JSON array of them;
//! - `GET /events`: what happens from now on, as server-sent events: each is
//!   the JSON object of an event, and is named like it (`add`, `resolve`, …);
//!   `reload` says that more has changed than was told;
//! - `GET /`: a page that shows them, and keeps itself current.
//!
//!     cargo run --example services_http --features serde,tokio -- 127.0.0.1:8080

use std::{
    convert::Infallible,
    env, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use avahi_events::{
    Directory, Interface,
    browse::{Browse, Output},
};
use axum::{
    Json, Router,
    extract::State,
    response::{Html, Sse, sse},
    routing::get,
};
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::broadcast};

/// How many events a client may be behind before it is told to load all anew.
const BEHIND: usize = 1024;

/// The data of an event that has none: a browser does not tell its page of one
/// without data.
const NOTHING: &str = "{}";

/// What happened, for all clients: the name of the event and its data.
type News = (&'static str, Arc<str>);

#[derive(Clone)]
struct Shared {
    directory: Arc<Mutex<Directory>>,
    news: broadcast::Sender<News>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:8080");
    let shared = Shared {
        directory: Arc::default(),
        news: broadcast::Sender::new(BEHIND),
    };
    let app = Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/services", get(services))
        .route("/events", get(events))
        .with_state(shared.clone());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, app) => served,
        watched = watch(&shared) => watched,
    }
}

impl Shared {
    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all clients. There may be none.
    fn tell(&self, name: &'static str, data: &str) {
        let _ = self.news.send((name, data.into()));
    }
}

/// Follows `avahi-browse`, and starts it again when it ends: there is no system
/// bus, perhaps.
async fn watch(shared: &Shared) -> io::Result<()> {
    let browse = Browse::all_types()
        .resolve(true)
        .no_db_lookup(true)
        .no_fail(true);
    loop {
        let mut outputs = browse.stream()?;
        while let Some(output) = outputs.next().await {
            match output {
                Ok(Output::Event(event)) => {
                    shared.directory().feed(&event.event());
                    let name = event.event().kind().as_str();
                    shared.tell(name, &serde_json::to_string(&event)?);
                }
                Ok(Output::Message(message)) => {
                    eprintln!("avahi-browse: {message}");
                    if let Some(message) = message.message() {
                        shared.directory().feed_message(&message);
                        shared.tell("reload", NOTHING);
                    }
                }
                Ok(_) => {}
                Err(error) => eprintln!("{error}"),
            }
        }
        *shared.directory() = Directory::new();
        shared.tell("reload", NOTHING);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn services(State(shared): State<Shared>) -> Json<Value> {
    let directory = shared.directory();
    let services = directory.services().map(|service| {
        let places = service.places().map(|place| {
            let interface = match place.interface() {
                Interface::Named(name) => Some(String::from_utf8_lossy(name)),
                _ => None,
            };
            let endpoint = place.endpoint().filter(|_| place.is_resolved());
            let txt = endpoint.map(|it| it.txt.attributes().collect::<Vec<_>>());
            json!({
                "interface": interface,
                "protocol": place.protocol(),
                "host": endpoint.map(|it| it.host.to_str_lossy()),
                "address": endpoint.map(|it| it.address),
                "port": endpoint.map(|it| it.port),
                "txt": txt,
            })
        });
        json!({
            "name": service.name().to_str_lossy(),
            "type": service.service_type().dns_type(),
            "domain": service.domain().to_str_lossy(),
            "places": places.collect::<Vec<_>>(),
        })
    });
    Json(services.collect())
}

async fn events(
    State(shared): State<Shared>,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let news = stream::unfold(shared.news.subscribe(), async |mut news| {
        let (name, data) = match news.recv().await {
            Ok(news) => news,
            Err(broadcast::error::RecvError::Lagged(_)) => ("reload", NOTHING.into()),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        Some((Ok(sse::Event::default().event(name).data(data)), news))
    });
    // The page has to load all once more after it has connected (again).
    let hello = stream::once(async { Ok(sse::Event::default().event("reload").data(NOTHING)) });
    Sse::new(hello.chain(news)).keep_alive(sse::KeepAlive::default())
}
