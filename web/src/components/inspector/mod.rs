//! One packet: its bytes, each field named, what belongs together lit in both.

mod about;
mod bits;
mod copy;
mod dump;
mod dump_row;
mod fields;
mod say;
mod sight;

use std::rc::Rc;

use tern_core::wire::{PacketType, Sender};
use yew::prelude::*;

use super::when::{grouped, time_of_day};
use crate::app::Console;
use crate::inspector::look::{Action, Look};
use crate::markup::html;
use crate::protocol::{Direction, Row};
use crate::state::timeline;
use crate::words::Lang;

/// Draws the packet chosen in the timeline, where there is one.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words();
    let Some(index) = state.timeline.watch.chosen else {
        return Html::default();
    };
    let shown = state.now().timeline.as_ref();
    let chosen = shown.and_then(|shown| shown.chosen.as_ref());
    let chosen = chosen.filter(|chosen| chosen.row.index == index);
    let is_gone = index < state.now().packets.evicted;
    let close = console.acts(|_: MouseEvent| timeline::Action::Choose(None));
    html! {
        <section class="inspector" aria-labelledby="inspector-title">
            <div class="bar">
                <h2 id="inspector-title">{ words.inspector.title }</h2>
                if let Some(chosen) = chosen {
                    { facts(console, &chosen.row) }
                }
                <button type="button" class="quiet" id="close-inspector" onclick={close}>{ words.common.close }</button>
            </div>
            if let Some(chosen) = chosen {
                <Inspector
                    // Another packet is another life: nothing of the last one is folded, lit or shown.
                    key={index}
                    bytes={Rc::<[u8]>::from(state.seen.bytes.get(chosen.bytes.clone()).unwrap_or_default())}
                    sender={match chosen.row.direction {
                        Direction::Up => Sender::Client,
                        Direction::Down => Sender::Server,
                    }}
                    lang={state.lang}
                />
            } else if is_gone {
                <p class="hint">{ words.inspector.gone }</p>
            }
        </section>
    }
}

fn facts(console: &Console, row: &Row) -> Html {
    let state = console.state();
    let words = state.words();
    let kind = PacketType::from_first_byte(row.kind << 4);
    let way = match row.direction {
        Direction::Up => words.timeline.sent_up,
        Direction::Down => words.timeline.received_down,
    };
    html! {
        <p class="what">
            <b>{ kind.map_or(words.timeline.malformed, PacketType::name) }</b>
            <span>{ way }</span>
            <time>{ time_of_day(&state.worker, row.at_ms) }</time>
            <span>{ grouped(row.size as u64) }{ " B" }</span>
        </p>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    bytes: Rc<[u8]>,
    sender: Sender,
    lang: Lang,
}

/// The look as Yew's reducer holds it.
#[derive(PartialEq)]
struct Glass(Look);

impl Reducible for Glass {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut look = self.0.clone();
        look.act(action);
        Rc::new(Self(look))
    }
}

/// What the parts of the inspector are drawn from.
struct Scene<'a> {
    look: &'a Look,
    bytes: &'a [u8],
    lang: Lang,
}

#[component(Inspector)]
fn inspector(props: &Props) -> Html {
    let glass = {
        let (bytes, sender) = (props.bytes.clone(), props.sender);
        use_reducer_eq(move || Glass(Look::new(&bytes, sender)))
    };
    let copied = use_state(|| None::<copy::Outcome>);
    let scene = Scene {
        look: &glass.0,
        bytes: &props.bytes,
        lang: props.lang,
    };
    let words = props.lang.words().inspector;

    // What was chosen in one half is brought into sight in both, and the focus follows the keys.
    use_effect_with((glass.0.chosen, glass.0.caret), {
        let line = glass.0.chosen.map(|_| glass.0.tab_line());
        move |(_, caret): &(Option<usize>, usize)| sight::follow(line, *caret)
    });

    let act = {
        let glass = glass.dispatcher();
        Callback::from(move |action: Action| glass.dispatch(action))
    };
    let away = act.reform(|_: MouseEvent| Action::PointAway);
    let copy = {
        let copied = copied.setter();
        let text = crate::inspector::dump::hex(&props.bytes, glass.0.hidden());
        Callback::from(move |_: MouseEvent| copy::copy(text.clone(), copied.clone()))
    };
    let shown = glass.0.secrets_shown;
    let show = act.reform(move |_: MouseEvent| Action::ShowSecrets(!shown));
    html! {
        <>
            { fault(&scene) }
            <div class="glass">
                <div class="halves">
                    <div class="half">
                        <div class="tools">
                            <h3 id="bytes-title">{ words.bytes }</h3>
                            if !glass.0.secrets.is_empty() {
                                <button
                                    type="button"
                                    class="quiet"
                                    id="show-password"
                                    aria-pressed={shown.to_string()}
                                    onclick={show}
                                >
                                    { if shown { words.hide_password } else { words.show_password } }
                                </button>
                            }
                            <button type="button" class="quiet" id="copy-hex" onclick={copy}>{ words.copy }</button>
                            { copy::outcome(copied.as_ref(), !glass.0.hidden().is_empty(), words) }
                        </div>
                        { dump::view(&scene, &act, &away) }
                    </div>
                    { about::view(&scene) }
                </div>
                <div class="half">
                    <div class="tools"><h3 id="fields-title">{ words.fields }</h3></div>
                    { fields::view(&scene, &act, &away) }
                </div>
            </div>
        </>
    }
}

/// The rule that the packet breaks.
fn fault(scene: &Scene<'_>) -> Html {
    let words = scene.lang.words().inspector;
    let Some(fault) = &scene.look.fault else {
        return Html::default();
    };
    let rule = match scene.lang {
        Lang::En => fault.english(),
        Lang::Zh => fault.chinese(),
    };
    html! {
        <p class="fault" id="fault" role="status">
            <b><span aria-hidden="true">{ "✗ " }</span>{ words.broken_at }{ format!(" {}", fault.at) }</b>
            <span>{ rule }</span>
        </p>
    }
}
