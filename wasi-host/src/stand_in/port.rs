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
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::connection::carry;
use super::events::SocketEvent;
use super::hub::Hub;
use super::replay::Replay;
use super::stop::Stop;
use super::tls_fault::in_words;
use super::websocket::WebSocketBytes;

/// How long a newcomer may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the first byte, on the socket and inside TLS.
    pub(crate) first_byte: Duration,
    /// For a TLS or WebSocket handshake.
    pub(crate) handshake: Duration,
}

/// Finds out what a newcomer speaks and serves it to its end.
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
        Ok(Some((stream, arrival))) => carry(&hub, stream, arrival, &stop).await,
        Ok(None) => {}
        Err(reason) => hub.emit(SocketEvent::HandshakeFailed {
            port: "mqtt",
            peer,
            reason,
        }),
    }
}

/// What carries MQTT, whatever is below it.
trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> ByteStream for S {}

/// A stream that begins with a CONNECT, and how it came in.
type Recognised = (Box<dyn ByteStream>, Arrival);

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
        let Some(begun) = self.first_byte(stream).await? else {
            return Ok(None);
        };
        // Boxed, so that the handshakes' state is not there before the first byte, and gone when the long
        // quiet part of a connection's life begins.
        Box::pin(self.shake_hands(acceptor, begun)).await
    }

    async fn shake_hands(
        &self,
        acceptor: TlsAcceptor,
        FirstByte { first, stream }: FirstByte<TcpStream>,
    ) -> Result<Option<Recognised>, String> {
        if first != 0x16 {
            return self.mqtt_or_websocket(first, stream, false).await;
        }
        let Some(opened) = self.handshake("TLS", acceptor.accept(stream)).await? else {
            return Ok(None);
        };
        let opened = opened.map_err(|error| format!("TLS: {}", in_words(&error)))?;
        let Some(FirstByte { first, stream }) = self.first_byte(opened).await? else {
            return Ok(None);
        };
        self.mqtt_or_websocket(first, stream, true).await
    }

    async fn mqtt_or_websocket<S>(
        &self,
        first: u8,
        stream: S,
        secure: bool,
    ) -> Result<Option<Recognised>, String>
    where
        S: ByteStream + 'static,
    {
        let websocket = first == b'G';
        let arrival = Arrival { secure, websocket };
        if websocket {
            let upgraded = self
                .handshake("WebSocket", WebSocketBytes::accept(stream))
                .await?;
            let upgraded = upgraded.transpose()?;
            Ok(upgraded.map(|stream| (Box::new(stream) as Box<dyn ByteStream>, arrival)))
        } else if first == 0x10 {
            Ok(Some((Box::new(stream), arrival)))
        } else {
            Err(not_ours(first, secure))
        }
    }

    /// Waits for the first byte. `None` where the peer closes without one: whoever only looks whether the
    /// port is open does no wrong. `None` too when the stand-in ends.
    async fn first_byte<S: AsyncRead + Unpin>(
        &self,
        mut stream: S,
    ) -> Result<Option<FirstByte<S>>, String> {
        let limit = self.patience.first_byte;
        tokio::select! {
            read = timeout(limit, stream.read_u8()) => match read {
                Ok(Ok(first)) => Ok(Some(FirstByte { first, stream: Replay::new(vec![first], stream) })),
                Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
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
        0x16 => "; TLS inside TLS",
        _ => "",
    };
    format!(
        "first byte{inside} is 0x{first:02x}: expected 0x10 (MQTT CONNECT), 0x16 (TLS) or 0x47 (WebSocket){guess}"
    )
}

/// A stream whose first byte has been looked at.
struct FirstByte<S> {
    first: u8,
    stream: Replay<S>,
}
