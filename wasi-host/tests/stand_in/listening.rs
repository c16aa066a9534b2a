//! Ports: free ones, taken ones, and the first event.

use tern_host::stand_in::{StandIn, StandInOptions};

use crate::setup::{options, start};

#[test]
fn ready_is_the_first_event_and_names_the_ports_as_bound() {
    let setup = start();
    let addresses = setup.stand_in.addresses();
    let ready = setup.event("ready");
    assert_eq!(ready["mqtt"], addresses.mqtt.to_string());
    assert_eq!(ready["https"], addresses.https.to_string());
    assert_eq!(ready["http"], addresses.http.to_string());
    assert_eq!(ready["ca"], setup.stand_in.ca_path().display().to_string());
    assert_ne!(addresses.mqtt.port(), 0);
}

#[test]
fn without_a_word_it_listens_on_loopback_alone() {
    let options = StandInOptions::default();
    for address in [options.mqtt, options.https, options.http] {
        assert_eq!(address.host(), "127.0.0.1", "{address}");
    }
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let setup = start();
    let data = tempfile::tempdir().expect("a folder");
    let taken = setup.stand_in.addresses();
    for (field, address) in [
        ("--listen", taken.mqtt),
        ("--https", taken.https),
        ("--http", taken.http),
    ] {
        let mut options = options(&data);
        let address: tern_host::stand_in::ListenAddress =
            address.to_string().parse().expect("an address");
        match field {
            "--listen" => options.mqtt = address.clone(),
            "--https" => options.https = address.clone(),
            _ => options.http = address.clone(),
        }
        let error = StandIn::start(options)
            .expect_err("the port is taken")
            .to_string();
        assert!(
            error.contains(&address.to_string()) && error.contains(field),
            "{error}"
        );
        assert!(error.contains("choose another port"), "{error}");
    }
}

#[test]
fn an_address_that_this_machine_does_not_have_is_named() {
    let data = tempfile::tempdir().expect("a folder");
    let mut options = options(&data);
    options.mqtt = "192.0.2.1:0".parse().expect("an address"); // set apart for documentation
    let error = StandIn::start(options).expect_err("not ours").to_string();
    assert!(
        error.contains("192.0.2.1:0") && error.contains("no such address"),
        "{error}"
    );
}

#[test]
fn a_name_is_looked_up_and_ipv6_works() {
    let data = tempfile::tempdir().expect("a folder");
    let mut with_name = options(&data);
    with_name.mqtt = "localhost:0".parse().expect("an address");
    let stand_in = StandIn::start(with_name).expect("a stand-in");
    assert!(stand_in.addresses().mqtt.ip().is_loopback());

    let mut with_ipv6 = options(&data);
    with_ipv6.mqtt = "[::1]:0".parse().expect("an address");
    match StandIn::start(with_ipv6) {
        Ok(stand_in) => assert!(stand_in.addresses().mqtt.is_ipv6()),
        // A machine may have no IPv6 at all; then the error says so.
        Err(error) => assert!(error.to_string().contains("[::1]:0"), "{error}"),
    }
}
