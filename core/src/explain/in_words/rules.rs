//! The Chinese of what the core holds as English texts: rules, field names, the reasons of the steps.

mod identity;
mod steps;
mod wire;

/// An English text and its Chinese.
type Pair = (&'static str, &'static str);

/// The Chinese of a text, if there is one.
pub(super) fn zh(text: &str) -> Option<&'static str> {
    let here = [wire::RULES, wire::FIELDS, identity::RULES, steps::REASONS];
    let found = here.into_iter().flatten().find(|(en, _)| *en == text);
    found
        .map(|(_, zh)| *zh)
        .or_else(|| crate::wire::dissect::rule_in_chinese(text))
}

#[cfg(test)]
mod tests;
