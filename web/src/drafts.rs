//! What is kept of publishing: drafts that were saved by name, and what was published last.
//!
//! The page keeps it in the browser's local storage as one JSON text. Nothing here touches a storage.

use serde::{Deserialize, Serialize};

use crate::lang::Lang;
use crate::payload::typed::Notation;

/// What is published: what is typed, not yet the bytes that are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The topic.
    pub topic: String,
    /// 0 or 1.
    pub qos: u8,
    /// How the payload is typed.
    pub codec: Notation,
    /// The payload, as typed.
    pub payload: String,
    /// Every so many ms again; none for once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_ms: Option<u32>,
}

/// A publication under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name: unlike any other's.
    pub name: String,
    /// What it is.
    pub publication: Publication,
}

/// Drafts and history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    /// By name, in the order in which they were saved first.
    drafts: Vec<Draft>,
    /// The newest first.
    history: Vec<Publication>,
}

/// The form in storage. A later form gets another number.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    drafts: Vec<Draft>,
    history: Vec<Publication>,
}

const VERSION: u32 = 1;

/// Why a draft is not kept, or a store cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftFault {
    /// A draft needs a name.
    NoName,
    /// A name longer than [`Drafts::LONGEST_NAME`].
    LongName {
        /// Its characters.
        characters: usize,
    },
    /// There are [`Drafts::MOST`] already.
    TooMany,
    /// All drafts together would take more than [`Drafts::BYTES`].
    TooLarge {
        /// How much they would take, in bytes.
        bytes: usize,
    },
    /// Something published would take drafts and history over [`Drafts::BYTES`].
    NotRemembered {
        /// How much it would be with the drafts, in bytes.
        bytes: usize,
    },
    /// The store is not what this console writes.
    Damaged {
        /// The line.
        line: usize,
        /// The character in it.
        column: usize,
    },
    /// The store is of another version of this console.
    Version {
        /// Which.
        found: u32,
    },
}

impl Drafts {
    /// Publications remembered.
    pub const REMEMBERED: usize = 50;
    /// Drafts kept.
    pub const MOST: usize = 200;
    /// Characters of a name.
    pub const LONGEST_NAME: usize = 80;
    /// All of it takes no more of the storage than this, in bytes: browsers give a page some millions of
    /// characters in all.
    pub const BYTES: usize = 512 * 1024;

    /// The drafts.
    #[must_use]
    pub fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    /// What was published, the newest first.
    #[must_use]
    pub fn history(&self) -> &[Publication] {
        &self.history
    }

    /// Saves a draft; one of the same name is replaced. History gives way where room is short.
    ///
    /// # Errors
    /// Name, number or size breaks its bound; then nothing has changed.
    pub fn save(&mut self, draft: Draft) -> Result<(), DraftFault> {
        let name = draft.name.trim();
        let characters = name.chars().count();
        if name.is_empty() {
            return Err(DraftFault::NoName);
        }
        if characters > Self::LONGEST_NAME {
            return Err(DraftFault::LongName { characters });
        }
        let draft = Draft {
            name: name.to_owned(),
            publication: draft.publication,
        };
        let mut drafts = self.drafts.clone();
        if let Some(known) = drafts.iter_mut().find(|known| known.name == draft.name) {
            *known = draft;
        } else if drafts.len() < Self::MOST {
            drafts.push(draft);
        } else {
            return Err(DraftFault::TooMany);
        }
        let bytes = FRAME + drafts.iter().map(size).sum::<usize>();
        if bytes > Self::BYTES {
            return Err(DraftFault::TooLarge { bytes });
        }
        self.drafts = drafts;
        self.fit();
        Ok(())
    }

    /// Deletes a draft, if there is one of that name.
    pub fn delete(&mut self, name: &str) {
        self.drafts.retain(|draft| draft.name != name);
    }

    /// Remembers what was published; the same again moves to the front.
    ///
    /// # Errors
    /// It is too large to be remembered beside the drafts; then nothing has changed.
    pub fn remember(&mut self, publication: Publication) -> Result<(), DraftFault> {
        let bytes = self.drafts.iter().map(size).sum::<usize>() + FRAME + size(&publication);
        if bytes > Self::BYTES {
            return Err(DraftFault::NotRemembered { bytes });
        }
        self.history.retain(|known| *known != publication);
        self.history.insert(0, publication);
        self.history.truncate(Self::REMEMBERED);
        self.fit();
        Ok(())
    }

    /// Forgets what was published.
    pub fn forget(&mut self) {
        self.history.clear();
    }

