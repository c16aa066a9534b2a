//! The devices file: which triples the stand-in knows.
//!
//! ```toml
//! [[device]]
//! product_key = "a1aq9sQk2JE"
//! device_name = "dev1"
//! device_secret = "…"
//! disabled = false        # optional
//! ```
//!
//! The file is read value by value rather than through derived code, so that every error can say the line,
//! the field and the rule, and so that none of them repeats what stands in a secret's place.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tern_core::identity::{DeviceName, DeviceSecret, IdentityError, ProductKey, Triple};
use tern_platform::Device;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text_line::line_of;

/// The largest devices file that is read, in bytes: about 100,000 devices.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// Why a devices file was not taken. Prints as `FILE:LINE: field: rule; what to do`.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {fault}", path.display(), Place(*line))]
pub struct DevicesFileError {
    /// The file, as it was named.
    pub path: PathBuf,
    /// The line, counted from 1, where one can be told.
    pub line: Option<usize>,
    /// What is wrong there.
    pub fault: DevicesFileFault,
}

/// What is wrong in a devices file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevicesFileFault {
    /// The file can't be read.
    #[error("can't read this file: {0}; check the path given with --devices")]
    Unreadable(std::io::Error),
    /// The file is too large.
    #[error(
        "the file has {0} bytes, more than the {MAX_FILE} allowed; check that it is the right one, or leave devices out"
    )]
    TooLarge(u64),
    /// The file is no TOML.
    #[error("not TOML: {0}")]
    NotToml(String),
    /// No device stands in it.
    #[error("no device: write one [[device]] table for each device")]
    Empty,
    /// `device` is something else than a list of tables.
    #[error("device: it must be written as [[device]], once for each device")]
    NotATable,
    /// A name that means nothing here.
    #[error(
        "{0}: unknown field; a device has product_key, device_name, device_secret and, if you like, disabled"
    )]
    UnknownField(String),
    /// A name at the top of the file that means nothing here.
    #[error("{0}: unknown; the file has [[device]] tables only")]
    UnknownTable(String),
    /// A required field is not there.
    #[error("{0}: missing; a device needs product_key, device_name and device_secret")]
    Missing(&'static str),
    /// A value of another type.
    #[error("{field}: it must be {expected}, not {found}")]
    WrongType {
        /// The field.
        field: &'static str,
        /// What it must be, with its article.
        expected: &'static str,
        /// What it is (the type, never the value).
        found: &'static str,
    },
    /// A value with wrong characters or of a wrong length.
    #[error("{field}: {error}")]
    Bad {
        /// The field.
        field: &'static str,
        /// The rule that is broken.
        error: IdentityError,
    },
    /// The same device twice.
    #[error("device {product_key}/{device_name} stands in line {first} already; each device once")]
    Twice {
        /// The device's product.
        product_key: String,
        /// The device's name.
        device_name: String,
        /// The line of the first.
        first: usize,
    },
}

/// Reads a devices file.
///
/// # Errors
/// The first fault in the file's order, with its line.
pub fn read_devices_file(path: &Path) -> Result<Vec<Device>, DevicesFileError> {
    let fault = |fault| DevicesFileError {
        path: path.to_owned(),
        line: None,
        fault,
    };
    let length = std::fs::metadata(path)
        .map_err(|e| fault(DevicesFileFault::Unreadable(e)))?
        .len();
    if length > MAX_FILE {
        return Err(fault(DevicesFileFault::TooLarge(length)));
    }
    let text = std::fs::read_to_string(path).map_err(|e| fault(DevicesFileFault::Unreadable(e)))?;
    parse(&text).map_err(|(at, fault)| DevicesFileError {
        path: path.to_owned(),
        line: at.map(|offset| line_of(&text, offset)),
        fault,
    })
}

/// A fault with the offset in bytes where it stands.
type Fault = (Option<usize>, DevicesFileFault);

