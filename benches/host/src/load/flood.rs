//! Every device publishes as fast as a window lets it, to a topic that it has subscribed to itself.

use std::time::{Duration, Instant};

use tern_core::wire::QoS;

use super::{Load, Seen};

/// As fast as it goes.
#[derive(Clone, Copy, Debug)]
pub struct Flood {
    /// Of both ways.
    pub qos: QoS,
    /// Messages of each device.
    pub messages: u64,
    /// How many a device may have under way: sent, and not come back (with QoS 1: and not acknowledged).
    pub window: u64,
}

#[derive(Clone, Copy, Default)]
struct Progress {
    sent: u64,
    acknowledged: u64,
    came: u64,
}

impl Load {
    /// Sends and receives all messages; answers how long it took. The message must be
    /// [prepared](super::Client::prepare).
    pub fn flood(&mut self, flood: Flood) -> Duration {
        let start = Instant::now();
        let mut progress = vec![Progress::default(); self.clients.len()];
        for (client, of) in self.clients.iter_mut().zip(&mut progress) {
            while of.sent < flood.messages.min(flood.window) {
                of.sent += 1;
                client.publish();
            }
            client.flush();
        }
        let mut busy = self.clients.len();
        while busy > 0 {
            self.turn(None, |number, seen, client| {
                let Some(of) = progress.get_mut(number) else {
                    return;
                };
                match seen {
                    Seen::Acknowledged(_) => of.acknowledged += 1,
                    Seen::Message => of.came += 1,
                    Seen::Connected | Seen::Subscribed => return,
                }
                let done = match flood.qos {
                    QoS::AtMostOnce => of.came,
                    _ => of.came.min(of.acknowledged),
                };
                while of.sent < flood.messages && of.sent < done + flood.window {
                    of.sent += 1;
                    client.publish();
                }
                // Nothing comes after it, so this is reached once.
                busy -= usize::from(done == flood.messages);
            });
        }
        start.elapsed()
    }
}
