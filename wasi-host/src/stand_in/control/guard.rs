//! Who may use the control address: programs on this machine, and pages that it serves itself.
//!
//! A page from elsewhere in the user's browser could reach a loopback address too. Two checks keep it out:
//! - **Host** must be a loopback name or address, or the address that the request came in on, with this
//!   port: a foreign name that was made to point here (DNS rebinding) is refused.
//! - **Origin**, where a browser sends one, must be that same host over `http`, or both must be loopback names
//!   with this port (`localhost`, `127.0.0.1`, `[::1]`: one machine by several names). A foreign page's
//!   request is refused whatever it asks for.

use std::net::{IpAddr, SocketAddr};

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Control, failure};
use crate::stand_in::http::LocalAddress;

/// What a page of ours may do: run its own scripts and its wasm, and talk to brokers over WebSocket.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:; \
                      img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Refuses what is not from here, and adds to every answer what tells a browser to be strict.
pub(super) async fn guard(
    State(control): State<Control>,
    Extension(LocalAddress(local)): Extension<LocalAddress>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match check(request.headers(), local, &control.about.http_host) {
        Ok(()) => next.run(request).await,
        Err(reason) => failure(StatusCode::FORBIDDEN, reason),
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn check(headers: &HeaderMap, local: SocketAddr, bound_host: &str) -> Result<(), String> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next().map(HeaderValue::to_str), hosts.next()) {
        (Some(Ok(host)), None) => host,
        (None, _) => return Err("Host: the header is missing".to_owned()),
        _ => return Err("Host: exactly one, in ASCII".to_owned()),
    };
    if !is_ours(host, local, bound_host) {
        return Err(format!(
            "Host {host:?} is not this stand-in: use http://localhost:{port}/ or http://{local}/",
            port = local.port()
        ));
    }
    for origin in headers.get_all(header::ORIGIN) {
        let same = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|origin| {
                let port = local.port();
                origin.eq_ignore_ascii_case(host)
                    || (is_loopback(origin, port) && is_loopback(host, port))
            });
        if !same {
            return Err(format!(
                "Origin {origin:?}: only pages from http://{host} may use this address"
            ));
        }
    }
    Ok(())
}

/// Whether a Host header names this machine's own address, and the port of this connection.
fn is_ours(host: &str, local: SocketAddr, bound_host: &str) -> bool {
    is_loopback(host, local.port())
        || name_at(host, local.port()).is_some_and(|name| match name.parse::<IpAddr>() {
            Ok(ip) => ip == local.ip().to_canonical(),
            Err(_) => name.eq_ignore_ascii_case(bound_host),
        })
}

/// Whether `host[:port]` is a loopback name or address with this port.
fn is_loopback(host: &str, port: u16) -> bool {
    name_at(host, port).is_some_and(|name| match name.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    })
}

/// The name in `host[:port]`, an IPv6 address without its brackets; none where the port is another.
fn name_at(host: &str, port: u16) -> Option<String> {
    let authority = host.parse::<Authority>().ok()?;
    if authority.as_str().contains('@') || authority.port_u16().unwrap_or(80) != port {
        return None;
    }
    let name = authority.host().trim_start_matches('[');
    Some(name.trim_end_matches(']').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> SocketAddr {
        "127.0.0.1:8080".parse().expect("an address")
    }

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn loopback_names_with_our_port_are_let_in() {
        for host in [
            "localhost:8080",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "127.1.2.3:8080",
            "[::1]:8080",
        ] {
            assert_eq!(
                check(&headers(host, None), local(), "127.0.0.1"),
                Ok(()),
                "{host}"
            );
        }
    }

    #[test]
    fn other_hosts_and_ports_are_refused() {
        for host in [
            "evil.example:8080",
            "localhost",
            "localhost:8081",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "user@localhost:8080",
            "192.168.1.7:8080",
            "",
        ] {
            assert!(
                check(&headers(host, None), local(), "127.0.0.1").is_err(),
                "{host}"
            );
        }
        assert!(check(&HeaderMap::new(), local(), "127.0.0.1").is_err());
    }

    #[test]
    fn the_address_it_came_in_on_and_the_bound_name_are_let_in() {
        let local: SocketAddr = "192.168.1.7:8080".parse().expect("an address");
        assert_eq!(
            check(&headers("192.168.1.7:8080", None), local, "0.0.0.0"),
            Ok(())
        );
        assert_eq!(
            check(&headers("devbox:8080", None), local, "devbox"),
            Ok(())
        );
        assert!(check(&headers("otherbox:8080", None), local, "devbox").is_err());
    }

    #[test]
    fn only_our_own_pages_may_ask() {
        let ask = |origin| {
            check(
                &headers("localhost:8080", Some(origin)),
                local(),
                "127.0.0.1",
            )
        };
        for origin in [
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(ask(origin), Ok(()), "{origin}");
        }
        for origin in [
            "http://evil.example",
            "http://evil.example:8080",
            "http://localhost.evil.example:8080",
            "null",
            "",
            "https://localhost:8080",
            "https://127.0.0.1:8080",
            "http://localhost:8081",
            "http://localhost",
            "http://127.0.0.1:8081",
            "http://user@127.0.0.1:8080",
            "http://127.0.0.1:8080/",
            "http://192.168.1.7:8080",
        ] {
            let reason = ask(origin).expect_err(origin);
            assert!(
                reason.contains("only pages from http://localhost:8080"),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_loopback_page_may_not_use_an_address_of_the_network() {
        let local: SocketAddr = "192.168.1.7:8080".parse().expect("an address");
        let asked = headers("192.168.1.7:8080", Some("http://localhost:8080"));
        assert!(check(&asked, local, "0.0.0.0").is_err());
    }
}
