//! Sandboxes that can't be made, which no machine shows at will.

use tern_core::device::Login;
use tern_core::identity::{ClientId, DeviceSecret, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::wire::QoS;

use super::super::devices::{Devices, Secret};
use super::super::pattern::Pattern;
use super::super::shard::Shard;
use super::super::template::{Kind, Template};
use super::*;
use crate::stand_in::{ListenAddress, StandIn, StandInOptions};

const PRODUCT_KEY: &str = "a1aq9sQk2JE";
const SECRET: &str = "secret";

fn plan() -> Plan {
    let pattern = |text| Pattern::new("", text, None).unwrap();
    let secret = Secret::Shared(DeviceSecret::new(SECRET).unwrap());
    Plan {
        devices: Devices::pattern(pattern(PRODUCT_KEY), pattern("dev{1..4}"), secret, None),
        seed: 1,
        topic: Template::new(
            "",
            "/{product_key}/{device_name}/user/update",
            Kind::Message,
        )
        .unwrap(),
        message: Template::new("", "{seq}", Kind::Message).unwrap(),
        // A drill then waits for no message that is under way.
        qos: QoS::AtMostOnce,
        every: Duration::from_millis(20),
        in_step: false,
        count: None,
        subscribe: None,
    }
}

/// Four devices in one sandbox.
fn settings() -> Settings {
    Settings {
        shard: Shard::WHOLE,
        per_sandbox: 4,
        native: false,
        connect_rate: 500.0,
        duration: None,
        give_up: Duration::from_secs(60),
        drill_trap: None,
    }
}

fn triple(plan: &Plan, number: u64) -> Triple {
    let names = plan.devices.names(number);
    Triple::new(&names.product_key, &names.device_name, SECRET).unwrap()
}

fn no_room() -> EngineError {
    EngineError::Sandbox("no memory can be mapped".to_owned())
}

#[test]
fn a_sandbox_that_can_t_be_made_again_waits_its_turn_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan();
    let stand_in = StandIn::start(StandInOptions {
        mqtt: ListenAddress::loopback(0),
        https: ListenAddress::loopback(0),
        http: ListenAddress::loopback(0),
        data: Some(folder.path().to_owned()),
        devices: (1..=4)
            .map(|number| tern_platform::Device {
                triple: triple(&plan, number),
                disabled: false,
            })
            .collect(),
        ..StandInOptions::default()
    })
    .unwrap();
    let port = stand_in.addresses().mqtt.port();
    let config = |number| {
        Ok(Config::new(Login::Direct {
            triple: triple(&plan, number),
            client_id: ClientId::new(&format!("c{number}")).unwrap(),
            method: SignMethod::HmacSha256,
            timestamp: None,
            endpoint: Endpoint::new(TransportKind::Tcp, "127.0.0.1", port).unwrap(),
        }))
    };
    let settings = Settings {
        drill_trap: Some(Duration::from_millis(1)),
        ..settings()
    };
    // The second is the one that comes back after the drill.
    let mut made = 0;
    let engine = Box::new(|| {
        made += 1;
        if made == 2 {
            return Err(no_room());
        }
        Ok(Engine::native())
    });
    let run = Run::in_engines(&plan, settings, &config, TlsSettings::built_in(), engine).unwrap();
    let (stopped, _) = run.stopper();
    let mut lost = Vec::new();
    let ended = run.run(&mut |told| match told {
        Told::SandboxLost {
            sandbox: 1,
            devices,
            reason,
            ..
        } => {
            assert_eq!(devices, 4);
            lost.push(reason.to_owned());
        }
        Told::Sample(progress) if lost.len() == 2 && progress.sample.connected == 4 => {
            stopped.store(true, Ordering::Release);
        }
        _ => {}
    });
    let ended = ended.unwrap();
    assert_eq!(lost.len(), 2, "{lost:?}");
    let again = "sandbox 1 can't be made: the sandbox failed: no memory can be mapped; let more devices share";
    assert!(lost[1].starts_with(again), "{lost:?}");
    assert_eq!(made, 3);
    let summary = ended.summary;
    assert_eq!(summary.devices.sandboxes_lost, 2);
    assert_eq!(summary.devices.connected_at_end, 4);
    // Those that were connected before the drill.
    assert!((1..=4).contains(&summary.devices.reconnects));
    let messages = summary.messages;
    assert_eq!(messages.accepted, messages.acknowledged + messages.lost);
    // The drill is no failure, and what followed from it is one.
    assert_eq!(
        (ended.exit, ended.why.as_str()),
        (Exit::Fault, "1 sandboxes failed: please report it")
    );
    stand_in.stop().unwrap();
}

#[test]
fn a_sandbox_that_can_t_be_made_at_the_first_time_ends_the_run() {
    let plan = plan();
    let config = |_| panic!("nothing is opened");
    let engine = Box::new(|| Err(no_room()));
    let run = Run::in_engines(&plan, settings(), &config, TlsSettings::built_in(), engine).unwrap();
    let failure = run.run(&mut |_| {}).unwrap_err();
    assert_eq!(failure.exit, Exit::Fault);
    let words = failure.to_string();
    assert!(
        words.contains("sandbox 1 can't be made") && words.contains("no memory"),
        "{words}"
    );
}
