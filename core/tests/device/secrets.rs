//! What must not be read in a log.

use tern_core::device::Login;
use tern_core::sign::Password;

use crate::scripted::{GRANT, Scripted, direct, https, plain};

#[test]
fn neither_a_device_nor_its_configuration_prints_what_it_signs_in_with() {
    let mut config = plain();
    if let Login::Plain {
        username, password, ..
    } = &mut config.login
    {
        *username = Some("u".into());
        *password = Some(Password::new("hunter2".into()));
    }
    let mut configs = vec![config, direct(), https()];
    for config in configs.drain(..) {
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(!format!("{config:?}").contains("\"secret\""));
        let mut device = Scripted::new(config);
        let now = device.now();
        device.device.connect(now);
        device.answer(200, GRANT);
        let now = device.now();
        // Not drained: what is to be sent is still inside.
        device
            .device
            .handle_input(now, tern_core::device::Input::TransportOpened);
        let printed = format!("{:?}", device.device);
        assert!(printed.contains("LoggingIn"), "{printed}");
        let numbers = format!("{:?}", b"hunter2");
        for secret in ["hunter2", "FAFD82", "tok", numbers.trim_matches(['[', ']'])] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

#[test]
fn no_event_and_no_reason_repeats_a_token() {
    let mut device = Scripted::new(https());
    device.connect();
    device.answer(200, &GRANT.replace("tok", "hunter2"));
    device.accept("20 02 00 03");
    device.answer(200, &GRANT.replace("\"tok\"", "[\"hunter2\"]"));
    assert!(!format!("{:?}", device.events()).contains("hunter2"));
}
