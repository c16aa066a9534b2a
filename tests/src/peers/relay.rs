//! A wire between two programs, which can be cut, and which can carry everything in writes of a few bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Bytes of the smallest and the largest of the small writes.
const SMALL: std::ops::RangeInclusive<usize> = 1..=7;

/// Forwards TCP on loopback, until the test's process ends.
pub struct Relay {
    /// Where it listens.
    pub address: SocketAddr,
    wire: Arc<Wire>,
}

struct Wire {
    to: SocketAddr,
    /// The seed of the small writes' sizes, where they are small.
    small: Option<u64>,
    /// Both ends of each connection; none while the wire is cut.
    ends: Mutex<Option<Vec<TcpStream>>>,
    writes: AtomicU64,
    bytes: AtomicU64,
}

impl Relay {
    /// Forwards what comes as it comes.
    pub fn start(to: SocketAddr) -> Self {
        Self::with(to, None)
    }

    /// Forwards everything, both ways, in writes of 1 to 7 bytes, whose sizes follow from the seed.
    pub fn in_small_writes(to: SocketAddr, seed: u64) -> Self {
        Self::with(to, Some(seed))
    }

    fn with(to: SocketAddr, small: Option<u64>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let wire = Arc::new(Wire {
            to,
            small,
            ends: Mutex::new(Some(Vec::new())),
            writes: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        });
        let shared = Arc::clone(&wire);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                shared.connect(client);
            }
        });
        Self { address, wire }
    }

    /// Ends every connection and takes no new one, as if a cable was pulled out and both ends noticed.
    pub fn cut(&self) {
        let ends = self.wire.ends.lock().expect("no one panics with it").take();
        for end in ends.into_iter().flatten() {
            // It may have ended by itself.
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Takes connections again.
    pub fn mend(&self) {
        let mut ends = self.wire.ends.lock().expect("no one panics with it");
        ends.get_or_insert_with(Vec::new);
    }

    /// Bytes forwarded, and writes that it took.
    pub fn carried(&self) -> (u64, u64) {
        let Wire { bytes, writes, .. } = &*self.wire;
        (bytes.load(Ordering::SeqCst), writes.load(Ordering::SeqCst))
    }
}

impl Wire {
    /// Forwards for one client. Where that can't be, its connection ends at once.
    fn connect(self: &Arc<Self>, client: TcpStream) {
        let mut ends = self.ends.lock().expect("no one panics with it");
        let (Some(ends), Ok(server)) = (ends.as_mut(), TcpStream::connect(self.to)) else {
            return;
        };
        for (from, to, way) in [(&client, &server, 0), (&server, &client, 1)] {
            let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else {
                return;
            };
            let wire = Arc::clone(self);
            thread::spawn(move || {
                let mut sizes = wire.small.map(|seed| fastrand::Rng::with_seed(seed + way));
                wire.forward(&from, &to, sizes.as_mut());
                // Either may be gone already.
                let _ = to.shutdown(Shutdown::Write);
            });
        }
        ends.extend([client, server]);
    }

    fn forward(
        &self,
        mut from: &TcpStream,
        mut to: &TcpStream,
        mut sizes: Option<&mut fastrand::Rng>,
    ) {
        // Otherwise the system puts small writes together again.
        to.set_nodelay(true).expect("TCP on loopback");
        let mut buffer = [0; 64 * 1024];
        while let Ok(got @ 1..) = from.read(&mut buffer) {
            let mut rest = &buffer[..got];
            while !rest.is_empty() {
                let len = match &mut sizes {
                    Some(sizes) => sizes.usize(SMALL).min(rest.len()),
                    None => rest.len(),
                };
                let (piece, later) = rest.split_at(len);
                if to.write_all(piece).is_err() {
                    return;
                }
                self.writes.fetch_add(1, Ordering::SeqCst);
                self.bytes.fetch_add(len as u64, Ordering::SeqCst);
                rest = later;
            }
        }
    }
}
