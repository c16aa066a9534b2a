//! `tern` with the broker aedes, over TCP and WebSocket.

use tern_tests::peers::aedes::Aedes;

use crate::mosquitto::users;
use crate::scenarios::{
    self, a_payload_arrives_whole, a_second_connection_takes_over_and_the_first_comes_back,
    gets_messages_again, messages_pass_with_both_qos, tern,
};

const SCHEMES: [&str; 2] = ["mqtt", "ws"];

#[test]
fn signed_messages_pass_over_both_transports_with_both_qos() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Aedes::start(&tern) else {
        return;
    };
    for scheme in SCHEMES {
        messages_pass_with_both_qos(&tern, &broker.place(scheme));
    }
}

#[test]
fn a_wrong_signature_is_refused_with_the_code_for_it() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Aedes::start(&tern) else {
        return;
    };
    for scheme in SCHEMES {
        scenarios::a_wrong_signature_is_refused(&tern, &broker.place(scheme), 4);
    }
}

#[test]
fn a_device_that_was_taken_over_comes_back() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Aedes::start(&tern) else {
        return;
    };
    for scheme in SCHEMES {
        let place = broker.place(scheme);
        let first = a_second_connection_takes_over_and_the_first_comes_back(&tern, &place);
        gets_messages_again(&tern, &place, first);
    }
}

#[test]
fn the_largest_payload_arrives_over_both_transports() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Aedes::start(&tern) else {
        return;
    };
    let users = users(&tern);
    for scheme in SCHEMES {
        let place = broker.place(scheme);
        let largest = 4 * 1024 * 1024 - 128 * 1024;
        a_payload_arrives_whole(&tern, [&place; 2], Some(&users), largest);
        a_payload_arrives_whole(&tern, [&place; 2], None, 256 * 1024);
    }
}