    /// The text for the storage, at most [`BYTES`](Self::BYTES) long.
    #[must_use]
    pub fn write(&self) -> String {
        let stored = Stored {
            version: VERSION,
            drafts: self.drafts.clone(),
            history: self.history.clone(),
        };
        // Plain data with names for keys always has a form in JSON.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Reads a text of the storage.
    ///
    /// # Errors
    /// It is not what [`write`](Self::write) makes.
    pub fn read(text: &str) -> Result<Self, DraftFault> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let damaged = |error: serde_json::Error| DraftFault::Damaged {
            line: error.line(),
            column: error.column(),
        };
        let Version { version } = serde_json::from_slice(text.as_bytes()).map_err(damaged)?;
        if version != VERSION {
            return Err(DraftFault::Version { found: version });
        }
        let stored: Stored = serde_json::from_slice(text.as_bytes()).map_err(damaged)?;
        let mut drafts = Self::default();
        for draft in stored.drafts {
            // What somebody has put there by hand keeps to the same bounds.
            drafts.save(draft)?;
        }
        for publication in stored.history.into_iter().take(Self::REMEMBERED).rev() {
            drafts.remember(publication)?;
        }
        Ok(drafts)
    }

    /// The oldest of the history makes room.
    fn fit(&mut self) {
        let mut left = Self::BYTES.saturating_sub(FRAME);
        left = left.saturating_sub(self.drafts.iter().map(size).sum());
        let fitting = self.history.iter().take_while(|publication| {
            let size = size(publication);
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        });
        let fitting = fitting.count();
        self.history.truncate(fitting);
    }
}

/// The brackets, keys and the version.
const FRAME: usize = 64;

/// In the storage, with a comma.
fn size(entry: &impl Serialize) -> usize {
    serde_json::to_string(entry).map_or(0, |text| text.len() + 1)
}

