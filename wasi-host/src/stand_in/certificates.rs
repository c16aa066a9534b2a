//! The stand-in's certificates: a CA of its own, made at the first start and kept, and a server
//! certificate issued from it.
//!
//! The CA is what a person trusts once (`--cafile`, a browser's store), so it lives in the data folder as
//! `ca.pem` and `ca.key` for ten years. The server certificate is nobody's to keep: it is issued anew at
//! every start and, while the stand-in runs, before it expires. So the names in it always are those of
//! this start, and two files are all that can be damaged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;

use super::ca_files::{CaFiles, CaPem};

/// How long the CA is valid.
const CA_LIFE: Duration = Duration::from_secs(3650 * DAY);
/// How long a server certificate is valid: clients refuse more than 397 days.
const LEAF_LIFE: Duration = Duration::from_secs(397 * DAY);
/// A server certificate with less than this left is replaced.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * DAY);
/// Certificates begin a day ago, so that a device whose clock is a little slow trusts them.
const BACKDATED: Duration = Duration::from_secs(DAY);
const DAY: u64 = 24 * 60 * 60;

/// What can be wrong with the stand-in's certificates. Each text names the file and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A file or folder could not be read, written or locked.
    #[error("{}: can't {action}: {source}; choose another folder with --data DIR", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// One of the two files is there, the other is not.
    #[error("{} is there but {} is missing; put it back, or delete the former to get a new CA (devices must then be given the new ca.pem)", present.display(), missing.display())]
    HalfThere {
        /// The file that is there.
        present: PathBuf,
        /// The file that is not.
        missing: PathBuf,
    },
    /// A file does not hold what it should.
    #[error("{} is damaged: {why}; put it back, or delete ca.pem and ca.key to get a new CA (devices must then be given the new ca.pem)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The CA is not valid now.
    #[error("the CA in {} {why}; check this machine's clock, or delete ca.pem and ca.key to get a new CA (devices must then be given the new ca.pem)", path.display())]
    NotValidNow {
        /// The CA's certificate.
        path: PathBuf,
        /// Since or until when, as text.
        why: String,
    },
    /// A certificate could not be made: a fault of ours.
    #[error("can't make a certificate: {0}")]
    Making(String),
}

/// The CA, and the server certificate that is in use now.
///
/// Handed to rustls as its resolver, so that a stand-in that runs for a year renews by itself.
pub(crate) struct Certificates {
    issuer: Issuer<'static, KeyPair>,
    ca_ends: SystemTime,
    names: Vec<String>,
    current: Mutex<Leaf>,
    clock: fn() -> SystemTime,
}

impl Certificates {
    /// Reads the CA in `files`, or makes and stores one, and issues a server certificate for `localhost`,
    /// `127.0.0.1`, `::1` and `more_names` (host names or addresses).
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub(crate) fn open(files: &CaFiles, more_names: &[String]) -> Result<Self, CertificateError> {
        Self::open_at(files, more_names, SystemTime::now)
    }

    fn open_at(
        files: &CaFiles,
        more_names: &[String],
        clock: fn() -> SystemTime,
    ) -> Result<Self, CertificateError> {
        let pem = files.load_or_create(|| make_ca(clock()))?;
        let damaged = |path: PathBuf, why: String| CertificateError::Damaged { path, why };

        let ca = CertificateDer::from_pem_slice(pem.certificate.as_bytes()).map_err(|_| {
            damaged(
                files.certificate(),
                "there is no PEM certificate in it".into(),
            )
        })?;
        let ca_ends = check_validity(&ca, files, clock())?;
        let key = KeyPair::from_pem(&pem.key).map_err(|_| {
            damaged(
                files.key(),
                "there is no PEM private key (PKCS #8) in it".into(),
            )
        })?;
        let issuer = Issuer::new(ca_params(&key), key);

        let names = all_names(more_names);
        let leaf = Leaf::issue(&issuer, &names, ca_ends, clock())?;
        if !leaf.chains_to(&ca, clock()) {
            let why = format!(
                "it is no CA certificate that belongs to {}",
                files.key().display()
            );
            return Err(damaged(files.certificate(), why));
        }
        Ok(Self {
            issuer,
            ca_ends,
            names,
            current: Mutex::new(leaf),
            clock,
        })
    }

