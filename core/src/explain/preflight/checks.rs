//! The checks, one after the other, in the order of the fields.

use super::hosts::{PlatformHost, is_loopback};
use super::{Auth, Change, Draft, Field, Finding, Mend, Rule, Severity};
use crate::identity::host::check_host;
use crate::identity::{
    self, ClientId, DeviceName, DeviceSecret, Endpoint, IdentityError, ProductKey, TransportKind,
};
use crate::sign::SignMethod;
use Severity::{Refused, Warning};

/// Every finding on a draft.
pub(super) fn all(draft: &Draft<'_>) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    if draft.auth != Auth::Plain {
        triple(draft, &mut findings);
    }
    client_id(draft, &mut findings);
    auth(draft, &mut findings);
    if draft.auth != Auth::Plain {
        method(draft, &mut findings);
        timestamp(draft, &mut findings);
    }
    transport(draft, &mut findings);
    securemode(draft, &mut findings);
    if let Some(typed) = draft.host {
        host(draft, typed, &mut findings);
        port(draft, typed, &mut findings);
    }
    keep_alive(draft, &mut findings);
    findings.0
}

/// White space, and what is as invisible: control characters, joiners and marks that copying brings along.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, field: Field, severity: Severity, rule: Rule, mends: Vec<Mend>) {
        self.0.push(Finding {
            field,
            severity,
            rule,
            mends,
        });
    }

    /// A field that breaks its own rule; blanks in it are named as such and can be taken out.
    fn check<T>(
        &mut self,
        field: Field,
        typed: &str,
        read: impl Fn(&str) -> Result<T, IdentityError>,
    ) {
        let Err(error) = read(typed) else {
            return;
        };
        if typed.chars().any(is_blank) && !typed.chars().all(is_blank) {
            let mend = Mend {
                field,
                change: Change::TakeOutBlanks,
            };
            self.add(field, Refused, Rule::Blanks(field), vec![mend]);
        } else {
            self.add(field, Refused, Rule::Identity(error), Vec::new());
        }
    }
}

fn put(field: Field, text: impl Into<String>) -> Mend {
    Mend {
        field,
        change: Change::Put(text.into()),
    }
}

fn triple(draft: &Draft<'_>, findings: &mut Findings) {
    let (key, name) = (draft.product_key, draft.device_name);
    if is_swapped(draft) {
        let mends = vec![put(Field::ProductKey, name), put(Field::DeviceName, key)];
        findings.add(Field::ProductKey, Refused, Rule::TripleSwapped, mends);
    } else {
        findings.check(Field::ProductKey, key, ProductKey::new);
        findings.check(Field::DeviceName, name, DeviceName::new);
    }
    findings.check(Field::DeviceSecret, draft.device_secret, DeviceSecret::new);
}

/// The host begins with what stands as deviceName, and it could be a productKey.
fn is_swapped(draft: &Draft<'_>) -> bool {
    let host = draft.host.and_then(PlatformHost::read);
    let Some(label) = host.and_then(PlatformHost::product) else {
        return false;
    };
    label.eq_ignore_ascii_case(draft.device_name)
        && !label.eq_ignore_ascii_case(draft.product_key)
        && !draft.product_key.is_empty()
}

fn client_id(draft: &Draft<'_>, findings: &mut Findings) {
    let field = Field::ClientId;
    let typed = draft.client_id;
    if draft.auth == Auth::Plain {
        if typed.is_empty() && !draft.clean_session {
            let mends = vec![put(Field::CleanSession, "true")];
            findings.add(field, Refused, Rule::ClientIdMissing, mends);
        }
        return;
    }
    if typed.is_empty() {
        let (key, name) = (draft.product_key, draft.device_name);
        if ProductKey::new(key).is_err() || DeviceName::new(name).is_err() {
            return;
        }
        let meant = format!("{key}.{name}");
        if let Err(error @ IdentityError::TooLong { .. }) = ClientId::new(&meant) {
            let shorter = ClientId::new(draft.device_name).ok();
            let mends = shorter.into_iter().map(|id| put(field, id.as_str()));
            findings.add(field, Refused, Rule::Identity(error), mends.collect());
        }
        return;
    }
    if let Some((bare, _)) = typed.split_once('|') {
        let mends = match bare.trim() {
            "" => Vec::new(),
            bare => vec![put(field, bare)],
        };
        return findings.add(field, Refused, Rule::BarInClientId, mends);
    }
    if let Err(error) = ClientId::new(typed) {
        // Inside, a space is legal; only what stands around it, or can't be seen, is taken off.
        let without = typed.trim_matches(is_blank);
        let without: String = without
            .chars()
            .filter(|c| *c == ' ' || !is_blank(*c))
            .collect();
        if without != typed && ClientId::new(&without).is_ok() {
            let mends = vec![put(field, without)];
            findings.add(field, Refused, Rule::Blanks(field), mends);
        } else {
            findings.add(field, Refused, Rule::Identity(error), Vec::new());
        }
    }
}

