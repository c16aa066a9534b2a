//! What may stand as a host: a DNS name, an IPv4 address, an IPv6 address.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::error::{Field, IdentityError, in_words, quoted};

/// The longest host name, in characters (RFC 1035, as text without the final dot).
const MAX_HOST: usize = 253;
/// The longest part between two dots.
const MAX_LABEL: usize = 63;

/// What follows a URL's `scheme://`, taken apart and checked.
pub(crate) struct Place<'a> {
    /// `HOST[:PORT]` as it was written.
    pub(crate) authority: &'a str,
    /// The host without brackets.
    pub(crate) host: String,
    /// The port, where one is given.
    pub(crate) port: Option<u16>,
    /// The rest from the first `/` or `?` on: visible ASCII.
    pub(crate) path: &'a str,
    /// The characters of the URL before `path`.
    pub(crate) path_start: usize,
}

/// Reads what follows a URL's `scheme://`.
///
/// `field` and `start`, the characters before it, let an error count from the URL's beginning.
pub(crate) fn read_place(
    text: &str,
    field: Field,
    start: usize,
) -> Result<Place<'_>, IdentityError> {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (authority, path) = text.split_at(end);
    let (host, port) = match split_authority(authority, field, start) {
        Ok(both) => both,
        // A password with a '/' in it looks like a bad port, and must not be repeated as one.
        Err(_) if text.contains('@') => {
            let rule =
                "a user and password don't belong in the URL: give them by their own options";
            return Err(form(field, start + 1, rule));
        }
        Err(error) => return Err(error),
    };
    let path_start = start + authority.chars().count();
    let allowed = |c: char| c.is_ascii_graphic() && c != '#';
    match path.chars().zip(1..).find(|(c, _)| !allowed(*c)) {
        None => Ok(Place {
            authority,
            host,
            port,
            path,
            path_start,
        }),
        Some((c, at)) => Err(IdentityError::BadCharacter {
            field,
            at: path_start + at,
            found: in_words(c),
            rule: "a path has only visible ASCII characters and no '#' (write others as %XX)",
        }),
    }
}

/// Splits and checks `HOST[:PORT]`.
fn split_authority(
    authority: &str,
    field: Field,
    start: usize,
) -> Result<(String, Option<u16>), IdentityError> {
    let (host, port) = match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((inner, port)) => (&authority[..inner.len() + 2], port), // the two brackets are a byte each
        None => match authority.split_once(':') {
            // More colons: an IPv6 address without brackets, which the host's check explains.
            Some((host, port)) if !port.contains(':') => (host, &authority[host.len()..]),
            _ => (authority, ""),
        },
    };
    let host_chars = host.chars().count();
    let host = check_url_host(host, field, start)?;
    if port.is_empty() {
        return Ok((host, None));
    }
    match port.strip_prefix(':') {
        Some(digits) => Ok((host, Some(read_port(digits)?))),
        None => {
            let rule = "after an address in brackets comes :PORT, a path, or nothing";
            Err(form(field, start + host_chars + 1, rule))
        }
    }
}

/// Checks a host as it stands in a URL: an IPv6 address in brackets, or a name, or an IPv4 address.
/// Answers it without the brackets.
///
/// `field` and `offset` say where the host stands, so that an error counts from the text's beginning.
fn check_url_host(host: &str, field: Field, offset: usize) -> Result<String, IdentityError> {
    if let Some(rest) = host.strip_prefix('[') {
        let address = rest
            .strip_suffix(']')
            .and_then(|inner| inner.parse::<Ipv6Addr>().ok());
        let rule = "brackets must be closed and hold an IPv6 address, without a zone";
        return match address {
            Some(address) => Ok(address.to_string()),
            None => Err(form(field, offset + 1, rule)),
        };
    }
    if host.contains(':') {
        let rule = "an IPv6 address stands in brackets: [::1]";
        return Err(form(field, offset + 1, rule));
    }
    check_name(host, field, offset)?;
    Ok(host.to_owned())
}

/// Checks a host that stands alone: an IPv6 address may come with or without brackets.
pub(crate) fn check_host(host: &str, field: Field) -> Result<String, IdentityError> {
    match host.parse::<Ipv6Addr>() {
        Ok(address) => Ok(address.to_string()),
        Err(_) => check_url_host(host, field, 0),
    }
}

/// Reads a port as it stands in a URL: digits only, 1 to 65535.
fn read_port(digits: &str) -> Result<u16, IdentityError> {
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse() {
        Ok(port) if is_number && port != 0 => Ok(port),
        _ => Err(IdentityError::BadPort {
            given: quoted(digits),
        }),
    }
}

fn check_name(host: &str, field: Field, offset: usize) -> Result<(), IdentityError> {
    if host.is_empty() {
        return Err(form(field, offset + 1, "the host is missing"));
    }
    let rule = "a host name has only ASCII letters, digits and - _ . (write other scripts in their \
                xn-- form)";
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some((c, at)) = host.chars().zip(1..).find(|(c, _)| !allowed(*c)) {
        return Err(IdentityError::BadCharacter {
            field,
            at: offset + at,
            found: in_words(c),
            rule,
        });
    }
    // From here on the name is ASCII: bytes and characters are the same count.
    if host.len() > MAX_HOST {
        let rule = "a host name has at most 253 characters";
        return Err(form(field, offset + MAX_HOST + 1, rule));
    }
    let mut at = offset + 1;
    for label in host.split('.') {
        let fault = if label.is_empty() {
            Some("a host name has no empty part: no two dots together, none at either end")
        } else if label.len() > MAX_LABEL {
            Some("each part of a host name has at most 63 characters")
        } else if label.starts_with('-') || label.ends_with('-') {
            Some("no part of a host name begins or ends with '-'")
        } else {
            None
        };
        if let Some(rule) = fault {
            return Err(form(field, at, rule));
        }
        at += label.len() + 1;
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    if last.bytes().all(|b| b.is_ascii_digit()) && host.parse::<Ipv4Addr>().is_err() {
        let rule =
            "a host that ends in a number must be an IPv4 address: four numbers from 0 to 255";
        return Err(form(field, offset + 1, rule));
    }
    Ok(())
}

fn form(field: Field, at: usize, rule: &'static str) -> IdentityError {
    IdentityError::BadForm { field, at, rule }
}
