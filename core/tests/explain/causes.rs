//! An end is explained by its evidence: the likeliest cause first, with what was seen and what to try.

use tern_core::explain::causes::{Cause, CauseId, End, Evidence, Likelihood, Seen, Speaks, causes};
use tern_core::explain::{Auth, InWords, Lang, Page, explanation};
use tern_core::identity::TransportKind;
use tern_core::wire::ConnectCode;

const HOST: &str = "a1U4pQzrgim.iot-as-mqtt.cn-shanghai.aliyuncs.com";

fn connack(number: u8) -> Evidence<'static> {
    Evidence::new(End::Connack(ConnectCode::from_number(number).unwrap()))
}

fn ids(evidence: &Evidence<'_>) -> Vec<CauseId> {
    causes(evidence).iter().map(|cause| cause.id).collect()
}

fn first(evidence: &Evidence<'_>) -> Cause {
    causes(evidence).remove(0)
}

#[test]
fn a_keep_alive_outside_the_window_is_certain_and_one_inside_is_not() {
    let outside = first(&Evidence {
        keep_alive: Some(30),
        ..connack(3)
    });
    assert_eq!(
        (outside.id, outside.likelihood),
        (CauseId::KeepAliveOutside, Likelihood::Certain)
    );
    assert!(outside.seen.contains(&Seen::KeepAlive {
        sent: 30,
        min: 60,
        max: 300
    }));
    let known = ids(&Evidence {
        keep_alive: Some(60),
        was_connected: true,
        ..connack(3)
    });
    assert_eq!(
        known,
        [CauseId::ServerUnavailable, CauseId::KeepAliveOutside]
    );
    let plain = ids(&Evidence {
        auth: Auth::Plain,
        ..connack(3)
    });
    assert_eq!(plain, [CauseId::ServerUnavailable]);
}

#[test]
fn a_token_is_old_or_not_accepted() {
    const DAY_MS: u64 = 24 * 3600 * 1000;
    let aged = |days| Evidence {
        auth: Auth::Https,
        keep_alive: Some(60),
        token_age_ms: Some(days * DAY_MS),
        ..connack(3)
    };
    let old = first(&aged(8));
    assert_eq!(old.id, CauseId::TokenExpired);
    assert!(
        old.in_words(Lang::En).contains("8 days"),
        "{}",
        old.in_words(Lang::En)
    );
    assert!(old.in_words(Lang::Zh).contains("8 天"));
    assert_eq!(first(&aged(7)).id, CauseId::TokenExpired);
    assert_eq!(first(&aged(6)).id, CauseId::TokenNotAccepted);
}

#[test]
fn a_bad_signature_comes_before_a_securemode_that_does_not_fit() {
    let direct = Evidence {
        transport: Some(TransportKind::Wss),
        ..connack(4)
    };
    assert_eq!(
        ids(&direct),
        [CauseId::BadSignature, CauseId::SecuremodeMismatch]
    );
    assert_eq!(
        ids(&Evidence {
            auth: Auth::Plain,
            ..direct
        }),
        [CauseId::BadCredentials]
    );
}

#[test]
fn an_unknown_device_is_told_from_a_disabled_one_and_from_a_wrong_host() {
    let unknown = Evidence {
        host: HOST,
        product_key: "a1U4pQzrgim",
        ..connack(5)
    };
    assert_eq!(
        ids(&unknown),
        [
            CauseId::UnknownDevice,
            CauseId::DeviceDisabled,
            CauseId::WrongHost
        ]
    );
    let disabled = Evidence {
        was_connected: true,
        ..unknown.clone()
    };
    assert_eq!(first(&disabled).id, CauseId::DeviceDisabled);
    let elsewhere = first(&Evidence {
        product_key: "a1XXXXXXXXX",
        ..unknown
    });
    assert_eq!(
        (elsewhere.id, elsewhere.likelihood),
        (CauseId::WrongHost, Likelihood::Certain)
    );
    assert!(elsewhere.in_words(Lang::En).contains("a1U4pQzrgim"));
}

