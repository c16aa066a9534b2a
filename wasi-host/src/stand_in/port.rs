//! One port for everything that speaks MQTT: the first byte tells what comes.
//!
//! | first byte | what it is |
//! |---|---|
//! | `0x10` | a CONNECT: MQTT |
//! | `0x16` | a TLS handshake; inside it the first byte tells once more |
//! | `G` | `GET …`: a WebSocket upgrade |
//!
//! Anything else is closed, with an event that says what was seen.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tern_platform::Arrival;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::byte_stream::{ByteStream, MqttCarrier};
use super::connection::Conversation;
use super::events::SocketEvent;
use super::hub::Hub;
use super::rewound::Rewound;
use super::stop::Stop;
use super::tls_fault::in_words;
use super::websocket::WebSocketBytes;

/// The first byte of a CONNECT.
const MQTT: u8 = 0x10;
/// The first byte of a TLS handshake.
const TLS: u8 = 0x16;
/// The first byte of a `GET`.
const WEBSOCKET: u8 = b'G';

/// How long a newcomer may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the first byte, on the socket and inside TLS.
    pub(crate) first_byte: Duration,
    /// For a TLS or WebSocket handshake.
    pub(crate) handshake: Duration,
}

/// Finds out what a newcomer speaks, and has it served to its end.
pub(crate) async fn welcome(
    hub: Arc<Hub>,
    acceptor: TlsAcceptor,
    patience: Patience,
    stop: Stop,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // Small packets, each waited for: Nagle's algorithm would only hold them back.
    let _ = stream.set_nodelay(true);
    let newcomer = Newcomer {
        patience,
        stop: &stop,
    };
    match newcomer.recognise(acceptor, stream).await {
        // Every conversation that had begun was told to end, and nobody would tell this one.
        Ok(Some(_)) if stop.is_asked() => {}
        // A task of its own, so that all that the first moments need is gone when the long quiet part of a
        // connection's life begins.
        Ok(Some((stream, arrival))) => {
            tokio::spawn(Conversation::begin(hub, stream, arrival, stop));
        }
        Ok(None) => {}
        Err(reason) => hub.emit(SocketEvent::HandshakeFailed {
            port: "mqtt",
            peer,
            reason,
        }),
    }
}

/// A stream that begins with a CONNECT, and how it came in.
type Recognised = (ByteStream, Arrival);

struct Newcomer<'a> {
    patience: Patience,
    stop: &'a Stop,
}

