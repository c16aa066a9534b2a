//! The weighing: which causes the evidence speaks for, and how loudly.

use super::{Auth, Cause, CauseId, End, Evidence, Likelihood, Seen, Speaks};
use crate::explain::preflight::{PlatformHost, is_loopback};
use crate::wire::ConnectCode;
use Likelihood::{Certain, Likely, Possible};

/// A token lives 7 days (seed: iotToken有效期为7天).
const TOKEN_LIFE_MS: u64 = 7 * 24 * 3600 * 1000;

/// So many short lives in a row are no chance any more.
const FIGHT: u32 = 2;

/// A connection that the platform closes within this time was most likely taken over.
const SHORT_LIFE_MS: u64 = 30_000;

/// Every cause that the evidence allows, the likeliest first.
pub(super) fn all(evidence: &Evidence<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    match evidence.end {
        End::Connack(code) => connack(code, evidence, &mut causes),
        End::AuthCode(code) => auth_code(code, evidence, &mut causes),
        End::NotOpened => not_opened(evidence, &mut causes),
        End::Tls => tls(evidence, &mut causes),
        End::ClosedBeforeConnack => before_connack(Seen::BeforeConnack, evidence, &mut causes),
        End::NoConnack => before_connack(Seen::NoConnack, evidence, &mut causes),
        End::NotMqtt(speaks) => not_mqtt(speaks, evidence, &mut causes),
        End::Closed => closed(evidence, &mut causes),
        End::LinkLost => link_lost(evidence, &mut causes),
        End::Protocol => causes.push(cause(CauseId::PeerBroken, Certain, [Seen::RuleBroken])),
    }
    causes.sort_by_key(|cause| cause.likelihood);
    causes
}

fn cause<const N: usize>(id: CauseId, likelihood: Likelihood, seen: [Seen; N]) -> Cause {
    Cause {
        id,
        likelihood,
        seen: seen.into(),
    }
}

fn connack(code: ConnectCode, evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    let seen = || Seen::Connack(code);
    match (code, evidence.auth) {
        (ConnectCode::Accepted, _) => {}
        (ConnectCode::UnacceptableProtocol, _) => {
            causes.push(cause(CauseId::ProtocolLevel, Certain, [seen()]));
        }
        (ConnectCode::IdentifierRejected, Auth::Direct) => {
            causes.push(cause(CauseId::ClientIdUnreadable, Certain, [seen()]));
        }
        (ConnectCode::IdentifierRejected, _) => {
            causes.push(cause(CauseId::ClientIdRejected, Certain, [seen()]));
        }
        (ConnectCode::ServerUnavailable, auth) => unavailable(auth, evidence, causes),
        (ConnectCode::BadCredentials, Auth::Direct) => {
            causes.push(cause(CauseId::BadSignature, Likely, [seen()]));
            let way = way(evidence);
            causes.push(Cause {
                id: CauseId::SecuremodeMismatch,
                likelihood: Possible,
                seen: way.into_iter().collect(),
            });
        }
        (ConnectCode::BadCredentials, _) => {
            causes.push(cause(CauseId::BadCredentials, Certain, [seen()]));
        }
        (ConnectCode::NotAuthorized, Auth::Plain) => {
            causes.push(cause(CauseId::NotAllowed, Certain, [seen()]));
        }
        (ConnectCode::NotAuthorized, _) => {
            let known = match evidence.was_connected {
                true => Some(Seen::LetInBefore),
                false => None,
            };
            let mut seen_both = vec![seen()];
            seen_both.extend(known.clone());
            // Who has been let in before is known, and has most likely been disabled since.
            let (unknown, disabled) = match known {
                Some(_) => (Possible, Likely),
                None => (Likely, Possible),
            };
            other_product(evidence, causes);
            causes.push(cause(CauseId::UnknownDevice, unknown, [seen()]));
            causes.push(Cause {
                id: CauseId::DeviceDisabled,
                likelihood: disabled,
                seen: seen_both,
            });
            if !causes.iter().any(|cause| cause.id == CauseId::WrongHost) {
                let host = (!evidence.host.is_empty()).then(|| Seen::Host(evidence.host.into()));
                causes.push(Cause {
                    id: CauseId::WrongHost,
                    likelihood: Possible,
                    seen: host.into_iter().collect(),
                });
            }
        }
    }
}