#[test]
fn the_other_codes_have_one_meaning_each() {
    assert_eq!(ids(&connack(1)), [CauseId::ProtocolLevel]);
    assert_eq!(ids(&connack(2)), [CauseId::ClientIdUnreadable]);
    assert_eq!(
        ids(&Evidence {
            auth: Auth::Plain,
            ..connack(2)
        }),
        [CauseId::ClientIdRejected]
    );
    assert_eq!(
        ids(&Evidence {
            auth: Auth::Plain,
            ..connack(5)
        }),
        [CauseId::NotAllowed]
    );
    for (code, id) in [
        (401, CauseId::AuthSignature),
        (460, CauseId::AuthParameter),
        (500, CauseId::AuthFault),
        (5001, CauseId::UnknownDevice),
        (6200, CauseId::AuthType),
        (7, CauseId::AuthCodeUnknown),
    ] {
        let cause = first(&Evidence::new(End::AuthCode(code)));
        assert_eq!((cause.id, cause.seen), (id, vec![Seen::AuthCode(code)]));
    }
}

#[test]
fn two_clients_on_one_triple_are_named() {
    let closed = |short_lives, lived_ms| Evidence {
        short_lives,
        lived_ms: Some(lived_ms),
        keep_alive: Some(60),
        ..Evidence::new(End::Closed)
    };
    let fight = first(&closed(3, 1_200));
    assert_eq!(
        (fight.id, fight.likelihood),
        (CauseId::TakeOver, Likelihood::Likely)
    );
    assert_eq!(fight.seen, [Seen::ShortLives(3), Seen::Lived(1_200)]);
    assert!(fight.in_words(Lang::En).contains("1.2 s"));
    assert!(fight.in_words(Lang::Zh).contains("三元组"));
    // One short life is a hint already; a long one is none.
    assert_eq!(first(&closed(1, 1_200)).id, CauseId::TakeOver);
    let long = causes(&closed(0, 3_600_000));
    assert!(
        long.iter()
            .all(|cause| cause.likelihood == Likelihood::Possible)
    );
    // Another broker has no triples.
    let plain = Evidence {
        auth: Auth::Plain,
        ..closed(1, 1_200)
    };
    assert_eq!(ids(&plain), [CauseId::ClosedByPeer]);
    // The other tab is known for certain.
    let tab = causes(&Evidence {
        other_tab: true,
        ..closed(3, 1_200)
    });
    assert_eq!(
        (tab[0].id, tab[0].likelihood),
        (CauseId::OtherTab, Likelihood::Certain)
    );
    assert!(tab.iter().all(|cause| cause.id != CauseId::TakeOver));
}

#[test]
fn a_starved_keep_alive_is_seen_by_the_silence_before_the_end() {
    let silent = |ms| Evidence {
        keep_alive: Some(60),
        silent_ms: Some(ms),
        lived_ms: Some(200_000),
        ..Evidence::new(End::Closed)
    };
    let starved = first(&silent(90_000));
    assert_eq!(
        (starved.id, starved.likelihood),
        (CauseId::KeepAliveStarved, Likelihood::Likely)
    );
    assert_eq!(
        starved.seen,
        [Seen::Silence {
            silent_ms: 90_000,
            keep_alive: 60
        }]
    );
    assert!(
        starved
            .in_words(Lang::En)
            .contains("90 s with a keep alive of 60 s")
    );
    assert!(!ids(&silent(89_999)).contains(&CauseId::KeepAliveStarved));
    assert_eq!(
        first(&Evidence {
            end: End::LinkLost,
            ..silent(90_000)
        })
        .id,
        CauseId::KeepAliveStarved
    );
    let off = Evidence {
        keep_alive: Some(0),
        ..silent(90_000)
    };
    assert!(!ids(&off).contains(&CauseId::KeepAliveStarved));
}

