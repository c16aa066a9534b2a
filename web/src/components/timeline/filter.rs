//! Which packets are listed.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use tern_core::wire::PacketType;

use crate::app::Console;
use crate::components::field::input_text;
use crate::components::when::grouped;
use crate::markup::html;
use crate::protocol::Direction;
use crate::protocol::timeline::Filter;
use crate::state::timeline::Action;

/// The packet types by their numbers; nought is what is malformed.
const KINDS: [u8; 12] = [1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 0];

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let words = console.state().words();
    let filter = console.state().timeline.watch.filter.clone();
    let shown = console.state().now().timeline.as_ref();
    let passing = shown.map_or(0, |shown| shown.rows.held);
    let with = |change: fn(&mut Filter, String)| {
        let filter = filter.clone();
        console.acts(move |event: InputEvent| {
            let mut filter = filter.clone();
            change(&mut filter, input_text(&event));
            Action::Filter(filter)
        })
    };
    html! {
        <div class="filter" role="search" aria-label={words.timeline.filter}>
            <input
                id="filter-text"
                class="mono"
                type="text"
                data-search="true"
                aria-label={words.timeline.filter_text}
                placeholder={words.timeline.filter_text}
                value={filter.text.clone()}
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                oninput={with(|filter, text| filter.text = text)}
            />
            <input
                id="filter-topic"
                class="mono"
                type="text"
                aria-label={words.timeline.filter_topic}
                placeholder={words.timeline.filter_topic}
                value={filter.topic.clone()}
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                oninput={with(|filter, text| filter.topic = text)}
            />
            { direction(console, &filter) }
            { kinds(console, &filter) }
            if !filter.is_open() {
                <span class="hint" id="passing" role="status">{ grouped(passing) }{ " " }{ words.timeline.pass }</span>
                <button
                    type="button"
                    class="quiet"
                    onclick={console.acts(|_: MouseEvent| Action::Filter(Filter::default()))}
                >
                    { words.timeline.all_again }
                </button>
            }
        </div>
    }
}

fn direction(console: &Console, filter: &Filter) -> Html {
    let words = console.state().words();
    let choices = [
        (None, "both", words.timeline.both_ways),
        (Some(Direction::Up), "up", words.timeline.sent_up),
        (Some(Direction::Down), "down", words.timeline.received_down),
    ];
    html! {
        <div class="segments" role="radiogroup" aria-label={words.timeline.direction}>
            { for choices.into_iter().map(|(direction, id, label)| {
                let next = Filter { direction, ..filter.clone() };
                html! {
                    <label class="segment">
                        <input
                            type="radio"
                            name="direction"
                            id={format!("direction-{id}")}
                            checked={filter.direction == direction}
                            onchange={console.acts(move |_: Event| Action::Filter(next.clone()))}
                        />
                        <span>{ label }</span>
                    </label>
                }
            }) }
        </div>
    }
}

fn kinds(console: &Console, filter: &Filter) -> Html {
    let words = console.state().words();
    let bit = |kind: u8| 1_u16 << kind;
    let chosen = KINDS
        .into_iter()
        .filter(|kind| filter.kinds & bit(*kind) != 0);
    let chosen = chosen.count();
    let all = chosen == KINDS.len();
    let summary = if all {
        words.timeline.all_kinds.to_owned()
    } else {
        format!("{} {chosen}/{}", words.timeline.kinds, KINDS.len())
    };
    let set = |kinds: u16| {
        let next = Filter {
            kinds,
            ..filter.clone()
        };
        console.acts(move |_: MouseEvent| Action::Filter(next.clone()))
    };
    html! {
        <details class="menu" id="kinds">
            <summary>{ summary }</summary>
            <div class="options">
                <p class="line">
                    <button type="button" class="link" onclick={set(Filter::ALL_KINDS)}>{ words.timeline.all }</button>
                    <button type="button" class="link" onclick={set(0)}>{ words.timeline.none }</button>
                </p>
                { for KINDS.into_iter().map(|kind| {
                    let name = PacketType::from_first_byte(kind << 4).map_or(words.timeline.malformed, PacketType::name);
                    let filter = filter.clone();
                    let onchange = console.acts(move |event: Event| {
                        let input = event.target().and_then(|target| target.dyn_into().ok());
                        let on = input.is_some_and(|input: HtmlInputElement| input.checked());
                        let kinds = if on { filter.kinds | bit(kind) } else { filter.kinds & !bit(kind) };
                        Action::Filter(Filter { kinds, ..filter.clone() })
                    });
                    html! {
                        <label class="option">
                            <input
                                type="checkbox"
                                id={format!("kind-{kind}")}
                                checked={console.state().timeline.watch.filter.kinds & bit(kind) != 0}
                                {onchange}
                            />
                            <span>{ name }</span>
                        </label>
                    }
                }) }
            </div>
        </details>
    }
}
