//! The search: fewer mistakes before more, and the first that reproduces the password wins.

use std::collections::HashSet;

use super::candidates::{self, Key};
use super::claim::Claim;
use super::recipe::Recipe;
use super::written::{Match, Written};
use super::{Hash, Mistake, Pasted, Verdict, without_secrets};
use crate::sign::{SignMethod, digest, plain_hash};

/// How a digest is made of a content and a key.
#[derive(Clone, Copy)]
enum Way {
    Hmac,
    Swapped,
    Plain(Hash),
}

impl Way {
    const WRONG: [Self; 5] = [
        Self::Swapped,
        Self::Plain(Hash::Content),
        Self::Plain(Hash::ContentSecret),
        Self::Plain(Hash::SecretContent),
        Self::Plain(Hash::SecretContentSecret),
    ];

    fn mistake(self) -> Option<Mistake> {
        match self {
            Self::Hmac => None,
            Self::Swapped => Some(Mistake::KeyAndMessageSwapped),
            Self::Plain(hash) => Some(Mistake::PlainHash(hash)),
        }
    }

    fn digest(self, method: SignMethod, key: &[u8], content: &[u8]) -> Vec<u8> {
        match self {
            Self::Hmac => digest(method, key, content).as_bytes().to_vec(),
            Self::Swapped => digest(method, content, key).as_bytes().to_vec(),
            Self::Plain(Hash::Content) => plain_hash(method, &[content]),
            Self::Plain(Hash::ContentSecret) => plain_hash(method, &[content, key]),
            Self::Plain(Hash::SecretContent) => plain_hash(method, &[key, content]),
            Self::Plain(Hash::SecretContentSecret) => plain_hash(method, &[key, content, key]),
        }
    }
}

/// A content that somebody may have signed, and the mistakes that lead to it.
struct Candidate<'m> {
    mistakes: Vec<&'m Mistake>,
    content: String,
}

/// Finds out what the password is.
pub(super) fn verdict(claim: &Claim, pasted: &Pasted<'_>) -> Verdict {
    let password: String = pasted.password.split_whitespace().collect();
    if password.eq_ignore_ascii_case(pasted.secret.trim()) {
        return Verdict::Mistaken {
            mistakes: vec![Mistake::SecretSent],
            content: without_secrets(Recipe::right(claim).content(), pasted),
        };
    }
    let single = candidates::about_content(claim, pasted);
    let milliseconds = candidates::milliseconds_of(claim);
    let mut seen = HashSet::new();
    let right = vec![Candidate {
        mistakes: Vec::new(),
        content: Recipe::right(claim).content(),
    }];
    seen.insert(right[0].content.clone()); // it has one
    let singles = alone(&single, claim, &mut seen);
    let keys = candidates::keys(pasted);
    let (first, others) = keys.split_at(1); // the secret itself is always there
    let mut search = Search::new(claim, &password);

    let found = search
        .through(&right, first, &[Way::Hmac])
        .or_else(|| search.through(&singles, first, &[Way::Hmac]))
        .or_else(|| search.through(&right, others, &[Way::Hmac]))
        .or_else(|| search.through(&right, first, &Way::WRONG))
        .or_else(|| search.through(&singles, others, &[Way::Hmac]))
        .or_else(|| search.through(&singles, first, &Way::WRONG))
        .or_else(|| {
            let pairs = in_pairs(&single, claim, &mut seen);
            search.through(&pairs, first, &[Way::Hmac])
        })
        .or_else(|| {
            let each = alone(&milliseconds, claim, &mut seen);
            search.through(&each, first, &[Way::Hmac])
        });
    match found {
        Some(found) => found.into_verdict(claim, pasted),
        None => Verdict::Unknown {
            tried: search.tried,
        },
    }
}

fn alone<'m>(
    mistakes: &'m [Mistake],
    claim: &'m Claim,
    seen: &mut HashSet<String>,
) -> Vec<Candidate<'m>> {
    let mut candidates = Vec::new();
    for mistake in mistakes {
        let mut recipe = Recipe::right(claim);
        recipe.mistake(mistake, claim);
        let content = recipe.content();
        if seen.insert(content.clone()) {
            candidates.push(Candidate {
                mistakes: vec![mistake],
                content,
            });
        }
    }
    candidates
}

