//! What a fleet publishes and receives, over each transport, and how its end is told.

use serde_json::Value;

use crate::program::{PRODUCT_KEY, SECRET, accepted, stand_in, start, summary};

#[test]
fn every_message_is_published_received_and_accounted_for() {
    let setup = stand_in(6);
    let file = setup.file("summary.json");
    let ended = setup
        .fleet(&[
            "--per-sandbox",
            "4",
            "-t",
            "/{product_key}/{device_name}/user/get",
            "--subscribe",
            "/{product_key}/{device_name}/user/get",
            "-m",
            "{seq} {random:1..6}",
            "-n",
            "5",
            "--every",
            "20ms",
            "--json",
            "--summary",
            &file,
        ])
        .end();
    assert_eq!(ended.status, 0, "{ended:?}");
    let events: Vec<Value> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events[0]["event"], "started");
    assert_eq!(events[0]["from"], format!("{PRODUCT_KEY}/dev01"));
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["exit"]),
        (&"summary".into(), &0.into())
    );
    let summary = summary(&file);
    assert_eq!(
        last["summary"], summary,
        "the same on stdout and in the file"
    );
    assert_eq!(accepted(&summary), 30);
    assert_eq!(summary["messages"]["acknowledged"], 30);
    assert_eq!(summary["messages"]["received"], 30);
    assert!(summary["latency"]["p50_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(summary["errors"], serde_json::json!({}));
    let published = setup.counts("published");
    assert!(published.values().all(|count| *count == 5), "{published:?}");
}

#[test]
fn qos_0_counts_what_was_sent() {
    let setup = stand_in(3);
    let ended = setup.fleet(&["-q", "0", "-n", "4", "--every", "5ms"]).end();
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(
        ended.stdout.contains("12 accepted = 12 sent + 0 failed"),
        "{}",
        ended.stdout
    );
}

#[test]
fn what_one_step_can_t_take_is_published_by_the_next() {
    let setup = stand_in(40);
    for how in [&["--native"][..], &["--per-sandbox", "40"]] {
        let file = setup.file("summary.json");
        // 2.4 MB at one moment, of which a step takes 1 MiB.
        let mut more = vec!["--in-step", "--every", "500ms", "-n", "3"];
        more.extend(["-m", "{letters:60000}", "--summary", &file]);
        more.extend(how);
        let ended = setup.fleet(&more).end();
        assert_eq!(ended.status, 0, "{how:?}: {ended:?}");
        let summary = summary(&file);
        assert_eq!(accepted(&summary), 120, "{how:?}");
        assert_eq!(summary["messages"]["acknowledged"], 120, "{how:?}");
        assert_eq!(summary["errors"], serde_json::json!({}), "{how:?}");
    }
}

#[test]
fn both_ways_to_sign_in_go_over_tls_and_websocket_from_a_devices_file() {
    let setup = stand_in(4);
    let devices = setup.file("devices.toml");
    let made = start(
        &[
            "fleet",
            "devices",
            "--product-key",
            PRODUCT_KEY,
            "--device-name",
            "dev0%i",
            "-c",
            "4",
        ],
        SECRET,
    );
    std::fs::write(&devices, made.end().stdout).unwrap();
    let ca = setup.stand_in.ca_path().to_str().unwrap();
    let addresses = setup.stand_in.addresses();
    let auth_url = format!("https://{}/auth/devicename", addresses.https);
    for (url, auth) in [
        (format!("mqtts://{}", addresses.mqtt), "direct"),
        (format!("wss://{}", addresses.mqtt), "direct"),
        (format!("ws://{0},mqtt://{0}", addresses.mqtt), "direct"),
        (format!("mqtts://{}", addresses.mqtt), "https"),
    ] {
        let mut args = vec![
            "fleet",
            "--devices",
            &devices,
            "--url",
            &url,
            "--cafile",
            ca,
            "-n",
            "2",
            "--every",
            "10ms",
            "--auth",
            auth,
        ];
        if auth == "https" {
            args.extend(["--auth-url", &auth_url]);
        }
        let ended = start(&args, "").end();
        assert_eq!(ended.status, 0, "{url} {auth}: {ended:?}");
        assert!(
            ended.stdout.contains("8 accepted = 8 acknowledged"),
            "{}",
            ended.stdout
        );
    }
}

#[test]
#[cfg(unix)]
fn messages_wait_for_the_stand_in_to_come_back_and_none_is_lost() {
    let setup = stand_in(4);
    let file = setup.file("summary.json");
    let mut fleet = setup.fleet(&["--every", "50ms", "--json", "--summary", &file]);
    fleet.event(|event| event["event"] == "progress" && event["connected"] == 4);
    let setup = setup.restarted(|| {
        fleet.event(|event| event["event"] == "progress" && event["connected"] == 0);
    });
    fleet.event(|event| event["event"] == "progress" && event["connected"] == 4);
    let ended = fleet.stop();
    assert_eq!(ended.status, 0, "{ended:?}");
    let summary = summary(&file);
    assert_eq!(accepted(&summary), summary["messages"]["acknowledged"]);
    assert_eq!(summary["devices"]["reconnects"], 4);
    // It was counted that they were gone, and the wait is in the latency.
    let errors = summary["errors"].as_object().unwrap();
    let ended = errors
        .iter()
        .filter(|(key, _)| key.starts_with("disconnected_"));
    let ended: u64 = ended
        .map(|(_, errors)| errors["count"].as_u64().unwrap())
        .sum();
    assert!(ended >= 4, "{errors:?}");
    assert!(
        summary["latency"]["max_ms"].as_f64().unwrap() > 100.0,
        "{}",
        summary["latency"]
    );
    drop(setup);
}

#[test]
#[cfg(unix)]
fn a_signal_ends_it_in_order_with_a_summary() {
    let setup = stand_in(5);
    let (file, chart) = (setup.file("summary.json"), setup.file("chart.svg"));
    let mut fleet = setup.fleet(&[
        "--every",
        "10ms",
        "--native",
        "--json",
        "--summary",
        &file,
        "--chart",
        &chart,
    ]);
    fleet.event(|event| event["event"] == "progress" && event["connected"] == 5);
    let ended = fleet.stop();
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(
        ended
            .stdout
            .contains(r#""event":"stopping","reason":"a signal""#),
        "{}",
        ended.stdout
    );
    let summary = summary(&file);
    assert_eq!(accepted(&summary), summary["messages"]["acknowledged"]);
    assert_eq!(summary["run"]["native"], true);
    assert!(std::fs::read_to_string(&chart).unwrap().starts_with("<svg"));
    // Each said goodbye: a connection that is merely closed is told as another reason.
    assert_eq!(setup.counts("disconnected"), setup.each_once());
}
