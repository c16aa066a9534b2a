use tern_core::wire::{Packet, QoS};
use tern_platform::Device;

use crate::cloud::{Cloud, TCP, address, connect, token_connect, triple};

const TOPIC: &str = "/pk/dev1/data";

fn remove(cloud: &mut Cloud, name: &str) -> bool {
    let removed = cloud.platform.remove_device(cloud.now, &address(name));
    cloud.drain();
    removed
}

fn names(cloud: &Cloud) -> Vec<String> {
    let devices = cloud.platform.devices();
    devices.map(|device| device.device_name).collect()
}

#[test]
fn a_removed_device_is_cut_and_gone() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", true);
    assert!(remove(&mut cloud, "dev1"));
    assert_eq!(cloud.closed(id), Some("the device has been removed"));
    assert_eq!(names(&cloud), ["dev2"]);
    assert_eq!(cloud.platform.device(&address("dev1")), None);
    assert!(
        !remove(&mut cloud, "dev1"),
        "there is nothing to remove now"
    );
}

#[test]
fn its_login_is_that_of_an_unknown_device() {
    let mut cloud = Cloud::new();
    remove(&mut cloud, "dev1");
    let id = cloud.open(TCP);
    cloud.send_packet(id, &Packet::Connect(connect("dev1")));
    // CONNACK, 2 bytes, no session, not authorised
    assert_eq!(cloud.packets(id), ["20 02 00 05"]);
    cloud.login("dev2", true);
}

#[test]
fn its_tokens_end_with_it_even_if_it_comes_back() {
    let mut cloud = Cloud::new();
    let (_, json) = cloud
        .platform
        .auth(cloud.now, crate::https_auth::form("dev1").as_bytes());
    let (iot_id, iot_token) = crate::https_auth::granted(&json);
    remove(&mut cloud, "dev1");
    cloud.platform.register(Device {
        triple: triple("dev1"),
        disabled: false,
    });
    let id = cloud.open(TCP);
    let connect = token_connect(&iot_id, &iot_token);
    cloud.send_packet(id, &Packet::Connect(connect));
    // CONNACK, 2 bytes, no session, token unknown
    assert_eq!(cloud.packets(id), ["20 02 00 03"]);
}

#[test]
fn registered_again_it_begins_without_its_old_session() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.login("dev1", false);
    cloud.subscribe(id, TOPIC, QoS::AtLeastOnce);
    remove(&mut cloud, "dev1");
    cloud.platform.register(Device {
        triple: triple("dev1"),
        disabled: false,
    });
    assert_eq!(names(&cloud), ["dev1", "dev2"]);
    let device = cloud.platform.device(&address("dev1")).expect("registered");
    assert_eq!((device.online, device.changed_at_ms), (false, None));
    let (_, session_present) = cloud.login("dev1", false);
    assert!(!session_present);
}
