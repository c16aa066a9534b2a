//! Profiles: forms under a name, as local storage keeps them and as files carry them elsewhere.
//!
//! `{"tern_profiles": 1, "profiles": [{"name": "…", "product_key": "…", …}]}`. A profile holds every
//! [`Part`] of the form; the secret stands in it as `device_secret` only where the person said so for this
//! profile. Unknown fields are passed over and missing ones stand as in an empty form, so files of older
//! and newer versions are read; what cannot be read is said with its place, and changes nothing.

use std::fmt;

use serde_json::{Map, Value};

use crate::form::Form;
use crate::setup::{MAX_VALUE, Part, Setup, ValueError};

/// The version of the file that is written here.
pub const VERSION: u64 = 1;
/// The longest file that is read, in bytes: more than the most profiles can have, each character escaped.
pub const MAX_FILE: usize = 8 * 1024 * 1024;
/// The most profiles.
pub const MAX_PROFILES: usize = 200;
/// The longest name, in characters.
pub const MAX_NAME: usize = 64;

const VERSION_KEY: &str = "tern_profiles";
const LIST_KEY: &str = "profiles";
const NAME_KEY: &str = "name";
const SECRET_KEY: &str = "device_secret";

/// A form under a name.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    /// All but the secret.
    pub setup: Setup,
    /// The secret, where the person asked to keep it too.
    pub secret: Option<String>,
}

/// Profiles in the order in which they were saved; no two have the same name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles(Vec<Profile>);

/// Why profiles can't be read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// More than a file of profiles can be.
    #[error(
        "the file has {bytes} bytes, and at most {MAX_FILE} are read: it is probably no file of profiles; choose one that this console exported"
    )]
    FileTooLarge {
        /// How many.
        bytes: usize,
    },
    /// No JSON text.
    #[error(
        "the file is not JSON: reading stopped at line {line}, column {column}; choose a file that this console exported, or mend it there"
    )]
    NotJson {
        /// From 1.
        line: usize,
        /// In bytes, from 1; 0 at the very beginning of a line.
        column: usize,
    },
    /// JSON, and no profiles.
    #[error(
        "the file holds no profiles: {VERSION_KEY} is {found}, and must be {VERSION}; choose a file that this console exported"
    )]
    NoProfiles {
        /// What stands there instead.
        found: String,
    },
    /// A value that is not what must stand there.
    #[error("{place} {rule}; mend it there, then read the file again")]
    BadValue {
        /// Its path, such as `profiles[2].name`.
        place: String,
        /// What it must be.
        rule: String,
    },
    /// No name.
    #[error("a profile needs a name: type one of 1 to {MAX_NAME} characters")]
    NameEmpty,
    /// A name that no list can show.
    #[error(
        "the name has {characters} characters, or one that cannot be shown: a profile's name has 1 to {MAX_NAME} visible ones"
    )]
    NameBad {
        /// How many.
        characters: usize,
    },
    /// A part that is longer than its rule will ever allow.
    #[error("{part} {error}: mend the field, then save the profile")]
    PartTooLong {
        /// Its name.
        part: &'static str,
        /// How long it is.
        error: ValueError,
    },
    /// As many profiles as there can be.
    #[error("there are {MAX_PROFILES} profiles already: delete one that you no longer need")]
    TooMany,
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// How many profiles are new.
    pub added: usize,
    /// How many of them got another name, since theirs was taken by a different profile.
    pub renamed: usize,
    /// How many were there already, the same in every part.
    pub known: usize,
}

impl Profile {
    /// A profile of a form.
    ///
    /// # Errors
    /// A name that breaks its rule, or a value that is too long to keep.
    pub fn new(name: &str, form: &Form, keep_secret: bool) -> Result<Self, ProfileError> {
        let name = checked_name(name)?;
        let setup = Setup::from(form);
        let secret = keep_secret.then(|| form.device_secret.clone());
        let mut lengths: Vec<_> = setup
            .values()
            .map(|(part, value)| (part.name, value.len()))
            .collect();
        lengths.push((SECRET_KEY, secret.as_ref().map_or(0, String::len)));
        if let Some((part, len)) = lengths.into_iter().find(|(_, len)| *len > MAX_VALUE) {
            let error = ValueError::TooLong { len };
            return Err(ProfileError::PartTooLong { part, error });
        }
        Ok(Self {
            name,
            setup,
            secret,
        })
    }