/// CONNACK 3 has three meanings here: the keep alive, the token, and the standard's own.
fn unavailable(auth: Auth, evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    let seen = Seen::Connack(ConnectCode::ServerUnavailable);
    let window = &evidence.keep_alive_range;
    let keep_alive = evidence.keep_alive.map(|sent| Seen::KeepAlive {
        sent,
        min: *window.start(),
        max: *window.end(),
    });
    let is_outside = evidence
        .keep_alive
        .is_some_and(|sent| !window.contains(&sent));
    let mut about_keep_alive = vec![seen.clone()];
    about_keep_alive.extend(keep_alive);
    match auth {
        Auth::Plain => {
            causes.push(cause(CauseId::ServerUnavailable, Certain, [seen]));
            return;
        }
        Auth::Direct => {
            let likelihood = match (is_outside, evidence.was_connected) {
                (true, _) => Certain,
                // The same keep alive has been accepted before.
                (false, true) => Possible,
                (false, false) => Likely,
            };
            causes.push(Cause {
                id: CauseId::KeepAliveOutside,
                likelihood,
                seen: about_keep_alive,
            });
        }
        Auth::Https => {
            if is_outside {
                causes.push(Cause {
                    id: CauseId::KeepAliveOutside,
                    likelihood: Likely,
                    seen: about_keep_alive,
                });
            }
            let age = evidence.token_age_ms.map(Seen::TokenAge);
            let is_old = evidence
                .token_age_ms
                .is_some_and(|age| age >= TOKEN_LIFE_MS);
            causes.push(Cause {
                id: if is_old {
                    CauseId::TokenExpired
                } else {
                    CauseId::TokenNotAccepted
                },
                likelihood: Likely,
                seen: [seen.clone()].into_iter().chain(age).collect(),
            });
        }
    }
    let mut seen = vec![seen];
    if evidence.was_connected {
        seen.push(Seen::LetInBefore);
    }
    causes.push(Cause {
        id: CauseId::ServerUnavailable,
        likelihood: match (is_outside, evidence.was_connected) {
            (false, true) => Likely,
            _ => Possible,
        },
        seen,
    });
}

fn auth_code(code: u32, evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    use crate::auth::Code;
    let id = match Code::from_number(code) {
        Some(Code::SignatureMismatch) => CauseId::AuthSignature,
        Some(Code::BadParameter) => CauseId::AuthParameter,
        Some(Code::Unknown) => CauseId::AuthFault,
        Some(Code::DeviceNotFound) => CauseId::UnknownDevice,
        Some(Code::AuthTypeMismatch) => CauseId::AuthType,
        Some(Code::Success) | None => CauseId::AuthCodeUnknown,
    };
    causes.push(cause(id, Certain, [Seen::AuthCode(code)]));
    if id == CauseId::UnknownDevice && !evidence.host.is_empty() {
        let host = Seen::Host(evidence.host.to_owned());
        causes.push(cause(CauseId::WrongHost, Possible, [host]));
    }
}

fn not_opened(evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    let is_in_the_clear = evidence.transport.is_some_and(|kind| !kind.is_secure());
    if evidence.page.is_some_and(|page| page.is_https)
        && is_in_the_clear
        && !is_loopback(evidence.host)
    {
        causes.push(cause(
            CauseId::InsecureFromHttps,
            Certain,
            [Seen::PageIsHttps],
        ));
        return;
    }
    other_port(evidence, causes);
    let mut seen = vec![Seen::NotOpened];
    seen.extend(way(evidence));
    if !evidence.host.is_empty() {
        seen.push(Seen::Host(evidence.host.to_owned()));
    }
    causes.push(Cause {
        id: CauseId::Unreachable,
        likelihood: Likely,
        seen,
    });
    // A browser tells a page nothing more than that it failed.
    if evidence.page.is_some() {
        if evidence.transport.is_some_and(|kind| kind.is_secure()) {
            causes.push(cause(CauseId::Certificate, Possible, []));
        }
        causes.push(cause(CauseId::NotABroker, Possible, []));
    }
}

fn tls(evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    let mut seen = vec![Seen::TlsFailed];
    seen.extend(way(evidence));
    other_port(evidence, causes);
    causes.push(Cause {
        id: CauseId::Certificate,
        likelihood: Likely,
        seen: seen.clone(),
    });
    causes.push(Cause {
        id: CauseId::TlsMix,
        likelihood: Possible,
        seen,
    });
}

