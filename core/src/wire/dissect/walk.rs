//! A walk over the fields of a packet that ends, without failing, where the packet can't be read on.

use super::{Field, FieldName, Value};

/// Walks over one packet and names what it passes.
///
/// Once it has stopped nothing more is named, so that a walk can be written as if every packet were whole.
pub(super) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the packet ends, by its remaining length or because the bytes do.
    end: usize,
    /// Whether there are fewer bytes than the remaining length says.
    cut: bool,
    fault: Option<usize>,
    stopped: bool,
}

impl<'a> Walk<'a> {
    /// Starts at the first byte; `fault` is the offset at which reading the packet failed.
    pub(super) const fn new(bytes: &'a [u8], fault: Option<usize>) -> Self {
        Self {
            bytes,
            at: 0,
            end: bytes.len(),
            cut: false,
            fault,
            stopped: false,
        }
    }

    /// The offset of the next byte.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The offset where the packet, or what there is of it, ends.
    pub(super) const fn end(&self) -> usize {
        self.end
    }

    /// Whether the walk ended before the packet did.
    pub(super) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Whether there is more to name.
    pub(super) const fn goes_on(&self) -> bool {
        !self.stopped && self.at < self.end
    }

    /// Names nothing more.
    pub(super) const fn stop(&mut self) {
        self.stopped = true;
    }

    /// Names nothing more if the fault is at this offset.
    pub(super) fn stop_where_the_fault_is_at(&mut self, at: usize) {
        self.stopped |= self.fault == Some(at);
    }

    /// Says where the packet ends by its remaining length.
    pub(super) fn ends_at(&mut self, end: usize) {
        self.cut = end > self.bytes.len();
        self.end = end.min(self.bytes.len());
    }

    /// One byte, whose value and bits `taken_apart` names.
    pub(super) fn byte(
        &mut self,
        fields: &mut Vec<Field>,
        name: FieldName,
        taken_apart: impl FnOnce(u8, usize) -> (Value, Vec<Field>),
    ) -> Option<u8> {
        let at = self.at;
        let byte = self.byte_that_may_be_wrong(fields, name, taken_apart)?;
        self.stop_at_the_fault(at);
        Some(byte)
    }

    /// One byte, after which the walk goes on even where it is the fault.
    pub(super) fn byte_that_may_be_wrong(
        &mut self,
        fields: &mut Vec<Field>,
        name: FieldName,
        taken_apart: impl FnOnce(u8, usize) -> (Value, Vec<Field>),
    ) -> Option<u8> {
        let byte = *self.take(1)?.first()?;
        let at = self.at - 1;
        let (value, bits) = taken_apart(byte, at);
        fields.push(Field::leaf(name, at..self.at, value).with(bits));
        Some(byte)
    }

    /// A number of two bytes.
    pub(super) fn number(
        &mut self,
        fields: &mut Vec<Field>,
        name: FieldName,
        value: impl FnOnce(u16) -> Value,
    ) -> Option<u16> {
        let start = self.at;
        let number = self.two_bytes(fields, name, value)?;
        self.stop_at_the_fault(start);
        Some(number)
    }

    /// Bytes after their two-byte length. What is named last is the bytes, also where some are missing.
    pub(super) fn string(
        &mut self,
        fields: &mut Vec<Field>,
        length: FieldName,
        name: FieldName,
    ) -> Option<&'a str> {
        let start = self.at;
        let len = self.two_bytes(fields, length, |len| Value::Number(len.into()))?;
        let left = self.end - self.at;
        if usize::from(len) > left && (!self.cut || left == 0) {
            self.stop();
            return None;
        }
        let content_at = self.at;
        let content = self.take(len.into()).unwrap_or_default();
        let text = str::from_utf8(content).ok();
        fields.push(Field::leaf(name, content_at..self.at, text_or_bytes(text)));
        self.stop_at_the_fault(start);
        text
    }

    /// All that is left of the packet, up to the fault where there is one.
    pub(super) fn rest(&mut self, fields: &mut Vec<Field>, name: FieldName) {
        if self.stopped {
            return;
        }
        let start = self.at;
        let good = self.fault.map_or(self.end, |fault| fault + 1);
        let content = self.take(good.min(self.end) - start).unwrap_or_default();
        let value = text_or_bytes(str::from_utf8(content).ok());
        fields.push(Field::leaf(name, start..self.at, value));
        self.stop_at_the_fault(start);
    }

    fn two_bytes(
        &mut self,
        fields: &mut Vec<Field>,
        name: FieldName,
        value: impl FnOnce(u16) -> Value,
    ) -> Option<u16> {
        let start = self.at;
        let taken = self.take(2)?;
        let number = match *taken {
            [high, low] => Some(u16::from_be_bytes([high, low])),
            _ => None,
        };
        let value = number.map_or(Value::Bytes, value);
        if !taken.is_empty() {
            fields.push(Field::leaf(name, start..self.at, value));
        }
        number
    }

    /// Up to `len` bytes. Where there are fewer the walk stops behind them.
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        if self.stopped {
            return None;
        }
        let end = (self.at + len).min(self.end);
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        if taken.len() < len {
            self.stop();
        }
        Some(taken)
    }

    /// Stops where the fault is among the bytes taken since `start`.
    fn stop_at_the_fault(&mut self, start: usize) {
        if let Some(fault) = self.fault
            && (start..self.at).contains(&fault)
        {
            self.stop();
        }
    }
}

const fn text_or_bytes(text: Option<&str>) -> Value {
    match text {
        Some(_) => Value::Text,
        None => Value::Bytes,
    }
}
