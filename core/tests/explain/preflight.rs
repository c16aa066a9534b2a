//! What will be refused is said before it is sent, with what mends it.

use std::time::Instant;

use tern_core::explain::preflight::{
    Change, Draft, Field, Finding, Mend, Rule, Severity, preflight,
};
use tern_core::explain::{Auth, InWords, Lang, Page};
use tern_core::identity::TransportKind;

const KEY: &str = "a1U4pQzrgim";
const HOST: &str = "a1U4pQzrgim.iot-as-mqtt.cn-shanghai.aliyuncs.com";

fn good() -> Draft<'static> {
    Draft {
        product_key: KEY,
        device_name: "dev1",
        device_secret: "hunter2hunter2",
        host: Some(HOST),
        ..Draft::default()
    }
}

fn page(is_https: bool) -> Option<Page> {
    Some(Page {
        is_https,
        can_forward_auth: false,
    })
}

/// The one finding, which speaks both languages and names its source.
fn only(draft: &Draft<'_>) -> Finding {
    let mut findings = preflight(draft);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = findings.remove(0);
    assert!(finding.in_words(Lang::En).len() > 20);
    assert!(!finding.in_words(Lang::Zh).is_ascii());
    assert!(!finding.source().is_empty() && !finding.source().contains("seed"));
    for mend in &finding.mends {
        assert!(!mend.in_words(Lang::En).is_empty() && !mend.in_words(Lang::Zh).is_empty());
    }
    assert!(!format!("{finding:?} {draft:?}").contains("hunter2"));
    finding
}

fn mended(finding: &Finding) -> Vec<(Field, &str)> {
    let mends = finding.mends.iter();
    mends
        .map(|mend| match &mend.change {
            Change::Put(text) => (mend.field, text.as_str()),
            Change::TakeOutBlanks => (mend.field, "(blanks)"),
        })
        .collect()
}

#[test]
fn a_right_draft_has_no_finding() {
    assert_eq!(preflight(&good()), []);
    for transport in TransportKind::ALL {
        assert_eq!(
            preflight(&Draft {
                transport,
                ..good()
            }),
            []
        );
    }
    let in_page = Draft {
        host: None,
        transport: TransportKind::Ws,
        page: page(true),
        ..good()
    };
    assert_eq!(preflight(&in_page), []);
    let plain = Draft {
        auth: Auth::Plain,
        host: Some("broker.example.com"),
        keep_alive: "0",
        port: "8883",
        ..Draft::default()
    };
    assert_eq!(preflight(&plain), []);
}

#[test]
fn a_keep_alive_outside_the_window_is_mended_to_its_edge() {
    for (keep_alive, right) in [
        ("0", "60"),
        ("30", "60"),
        ("59", "60"),
        ("301", "300"),
        ("60000", "60"),
        ("120000", "120"),
        ("99999999", "300"),
    ] {
        let finding = only(&Draft {
            keep_alive,
            ..good()
        });
        assert_eq!(
            (finding.field, finding.severity),
            (Field::KeepAlive, Severity::Refused)
        );
        assert!(finding.in_words(Lang::En).contains("60 to 300 s"));
        assert_eq!(
            finding.source(),
            "Alibaba Cloud, MQTT-TCP连接通信: MQTT保活"
        );
        assert_eq!(
            mended(&finding),
            [(Field::KeepAlive, right)],
            "{keep_alive}"
        );
    }
    for keep_alive in ["", "x", "-1", "60 s", "1.5"] {
        assert_eq!(
            only(&Draft {
                keep_alive,
                ..good()
            })
            .rule,
            Rule::KeepAliveNotANumber
        );
    }
    let wider = Draft {
        keep_alive: "1200",
        keep_alive_range: Some(30..=1200),
        ..good()
    };
    assert_eq!(preflight(&wider), []);
    assert_eq!(
        preflight(&Draft {
            keep_alive: "60",
            ..good()
        }),
        []
    );
}

