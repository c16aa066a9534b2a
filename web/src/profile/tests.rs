use super::*;
use crate::form::{Carrier, Field};
use crate::sample;

fn two() -> Profiles {
    let mut profiles = Profiles::default();
    let mut form = Form::sample();
    let plain = Profile::new("sample", &form, false).expect("a good name");
    profiles.save(plain).expect("room");
    form.carrier = Carrier::Wss;
    form.host = "设备 \"quoted\"\n".into();
    form.clean_session = false;
    let kept = Profile::new(" 车间 3 ", &form, true).expect("a good name");
    profiles.save(kept).expect("room");
    profiles
}

fn fault(text: &str) -> String {
    Profiles::read(text).expect_err(text).to_string()
}

#[test]
fn a_file_that_was_written_reads_back_the_same() {
    for profiles in [two(), Profiles::default()] {
        assert_eq!(Profiles::read(&profiles.write()), Ok(profiles));
    }
}

#[test]
fn the_secret_is_kept_for_the_one_profile_that_was_told_to() {
    let profiles = two();
    assert_eq!(profiles.write().matches(sample::DEVICE_SECRET).count(), 1);
    assert_eq!(profiles.with_secret(), 1);
    assert_eq!(profiles.all()[0].form().device_secret, "");
    let kept = profiles.get("车间 3").expect("trimmed").form();
    assert_eq!(kept.device_secret, sample::DEVICE_SECRET);
    assert!(!format!("{profiles:?}").contains(sample::DEVICE_SECRET));
}

#[test]
fn what_is_unknown_is_passed_over_and_what_is_missing_stands_as_in_an_empty_form() {
    let text = r#"{"tern_profiles": 1, "made_by": "hand", "profiles": [
        {"name": "short", "product_key": "a1", "keepalive": 120, "clean_session": false, "colour": [1]}]}"#;
    let profiles = Profiles::read(text).expect("a good file");
    let form = profiles.all()[0].form();
    assert_eq!(form.text(Field::ProductKey), "a1");
    assert_eq!(
        (form.text(Field::KeepAlive), form.clean_session),
        ("120", false)
    );
    assert_eq!(form.text(Field::DeviceName), "");
    assert_eq!(form.carrier, Carrier::InPage);
    assert_eq!(
        Profiles::read(r#"{"tern_profiles": 1}"#),
        Ok(Profiles::default())
    );
}

