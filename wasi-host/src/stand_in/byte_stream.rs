//! What carries MQTT: a TCP connection as it is, or whatever is laid over one.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// TLS, WebSocket, or one in the other.
pub(crate) trait MqttCarrier: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> MqttCarrier for S {}

/// Bytes both ways. Plain TCP is by far the most common with thousands of devices, and takes no memory of its own here.
pub(crate) enum ByteStream {
    Tcp(TcpStream),
    Other(Box<dyn MqttCarrier>),
}

impl ByteStream {
    /// A stream that is at its end.
    pub(crate) fn nothing() -> Self {
        Self::Other(Box::new(tokio::io::empty()))
    }

    fn carrier(self: Pin<&mut Self>) -> Pin<&mut dyn MqttCarrier> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream),
            Self::Other(stream) => Pin::new(&mut **stream),
        }
    }
}

impl AsyncRead for ByteStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.carrier().poll_read(cx, into)
    }
}

impl AsyncWrite for ByteStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.carrier().poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.carrier().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.carrier().poll_shutdown(cx)
    }
}
