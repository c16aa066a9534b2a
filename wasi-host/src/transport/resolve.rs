//! Host names to addresses, by the system's own resolver.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use super::TransportError;

/// Finds the addresses of a host, in the order in which to try them: the two families in turn, beginning
/// with the one that the system prefers (RFC 8305, section 4). A literal address needs no look-up.
///
/// Blocks for as long as the system's resolver takes, which can be many seconds.
///
/// # Errors
/// [`TransportError::Resolve`] where the resolver fails or knows no address.
pub fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, TransportError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let fault = |source| TransportError::Resolve {
        host: host.to_owned(),
        source,
    };
    let found: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(fault)?.collect();
    if found.is_empty() {
        let source = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        return Err(fault(source));
    }
    Ok(in_turn(found))
}

fn in_turn(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut preferred, mut other): (VecDeque<_>, VecDeque<_>) = found
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut order: Vec<SocketAddr> = Vec::with_capacity(preferred.len() + other.len());
    while !(preferred.is_empty() && other.is_empty()) {
        for address in [preferred.pop_front(), other.pop_front()]
            .into_iter()
            .flatten()
        {
            if !order.contains(&address) {
                order.push(address);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_and_doubles_vanish() {
        let found = addresses(&["[::1]:1", "[::2]:1", "[::1]:1", "10.0.0.1:1", "10.0.0.2:1"]);
        let expected = addresses(&["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1"]);
        assert_eq!(in_turn(found), expected);
        let found = addresses(&["10.0.0.1:1", "10.0.0.2:1", "[::1]:1"]);
        let expected = addresses(&["10.0.0.1:1", "[::1]:1", "10.0.0.2:1"]);
        assert_eq!(in_turn(found), expected);
    }

    #[test]
    fn literal_addresses_need_no_resolver() {
        assert_eq!(
            resolve("127.0.0.1", 7).unwrap(),
            addresses(&["127.0.0.1:7"])
        );
        assert_eq!(resolve("::1", 7).unwrap(), addresses(&["[::1]:7"]));
    }

    #[test]
    fn an_unknown_name_is_named_in_the_error() {
        // RFC 6761: `.invalid` never resolves.
        let error = resolve("nobody.invalid", 1883).unwrap_err().to_string();
        assert!(error.contains("nobody.invalid"), "{error}");
        assert!(error.contains("region"), "{error}");
    }
}
