//! CBOR in its diagnostic notation [RFC 8949, 8], a line for every value.
//!
//! minicbor reads the items; the layout is ours, with a stack of its own: however deep a payload nests,
//! the program's stack stays flat. Several items in a row are a sequence [RFC 8742].

use minicbor::Decoder;
use minicbor::data::Type;

use super::hex::packed;
use super::lay_out::Layout;
use super::quote::quoted;
use crate::lang::Lang;

/// The first place where bytes are no CBOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CborFault {
    /// The byte's offset, from 0.
    pub at: usize,
    /// What is wrong there.
    pub rule: CborRule,
}

/// A rule of RFC 8949 that bytes break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CborRule {
    /// The bytes end inside an item.
    Cut,
    /// An initial byte that is reserved.
    Reserved,
    /// A text string that is not UTF-8.
    NotUtf8,
    /// A break where nothing of indefinite length is open, or where a map's value has to stand.
    Break,
    /// A string of indefinite length may hold definite strings of its own kind only.
    Chunk,
}

/// Diagnostic notation of as many items as can be read, and what stopped the reading.
#[must_use]
pub fn diagnose(bytes: &[u8]) -> (String, Option<CborFault>) {
    let mut printer = Printer {
        decoder: Decoder::new(bytes),
        layout: Layout::with_capacity(bytes.len() * 3),
        open: Vec::new(),
    };
    let fault = printer.print(bytes.len()).err();
    (printer.layout.into_text(), fault)
}

/// Something that is open, and how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Tag,
    /// The items that are still to come; none where a break ends them.
    Array(Option<u64>),
    /// The pairs that are still to come, and whether a value comes next.
    Map(Option<u64>, bool),
    Bytes,
    Text,
}

struct Printer<'a> {
    decoder: Decoder<'a>,
    layout: Layout,
    open: Vec<Open>,
}

