//! `tern sign`.

use serde_json::{Value, json};

use crate::program::run_with;

const SECRET: (&str, &str) = ("TERN_DEVICE_SECRET", "secret");
const SEEDS: [&str; 9] = [
    "sign",
    "--product-key",
    "pk",
    "--device-name",
    "device",
    "--client-id",
    "12345",
    "--timestamp",
    "789",
];

fn signed(args: &[&str]) -> Value {
    let ended = run_with(&[&SEEDS, args, &["--json"]].concat(), &[SECRET], b"");
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""), "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn the_seeds_example_is_printed_with_its_steps() {
    let mut signed = signed(&["--transport", "tcp"]);
    let steps = signed.as_object_mut().unwrap().remove("steps").unwrap();
    assert_eq!(
        signed,
        json!({
            "client_id": "12345|securemode=3,signmethod=hmacsha1,timestamp=789|",
            "username": "device&pk",
            "password": "FAFD82A3D602B37FB0FA8B7892F24A477F851A14",
            "content": "clientId12345deviceNamedeviceproductKeypktimestamp789",
            "method": "hmacsha1",
        })
    );
    let steps = steps.as_array().unwrap();
    assert_eq!(steps.len(), 7);
    assert!(steps.iter().all(|step| step["name"].is_string()
        && step["value"].is_string()
        && step["why"].is_string()));
}

#[test]
fn the_other_methods_and_transports_are_signed_too() {
    let md5 = signed(&["--sign-method", "hmacmd5"]);
    assert_eq!(md5["password"], "14B198324FE55E1D3C88F2E705E201EE");
    let expected = "12345|securemode=2,signmethod=hmacmd5,timestamp=789|";
    assert_eq!(
        md5["client_id"], expected,
        "TLS unless it is said otherwise"
    );
    let sha256 = signed(&["--sign-method", "hmacsha256", "--url", "ws://localhost"]);
    assert_eq!(
        sha256["password"],
        "6074A46A91B1EBB2CC4EA42790AD0E80202C9843859FC292E57C4EB19FAD9E57"
    );
    let expected = "12345|securemode=3,signmethod=hmacsha256,timestamp=789|";
    assert_eq!(sha256["client_id"], expected);
}

#[test]
fn people_get_it_explained_and_never_see_the_secret() {
    let variables = [("TERN_DEVICE_SECRET", "hunter2hunter2")];
    let ended = run_with(&SEEDS, &variables, b"");
    assert_eq!(ended.status, 0);
    assert!(ended.stdout.contains("clientId12345deviceNamedevice"));
    assert!(ended.stdout.contains("The CONNECT packet"));
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);
}
