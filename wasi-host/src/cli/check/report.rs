//! What came of a check: one JSON object, or words for people.

use std::fmt::Write;

use serde::Serialize;
use tern_core::explain::login::{Checked, Mistake, Note, Verdict};
use tern_core::explain::preflight::{self, Change, Severity};
use tern_core::explain::{InWords, Lang};

/// The command line speaks English.
const LANG: Lang = Lang::En;

/// What is printed: as JSON as it stands here.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    /// Whether the login and the options will do.
    pub(super) acceptable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    mistakes: Vec<Told>,
    /// What was signed under the mistakes.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<Right<'a>>,
    notes: Vec<About>,
    preflight: Vec<Refused>,
}

#[derive(Serialize)]
struct Told {
    id: &'static str,
    what: String,
    advice: String,
}

#[derive(Serialize)]
struct Right<'a> {
    client_id: &'a str,
    username: &'a str,
    content: &'a str,
    method: &'static str,
}

#[derive(Serialize)]
struct About {
    part: &'static str,
    refused: bool,
    text: String,
}

#[derive(Serialize)]
struct Refused {
    field: &'static str,
    refused: bool,
    text: String,
    source: &'static str,
    mends: Vec<MendTold>,
}

#[derive(Serialize)]
struct MendTold {
    field: &'static str,
    /// What to put there; nothing where white space is to be taken out.
    value: Option<String>,
    text: String,
}

impl<'a> Report<'a> {
    pub(super) fn new(checked: Option<&'a Checked>, findings: &[preflight::Finding]) -> Self {
        let is_refused = |finding: &preflight::Finding| finding.severity == Severity::Refused;
        let verdict = checked.map(|checked| &checked.verdict);
        let (mistakes, signed) = match verdict {
            Some(Verdict::Mistaken { mistakes, content }) => {
                (mistakes.as_slice(), Some(content.as_str()))
            }
            _ => (&[][..], None),
        };
        Self {
            acceptable: checked.is_none_or(Checked::is_acceptable)
                && !findings.iter().any(is_refused),
            verdict: verdict.map(|verdict| match verdict {
                Verdict::Right => "right",
                Verdict::Mistaken { .. } => "mistaken",
                Verdict::Unknown { .. } => "unknown",
                Verdict::Missing(_) => "missing",
            }),
            explanation: verdict.map(|verdict| verdict.in_words(LANG)),
            mistakes: mistakes
                .iter()
                .map(|mistake: &Mistake| Told {
                    id: mistake.id(),
                    what: mistake.in_words(LANG),
                    advice: mistake.advice(LANG),
                })
                .collect(),
            signed,
            right: checked
                .and_then(|checked| checked.right.as_ref())
                .map(|right| Right {
                    client_id: &right.client_id,
                    username: &right.username,
                    content: &right.content,
                    method: right.method.name(),
                }),
            notes: checked
                .map(|checked| checked.notes.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|note: &Note| About {
                    part: note.part().name(),
                    refused: note.is_refused(),
                    text: note.in_words(LANG),
                })
                .collect(),
            preflight: findings.iter().map(Refused::new).collect(),
        }
    }

    pub(super) fn for_people(&self) -> String {
        // Writing to a `String` can't fail.
        let mut text = String::new();
        match (self.verdict, &self.explanation) {
            (Some("mistaken"), _) => {
                text.push_str("The password is not right. This reproduces it exactly:\n");
                for (mistake, number) in self.mistakes.iter().zip(1..) {
                    let Told { id, what, advice } = mistake;
                    let _ = writeln!(text, "\n{number}. {id}: {what}\n   {advice}");
                }
            }
            (_, Some(explanation)) => {
                let _ = writeln!(text, "{explanation}");
            }
            (_, None) => {}
        }
        if let Some(signed) = self.signed {
            let _ = writeln!(text, "\nWhat was signed     {signed}");
        }
        if let Some(right) = self
            .right
            .as_ref()
            .filter(|_| self.verdict != Some("right"))
        {
            let Right {
                client_id,
                username,
                content,
                method,
            } = right;
            let _ = writeln!(
                text,
                "What is to be sent\n  client id         {client_id}\n  user name         {username}\n  password          \
                 the {method} of {content}, in hex (tern sign shows it)"
            );
        }
        if !self.notes.is_empty() {
            text.push_str("\nOn its parts\n");
            for About {
                part, text: note, ..
            } in &self.notes
            {
                let _ = writeln!(text, "  {part}: {note}");
            }
        }
        if !self.preflight.is_empty() {
            text.push_str("\nBefore connecting\n");
            for finding in &self.preflight {
                let Refused {
                    field,
                    text: rule,
                    source,
                    mends,
                    ..
                } = finding;
                let _ = writeln!(text, "  {field}: {rule} ({source})");
                for mend in mends {
                    let _ = writeln!(text, "    {}", mend.text);
                }
            }
        } else if self.verdict.is_none() {
            text.push_str("Nothing in these options will be refused.\n");
        }
        text.trim_start().to_owned()
    }
}

impl Refused {
    fn new(finding: &preflight::Finding) -> Self {
        Self {
            field: finding.field.name(),
            refused: finding.severity == Severity::Refused,
            text: finding.in_words(LANG),
            source: finding.source(),
            mends: finding
                .mends
                .iter()
                .map(|mend| MendTold {
                    field: mend.field.name(),
                    value: match &mend.change {
                        Change::Put(text) => Some(text.clone()),
                        Change::TakeOutBlanks => None,
                    },
                    text: mend.in_words(LANG),
                })
                .collect(),
        }
    }
}
