use super::*;
use crate::form::Field;
use crate::sample;

fn subject() -> Subject {
    Subject {
        filter: "/a1aq9sQk2JE/dev1/#".into(),
        subscribe_qos: 1,
        topic: "/a1aq9sQk2JE/dev1/data".into(),
        publish_qos: 0,
        payload: r#"{"it's": "$HOME"}"#.into(),
    }
}

fn stand_in(carrier: Carrier) -> Form {
    Form {
        carrier,
        host: "192.168.1.7".into(),
        port: "1884".into(),
        client_id: "12345".into(),
        ..Form::sample()
    }
}

fn region(carrier: Carrier) -> Form {
    Form {
        address: Address::Region,
        ..stand_in(carrier)
    }
}

fn line(tool: Tool, form: &Form) -> CommandLine {
    command_line(tool, form, &subject(), false).expect("a good form")
}

#[test]
fn tern_gets_the_triple_and_never_the_secret() {
    assert_eq!(
        line(Tool::TernSub, &stand_in(Carrier::Ws)),
        CommandLine {
            text: "tern sub --url ws://192.168.1.7:1884/ --product-key a1aq9sQk2JE --device-name dev1 \
                   --client-id 12345 --sign-method hmacsha1 --keepalive 60 --clean-session true \
                   -t '/a1aq9sQk2JE/dev1/#' -q 1 -v"
                .into(),
            notes: vec![Note::SecretByEnvironment],
        }
    );
    let text = line(Tool::TernPub, &region(Carrier::Wss)).text;
    assert!(
        text.starts_with("tern pub --region cn-shanghai --transport wss --product-key"),
        "{text}"
    );
    assert!(
        text.ends_with(r#"-t /a1aq9sQk2JE/dev1/data -m '{"it'\''s": "$HOME"}' -q 0"#),
        "{text}"
    );
    let text = line(Tool::TernRun, &stand_in(Carrier::Ws)).text;
    assert!(text.ends_with("-t '/a1aq9sQk2JE/dev1/#'"), "{text}");
}

#[test]
fn no_line_of_any_program_holds_the_secret() {
    for tool in Tool::ALL {
        for form in [Form::sample(), stand_in(Carrier::Ws), region(Carrier::Wss)] {
            for with_password in [false, true] {
                let line = command_line(tool, &form, &subject(), with_password);
                let line = line.expect("a good form").text;
                assert!(!line.contains(sample::DEVICE_SECRET), "{line}");
            }
        }
    }
}

#[test]
fn what_is_not_the_default_is_said_to_tern() {
    let mut form = stand_in(Carrier::Ws);
    form.auth = Auth::Https;
    form.timestamp = "789".into();
    form.keep_alive = "2".into();
    form.keep_alive_min = "1".into();
    form.clean_session = false;
    let told = line(Tool::TernSub, &form);
    for wanted in [
        " --auth https --auth-url https://127.0.0.1:8443 ",
        " --timestamp 789 ",
        " --keepalive 2 --keepalive-range 1..300 ",
        " --clean-session false ",
    ] {
        assert!(told.text.contains(wanted), "{wanted} in {}", told.text);
    }
    assert!(told.notes.contains(&Note::AuthUrl));
    form.address = Address::Region;
    let told = line(Tool::TernSub, &form);
    assert!(
        told.text.contains(" --auth https --sign-method"),
        "{}",
        told.text
    );
    assert!(!told.notes.contains(&Note::AuthUrl));
}

#[test]
fn mosquitto_gets_mqtt_for_a_websocket_and_the_securemode_stays() {
    let told = line(Tool::MosquittoSub, &region(Carrier::Wss));
    assert_eq!(
        told.text,
        "mosquitto_sub -h a1aq9sQk2JE.iot-as-mqtt.cn-shanghai.aliyuncs.com -p 1883 --cafile ca.pem \
         -i '12345|securemode=2,signmethod=hmacsha1|' -u 'dev1&a1aq9sQk2JE' -P \"$TERN_PASSWORD\" \
         -k 60 -t '/a1aq9sQk2JE/dev1/#' -q 1 -v"
    );
    assert_eq!(
        told.notes,
        [Note::NoWebSocket, Note::CaFile, Note::PasswordByEnvironment]
    );
    let told = line(Tool::MosquittoPub, &stand_in(Carrier::Ws)).text;
    assert!(told.contains("-p 1884 -i '12345|securemode=3,"), "{told}");
    assert!(!told.contains("--cafile"), "{told}");
}

#[test]
fn mqttx_gets_the_websocket_and_the_version_of_the_login() {
    assert_eq!(
        line(Tool::MqttxSub, &stand_in(Carrier::Ws)).text,
        "mqttx sub -h 192.168.1.7 -p 1884 -l ws --path / -V 3.1.1 \
         -i '12345|securemode=3,signmethod=hmacsha1|' -u 'dev1&a1aq9sQk2JE' -P \"$TERN_PASSWORD\" \
         -k 60 -t '/a1aq9sQk2JE/dev1/#' -q 1"
    );
    let mut form = region(Carrier::Wss);
    form.clean_session = false;
    let text = line(Tool::MqttxConn, &form).text;
    assert!(text.contains("-p 443 -l wss --path / "), "{text}");
    assert!(text.ends_with("-k 60 --no-clean"), "{text}");
}

#[test]
fn the_signed_password_stands_in_a_line_only_when_asked_for_and_is_marked() {
    let form = stand_in(Carrier::Ws);
    let steps = form.steps().expect("a good form");
    let password = steps.last().expect("steps").value.expose();
    for tool in Tool::ALL.into_iter().filter(|tool| !tool.signs()) {
        let plain = line(tool, &form);
        assert!(!plain.text.contains(password), "{}", plain.text);
        let with = command_line(tool, &form, &subject(), true).expect("a good form");
        assert!(
            with.text.contains(&format!(" -P {password} ")),
            "{}",
            with.text
        );
        assert!(with.notes.contains(&Note::PasswordInside));
    }
}

#[test]
fn what_stands_only_in_the_page_needs_a_platform_outside() {
    let told = line(Tool::TernSub, &Form::sample());
    assert!(
        told.text.contains("--url mqtt://127.0.0.1:1883 "),
        "{}",
        told.text
    );
    assert_eq!(told.notes[0], Note::NeedsPlatform);
    let told = line(Tool::MqttxConn, &Form::sample());
    assert!(told.text.contains("-p 1883 -l mqtt -V"), "{}", told.text);
    let told = line(Tool::MosquittoPub, &Form::sample());
    assert!(
        !told.notes.contains(&Note::NoWebSocket),
        "it is MQTT anyway"
    );
}

#[test]
fn a_form_with_a_fault_gives_its_fault() {
    let mut form = stand_in(Carrier::Ws);
    form.keep_alive = "30".into();
    for tool in Tool::ALL {
        let faults = command_line(tool, &form, &subject(), false).expect_err("30 s");
        assert_eq!(faults[0].field, Field::KeepAlive);
    }
}

#[test]
fn a_value_that_begins_with_a_dash_is_tied_to_its_option() {
    let mut odd = subject();
    odd.payload = "-5".into();
    let form = stand_in(Carrier::Ws);
    let told = |tool| {
        command_line(tool, &form, &odd, false)
            .expect("a good form")
            .text
    };
    assert!(told(Tool::TernPub).contains(" -m=-5 "));
    assert!(told(Tool::MosquittoPub).contains(" -m -5 "));
}

#[test]
fn u0000_is_left_out_and_said() {
    let mut odd = subject();
    odd.payload = "a\0b".into();
    let told = command_line(Tool::TernPub, &stand_in(Carrier::Ws), &odd, false);
    let told = told.expect("a good form");
    assert!(told.text.contains(" -m ab "), "{}", told.text);
    assert!(told.notes.contains(&Note::NulLeftOut));
}

#[test]
fn only_harmless_words_go_unquoted() {
    assert_eq!(quoted("/a1/dev_1:x@y,z+.-"), "/a1/dev_1:x@y,z+.-");
    assert_eq!(quoted(""), "''");
    assert_eq!(quoted("~"), "'~'");
    assert_eq!(quoted("a=b"), "'a=b'");
    assert_eq!(quoted("it's"), r"'it'\''s'");
}

/// Asks a real shell what it makes of the words.
#[cfg(unix)]
#[test]
fn a_shell_reads_each_value_as_it_was() {
    for value in [
        "",
        " ",
        "a b",
        "'",
        "''",
        "\"",
        "$HOME",
        "${x}",
        "`id`",
        "$(id)",
        "\\",
        "\\n",
        "a\nb",
        "\r\n\t",
        "!",
        "!!",
        "#",
        "~",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "a;b",
        "a&b",
        "a|b",
        "<>",
        "-n",
        "%s",
        "温度 '21.5' °C",
        "\u{1b}[0m",
        "12345|securemode=3,signmethod=hmacsha1|",
    ] {
        let script = format!("printf '%s|' {}", quoted(value));
        let shell = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .expect("there is a shell");
        let read = String::from_utf8(shell.stdout).expect("it was UTF-8");
        assert_eq!(read, format!("{value}|"), "{script}");
    }
}
