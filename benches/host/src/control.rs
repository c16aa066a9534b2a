//! The control of a stand-in, over one HTTP connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::server::{PRODUCT_KEY, device_name, device_secret};

/// A connection to it.
#[derive(Debug)]
pub struct Control {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Control {
    /// Connects.
    ///
    /// # Panics
    /// Nobody listens.
    #[must_use]
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the control listens");
        let _ = stream.set_nodelay(true);
        Self {
            stream: BufReader::new(stream),
            address,
        }
    }

    /// Makes the device with this number known.
    ///
    /// # Panics
    /// It is refused.
    pub fn register(&mut self, device: usize) {
        let (name, secret) = (device_name(device), device_secret(device));
        self.post(
            "/api/devices",
            &format!(
                "{{\"product_key\":\"{PRODUCT_KEY}\",\"device_name\":\"{name}\",\"device_secret\":\"{secret}\"}}"
            ),
        );
    }

    /// Has messages with QoS 1 sent to the device with this number; returns when all are handed over.
    ///
    /// # Panics
    /// It is refused.
    pub fn push(&mut self, device: usize, topic: &str, payload: &str, count: u64) {
        let path = format!("/api/devices/{PRODUCT_KEY}/{}/push", device_name(device));
        self.post(
            &path,
            &format!(
                "{{\"topic\":\"{topic}\",\"payload\":\"{payload}\",\"qos\":1,\"count\":{count}}}"
            ),
        );
    }

    fn post(&mut self, path: &str, body: &str) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("the control reads");
        let mut line = String::new();
        let mut next = |stream: &mut BufReader<TcpStream>| {
            line.clear();
            stream.read_line(&mut line).expect("the control answers");
            line.trim_end().to_owned()
        };
        let status = next(&mut self.stream);
        let mut length = 0;
        loop {
            let field = next(&mut self.stream);
            if field.is_empty() {
                break;
            }
            if let Some(value) = field.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut answer = vec![0; length];
        self.stream
            .read_exact(&mut answer)
            .expect("the whole answer");
        assert!(
            status.starts_with("HTTP/1.1 2"),
            "POST {path}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
    }
}
