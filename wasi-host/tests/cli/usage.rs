//! What is refused before anything is sent, and with which exit status.

use std::net::TcpListener;

use crate::program::{run, run_with, start};

/// Runs it, checks the exit status, and answers what it said.
fn refused(args: &[&str], variables: &[(&str, &str)], status: i32) -> String {
    let ended = run_with(args, variables, b"");
    assert_eq!(ended.status, status, "{args:?}: {ended:?}");
    assert_eq!(ended.stdout, "", "{args:?}");
    ended.stderr
}

#[test]
fn wrong_usage_ends_with_64_and_says_what_is_wrong() {
    let url = ["--url", "mqtt://127.0.0.1:1"];
    for (args, expected) in [
        (&["frobnicate"][..], "frobnicate"),
        (&["pub", "-t", "t"], "--message"),
        (&["pub", "-t", "t", "-m", "x", "-l"], "cannot be used with"),
        (
            &["pub", "-t", "t", "-m", "x"],
            "where to connect is missing",
        ),
        (&["pub", "-t", "a/#", "-m", "x"], "MQTT-3.3.2-2"),
        (&["pub", "-t", "t", "-m", "x", "-q", "2"], "no QoS 2"),
        (&["sub"], "--topic"),
        (&["sub", "-t", "a/#/b"], "MQTT-4.7.1-2"),
        (&["sub", "-t", "t", "-C", "0"], "--count"),
        (&["run", "--region", "mars"], "cn-shanghai, us-west-1"),
        (&["run", "--region", "us-west-1"], "--product-key"),
        (&["run", "--url", "http://localhost"], "ws://"),
        (&["run", "--url", "mqtt://localhost:0"], "port \"0\""),
        (&["run", "--product-key", "p k"], "character 2 is a space"),
        (&["run", "--transport", "udp"], "tcp, tls, ws, wss"),
        (&["run", "--keepalive", "many"], "whole number of seconds"),
        (
            &["run", "--keepalive-range", "300..60"],
            "300 is more than 60",
        ),
        (&["run", "--clean-session", "maybe"], "true, false"),
        (
            &["run", "--sign-method", "md5"],
            "hmacmd5, hmacsha1 or hmacsha256",
        ),
        (&["run", "--auth", "ftp"], "direct or https"),
        (&["run", "--timestamp", "soon"], "milliseconds"),
        (&["sample", "forever"], "loop"),
        (
            &["sample", "--url", "mqtt://127.0.0.1:1"],
            "--product-key KEY",
        ),
        (&["run", "--no-verify"], "--no-verify"),
    ] {
        let said = refused(args, &[], 64);
        assert!(said.contains(expected), "{args:?}: {said}");
    }
    let said = refused(
        &[&["run"], &url[..], &["--region", "us-west-1"]].concat(),
        &[],
        64,
    );
    assert!(said.contains("--region"), "{said}");
}

#[test]
fn a_keep_alive_outside_the_window_is_refused_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let args = [
        "run",
        "--url",
        &url,
        "--product-key",
        "pk",
        "--device-name",
        "dn",
    ];
    let secret = [("TERN_DEVICE_SECRET", "secret")];
    for seconds in ["0", "59", "301"] {
        let said = refused(
            &[&args[..], &["--keepalive", seconds]].concat(),
            &secret,
            64,
        );
        assert!(
            said.contains(&format!("keep alive is {seconds} s")),
            "{said}"
        );
        assert!(said.contains("60 to 300"), "{said}");
    }
    assert!(listener.accept().is_err(), "nobody has connected");
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    for args in [
        &["sign", "--device-secret", "hunter2"][..],
        &["sign", "--device-secret=hunter2"],
        &["pub", "-u", "me", "-P", "hunter2"],
        &["pub", "-u", "me", "-Phunter2"],
    ] {
        let said = refused(args, &[], 64);
        assert!(!said.contains("hunter2"), "{said}");
        assert!(said.contains("TERN_"), "{said}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for args in [&["--help"][..], &["-h"], &["pub", "--help"], &["--version"]] {
        let ended = run(args);
        assert_eq!(ended.status, 0, "{args:?}");
        assert!(ended.stdout.contains("tern") && ended.stderr.is_empty());
    }
    assert_eq!(run(&[]).status, 64);
}

