//! Every device publishes once an interval with QoS 1, all of them spread evenly over it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::{Load, Seen};

/// How long the last acknowledgements may take.
const LAST: Duration = Duration::from_secs(10);

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Pacing {
    /// From one message of a device to its next.
    pub interval: Duration,
    /// How long messages are sent.
    pub lasting: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Paced {
    /// Messages sent.
    pub sent: u64,
    /// Messages that were not acknowledged within ten seconds after the last one.
    pub lost: u64,
    /// From the write to the acknowledgement, in microseconds.
    pub latency: Histogram<u64>,
    /// From the first message until the last acknowledgement.
    pub took: Duration,
}

impl Load {
    /// Sends for a while, then waits for what is still missing. The message must be
    /// [prepared](super::Client::prepare) with QoS 1.
    ///
    /// # Panics
    /// There is no device.
    pub fn pace(&mut self, pacing: Pacing) -> Paced {
        let devices = self.clients.len();
        let step = pacing.interval / u32::try_from(devices).expect("so many devices there are not");
        let mut open: Vec<VecDeque<(u16, Instant)>> = vec![VecDeque::new(); devices];
        let mut latency = Histogram::new(3).expect("three digits are possible");
        let (mut sent, mut acknowledged) = (0_u64, 0_u64);
        let start = Instant::now();
        loop {
            let elapsed = start.elapsed();
            let sending = elapsed < pacing.lasting;
            if !sending && (sent == acknowledged || elapsed > pacing.lasting + LAST) {
                break;
            }
            let due = elapsed.min(pacing.lasting).as_nanos() / step.as_nanos().max(1);
            while u128::from(sent) < due {
                let number = usize::try_from(sent).unwrap_or(usize::MAX) % devices;
                let client = &mut self.clients[number];
                let packet_id = client.publish();
                open[number].push_back((packet_id, Instant::now()));
                client.flush();
                sent += 1;
            }
            let wait = if sending {
                step.max(Duration::from_millis(1))
            } else {
                LAST / 10
            };
            self.turn(Some(wait), |number, seen, _| {
                let Seen::Acknowledged(packet_id) = seen else {
                    return;
                };
                let open = &mut open[number];
                if let Some(at) = open.iter().position(|(id, _)| *id == packet_id)
                    && let Some((_, since)) = open.remove(at)
                {
                    acknowledged += 1;
                    let micros = since.elapsed().as_micros();
                    latency.saturating_record(u64::try_from(micros).unwrap_or(u64::MAX));
                }
            });
        }
        Paced {
            sent,
            lost: sent - acknowledged,
            latency,
            took: start.elapsed(),
        }
    }
}