impl Newcomer<'_> {
    /// `None` where nothing came, or where the stand-in ends.
    async fn recognise(
        &self,
        acceptor: TlsAcceptor,
        stream: TcpStream,
    ) -> Result<Option<Recognised>, String> {
        // Looked at, not taken: so most streams need nothing that gives the byte again.
        let look = async {
            let mut first = [0];
            let count = stream.peek(&mut first).await?;
            Ok(first.first().copied().filter(|_| count > 0))
        };
        let Some(first) = self.first_byte(look).await? else {
            return Ok(None);
        };
        if first == MQTT {
            let arrival = Arrival {
                secure: false,
                websocket: false,
            };
            return Ok(Some((ByteStream::Tcp(stream), arrival)));
        }
        // Boxed, so that the handshakes' state is there for those that shake hands.
        Box::pin(self.shake_hands(acceptor, first, stream)).await
    }

    async fn shake_hands(
        &self,
        acceptor: TlsAcceptor,
        first: u8,
        stream: TcpStream,
    ) -> Result<Option<Recognised>, String> {
        if first != TLS {
            return self.mqtt_or_websocket(first, stream, false).await;
        }
        let Some(opened) = self.handshake("TLS", acceptor.accept(stream)).await? else {
            return Ok(None);
        };
        let mut opened = opened.map_err(|error| format!("TLS: {}", in_words(&error)))?;
        let read = async {
            match opened.read_u8().await {
                Ok(first) => Ok(Some(first)),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                Err(error) => Err(error),
            }
        };
        let Some(first) = self.first_byte(read).await? else {
            return Ok(None);
        };
        self.mqtt_or_websocket(first, Rewound::new(vec![first], opened), true)
            .await
    }

    async fn mqtt_or_websocket<S>(
        &self,
        first: u8,
        stream: S,
        secure: bool,
    ) -> Result<Option<Recognised>, String>
    where
        S: MqttCarrier + 'static,
    {
        let websocket = first == WEBSOCKET;
        let arrival = Arrival { secure, websocket };
        if websocket {
            let upgraded = self
                .handshake("WebSocket", WebSocketBytes::accept(stream))
                .await?;
            let upgraded = upgraded.transpose()?;
            Ok(upgraded.map(|stream| (ByteStream::Other(Box::new(stream)), arrival)))
        } else if first == MQTT {
            Ok(Some((ByteStream::Other(Box::new(stream)), arrival)))
        } else {
            Err(not_ours(first, secure))
        }
    }

    /// Waits for the first byte. `None` where the peer closes without one: whoever only looks whether the
    /// port is open does no wrong. `None` too when the stand-in ends.
    async fn first_byte(
        &self,
        read: impl Future<Output = io::Result<Option<u8>>>,
    ) -> Result<Option<u8>, String> {
        let limit = self.patience.first_byte;
        tokio::select! {
            read = timeout(limit, read) => match read {
                Ok(Ok(first)) => Ok(first),
                Ok(Err(error)) => Err(format!("no first byte: {error}")),
                Err(_) => Err(format!("no first byte within {} s", limit.as_secs_f32())),
            },
            () = self.stop.asked() => Ok(None),
        }
    }

    /// Waits for the end of a handshake. `None` when the stand-in ends.
    async fn handshake<T>(
        &self,
        what: &str,
        shake: impl Future<Output = T>,
    ) -> Result<Option<T>, String> {
        let limit = self.patience.handshake;
        tokio::select! {
            result = timeout(limit, shake) => match result {
                Ok(result) => Ok(Some(result)),
                Err(_) => Err(format!("{what}: no end of the handshake within {} s", limit.as_secs_f32())),
            },
            () = self.stop.asked() => Ok(None),
        }
    }
}

fn not_ours(first: u8, secure: bool) -> String {
    let inside = if secure { " inside TLS" } else { "" };
    let guess = match first {
        b'P' | b'H' | b'O' | b'D' => {
            "; an HTTP request? The control and the console have a port of their own"
        }
        TLS => "; TLS inside TLS",
        _ => "",
    };
    format!(
        "first byte{inside} is 0x{first:02x}: expected 0x10 (MQTT CONNECT), 0x16 (TLS) or 0x47 (WebSocket){guess}"
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tern_platform::{Platform, Settings};
    use tokio::net::TcpListener;

    use super::super::ca_files::CaFiles;
    use super::super::certificates::{Certificates, server_config};
    use super::super::events::EventHub;
    use super::super::stop::stop;
    use super::*;

    #[tokio::test]
    async fn nobody_is_served_whose_first_byte_comes_as_the_end_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let files = CaFiles::in_folder(folder.path()).unwrap();
        let certificates = Certificates::open(&files, &[]).unwrap();
        let acceptor = TlsAcceptor::from(server_config(Arc::new(certificates)).unwrap());
        let hub = Arc::new(Hub::new(
            Platform::new(Settings::default(), 1),
            1024 * 1024,
            EventHub::new(None, super::super::EventFilter::All),
        ));
        let patience = Patience {
            first_byte: Duration::from_secs(60),
            handshake: Duration::from_secs(60),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (stopper, stop) = stop();
        stopper.ask();
        let mut peers = Vec::new();
        // Which of two things that have happened is seen first is left to chance.
        for _ in 0..64 {
            let mut peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            peer.write_all(&[MQTT]).unwrap();
            peers.push(peer);
            let (stream, from) = listener.accept().await.unwrap();
            stream.readable().await.unwrap();
            welcome(
                Arc::clone(&hub),
                acceptor.clone(),
                patience,
                stop.clone(),
                stream,
                from,
            )
            .await;
        }
        drop(stop);
        // A conversation would hold it, and wait for the rest of a CONNECT.
        assert_eq!(Arc::strong_count(&hub), 1);
        stopper.all_gone().await;
    }
}