#[test]
fn help_tells_the_keep_alives_of_devices_alone() {
    for program in ["run", "fleet"] {
        let ended = run(&[program, "--help"]);
        // Wrapped as the terminal is wide.
        let words: Vec<&str> = ended.stdout.split_whitespace().collect();
        let words = words.join(" ");
        for part in [
            "Keep alive in seconds [default: 60]",
            "[default for devices: 60..300]",
        ] {
            assert!(words.contains(part), "{program}: {words}");
        }
    }
}

#[test]
fn bad_data_ends_with_65_and_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let secret = file("secret", "hunter2 \n");
    let not_pem = file("ca.pem", "no certificate");
    let profile = file("profile.toml", "json = true\nregoin = \"cn-shanghai\"\n");
    let broken = file("broken.toml", "json = true\njson");
    let missing = folder.path().join("missing");
    let missing = missing.to_str().unwrap();
    let device = [
        "run",
        "--url",
        "mqtt://127.0.0.1:1",
        "--product-key",
        "pk",
        "--device-name",
        "dn",
    ];
    let plain = ["pub", "--url", "mqtt://127.0.0.1:1", "-t", "t"];
    let with = |args: &[&str], more: &[&str]| -> String {
        let said = refused(&[args, more].concat(), &[], 65);
        assert!(!said.contains("hunter2"), "{said}");
        said
    };
    let said = with(&device, &["--secret-file", missing]);
    assert!(said.contains("missing: it can't be read"), "{said}");
    let said = with(&device, &["--secret-file", &secret]);
    assert!(
        said.contains("secret: deviceSecret: character 8 is a space"),
        "{said}"
    );
    let said = with(&plain, &["-m", "x", "--cafile", missing]);
    assert!(said.contains("missing can't be read"), "{said}");
    let said = with(&plain, &["-m", "x", "--cafile", &not_pem]);
    assert!(said.contains("ca.pem holds no certificate"), "{said}");
    let said = with(&plain, &["-f", missing]);
    assert!(said.contains("missing: it can't be read"), "{said}");
    let said = with(&plain, &["-m", "x", "-u", "me", "-P-file", missing]);
    assert!(said.contains("password file"), "{said}");
    let said = with(&plain, &["-m", "x", "--profile", &profile]);
    assert!(
        said.contains("profile.toml:2: unknown field `regoin`"),
        "{said}"
    );
    let said = with(&plain, &["-m", "x", "--profile", &broken]);
    assert!(said.contains("broken.toml:2"), "{said}");
    let said = with(&plain, &["-m", "x", "--profile", missing]);
    assert!(said.contains("missing: it can't be read"), "{said}");
}

#[test]
fn a_profile_says_what_the_command_line_leaves_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.toml");
    std::fs::write(folder.path().join("pk.secret"), "secret\n").unwrap();
    let text = "product_key = \"pk\"\ndevice_name = \"other\"\nsecret_file = \"pk.secret\"\n\
                client_id = \"12345\"\ntimestamp = 789\ntransport = \"tcp\"\njson = true\n";
    std::fs::write(&path, text).unwrap();
    let profile = path.to_str().unwrap();
    let args = ["sign", "--profile", profile, "--device-name", "device"];
    let password = |variables: &[(&str, &str)]| {
        let ended = run_with(&args, variables, b"");
        assert_eq!(ended.status, 0, "{ended:?}");
        let signed: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        signed["password"].as_str().unwrap().to_owned()
    };
    assert_eq!(password(&[]), "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
    let other = password(&[("TERN_DEVICE_SECRET", "other")]);
    assert_ne!(other, "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
}

#[test]
fn nobody_there_ends_with_69() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    drop(listener);
    let ended = run(&["pub", "--url", &url, "-t", "t", "-m", "x", "--json"]);
    assert_eq!(ended.status, 69, "{ended:?}");
    assert_eq!(ended.names(), ["connecting", "disconnected"]);
    let reason = ended.event("disconnected")["reason"].to_string();
    assert!(reason.contains("nothing listens there"), "{reason}");
}

#[test]
fn a_reader_of_stdout_that_has_gone_is_no_error() {
    let args = ["sign", "--product-key", "pk", "--device-name", "dn"];
    for args in [&["--help"][..], &args] {
        let mut running = start(args, &[("TERN_DEVICE_SECRET", "secret")]);
        running.close_stdout();
        let ended = running.end();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""), "{args:?}");
    }
}
