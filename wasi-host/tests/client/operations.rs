//! What each operation returns, and what its errors say.

use std::sync::mpsc::channel;
use std::time::Duration;

use tern_core::identity::TransportKind;
use tern_core::sign::SignMethod;
use tern_core::wire::QoS;
use tern_host::client::{Client, ClientError};

use super::{Cloud, DATA, construct, yield_until};

#[test]
fn a_keep_alive_outside_the_window_is_refused_before_it_is_sent() {
    let cloud = Cloud::start("keep-alive");
    for keep_alive in [0, 59, 301] {
        let mut config = cloud.direct(TransportKind::Tcp, SignMethod::HmacSha1, None);
        config.keep_alive = keep_alive;
        let Err(error) = Client::construct(cloud.params(config), |_| ()) else {
            panic!("keep alive {keep_alive} was let in");
        };
        assert!(error.to_string().contains("outside 60 to 300 s"), "{error}");
    }
}

#[test]
fn ids_are_the_sdks_and_callbacks_end_with_the_subscription() {
    let cloud = Cloud::start("ids");
    let config = cloud.direct(TransportKind::Tcp, SignMethod::HmacSha1, None);
    let (mut client, told) = construct(cloud.params(config));
    let (tell, messages) = channel();
    let first = client
        .subscribe("/a1aq9sQk2JE/dev1/+", QoS::AtLeastOnce, move |message| {
            tell.send(message.topic.to_owned()).unwrap();
        })
        .unwrap();
    assert_eq!(
        yield_until(&mut client, &told),
        format!("3 SubscribeSuccess({first})")
    );
    assert_eq!(client.publish(DATA, b"0", QoS::AtMostOnce).unwrap(), 0);
    assert_eq!(yield_until(&mut client, &messages), DATA);

    let id = client.unsubscribe("/a1aq9sQk2JE/dev1/+").unwrap();
    assert!(id > first);
    assert_eq!(
        yield_until(&mut client, &told),
        format!("6 UnsubscribeSuccess({id})")
    );

    // A filter whose callback is gone, and one that the platform refuses.
    let foreign = client
        .subscribe("/other/product/x", QoS::AtMostOnce, |_| ())
        .unwrap();
    assert_eq!(
        yield_until(&mut client, &told),
        format!("5 SubscribeNack({foreign})")
    );
    client.destroy().unwrap();
}

#[test]
fn bad_arguments_are_named_and_nothing_is_kept_of_them() {
    let cloud = Cloud::start("bad-arguments");
    let mut config = cloud.direct(TransportKind::Tcp, SignMethod::HmacSha1, None);
    config.limits.max_payload = 1000;
    let (mut client, _told) = construct(cloud.params(config));
    let error = client
        .publish("/a1aq9sQk2JE/dev1/#", b"x", QoS::AtLeastOnce)
        .unwrap_err();
    assert!(error.to_string().contains("'#'"), "{error}");
    let error = client
        .publish(DATA, &[0; 1001], QoS::AtLeastOnce)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("1001 bytes, over the limit of 1000"),
        "{error}"
    );
    let error = client.publish(DATA, b"x", QoS::ExactlyOnce).unwrap_err();
    assert!(error.to_string().contains("qos is 2"), "{error}");
    let error = client
        .subscribe("a/#/b", QoS::AtLeastOnce, |_| ())
        .unwrap_err();
    assert!(matches!(error, ClientError::Topic(_)), "{error}");
    client.publish(DATA, b"fine", QoS::AtLeastOnce).unwrap();
    client.destroy().unwrap();
}

#[test]
fn a_wrong_secret_is_refused_with_code_4_and_an_explanation() {
    let cloud = Cloud::start("wrong-secret");
    let mut config = cloud.direct(TransportKind::Tcp, SignMethod::HmacSha1, None);
    if let tern_core::device::Login::Direct { triple, .. } = &mut config.login {
        *triple = super::triple("not-the-secret");
    }
    let Err(ClientError::Refused(refusal)) = Client::construct(cloud.params(config), |_| ()) else {
        panic!("it was let in");
    };
    assert_eq!(refusal.reason, "bad user name or password");
    assert!(
        refusal.explanation.contains("signature does not match"),
        "{}",
        refusal.explanation
    );
}

#[test]
fn a_connection_taken_over_comes_back_and_subscribes_again() {
    let cloud = Cloud::start("taken-over");
    let mut config = cloud.direct(TransportKind::Tcp, SignMethod::HmacSha1, None);
    config.clean_session = true;
    let (mut first, told) = construct(cloud.params(config));
    let (tell, messages) = channel();
    let id = first
        .subscribe(DATA, QoS::AtLeastOnce, move |message| {
            tell.send(message.payload.to_vec()).unwrap();
        })
        .unwrap();
    assert_eq!(
        yield_until(&mut first, &told),
        format!("3 SubscribeSuccess({id})")
    );

    let second = cloud.direct(TransportKind::Tcp, SignMethod::HmacSha1, None);
    let (second, _) = construct(cloud.params(second));
    assert!(yield_until(&mut first, &told).starts_with("1 Disconnect"));
    assert!(!first.check_state());
    drop(second);
    assert_eq!(yield_until(&mut first, &told), "2 Reconnect");
    first.yield_for(Duration::from_millis(1)).unwrap();
    first.publish(DATA, b"again", QoS::AtLeastOnce).unwrap();
    assert_eq!(yield_until(&mut first, &messages), b"again");
    first.destroy().unwrap();
}