    fn in_use(&self) -> Arc<CertifiedKey> {
        let now = (self.clock)();
        let mut leaf = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= leaf.renew_at {
            // Where issuing fails, the old certificate is still the best answer: the client says what it thinks of it.
            if let Ok(fresh) = Leaf::issue(&self.issuer, &self.names, self.ca_ends, now) {
                *leaf = fresh;
            }
        }
        Arc::clone(&leaf.key)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.in_use())
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// The rustls settings of a server that shows these certificates: TLS 1.2 and 1.3, no client certificate.
///
/// # Errors
/// [`CertificateError::Making`] where ring lacks a protocol version, which it does not.
pub(crate) fn server_config(
    certificates: Arc<Certificates>,
) -> Result<Arc<rustls::ServerConfig>, CertificateError> {
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| CertificateError::Making(e.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    Ok(Arc::new(config))
}

/// A server certificate with its key.
struct Leaf {
    key: Arc<CertifiedKey>,
    renew_at: SystemTime,
}

impl Leaf {
    fn issue(
        issuer: &Issuer<'static, KeyPair>,
        names: &[String],
        ca_ends: SystemTime,
        now: SystemTime,
    ) -> Result<Self, CertificateError> {
        let making = |e: rcgen::Error| CertificateError::Making(e.to_string());
        let ends = ca_ends.min(now + LEAF_LIFE - BACKDATED);
        let mut params = CertificateParams::new(names).map_err(making)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "Tern stand-in");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = OffsetDateTime::from(now - BACKDATED);
        params.not_after = OffsetDateTime::from(ends);

        let key = KeyPair::generate().map_err(making)?;
        let certificate = params.signed_by(&key, issuer).map_err(making)?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = ring::sign::any_supported_type(&private)
            .map_err(|e| CertificateError::Making(e.to_string()))?;
        let key = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signing));
        Ok(Self {
            key,
            renew_at: ends
                .checked_sub(RENEW_BEFORE)
                .unwrap_or(ends)
                .max(now + Duration::from_secs(60)),
        })
    }

    /// Whether a client that trusts `ca` accepts this certificate for `localhost`.
    fn chains_to(&self, ca: &CertificateDer<'_>, now: SystemTime) -> bool {
        let Ok(anchor) = webpki::anchor_from_trusted_cert(ca) else {
            return false;
        };
        let Some(der) = self.key.cert.first() else {
            return false;
        };
        let Ok(leaf) = webpki::EndEntityCert::try_from(der) else {
            return false;
        };
        let Ok(host) = ServerName::try_from("localhost") else {
            return false;
        };
        let anchors = [anchor];
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let chain = leaf.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &[],
            UnixTime::since_unix_epoch(since_epoch),
            webpki::KeyUsage::server_auth(),
            None,
            None,
        );
        chain.is_ok() && leaf.verify_is_valid_for_subject_name(&host).is_ok()
    }
}

