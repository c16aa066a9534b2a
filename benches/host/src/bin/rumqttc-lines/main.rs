//! What somebody writes with rumqttc who wants lines of stdin published, or messages printed a line each: the peer of
//! `tern pub -l` and `tern sub -C`.
//!
//! `rumqttc-lines pub HOST PORT TOPIC QOS` or `rumqttc-lines sub HOST PORT TOPIC QOS COUNT`
#![forbid(unsafe_code)]

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Sender, channel};

/// Requests between the thread that reads stdin and the connection.
const CAPACITY: usize = 1000;

/// As many as `tern` has under way.
const INFLIGHT: u16 = 100;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["pub", host, port, topic, qos] => publish(options("pub", host, port), topic, level(qos)),
        ["sub", host, port, topic, qos, count] => {
            let count = count.parse().expect("COUNT is a number");
            subscribe(options("sub", host, port), topic, level(qos), count);
        }
        _ => panic!("usage: rumqttc-lines pub|sub HOST PORT TOPIC QOS [COUNT]"),
    }
}

fn options(what: &str, host: &str, port: &str) -> MqttOptions {
    let port = port.parse().expect("PORT is a number");
    let mut options = MqttOptions::new(format!("rumqttc-{what}"), host, port);
    options
        .set_keep_alive(Duration::from_secs(60))
        .set_inflight(INFLIGHT);
    options
}

fn level(qos: &str) -> QoS {
    match qos {
        "0" => QoS::AtMostOnce,
        "1" => QoS::AtLeastOnce,
        _ => panic!("QOS is 0 or 1"),
    }
}

/// Publishes each line of stdin, and ends when all are acknowledged.
///
/// Lines come in bundles from a thread, and requests are made by the task that drives the connection: with rumqttc's
/// `Client` on the reading thread each message costs three times as much.
fn publish(options: MqttOptions, topic: &str, qos: QoS) {
    let (client, mut connection) = AsyncClient::new(options, CAPACITY);
    let (sender, mut bundles) = channel(2);
    thread::spawn(move || read_lines(&sender));
    runtime().block_on(async {
        let mut lines = Vec::new().into_iter();
        let mut has_ended = false;
        let mut says_goodbye = false;
        // In rumqttc's channel, and not acknowledged.
        let (mut requested, mut open) = (0, 0_u64);
        loop {
            while requested < CAPACITY
                && let Some(line) = lines.next()
            {
                let line: Vec<u8> = line;
                client
                    .try_publish(topic, qos, false, line)
                    .expect("the connection stands");
                requested += 1;
                open += 1;
            }
            if has_ended && open == 0 && !says_goodbye {
                says_goodbye = true;
                client.try_disconnect().expect("the connection stands");
            }
            let event = tokio::select! {
                biased;
                bundle = bundles.recv(), if lines.len() == 0 && !has_ended => {
                    match bundle {
                        Some(bundle) => lines = bundle.into_iter(),
                        None => has_ended = true,
                    }
                    continue;
                }
                event = connection.poll() => event.expect("the connection stands"),
            };
            match event {
                Event::Outgoing(Outgoing::Publish(_)) => {
                    requested -= 1;
                    open -= u64::from(qos == QoS::AtMostOnce);
                }
                Event::Incoming(Packet::PubAck(_)) => open -= 1,
                Event::Outgoing(Outgoing::Disconnect) => return,
                _ => {}
            }
        }
    });
}

fn read_lines(sender: &Sender<Vec<Vec<u8>>>) {
    let mut stdin = BufReader::with_capacity(64 * 1024, io::stdin().lock());
    loop {
        let mut bundle = Vec::new();
        // What is there at once goes together.
        while bundle.is_empty() || !stdin.buffer().is_empty() {
            let mut line = Vec::new();
            let got = stdin.read_until(b'\n', &mut line);
            if got.expect("stdin can be read") == 0 {
                break;
            }
            line.pop_if(|last| *last == b'\n');
            bundle.push(line);
        }
        // Nobody takes them where the program has ended.
        if bundle.is_empty() || sender.blocking_send(bundle).is_err() {
            return;
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system gives a poll")
}

/// Prints `count` messages, and writes what it has whenever no other is there.
fn subscribe(options: MqttOptions, topic: &str, qos: QoS, count: u64) {
    let (client, mut connection) = AsyncClient::new(options, CAPACITY);
    runtime().block_on(async {
        client
            .subscribe(topic, qos)
            .await
            .expect("the connection stands");
        let mut stdout = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        let mut left = count;
        while left > 0 {
            if let Event::Incoming(Packet::Publish(message)) =
                next(&mut connection, &mut stdout).await
            {
                stdout
                    .write_all(&message.payload)
                    .and_then(|()| stdout.write_all(b"\n"))
                    .expect("stdout can be written");
                left -= 1;
            }
        }
        stdout.flush().expect("stdout can be written");
        client.disconnect().await.expect("the connection stands");
        while next(&mut connection, &mut stdout).await != Event::Outgoing(Outgoing::Disconnect) {}
    });
}

async fn next(connection: &mut EventLoop, stdout: &mut impl Write) -> Event {
    let event = match connection.poll().now_or_never() {
        Some(event) => event,
        None => {
            stdout.flush().expect("stdout can be written");
            connection.poll().await
        }
    };
    event.expect("the connection stands")
}