    /// Its name: 1 to [`MAX_NAME`] characters, none of them a control character.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The form with what was kept; the secret is empty where it was not.
    #[must_use]
    pub fn form(&self) -> Form {
        let secret = self.secret.clone().unwrap_or_default();
        self.setup.clone().with_secret(secret)
    }
}

/// Never prints the secret.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("setup", &self.setup)
            .field("keeps_secret", &self.secret.is_some())
            .finish()
    }
}

impl Profiles {
    /// All of them, in the order in which they were saved.
    #[must_use]
    pub fn all(&self) -> &[Profile] {
        &self.0
    }

    /// The one with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.0.iter().find(|profile| profile.name == name)
    }

    /// Puts a profile in the place of the one with its name, or behind the others.
    ///
    /// # Errors
    /// [`ProfileError::TooMany`].
    pub fn save(&mut self, profile: Profile) -> Result<(), ProfileError> {
        let room = self.0.len() < MAX_PROFILES;
        match self.0.iter_mut().find(|known| known.name == profile.name) {
            Some(known) => *known = profile,
            None if room => self.0.push(profile),
            None => return Err(ProfileError::TooMany),
        }
        Ok(())
    }

    /// Forgets the profile with this name, if there is one.
    pub fn delete(&mut self, name: &str) {
        self.0.retain(|profile| profile.name != name);
    }

    /// Takes in profiles from elsewhere. None that is here is changed: a different one of the same name
    /// gets a number behind its name.
    ///
    /// # Errors
    /// [`ProfileError::TooMany`]; then nothing was taken in.
    pub fn import(&mut self, others: Self) -> Result<Imported, ProfileError> {
        let mut all = self.clone();
        let mut done = Imported {
            added: 0,
            renamed: 0,
            known: 0,
        };
        for mut profile in others.0 {
            if all.0.contains(&profile) {
                done.known += 1;
                continue;
            }
            if all.get(&profile.name).is_some() {
                profile.name = all.free_name(&profile.name);
                done.renamed += 1;
            }
            all.save(profile)?;
            done.added += 1;
        }
        *self = all;
        Ok(done)
    }

    /// How many of them hold a secret.
    #[must_use]
    pub fn with_secret(&self) -> usize {
        let with = self.0.iter().filter(|profile| profile.secret.is_some());
        with.count()
    }

    /// Reads the text of a file or of storage.
    ///
    /// # Errors
    /// What is wrong, and where. Nothing of such a file is taken.
    pub fn read(text: &str) -> Result<Self, ProfileError> {
        if text.len() > MAX_FILE {
            return Err(ProfileError::FileTooLarge { bytes: text.len() });
        }
        let top: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
                ProfileError::NotJson {
                    line: error.line(),
                    column: error.column(),
                }
            })?;
        let version = top.get(VERSION_KEY);
        if version.and_then(Value::as_u64) != Some(VERSION) {
            let found = version.map_or_else(|| "not there".to_owned(), kind_of);
            return Err(ProfileError::NoProfiles { found });
        }
        let list = match top.get(LIST_KEY) {
            Some(Value::Array(list)) => list.as_slice(),
            None => &[],
            Some(other) => return Err(bad(LIST_KEY.into(), other, "a list")),
        };
        let mut profiles = Self::default();
        for (number, value) in list.iter().enumerate() {
            let place = format!("{LIST_KEY}[{number}]");
            let Value::Object(object) = value else {
                return Err(bad(place, value, "an object"));
            };
            let profile = read_profile(&place, object)?;
            if profiles.get(&profile.name).is_some() {
                return Err(ProfileError::BadValue {
                    place: format!("{place}.{NAME_KEY}"),
                    rule: format!("is {:?}, which another profile has too", profile.name),
                });
            }
            profiles.save(profile)?;
        }
        Ok(profiles)
    }

    /// The text of a file, and of storage. Secrets stand in it where a profile keeps one.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = format!("{{\n  \"{VERSION_KEY}\": {VERSION},\n  \"{LIST_KEY}\": [");
        for (number, profile) in self.0.iter().enumerate() {
            text.push_str(if number == 0 { "\n    {" } else { ",\n    {" });
            push_pair(&mut text, NAME_KEY, &profile.name);
            for (part, value) in profile.setup.values() {
                text.push(',');
                push_pair(&mut text, part.name, value);
            }
            if let Some(secret) = &profile.secret {
                text.push(',');
                push_pair(&mut text, SECRET_KEY, secret);
            }
            text.push_str("\n    }");
        }
        text.push_str(if self.0.is_empty() {
            "]\n}\n"
        } else {
            "\n  ]\n}\n"
        });
        text
    }

    fn free_name(&self, name: &str) -> String {
        let with_number = |number: usize| {
            let end = format!(" ({number})");
            let room = MAX_NAME - end.chars().count();
            let kept: String = name.chars().take(room).collect();
            kept + &end
        };
        // Among one more name than there are profiles, one is free.
        let mut names = (2..=self.0.len() + 2).map(with_number);
        names
            .find(|name| self.get(name).is_none())
            .unwrap_or_else(|| with_number(self.0.len() + 2))
    }
}

