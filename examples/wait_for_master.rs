//! Waits until the master of the cluster is there, and prints where: what a
//! loop over `avahi-browse`, `grep` and `sleep` was for. It may be started
//! before the master, before the daemon, and before the bus.
//!
//!     cargo run --example wait_for_master -- master-cluster-lars

use std::{env, time::Duration};

use avahi_events::{
    Event,
    browse::{Browse, Wait, WaitError},
};

fn main() -> Result<(), WaitError> {
    let name = env::args().nth(1);
    let name = name.as_deref().unwrap_or("master-cluster-lars");
    let found = Wait::new(Browse::service_type("_http._tcp"))
        .timeout(Duration::from_secs(60))
        .run(|service, endpoint| service.name == *name && endpoint.port != 0)?;
    for service in &found {
        // The best place comes first: an address that is good anywhere.
        if let Event::Resolve(_, endpoint) = service.best().event() {
            println!("http://{}:{}/", endpoint.host, endpoint.port);
        }
    }
    Ok(())
}
