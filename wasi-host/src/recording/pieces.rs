//! A stream of MQTT packets, cut into segments.
//!
//! No cut goes through a packet's fixed header: Wireshark's dissector reads the remaining length from what is there,
//! and loses its way where the rest of it comes with the next segment (seen with version 4.0).

/// Cuts one side's stream.
pub(super) struct Pieces {
    /// Bytes in one piece, at most.
    max: usize,
    /// Bytes of the current packet that are still to come; none where the stream is no MQTT.
    left: Option<usize>,
    /// The beginning of a fixed header that is not whole.
    header: Vec<u8>,
}

impl Pieces {
    /// `max` is at least 5, the longest fixed header.
    pub(super) const fn new(max: usize) -> Self {
        Self {
            max,
            left: Some(0),
            header: Vec::new(),
        }
    }

    /// Cuts what comes next. Up to 4 bytes wait for more.
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut data = std::mem::take(&mut self.header);
        data.extend_from_slice(bytes);
        let (mut pieces, mut piece) = (Vec::new(), Vec::new());
        let mut rest = &data[..];
        while !rest.is_empty() {
            // What must not be cut, and what may be.
            let (whole, left) = match self.left {
                Some(0) => match fixed_header(rest) {
                    FixedHeader::Whole { len, remaining } => (len, Some(remaining)),
                    FixedHeader::Cut => {
                        self.header = rest.to_vec();
                        break;
                    }
                    FixedHeader::None => (0, None),
                },
                left => (0, left),
            };
            if piece.len() + whole > self.max || piece.len() == self.max {
                pieces.push(std::mem::take(&mut piece));
                continue;
            }
            let room = self.max - piece.len() - whole;
            let more = left.unwrap_or(usize::MAX).min(room);
            let (taken, behind) = rest.split_at((whole + more).min(rest.len()));
            piece.extend_from_slice(taken);
            self.left = left.map(|left| left - (taken.len() - whole));
            rest = behind;
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        pieces
    }

    /// What waits, for where nothing more comes.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.header)
    }
}

/// What stands at a packet's border.
enum FixedHeader {
    /// A whole fixed header, and the length that it tells, both in bytes.
    Whole { len: usize, remaining: usize },
    /// The beginning of one.
    Cut,
    /// None that there can be.
    None,
}

fn fixed_header(bytes: &[u8]) -> FixedHeader {
    let mut remaining = 0;
    for index in 1..=4 {
        let Some(&byte) = bytes.get(index) else {
            return FixedHeader::Cut;
        };
        remaining |= usize::from(byte & 0x7F) << (7 * (index - 1));
        if byte & 0x80 == 0 {
            let len = index + 1;
            return FixedHeader::Whole { len, remaining };
        }
    }
    FixedHeader::None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets of 2 to 300 bytes.
    fn packets() -> Vec<Vec<u8>> {
        let packet = |len: usize| {
            let header = match len {
                0..=0x7F => vec![0x30, len as u8],
                _ => vec![0x30, len as u8 | 0x80, (len >> 7) as u8],
            };
            [&header[..], &vec![b'x'; len]].concat()
        };
        (0..300).map(packet).collect()
    }

    #[test]
    fn nothing_is_lost_and_no_cut_goes_through_a_header() {
        let (packets, mut rng) = (packets(), fastrand::Rng::with_seed(1));
        let stream = packets.concat();
        for max in [5, 7, 100, 1_460] {
            let (mut pieces, mut cut) = (Pieces::new(max), Vec::new());
            let mut rest = &stream[..];
            while !rest.is_empty() {
                let len = rng.usize(1..=rest.len().min(400));
                let (now, behind) = rest.split_at(len);
                cut.extend(pieces.cut(now));
                rest = behind;
            }
            assert!(pieces.rest().is_empty());
            assert_eq!(cut.concat(), stream);
            let borders: Vec<usize> = packets
                .iter()
                .scan(0, |at, packet| {
                    *at += packet.len();
                    Some(*at)
                })
                .collect();
            let mut at = 0;
            for piece in &cut {
                assert!(!piece.is_empty() && piece.len() <= max);
                at += piece.len();
                // The two or three bytes behind a border are a header.
                let last = borders.iter().rev().find(|border| **border <= at);
                let behind = at - last.copied().unwrap_or(0);
                let next = stream.get(at - behind + 1).copied().unwrap_or(0);
                let header = if next & 0x80 == 0 { 2 } else { 3 };
                assert!(behind == 0 || behind >= header, "{max}: {behind}");
            }
        }
    }

    #[test]
    fn what_is_no_mqtt_is_cut_anywhere() {
        let mut pieces = Pieces::new(10);
        let stream = [0xFF; 25];
        let cut: Vec<usize> = pieces.cut(&stream).iter().map(Vec::len).collect();
        assert_eq!(cut, [10, 10, 5]);
    }

    #[test]
    fn the_beginning_of_a_header_waits_for_its_rest() {
        let mut pieces = Pieces::new(1_460);
        assert_eq!(pieces.cut(&[0xD0]), Vec::<Vec<u8>>::new());
        assert_eq!(pieces.cut(&[0x00, 0x30, 0x80]), [vec![0xD0, 0x00]]);
        assert_eq!(pieces.rest(), [0x30, 0x80]);
    }
}
