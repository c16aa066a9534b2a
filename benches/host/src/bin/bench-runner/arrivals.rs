//! What has really arrived: the broker's own count of the PUBLISHes that it received.
//!
//! A program that ends with 0 need not have published everything: mosquitto_pub 2.0.11 loses 65,536 of 100,000 lines.

use std::net::SocketAddr;
use std::time::Duration;

use rumqttc::{Client, Connection, Event, MqttOptions, Packet, QoS};

/// Where mosquitto tells its count, at most once a second, and only when it has changed.
const COUNT: &str = "$SYS/broker/publish/messages/received";
/// What is published here comes back here, so that what comes behind it was counted with it.
const MARK: &str = "bench/arrivals";

/// A client that watches the count.
pub(crate) struct Arrivals {
    client: Client,
    connection: Connection,
    /// The count when it last stood still, its own marks included.
    last: u64,
}

impl Arrivals {
    /// Begins to count.
    pub(crate) fn watch(broker: SocketAddr) -> Self {
        let mut options = MqttOptions::new("arrivals", broker.ip().to_string(), broker.port());
        // Longer than any run, in which nobody drives this connection.
        options.set_keep_alive(Duration::from_secs(3600));
        let (client, connection) = Client::new(options, 10);
        for topic in [MARK, COUNT] {
            client
                .subscribe(topic, QoS::AtMostOnce)
                .expect("the connection takes requests");
        }
        let mut watch = Self {
            client,
            connection,
            last: 0,
        };
        watch.stood_still();
        watch
    }

    /// Waits until nothing more arrives, and answers how many messages have arrived since the last time.
    pub(crate) fn since(&mut self) -> u64 {
        let before = self.last;
        let marks = self.stood_still();
        self.last - before - marks
    }

    /// Waits until the count stands still, and answers how many marks that took.
    fn stood_still(&mut self) -> u64 {
        let mut marks = 1;
        let mut last = self.marked();
        loop {
            marks += 1;
            let now = self.marked();
            if now == last + 1 {
                self.last = now;
                return marks;
            }
            last = now;
        }
    }

    /// Publishes a mark, and answers the first count that it is in.
    fn marked(&mut self) -> u64 {
        self.client
            .publish(MARK, QoS::AtMostOnce, false, "")
            .expect("the connection takes requests");
        let mut is_back = false;
        for event in self.connection.iter() {
            match event.expect("the broker keeps the connection") {
                Event::Incoming(Packet::Publish(message)) if message.topic == MARK => {
                    is_back = true;
                }
                Event::Incoming(Packet::Publish(message)) if is_back => {
                    let text = std::str::from_utf8(&message.payload).expect("a number");
                    return text.parse().expect("a number");
                }
                _ => {}
            }
        }
        unreachable!("the connection's events end with an error")
    }
}
