//! What is refused, by the platform or before anything is sent, and how that ends.

use crate::program::{SECRET, stand_in, start};

#[test]
fn a_refused_login_is_counted_explained_and_ends_with_its_code() {
    let setup = stand_in(3);
    let mut args = setup.args();
    args.extend(["-n".to_owned(), "1".to_owned()]);
    let ended = start(&args, "wrongwrongwrong").end();
    assert_eq!(ended.status, 4, "{ended:?}");
    assert!(
        ended.stdout.contains("0 of 3 connected"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("3 × login refused (CONNACK 4)"),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stderr
            .contains("exit status 4: 3 devices could not connect"),
        "{}",
        ended.stderr
    );
    assert!(!ended.stdout.contains("wrongwrong") && !ended.stderr.contains("wrongwrong"));
}

#[test]
fn wrong_options_are_told_before_anything_is_sent() {
    let setup = stand_in(1);
    for (more, expected) in [
        (
            &["-m", "{sequence}"][..],
            "--message: character 1: {sequence} is unknown",
        ),
        (
            &["-t", "a/{n}/#"],
            "--topic: topic name: character 5 is '#'",
        ),
        (
            &["--subscribe", "a/{seq}"],
            "--subscribe: character 3: {seq} has no place here",
        ),
        (
            &["--shard", "1/2"],
            "--shard: 1/2 has no device: there are 1",
        ),
        (
            &["--native", "--drill-trap", "1s"],
            "--drill-trap does not go together with --native",
        ),
        (
            &["--every", "10"],
            "write a time with its unit, such as 500ms",
        ),
        (
            &["--connect-rate", "0"],
            "it is a number of devices per second",
        ),
        (
            &["--devices", "x"],
            "--product-key does not go together with --devices",
        ),
        (
            &["--keepalive", "10"],
            "keep alive is 10 s, outside 60 to 300 s",
        ),
        (
            &["--region", "cn-shanghai"],
            "--url does not go together with --region",
        ),
    ] {
        let ended = setup.fleet(more).end();
        assert_eq!(ended.status, 64, "{more:?}: {ended:?}");
        assert!(
            ended.stderr.contains(expected),
            "{more:?}: {}",
            ended.stderr
        );
    }
    let nobody = start(&["fleet", "--url", "mqtt://localhost"], SECRET).end();
    assert_eq!(nobody.status, 64);
    assert!(
        nobody.stderr.contains("no devices: give --devices FILE"),
        "{}",
        nobody.stderr
    );
    assert_eq!(setup.counts("connected").len(), 0);
}

#[test]
fn the_template_of_a_secret_is_never_shown() {
    let setup = stand_in(2);
    let ended = {
        let mut args = setup.args();
        args.push("--secret-template".to_owned());
        start(&args, "hunter{wrong}").end()
    };
    assert_eq!(ended.status, 65, "{ended:?}");
    assert!(
        ended.stderr.contains("TERN_DEVICE_SECRET: character 7"),
        "{}",
        ended.stderr
    );
    assert!(
        !ended.stderr.contains("hunter") && !ended.stderr.contains("wrong"),
        "{}",
        ended.stderr
    );
}

#[test]
#[cfg(target_os = "linux")]
fn too_few_open_files_are_told_before_anything_is_sent() {
    let setup = stand_in(1);
    let url = format!("mqtt://{}", setup.stand_in.addresses().mqtt);
    let ended = std::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -n 256; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_tern"),
            "fleet",
        ])
        .args([
            "--url",
            &url,
            "--product-key",
            "pk",
            "--device-name",
            "dev{1..1000}",
        ])
        .env("TERN_DEVICE_SECRET", SECRET)
        .output()
        .unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(69), "{stderr}");
    let words = "1000 devices need as many sockets, and this process may open 256 files: raise that to 1064";
    assert!(stderr.contains(words), "{stderr}");
}
