//! The bits of a byte, each named.

use yew::prelude::*;

use crate::markup::html;

use super::{Scene, say};

/// Draws the bits that belong to a line of the tree.
pub(super) fn view(scene: &Scene<'_>, line: usize) -> Html {
    let bytes = scene.look.tree.bits(line);
    bytes
        .into_iter()
        .map(|(at, lines)| table(scene, at, &lines))
        .collect()
}

fn table(scene: &Scene<'_>, at: usize, lines: &[usize]) -> Html {
    let byte = scene.bytes.get(at).copied().unwrap_or_default();
    let words = scene.lang.words().inspector;
    html! {
        <table class="bits" data-bits={at.to_string()}>
            <caption>{ words.bits_of_byte }{ format!(" {at}: 0x{byte:02X}") }</caption>
            <tbody>
                <tr class="all">
                    { cells(byte, 0xFF) }
                    <td></td>
                    <td></td>
                </tr>
                { for lines.iter().filter_map(|line| Some((line, scene.look.tree.get(*line)?))).map(|(line, node)| {
                    let is_lit = scene.look.lit() == Some(*line);
                    html! {
                        <tr class={is_lit.then_some("lit")}>
                            { cells(byte, node.mask.unwrap_or(0xFF)) }
                            <th scope="row">{ say::name(scene.lang, node.name) }</th>
                            <td><code>{ say::value(scene, node, 40) }</code></td>
                        </tr>
                    }
                }) }
            </tbody>
        </table>
    }
}

fn cells(byte: u8, mask: u8) -> Html {
    html! { <td class="pattern">{ say::pattern(byte, mask) }</td> }
}
