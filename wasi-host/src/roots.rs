//! What a server's certificate may chain to: the built-in roots, or those of a file.
//!
//! Built in are the usual web roots (Mozilla's list, as webpki-roots has it) and GlobalSign's R1 and R6,
//! to which the platform's hosts chain (platform facts: Certificates). Web lists drop roots that devices
//! in the field still need, which is why these two stand here as files.

use std::io;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};

/// GlobalSign Root CA (R1), valid until 2028-01-28.
const GLOBALSIGN_R1: &[u8] = include_bytes!("../roots/globalsign-r1.pem");
/// GlobalSign Root CA - R6, valid until 2034-12-10.
const GLOBALSIGN_R6: &[u8] = include_bytes!("../roots/globalsign-r6.pem");

/// The built-in roots.
pub fn built_in() -> RootCertStore {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for pem in [GLOBALSIGN_R1, GLOBALSIGN_R6] {
        let certificate = CertificateDer::from_pem_slice(pem).expect("built in and tested below");
        roots.add(certificate).expect("built in and tested below");
    }
    roots
}

/// Reads the certificates of a PEM file (`--cafile`).
///
/// Other things in the file, such as keys and the text before a certificate, are passed over.
///
/// # Errors
/// See [`CaFileError`]. One bad certificate refuses the whole file: a chain that then fails for want of a
/// root would be much harder to explain.
pub fn from_file(path: &Path) -> Result<RootCertStore, CaFileError> {
    let path_buf = || path.to_owned();
    let content = std::fs::read(path).map_err(|source| CaFileError::Unreadable {
        path: path_buf(),
        source,
    })?;
    let mut roots = RootCertStore::empty();
    for (certificate, number) in CertificateDer::pem_slice_iter(&content).zip(1..) {
        let certificate = certificate.map_err(|error| CaFileError::BrokenPem {
            path: path_buf(),
            number,
            what: pem_words(&error),
        })?;
        roots
            .add(certificate)
            .map_err(|error| CaFileError::BadCertificate {
                path: path_buf(),
                number,
                what: error.to_string(),
            })?;
    }
    if roots.is_empty() {
        return Err(CaFileError::NoCertificate {
            path: path_buf(),
            found: what_else(&content),
        });
    }
    Ok(roots)
}

/// Why a file of roots can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaFileError {
    /// It can't be read.
    #[error("the CA file {} can't be read ({source}): check the path and its permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds no certificate.
    #[error(
        "the CA file {} holds no certificate ({found}): give a PEM file with a CA's certificate, which \
         begins with -----BEGIN CERTIFICATE-----",
        path.display()
    )]
    NoCertificate {
        /// The file.
        path: PathBuf,
        /// What it holds instead.
        found: &'static str,
    },
    /// A PEM section is damaged.
    #[error(
        "the CA file {}: certificate {number} is damaged ({what}): get the file again from where it came",
        path.display()
    )]
    BrokenPem {
        /// The file.
        path: PathBuf,
        /// Which certificate, from 1.
        number: usize,
        /// What is wrong with it.
        what: String,
    },
    /// A section is in order, but what it holds is no certificate.
    #[error(
        "the CA file {}: certificate {number} can't be read ({what}): get the file again from where it came",
        path.display()
    )]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// Which certificate, from 1.
        number: usize,
        /// What is wrong with it.
        what: String,
    },
}

fn pem_words(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "its -----END line is missing".to_owned(),
        pem::Error::IllegalSectionStart { .. } => "its -----BEGIN line is not complete".to_owned(),
        pem::Error::Base64Decode(_) => "its text is not base64".to_owned(),
        other => other.to_string(),
    }
}