#[test]
fn a_triple_says_which_part_is_wrong_and_blanks_are_taken_out() {
    let empty = preflight(&Draft::default());
    let fields: Vec<_> = empty.iter().map(|finding| finding.field).collect();
    assert_eq!(
        fields,
        [Field::ProductKey, Field::DeviceName, Field::DeviceSecret]
    );
    let illegal = only(&Draft {
        device_name: "dev&1",
        ..good()
    });
    assert!(matches!(illegal.rule, Rule::Identity(_)));
    assert!(illegal.mends.is_empty());
    let long = "x".repeat(65);
    assert_eq!(
        only(&Draft {
            device_name: &long,
            ..good()
        })
        .field,
        Field::DeviceName
    );

    for secret in [
        "hunter2hunter2\n",
        " hunter2hunter2",
        "hunter2\r\nhunter2",
        "\u{FEFF}hunter2hunter2",
    ] {
        let finding = only(&Draft {
            device_secret: secret,
            ..good()
        });
        assert_eq!(finding.rule, Rule::Blanks(Field::DeviceSecret));
        assert_eq!(finding.mends.len(), 1);
        assert_eq!(finding.mends[0].apply(secret), "hunter2hunter2");
    }
    let key = only(&Draft {
        product_key: "a1U4pQzrgim\u{200B}",
        ..good()
    });
    assert_eq!(key.mends[0].apply("a1U4pQzrgim\u{200B}"), KEY);
}

#[test]
fn a_client_id_is_short_and_bare() {
    let whole = only(&Draft {
        client_id: "12345|securemode=3,signmethod=hmacsha1|",
        ..good()
    });
    assert_eq!(whole.rule, Rule::BarInClientId);
    assert_eq!(mended(&whole), [(Field::ClientId, "12345")]);
    let long = "x".repeat(65);
    let finding = only(&Draft {
        client_id: &long,
        ..good()
    });
    assert!(finding.in_words(Lang::En).contains("65"), "{finding:?}");
    assert_eq!(
        preflight(&Draft {
            client_id: &long[..64],
            ..good()
        }),
        []
    );
    let blanks = only(&Draft {
        client_id: " my id\n",
        ..good()
    });
    assert_eq!(mended(&blanks), [(Field::ClientId, "my id")]);
    // The default is PRODUCTKEY.DEVICENAME, and may be too long as well.
    let name = "d".repeat(60);
    let finding = only(&Draft {
        device_name: &name,
        ..good()
    });
    assert_eq!(
        (finding.field, mended(&finding)),
        (Field::ClientId, vec![(Field::ClientId, name.as_str())])
    );
    let plain = only(&Draft {
        auth: Auth::Plain,
        clean_session: false,
        host: Some("broker.example.com"),
        ..Draft::default()
    });
    assert_eq!(mended(&plain), [(Field::CleanSession, "true")]);
}

#[test]
fn method_and_timestamp_are_read_as_they_are_typed() {
    for (method, right) in [
        ("sha1", "hmacsha1"),
        ("HMAC-SHA256", "hmacsha256"),
        ("HmacMD5", "hmacmd5"),
    ] {
        let finding = only(&Draft { method, ..good() });
        assert_eq!(mended(&finding), [(Field::Method, right)]);
    }
    assert!(
        only(&Draft {
            method: "rsa",
            ..good()
        })
        .mends
        .is_empty()
    );
    let seconds = only(&Draft {
        timestamp: "1700000000",
        ..good()
    });
    assert_eq!(
        (seconds.severity, &seconds.rule),
        (Severity::Warning, &Rule::TimestampInSeconds)
    );
    assert_eq!(mended(&seconds), [(Field::Timestamp, "1700000000000")]);
    for timestamp in ["now", "1.7e12", "-5", "99999999999999999999999", " 789"] {
        assert_eq!(
            only(&Draft {
                timestamp,
                ..good()
            })
            .rule,
            Rule::TimestampNotANumber
        );
    }
    assert_eq!(
        preflight(&Draft {
            timestamp: "789",
            ..good()
        }),
        []
    );
}

#[test]
fn a_securemode_of_ones_own_must_fit_the_transport() {
    for (transport, right, wrong) in [
        (TransportKind::Tls, "2", "3"),
        (TransportKind::Wss, "2", "3"),
        (TransportKind::Tcp, "3", "2"),
        (TransportKind::Ws, "3", "2"),
    ] {
        let with = |securemode| Draft {
            transport,
            securemode: Some(securemode),
            ..good()
        };
        assert_eq!(preflight(&with(right)), []);
        let finding = only(&with(wrong));
        assert!(matches!(finding.rule, Rule::SecuremodeMismatch { .. }));
        assert_eq!(mended(&finding), [(Field::Securemode, right)]);
        assert_eq!(only(&with("9")).rule, Rule::UnknownSecuremode);
        assert_eq!(only(&with("")).rule, Rule::UnknownSecuremode);
    }
}