impl DraftFault {
    /// What is wrong, and what to do, in a sentence.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let (longest, most, most_kb) = (Drafts::LONGEST_NAME, Drafts::MOST, Drafts::BYTES / 1024);
        match (lang, self) {
            (Lang::En, Self::NoName) => "a draft needs a name".into(),
            (Lang::Zh, Self::NoName) => "草稿需要一个名称".into(),
            (Lang::En, Self::LongName { characters }) => {
                format!("the name has {characters} characters, {longest} are allowed")
            }
            (Lang::Zh, Self::LongName { characters }) => {
                format!("名称有 {characters} 个字符，最多 {longest} 个")
            }
            (Lang::En, Self::TooMany) => {
                format!("there are {most} drafts already: delete one first")
            }
            (Lang::Zh, Self::TooMany) => format!("草稿已有 {most} 个：请先删除一个"),
            (Lang::En, Self::TooLarge { bytes }) => {
                format!(
                    "all drafts together would take {} KB, {most_kb} KB are allowed: delete one, or save a smaller payload",
                    bytes.div_ceil(1024)
                )
            }
            (Lang::Zh, Self::TooLarge { bytes }) => {
                format!(
                    "全部草稿将占用 {} KB，上限为 {most_kb} KB：请删除一个，或保存较小的消息内容",
                    bytes.div_ceil(1024)
                )
            }
            (Lang::En, Self::NotRemembered { .. }) => {
                "this payload is too large for the history; it was published all the same".into()
            }
            (Lang::Zh, Self::NotRemembered { .. }) => {
                "消息内容过大，未记入历史；发布不受影响".into()
            }
            (Lang::En, Self::Damaged { line, column }) => {
                format!("the saved drafts could not be read (line {line}, character {column})")
            }
            (Lang::Zh, Self::Damaged { line, column }) => {
                format!("保存的草稿无法读取（第 {line} 行第 {column} 个字符）")
            }
            (Lang::En, Self::Version { found }) => {
                format!(
                    "the saved drafts are of another version of this console ({found}; this one reads {VERSION})"
                )
            }
            (Lang::Zh, Self::Version { found }) => {
                format!("保存的草稿来自另一版本的调试台（{found}；当前只能读取 {VERSION}）")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication(payload: &str) -> Publication {
        Publication {
            topic: "/pk/dn/data".into(),
            qos: 1,
            payload: payload.into(),
            ..Publication::default()
        }
    }

    fn draft(name: &str, payload: &str) -> Draft {
        Draft {
            name: name.into(),
            publication: publication(payload),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut drafts = Drafts::default();
        let mut one = draft("温度", "{\"t\":\"21.5 °C\"}\n");
        one.publication.codec = Notation::Json;
        one.publication.repeat_ms = Some(250);
        drafts.save(one).expect("kept");
        drafts.save(draft("b", "")).expect("kept");
        for payload in ["1", "2"] {
            drafts.remember(publication(payload)).expect("small");
        }
        assert_eq!(Drafts::read(&drafts.write()), Ok(drafts));
    }

    #[test]
    fn the_form_in_storage_stays_readable() {
        let text = r#"{"version":1,"drafts":[{"name":"a","publication":{"topic":"t","qos":0,"codec":"hex","payload":"00","repeat_ms":10}}],"history":[]}"#;
        let drafts = Drafts::read(text).expect("the first form");
        assert_eq!(drafts.drafts()[0].publication.codec, Notation::Hex);
        assert_eq!(drafts.write(), text);
    }

    #[test]
    fn the_history_holds_fifty_newest_first_and_nothing_twice() {
        let mut drafts = Drafts::default();
        for n in 0..60 {
            drafts.remember(publication(&n.to_string())).expect("small");
        }
        drafts.remember(publication("30")).expect("small");
        let payloads: Vec<_> = drafts
            .history()
            .iter()
            .map(|p| p.payload.as_str())
            .collect();
        assert_eq!(payloads.len(), 50);
        assert_eq!(payloads[..3], ["30", "59", "58"]);
        assert_eq!(
            payloads.iter().filter(|payload| **payload == "30").count(),
            1
        );
    }

    #[test]
    fn a_draft_of_the_same_name_is_replaced() {
        let mut drafts = Drafts::default();
        drafts.save(draft("a", "1")).expect("kept");
        drafts.save(draft(" a ", "2")).expect("kept");
        assert_eq!(drafts.drafts(), [draft("a", "2")]);
        drafts.delete("a");
        drafts.delete("a");
        assert!(drafts.drafts().is_empty());
    }

    #[test]
    fn a_draft_that_breaks_a_bound_is_refused_and_nothing_changes() {
        let mut drafts = Drafts::default();
        assert_eq!(drafts.save(draft(" ", "")), Err(DraftFault::NoName));
        let long = drafts.save(draft(&"长".repeat(81), ""));
        assert_eq!(long, Err(DraftFault::LongName { characters: 81 }));
        for n in 0..Drafts::MOST {
            drafts.save(draft(&n.to_string(), "")).expect("kept");
        }
        assert_eq!(drafts.save(draft("one more", "")), Err(DraftFault::TooMany));
        drafts.save(draft("7", "changed")).expect("no new one");
        let before = drafts.clone();
        let large = drafts.save(draft("8", &"x".repeat(Drafts::BYTES)));
        assert!(
            matches!(large, Err(DraftFault::TooLarge { .. })),
            "{large:?}"
        );
        assert_eq!(drafts, before);
    }

    #[test]
    fn the_store_stays_within_its_bound_and_drafts_outlive_history() {
        let mut drafts = Drafts::default();
        let large = |letter: &str| letter.repeat(100 * 1024);
        for letter in ["a", "b", "c", "d", "e", "f", "g"] {
            drafts
                .remember(publication(&large(letter)))
                .expect("it fits");
        }
        assert_eq!(drafts.history().len(), 5);
        for letter in ["h", "i", "j"] {
            drafts.save(draft(letter, &large(letter))).expect("kept");
        }
        assert_eq!(drafts.history().len(), 2);
        assert!(drafts.write().len() <= Drafts::BYTES);
        let too_large = drafts.remember(publication(&"\n".repeat(Drafts::BYTES)));
        assert!(matches!(too_large, Err(DraftFault::NotRemembered { .. })));
        assert_eq!(drafts.history().len(), 2, "nothing made room for it");
        assert!(drafts.write().len() <= Drafts::BYTES);
        assert_eq!(drafts.drafts().len(), 3);
    }

    #[test]
    fn a_damaged_store_is_an_error_and_no_panic() {
        let whole = {
            let mut drafts = Drafts::default();
            drafts.save(draft("温", "x\"y")).expect("kept");
            drafts.remember(publication("z")).expect("small");
            drafts.write()
        };
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let fault = Drafts::read(&whole[..end]).expect_err("cut");
            assert!(matches!(fault, DraftFault::Damaged { .. }), "{fault:?}");
        }
        for text in [
            "null",
            "[]",
            "{\"version\":1}",
            "<html>",
            "{\"version\":\"1\"}",
        ] {
            let fault = Drafts::read(text).expect_err(text);
            assert!(matches!(fault, DraftFault::Damaged { .. }), "{fault:?}");
        }
        let newer = Drafts::read("{\"version\":2,\"folders\":[]}");
        assert_eq!(newer, Err(DraftFault::Version { found: 2 }));
    }
}
