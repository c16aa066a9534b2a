//! The page's reducer.

use tern_web::form::{Auth, Carrier, Field, Form};
use tern_web::profile::{Profile, Profiles};
use tern_web::protocol::{Link, Refusal, Report, Snapshot};
use tern_web::setup::Setup;
use tern_web::share;
use tern_web::state::{Action, Place, Places, Standing, State, connect, messages, profiles};
use tern_web::twins::Device;
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
        keep_alive: (30, 1200),
        https: "127.0.0.1:8443".into(),
    };
    let offered = state().after(served.clone());
    assert_eq!(offered.connect.form.carrier, Carrier::Ws);
    assert_eq!(offered.connect.form.faults(), []);
    let typed = state().after(connect::Action::Type(Field::DeviceName, "mine".into()));
    let after = typed.clone().after(served);
    assert_eq!(after.connect.form, typed.connect.form);
}

#[test]
fn a_link_fills_the_form_and_leaves_the_secret_to_be_typed() {
    let mut form = Form::sample();
    form.product_key = "a1b2".into();
    form.carrier = Carrier::Wss;
    let link = share::fragment(&Setup::from(&form));
    let shared = share::read(&link).expect("a form");
    let state = state().after(connect::Action::Linked(Box::new(shared)));
    assert_eq!(state.connect.form.product_key, "a1b2");
    assert_eq!(state.connect.form.device_secret, "");
    assert_eq!(state.connect.linked, Some(None), "whole");
    let state = state.after(connect::Action::Type(Field::DeviceSecret, "s".into()));
    assert_eq!(state.connect.linked, None);
}

#[test]
fn a_button_of_the_preflight_mends_the_form() {
    let state = state().after(connect::Action::Type(Field::KeepAlive, "30".into()));
    let findings = state.connect.findings_shown();
    assert_eq!(findings.len(), 1);
    let state = state.after(connect::Action::Mend(findings[0].mends.clone()));
    assert_eq!(state.connect.form.keep_alive, "60");
    assert_eq!(state.connect.findings_shown(), []);
}

#[test]
fn https_auth_from_plain_files_is_found_once_it_is_known() {
    let served = state()
        .after(connect::Action::Carry(Carrier::Ws))
        .after(connect::Action::Type(Field::Host, "127.0.0.1".into()))
        .after(connect::Action::Auth(Auth::Https));
    assert_eq!(served.connect.findings_shown(), []);
    let files = served.after(connect::Action::NotServed);
    let findings = files.connect.findings_shown();
    assert_eq!(findings.len(), 1);
    let mended = files.after(connect::Action::Mend(findings[0].mends.clone()));
    assert_eq!(mended.connect.form.auth, Auth::Direct);
}

#[test]
fn a_chosen_profile_is_the_form_and_a_secret_typed_for_its_device_stays() {
    let mut all = Profiles::default();
    let mut form = Form::sample();
    form.keep_alive = "120".into();
    all.save(Profile::new("slow", &form, false).expect("a good name"))
        .expect("room");
    let choose = || connect::Action::Profiles(profiles::Action::Choose("slow".into()));
    let state = state().after(connect::Action::Profiles(profiles::Action::Loaded(all)));
    let same = state.clone().after(choose());
    assert_eq!(same.connect.form, form, "the sample's secret stood there");
    let other = state
        .after(connect::Action::Type(Field::DeviceName, "dev2".into()))
        .after(choose());
    assert_eq!(other.connect.form.device_secret, "");
    assert_eq!(other.connect.profiles.chosen, "slow");
}

#[test]
fn another_tab_with_the_same_triple_is_counted() {
    let device = |name: &str| Device {
        product_key: "a1aq9sQk2JE".into(),
        device_name: name.into(),
    };
    let tabs = connect::Action::Elsewhere(vec![device("dev1"), device("dev2"), device("dev1")]);
    let state = state().after(tabs);
    assert_eq!(
        state.connect.other_tabs(),
        0,
        "the page has a stand-in of its own"
    );
    let state = state.after(connect::Action::Carry(Carrier::Ws));
    assert_eq!(state.connect.other_tabs(), 2);
    let state = state.after(connect::Action::Sent(Some(device("dev2"))));
    assert_eq!(state.connect.other_tabs(), 1);
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

#[test]
fn what_draws_the_other_places_is_wanted_by_the_first_of_them_and_again_where_it_did_not_come() {
    let state = State::new(Lang::En, Place::Connect);
    assert!(!state.wants_places(), "Connect is there at once");
    let state = state.after(Action::Go(Place::Check));
    assert!(state.wants_places());
    let state = state.after(Action::Places(Places::Missing));
    assert!(!state.wants_places(), "not before somebody says so");
    let state = state.after(Action::Places(Places::Absent));
    assert!(state.wants_places());
    let state = state.after(Action::Places(Places::Here));
    assert!(!state.after(Action::Go(Place::Cloud)).wants_places());
}
