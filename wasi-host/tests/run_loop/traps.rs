//! A trap takes down the devices of its own sandbox, and nobody else's.

use std::time::Duration;

use tern_host::engine::{Engine, EngineError, Sandboxes};
use tern_host::run_loop::RunLoopError;

use crate::fleet::{Fleet, Heard};

#[test]
fn a_trap_loses_only_its_own_devices_and_the_others_go_on() {
    let mut fleet = Fleet::start("trap", 6);
    fleet.run_loop.survive_traps(true);
    let sandboxes = Sandboxes::load().unwrap();
    let engines = [0, 1, 2].map(|_| {
        let engine = fleet.run_loop.add_engine(sandboxes.engine().unwrap());
        fleet.add(engine, 2);
        engine
    });
    fleet.connect_all();

    // All six have something under way when the second sandbox traps.
    for number in 0..6 {
        fleet.publish(number, b"first");
    }
    fleet.run_loop.provoke_trap(engines[1]);
    fleet.until(|fleet| fleet.heard(2).lost == 1 && fleet.heard(3).lost == 1);
    let others = [0, 1, 4, 5];
    fleet.until(|fleet| {
        let mut others = others.iter();
        others.all(|&number| fleet.heard(number).messages == ["first"])
    });

    // The lost ones are gone: nothing that is asked of them does anything, and nothing comes from them.
    let lost = [fleet.session(2), fleet.session(3)];
    fleet.publish(2, b"to nobody");
    fleet.run_loop.connect(lost[1]);
    fleet.run_loop.close(lost[0]).unwrap();
    for number in others {
        fleet.publish(number, b"second");
    }
    fleet.until(|fleet| {
        let mut others = others.iter();
        others.all(|&number| fleet.heard(number).messages == ["first", "second"])
    });
    for number in others {
        let heard = fleet.heard(number);
        assert_eq!(
            (heard.connected, heard.disconnected, heard.lost),
            (1, 0, 0),
            "{heard:?}"
        );
    }

    // A fresh sandbox takes them in; it may have the old one's number, and they each other's.
    let fresh = fleet.run_loop.add_engine(sandboxes.engine().unwrap());
    fleet.forget(2);
    fleet.forget(3);
    fleet.add_again(fresh, 3);
    fleet.add_again(fresh, 2);
    let mut again = [fleet.session(2), fleet.session(3)];
    again.sort();
    assert_eq!(again, lost);
    fleet.connect_all();
    for number in 0..6 {
        fleet.publish(number, b"third");
    }
    fleet.until(|fleet| {
        (0..6)
            .all(|number| fleet.heard(number).messages.last().map(String::as_str) == Some("third"))
    });
}

#[test]
fn an_engine_without_a_sandbox_fails_the_same_way() {
    let mut fleet = Fleet::start("native-trap", 2);
    fleet.run_loop.survive_traps(true);
    let engines = [0, 1].map(|_| {
        let engine = fleet.run_loop.add_engine(Engine::native());
        fleet.add(engine, 1);
        engine
    });
    fleet.connect_all();
    fleet.run_loop.provoke_trap(engines[0]);
    fleet.publish(1, b"hi");
    fleet.until(|fleet| fleet.heard(0).lost == 1 && fleet.heard(1).messages == ["hi"]);
}

#[test]
fn an_engine_that_is_gone_opens_no_device() {
    let mut fleet = Fleet::start("gone", 1);
    fleet.run_loop.survive_traps(true);
    let engine = fleet.run_loop.add_engine(Engine::native());
    fleet.run_loop.provoke_trap(engine);
    fleet.turn(Duration::ZERO).unwrap();
    let refused = fleet.run_loop.open_in(engine, crate::plain(1883), 1);
    assert!(matches!(refused, Err(EngineError::Gone)), "{refused:?}");
}

#[test]
fn a_trap_ends_the_poll_of_a_loop_that_is_not_to_survive_it() {
    let mut fleet = Fleet::start("ends", 2);
    let sandboxes = Sandboxes::load().unwrap();
    let engines = [0, 1].map(|_| {
        let engine = fleet.run_loop.add_engine(sandboxes.engine().unwrap());
        fleet.add(engine, 1);
        engine
    });
    fleet.connect_all();
    fleet.run_loop.provoke_trap(engines[0]);
    let failed = fleet.turn(Duration::ZERO).unwrap_err();
    assert!(
        matches!(failed, RunLoopError::Engine(EngineError::Sandbox(_))),
        "{failed}"
    );
    assert_eq!(
        fleet.heard(0),
        &Heard {
            connected: 1,
            subscribed: 1,
            ..Heard::default()
        }
    );
}
