//! Messages compared, charted and published again and again, against the stand-in inside the page.

use tern_core::explain::{InWords, Lang};
use tern_web::form::Form;
use tern_web::protocol::messages::{Chart, Series, View, Watch};
use tern_web::protocol::{Command, Detail, Snapshot, Stop, Task, Watch as Watched};
use tern_web::sample;
use tern_web::worker::in_page::InPage;
use tern_web::worker::log::Bounds;
use tern_web::worker::session::Session;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// A connected device that receives what it publishes, and a clock that moves only when told to.
struct Bench {
    session: Session,
    now_ms: f64,
    bytes: Vec<u8>,
}

impl Bench {
    fn new(bounds: Bounds) -> Self {
        let (in_page, network) = (Box::new(InPage::new(7)), Box::new(InPage::new(8)));
        let mut bench = Self {
            session: Session::new(in_page, network, bounds, 7),
            now_ms: 1000.0,
            bytes: Vec::new(),
        };
        bench.tell(Command::Connect(Box::new(Form::sample())), &[]);
        let filter = format!("/{}/{}/#", sample::PRODUCT_KEY, sample::DEVICE_NAME);
        bench.tell(Command::Subscribe { filter, qos: 0 }, &[]);
        assert!(bench.see().link.is_connected());
        bench
    }

    fn tell(&mut self, command: Command, bytes: &[u8]) {
        self.session.command(self.now_ms, command, bytes);
        self.session.turn(self.now_ms);
    }

    fn publish(&mut self, topic: &str, payload: &str) {
        let topic = topic.into();
        self.tell(Command::Publish { topic, qos: 0 }, payload.as_bytes());
        self.now_ms += 1.0;
    }

    fn see(&mut self) -> Snapshot {
        self.bytes.clear();
        self.session.snapshot(self.now_ms, &mut self.bytes)
    }

    fn watch(&mut self, watch: Watch) -> View {
        let messages = Some(watch);
        self.tell(
            Command::Watch(Box::new(Watched {
                messages,
                ..Watched::default()
            })),
            &[],
        );
        self.see().inbox.expect("it is looked at")
    }

    /// Lets time pass, waking the session exactly when it wants to be woken.
    fn wait(&mut self, ms: f64) {
        let end = self.now_ms + ms;
        while let Some(wait) = self.session.turn(self.now_ms) {
            if self.now_ms + wait > end {
                break;
            }
            self.now_ms += wait.max(1.0);
        }
        self.now_ms = end;
        self.session.turn(end);
    }

    fn payload(&self, detail: &Detail) -> String {
        let Detail::Publish { payload, .. } = detail else {
            panic!("{detail:?} is no message");
        };
        String::from_utf8(self.bytes[payload.clone()].to_vec()).expect("a text")
    }

    fn series(&mut self, topic: &str, path: &str) -> Series {
        let (topic, path) = (topic.into(), path.into());
        let chart = Some(Chart { topic, path });
        let view = self.watch(Watch {
            chart,
            ..Watch::default()
        });
        view.series.expect("it is looked at")
    }
}

fn topic(name: &str) -> String {
    format!("/{}/{}/{name}", sample::PRODUCT_KEY, sample::DEVICE_NAME)
}

fn repeat(every_ms: u32) -> Command {
    Command::Repeat {
        topic: topic("data"),
        qos: 0,
        every_ms,
    }
}

#[test]
fn a_message_comes_with_the_one_before_it_on_its_topic() {
    let mut bench = Bench::new(Bounds::default());
    bench.publish(&topic("a"), "first");
    bench.publish(&topic("b"), "another topic's");
    bench.publish(&topic("a"), "second");
    let all = bench.watch(Watch::default()).rows.rows;
    let look = |chosen, compare| Watch {
        chosen: Some(chosen),
        compare,
        ..Watch::default()
    };
    let last = all.last().expect("three came").index;
    let view = bench.watch(look(last, true));
    let (chosen, before) = (view.chosen.expect("held"), view.before.expect("held"));
    assert_eq!(bench.payload(&chosen.row.detail), "second");
    assert_eq!(bench.payload(&before.row.detail), "first");
    assert_eq!(
        bench.watch(look(all[0].index, true)).before,
        None,
        "the first"
    );
    assert_eq!(bench.watch(look(last, false)).before, None, "not asked for");
}

