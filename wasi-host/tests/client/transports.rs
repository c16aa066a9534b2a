//! Every way to connect.

use std::sync::mpsc::channel;

use tern_core::device::RefusedBy;
use tern_core::identity::TransportKind;
use tern_core::sign::SignMethod;
use tern_core::wire::QoS;
use tern_host::client::{Client, ClientError, Params};

use super::{Cloud, DATA, construct, yield_until};

/// Subscribes to the sample's topic, publishes there and gets its own message.
#[track_caller]
fn a_message_comes_back(params: Params) {
    let (mut client, told) = construct(params);
    let (tell, messages) = channel();
    let id = client
        .subscribe(DATA, QoS::AtLeastOnce, move |message| {
            tell.send(message.payload.to_vec()).unwrap();
        })
        .unwrap();
    assert_eq!(
        yield_until(&mut client, &told),
        format!("3 SubscribeSuccess({id})")
    );
    let id = client
        .publish(DATA, b"message: hello! start!", QoS::AtLeastOnce)
        .unwrap();
    assert_eq!(
        yield_until(&mut client, &messages),
        b"message: hello! start!"
    );
    assert_eq!(
        yield_until(&mut client, &told),
        format!("9 PublishSuccess({id})")
    );
    assert!(client.check_state());
    client.destroy().unwrap();
}

#[test]
fn direct_connect_over_every_transport_with_every_method() {
    let cloud = Cloud::start("every-transport");
    for transport in TransportKind::ALL {
        a_message_comes_back(cloud.params(cloud.direct(transport, SignMethod::HmacSha1, None)));
    }
    for method in [SignMethod::HmacMd5, SignMethod::HmacSha256] {
        let config = cloud.direct(TransportKind::Tcp, method, Some(1_700_000_000_000));
        a_message_comes_back(cloud.params(config));
    }
}

#[test]
fn the_same_core_runs_without_its_sandbox() {
    let cloud = Cloud::start("native");
    let config = cloud.direct(TransportKind::Tls, SignMethod::HmacSha1, None);
    a_message_comes_back(Params {
        native: true,
        ..cloud.params(config)
    });
}

#[test]
fn https_auth_then_connect_to_the_host_and_port_of_the_answer() {
    let cloud = Cloud::start("https");
    a_message_comes_back(cloud.params(cloud.https("tern-sample-device-secret")));
}

#[test]
fn a_refused_authentication_says_what_to_check() {
    let cloud = Cloud::start("https-refused");
    let params = cloud.params(cloud.https("another-secret"));
    let Err(ClientError::Refused(refusal)) = Client::construct(params, |_| ()) else {
        panic!("it was let in");
    };
    assert!(refusal.reason.contains("401"), "{}", refusal.reason);
    assert!(
        refusal.explanation.contains("deviceSecret"),
        "{}",
        refusal.explanation
    );
}

#[test]
fn each_code_of_the_authentication_arrives_with_what_to_check() {
    let cloud = Cloud::start("https-codes");
    for (code, words) in [
        (401, "deviceSecret"),
        (460, "parameter"),
        (500, "again"),
        (5001, "productKey"),
        (6200, "authenticat"),
    ] {
        cloud.set_faults(&format!(
            "{{\"all\":{{\"auth_refuse\":{{\"code\":{code}}}}}}}"
        ));
        let params = cloud.params(cloud.https("tern-sample-device-secret"));
        let Err(ClientError::Refused(refusal)) = Client::construct(params, |_| ()) else {
            panic!("code {code} let it in");
        };
        assert_eq!(refusal.by, RefusedBy::Auth(code));
        assert!(
            refusal.explanation.contains(words),
            "{code}: {}",
            refusal.explanation
        );
    }
}

#[test]
fn a_certificate_of_an_unknown_ca_is_refused() {
    let cloud = Cloud::start("foreign-ca");
    let config = cloud.direct(TransportKind::Tls, SignMethod::HmacSha1, None);
    let Err(error) = Client::construct(Params::new(config), |_| ()) else {
        panic!("it was let in");
    };
    assert!(error.to_string().contains("certificate"), "{error}");
}
