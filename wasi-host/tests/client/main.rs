//! The SDK's face, in the sandbox, against the stand-in on real sockets: over every transport, with both
//! ways to sign in.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod operations;
mod transports;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tern_core::auth::AuthUrl;
use tern_core::device::{Config, Login};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_host::client::{Client, ClientEvent, Params};
use tern_host::stand_in::{ListenAddress, StandIn, StandInOptions};
use tern_host::transport::TlsSettings;
use tern_platform::sample;

/// The topic of the seed's sample.
const DATA: &str = "/a1aq9sQk2JE/dev1/data";

/// A stand-in on free ports, with a CA of its own.
struct Cloud {
    stand_in: StandIn,
    data: PathBuf,
}

impl Cloud {
    fn start(name: &str) -> Self {
        let data = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("client-{name}"));
        let stand_in = StandIn::start(StandInOptions {
            mqtt: ListenAddress::loopback(0),
            https: ListenAddress::loopback(0),
            http: ListenAddress::loopback(0),
            data: Some(data.clone()),
            ..StandInOptions::default()
        })
        .unwrap();
        Self { stand_in, data }
    }

    fn tls(&self) -> TlsSettings {
        TlsSettings::with_ca_file(self.stand_in.ca_path()).unwrap()
    }

    fn endpoint(&self, transport: TransportKind) -> Endpoint {
        Endpoint::new(
            transport,
            "localhost",
            self.stand_in.addresses().mqtt.port(),
        )
        .unwrap()
    }

    fn direct(
        &self,
        transport: TransportKind,
        method: SignMethod,
        timestamp: Option<u64>,
    ) -> Config {
        Config::new(Login::Direct {
            triple: triple(sample::DEVICE_SECRET),
            client_id: ClientId::new("a1aq9sQk2JE.dev1").unwrap(),
            method,
            timestamp,
            endpoint: self.endpoint(transport),
        })
    }

    fn https(&self, secret: &str) -> Config {
        let port = self.stand_in.addresses().https.port();
        Config::new(Login::Https {
            triple: triple(secret),
            client_id: ClientId::new("00-11-22-33-44-55").unwrap(),
            method: SignMethod::HmacMd5,
            timestamp: Some(123),
            auth_url: AuthUrl::new(&format!("https://localhost:{port}")).unwrap(),
            transport: TransportKind::Tls,
            endpoint: None,
        })
    }

    /// Switches the stand-in's faults, as a person would by the control address.
    fn set_faults(&self, json: &str) {
        let http = self.stand_in.addresses().http;
        let mut stream = TcpStream::connect(http).unwrap();
        let len = json.len();
        write!(
            stream,
            "PUT /api/faults HTTP/1.1\r\nHost: {http}\r\nContent-Type: application/json\r\n\
             Content-Length: {len}\r\nConnection: close\r\n\r\n{json}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn params(&self, config: Config) -> Params {
        Params {
            tls: self.tls(),
            ..Params::new(config)
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // What is left behind is in the target folder.
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn triple(secret: &str) -> Triple {
    Triple::new(sample::PRODUCT_KEY, sample::DEVICE_NAME, secret).unwrap()
}

/// A client whose events come as texts.
fn construct(params: Params) -> (Client, Receiver<String>) {
    let (tell, told) = channel();
    let client = Client::construct(params, move |event: ClientEvent<'_>| {
        tell.send(format!("{} {event:?}", event.number())).unwrap();
    });
    (client.unwrap(), told)
}

/// Yields until something has come, for 20 s at most.
fn yield_until<T>(client: &mut Client, told: &Receiver<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if let Ok(event) = told.try_recv() {
            return event;
        }
        client.yield_for(Duration::from_millis(20)).unwrap();
    }
    panic!("nothing came within 20 s");
}
