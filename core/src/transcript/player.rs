//! Plays a recording to a core, and compares what comes out.

use std::collections::VecDeque;

use super::mask::{mask_connects, mask_form};
use super::tap::LOOKED_FOR;
use super::{Core, Entry, Heard, Recording, Said, What};
use crate::time::Instant;

/// Plays entry after entry. What went in is handed in again at its time; what came out then is compared, under
/// the mask, with what comes out now.
#[derive(Debug)]
pub struct Player<C> {
    core: C,
    /// Received and not consumed.
    held: Vec<u8>,
    /// Came out now, and is not compared yet.
    waiting: VecDeque<Said>,
    now: Instant,
    /// The entry before came out.
    compares: bool,
}

/// The first thing that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When.
    pub at: Instant,
    /// What is recorded; none where nothing more came out then.
    pub recorded: Option<Said>,
    /// What came out now; none where nothing more does.
    pub replayed: Option<Said>,
}

/// Why playing stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// Not as it was recorded.
    Different(Box<Difference>),
    /// The core can't go on.
    Failed(E),
}

impl<C: Core> Player<C> {
    /// Plays to this core, which has heard nothing yet.
    pub fn new(core: C) -> Self {
        Self {
            core,
            held: Vec::new(),
            waiting: VecDeque::new(),
            now: Instant::default(),
            compares: false,
        }
    }

    /// Plays the next entry.
    ///
    /// # Errors
    /// The first difference; nothing is to be played after that. Or the core has failed.
    pub fn play(&mut self, entry: &Entry) -> Result<(), Fault<C::Error>> {
        match &entry.what {
            What::Heard(heard) => {
                if self.compares {
                    self.nothing_is_left()?;
                }
                self.compares = false;
                self.now = entry.at;
                self.hand_in(heard).map_err(Fault::Failed)
            }
            What::Said(recorded) => {
                self.compares = true;
                let recorded = masked(recorded.clone());
                let replayed = self.waiting.pop_front();
                match replayed.map(|replayed| under_mask(&recorded, replayed)) {
                    Some(replayed) if replayed == recorded => Ok(()),
                    replayed => Err(different(self.now, Some(recorded), replayed)),
                }
            }
            What::End => self.nothing_is_left(),
        }
    }

    /// How much has come out that is not compared yet: where a recording was cut off, that is what was cut.
    #[must_use]
    pub fn left(&self) -> usize {
        self.waiting.len()
    }

    fn write_waiting(&mut self, text: &mut String) {
        let at = self.now;
        for said in self.waiting.drain(..) {
            let what = What::Said(said);
            Entry { at, what }.write(text);
        }
    }

    fn nothing_is_left(&mut self) -> Result<(), Fault<C::Error>> {
        match self.waiting.pop_front() {
            None => Ok(()),
            replayed => Err(different(self.now, None, replayed)),
        }
    }

    fn hand_in(&mut self, heard: &Heard) -> Result<(), C::Error> {
        if let Heard::Received { anew, bytes } = heard {
            if *anew {
                self.held.clear();
            }
            self.held.extend_from_slice(bytes);
        }
        let mut said = Vec::new();
        self.core.hand_in(self.now, heard, &self.held, &mut said)?;
        for said in &said {
            if let Said::Consumed { consumed, .. } = said {
                self.held.drain(..(*consumed).min(self.held.len()));
            }
        }
        self.waiting.extend(said.into_iter().map(masked));
        Ok(())
    }
}

/// Hands in what a recording holds, and records what comes out now instead of what came out then: the same
/// text where nothing has changed. This is how recordings that are kept for tests are renewed.
///
/// # Errors
/// The core has failed.
pub fn record_again<C: Core>(recording: &Recording, core: C) -> Result<String, C::Error> {
    let mut text = String::new();
    recording.header.write(&mut text);
    let mut player = Player::new(core);
    for entry in &recording.entries {
        match &entry.what {
            What::Said(_) => player.compares = true,
            What::Heard(heard) => {
                // What was handed in together stays together.
                if player.compares || entry.at != player.now {
                    player.write_waiting(&mut text);
                }
                player.compares = false;
                player.now = entry.at;
                entry.write(&mut text);
                player.hand_in(heard)?;
            }
            What::End => {
                player.write_waiting(&mut text);
                entry.write(&mut text);
            }
        }
    }
    player.write_waiting(&mut text);
    Ok(text)
}

fn different<E>(at: Instant, recorded: Option<Said>, replayed: Option<Said>) -> Fault<E> {
    Fault::Different(Box::new(Difference {
        at,
        recorded,
        replayed,
    }))
}

/// The stars of what was recorded, over what came out now: a secret may have been a word that a device says of
/// itself too.
fn under_mask(recorded: &Said, replayed: Said) -> Said {
    let mut texts = VecDeque::new();
    let _ = recorded.clone().map_texts(&mut |text| {
        texts.push_back(text);
        Vec::new()
    });
    replayed.map_texts(&mut |mut text| {
        if let Some(recorded) = texts.pop_front() {
            cover(&recorded, &mut text);
        }
        text
    })
}

/// Writes every row of stars in `mask` that may be a secret over the same place of `text`.
fn cover(mask: &[u8], text: &mut [u8]) {
    if mask.len() != text.len() || mask == text {
        return;
    }
    let mut at = 0;
    for row in mask.chunk_by(|one, next| (*one == b'*') == (*next == b'*')) {
        let end = at + row.len();
        if row.first() == Some(&b'*')
            && row.len() >= LOOKED_FOR
            && let Some(place) = text.get_mut(at..end)
        {
            place.fill(b'*');
        }
        at = end;
    }
}

/// Stars in place of a password and of a signature.
fn masked(said: Said) -> Said {
    match said {
        Said::Transmit(mut bytes) => {
            let _ = mask_connects(&mut bytes, &mut |_| {});
            Said::Transmit(bytes)
        }
        Said::SendHttp { url, body } => {
            let body = mask_form(&body, &mut |_| {});
            Said::SendHttp { url, body }
        }
        other => other,
    }
}
