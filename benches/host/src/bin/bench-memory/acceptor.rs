//! The peer: takes every connection and answers CONNECT, PUBLISH with QoS 1 and PINGREQ. It trusts whoever connects:
//! it is there for the benchmark alone. It ends with its stdin.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const LISTENER: Token = Token(usize::MAX);

pub(crate) fn run() -> io::Result<Infallible> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("{}", listener.local_addr()?.port());
    std::thread::spawn(|| {
        // Nothing is ever written there.
        let _ = io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let mut peers: Vec<TcpStream> = Vec::new();
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            match event.token() {
                LISTENER => {
                    while let Ok((mut peer, _)) = listener.accept() {
                        let token = Token(peers.len());
                        poll.registry()
                            .register(&mut peer, token, Interest::READABLE)?;
                        peers.push(peer);
                    }
                }
                Token(number) => {
                    if let Some(peer) = peers.get_mut(number) {
                        serve(peer, &mut buffer);
                    }
                }
            }
        }
    }
}

/// Answers what has come: whole packets, since none here is larger than what a socket takes at once.
fn serve(peer: &mut TcpStream, buffer: &mut [u8]) {
    while let Ok(length @ 1..) = peer.read(buffer) {
        let mut rest = buffer.get(..length).unwrap_or_default();
        let mut answers = Vec::new();
        while let [kind, ..] = rest {
            let Some((packet, others)) = split(rest) else {
                break;
            };
            match kind >> 4 {
                1 => answers.extend([0x20, 2, 0, 0]),
                3 => answers.extend(puback(packet)),
                12 => answers.extend([0xD0, 0]),
                _ => {}
            }
            rest = others;
        }
        if peer.write_all(&answers).is_err() {
            return;
        }
    }
}

/// The body of the first packet, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0;
    for (place, byte) in bytes.get(1..)?.iter().take(4).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return bytes.get(place + 2..)?.split_at_checked(length);
        }
    }
    None
}

fn puback(body: &[u8]) -> Vec<u8> {
    let topic = match body {
        [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    let id = body.get(2 + topic..4 + topic).unwrap_or(&[0, 1]);
    [&[0x40, 2], id].concat()
}