fn read_profile(place: &str, object: &Map<String, Value>) -> Result<Profile, ProfileError> {
    let at = |key: &str| format!("{place}.{key}");
    let name = match object.get(NAME_KEY) {
        Some(Value::String(name)) => checked_name(name).map_err(|_| ProfileError::BadValue {
            place: at(NAME_KEY),
            rule: format!("must have 1 to {MAX_NAME} visible characters"),
        })?,
        Some(other) => return Err(bad(at(NAME_KEY), other, "a text")),
        None => {
            return Err(ProfileError::BadValue {
                place: at(NAME_KEY),
                rule: "is missing".into(),
            });
        }
    };
    let mut setup = Setup::default();
    for part in Part::ALL {
        let Some(value) = object.get(part.name) else {
            continue;
        };
        let text = match value {
            Value::String(text) => text.clone(),
            // Written by hand, numbers and booleans may well stand without quotes.
            Value::Number(number) => number.to_string(),
            Value::Bool(on) => on.to_string(),
            other => return Err(bad(at(part.name), other, "a text")),
        };
        setup
            .put(part, &text)
            .map_err(|error| ProfileError::BadValue {
                place: at(part.name),
                rule: error.to_string(),
            })?;
    }
    let secret = match object.get(SECRET_KEY) {
        None | Some(Value::Null) => None,
        Some(Value::String(secret)) if secret.len() <= MAX_VALUE => Some(secret.clone()),
        Some(Value::String(_)) => {
            return Err(ProfileError::BadValue {
                place: at(SECRET_KEY),
                rule: format!("is too long: at most {MAX_VALUE} bytes are taken"),
            });
        }
        Some(other) => return Err(bad(at(SECRET_KEY), other, "a text")),
    };
    Ok(Profile {
        name,
        setup,
        secret,
    })
}

fn checked_name(name: &str) -> Result<String, ProfileError> {
    let name = name.trim();
    let characters = name.chars().count();
    if characters == 0 {
        return Err(ProfileError::NameEmpty);
    }
    if characters > MAX_NAME || name.chars().any(char::is_control) {
        return Err(ProfileError::NameBad { characters });
    }
    Ok(name.to_owned())
}

/// Says what kind of value stands there, never which: it may be a secret.
fn bad(place: String, found: &Value, wanted: &str) -> ProfileError {
    ProfileError::BadValue {
        place,
        rule: format!("is {}, and must be {wanted}", kind_of(found)),
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "true or false".into(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "a text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}

fn push_pair(text: &mut String, key: &str, value: &str) {
    text.push_str("\n      \"");
    text.push_str(key);
    text.push_str("\": ");
    text.push_str(&Value::from(value).to_string());
}

#[cfg(test)]
mod tests;
