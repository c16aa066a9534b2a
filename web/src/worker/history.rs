//! Everything that went by: the log, and what is kept up to date beside it so that any part of it can be shown at once.

use tern_core::wire::PacketType;

use super::filter::Filtered;
use super::frames::{Frame, Frames};
use super::inbox::Inbox;
use super::log::{Bounds, Log, Logged, Note};
use super::round_trips::RoundTrips;
use super::series::Series;
use super::topics::Topics;
use super::{peek, rows};
use crate::protocol::{Count, Direction, Kept, messages, timeline};

/// The history of a session.
#[derive(Debug)]
pub(super) struct History {
    log: Log,
    topics: Topics,
    timeline: Filtered,
    inbox: Inbox,
    /// The number that is looked at over time.
    series: Option<Series>,
    round_trips: RoundTrips,
    up: Way,
    down: Way,
}

/// One of the two directions.
#[derive(Debug, Default)]
struct Way {
    frames: Frames,
    count: Count,
}

impl History {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            log: Log::new(bounds),
            topics: Topics::default(),
            timeline: Filtered::default(),
            inbox: Inbox::default(),
            series: None,
            round_trips: RoundTrips::default(),
            up: Way::default(),
            down: Way::default(),
        }
    }

    /// A new connection: its packets answer none of an older one.
    pub(super) fn connection(&mut self) {
        self.round_trips.clear();
        self.up.frames = Frames::default();
        self.down.frames = Frames::default();
    }

    /// A WebSocket message of so many bytes went by.
    pub(super) fn frame(&mut self, direction: Direction, len: usize) {
        self.way(direction).frames.frame(len);
    }

    /// A packet went by; the message that it lay in was told before.
    pub(super) fn packet(&mut self, at_ms: f64, direction: Direction, packet: &[u8]) {
        let kind = packet
            .first()
            .copied()
            .and_then(PacketType::from_first_byte);
        let kind = kind.map_or(0, |kind| kind as u8);
        self.note(at_ms, direction, kind, packet);
    }

    /// Bytes went by that are no packet.
    pub(super) fn malformed(&mut self, at_ms: f64, direction: Direction, bytes: &[u8]) {
        self.note(at_ms, direction, 0, bytes);
    }

    fn note(&mut self, at_ms: f64, direction: Direction, kind: u8, packet: &[u8]) {
        let way = self.way(direction);
        let Frame { number, spread } = way.frames.packet(packet.len());
        way.count.packets += 1;
        way.count.bytes += packet.len() as u64;

        let index = self.log.end();
        let kind_of = PacketType::from_first_byte(kind << 4);
        let packet_id = kind_of.map_or(0, |kind| peek::packet_id(kind, packet));
        let answer = kind_of.and_then(|kind| {
            let trips = &mut self.round_trips;
            trips.see(kind, direction, packet_id, at_ms, index)
        });
        let message = (kind_of == Some(PacketType::Publish) && direction == Direction::Down)
            .then(|| peek::topic(packet))
            .flatten();
        let topic = message.map(|topic| self.topics.push(topic, index));
        let note = Note {
            at_ms,
            direction,
            kind,
            packet_id,
            topic,
            round_trip_ms: answer.map(|answer| answer.after_ms),
            frame: number,
            frames: spread,
        };
        let (topics, timeline, inbox) = (&mut self.topics, &mut self.timeline, &mut self.inbox);
        self.log.push(note, packet, |index, note| {
            timeline.evict(index);
            if let Some(topic) = note.topic {
                topics.evict(topic);
                inbox.evict(index);
            }
        });
        let bytes = packet;
        timeline.push(index, &Logged { note, bytes });
        if let Some(topic) = message {
            inbox.push(index, topic, packet);
        }
        if let Some(answer) = answer {
            self.log.answered(answer.index, answer.after_ms);
        }
    }

    /// Forgets everything, but for what is looked at.
    pub(super) fn clear(&mut self) {
        self.log.clear();
        self.topics = Topics::default();
        self.timeline.clear();
        self.inbox.clear();
        self.series = None;
        self.round_trips.clear();
        (self.up.count, self.down.count) = (Count::default(), Count::default());
    }

    /// Packets and bytes of a direction.
    pub(super) fn count(&self, direction: Direction) -> Count {
        match direction {
            Direction::Up => self.up.count,
            Direction::Down => self.down.count,
        }
    }

    /// Packets held and gone.
    pub(super) fn packets(&self) -> Kept {
        Kept {
            held: self.log.held(),
            evicted: self.log.evicted(),
        }
    }

    /// Received messages held and gone.
    pub(super) fn messages(&self) -> Kept {
        self.inbox.kept()
    }

    /// What the timeline shows.
    pub(super) fn timeline(
        &mut self,
        watch: &timeline::Watch,
        attached: &mut Vec<u8>,
    ) -> timeline::View {
        self.timeline.set(&watch.filter, &self.log);
        let (rows, behind) = self.timeline.rows(
            &self.log,
            watch.span,
            watch.until.unwrap_or(u64::MAX),
            attached,
        );
        timeline::View {
            rows,
            end: self.log.end(),
            behind,
            chosen: watch
                .chosen
                .and_then(|index| rows::chosen(&self.log, index, attached)),
        }
    }

    /// What the messages' place shows.
    pub(super) fn inbox(
        &mut self,
        watch: &messages::Watch,
        attached: &mut Vec<u8>,
    ) -> messages::View {
        let before = watch.chosen.filter(|_| watch.compare).and_then(|index| {
            let topic = self.log.get(index)?.note.topic?;
            self.topics.before(topic, index)
        });
        if self.series.as_ref().map(Series::of) != watch.chart.as_ref() {
            self.series = watch.chart.as_ref().map(Series::new);
        }
        let series = self.series.as_mut();
        let mut whole = |index| rows::chosen(&self.log, index, attached);
        let (chosen, before) = (watch.chosen.and_then(&mut whole), before.and_then(whole));
        messages::View {
            rows: self.inbox.rows(watch, &self.log, &self.topics, attached),
            chosen,
            before,
            series: series.map(|series| series.read(&self.log, &self.topics)),
            topics: self.topics.shown(&watch.closed, watch.topics),
        }
    }

    fn way(&mut self, direction: Direction) -> &mut Way {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}