#[test]
fn a_file_that_is_none_says_what_and_where() {
    let deep = fault("{\n  \"tern_profiles\": 1,\n  nope");
    assert!(deep.contains("line 3"), "{deep}");
    assert!(fault("<!doctype html>").contains("line 1, column 1"));
    assert!(fault("").contains("not JSON"));
    assert!(fault("[]").contains("tern_profiles is not there"));
    assert!(fault(r#"{"profiles": []}"#).contains("tern_profiles is not there"));
    assert!(fault(r#"{"tern_profiles": 2}"#).contains("is the number 2, and must be 1"));
    assert!(fault(&" ".repeat(MAX_FILE + 1)).contains("at most 8388608"));
    for (inside, told) in [
        ("{}", "profiles is an object, and must be a list"),
        ("[7]", "profiles[0] is the number 7, and must be an object"),
        ("[{}]", "profiles[0].name is missing"),
        (r#"[{"name": ""}]"#, "profiles[0].name must have 1 to 64"),
        (
            r#"[{"name": "a"}, {"name": "a"}]"#,
            "profiles[1].name is \"a\", which another",
        ),
        (
            r#"[{"name": "a", "transport": "tcp"}]"#,
            "profiles[0].transport must be in-page, ws or wss",
        ),
        (
            r#"[{"name": "a", "host": {}}]"#,
            "profiles[0].host is an object",
        ),
        (
            r#"[{"name": "a", "device_secret": 1}]"#,
            "profiles[0].device_secret is the number 1",
        ),
    ] {
        let text = format!(r#"{{"tern_profiles": 1, "profiles": {inside}}}"#);
        let fault = fault(&text);
        assert!(fault.contains(told), "{text}: {fault}");
    }
    let long = format!(
        r#"{{"tern_profiles": 1, "profiles": [{{"name": "a", "device_secret": "hunter2{}"}}]}}"#,
        "x".repeat(MAX_VALUE)
    );
    assert!(!fault(&long).contains("hunter2"));
}

#[test]
fn a_name_has_a_rule_and_a_saved_one_is_replaced() {
    let form = Form::sample();
    let new = |name: &str| Profile::new(name, &form, false);
    assert_eq!(new(" \t"), Err(ProfileError::NameEmpty));
    assert!(new("a\nb").is_err());
    assert!(new(&"界".repeat(MAX_NAME)).is_ok());
    assert!(new(&"界".repeat(MAX_NAME + 1)).is_err());
    let mut profiles = two();
    profiles.save(new("sample").expect("good")).expect("room");
    assert_eq!(profiles.all().len(), 2);
    profiles.delete("sample");
    assert_eq!(profiles.all().len(), 1);
}

#[test]
fn what_could_not_be_read_again_is_not_kept() {
    let mut form = Form::sample();
    form.client_id = "x".repeat(MAX_VALUE + 1);
    let error = Profile::new("a", &form, false).expect_err("too long");
    assert!(
        error.to_string().starts_with("client_id is 257 bytes long"),
        "{error}"
    );
    form.client_id.clear();
    form.device_secret = "x".repeat(MAX_VALUE + 1);
    assert!(Profile::new("a", &form, true).is_err());
    assert!(Profile::new("a", &form, false).is_ok());
}

#[test]
fn an_import_changes_none_that_is_here() {
    let mut profiles = two();
    let mut others = Profiles::default();
    let form = Form {
        product_key: "other".into(),
        ..Form::sample()
    };
    let new = |name: &str| Profile::new(name, &form, false).expect("a good name");
    others.save(two().all()[1].clone()).expect("room");
    others.save(new("sample")).expect("room");
    others.save(new("third")).expect("room");
    let done = profiles.import(others.clone()).expect("room");
    assert_eq!(
        done,
        Imported {
            added: 2,
            renamed: 1,
            known: 1
        }
    );
    let names: Vec<_> = profiles.all().iter().map(Profile::name).collect();
    assert_eq!(names, ["sample", "车间 3", "sample (2)", "third"]);
    assert_eq!(profiles.all()[..2], two().all()[..]);
}

#[test]
fn the_largest_file_that_can_be_written_can_be_read() {
    let mut form = Form::sample();
    let long = "\u{1}".repeat(MAX_VALUE);
    for part in [
        Field::ProductKey,
        Field::DeviceName,
        Field::DeviceSecret,
        Field::ClientId,
        Field::Host,
        Field::Port,
        Field::Region,
        Field::Method,
        Field::Timestamp,
        Field::KeepAlive,
        Field::KeepAliveMin,
        Field::KeepAliveMax,
    ] {
        form.set(part, long.clone());
    }
    let mut profiles = Profiles::default();
    for number in 0..MAX_PROFILES {
        let profile = Profile::new(&number.to_string(), &form, true).expect("good");
        profiles.save(profile).expect("room");
    }
    let text = profiles.write();
    assert!(text.len() < MAX_FILE, "{}", text.len());
    assert_eq!(Profiles::read(&text), Ok(profiles));
}

#[test]
fn more_than_there_can_be_are_not_taken_in_part() {
    let form = Form::sample();
    let mut profiles = Profiles::default();
    for number in 0..MAX_PROFILES {
        let profile = Profile::new(&number.to_string(), &form, false).expect("good");
        profiles.save(profile).expect("room");
    }
    let before = profiles.clone();
    assert_eq!(profiles.import(two()), Err(ProfileError::TooMany));
    assert_eq!(profiles, before);
}
