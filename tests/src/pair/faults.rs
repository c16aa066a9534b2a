//! What a test does to the network, the hosts and the platform on purpose, and how the links stand.

use core::time::Duration;

use tern_core::device::{Device, Phase};
use tern_core::time::Instant;
use tern_platform::{ConnectionId, Platform};

use super::{Flight, Network, Pair, Way};

impl Pair {
    /// The device's host does nothing until this much time has passed; what arrives waits for it.
    pub fn stall(&mut self, end: usize, time: Duration) {
        self.ends[end].stalled_until = self.now + time;
    }

    /// When the device's host does something again, if it hangs.
    #[must_use]
    pub fn hangs_until(&self, end: usize) -> Option<Instant> {
        Some(self.ends[end].stalled_until).filter(|&until| until > self.now)
    }

    /// The network swallows from now on what is sent on the device's present link, and neither side is told.
    pub fn cut(&mut self, end: usize) {
        self.cut_way(end, Way::Up);
        self.cut_way(end, Way::Down);
    }

    /// The same in one direction only.
    pub fn cut_way(&mut self, end: usize, way: Way) {
        if let Some(link) = self.present(end).and_then(|link| self.links.get_mut(&link)) {
            match way {
                Way::Up => link.up.vanishes = true,
                Way::Down => link.down.vanishes = true,
            }
        }
    }

    /// What is sent on the device's present link arrives, but not before this much time has passed.
    pub fn hold(&mut self, end: usize, way: Way, time: Duration) {
        let until = self.now + time;
        if let Some(link) = self.present(end).and_then(|link| self.links.get_mut(&link)) {
            match way {
                Way::Up => link.up.stalled_until = until,
                Way::Down => link.down.stalled_until = until,
            }
        }
    }

    /// The network ends the device's present link: what is on its way on it is lost, and both sides are told.
    pub fn reset(&mut self, end: usize) {
        if let Some(link) = self.present(end) {
            self.reset_link(link, "reset by the network");
        }
        self.settle();
    }

    /// The same for each link on which a byte has arrived that was not sent.
    pub fn reset_corrupted(&mut self) {
        let corrupted = self.links.iter().filter(|(_, link)| link.is_corrupted);
        let corrupted: Vec<u64> = corrupted.map(|(&number, _)| number).collect();
        for link in corrupted {
            self.reset_link(link, "reset: its bytes were corrupted");
        }
        self.settle();
    }

    /// The host's process ends, and another begins with `device`. Its link is closed, and that is told to the
    /// platform unless the power went.
    pub fn replace(&mut self, end: usize, device: Device, power_went: bool) {
        if power_went {
            self.cut(end);
        }
        self.let_go(end);
        let end = &mut self.ends[end];
        end.device = device;
        end.life += 1;
        end.deadline = None;
        end.stalled_until = self.now;
        // Answers to the process before are among what waits, and die by their `life`.
        self.settle();
    }

    /// The platform's process ends: every link breaks, and opening one fails for as long as given. It comes
    /// back with what it knew, or as `anew`.
    pub fn restart_platform(&mut self, down_for: Duration, anew: Option<Platform>) {
        let links: Vec<u64> = self.links.keys().copied().collect();
        for link in links {
            self.reset_link(link, "the platform's process ended");
        }
        if let Some(platform) = anew {
            // What it still had to tell goes with it; that its links are broken is seen by the devices.
            self.settle();
            self.platform = platform;
        }
        self.platform_is_down_until = self.now + down_for;
        self.settle();
    }

    /// Another network from now on. What is on its way arrives as it was sent; no stream is doubled any more.
    pub fn set_network(&mut self, network: Box<dyn Network>) {
        self.network = network;
        for link in self.links.values_mut() {
            link.up.stalled_until = self.now;
            link.down.stalled_until = self.now;
            link.double = None;
        }
    }

    /// The platform's process is there from now on, if it was down.
    pub fn end_downtime(&mut self) {
        self.platform_is_down_until = self.now;
    }

    /// When the last of what is on its way arrives; the present moment where nothing is.
    #[must_use]
    pub fn last_arrival(&self) -> Instant {
        let last = self.flights.last_key_value();
        last.map_or(self.now, |(&(at, _), _)| at)
    }

    /// Whether a byte that was not sent has arrived since the last time, or on a link that still stands.
    pub fn is_corrupted(&mut self) -> bool {
        core::mem::take(&mut self.corruption_arrived)
            || self.links.values().any(|link| link.is_corrupted)
    }

    /// Whose connection this is; none where it is over, or where the network has made it.
    #[must_use]
    pub fn end_behind(&self, connection: ConnectionId) -> Option<usize> {
        let mut links = self.links.values();
        links
            .find(|link| link.connection == Some(connection) && !link.is_double)
            .map(|link| link.end)
    }

    /// Whether the device is connected and stays so, over a link that carries both ways.
    #[must_use]
    pub fn is_joined(&self, end: usize) -> bool {
        let link = self.present(end).and_then(|link| self.links.get(&link));
        self.ends[end].device.phase() == Phase::Connected
            && link.is_some_and(|link| {
                link.connection.is_some() && !link.up.vanishes && !link.down.vanishes
            })
    }

    /// The bytes that the device's host holds because the device has not consumed them.
    #[must_use]
    pub fn held(&self, end: usize) -> usize {
        self.ends[end].held.len()
    }

    fn present(&self, end: usize) -> Option<u64> {
        self.ends[end].link
    }

    /// Ends a link: both sides are told after the network's delay.
    fn reset_link(&mut self, number: u64, reason: &str) {
        let Some(link) = self.links.get_mut(&number) else {
            return;
        };
        link.up.vanishes = true;
        link.down.vanishes = true;
        if let Some(connection) = link.connection.take() {
            self.platform.closed(self.now, connection, reason);
        }
        let held = self.end_of(number).is_some();
        // What is on its way on it is lost: its arrival finds no such link.
        self.flights
            .retain(|_, flight| flight.link() != Some(number));
        if held {
            self.send(Flight::DownClosed {
                link: number,
                reason: reason.to_owned(),
                is_broken: true,
            });
        } else {
            self.remove_link(number);
        }
    }
}
