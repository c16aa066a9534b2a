//! A stream whose first bytes have been read to find out what it is, and are given again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that begins with bytes read before.
pub(crate) struct Rewound<S> {
    read: Vec<u8>,
    given: usize,
    stream: S,
}

impl<S> Rewound<S> {
    pub(crate) fn new(read: Vec<u8>, stream: S) -> Self {
        Self {
            read,
            given: 0,
            stream,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewound<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.read.get(self.given..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, into);
        }
        let count = left.len().min(into.remaining());
        into.put_slice(&left[..count]); // in range: the smaller of both
        self.given += count;
        if self.given == self.read.len() {
            self.read = Vec::new();
            self.given = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewound<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
