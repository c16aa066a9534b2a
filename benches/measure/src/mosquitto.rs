//! The broker mosquitto on loopback: MQTT by TCP, and one message per WebSocket message.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A mosquitto on loopback. It ends when this is dropped.
#[derive(Debug)]
pub struct Mosquitto {
    child: Child,
    /// Where it takes MQTT.
    pub tcp: SocketAddr,
    /// Where it takes MQTT over WebSocket.
    pub websocket: SocketAddr,
    _folder: TempDir,
}

impl Mosquitto {
    /// Starts it, without persistence and with queues that nothing falls out of: by default it drops QoS 0 for a reader that is
    /// 1,000 messages behind. How far a reader may fall behind is the feeder's to bound. It tells its own counts each second.
    ///
    /// # Panics
    /// It is not installed, or does not come up within ten seconds.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
        let (tcp, websocket) = (free_address(), free_address());
        let settings = format!(
            "persistence false\nallow_anonymous true\nsys_interval 1\nlog_dest none\nmax_queued_messages 0\nmax_queued_bytes 0\n\
             listener {} 127.0.0.1\nlistener {} 127.0.0.1\nprotocol websockets\n",
            tcp.port(),
            websocket.port()
        );
        let path = folder.path().join("mosquitto.conf");
        std::fs::write(&path, settings).expect("a file in a folder of our own");
        let child = mosquitto()
            .unwrap_or_else(|| {
                panic!("mosquitto is not here. On Debian: sudo apt-get install mosquitto")
            })
            .arg("-c")
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("mosquitto starts");
        let mut broker = Self {
            child,
            tcp,
            websocket,
            _folder: folder,
        };
        broker.wait_for(tcp);
        broker.wait_for(websocket);
        broker
    }

    /// The id of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait_for(&mut self, address: SocketAddr) {
        let since = Instant::now();
        while let Err(error) = TcpStream::connect(address) {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("mosquitto ended at once ({status}); can it be built without WebSockets?");
            }
            assert!(
                error.kind() == ErrorKind::ConnectionRefused && since.elapsed() < PATIENCE,
                "mosquitto does not listen at {address}: {error}"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, which Debian keeps where only root's PATH leads.
fn mosquitto() -> Option<Command> {
    ["mosquitto", "/usr/sbin/mosquitto"]
        .into_iter()
        .find(|program| {
            let mut help = Command::new(program);
            help.arg("-h").stdout(Stdio::null()).stderr(Stdio::null());
            help.status().is_ok()
        })
        .map(Command::new)
}

/// mosquitto can't be asked which port it was given, so a free one is looked for beforehand.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port on loopback")
}
