//! Directories: whatever comes in whatever order, who is here is who came and
//! did not go, and what is gone leaves nothing behind.
#![no_main]

mod model;
mod stream;

use std::collections::BTreeMap;

use avahi_events::{Change, Directory, Instance, InstanceId, Update};
use libfuzzer_sys::fuzz_target;

use self::{
    model::{Here, Model, Place, Service, Told},
    stream::{Op, Round},
};

/// More of them say nothing new, and take their time.
const OPS: usize = 200;

fuzz_target!(|ops: Vec<Op>| {
    let ops = &ops[..ops.len().min(OPS)];
    follow(ops);
    leave_nothing_behind(ops);
});

/// The plain model says the same at every step, and a directory that keeps what
/// is gone knows the same to be here.
fn follow(ops: &[Op]) {
    let mut model = Model::default();
    let mut directory = Directory::new();
    let mut keeping = Directory::keeping_gone();
    let mut ids = BTreeMap::<Service, InstanceId>::new();
    for op in ops {
        let told = told(&op.feed(&mut directory, Round::FIRST));
        let kept = self::told(&op.feed(&mut keeping, Round::FIRST));
        let here = here(&directory);
        model.follow(op, &told, &here);
        model.check_bounds(directory.known().count());

        assert_eq!(directory.len(), here.len());
        assert_eq!(directory.is_empty(), here.is_empty());
        for service in directory.services() {
            assert!(service.is_here());
            let key = model::service(&service);
            let found = directory.get(&service.name(), service.service_type(), service.domain());
            assert_eq!(found.unwrap().id(), service.id());
            check_endpoint(&service);
            // It keeps its number as long as it is here.
            if !told.restarted {
                assert_eq!(*ids.entry(key).or_insert(service.id()), service.id());
            }
        }
        ids.retain(|key, _| here.contains_key(key));
        if told.restarted {
            ids.clear();
        }

        assert_eq!(self::here(&keeping), here, "{op:?}");
        assert_eq!(kept.restarted, told.restarted);
        assert_eq!(kept.unannounced, told.unannounced);
        assert_eq!(of_presence(kept.change), of_presence(told.change), "{op:?}");
    }
}

/// The same stream over and over, each time of other names and interfaces,
/// until all of it is forgotten.
fn leave_nothing_behind(ops: &[Op]) {
    let mut directory = Directory::new();
    let mut lens = [0; 4];
    for (number, len) in lens.iter_mut().enumerate() {
        for op in ops {
            op.feed(&mut directory, Round(number));
        }
        for _ in 0..2 {
            Op::DISCONNECTED.feed(&mut directory, Round::FIRST);
            stream::feed(&mut directory, "+;lo;IPv4;marker;_ipp._tcp;local");
        }
        assert_eq!(directory.known().count(), 1);
        *len = format!("{directory:?}").len();
    }
    assert!(lens[3] <= lens[1] + 200, "{lens:?}");
}

fn check_endpoint(service: &Instance<'_>) {
    let mut resolved = service
        .places()
        .filter(|place| place.is_here() && place.is_resolved());
    let first = resolved.next().and_then(|place| place.endpoint());
    assert_eq!(service.endpoint(), first);
}

/// What the update says, of its own.
fn told(update: &Update<'_>) -> Told {
    Told {
        change: update.change,
        restarted: update.restarted,
        unannounced: update.unannounced,
        service: update.service.map(|it| (model::service(&it), it.is_here())),
        place: update.place().map(|it| (model::place(&it), it.is_here())),
    }
}

fn here(directory: &Directory) -> Here {
    let of = |service: Instance<'_>| {
        let places = service.places().filter(|place| place.is_here());
        let endpoint = |place: avahi_events::Place<'_>| {
            let endpoint = place.endpoint().filter(|_| place.is_resolved());
            endpoint.map(|it| {
                let host = it.host.to_str_lossy().to_lowercase();
                (host, it.address, it.port, it.txt.as_bytes().to_vec())
            })
        };
        let places: BTreeMap<Place, _> =
            places.map(|it| (model::place(&it), endpoint(it))).collect();
        (model::service(&service), places)
    };
    directory.services().map(of).collect()
}

/// The change, as far as it is one of who is here: a place that is not kept is
/// resolved anew rather than changed.
fn of_presence(change: Change) -> Option<Change> {
    match change {
        Change::Resolved | Change::AddressChanged { .. } | Change::DetailsChanged => None,
        change => Some(change),
    }
}
