//! Faults of `avahi-browse`, without Avahi: this test program stands in for
//! it, under names that say how it is to behave.

mod library;
#[cfg(feature = "cli")]
mod program;
mod stage;
mod stand_in;
#[cfg(feature = "tokio")]
mod stream;

use libtest_mimic::{Arguments, Trial};

fn main() {
    if let Some(behaviour) = stand_in::behaviour() {
        behaviour();
        return;
    }
    let tests = library::TESTS.iter();
    #[cfg(feature = "cli")]
    let tests = tests.chain(program::TESTS);
    #[cfg(feature = "tokio")]
    let tests = tests.chain(stream::TESTS);
    let trials = tests.map(|&(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}
