//! What is typed and chosen on the cloud side, and what becomes of what is asked.

use tern_platform::{DeviceAddress, DeviceView, Fault, Faults};
use tern_web::form::Carrier;
use tern_web::protocol::Report as Told;
use tern_web::protocol::cloud::{Done, Problem, ProblemKind, Push, Report, View};
use tern_web::sample;
use tern_web::state::cloud::{Action, NewDeviceFault, Part, PushFault, Source, Task};
use tern_web::state::{self, Place, State, connect};
use tern_web::words::Lang;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn opened() -> State {
    State::new(Lang::En, Place::Cloud)
}

fn device(name: &str) -> DeviceAddress {
    DeviceAddress::new(sample::PRODUCT_KEY, name).expect("valid")
}

fn view(names: &[&str]) -> View {
    let devices = names.iter().map(|name| DeviceView {
        product_key: sample::PRODUCT_KEY.into(),
        device_name: (*name).to_owned(),
        disabled: false,
        online: false,
        changed_at_ms: None,
        subscriptions: Vec::new(),
        queued: 0,
        in_flight: 0,
    });
    View {
        devices: devices.collect(),
        ..View::default()
    }
}

fn answered(number: u32, outcome: Result<Done, Problem>) -> Action {
    Action::InPageTold(Report::Answered { number, outcome })
}

fn problem(kind: ProblemKind) -> Problem {
    Problem {
        kind,
        text: "why".into(),
    }
}

#[test]
fn the_source_follows_the_device_until_one_is_chosen() {
    let state = opened();
    assert_eq!(state.cloud_source(), Source::InPage);
    let ws = state.after(connect::Action::Carry(Carrier::Ws));
    assert_eq!(ws.cloud_source(), Source::InPage, "nobody serves the page");
    let mut served = ws;
    served.cloud.served = Some("127.0.0.1:1883".into());
    assert_eq!(served.cloud_source(), Source::Served);
    let chosen = served.after(Action::Look(Source::InPage));
    assert_eq!(chosen.cloud_source(), Source::InPage);
    assert_eq!(chosen.cloud_watched(), Some(Source::InPage));
    let elsewhere = chosen.after(state::Action::Go(Place::Connect));
    assert_eq!(elsewhere.cloud_watched(), None, "nobody looks");
}

#[test]
fn each_source_shows_what_it_told_itself() {
    let told = Report::View(Box::new(view(&["dev1"])));
    let told = Box::new(Told::Cloud(told));
    let state = opened().after(state::Action::Told(told, Vec::new()));
    let told = Report::View(Box::new(view(&["dev7", "dev8"])));
    let state = state.after(Action::ServedTold(told));
    let count = |source| state.cloud.view(source).map(|view| view.devices.len());
    assert_eq!(
        (count(Source::InPage), count(Source::Served)),
        (Some(1), Some(2))
    );
}

#[test]
fn a_control_address_that_is_gone_is_a_problem_until_it_answers() {
    let gone = problem(ProblemKind::Unreachable);
    let state = opened().after(Action::Unreachable(gone.clone()));
    assert_eq!(state.cloud.unreachable, Some(gone));
    let back = Report::View(Box::new(view(&[])));
    let state = state.after(Action::ServedTold(back));
    assert_eq!(state.cloud.unreachable, None);
}

#[test]
fn an_answer_stands_with_the_part_that_asked() {
    let state = opened().after(Action::Ask(Task::Push, 7));
    let state = state.after(Action::Ask(Task::Faults, 8));
    assert!(state.cloud.asked.waits(Task::Push));
    let refused = problem(ProblemKind::Rule);
    let state = state.after(answered(7, Err(refused.clone())));
    assert!(!state.cloud.asked.waits(Task::Push));
    assert!(state.cloud.asked.waits(Task::Faults));
    assert_eq!(state.cloud.asked.problem(Task::Push), Some(&refused));
    let state = state.after(Action::Ask(Task::Push, 9));
    assert_eq!(state.cloud.asked.problem(Task::Push), None);
}

#[test]
fn an_answer_to_something_older_changes_nothing() {
    let state = opened().after(Action::Ask(Task::Push, 7));
    let state = state.after(Action::Ask(Task::Push, 8));
    let state = state.after(answered(7, Err(problem(ProblemKind::Rule))));
    assert!(state.cloud.asked.waits(Task::Push));
    assert_eq!(state.cloud.asked.outcome(Task::Push), None);
}

