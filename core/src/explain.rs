//! What a refusal means on this platform, and what to check.

use crate::device::Login;
use crate::wire::ConnectCode;

/// Explains a CONNACK's return code to the person whose login it refused. `keep_alive` in seconds.
#[must_use]
pub fn connack(code: ConnectCode, login: &Login, keep_alive: u16) -> String {
    match (code, login) {
        (ConnectCode::Accepted, _) => "The login was accepted.".to_owned(),
        (ConnectCode::UnacceptableProtocol, _) => {
            "The broker does not take MQTT 3.1.1 (protocol level 4). Check that the host and port are a \
             broker's that does."
                .to_owned()
        }
        (ConnectCode::IdentifierRejected, Login::Direct { .. }) => {
            "The platform could not read the client id. It must be the bare client id of 1 to 64 \
             characters, then |securemode=…,signmethod=…| with both bars. Check that nothing on the way \
             cuts it."
                .to_owned()
        }
        (ConnectCode::IdentifierRejected, _) => {
            "The broker does not accept the client id. Give another one; an empty one goes only with \
             clean session true."
                .to_owned()
        }
        (ConnectCode::ServerUnavailable, Login::Direct { .. }) => format!(
            "On this platform code 3 mostly means that the keep alive is outside the accepted window: \
             it was {keep_alive} s, the documented window is 60 to 300 s. Choose a keep alive inside it; \
             if it is inside, the platform may be unavailable for the moment."
        ),
        (ConnectCode::ServerUnavailable, Login::Https { .. }) => format!(
            "The platform did not accept the iotId and iotToken of the HTTPS authentication: a token \
             lives 7 days and is good for the host that the authentication named. Check that the MQTT \
             host belongs to the same region as the authentication, and that the keep alive \
             ({keep_alive} s) is within 60 to 300 s."
        ),
        (ConnectCode::ServerUnavailable, Login::Plain { .. }) => {
            "The broker says that it is unavailable. Try again later.".to_owned()
        }
        (ConnectCode::BadCredentials, Login::Direct { .. }) => {
            "The signature does not match. Check that the deviceSecret is this device's own (not the \
             product's), complete and without white space, and that productKey and deviceName are \
             spelled as in the platform's console."
                .to_owned()
        }
        (ConnectCode::BadCredentials, _) => {
            "The user name or the password is wrong. Check both.".to_owned()
        }
        (ConnectCode::NotAuthorized, Login::Direct { .. } | Login::Https { .. }) => {
            "The platform knows no such device, or it is disabled. Check productKey and deviceName, that \
             the device is enabled, and that the host belongs to the region and the product it was made in."
                .to_owned()
        }
        (ConnectCode::NotAuthorized, Login::Plain { .. }) => {
            "The broker does not let this client in. Check the user name, the password and the client id \
             against its access rules."
                .to_owned()
        }
    }
}

/// Names what answers instead of an MQTT broker, by the first bytes that came instead of a CONNACK.
#[must_use]
pub fn not_mqtt(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'H', b'T', ..] | [b'<', ..] => {
            "; it looks like HTTP: check the port, or choose the transport ws or wss"
        }
        // The records of TLS: a handshake, or the alert that answers what is no handshake.
        [0x15 | 0x16, 3, ..] => {
            "; it looks like TLS: choose the transport tls, and securemode 2 with it"
        }
        _ => "; is there an MQTT broker on that port, and the right transport chosen?",
    }
}

/// Explains connections that the platform accepts and closes shortly after, `times` in a row.
#[must_use]
pub fn take_over(times: u32) -> String {
    format!(
        "; {times} times in a row the platform accepted the connection and closed it shortly after: \
         most likely another client uses the same device triple, and the two push each other off. Stop \
         the other one, or give each its own device. The next attempts are slowed down"
    )
}