fn parse(text: &str) -> Result<Vec<Device>, Fault> {
    // Only the error's own words are used: its full text repeats the line, and a secret may stand in it.
    let top = DeTable::parse(text).map_err(|e| {
        (
            e.span().map(|span| span.start),
            DevicesFileFault::NotToml(e.message().to_owned()),
        )
    })?;
    let top = top.into_inner();
    if let Some(key) = in_order(&top).find(|key| key.get_ref() != "device") {
        return Err((
            Some(key.span().start),
            DevicesFileFault::UnknownTable(key.get_ref().to_string()),
        ));
    }
    let Some(list) = top.get("device") else {
        return Err((None, DevicesFileFault::Empty));
    };
    let DeValue::Array(tables) = list.get_ref() else {
        return Err((Some(list.span().start), DevicesFileFault::NotATable));
    };

    let mut devices = Vec::with_capacity(tables.len());
    let mut seen = HashMap::with_capacity(tables.len());
    for table in tables.iter() {
        let at = table.span().start;
        let DeValue::Table(fields) = table.get_ref() else {
            return Err((Some(at), DevicesFileFault::NotATable));
        };
        let device = read_device(at, fields)?;
        let name = (
            device.triple.product_key.to_string(),
            device.triple.device_name.to_string(),
        );
        if let Some(first) = seen.insert(name, at) {
            let (product_key, device_name) = (
                device.triple.product_key.to_string(),
                device.triple.device_name.to_string(),
            );
            let first = line_of(text, first);
            return Err((
                Some(at),
                DevicesFileFault::Twice {
                    product_key,
                    device_name,
                    first,
                },
            ));
        }
        devices.push(device);
    }
    if devices.is_empty() {
        return Err((Some(list.span().start), DevicesFileFault::Empty));
    }
    Ok(devices)
}

fn read_device(at: usize, fields: &DeTable<'_>) -> Result<Device, Fault> {
    const KNOWN: [&str; 4] = ["product_key", "device_name", "device_secret", "disabled"];
    if let Some(key) = in_order(fields).find(|key| !KNOWN.contains(&key.get_ref().as_ref())) {
        return Err((
            Some(key.span().start),
            DevicesFileFault::UnknownField(key.get_ref().to_string()),
        ));
    }
    let product_key = read_text(at, fields, "product_key", ProductKey::new)?;
    let device_name = read_text(at, fields, "device_name", DeviceName::new)?;
    let device_secret = read_text(at, fields, "device_secret", DeviceSecret::new)?;
    let disabled = match fields.get("disabled") {
        None => false,
        Some(value) => match value.get_ref() {
            DeValue::Boolean(disabled) => *disabled,
            other => return Err(wrong_type("disabled", "true or false", value.span(), other)),
        },
    };
    Ok(Device {
        triple: Triple {
            product_key,
            device_name,
            device_secret,
        },
        disabled,
    })
}

fn read_text<T>(
    at: usize,
    fields: &DeTable<'_>,
    field: &'static str,
    read: impl FnOnce(&str) -> Result<T, IdentityError>,
) -> Result<T, Fault> {
    let value = fields
        .get(field)
        .ok_or((Some(at), DevicesFileFault::Missing(field)))?;
    let DeValue::String(text) = value.get_ref() else {
        return Err(wrong_type(
            field,
            "a text in quotes",
            value.span(),
            value.get_ref(),
        ));
    };
    read(text).map_err(|error| {
        (
            Some(value.span().start),
            DevicesFileFault::Bad { field, error },
        )
    })
}

fn wrong_type(
    field: &'static str,
    expected: &'static str,
    span: Range<usize>,
    found: &DeValue<'_>,
) -> Fault {
    (
        Some(span.start),
        DevicesFileFault::WrongType {
            field,
            expected,
            found: found.type_str(),
        },
    )
}

/// A table's keys in the order of the file.
fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> impl Iterator<Item = &'t Spanned<toml::de::DeString<'i>>> {
    let mut keys: Vec<_> = table.keys().collect();
    keys.sort_by_key(|key| key.span().start);
    keys.into_iter()
}