#[test]
fn what_was_typed_stays_until_the_device_is_registered() {
    let type_in = |state: State, part, text: &str| state.after(Action::TypeNew(part, text.into()));
    let state = type_in(opened(), Part::ProductKey, sample::PRODUCT_KEY);
    let state = type_in(state, Part::DeviceName, "dev 2");
    assert_eq!(
        state.cloud.new_fault(Part::DeviceName),
        Some(NewDeviceFault::Character)
    );
    assert_eq!(state.cloud.new_fault(Part::DeviceSecret), None, "not yet");
    let state = state.after(Action::TryNew);
    assert_eq!(
        state.cloud.new_fault(Part::DeviceSecret),
        Some(NewDeviceFault::Empty)
    );
    let state = type_in(state, Part::DeviceName, &"x".repeat(65));
    assert_eq!(
        state.cloud.new_fault(Part::DeviceName),
        Some(NewDeviceFault::TooLong)
    );
    let state = type_in(state, Part::DeviceName, "dev1");
    let state = type_in(state, Part::DeviceSecret, "hunter2hunter2");
    assert_eq!(state.cloud.first_new_fault(), None);
    assert!(
        !format!("{state:?}").contains("hunter2"),
        "a secret never prints"
    );

    let state = state.after(Action::Ask(Task::Register, 1));
    let state = state.after(answered(1, Err(problem(ProblemKind::Known))));
    assert_eq!(state.cloud.new.device_name, "dev1");
    let state = state.after(Action::Ask(Task::Register, 2));
    let state = state.after(answered(2, Ok(Done::Done)));
    assert_eq!(state.cloud.new.device_secret, "");
}

#[test]
fn a_push_goes_to_the_chosen_device_on_its_own_topic() {
    let shown = view(&["dev1", "dev2"]);
    let state = opened();
    let own = || Some(device("dev2"));
    assert_eq!(state.cloud.push_to(&shown, own()), own(), "the page's own");
    assert_eq!(state.cloud.push_to(&shown, None), Some(device("dev1")));
    let state = state.after(Action::PushTo(device("dev1")));
    assert_eq!(state.cloud.push_to(&shown, own()), Some(device("dev1")));
    assert_eq!(
        state.cloud.push_to(&view(&["dev2"]), own()),
        own(),
        "dev1 has gone"
    );
    assert_eq!(state.cloud.push_to(&view(&[]), own()), None);
    let push = state.cloud.pushing.read(&device("dev1")).expect("valid");
    assert_eq!(push.topic, "/a1aq9sQk2JE/dev1/data");
}

#[test]
fn a_push_that_breaks_rules_names_each() {
    let faults = |state: &State| {
        state
            .cloud
            .pushing
            .read(&device("dev1"))
            .expect_err("faulty")
    };
    let state = opened().after(Action::PushTopic("/a1aq9sQk2JE/dev2/data".into()));
    assert_eq!(faults(&state), [PushFault::NotItsTopic]);
    let state = state.after(Action::PushTopic("/a/#".into()));
    assert!(matches!(faults(&state)[..], [PushFault::Topic(_)]));
    let state = state.after(Action::PushPayload("x".repeat(256 * 1024 + 1)));
    for count in ["", "0", "+1", "1.5", "100001", "ten"] {
        let state = state.clone().after(Action::PushCount(count.into()));
        assert!(
            matches!(
                faults(&state)[..],
                [
                    PushFault::Topic(_),
                    PushFault::Payload(262_145),
                    PushFault::Count
                ]
            ),
            "{count:?}"
        );
    }
    let most = Push::MOST.to_string();
    let state = opened().after(Action::PushCount(most));
    assert!(state.cloud.pushing.read(&device("dev1")).is_ok());
}

#[test]
fn a_fault_is_switched_for_all_or_for_one_and_leaves_the_others() {
    let half_open = |fault: &mut Fault| fault.half_open = true;
    let faults = opened()
        .cloud
        .faulting
        .changed(&Faults::default(), half_open);
    assert!(faults.all.half_open);
    let state = opened().after(Action::FaultsOf(Some(device("dev1"))));
    let faulting = &state.cloud.faulting;
    assert!(
        !faulting.on(&faults).half_open,
        "its own switches are shown"
    );
    let both = faulting.changed(&faults, |fault| fault.delay_ms = 200);
    assert!(both.all.half_open);
    assert_eq!(faulting.on(&both).delay_ms, 200);
    let again = faulting.changed(&both, |fault| fault.delay_ms = 0);
    assert_eq!(again, faults, "a device without a fault is not listed");
}

#[test]
fn a_delay_is_whole_milliseconds_in_bounds() {
    for (text, delay) in [
        ("1", Some(1)),
        ("600000", Some(600_000)),
        ("600001", None),
        ("0", None),
        ("", None),
        ("+5", None),
        ("soon", None),
    ] {
        let state = opened().after(Action::DelayBy(text.into()));
        assert_eq!(state.cloud.faulting.delay(), delay, "{text:?}");
    }
}

#[test]
fn switches_set_in_a_row_build_on_each_other() {
    let json = r#"{"all":{"garbage":true}}"#;
    let switched: Faults = serde_json::from_str(json).expect("valid");
    let old = view(&[]);
    let state = opened().after(Action::Ask(Task::Faults, 1));
    let state = state.after(Action::Switch(switched.clone()));
    assert_eq!(state.cloud.faults(&old), &switched, "as it was switched");
    // A view from before the answer does not know it yet.
    let told = || Action::InPageTold(Report::View(Box::new(view(&[]))));
    let state = state.after(told());
    assert_eq!(state.cloud.faults(&old), &switched);
    let failed = state
        .clone()
        .after(answered(1, Err(problem(ProblemKind::Forbidden))));
    assert_eq!(
        failed.cloud.faults(&old),
        &Faults::default(),
        "it is as it was"
    );
    let state = state.after(answered(1, Ok(Done::Done))).after(told());
    assert_eq!(
        state.cloud.faults(&old),
        &Faults::default(),
        "as the view says"
    );
}