#[test]
fn a_page_over_https_may_not_open_ws_but_to_this_machine() {
    let ws = |host| Draft {
        transport: TransportKind::Ws,
        host: Some(host),
        page: page(true),
        ..good()
    };
    let finding = only(&ws(HOST));
    assert_eq!(finding.rule, Rule::WsFromHttps);
    assert_eq!(mended(&finding), [(Field::Transport, "wss")]);
    let with_port = only(&Draft {
        port: "80",
        ..ws(HOST)
    });
    assert_eq!(
        mended(&with_port),
        [(Field::Transport, "wss"), (Field::Port, "443")]
    );
    for host in ["localhost", "127.0.0.1", "::1", "console.localhost"] {
        assert_eq!(preflight(&ws(host)), [], "{host}");
    }
    assert_eq!(
        preflight(&Draft {
            page: page(false),
            ..ws(HOST)
        }),
        []
    );
    let tls = only(&Draft {
        transport: TransportKind::Tls,
        page: page(true),
        ..good()
    });
    assert_eq!(tls.rule, Rule::NoSocketsInPage(TransportKind::Tls));
    assert_eq!(mended(&tls), [(Field::Transport, "wss"),]);
}

#[test]
fn a_host_is_this_products_and_takes_mqtt() {
    let at = |host| Draft {
        host: Some(host),
        ..good()
    };
    let other = only(&at("a1XXXXXXXXX.iot-as-mqtt.us-west-1.aliyuncs.com"));
    assert!(
        matches!(&other.rule, Rule::HostOfOtherProduct { label, .. } if label == "a1XXXXXXXXX")
    );
    let right = "a1U4pQzrgim.iot-as-mqtt.us-west-1.aliyuncs.com";
    assert_eq!(mended(&other), [(Field::Host, right)]);
    // Host names come back in lower case from many tools.
    assert_eq!(
        preflight(&at("a1u4pqzrgim.iot-as-mqtt.us-west-1.aliyuncs.com")),
        []
    );

    let auth = only(&at("iot-auth.us-west-1.aliyuncs.com"));
    assert_eq!(
        (&auth.rule, mended(&auth)),
        (&Rule::AuthHost, vec![(Field::Host, right)])
    );

    for host in [
        "${YourProductKey}.iot-as-mqtt.us-west-1.aliyuncs.com",
        "YourProductKey.iot-as-mqtt.us-west-1.aliyuncs.com",
    ] {
        let placeholder = only(&at(host));
        assert_eq!(placeholder.rule, Rule::PlaceholderInHost);
        assert_eq!(mended(&placeholder), [(Field::Host, right)]);
    }
    let swapped = only(&Draft {
        product_key: "dev1",
        device_name: KEY,
        ..good()
    });
    assert_eq!(swapped.rule, Rule::TripleSwapped);
    assert_eq!(
        mended(&swapped),
        [(Field::ProductKey, KEY), (Field::DeviceName, "dev1")]
    );

    assert!(matches!(only(&at("")).rule, Rule::Identity(_)));
    let blank = only(&at(" broker.example.com"));
    assert_eq!(
        blank.mends[0].apply(" broker.example.com"),
        "broker.example.com"
    );
}

#[test]
fn a_host_that_is_a_url_is_taken_apart() {
    let at = |host| {
        only(&Draft {
            host: Some(host),
            ..good()
        })
    };
    let url = at("wss://broker.example.com:8084/mqtt");
    assert_eq!(url.rule, Rule::UrlAsHost);
    assert_eq!(
        mended(&url),
        [
            (Field::Host, "broker.example.com"),
            (Field::Port, "8084"),
            (Field::Transport, "wss")
        ]
    );
    assert_eq!(
        mended(&at("localhost:1883")),
        [(Field::Host, "localhost"), (Field::Port, "1883")]
    );
    assert_eq!(
        mended(&at("https://broker.example.com/")),
        [(Field::Host, "broker.example.com")]
    );
    assert_eq!(
        preflight(&Draft {
            host: Some("::1"),
            ..good()
        }),
        []
    );
    assert!(at("wss://user:hunter3@h").mends.is_empty());
}

