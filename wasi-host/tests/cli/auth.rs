//! `tern auth`, and `--auth https` before a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::cloud::{Cloud, SECRET, TOPIC};
use crate::program::{Ended, PATIENCE, run_with};

fn auth(cloud: &Cloud, args: &[&str], variables: &[(&str, &str)]) -> Ended {
    let url = cloud.auth_url();
    let args = [&["auth", "--auth-url", &url], &cloud.triple()[..], args].concat();
    run_with(&args, variables, b"")
}

#[test]
fn what_is_granted_is_told_but_never_the_token() {
    let cloud = Cloud::start();
    for method in ["hmacmd5", "hmacsha1", "hmacsha256"] {
        let ended = auth(&cloud, &["--json", "--sign-method", method], &[SECRET]);
        assert_eq!(ended.status, 0, "{ended:?}");
        let granted = ended.event("authenticated");
        assert!(granted["iot_id"].is_string(), "{granted}");
        assert_eq!(granted["mqtt_port"], cloud.stand_in.addresses().mqtt.port());
        assert!(granted.get("iot_token").is_none(), "{granted}");
    }
    let ended = auth(&cloud, &[], &[SECRET]);
    assert_eq!(ended.status, 0);
    assert!(ended.stdout.contains("iotId"), "{}", ended.stdout);
    assert!(ended.stdout.contains("not shown"), "{}", ended.stdout);
}

#[test]
fn a_refusal_is_told_with_its_code_and_what_to_check() {
    let cloud = Cloud::start();
    let wrong = ("TERN_DEVICE_SECRET", "wrong");
    let ended = auth(&cloud, &["--json"], &[wrong]);
    assert_eq!(ended.status, 77, "{ended:?}");
    let refused = ended.event("refused");
    assert_eq!(refused["auth_code"], 401);
    assert!(refused.get("connack").is_none());
    assert!(
        refused["explanation"]
            .as_str()
            .unwrap()
            .contains("deviceSecret")
    );
    let ended = auth(&cloud, &[], &[wrong]);
    assert_eq!((ended.status, &ended.stdout[..]), (77, ""));
    assert!(ended.stderr.contains("refused: "), "{}", ended.stderr);
}

#[test]
fn proxies_that_the_environment_names_are_not_asked() {
    let cloud = Cloud::start();
    let nobody = "http://127.0.0.1:1";
    let variables = [
        SECRET,
        ("HTTPS_PROXY", nobody),
        ("https_proxy", nobody),
        ("ALL_PROXY", nobody),
    ];
    assert_eq!(auth(&cloud, &[], &variables).status, 0);
}

#[test]
fn a_ca_that_is_not_known_ends_with_69() {
    let cloud = Cloud::start();
    let url = cloud.auth_url();
    let triple = cloud.triple();
    let without_ca = &triple[..4];
    let args = [&["auth", "--json", "--auth-url", &url], without_ca].concat();
    let ended = run_with(&args, &[SECRET], b"");
    assert_eq!(ended.status, 69, "{ended:?}");
    let reason = ended.event("disconnected")["reason"].to_string();
    assert!(reason.contains("--cafile"), "{reason}");
}

#[test]
fn an_answer_that_is_none_of_the_platforms_ends_with_76() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, certificate.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let config = Arc::new(config);
    for (answer, expected) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
            "not JSON",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\":200}",
            "has no data",
        ),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "HTTP status 404",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n",
            "longer than 65536",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::clone(&config);
        let server =
            std::thread::spawn(move || answer_once(&listener.accept().unwrap().0, config, answer));
        let ended = run_with(
            &[
                "auth",
                "--json",
                "--auth-url",
                &format!("https://localhost:{port}"),
                "--cafile",
                ca.to_str().unwrap(),
                "--product-key",
                "pk",
                "--device-name",
                "dn",
            ],
            &[SECRET],
            b"",
        );
        server.join().unwrap();
        assert_eq!(ended.status, 76, "{ended:?}");
        let reason = ended.event("disconnected")["reason"].to_string();
        assert!(reason.contains(expected), "{reason}");
    }
}

fn answer_once(stream: &TcpStream, config: Arc<ServerConfig>, answer: &str) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut request = Vec::new();
    let mut some = [0; 4096];
    while !request.windows(10).any(|window| window == b"resources=") {
        let got = stream.read(&mut some).unwrap();
        request.extend_from_slice(&some[..got]);
    }
    stream.write_all(answer.as_bytes()).unwrap();
    // Stays until the client has gone, so that what it was told arrives.
    let _ = stream.read(&mut some);
}

#[test]
fn a_device_may_authenticate_over_https_and_connect_with_the_token() {
    let cloud = Cloud::start();
    let url = cloud.auth_url();
    let place = ["--auth", "https", "--auth-url", &url];
    let what = ["-t", TOPIC, "-m", "x", "-q", "1", "--json"];
    let args = [&["pub"], &place[..], &cloud.triple(), &what].concat();
    let ended = run_with(&args, &[SECRET], b"");
    assert_eq!(ended.status, 0, "{ended:?}");
    let names = [
        "connecting",
        "authenticated",
        "connected",
        "accepted",
        "published",
        "disconnected",
    ];
    let told: Vec<String> = ended.names();
    for name in names {
        assert!(
            told.iter().any(|other| other == name),
            "no {name}: {told:?}"
        );
    }
    let ended = run_with(&args, &[("TERN_DEVICE_SECRET", "wrong")], b"");
    assert_eq!(ended.status, 77, "{ended:?}");
    assert_eq!(ended.event("refused")["auth_code"], 401);
}