fn auth(draft: &Draft<'_>, findings: &mut Findings) {
    let (Auth::Https, Some(host)) = (draft.auth, draft.host) else {
        return;
    };
    if draft.page.is_some_and(|page| !page.can_forward_auth) {
        let mends = vec![put(Field::Auth, Auth::Direct.name())];
        findings.add(Field::Auth, Refused, Rule::HttpsAuthFromFiles, mends);
    }
    // The stand-in on this machine takes a token without TLS as well.
    if !draft.transport.is_secure() && !is_loopback(host) {
        let mends = to_transport(draft, secure(draft.transport));
        findings.add(Field::Transport, Refused, Rule::HttpsAuthNeedsTls, mends);
    }
}

fn method(draft: &Draft<'_>, findings: &mut Findings) {
    let typed = draft.method;
    if typed.is_empty() || typed.parse::<SignMethod>().is_ok() {
        return;
    }
    let lower = typed.to_ascii_lowercase();
    let meant = SignMethod::ALL
        .into_iter()
        .find(|method| lower.contains(method.name().trim_start_matches("hmac")));
    let mends = meant
        .map(|method| put(Field::Method, method.name()))
        .into_iter()
        .collect();
    findings.add(Field::Method, Refused, Rule::UnknownMethod, mends);
}

fn timestamp(draft: &Draft<'_>, findings: &mut Findings) {
    let field = Field::Timestamp;
    let typed = draft.timestamp;
    if typed.is_empty() {
        return;
    }
    let is_number = typed.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || typed.parse::<u64>().is_err() {
        let digits = typed.trim_matches(is_blank);
        let is_right = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let mends = vec![put(field, if is_right { digits } else { "" })];
        findings.add(field, Refused, Rule::TimestampNotANumber, mends);
    } else if typed.len() == 10 {
        let mends = vec![put(field, format!("{typed}000"))];
        findings.add(field, Warning, Rule::TimestampInSeconds, mends);
    }
}

fn transport(draft: &Draft<'_>, findings: &mut Findings) {
    let (Some(page), Some(host)) = (draft.page, draft.host) else {
        return;
    };
    let field = Field::Transport;
    match draft.transport {
        kind @ (TransportKind::Tcp | TransportKind::Tls) => {
            let other = match kind {
                TransportKind::Tcp => TransportKind::Ws,
                _ => TransportKind::Wss,
            };
            let mends = to_transport(draft, other);
            findings.add(field, Refused, Rule::NoSocketsInPage(kind), mends);
        }
        TransportKind::Ws if page.is_https && !is_loopback(host) => {
            let mends = to_transport(draft, TransportKind::Wss);
            findings.add(field, Refused, Rule::WsFromHttps, mends);
        }
        _ => {}
    }
}

const fn secure(kind: TransportKind) -> TransportKind {
    match kind {
        TransportKind::Tcp | TransportKind::Tls => TransportKind::Tls,
        TransportKind::Ws | TransportKind::Wss => TransportKind::Wss,
    }
}

/// Another transport; a port that was the old one's own goes with it.
fn to_transport(draft: &Draft<'_>, kind: TransportKind) -> Vec<Mend> {
    let mut mends = vec![put(Field::Transport, kind.name())];
    if draft.port.parse() == Ok(draft.transport.default_port())
        && kind.default_port() != draft.transport.default_port()
    {
        mends.push(put(Field::Port, kind.default_port().to_string()));
    }
    mends
}

fn securemode(draft: &Draft<'_>, findings: &mut Findings) {
    let (Auth::Direct, Some(typed)) = (draft.auth, draft.securemode) else {
        return;
    };
    let field = Field::Securemode;
    let transport = draft.transport;
    let right = transport.securemode();
    let mends = vec![put(field, right.to_string())];
    match typed.trim().parse::<i8>() {
        Ok(given) if i8::try_from(right) == Ok(given) => {}
        Ok(given @ (2 | 3)) => {
            let rule = Rule::SecuremodeMismatch { given, transport };
            findings.add(field, Refused, rule, mends);
        }
        _ => findings.add(field, Refused, Rule::UnknownSecuremode, mends),
    }
}