impl Printer<'_> {
    fn print(&mut self, len: usize) -> Result<(), CborFault> {
        while self.decoder.position() < len || !self.open.is_empty() {
            let at = self.decoder.position();
            let kind = self.decoder.datatype().map_err(|e| fault(at, &e))?;
            if self.is_longer_than_memory(at) {
                let rule = CborRule::Cut;
                return Err(CborFault { at, rule });
            }
            let is_chunk = match self.open.last() {
                Some(Open::Bytes) => matches!(kind, Type::Bytes | Type::Break),
                Some(Open::Text) => matches!(kind, Type::String | Type::Break),
                _ => true,
            };
            if !is_chunk {
                return Err(CborFault {
                    at,
                    rule: CborRule::Chunk,
                });
            }
            self.item(at, kind)?;
        }
        Ok(())
    }

    /// Whether a string's length is more than this machine can address: its bytes are not there either.
    fn is_longer_than_memory(&self, at: usize) -> bool {
        let item = self.decoder.input().get(at..).unwrap_or_default();
        match item {
            [0x5b | 0x7b, length @ ..] => length
                .first_chunk()
                .is_some_and(|length| usize::try_from(u64::from_be_bytes(*length)).is_err()),
            _ => false,
        }
    }

    fn item(&mut self, at: usize, kind: Type) -> Result<(), CborFault> {
        let read = |e: minicbor::decode::Error| fault(at, &e);
        let decoder = &mut self.decoder;
        match kind {
            Type::Array | Type::ArrayIndef => {
                let items = decoder.array().map_err(read)?;
                self.opens("[", "[_", items, Open::Array(items));
            }
            Type::Map | Type::MapIndef => {
                let pairs = decoder.map().map_err(read)?;
                self.opens("{", "{_", pairs, Open::Map(pairs, false));
            }
            Type::BytesIndef => {
                decoder.set_position(at + 1);
                self.opens("", "(_", None, Open::Bytes);
            }
            Type::StringIndef => {
                decoder.set_position(at + 1);
                self.opens("", "(_", None, Open::Text);
            }
            Type::Tag => {
                let tag = decoder.tag().map_err(read)?.as_u64().to_string();
                self.layout.prefix(&[&tag, "("]);
                self.open.push(Open::Tag);
                return Ok(());
            }
            Type::Break => {
                decoder.set_position(at + 1);
                return self.ends_indefinite(at);
            }
            Type::Unknown(_) => {
                return Err(CborFault {
                    at,
                    rule: CborRule::Reserved,
                });
            }
            _ => {
                let value = scalar(decoder, kind).map_err(read)?;
                self.layout.value(&[&value]);
                self.ended();
            }
        }
        self.end_definite();
        Ok(())
    }

    fn opens(&mut self, definite: &str, indefinite: &str, count: Option<u64>, open: Open) {
        self.layout.open(if count.is_some() {
            definite
        } else {
            indefinite
        });
        self.open.push(open);
    }

    fn ends_indefinite(&mut self, at: usize) -> Result<(), CborFault> {
        let closing = match self.open.last() {
            Some(Open::Array(None)) => "]",
            Some(Open::Map(None, false)) => "}",
            Some(Open::Bytes | Open::Text) => ")",
            _ => {
                return Err(CborFault {
                    at,
                    rule: CborRule::Break,
                });
            }
        };
        self.open.pop();
        self.layout.close(closing);
        self.ended();
        self.end_definite();
        Ok(())
    }

    /// An item is complete: what holds it counts it.
    fn ended(&mut self) {
        while self.open.last() == Some(&Open::Tag) {
            self.open.pop();
            self.layout.suffix(")");
        }
        match self.open.last_mut() {
            Some(Open::Array(Some(items))) => *items -= 1,
            Some(Open::Map(pairs, value_next)) => {
                if *value_next {
                    *pairs = pairs.map(|pairs| pairs - 1);
                } else {
                    self.layout.ends_name();
                }
                *value_next = !*value_next;
            }
            _ => {}
        }
    }

    /// Closes what has all its items.
    fn end_definite(&mut self) {
        loop {
            let closing = match self.open.last() {
                Some(Open::Array(Some(0))) => "]",
                Some(Open::Map(Some(0), false)) => "}",
                _ => return,
            };
            self.open.pop();
            self.layout.close(closing);
            self.ended();
        }
    }
}

fn scalar(decoder: &mut Decoder<'_>, kind: Type) -> Result<String, minicbor::decode::Error> {
    Ok(match kind {
        Type::Bool => decoder.bool()?.to_string(),
        Type::Null => {
            decoder.null()?;
            "null".into()
        }
        Type::Undefined => {
            decoder.undefined()?;
            "undefined".into()
        }
        Type::F16 => {
            let at = decoder.position();
            let Some([high, low]) = decoder.input().get(at + 1..at + 3) else {
                return Err(minicbor::decode::Error::end_of_input());
            };
            let bits = u16::from_be_bytes([*high, *low]);
            decoder.set_position(at + 3);
            float(half(bits), |value| format!("{value:?}"))
        }
        // As many digits as tell it from its neighbours of the same width.
        Type::F32 => float(decoder.f32()?, |value| format!("{value:?}")),
        Type::F64 => float(decoder.f64()?, |value| format!("{value:?}")),
        Type::Simple => format!("simple({})", decoder.simple()?),
        Type::Bytes => format!("h'{}'", packed(decoder.bytes()?)),
        Type::String => quoted(decoder.str()?),
        _ => decoder.int()?.to_string(),
    })
}

/// What Rust writes `inf` is `Infinity` here.
fn float<F: Into<f64> + Copy>(value: F, digits: impl Fn(F) -> String) -> String {
    let wide: f64 = value.into();
    if wide.is_nan() {
        "NaN".into()
    } else if wide.is_infinite() {
        let sign = if wide < 0.0 { "-" } else { "" };
        format!("{sign}Infinity")
    } else {
        digits(value)
    }
}

