//! The constant vectors of the platform's facts, as pasted logins.

use tern_core::explain::login::{Mistake, Pasted, Verdict, check};
use tern_core::sign::SignMethod;

/// Each with its method's name, its secret, its parts and the digest as it was printed.
const VECTORS: [[&str; 7]; 6] = [
    [
        "hmacsha1",
        "secret",
        "12345",
        "device",
        "pk",
        "789",
        "FAFD82A3D602B37FB0FA8B7892F24A477F851A14",
    ],
    [
        "hmacmd5",
        "secret",
        "12345",
        "device",
        "pk",
        "789",
        "14B198324FE55E1D3C88F2E705E201EE",
    ],
    [
        "hmacsha256",
        "secret",
        "12345",
        "device",
        "pk",
        "789",
        "6074A46A91B1EBB2CC4EA42790AD0E80202C9843859FC292E57C4EB19FAD9E57",
    ],
    [
        "hmacsha1",
        "secret",
        "12345",
        "device",
        "pk",
        "",
        "3504E4DF7CE4766D30F796EE973C9CE7FC5425CB",
    ],
    [
        "hmacmd5",
        "secret",
        "123",
        "test",
        "123",
        "123",
        "7f9c0941a986fe6d3ad883eda7efda9c",
    ],
    [
        "hmacsha1",
        "fc73ae4f1f2fb21073f1eee685cf4435",
        "11111",
        "test1",
        "a1U4pQzrgim",
        "2524608000000",
        "88794a49fc0663f9eb3eb3c97194d2f76d10329b",
    ],
];

fn client_id(id: &str, method: &str, timestamp: &str) -> String {
    match timestamp {
        "" => format!("{id}|securemode=3,signmethod={method}|"),
        _ => format!("{id}|securemode=3,signmethod={method},timestamp={timestamp}|"),
    }
}

#[test]
fn every_vector_is_right_in_any_spelling() {
    for [method, secret, id, name, key, timestamp, password] in VECTORS {
        let client_id = client_id(id, method, timestamp);
        let username = format!("{name}&{key}");
        for password in [
            password.to_owned(),
            password.to_lowercase(),
            format!("  {} {}\r\n", &password[..10], &password[10..]),
        ] {
            let checked = check(&Pasted {
                client_id: &client_id,
                username: &username,
                password: &password,
                secret,
                ..Pasted::default()
            });
            assert_eq!(checked.verdict, Verdict::Right, "{password}");
            assert!(checked.is_acceptable(), "{:?}", checked.notes);
            let right = checked.right.unwrap();
            assert_eq!(
                (right.client_id, right.username),
                (client_id.clone(), username.clone())
            );
        }
    }
}

#[test]
fn the_other_order_of_the_extension_and_its_spaces_change_nothing() {
    let [_, secret, .., password] = VECTORS[5];
    let checked = check(&Pasted {
        client_id: "11111|timestamp=2524608000000, _v=sdk-c-3.0.1,\n signmethod=hmacsha1, securemode=2, |",
        username: "test1&a1U4pQzrgim",
        password,
        secret,
        ..Pasted::default()
    });
    assert_eq!(checked.verdict, Verdict::Right);
    assert!(checked.is_acceptable(), "{:?}", checked.notes);
}

#[test]
fn one_vectors_password_under_anothers_method_is_named() {
    let checked = check(&Pasted {
        client_id: "12345|securemode=3,signmethod=hmacsha256,timestamp=789|",
        username: "device&pk",
        password: VECTORS[1][6],
        secret: "secret",
        ..Pasted::default()
    });
    let Verdict::Mistaken { mistakes, .. } = checked.verdict else {
        panic!("{:?}", checked.verdict)
    };
    let (declared, used) = (SignMethod::HmacSha256, SignMethod::HmacMd5);
    assert_eq!(mistakes, [Mistake::OtherMethod { declared, used }]);
    assert_eq!(checked.right.unwrap().password.expose(), VECTORS[2][6]);
}

#[test]
fn the_third_partys_password_without_its_timestamp_in_the_client_id_is_named() {
    let [_, secret, .., password] = VECTORS[5];
    let checked = check(&Pasted {
        client_id: "11111|securemode=3,signmethod=hmacsha1|",
        username: "test1&a1U4pQzrgim",
        password,
        secret,
        ..Pasted::default()
    });
    let Verdict::Mistaken { mistakes, content } = checked.verdict else {
        panic!("{:?}", checked.verdict)
    };
    // The timestamp is the C SDK's own constant: nobody has to name it.
    let signed = "2524608000000".to_owned();
    assert_eq!(mistakes, [Mistake::TimestampNotSent { signed }]);
    assert!(content.ends_with("timestamp2524608000000"));
}
