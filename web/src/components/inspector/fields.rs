//! The fields of a packet as a tree.

use tern_core::wire::dissect::Value;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::{Scene, say, sight};
use crate::inspector::Key;
use crate::inspector::look::Action;
use crate::inspector::tree::Node;
use crate::markup::html;

/// How much of a text a line shows, in characters.
const SHOWN: usize = 160;

/// Draws them.
pub(super) fn view(scene: &Scene<'_>, act: &Callback<Action>, away: &Callback<MouseEvent>) -> Html {
    let onkeydown = {
        let act = act.clone();
        let tab_line = scene.look.tab_line();
        Callback::from(move |event: KeyboardEvent| {
            let action = match event.key().as_str() {
                "Enter" | " " => Some(Action::Fold(tab_line)),
                key => Key::named(key).map(Action::StepLine),
            };
            if let Some(action) =
                action.filter(|_| !event.ctrl_key() && !event.alt_key() && !event.meta_key())
            {
                event.prevent_default();
                act.emit(action);
            }
        })
    };
    let onmouseover = {
        let act = act.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(line) = sight::number_of(&event, "node") {
                act.emit(Action::PointAtLine(line));
            }
        })
    };
    let onclick = {
        let act = act.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(line) = sight::number_of(&event, "node") {
                act.emit(Action::ChooseLine(line));
                if is_on_twist(&event) {
                    act.emit(Action::Fold(line));
                }
            }
        })
    };
    // The tree shows a folded field where what it hides is lit.
    let lit = scene.look.lit().map(|line| scene.look.tree.in_sight(line));
    html! {
        <div
            class="frame fields"
            role="tree"
            aria-labelledby="fields-title"
            {onkeydown}
            {onmouseover}
            {onclick}
            onmouseleave={away}
        >
            { for scene.look.tree.shown().map(|(line, node)| item(scene, line, node, lit == Some(line))) }
        </div>
    }
}

fn is_on_twist(event: &MouseEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| element.class_list().contains("twist"))
}

fn item(scene: &Scene<'_>, line: usize, node: &Node, is_lit: bool) -> Html {
    let look = scene.look;
    let is_parent = look.tree.is_parent(line);
    let value = say::value(scene, node, SHOWN);
    let is_bad = is_bad(scene, node);
    let words = scene.lang.words().inspector;
    let (place, siblings) = node.place;
    let twist = match (is_parent, node.folded) {
        (false, _) => "",
        (true, true) => "▸",
        (true, false) => "▾",
    };
    html! {
        <div
            key={line}
            id={format!("node-{line}")}
            data-node={line.to_string()}
            data-name={format!("{:?}", node.name)}
            class={classes!("item", format!("level-{}", node.level), is_lit.then_some("lit"), is_bad.then_some("broken"))}
            role="treeitem"
            tabindex={if look.tab_line() == line { "0" } else { "-1" }}
            aria-level={node.level.to_string()}
            aria-posinset={place.to_string()}
            aria-setsize={siblings.to_string()}
            aria-expanded={is_parent.then(|| (!node.folded).to_string())}
            aria-selected={(look.chosen.map(|line| look.tree.in_sight(line)) == Some(line)).to_string()}
        >
            <span class="twist" aria-hidden="true">{ twist }</span>
            <span class="name">{ say::name(scene.lang, node.name) }</span>
            if !value.is_empty() {
                <code class={classes!("value", is_dim(scene, node).then_some("dim"))}>{ value }</code>
            }
            if is_bad {
                <span class="bad-byte">{ "✗ " }{ words.bad_byte }</span>
            }
            <span class="place" aria-hidden="true">{ place_of(scene, node) }</span>
        </div>
    }
}

/// Whether what is said is not the field's own text or number.
fn is_dim(scene: &Scene<'_>, node: &Node) -> bool {
    node.range.is_empty()
        || node.value == Value::Bytes
        || node.secret
            && !scene.look.secrets_shown
            && matches!(node.value, Value::Text | Value::Bytes)
}

/// Whether the bad byte is in this field, and in none of those inside it.
fn is_bad(scene: &Scene<'_>, node: &Node) -> bool {
    let at = scene.look.fault.as_ref().map(|fault| fault.at);
    let innermost = at.and_then(|at| scene.look.tree.innermost(at));
    let shown = innermost.map(|line| scene.look.tree.in_sight(line));
    shown.and_then(|line| scene.look.tree.get(line)) == Some(node)
}

/// Where a field is: the offset of its first byte and of its last, or its bits.
pub(super) fn place_of(scene: &Scene<'_>, node: &Node) -> String {
    let start = node.range.start;
    if let Some(mask) = node.mask {
        return say::pattern(scene.bytes.get(start).copied().unwrap_or_default(), mask);
    }
    match node.range.len() {
        0 => String::new(),
        1 => start.to_string(),
        _ => format!("{start}–{}", node.range.end - 1),
    }
}
