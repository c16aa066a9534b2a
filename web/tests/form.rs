//! The form: every field checked by the core, everything kept as typed.

use tern_web::form::{Address, Carrier, Field, Form};
use tern_web::sample;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn faults_after(edit: impl FnOnce(&mut Form)) -> Vec<Field> {
    let mut form = Form::sample();
    edit(&mut form);
    let fields: Vec<_> = form.faults().iter().map(|fault| fault.field).collect();
    assert_eq!(form.config().is_err(), !fields.is_empty());
    fields
}

#[test]
fn the_sample_connects_as_it_stands() {
    assert_eq!(faults_after(|_| ()), []);
    assert!(Form::sample().is_sample());
}

#[test]
fn each_field_has_its_own_fault() {
    assert_eq!(
        faults_after(|f| f.product_key = "a1b&".into()),
        [Field::ProductKey]
    );
    assert_eq!(
        faults_after(|f| f.device_name = "dev 1".into()),
        [Field::DeviceName]
    );
    assert_eq!(
        faults_after(|f| f.device_secret = "a\n".into()),
        [Field::DeviceSecret]
    );
    assert_eq!(
        faults_after(|f| f.client_id = "a|b".into()),
        [Field::ClientId]
    );
    assert_eq!(
        faults_after(|f| f.client_id = "x".repeat(65)),
        [Field::ClientId]
    );
    assert_eq!(
        faults_after(|f| f.timestamp = "now".into()),
        [Field::Timestamp]
    );
    assert_eq!(
        faults_after(|f| f.timestamp = "+1".into()),
        [Field::Timestamp]
    );
    assert_eq!(
        faults_after(|f| f.keep_alive = "30".into()),
        [Field::KeepAlive]
    );
    assert_eq!(
        faults_after(|f| f.keep_alive = "1.5".into()),
        [Field::KeepAlive]
    );
    assert_eq!(faults_after(|f| f.method = "md5".into()), [Field::Method]);
}

#[test]
fn host_and_port_count_only_for_a_network() {
    assert_eq!(faults_after(|f| f.port = "x".into()), []);
    let both = faults_after(|f| {
        f.carrier = Carrier::Ws;
        f.host = "no host".into();
        f.port = "65536".into();
    });
    assert_eq!(both, [Field::Host, Field::Port]);
}

#[test]
fn nothing_typed_is_told_apart_from_something_wrong() {
    let mut form = Form::sample();
    form.product_key.clear();
    form.device_name = "a b".into();
    let empty: Vec<_> = form.faults().iter().map(|f| (f.field, f.empty)).collect();
    assert_eq!(
        empty,
        [(Field::ProductKey, true), (Field::DeviceName, false)]
    );
}

#[test]
fn the_signature_needs_no_host() {
    let mut form = Form::sample();
    form.carrier = Carrier::Wss;
    assert!(form.config().is_err());
    let steps = form.steps().expect("the triple is right");
    let client_id = steps.iter().find(|step| step.name == "client_id");
    let client_id = client_id.expect("there is such a step").value.expose();
    assert!(client_id.contains("securemode=2"), "{client_id}");
}

#[test]
fn a_region_gives_the_products_own_host() {
    let mut form = Form::sample();
    form.carrier = Carrier::Wss;
    form.address = Address::Region;
    let endpoint = form.endpoint().expect("a region is enough").to_string();
    assert_eq!(
        endpoint,
        "wss://a1aq9sQk2JE.iot-as-mqtt.cn-shanghai.aliyuncs.com:443/"
    );
}

#[test]
fn the_secret_is_not_in_what_a_debugger_prints() {
    assert!(!format!("{:?}", Form::sample()).contains(sample::DEVICE_SECRET));
}
