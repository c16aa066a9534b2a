//! Checking a server's certificate, and saying in words why it was not accepted.
//!
//! The check itself is rustls' own, unchanged. What is added are the names: who issued the certificate
//! that no root vouches for, which rustls does not say.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Why a server's certificate was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// No trusted root stands behind it.
    #[error(
        "the server's certificate is not trusted: {subject} was issued by {issuer}, which none of {roots} \
         vouches for; a proxy that opens TLS on the way looks like this too; if this server is the right one, \
         give its CA's certificate with --cafile"
    )]
    UnknownIssuer {
        /// Whose certificate it is.
        subject: String,
        /// Who issued the last certificate of the chain that the server sent.
        issuer: String,
        /// Which roots were asked.
        roots: String,
    },
    /// It vouches for itself, and is not among the roots.
    #[error(
        "the server's certificate is not trusted: {subject} signed it itself, and it is not among {roots}; \
         if this server is the right one, give that certificate with --cafile"
    )]
    SelfSigned {
        /// Whose certificate it is.
        subject: String,
        /// Which roots were asked.
        roots: String,
    },
    /// It is for another host.
    #[error(
        "the server's certificate is for another host: {expected} was expected, and it names {}; connect \
         by a name that it has, or check the host",
        names(.presented)
    )]
    WrongName {
        /// The host that was connected to.
        expected: String,
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// Its time is over.
    #[error(
        "the server's certificate expired at {not_after}, and this device's clock says {now}: if the clock \
         is right, the server needs a new certificate; else set the clock"
    )]
    Expired {
        /// The end of its time, RFC 3339.
        not_after: String,
        /// This device's clock, RFC 3339.
        now: String,
    },
    /// Its time has not come.
    #[error(
        "the server's certificate is not valid before {not_before}, and this device's clock says {now}: \
         most likely the clock is behind; set it"
    )]
    NotYetValid {
        /// The beginning of its time, RFC 3339.
        not_before: String,
        /// This device's clock, RFC 3339.
        now: String,
    },
    /// A CA's certificate where a server's belongs.
    #[error(
        "the server presents a CA's certificate ({subject}) as its own: it needs a certificate for a \
         server, issued by that CA"
    )]
    AuthorityAsServer {
        /// Whose certificate it is.
        subject: String,
    },
    /// Anything else.
    #[error("the server's certificate was not accepted: {what}")]
    Other {
        /// The TLS library's words.
        what: String,
    },
}

impl CertificateFault {
    /// Puts rustls' verdict into words.
    pub(crate) fn from_verdict(verdict: &CertificateError) -> Self {
        match verdict {
            CertificateError::Other(OtherError(inner)) => match inner.downcast_ref::<Self>() {
                Some(fault) => fault.clone(),
                None => Self::Other {
                    what: inner.to_string(),
                },
            },
            CertificateError::NotValidForNameContext {
                expected,
                presented,
            } => Self::WrongName {
                expected: expected.to_str().into_owned(),
                presented: presented.iter().map(|name| bare_name(name)).collect(),
            },
            CertificateError::ExpiredContext { time, not_after } => Self::Expired {
                not_after: date(*not_after),
                now: date(*time),
            },
            CertificateError::NotValidYetContext { time, not_before } => Self::NotYetValid {
                not_before: date(*not_before),
                now: date(*time),
            },
            other => Self::Other {
                what: other.to_string(),
            },
        }
    }
}

/// rustls' own check, whose refusals name the issuer.
#[derive(Debug)]
pub(super) struct NamingVerifier {
    /// The check.
    pub(super) inner: Arc<dyn ServerCertVerifier>,
    /// The roots in words, such as "the built-in roots".
    pub(super) roots: String,
}

impl ServerCertVerifier for NamingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| match error {
                rustls::Error::InvalidCertificate(verdict) => {
                    rustls::Error::InvalidCertificate(self.name(verdict, end_entity, intermediates))
                }
                other => other,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// No check of who the peer is (`--insecure`). That it holds the key of the certificate that it shows is still
/// checked, so that what is taken is at least TLS.
#[derive(Debug)]
pub(super) struct AnyCertificate(pub(super) Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

impl NamingVerifier {
    fn name(
        &self,
        verdict: CertificateError,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> CertificateError {
        let Ok((_, server)) = X509Certificate::from_der(end_entity) else {
            return verdict;
        };
        let subject = in_words(server.subject());
        let fault = match verdict {
            CertificateError::UnknownIssuer if server.subject() == server.issuer() => {
                CertificateFault::SelfSigned {
                    subject,
                    roots: self.roots.clone(),
                }
            }
            CertificateError::UnknownIssuer => {
                let last = intermediates.last().unwrap_or(end_entity);
                let issuer = match X509Certificate::from_der(last) {
                    Ok((_, last)) => in_words(last.issuer()),
                    Err(_) => in_words(server.issuer()),
                };
                CertificateFault::UnknownIssuer {
                    subject,
                    issuer,
                    roots: self.roots.clone(),
                }
            }
            CertificateError::Other(_) if server.is_ca() => {
                CertificateFault::AuthorityAsServer { subject }
            }
            other => return other,
        };
        CertificateError::Other(OtherError(Arc::new(fault)))
    }
}

/// A distinguished name as people know it: its common name, else all of it. What the peer chose is
/// escaped and cut, so that it can't play tricks on a terminal.
fn in_words(name: &x509_parser::x509::X509Name<'_>) -> String {
    const SHOWN: usize = 120;
    let common = name
        .iter_common_name()
        .next()
        .and_then(|attribute| attribute.as_str().ok())
        .map(str::to_owned);
    let text = common.unwrap_or_else(|| name.to_string());
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if text.chars().nth(SHOWN).is_some() {
        "…"
    } else {
        ""
    };
    format!("\"{}{more}\"", shown.escape_debug())
}

/// `DnsName("x")` and `IpAddress(x)` as rustls writes them, without the wrapping.
fn bare_name(presented: &str) -> String {
    let inner = presented
        .strip_prefix("DnsName(")
        .or_else(|| presented.strip_prefix("IpAddress("))
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(presented);
    inner.trim_matches('"').escape_debug().to_string()
}

fn names(presented: &[String]) -> String {
    const SHOWN: usize = 8;
    match presented {
        [] => "no host at all".to_owned(),
        few if few.len() <= SHOWN => few.join(", "),
        many => {
            // Longer than `SHOWN`, as just seen.
            let (shown, rest) = many.split_at(SHOWN);
            format!("{} and {} more", shown.join(", "), rest.len())
        }
    }
}

fn date(time: UnixTime) -> String {
    // From 10000 on, RFC 3339 has no form.
    const YEAR_10000: u64 = 253_402_300_800;
    let seconds = time.as_secs();
    match UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) {
        Some(at) if seconds < YEAR_10000 => humantime::format_rfc3339_seconds(at).to_string(),
        _ => format!("{seconds} s after 1970"),
    }
}
