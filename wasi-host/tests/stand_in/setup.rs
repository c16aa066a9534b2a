//! A stand-in for a test: free ports, a data folder of its own, its events at hand.

use std::net::TcpStream;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;
use tern_host::stand_in::{ListenAddress, StandIn, StandInEvent, StandInOptions};

/// How long a test waits for what must come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A running stand-in.
pub(crate) struct Setup {
    pub(crate) stand_in: StandIn,
    events: mpsc::Receiver<Value>,
    _data: TempDir,
}

/// The options that all tests share: any free ports on loopback, the CA in `data`.
pub(crate) fn options(data: &TempDir) -> StandInOptions {
    StandInOptions {
        mqtt: ListenAddress::loopback(0),
        https: ListenAddress::loopback(0),
        http: ListenAddress::loopback(0),
        data: Some(data.path().to_owned()),
        ..StandInOptions::default()
    }
}

/// Starts one as it is by default.
pub(crate) fn start() -> Setup {
    start_with(|_| {})
}

/// Starts one with some options changed.
pub(crate) fn start_with(change: impl FnOnce(&mut StandInOptions)) -> Setup {
    let data = tempfile::tempdir().expect("a folder");
    let mut options = options(&data);
    change(&mut options);
    let (tell, events) = mpsc::channel();
    let tell = Mutex::new(tell);
    options.on_event = Some(Arc::new(move |event: &StandInEvent| {
        let json =
            serde_json::from_str(&event.to_json(SystemTime::now())).expect("an event is JSON");
        let _ = tell.lock().expect("no panic").send(json); // the test may be over
    }));
    let stand_in = StandIn::start(options).expect("a stand-in");
    Setup {
        stand_in,
        events,
        _data: data,
    }
}

impl Setup {
    /// The next event with this name.
    pub(crate) fn event(&self, name: &str) -> Value {
        let mut others = Vec::new();
        loop {
            match self.events.recv_timeout(DEADLINE) {
                Ok(event) if event["event"] == name => return event,
                Ok(event) => others.push(event),
                Err(_) => panic!("no event {name:?}, but {others:?}"),
            }
        }
    }

    /// A TCP connection to the port for MQTT.
    pub(crate) fn tcp(&self) -> TcpStream {
        connect(self.stand_in.addresses().mqtt)
    }
}

/// A TCP connection whose reads and writes end in time.
pub(crate) fn connect(address: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, DEADLINE).expect("a connection");
    stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    stream.set_write_timeout(Some(DEADLINE)).expect("a timeout");
    stream
}