#[test]
fn what_is_no_broker_is_named_by_what_it_says() {
    let answers = |bytes| first(&Evidence::new(End::NotMqtt(Speaks::of(bytes)))).id;
    assert_eq!(answers(b"HTTP/1.1 400"), CauseId::HttpServer);
    assert_eq!(answers(b"<html>"), CauseId::HttpServer);
    assert_eq!(answers(&[0x15, 3, 1]), CauseId::TlsExpected);
    assert_eq!(answers(b"SSH-2.0"), CauseId::NotABroker);
    assert_eq!(answers(b""), CauseId::NotABroker);
}

#[test]
fn a_connection_that_never_stood_points_to_port_transport_and_page() {
    let at = |end, transport, port| Evidence {
        transport: Some(transport),
        port: Some(port),
        host: HOST,
        product_key: "a1U4pQzrgim",
        ..Evidence::new(end)
    };
    let port = ids(&at(End::NotOpened, TransportKind::Tls, 8883));
    assert_eq!(port, [CauseId::WrongPort, CauseId::Unreachable]);
    assert_eq!(
        ids(&at(End::NotOpened, TransportKind::Tls, 1883)),
        [CauseId::Unreachable]
    );
    let page = |is_https| {
        Some(Page {
            is_https,
            can_forward_auth: false,
        })
    };
    let mixed = Evidence {
        page: page(true),
        ..at(End::NotOpened, TransportKind::Ws, 80)
    };
    assert_eq!(ids(&mixed), [CauseId::InsecureFromHttps]);
    let local = Evidence {
        host: "localhost",
        ..mixed
    };
    assert_eq!(ids(&local), [CauseId::Unreachable, CauseId::NotABroker]);
    let wss = Evidence {
        page: page(true),
        ..at(End::NotOpened, TransportKind::Wss, 443)
    };
    assert!(ids(&wss).contains(&CauseId::Certificate));
    assert_eq!(
        first(&at(End::Tls, TransportKind::Tls, 1883)).id,
        CauseId::Certificate
    );
    let before = ids(&at(End::ClosedBeforeConnack, TransportKind::Tcp, 1883));
    assert_eq!(before[0], CauseId::TlsMix);
    assert!(before.contains(&CauseId::NotABroker));
}

#[test]
fn every_end_is_explained_in_both_languages() {
    let mut ends: Vec<_> = (1..=5).map(|code| connack(code).end).collect();
    ends.extend([401, 460, 500, 5001, 6200, 9999, 0].map(End::AuthCode));
    ends.extend([
        End::NotOpened,
        End::Tls,
        End::ClosedBeforeConnack,
        End::NoConnack,
        End::NotMqtt(Speaks::Http),
        End::NotMqtt(Speaks::Tls),
        End::NotMqtt(Speaks::Other),
        End::Closed,
        End::LinkLost,
        End::Protocol,
    ]);
    let mut names = Vec::new();
    for end in ends {
        for auth in [Auth::Direct, Auth::Https, Auth::Plain] {
            let evidence = Evidence {
                auth,
                keep_alive: Some(30),
                silent_ms: Some(700),
                lived_ms: Some(7_500_000),
                short_lives: 4,
                transport: Some(TransportKind::Wss),
                port: Some(1),
                host: HOST,
                product_key: "a1XXXXXXXXX",
                was_connected: true,
                token_age_ms: Some(1),
                ..Evidence::new(end)
            };
            let causes = causes(&evidence);
            assert!(!causes.is_empty(), "{end:?}");
            assert!(causes.is_sorted_by_key(|cause| cause.likelihood));
            for cause in &causes {
                names.push(cause.id.name());
                assert!(!cause.title(Lang::En).is_empty() && !cause.to_try(Lang::En).is_empty());
                for seen in &cause.seen {
                    assert!(!seen.in_words(Lang::En).is_empty(), "{seen:?}");
                    assert!(!seen.in_words(Lang::Zh).is_ascii(), "{seen:?}");
                }
                assert!(!cause.in_words(Lang::Zh).is_ascii());
            }
            let told = explanation(&evidence, Lang::En);
            assert!(
                told.len() > 40 && told.starts_with(causes[0].title(Lang::En)),
                "{told}"
            );
            assert!(!explanation(&evidence, Lang::Zh).is_empty());
        }
    }
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 20, "{names:?}");
}
