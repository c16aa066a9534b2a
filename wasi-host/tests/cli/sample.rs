//! `tern sample`: the seed's `mqtt-example`.

use crate::cloud::{Cloud, TOPIC};

#[test]
fn it_does_what_mqtt_example_does() {
    let cloud = Cloud::start();
    let ended = cloud.run("sample", &[]);
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(ended.event("subscribed")["filter"], TOPIC);
    let payloads: Vec<String> = ended
        .events()
        .into_iter()
        .filter(|event| event["event"] == "message")
        .map(|event| event["payload"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        payloads,
        [
            "message: hello! start!",
            r#"{"attr_name":"temperature", "attr_value":"1"}"#
        ]
    );
    let names = ended.names();
    let count = |wanted| names.iter().filter(|name| *name == wanted).count();
    assert_eq!((count("published"), count("failed")), (2, 0));
    let place = |wanted| names.iter().position(|name| name == wanted).unwrap();
    assert!(place("unsubscribed") > place("message"));
}

#[test]
fn in_its_loop_it_publishes_again_until_it_is_stopped() {
    let cloud = Cloud::start();
    let mut sample = cloud.begin("sample", &["loop", "--json"]);
    for _ in 0..4 {
        sample.event("published");
    }
    let ended = sample.stop();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
}

#[test]
fn a_wrong_secret_ends_it_as_any_refusal() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtt");
    let args = [&cloud.device("sample", &url)[..], &["--json"]].concat();
    let ended = crate::program::run_with(&args, &[("TERN_DEVICE_SECRET", "wrong")], b"");
    assert_eq!(ended.status, 4, "{ended:?}");
}
