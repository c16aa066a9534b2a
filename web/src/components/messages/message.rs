//! One message, whole: as text, JSON, hex, base64 or CBOR, beside the one before it, its numbers over time.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{chart, difference, segments};
use crate::app::Console;
use crate::components::when::{grouped, time_of_day};
use crate::drafts::Publication;
use crate::markup::html;
use crate::payload::Codec;
use crate::payload::reading::{Reading, front};
use crate::payload::typed::Notation;
use crate::protocol::messages::{Chart, View};
use crate::protocol::{Chosen, Detail};
use crate::state::State;
use crate::state::messages::Action;
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let Some(index) = state.messages.watch.chosen else {
        return Html::default();
    };
    let is_there = message(state).is_some();
    let is_gone = index < state.now().packets.evicted;
    html! {
        <section class="whole" aria-labelledby="whole-title">
            <div class="bar">
                <h2 id="whole-title">{ words.messages.message }</h2>
                <button
                    type="button"
                    class="quiet"
                    onclick={console.acts(|_: MouseEvent| Action::Choose(None))}
                >
                    { words.common.close }
                </button>
            </div>
            if is_there {
                <Whole console={console.clone()} />
            } else if is_gone {
                <p class="hint">{ words.messages.gone }</p>
            }
        </section>
    }
}

/// The message chosen, once the worker has sent it.
struct Message<'a> {
    chosen: &'a Chosen,
    topic: &'a str,
    qos: u8,
    dup: bool,
    retain: bool,
    bytes: &'a [u8],
    /// The index and the payload of the one before it, where that is wanted and held.
    before: Option<(u64, &'a [u8])>,
}

fn message(state: &State) -> Option<Message<'_>> {
    let view: &View = state.now().inbox.as_ref()?;
    let chosen = view.chosen.as_ref()?;
    let Detail::Publish {
        topic,
        qos,
        dup,
        retain,
        ..
    } = &chosen.row.detail
    else {
        return None;
    };
    let payload = |of: &Chosen| match &of.row.detail {
        Detail::Publish { payload, .. } => state.seen.bytes.get(payload.clone()),
        _ => None,
    };
    let before = view.before.as_ref();
    (Some(chosen.row.index) == state.messages.watch.chosen).then_some(Message {
        chosen,
        topic,
        qos: *qos,
        dup: *dup,
        retain: *retain,
        bytes: payload(chosen)?,
        before: before.and_then(|before| Some((before.row.index, payload(before)?))),
    })
}

#[derive(Properties)]
struct Props {
    console: Console,
}

/// What is drawn depends on little of all that the console holds, and is worked out again only for that.
impl PartialEq for Props {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[component(Whole)]
fn whole(props: &Props) -> Html {
    let console = &props.console;
    let state = console.state();
    let message = message(state);
    let is_compared = state.messages.watch.compare;
    let key = message.as_ref().map(|message| {
        // After the log was cleared an index means another message, of another time.
        let chosen = (message.chosen.row.index, message.chosen.row.at_ms);
        (
            chosen,
            message.before.map(|(index, _)| index),
            state.messages.codec,
        )
    });
    let reading = use_memo(key, |_| {
        let message = message.as_ref()?;
        let before = message.before.map(|(_, bytes)| bytes);
        Some(Reading::of(message.bytes, state.messages.codec, before))
    });
    let (Some(message), Some(reading)) = (&message, &*reading) else {
        return Html::default();
    };
    let words = state.words();
    let fault = reading.view.fault.filter(|_| !message.bytes.is_empty());
    html! {
        <>
            { facts(state, message, words) }
            { views(console, reading) }
            { options(console, message, words) }
            if let Some(fault) = fault {
                <p class="error" id="view-fault" role="status">{ fault.say(state.lang) }</p>
            }
            if is_compared {
                { difference::view(console, reading) }
            } else if message.bytes.is_empty() {
                <p class="hint">{ words.messages.empty_payload }</p>
            } else {
                { text(console, &reading.view.text, reading.codec) }
            }
            { over_time(console, message, reading) }
        </>
    }
}

fn facts(state: &State, message: &Message<'_>, words: &Words) -> Html {
    let row = &message.chosen.row;
    html! {
        <dl class="facts">
            <div class="wide"><dt>{ words.common.topic }</dt><dd><code>{ message.topic }</code></dd></div>
            <div><dt>{ words.common.time }</dt><dd>{ time_of_day(&state.worker, row.at_ms) }</dd></div>
            <div><dt>{ "QoS" }</dt><dd>{ message.qos }</dd></div>
            <div><dt>{ "DUP" }</dt><dd>{ u8::from(message.dup) }</dd></div>
            <div><dt>{ "RETAIN" }</dt><dd>{ u8::from(message.retain) }</dd></div>
            if let Some(id) = row.packet_id {
                <div><dt>{ words.common.packet_id }</dt><dd>{ id }</dd></div>
            }
            <div><dt>{ words.common.size }</dt><dd>{ grouped(message.bytes.len() as u64) }{ " B" }</dd></div>
        </dl>
    }
}

fn views(console: &Console, reading: &Reading) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let name = |codec| match codec {
        Codec::Text => words.text,
        Codec::Json => "JSON",
        Codec::Hex => "Hex",
        Codec::Base64 => "base64",
        Codec::Cbor => "CBOR",
    };
    let chosen = state.messages.codec;
    let auto = format!("{} ({})", words.auto, name(reading.guess));
    let choices = std::iter::once((None, "auto", auto))
        .chain(Codec::ALL.map(|codec| (Some(codec), codec.name(), name(codec).to_owned())));
    let choices = choices.map(|(codec, id, label)| {
        let act = console.acts(move |_: Event| Action::Show(codec));
        (id.to_owned(), label, chosen == codec, act)
    });
    html! {
        <div class="views">
            <span class="label" id="shown-as">{ words.shown_as }</span>
            { segments("view", "shown-as", choices) }
        </div>
    }
}