fn before_connack(what: Seen, evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    other_port(evidence, causes);
    other_product(evidence, causes);
    let mut seen = vec![what.clone()];
    seen.extend(way(evidence));
    causes.push(Cause {
        id: CauseId::TlsMix,
        likelihood: Likely,
        seen,
    });
    causes.push(cause(CauseId::NotABroker, Likely, [what.clone()]));
    if evidence.auth != Auth::Plain {
        causes.push(cause(CauseId::ClientIdUnreadable, Possible, [what]));
    }
}

fn not_mqtt(speaks: Speaks, evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    let mut seen = vec![Seen::Speaks(speaks)];
    seen.extend(way(evidence));
    causes.push(Cause {
        id: match speaks {
            Speaks::Tls => CauseId::TlsExpected,
            Speaks::Http => CauseId::HttpServer,
            Speaks::Other => CauseId::NotABroker,
        },
        likelihood: Certain,
        seen,
    });
}

/// A connection that stood and was closed by the platform: it says no reason, the pattern does.
fn closed(evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    let lived = evidence.lived_ms.map(Seen::Lived);
    if evidence.other_tab {
        let seen = [Seen::OtherTab].into_iter().chain(lived.clone()).collect();
        causes.push(Cause {
            id: CauseId::OtherTab,
            likelihood: Certain,
            seen,
        });
    }
    let starved = silence(evidence);
    if let Some(silence) = &starved {
        causes.push(cause(CauseId::KeepAliveStarved, Likely, [silence.clone()]));
    }
    let is_fight = evidence.short_lives >= FIGHT;
    let is_short = evidence.lived_ms.is_some_and(|ms| ms < SHORT_LIFE_MS);
    if !evidence.other_tab && (is_fight || evidence.auth != Auth::Plain) {
        let mut seen: Vec<_> = lived.clone().into_iter().collect();
        if is_fight {
            seen.insert(0, Seen::ShortLives(evidence.short_lives));
        }
        causes.push(Cause {
            id: CauseId::TakeOver,
            likelihood: match starved.is_none() && (is_fight || is_short) {
                true => Likely,
                false => Possible,
            },
            seen,
        });
    }
    let mut seen = vec![Seen::Closed];
    seen.extend(lived);
    causes.push(Cause {
        id: CauseId::ClosedByPeer,
        likelihood: Possible,
        seen,
    });
}

fn link_lost(evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    if let Some(silence) = silence(evidence) {
        causes.push(cause(CauseId::KeepAliveStarved, Likely, [silence]));
    }
    let mut seen = vec![Seen::LinkLost];
    seen.extend(evidence.lived_ms.map(Seen::Lived));
    causes.push(Cause {
        id: CauseId::LinkLost,
        likelihood: Likely,
        seen,
    });
}

/// Nothing sent for 1.5 times the keep alive: the platform drops then [MQTT-3.1.2-24].
fn silence(evidence: &Evidence<'_>) -> Option<Seen> {
    let keep_alive = evidence.keep_alive.filter(|seconds| *seconds > 0)?;
    let silent_ms = evidence.silent_ms?;
    let is_too_long = silent_ms >= u64::from(keep_alive) * 1500;
    is_too_long.then_some(Seen::Silence {
        silent_ms,
        keep_alive,
    })
}

fn way(evidence: &Evidence<'_>) -> Option<Seen> {
    evidence.transport.map(|transport| Seen::Way {
        transport,
        port: evidence.port,
    })
}

fn other_product(evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    if let Some(host) = PlatformHost::read(evidence.host)
        && let Some(label) = host.product()
        && !evidence.product_key.is_empty()
        && !label.eq_ignore_ascii_case(evidence.product_key)
    {
        causes.push(cause(
            CauseId::WrongHost,
            Certain,
            [Seen::HostOfOtherProduct {
                label: label.to_owned(),
                product_key: evidence.product_key.to_owned(),
            }],
        ));
    }
}

fn other_port(evidence: &Evidence<'_>, causes: &mut Vec<Cause>) {
    if let (Some(transport), Some(port)) = (evidence.transport, evidence.port)
        && PlatformHost::read(evidence.host).is_some()
        && port != transport.default_port()
    {
        let expected = transport.default_port();
        causes.push(cause(
            CauseId::WrongPort,
            Likely,
            [Seen::OtherPort {
                transport,
                port,
                expected,
            }],
        ));
    }
}
