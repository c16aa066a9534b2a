//! The page's reducer.

use tern_web::form::{Carrier, Field};
use tern_web::protocol::{Link, Refusal, Report, Snapshot};
use tern_web::state::{Action, Place, Standing, State, connect, messages};
use tern_web::words::Lang;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn state() -> State {
    State::new(Lang::En, Place::Connect)
}

fn told(snapshot: Snapshot) -> Action {
    Action::Told(Box::new(Report::Snapshot(Box::new(snapshot))), Vec::new())
}

#[test]
fn the_page_opens_ready_to_connect() {
    let state = state();
    assert_eq!(state.connect.faults_shown(), []);
    assert_eq!(state.standing(), Standing::Starting);
    assert_eq!(state.filter(), "/a1aq9sQk2JE/dev1/data");
}

#[test]
fn an_empty_field_is_marked_only_once_somebody_asked_to_connect() {
    let state = state().after(connect::Action::Type(Field::ProductKey, String::new()));
    assert_eq!(state.connect.faults_shown(), []);
    let state = state.after(connect::Action::Try);
    assert_eq!(state.connect.faults_shown().len(), 1);
    let state = state.after(connect::Action::Type(Field::ProductKey, "a&b".into()));
    assert_eq!(
        state.connect.faults_shown().len(),
        1,
        "a wrong one is marked at once"
    );
}

#[test]
fn the_serving_program_is_offered_but_never_typed_over() {
    let served = connect::Action::Served {
        host: "127.0.0.1".into(),
        port: 1883,
        secure: false,
    };
    let offered = state().after(served.clone());
    assert_eq!(offered.connect.form.carrier, Carrier::Ws);
    assert_eq!(offered.connect.form.faults(), []);
    let typed = state().after(connect::Action::Type(Field::DeviceName, "mine".into()));
    assert_eq!(typed.clone().after(served), typed);
}

#[test]
fn topics_follow_the_triple_until_they_are_typed() {
    let state = state().after(connect::Action::Type(Field::DeviceName, "dev2".into()));
    assert_eq!(state.topic(), "/a1aq9sQk2JE/dev2/data");
    let state = state.after(messages::Action::TypeTopic(String::new()));
    assert_eq!(state.topic(), "");
    assert_eq!(state.filter(), "/a1aq9sQk2JE/dev2/data");
}

#[test]
fn the_connection_is_told_in_one_word() {
    let ready = Report::Ready { origin_ms: 0.0 };
    let state = state().after(Action::Told(Box::new(ready), Vec::new()));
    assert_eq!(state.standing(), Standing::NotConnected);
    let refused = Snapshot {
        refusal: Some(Refusal {
            code: 4,
            reason: String::new(),
            explanation: String::new(),
            remark: None,
        }),
        ..Snapshot::default()
    };
    let state = state.after(told(refused));
    assert_eq!(state.standing(), Standing::Refused);
    let state = state.after(told(Snapshot {
        link: Link::Connecting {
            endpoint: None,
            authenticates: false,
        },
        ..Snapshot::default()
    }));
    assert_eq!(state.standing(), Standing::Connecting);
    let state = state.after(Action::WorkerBroken("no memory".into()));
    assert_eq!(state.standing(), Standing::Broken);
}

#[test]
fn a_place_is_found_by_its_address() {
    assert_eq!(Place::from_hash("#timeline"), Some(Place::Timeline));
    assert_eq!(Place::from_hash(""), Some(Place::Connect));
    assert_eq!(Place::from_hash("#content"), None);
}

#[test]
fn the_language_follows_the_browsers_tag() {
    assert_eq!(Lang::for_tag("zh-CN"), Lang::Zh);
    assert_eq!(Lang::for_tag("ZH_TW"), Lang::Zh);
    assert_eq!(Lang::for_tag("de"), Lang::En);
}