fn what_else(content: &[u8]) -> &'static str {
    let holds = |text: &str| {
        content
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    if content.is_empty() {
        "it is empty"
    } else if holds("PRIVATE KEY-----") {
        "it holds a private key"
    } else if holds("-----BEGIN ") {
        "it holds something else in PEM form"
    } else if content.starts_with(&[0x30]) {
        "it is binary, perhaps in DER form: openssl x509 -inform der -in FILE -out FILE.pem"
    } else {
        "it is no PEM text"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_parser::prelude::{FromDer, X509Certificate};

    fn subject_and_expiry(pem: &[u8]) -> (String, i64) {
        let der = CertificateDer::from_pem_slice(pem).unwrap();
        let (_, certificate) = X509Certificate::from_der(&der).unwrap();
        assert!(certificate.is_ca());
        assert_eq!(certificate.subject(), certificate.issuer());
        (
            certificate.subject().to_string(),
            certificate.validity().not_after.timestamp(),
        )
    }

    #[test]
    fn the_two_globalsign_roots_are_the_ones_meant() {
        let midnight = |date: &str| {
            let time = humantime::parse_rfc3339(&format!("{date}T00:00:00Z")).unwrap();
            let since = time.duration_since(std::time::UNIX_EPOCH).unwrap();
            i64::try_from(since.as_secs()).unwrap()
        };
        let (subject, expiry) = subject_and_expiry(GLOBALSIGN_R1);
        assert_eq!(
            subject,
            "C=BE, O=GlobalSign nv-sa, OU=Root CA, CN=GlobalSign Root CA"
        );
        assert_eq!(expiry, midnight("2028-01-28") + 12 * 3600);
        let (subject, expiry) = subject_and_expiry(GLOBALSIGN_R6);
        assert_eq!(
            subject,
            "OU=GlobalSign Root CA - R6, O=GlobalSign, CN=GlobalSign"
        );
        assert_eq!(expiry, midnight("2034-12-10"));
    }

    #[test]
    fn the_built_in_roots_hold_the_web_and_both_globalsign_roots() {
        let roots = built_in();
        assert_eq!(roots.len(), webpki_roots::TLS_SERVER_ROOTS.len() + 2);
    }

    #[test]
    fn a_ca_file_that_is_not_there_is_named() {
        let error = from_file(Path::new("no-such-directory/ca.pem")).unwrap_err();
        let words = error.to_string();
        assert!(words.contains("no-such-directory/ca.pem"), "{words}");
        assert!(words.contains("permissions"), "{words}");
    }

    #[test]
    fn a_bad_ca_file_says_what_is_wrong_with_it() {
        let whole = String::from_utf8(GLOBALSIGN_R1.to_vec()).unwrap();
        let cut = whole.replace("-----END CERTIFICATE-----", "");
        let bent = whole.replacen("MIID", "MI!D", 1);
        let not_a_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let second_is_bad = format!("{whole}{not_a_certificate}");
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for (content, expected) in [
            ("", "is empty"),
            ("hello", "is no PEM text"),
            ("\u{30}\u{1}", "DER form"),
            (key, "holds a private key"),
            (&cut, "-----END line is missing"),
            (&bent, "not base64"),
            (not_a_certificate, "certificate 1 can't be read"),
            (&second_is_bad, "certificate 2 can't be read"),
        ] {
            let directory = std::env::temp_dir();
            let path = directory.join(format!("tern-ca-{}.pem", std::process::id()));
            std::fs::write(&path, content).unwrap();
            let error = from_file(&path);
            std::fs::remove_file(&path).unwrap();
            let words = error.unwrap_err().to_string();
            assert!(words.contains(expected), "{words}");
            assert!(words.contains("tern-ca-"), "{words}");
        }
    }

    #[test]
    fn a_ca_file_may_hold_several_certificates_and_other_text() {
        let path = std::env::temp_dir().join(format!("tern-cas-{}.pem", std::process::id()));
        let r1 = String::from_utf8_lossy(GLOBALSIGN_R1);
        let r6 = String::from_utf8_lossy(GLOBALSIGN_R6);
        std::fs::write(&path, format!("R1:\r\n{r1}\nR6:\n{r6}")).unwrap();
        let roots = from_file(&path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(roots.unwrap().len(), 2);
    }
}
