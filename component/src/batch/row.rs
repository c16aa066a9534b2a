//! Reading words and the bytes they point to, trusting neither.

use core::ops::Range;

use tern_core::wire::PacketId;

/// A row that does not follow the layout: a fault of the side that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("record at word {at}: {rule}")]
pub struct BadRow {
    /// Where the record's fault is, in words from the start.
    pub at: usize,
    /// What is expected there.
    pub rule: &'static str,
}

/// The rule of a range.
const LIES_WITHIN: &str = "start and end lie within the bytes, in this order";

/// Walks over a row of words.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    rest: &'a [u32],
    len: usize,
}

impl<'a> Row<'a> {
    pub(super) const fn new(words: &'a [u32]) -> Self {
        Self {
            rest: words,
            len: words.len(),
        }
    }

    pub(super) const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Skips whatever is left.
    pub(super) const fn stop(&mut self) {
        self.rest = &[];
    }

    pub(super) const fn bad(&self, rule: &'static str) -> BadRow {
        BadRow {
            at: (self.len - self.rest.len()).saturating_sub(1),
            rule,
        }
    }

    /// The next words, of which there must be so many: one check for all of them.
    #[inline]
    pub(super) fn words<const N: usize>(&mut self) -> Result<[u32; N], BadRow> {
        let Some((&words, rest)) = self.rest.split_first_chunk() else {
            return Err(BadRow {
                at: self.len,
                rule: "the record is cut off",
            });
        };
        self.rest = rest;
        Ok(words)
    }

    pub(super) fn word(&mut self) -> Result<u32, BadRow> {
        let [word] = self.words()?;
        Ok(word)
    }

    pub(super) fn long(&mut self) -> Result<u64, BadRow> {
        let [low, high] = self.words()?;
        Ok(u64::from(high) << 32 | u64::from(low))
    }

    /// A packet identifier; 0 stands for none.
    pub(super) fn packet_id(&mut self) -> Result<Option<PacketId>, BadRow> {
        let number = u16::try_from(self.word()?);
        let number = number.map_err(|_| self.bad("a packet identifier is 0 to 65535"))?;
        Ok(PacketId::new(number))
    }

    pub(super) fn offset(&mut self) -> Result<usize, BadRow> {
        Ok(self.word()? as usize)
    }

    /// A range of two words that lies within `bytes`.
    pub(super) fn range(&mut self, bytes: &[u8]) -> Result<Range<usize>, BadRow> {
        let [start, end] = self.words()?;
        let range = start as usize..end as usize;
        match bytes.get(range.clone()) {
            Some(_) => Ok(range),
            None => Err(self.bad(LIES_WITHIN)),
        }
    }

    pub(super) fn slice<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], BadRow> {
        let [start, end] = self.words()?;
        bytes
            .get(start as usize..end as usize)
            .ok_or_else(|| self.bad(LIES_WITHIN))
    }

    pub(super) fn text<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b str, BadRow> {
        let slice = self.slice(bytes)?;
        core::str::from_utf8(slice).map_err(|_| self.bad("the bytes are UTF-8"))
    }

    /// Two slices that touch, of three words: start, border, end.
    pub(super) fn two_slices<'b>(
        &mut self,
        bytes: &'b [u8],
    ) -> Result<(&'b [u8], &'b [u8]), BadRow> {
        let [start, border, end] = self.words()?.map(|offset| offset as usize);
        match (bytes.get(start..border), bytes.get(border..end)) {
            (Some(first), Some(second)) => Ok((first, second)),
            _ => Err(self.bad("start, border and end lie within the bytes, in this order")),
        }
    }

    pub(super) fn two_texts<'b>(&mut self, bytes: &'b [u8]) -> Result<(&'b str, &'b str), BadRow> {
        let (first, second) = self.two_slices(bytes)?;
        match (core::str::from_utf8(first), core::str::from_utf8(second)) {
            (Ok(first), Ok(second)) => Ok((first, second)),
            _ => Err(self.bad("the bytes are UTF-8")),
        }
    }
}