/// A half-precision number [RFC 8949, appendix D]. Every one of them is exact in single precision.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    sign * match (exponent, fraction) {
        (0, fraction) => fraction * 2_f32.powi(-24),
        (31, 0.0) => f32::INFINITY,
        (31, _) => f32::NAN,
        (exponent, fraction) => (1024.0 + fraction) * 2_f32.powi(exponent - 25),
    }
}

fn fault(at: usize, error: &minicbor::decode::Error) -> CborFault {
    let rule = if error.is_end_of_input() {
        CborRule::Cut
    } else if error.is_type_mismatch() {
        CborRule::Reserved
    } else {
        CborRule::NotUtf8
    };
    CborFault { at, rule }
}

impl CborFault {
    /// What is wrong and where, in a sentence.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let at = self.at;
        let rule = match (lang, self.rule) {
            (Lang::En, CborRule::Cut) => "the bytes end before the item that begins here does",
            (Lang::Zh, CborRule::Cut) => "从这里开始的数据项还不完整，字节就已结束",
            (Lang::En, CborRule::Reserved) => "this byte is reserved and begins no item",
            (Lang::Zh, CborRule::Reserved) => "该字节是保留值，不能开始一个数据项",
            (Lang::En, CborRule::NotUtf8) => "the text string that begins here is not UTF-8",
            (Lang::Zh, CborRule::NotUtf8) => "从这里开始的文本串不是 UTF-8",
            (Lang::En, CborRule::Break) => {
                "a break stands here, where nothing of indefinite length is open or a map's value is missing"
            }
            (Lang::Zh, CborRule::Break) => {
                "此处出现 break，但没有未结束的不定长数据项，或映射缺少一个值"
            }
            (Lang::En, CborRule::Chunk) => {
                "a string of indefinite length holds strings of its own kind and of definite length only"
            }
            (Lang::Zh, CborRule::Chunk) => "不定长的串只能包含同类型、定长的串",
        };
        match lang {
            Lang::En => format!("not CBOR: byte {at}: {rule}"),
            Lang::Zh => format!("不是 CBOR：字节 {at} 处，{rule}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::hex;

    /// On one line.
    fn read(hexadecimal: &str) -> String {
        let bytes = hex::parse(hexadecimal).expect(hexadecimal);
        let (text, fault) = diagnose(&bytes);
        assert_eq!(fault, None, "{hexadecimal}: {text}");
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        lines.join(" ")
    }

    fn broken(hexadecimal: &str) -> (usize, CborRule) {
        let bytes = hex::parse(hexadecimal).expect(hexadecimal);
        let fault = diagnose(&bytes).1.expect(hexadecimal);
        (fault.at, fault.rule)
    }

    #[test]
    fn the_standards_own_examples_read_as_it_says() {
        // RFC 8949, appendix A
        for (bytes, wanted) in [
            ("00", "0"),
            ("1bffffffffffffffff", "18446744073709551615"),
            ("3bffffffffffffffff", "-18446744073709551616"),
            ("3903e7", "-1000"),
            ("f90000", "0.0"),
            ("f98000", "-0.0"),
            ("f93c00", "1.0"),
            ("f90001", "5.9604645e-8"),
            ("f90400", "6.1035156e-5"),
            ("f9c400", "-4.0"),
            ("f97bff", "65504.0"),
            ("f97c00", "Infinity"),
            ("f97e00", "NaN"),
            ("f9fc00", "-Infinity"),
            ("fa47c35000", "100000.0"),
            ("fa7f7fffff", "3.4028235e38"),
            ("fb3ff199999999999a", "1.1"),
            ("fb7ff8000000000000", "NaN"),
            ("f4", "false"),
            ("f7", "undefined"),
            ("f0", "simple(16)"),
            ("f8ff", "simple(255)"),
            ("c11a514b67b0", "1(1363896240)"),
            ("d818456449455446", "24(h'6449455446')"),
            ("40", "h''"),
            ("62225c", r#""\"\\""#),
            ("62c3bc", "\"ü\""),
            ("80", "[]"),
            ("a0", "{}"),
        ] {
            assert_eq!(read(bytes), wanted, "{bytes}");
        }
    }

    #[test]
    fn what_holds_others_gets_a_line_for_each() {
        assert_eq!(read("8301820203820405"), "[ 1, [ 2, 3 ], [ 4, 5 ] ]");
        assert_eq!(read("a26161016162820203"), r#"{ "a": 1, "b": [ 2, 3 ] }"#);
        // A map whose key is an array and whose value is a tagged map.
        assert_eq!(read("a18101c1a10203"), "{ [ 1 ]: 1({ 2: 3 }) }");
        assert_eq!(read("a0a0"), "{}, {}", "a sequence");
    }

    #[test]
    fn indefinite_lengths_are_marked() {
        assert_eq!(read("9f018202039f0405ffff"), "[_ 1, [ 2, 3 ], [_ 4, 5 ] ]");
        assert_eq!(
            read("bf61610161629f0203ffff"),
            r#"{_ "a": 1, "b": [_ 2, 3 ] }"#
        );
        assert_eq!(read("5f42010243030405ff"), "(_ h'0102', h'030405' )");
        assert_eq!(
            read("7f657374726561646d696e67ff"),
            r#"(_ "strea", "ming" )"#
        );
        assert_eq!(read("c19fff"), "1([_])");
        assert_eq!(read("820181bf01f6ff"), "[ 1, [ {_ 1: null } ] ]");
    }

    #[test]
    fn bytes_cut_anywhere_show_what_came_and_where_it_ends() {
        // {"t": 21.5, "raw": h'010203', 1: [_ "a", f16 1.0]}
        let whole = "a36174fb40358000000000006372617743010203019f6161f93c00ff";
        let bytes = hex::parse(whole).expect("hex");
        assert_eq!(diagnose(&bytes).1, None);
        for end in 1..bytes.len() {
            let (text, fault) = diagnose(&bytes[..end]);
            let fault = fault.expect("cut");
            assert_eq!(fault.rule, CborRule::Cut, "at {end}: {text}");
            assert!(fault.at <= end);
        }
        assert!(diagnose(&bytes[..14]).0.contains("\"t\": 21.5"));
    }

    #[test]
    fn every_broken_rule_is_told_apart() {
        assert_eq!(broken("1c"), (0, CborRule::Reserved));
        assert_eq!(broken("81fd"), (1, CborRule::Reserved));
        assert_eq!(broken("ff"), (0, CborRule::Break));
        assert_eq!(broken("8101ff"), (2, CborRule::Break));
        assert_eq!(broken("bf01ff"), (2, CborRule::Break), "a value is missing");
        assert_eq!(
            broken("9fc1ff"),
            (2, CborRule::Break),
            "a tag without its item"
        );
        assert_eq!(broken("62c328"), (0, CborRule::NotUtf8));
        assert_eq!(broken("5f6161ff"), (1, CborRule::Chunk));
        assert_eq!(broken("7f7fffff"), (1, CborRule::Chunk));
        assert_eq!(broken("5bffffffffffffffff00"), (0, CborRule::Cut));
        assert_eq!(broken("9bffffffffffffffff00"), (10, CborRule::Cut));
    }

    #[test]
    fn a_payload_may_nest_as_deep_as_it_is_long() {
        for byte in [0x81, 0x9f, 0xc1, 0xa1] {
            let (text, fault) = diagnose(&vec![byte; 256 * 1024]);
            assert_eq!(fault.expect("cut").rule, CborRule::Cut);
            assert!(text.len() < 128 * 256 * 1024, "{}", text.len());
        }
    }
}