fn make_ca(now: SystemTime) -> Result<CaPem, CertificateError> {
    let making = |e: rcgen::Error| CertificateError::Making(e.to_string());
    let key = KeyPair::generate().map_err(making)?;
    let mut params = ca_params(&key);
    params.not_before = OffsetDateTime::from(now - BACKDATED);
    params.not_after = OffsetDateTime::from(now + CA_LIFE);
    let certificate = params.self_signed(&key).map_err(making)?;
    Ok(CaPem {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// What the CA is called and may do. All of it follows from the key, so that it need not be read back from
/// the certificate; the name carries part of the key's identifier, so that two CAs in one trust store differ.
fn ca_params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let id: String = params
        .key_identifier(key)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Tern");
    params
        .distinguished_name
        .push(DnType::CommonName, format!("Tern stand-in CA {id}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Checks the CA's own dates, which clients do not all do, and answers when it ends.
fn check_validity(
    ca: &CertificateDer<'_>,
    files: &CaFiles,
    now: SystemTime,
) -> Result<SystemTime, CertificateError> {
    let (_, parsed) =
        x509_parser::parse_x509_certificate(ca).map_err(|_| CertificateError::Damaged {
            path: files.certificate(),
            why: "its contents are no X.509 certificate".into(),
        })?;
    let validity = parsed.validity();
    let at = |t: x509_parser::time::ASN1Time| SystemTime::from(t.to_datetime());
    let (begins, ends) = (at(validity.not_before), at(validity.not_after));
    let outside = |why: String| {
        Err(CertificateError::NotValidNow {
            path: files.certificate(),
            why,
        })
    };
    if now < begins {
        return outside(format!(
            "is valid only from {}",
            humantime::format_rfc3339_seconds(begins)
        ));
    }
    if now >= ends {
        return outside(format!(
            "expired at {}",
            humantime::format_rfc3339_seconds(ends)
        ));
    }
    Ok(ends)
}

/// `localhost`, the loopback addresses and `more`, each once. An address that means "every interface" is no
/// name that anybody connects to.
fn all_names(more: &[String]) -> Vec<String> {
    let fixed = [
        "localhost".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
        Ipv6Addr::LOCALHOST.to_string(),
    ];
    let mut names = Vec::new();
    for name in fixed.into_iter().chain(more.iter().cloned()) {
        let unspecified = name.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
        if !unspecified && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn folder() -> (tempfile::TempDir, CaFiles) {
        let folder = tempfile::tempdir().expect("a folder");
        let files = CaFiles::in_folder(folder.path()).expect("a folder");
        (folder, files)
    }

    fn error(files: &CaFiles) -> String {
        Certificates::open(files, &[])
            .expect_err("something is wrong with the files")
            .to_string()
    }

    fn leaf_of(certificates: &Certificates) -> CertificateDer<'static> {
        certificates
            .in_use()
            .cert
            .first()
            .expect("one certificate")
            .clone()
    }

    #[test]
    fn the_ca_is_made_once_and_kept() {
        let (_folder, files) = folder();
        Certificates::open(&files, &[]).expect("a new CA");
        let first = std::fs::read(files.certificate()).expect("ca.pem");
        Certificates::open(&files, &[]).expect("the same CA");
        assert_eq!(std::fs::read(files.certificate()).expect("ca.pem"), first);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, files) = folder();
        Certificates::open(&files, &[]).expect("a new CA");
        let mode = std::fs::metadata(files.key())
            .expect("ca.key")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn the_server_certificate_has_every_name_and_a_life_that_clients_accept() {
        let (_folder, files) = folder();
        let more = [
            "devbox.example".to_owned(),
            "192.168.1.7".to_owned(),
            "0.0.0.0".to_owned(),
        ];
        let certificates = Certificates::open(&files, &more).expect("a new CA");
        let der = leaf_of(&certificates);
        let leaf = webpki::EndEntityCert::try_from(&der).expect("a certificate");
        for name in [
            "localhost",
            "127.0.0.1",
            "::1",
            "devbox.example",
            "192.168.1.7",
        ] {
            let name = ServerName::try_from(name).expect(name);
            assert!(
                leaf.verify_is_valid_for_subject_name(&name).is_ok(),
                "{name:?}"
            );
        }
        let unspecified = ServerName::try_from("0.0.0.0").expect("an address");
        assert!(leaf.verify_is_valid_for_subject_name(&unspecified).is_err());

        let (_, parsed) = x509_parser::parse_x509_certificate(&der).expect("a certificate");
        let days = (parsed.validity().not_after.timestamp()
            - parsed.validity().not_before.timestamp())
            / 86_400;
        assert!((300..=397).contains(&days), "{days}");
    }

    #[test]
    fn a_server_certificate_is_replaced_before_it_expires() {
        static NOW: AtomicU64 = AtomicU64::new(1_800_000_000);
        let (_folder, files) = folder();
        let clock = || UNIX_EPOCH + Duration::from_secs(NOW.load(Ordering::Relaxed));
        let certificates = Certificates::open_at(&files, &[], clock).expect("a new CA");
        let first = leaf_of(&certificates);
        NOW.fetch_add(300 * DAY, Ordering::Relaxed);
        assert_eq!(leaf_of(&certificates), first);
        NOW.fetch_add(90 * DAY, Ordering::Relaxed);
        assert_ne!(leaf_of(&certificates), first);
    }

    #[test]
    fn a_ca_that_is_out_of_date_is_named_with_the_day() {
        let (_folder, files) = folder();
        let early = || UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        Certificates::open_at(&files, &[], early).expect("a new CA");
        let text = error(&files);
        assert!(text.contains("ca.pem expired at 2011-09-07T"), "{text}");
        let earlier = || UNIX_EPOCH + Duration::from_secs(900_000_000);
        let text = Certificates::open_at(&files, &[], earlier)
            .expect_err("too early")
            .to_string();
        assert!(text.contains("is valid only from 2001-09-08T"), "{text}");
    }

    #[test]
    fn a_damaged_file_is_named_with_what_to_do() {
        for (name, contents, why) in [
            ("ca.pem", "nothing\n", "no PEM certificate"),
            (
                "ca.pem",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "no X.509 certificate",
            ),
            ("ca.key", "nothing\n", "no PEM private key"),
        ] {
            let (folder, files) = folder();
            Certificates::open(&files, &[]).expect("a new CA");
            std::fs::write(folder.path().join(name), contents).expect("written");
            let text = error(&files);
            assert!(
                text.contains(name)
                    && text.contains(why)
                    && text.contains("delete ca.pem and ca.key"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_key_of_another_ca_is_found_out() {
        let ((_one, files), (_two, others)) = (folder(), folder());
        Certificates::open(&files, &[]).expect("a new CA");
        Certificates::open(&others, &[]).expect("another");
        std::fs::copy(others.key(), files.key()).expect("copied");
        let text = error(&files);
        assert!(text.contains("no CA certificate that belongs to"), "{text}");
    }

    #[test]
    fn a_missing_half_is_named() {
        let (_folder, files) = folder();
        Certificates::open(&files, &[]).expect("a new CA");
        std::fs::remove_file(files.key()).expect("removed");
        let text = error(&files);
        assert!(
            text.contains("ca.pem is there but") && text.contains("ca.key is missing"),
            "{text}"
        );
    }

    #[test]
    fn the_key_never_prints() {
        let (_folder, files) = folder();
        let certificates = Certificates::open(&files, &[]).expect("a new CA");
        assert_eq!(
            format!("{certificates:?}"),
            r#"Certificates { names: ["localhost", "127.0.0.1", "::1"], .. }"#
        );
    }
}