fn host(draft: &Draft<'_>, typed: &str, findings: &mut Findings) {
    let field = Field::Host;
    let trimmed = typed.trim_matches(is_blank);
    if let Some(mends) = in_its_parts(trimmed) {
        return findings.add(field, Refused, Rule::UrlAsHost, mends);
    }
    if let Some(rest) = placeholder(trimmed) {
        let key = ProductKey::new(draft.product_key);
        let mends = key.map(|key| put(field, format!("{key}{rest}")));
        let mends = mends.into_iter().collect();
        return findings.add(field, Refused, Rule::PlaceholderInHost, mends);
    }
    if check_host(typed, identity::Field::Host).is_err() {
        return findings.check(field, typed, |host| check_host(host, identity::Field::Host));
    }
    if draft.auth == Auth::Plain {
        return;
    }
    let key = ProductKey::new(draft.product_key).ok();
    let own = |region: &str| {
        key.as_ref()
            .map(|key| put(field, format!("{key}.iot-as-mqtt.{region}.aliyuncs.com")))
            .into_iter()
            .collect::<Vec<_>>()
    };
    match PlatformHost::read(typed) {
        Some(PlatformHost::Auth { region }) if draft.auth == Auth::Direct => {
            findings.add(field, Refused, Rule::AuthHost, own(region));
        }
        Some(PlatformHost::Product {
            product_key: label,
            region,
        }) if key.is_some()
            && !label.eq_ignore_ascii_case(draft.product_key)
            && !is_swapped(draft) =>
        {
            let rule = Rule::HostOfOtherProduct {
                label: label.to_owned(),
                product_key: draft.product_key.to_owned(),
            };
            findings.add(field, Refused, rule, own(region));
        }
        _ => {}
    }
}

/// What a host with a scheme, a port or a path is taken apart to; nothing where it is none.
fn in_its_parts(typed: &str) -> Option<Vec<Mend>> {
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, typed),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let is_address = authority.matches(':').count() > 1;
    let has_port = authority.contains(':') && !is_address;
    if scheme.is_none() && !has_port && authority.len() == rest.len() {
        return None;
    }
    // As a URL of some scheme it is read by the one place that knows how.
    let Ok(read) = Endpoint::from_url(&format!("ws://{authority}")) else {
        return Some(Vec::new());
    };
    let mut mends = vec![put(Field::Host, read.host)];
    if has_port {
        mends.push(put(Field::Port, read.port.to_string()));
    }
    let kind = TransportKind::ALL
        .into_iter()
        .find(|kind| Some(kind.scheme()) == scheme);
    mends.extend(kind.map(|kind| put(Field::Transport, kind.name())));
    Some(mends)
}

/// What follows a placeholder such as `${productKey}` or `<ProductKey>` at the beginning of a host.
fn placeholder(typed: &str) -> Option<&str> {
    let is_placeholder = |first: &str| {
        first.starts_with(['$', '{', '<'])
            || first.eq_ignore_ascii_case("YourProductKey")
            || first.eq_ignore_ascii_case("productKey")
    };
    let end = typed.find('.')?;
    let (first, rest) = typed.split_at(end);
    is_placeholder(first).then_some(rest)
}

fn port(draft: &Draft<'_>, typed_host: &str, findings: &mut Findings) {
    let field = Field::Port;
    let typed = draft.port.trim_matches(is_blank);
    if typed.is_empty() {
        return;
    }
    let is_number = typed.bytes().all(|byte| byte.is_ascii_digit());
    let given = match typed.parse::<u16>() {
        Ok(given) if is_number && given != 0 => given,
        _ => {
            let error = IdentityError::BadPort {
                given: identity::quoted(typed),
            };
            let mends = vec![put(field, "")];
            return findings.add(field, Refused, Rule::Identity(error), mends);
        }
    };
    let transport = draft.transport;
    let severity = match PlatformHost::read(typed_host) {
        Some(PlatformHost::Product { .. }) => Refused,
        // Of instances the documents name further ports.
        Some(PlatformHost::Instance { .. }) => Warning,
        Some(PlatformHost::Auth { .. }) | None => return,
    };
    if draft.auth != Auth::Plain && given != transport.default_port() {
        let mends = vec![put(field, transport.default_port().to_string())];
        let rule = Rule::PlatformPort { given, transport };
        findings.add(field, severity, rule, mends);
    }
}

fn keep_alive(draft: &Draft<'_>, findings: &mut Findings) {
    let field = Field::KeepAlive;
    let typed = draft.keep_alive.trim_matches(is_blank);
    let window = draft
        .keep_alive_range
        .as_ref()
        .filter(|_| draft.auth != Auth::Plain);
    let is_number = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    let given = match typed.parse::<u64>() {
        Ok(given) if is_number && (window.is_some() || given <= u64::from(u16::MAX)) => given,
        _ => {
            let right = window.map_or(60, |window| *window.start());
            let mends = vec![put(field, right.to_string())];
            return findings.add(field, Refused, Rule::KeepAliveNotANumber, mends);
        }
    };
    let Some(window) = window else {
        return;
    };
    let (min, max) = (*window.start(), *window.end());
    let is_inside = |seconds: u64| (u64::from(min)..=u64::from(max)).contains(&seconds);
    if !is_inside(given) {
        // The SDK's own setting is in milliseconds.
        let right = match given / 1000 {
            seconds if is_inside(seconds) => seconds,
            _ => given.clamp(min.into(), max.into()),
        };
        let mends = vec![put(field, right.to_string())];
        let rule = Rule::KeepAlive { given, min, max };
        findings.add(field, Refused, rule, mends);
    }
}
