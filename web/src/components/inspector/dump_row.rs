//! Sixteen bytes of a packet. A component, since only the rows whose light changes are drawn anew.

use std::ops::Range;

use yew::prelude::*;

use crate::inspector::dump::ROW;
use crate::markup::html;
use crate::words::Lang;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The offset of its first byte.
    pub(super) start: usize,
    /// Its bytes, sixteen at most.
    pub(super) bytes: Vec<u8>,
    /// The offsets that are lit, cut to one before and one behind the row.
    pub(super) lit: Range<usize>,
    /// The column that the Tab key reaches.
    pub(super) caret: Option<usize>,
    /// The column of the bad byte; past the last byte where one is missing.
    pub(super) bad: Option<usize>,
    /// A bit for each column that is not shown, the lowest for the first.
    pub(super) hidden: u16,
    pub(super) lang: Lang,
}

/// Draws it: offset, hex, ASCII; in two halves, which the styles put below each other where it is narrow.
#[component(DumpRow)]
pub(super) fn dump_row(props: &Props) -> Html {
    let second = props.start + ROW / 2;
    let is_short = props.bytes.len() <= ROW / 2 && props.bad.is_none_or(|column| column < ROW / 2);
    html! {
        <div class={classes!("dump-row", is_short.then_some("short"))} role="row">
            <span class="offset" role="presentation" aria-hidden="true">{ offset(props.start) }</span>
            <span class="hex" role="presentation">{ for (0..8).map(|column| hex(props, column)) }</span>
            <span class="offset second" role="presentation" aria-hidden="true">{ offset(second) }</span>
            <span class="hex second" role="presentation">{ for (8..16).map(|column| hex(props, column)) }</span>
            <span class="ascii" role="presentation" aria-hidden="true">{ for (0..8).map(|column| ascii(props, column)) }</span>
            <span class="ascii second" role="presentation" aria-hidden="true">{ for (8..16).map(|column| ascii(props, column)) }</span>
        </div>
    }
}

fn offset(at: usize) -> String {
    format!("{at:04}")
}

fn hex(props: &Props, column: usize) -> Html {
    let Some(byte) = props.bytes.get(column) else {
        return missing(props, column);
    };
    let at = props.start + column;
    let text = if is_hidden(props, column) {
        "••".to_owned()
    } else {
        format!("{byte:02x}")
    };
    let words = props.lang.words().inspector;
    html! {
        <span
            id={format!("byte-{at}")}
            data-byte={at.to_string()}
            class={classes(props, column)}
            role="gridcell"
            tabindex={if props.caret == Some(column) { "0" } else { "-1" }}
            aria-label={(props.bad == Some(column)).then(|| format!("{text}, {}", words.bad_byte))}
        >
            { text }
        </span>
    }
}

/// The place of a byte that should be there.
fn missing(props: &Props, column: usize) -> Html {
    if props.bad != Some(column) {
        return Html::default();
    }
    let words = props.lang.words().inspector;
    html! {
        <span class="cell broken" role="gridcell" aria-label={words.missing} title={words.missing}>{ "__" }</span>
    }
}

fn ascii(props: &Props, column: usize) -> Html {
    let Some(byte) = props.bytes.get(column) else {
        return Html::default();
    };
    let text = match byte {
        _ if is_hidden(props, column) => '•',
        b' '..=b'~' => char::from(*byte),
        _ => '·',
    };
    html! {
        <span data-byte={(props.start + column).to_string()} class={classes(props, column)}>{ text }</span>
    }
}

fn is_hidden(props: &Props, column: usize) -> bool {
    props.hidden >> column & 1 != 0
}

fn classes(props: &Props, column: usize) -> Classes {
    let at = props.start + column;
    let lit = &props.lit;
    classes!(
        "cell",
        lit.contains(&at).then_some("lit"),
        (lit.contains(&at) && at == lit.start).then_some("from"),
        (lit.contains(&at) && at + 1 == lit.end).then_some("to"),
        (props.bad == Some(column)).then_some("broken"),
    )
}
