//! Why a TLS handshake failed, in a server operator's words.

use std::io;

use rustls::{AlertDescription, Error};

/// What went wrong and, where that can be told, what to do. The client's alerts are the usual cause: it does
/// not know the CA, or connects by a name that is not in the certificate.
pub(crate) fn in_words(error: &io::Error) -> String {
    let Some(fault) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>())
    else {
        return if error.kind() == io::ErrorKind::UnexpectedEof {
            "the client closed the connection in the handshake; it may not trust the CA: give it ca.pem".to_owned()
        } else {
            error.to_string()
        };
    };
    match fault {
        Error::AlertReceived(AlertDescription::UnknownCA) => {
            "the client does not trust the CA: give it ca.pem".to_owned()
        }
        Error::AlertReceived(AlertDescription::BadCertificate | AlertDescription::CertificateUnknown) => {
            "the client refuses the certificate: give it ca.pem, and connect by a name that the certificate has \
             (localhost, 127.0.0.1, ::1, the listening host)"
                .to_owned()
        }
        Error::AlertReceived(AlertDescription::CertificateExpired) => {
            "the client says that the certificate is out of date: compare its clock with this machine's".to_owned()
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion)
        | Error::PeerIncompatible(rustls::PeerIncompatible::Tls12NotOffered) => {
            "the client offers no TLS 1.2 or newer".to_owned()
        }
        other => other.to_string(),
    }
}