#[test]
fn a_number_is_followed_through_the_messages_of_one_topic() {
    let mut bench = Bench::new(Bounds::default());
    bench.publish(&topic("data"), r#"{"params":{"t":20}}"#);
    bench.publish(&topic("other"), r#"{"params":{"t":99}}"#);
    bench.publish(&topic("data"), "no JSON");
    bench.publish(&topic("data"), r#"{"params":{"t":"21.5"}}"#);
    let series = bench.series(&topic("data"), "params.t");
    let values: Vec<_> = series.samples.iter().map(|sample| sample.value).collect();
    assert_eq!(values, [Some(20.0), None, Some(21.5)]);
    assert_eq!((series.numbers, series.gaps, series.unread), (2, 1, 0));

    bench.publish(&topic("data"), r#"{"params":{"t":22}}"#);
    let series = bench.see().inbox.and_then(|view| view.series);
    assert_eq!(series.expect("still looked at").numbers, 3, "it goes on");
    let other = bench.series(&topic("data"), "params[");
    assert_eq!((other.numbers, other.gaps), (0, 4), "that is no path");
}

#[test]
fn many_messages_are_read_in_parts_and_few_samples_are_sent() {
    let mut bench = Bench::new(Bounds::default());
    for n in 0..9000 {
        bench.publish(&topic("data"), &format!("{{\"n\":{n}}}"));
    }
    let mut series = bench.series(&topic("data"), "n");
    assert_eq!((series.numbers, series.unread), (4000, 5000));
    while series.unread > 0 {
        assert!(bench.session.has_changed(), "it wants to go on");
        series = bench
            .see()
            .inbox
            .and_then(|view| view.series)
            .expect("looked at");
    }
    assert_eq!(series.numbers, 9000);
    assert!(series.samples.len() <= Series::MOST);
    let last = series.samples.last().and_then(|sample| sample.value);
    assert_eq!(last, Some(8999.0));
    assert!(!bench.session.has_changed());
}

#[test]
fn a_series_forgets_what_the_log_no_longer_holds() {
    let mut bench = Bench::new(Bounds {
        packets: 100,
        ..Bounds::default()
    });
    for n in 0..200 {
        bench.publish(&topic("data"), &n.to_string());
        bench.series(&topic("data"), "");
    }
    let series = bench.series(&topic("data"), "");
    // Each message went up and came down.
    assert_eq!(series.numbers, 50);
    bench.tell(Command::Clear, &[]);
    let series = bench.see().inbox.and_then(|view| view.series);
    assert_eq!(series.map(|series| series.numbers), Some(0));
}

#[test]
fn a_message_is_published_every_so_many_ms_until_stopped() {
    let mut bench = Bench::new(Bounds::default());
    bench.tell(repeat(100), b"again");
    assert_eq!(
        bench.see().repeat.map(|repeat| repeat.sent),
        Some(1),
        "at once"
    );
    bench.wait(1050.0);
    let seen = bench.see();
    assert_eq!(seen.repeat.expect("it runs").sent, 11);
    assert_eq!(seen.messages.held, 11);
    bench.tell(Command::StopRepeat, &[]);
    bench.wait(1000.0);
    let repeat = bench.see().repeat.expect("it has run");
    assert_eq!((repeat.sent, repeat.stopped), (11, Some(Stop::Asked)));
}

#[test]
fn repeating_ends_with_the_connection_and_never_without_a_word() {
    let mut bench = Bench::new(Bounds::default());
    bench.tell(repeat(50), b"again");
    bench.tell(Command::Disconnect, &[]);
    bench.wait(1000.0);
    let repeat = bench.see().repeat.expect("it has run");
    assert_eq!(
        (repeat.sent, repeat.stopped),
        (1, Some(Stop::ConnectionOver))
    );

    bench.tell(repeat_to("x/+"), b"");
    let problem = bench.see().problem.expect("there is no connection");
    assert_eq!(problem.of, Task::Publish);
    assert!(
        problem.said.in_words(Lang::En).contains("connect first"),
        "{problem:?}"
    );
}

#[test]
fn what_the_device_refuses_is_not_repeated() {
    let mut bench = Bench::new(Bounds::default());
    bench.tell(repeat_to("x/+"), b"");
    bench.wait(1000.0);
    let seen = bench.see();
    let repeat = seen.repeat.expect("it was tried");
    assert_eq!(repeat.sent, 0);
    assert!(
        matches!(repeat.stopped, Some(Stop::Refused(_))),
        "{repeat:?}"
    );
    assert_eq!(seen.problem.map(|problem| problem.of), Some(Task::Publish));
}

fn repeat_to(topic: &str) -> Command {
    Command::Repeat {
        topic: topic.into(),
        qos: 0,
        every_ms: 50,
    }
}
