//! Which packets are listed: a filter, and the packets that pass it, kept up to date as others come and go.

use tern_core::topic::TopicFilter;
use tern_core::wire::{Packet, PacketType, Sender, read};

use super::listing::Listing;
use super::log::{Log, Logged};
use super::needle::Needle;
use super::{peek, rows};
use crate::protocol::timeline::Filter;
use crate::protocol::{Direction, Rows, Span};

/// The packets that pass a filter. Without one nothing is kept: then it is all of them.
#[derive(Debug, Default)]
pub(super) struct Filtered {
    filter: Filter,
    /// Where there is a filter: what it asks, and what passes.
    some: Option<(Test, Listing)>,
}

impl Filtered {
    /// Uses another filter, if it is another.
    pub(super) fn set(&mut self, filter: &Filter, log: &Log) {
        if self.filter == *filter {
            return;
        }
        self.filter = filter.clone();
        self.some = (!filter.is_open()).then(|| {
            let test = Test::new(filter);
            let passing = log.iter().filter(|(_, packet)| test.passes(packet));
            let listing = Listing::of(passing.map(|(index, _)| index));
            (test, listing)
        });
    }

    /// Forgets the packets, not the filter.
    pub(super) fn clear(&mut self) {
        if let Some((_, listing)) = &mut self.some {
            *listing = Listing::default();
        }
    }

    /// A packet was put into the log.
    pub(super) fn push(&mut self, index: u64, packet: &Logged<'_>) {
        if let Some((test, listing)) = &mut self.some
            && test.passes(packet)
        {
            listing.push(index);
        }
    }

    /// A packet leaves the log.
    pub(super) fn evict(&mut self, index: u64) {
        if let Some((_, listing)) = &mut self.some {
            listing.evict(index);
        }
    }

    /// The rows of a span, of the packets before `until`; and how many pass from there on.
    pub(super) fn rows(
        &self,
        log: &Log,
        span: Span,
        until: u64,
        attached: &mut Vec<u8>,
    ) -> (Rows, u64) {
        if let Some((_, listing)) = &self.some {
            return listing.rows(log, span, until, attached);
        }
        let end = until.clamp(log.evicted(), log.end());
        let seen = span.within(log.evicted()..end);
        let rows = Rows {
            evicted: log.evicted(),
            held: end - log.evicted(),
            first: seen.start,
            rows: rows::rows(log, seen, attached),
        };
        (rows, log.end() - end)
    }
}

/// A filter made ready.
#[derive(Debug)]
struct Test {
    kinds: u16,
    direction: Option<Direction>,
    topic: Option<TopicTest>,
    text: Option<Needle>,
}

/// What is asked of a topic.
#[derive(Debug)]
enum TopicTest {
    Filter(TopicFilter),
    Part(Needle),
}

impl Test {
    fn new(filter: &Filter) -> Self {
        let topic = (!filter.topic.is_empty()).then(|| {
            let is_wild = filter.topic.contains(['+', '#']);
            match TopicFilter::new(&filter.topic) {
                Ok(wanted) if is_wild => TopicTest::Filter(wanted),
                // While a filter is being typed, its parts are what it is.
                _ => TopicTest::Part(Needle::new(&filter.topic)),
            }
        });
        Self {
            kinds: filter.kinds,
            direction: filter.direction,
            topic,
            text: (!filter.text.is_empty()).then(|| Needle::new(&filter.text)),
        }
    }

    fn passes(&self, packet: &Logged<'_>) -> bool {
        let note = &packet.note;
        self.kinds & (1 << (note.kind & 15)) != 0
            && self.direction.is_none_or(|wanted| wanted == note.direction)
            && self
                .topic
                .as_ref()
                .is_none_or(|wanted| wanted.passes(packet))
            && self
                .text
                .as_ref()
                .is_none_or(|text| text.is_in(packet.bytes))
    }
}

impl TopicTest {
    fn passes(&self, packet: &Logged<'_>) -> bool {
        if PacketType::from_first_byte(packet.note.kind << 4) == Some(PacketType::Publish) {
            return match self {
                Self::Part(part) => {
                    peek::topic_bytes(packet.bytes).is_some_and(|topic| part.is_in(topic))
                }
                Self::Filter(_) => peek::topic(packet.bytes).is_some_and(|topic| self.takes(topic)),
            };
        }
        let sender = match packet.note.direction {
            Direction::Up => Sender::Client,
            Direction::Down => Sender::Server,
        };
        match read(packet.bytes, sender) {
            Ok(Packet::Subscribe(packet)) => packet.filters.iter().any(|(f, _)| self.takes(f)),
            Ok(Packet::Unsubscribe(packet)) => packet.filters.iter().any(|f| self.takes(f)),
            _ => false,
        }
    }

    fn takes(&self, topic: &str) -> bool {
        match self {
            Self::Part(part) => part.is_in(topic.as_bytes()),
            // A SUBSCRIBE's own filter may be the very one that is looked for.
            Self::Filter(filter) => filter.as_str() == topic || filter.matches(topic),
        }
    }
}