fn in_pairs<'m>(
    mistakes: &'m [Mistake],
    claim: &'m Claim,
    seen: &mut HashSet<String>,
) -> Vec<Candidate<'m>> {
    let mut candidates = Vec::new();
    for (index, one) in mistakes.iter().enumerate() {
        let mut half = Recipe::right(claim);
        half.mistake(one, claim);
        for other in &mistakes[index + 1..] {
            // at most the length
            if candidates::kind(one) == candidates::kind(other) {
                continue;
            }
            let mut recipe = half.clone();
            recipe.mistake(other, claim);
            let content = recipe.content();
            if seen.insert(content.clone()) {
                candidates.push(Candidate {
                    mistakes: vec![one, other],
                    content,
                });
            }
        }
    }
    candidates
}

/// The password that is looked for, and the methods that can have made it.
struct Search {
    written: Written,
    declared: Option<SignMethod>,
    methods: Vec<SignMethod>,
    tried: usize,
}

impl Search {
    fn new(claim: &Claim, password: &str) -> Self {
        let written = Written::read(password);
        let mut methods: Vec<_> = SignMethod::ALL
            .into_iter()
            .filter(|method| written.may_hold(method.digest_len()))
            .collect();
        // A whole digest before a part of one, and the method that is declared before the others.
        methods.sort_by_key(|method| {
            (
                !written.may_be(method.digest_len()),
                Some(*method) != claim.method,
            )
        });
        Self {
            written,
            declared: claim.method,
            methods,
            tried: 0,
        }
    }

    fn through(
        &mut self,
        candidates: &[Candidate<'_>],
        keys: &[Key],
        ways: &[Way],
    ) -> Option<Found> {
        for candidate in candidates {
            for key in keys {
                for way in ways {
                    for method in &self.methods {
                        self.tried += 1;
                        let content = candidate.content.as_bytes();
                        let digest = way.digest(*method, &key.bytes, content);
                        if let Some(found) = self.written.find(&digest) {
                            return Some(self.found(candidate, key, *way, *method, found));
                        }
                    }
                }
            }
        }
        None
    }

    fn found(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        way: Way,
        used: SignMethod,
        written: Match,
    ) -> Found {
        let mut mistakes: Vec<_> = candidate.mistakes.iter().copied().cloned().collect();
        mistakes.extend(key.mistake.clone());
        mistakes.extend(way.mistake());
        if let Some(declared) = self.declared.filter(|declared| *declared != used) {
            mistakes.push(Mistake::OtherMethod { declared, used });
        }
        if let Match::Otherwise(mistake) = written {
            mistakes.push(mistake);
        }
        let content = match way {
            Way::Plain(Hash::ContentSecret) => format!("{}(secret)", candidate.content),
            Way::Plain(Hash::SecretContent) => format!("(secret){}", candidate.content),
            Way::Plain(Hash::SecretContentSecret) => {
                format!("(secret){}(secret)", candidate.content)
            }
            _ => candidate.content.clone(),
        };
        Found { mistakes, content }
    }
}

struct Found {
    mistakes: Vec<Mistake>,
    content: String,
}

impl Found {
    fn into_verdict(mut self, claim: &Claim, pasted: &Pasted<'_>) -> Verdict {
        if claim.is_swapped {
            self.mistakes.insert(0, Mistake::UsernameSwapped);
        }
        if self.mistakes.is_empty() {
            return Verdict::Right;
        }
        self.name_only_what_was_signed(claim);
        let hide = |text: &mut String| *text = without_secrets(core::mem::take(text), pasted);
        for mistake in &mut self.mistakes {
            match mistake {
                Mistake::TimestampNotSent { signed } => hide(signed),
                Mistake::TimestampUnit { sent, signed }
                | Mistake::OtherTimestamp { sent, signed } => {
                    hide(sent);
                    hide(signed);
                }
                _ => {}
            }
        }
        Verdict::Mistaken {
            mistakes: self.mistakes,
            content: without_secrets(self.content, pasted),
        }
    }

    /// An order names the parameters that were there.
    fn name_only_what_was_signed(&mut self, claim: &Claim) {
        let mistakes = self.mistakes.clone();
        let mut recipe = Recipe::right(claim);
        for mistake in &mistakes {
            recipe.mistake(mistake, claim);
        }
        let signed = recipe.order();
        for mistake in &mut self.mistakes {
            if let Mistake::Order(order) = mistake {
                order.clone_from(&signed);
            }
        }
    }
}
