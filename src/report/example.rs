// What `report` is in the examples of the documentation, which include this.
|capture: &[u8]| {
    use avahi_events::{
        Reader,
        report::{Merge, Options, Session, Source},
    };

    let mut session = Session::new(Options::default());
    let mut merge = Merge::new(vec![Source::new(Reader::new(capture))]);
    while let Some(next) = merge.next_record() {
        session.take(&next.unwrap());
    }
    session.finish(merge.lines())
}