struct Place(Option<usize>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[device]]\nproduct_key = \"a1aq9sQk2JE\"\ndevice_name = \"dev1\"\ndevice_secret = \"s3cret\"\n";

    fn refusal(text: &str) -> String {
        let (at, fault) = parse(text).expect_err("this text is wrong");
        format!("{}: {fault}", at.map_or(0, |at| line_of(text, at)))
    }

    #[test]
    fn a_device_is_enabled_unless_the_file_says_otherwise() {
        let devices = parse(&format!(
            "{GOOD}\n{}disabled = true\n",
            GOOD.replace("dev1", "dev2")
        ))
        .expect("both are right");
        assert_eq!(devices.len(), 2);
        assert!(!devices[0].disabled);
        assert!(devices[1].disabled);
        assert_eq!(devices[1].triple.device_name.to_string(), "dev2");
    }

    #[test]
    fn a_missing_field_is_named_with_the_line_of_its_device() {
        let text = format!("{GOOD}\n[[device]]\nproduct_key = \"pk\"\ndevice_name = \"d\"\n");
        assert_eq!(
            refusal(&text),
            "6: device_secret: missing; a device needs product_key, device_name and device_secret"
        );
    }

    #[test]
    fn an_unknown_field_is_named_with_its_line() {
        let text = format!("{GOOD}colour = 1\n");
        assert!(
            refusal(&text).starts_with("5: colour: unknown field"),
            "{}",
            refusal(&text)
        );
    }

    #[test]
    fn a_table_of_another_name_is_refused() {
        let text = format!("{GOOD}[devices]\n");
        assert!(
            refusal(&text).starts_with("5: devices: unknown"),
            "{}",
            refusal(&text)
        );
    }

    #[test]
    fn a_value_of_another_type_is_refused_without_repeating_it() {
        let text = GOOD.replace("\"s3cret\"", "5551234");
        let said = refusal(&text);
        assert_eq!(
            said,
            "4: device_secret: it must be a text in quotes, not integer"
        );
        assert!(
            refusal(&format!("{GOOD}disabled = \"no\""))
                .starts_with("5: disabled: it must be true or false, not string")
        );
    }

    #[test]
    fn a_wrong_character_names_line_field_and_rule() {
        let said = refusal(&GOOD.replace("dev1", "dev|1"));
        assert!(
            said.starts_with("3: device_name: deviceName: character 4"),
            "{said}"
        );
    }

    #[test]
    fn a_secret_with_a_wrong_character_is_not_repeated() {
        let said = refusal(&GOOD.replace("s3cret", "s3c ret"));
        assert!(said.starts_with("4: device_secret:"), "{said}");
        assert!(!said.contains("s3c"), "{said}");
    }

    #[test]
    fn the_same_device_twice_names_both_lines() {
        let said = refusal(&format!("{GOOD}\n{GOOD}"));
        assert_eq!(
            said,
            "6: device a1aq9sQk2JE/dev1 stands in line 1 already; each device once"
        );
    }

    #[test]
    fn a_syntax_error_names_its_line_and_shows_nothing_of_the_text() {
        let said = refusal("[[device]]\ndevice_secret = \"s3cret\nproduct_key = 1\n");
        assert!(said.starts_with("2: not TOML: "), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }

    #[test]
    fn a_file_without_a_device_is_refused() {
        assert!(refusal("# nothing yet\n").contains("no device"));
        assert!(refusal("device = []\n").contains("no device"));
        assert!(refusal("[device]\nproduct_key = \"pk\"\n").contains("[[device]]"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error =
            read_devices_file(Path::new("/nowhere/devices.toml")).expect_err("no such file");
        assert!(
            error
                .to_string()
                .starts_with("/nowhere/devices.toml: can't read this file"),
            "{error}"
        );
    }
}