#[test]
fn a_port_is_the_platforms_own() {
    for (transport, port, right) in [
        (TransportKind::Tls, "8883", "1883"),
        (TransportKind::Wss, "8084", "443"),
        (TransportKind::Ws, "443", "80"),
        (TransportKind::Tcp, "1884", "1883"),
    ] {
        let finding = only(&Draft {
            transport,
            port,
            ..good()
        });
        assert_eq!(
            (finding.field, finding.severity),
            (Field::Port, Severity::Refused)
        );
        assert_eq!(mended(&finding), [(Field::Port, right)]);
        assert_eq!(
            preflight(&Draft {
                transport,
                port: right,
                ..good()
            }),
            []
        );
    }
    let instance = only(&Draft {
        host: Some("iot-x.mqtt.iothub.aliyuncs.com"),
        port: "8883",
        ..good()
    });
    assert_eq!(instance.severity, Severity::Warning);
    assert_eq!(
        preflight(&Draft {
            host: Some("broker.example.com"),
            port: "8883",
            ..good()
        }),
        []
    );
    for port in ["0", "65536", "x", "+1"] {
        assert_eq!(only(&Draft { port, ..good() }).field, Field::Port);
    }
}

#[test]
fn https_auth_needs_tls_and_somebody_who_forwards_it() {
    let https = |transport, page| Draft {
        auth: Auth::Https,
        transport,
        page,
        ..good()
    };
    assert_eq!(preflight(&https(TransportKind::Tls, None)), []);
    let plain = only(&https(TransportKind::Tcp, None));
    assert_eq!(plain.rule, Rule::HttpsAuthNeedsTls);
    assert_eq!(mended(&plain), [(Field::Transport, "tls")]);
    let local = Draft {
        host: Some("127.0.0.1"),
        ..https(TransportKind::Tcp, None)
    };
    assert_eq!(preflight(&local), []);
    let files = only(&https(TransportKind::Wss, page(false)));
    assert_eq!(files.rule, Rule::HttpsAuthFromFiles);
    assert_eq!(mended(&files), [(Field::Auth, "direct")]);
    let served = Some(Page {
        is_https: false,
        can_forward_auth: true,
    });
    assert_eq!(preflight(&https(TransportKind::Wss, served)), []);
}

#[test]
fn every_mend_that_is_applied_leaves_nothing_to_mend() {
    let draft = Draft {
        product_key: " a1U4pQzrgim",
        device_name: "dev1\n",
        client_id: "id|x|",
        method: "SHA1",
        timestamp: "1700000000",
        securemode: Some("3"),
        transport: TransportKind::Wss,
        port: "8883",
        keep_alive: "15",
        page: page(true),
        ..good()
    };
    let mends: Vec<Mend> = preflight(&draft)
        .into_iter()
        .flat_map(|finding| finding.mends)
        .collect();
    let typed = |field, typed: &str| {
        let mend = mends.iter().find(|mend| mend.field == field);
        mend.map_or(typed.to_owned(), |mend| mend.apply(typed))
    };
    let after = Draft {
        product_key: &typed(Field::ProductKey, draft.product_key),
        device_name: &typed(Field::DeviceName, draft.device_name),
        client_id: &typed(Field::ClientId, draft.client_id),
        method: &typed(Field::Method, draft.method),
        timestamp: &typed(Field::Timestamp, draft.timestamp),
        securemode: Some(&typed(Field::Securemode, "3")),
        port: &typed(Field::Port, draft.port),
        keep_alive: &typed(Field::KeepAlive, draft.keep_alive),
        ..draft.clone()
    };
    assert_eq!(preflight(&after), []);
}

#[test]
fn a_preflight_is_cheap_enough_for_every_keystroke() {
    let draft = Draft {
        keep_alive: "15",
        client_id: "id|x|",
        timestamp: "1700000000",
        ..good()
    };
    let began = Instant::now();
    for _ in 0..1000 {
        assert_eq!(preflight(&draft).len(), 3);
    }
    // A thousand of them in the time of one keystroke, on a slow machine too.
    assert!(began.elapsed().as_millis() < 1000, "{:?}", began.elapsed());
}