fn options(console: &Console, message: &Message<'_>, words: &Words) -> Html {
    let compared = console.state().messages.watch.compare;
    let notation = Notation::fitting(message.bytes);
    let again = Publication {
        topic: message.topic.to_owned(),
        qos: message.qos,
        codec: notation,
        // The notation fits because it can write these bytes.
        payload: notation.write(message.bytes).unwrap_or_default(),
        repeat_ms: None,
    };
    html! {
        <div class="options-line">
            <label class="option">
                <input
                    type="checkbox"
                    id="compare"
                    checked={compared}
                    onchange={console.acts(move |_: Event| Action::Compare(!compared))}
                />
                <span>{ words.messages.compare }</span>
            </label>
            <button
                type="button"
                class="quiet"
                id="use-it"
                onclick={console.acts(move |_: MouseEvent| Action::Load(again.clone()))}
            >
                { words.messages.use_it }
            </button>
        </div>
    }
}

fn text(console: &Console, text: &str, codec: Codec) -> Html {
    let (shown, rest) = if console.state().messages.at_length {
        (text, 0)
    } else {
        front(text)
    };
    // Lines of a dump stay whole, those of a text are broken.
    let is_dump = matches!(codec, Codec::Hex | Codec::Base64);
    // What is no CBOR from its first byte on has nothing to show but that.
    html! {
        <>
            if !shown.is_empty() {
                <pre class={is_dump.then_some("dump")} tabindex="0">{ shown }</pre>
            }
            { more(console, rest) }
        </>
    }
}

/// What is not drawn yet, and the way to it.
pub(super) fn more(console: &Console, rest: usize) -> Html {
    let words = console.state().words().messages;
    html! {
        if rest > 0 {
            <p class="hint more">
                { grouped(rest as u64) }{ " " }{ words.cut_here }
                <button
                    type="button"
                    class="quiet"
                    onclick={console.acts(|_: MouseEvent| Action::AtLength)}
                >
                    { words.show_all }
                </button>
            </p>
        }
    }
}

/// The numbers in the payload to choose from, and the chosen one over time.
fn over_time(console: &Console, message: &Message<'_>, reading: &Reading) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let chosen = state.messages.watch.chart.as_ref();
    let chosen = chosen.filter(|chart| chart.topic == message.topic);
    if reading.numbers.is_empty() && chosen.is_none() {
        return Html::default();
    }
    let mut paths: Vec<_> = reading.numbers.iter().map(|n| n.path.to_string()).collect();
    // A message in between may lack the number that is followed.
    if let Some(chosen) = chosen.filter(|chosen| !paths.contains(&chosen.path)) {
        paths.push(chosen.path.clone());
    }
    let topic = message.topic.to_owned();
    let offered = paths.clone();
    let onchange = console.acts(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into().ok());
        let place = select.map_or(0, |select: HtmlSelectElement| select.selected_index());
        // The first choice is none of them.
        let place = usize::try_from(place - 1).ok();
        Action::Chart(
            place
                .and_then(|place| offered.get(place))
                .map(|path| Chart {
                    topic: topic.clone(),
                    path: path.clone(),
                }),
        )
    });
    let series = state
        .now()
        .inbox
        .as_ref()
        .and_then(|view| view.series.as_ref());
    let series = series.filter(|series| Some(&series.of) == chosen);
    html! {
        <div class="over-time">
            <label for="chart-path">{ words.over_time }</label>
            <select id="chart-path" class="mono" {onchange}>
                <option selected={chosen.is_none()}>{ words.none }</option>
                { for paths.iter().map(|path| html! {
                    <option selected={chosen.is_some_and(|chosen| chosen.path == *path)}>
                        { if path.is_empty() { words.whole_payload } else { path.as_str() } }
                    </option>
                }) }
            </select>
            if let Some(series) = series {
                <chart::Line console={console.clone()} series={series.clone()} />
            }
        </div>
    }
}
