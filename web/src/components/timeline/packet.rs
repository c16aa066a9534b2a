//! One packet in the list.

use yew::prelude::*;

use tern_core::wire::PacketType;
use tern_core::wire::dissect::rule_in_chinese;

use crate::app::Console;
use crate::components::when::{grouped, time_of_day};
use crate::markup::html;
use crate::protocol::{Detail, Direction, Row};
use crate::state::timeline::Action;
use crate::words::Lang;

/// Draws it.
pub(super) fn view(console: &Console, place: usize, row: &Row) -> Html {
    let state = console.state();
    let words = state.words();
    let kind = PacketType::from_first_byte(row.kind << 4);
    let name = kind.map_or(words.timeline.malformed, PacketType::name);
    let (arrow, way, class) = match row.direction {
        Direction::Up => ("↑", words.timeline.sent_up, "up"),
        Direction::Down => ("↓", words.timeline.received_down, "down"),
    };
    let index = row.index;
    let chosen = state.timeline.watch.chosen == Some(index);
    html! {
        <div key={state.timeline.keys.key(place)} class="entry" role="listitem">
            <button
                type="button"
                class={classes!("packet", class, kind.is_none().then_some("broken"))}
                data-kind={name}
                data-direction={class}
                data-index={index.to_string()}
                aria-pressed={chosen.to_string()}
                onclick={console.acts(move |_: MouseEvent| Action::Choose((!chosen).then_some(index)))}
            >
                <time>{ time_of_day(&state.worker, row.at_ms) }</time>
                <span class="way" role="img" aria-label={way}>{ arrow }</span>
                <span class="kind">{ name }</span>
                <span class="detail">{ detail(&row.detail, state.lang) }</span>
                <span class="id">{ row.packet_id.map(|id| id.to_string()).unwrap_or_default() }</span>
                <span class="trip">{ row.round_trip_ms.map(round_trip).unwrap_or_default() }</span>
                <span class="frame" title={words.timeline.frame_hint}>{ frame(row) }</span>
                <span class="size">{ grouped(row.size as u64) }{ " B" }</span>
            </button>
        </div>
    }
}

/// A round trip in ms; below ten with a fraction.
fn round_trip(ms: f32) -> String {
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.0} ms")
    }
}

/// The WebSocket messages that a packet lay in.
fn frame(row: &Row) -> String {
    match row.frames {
        0 | 1 => row.frame.to_string(),
        more => format!("{}–{}", row.frame, row.frame + u32::from(more) - 1),
    }
}

fn detail(detail: &Detail, lang: Lang) -> Html {
    let words = lang.words();
    match detail {
        Detail::Nothing => Html::default(),
        Detail::Connect {
            client_id,
            keep_alive,
            clean_session,
            ..
        } => html! {
            <>
                <code>{ client_id }</code>
                <span class="flag">{ format!("keep alive {keep_alive} s") }</span>
                if *clean_session {
                    <span class="flag">{ "clean session" }</span>
                }
            </>
        },
        Detail::Connack {
            code,
            name,
            session_present,
        } => html! {
            <>
                <span class={if *code == 0 { "good" } else { "bad" }}>{ format!("{code} {name}") }</span>
                if *session_present {
                    <span class="flag">{ "session present" }</span>
                }
            </>
        },
        Detail::Publish {
            topic,
            qos,
            dup,
            retain,
            payload_size,
            ..
        } => html! {
            <>
                <code class="topic">{ topic }</code>
                <span class="flag">{ format!("QoS {qos}") }</span>
                if *dup {
                    <span class="flag">{ "DUP" }</span>
                }
                if *retain {
                    <span class="flag">{ "RETAIN" }</span>
                }
                <span class="flag extra">{ format!("{} {} B", words.common.payload, grouped(*payload_size as u64)) }</span>
            </>
        },
        Detail::Filters(filters) => html! {
            { for filters.iter().map(|(filter, qos)| html! {
                <>
                    <code class="topic">{ filter }</code>
                    if let Some(qos) = qos {
                        <span class="flag">{ format!("QoS {qos}") }</span>
                    }
                </>
            }) }
        },
        Detail::Suback(codes) => html! {
            { for codes.iter().map(|code| match code {
                0x80 => html! { <span class="bad">{ "0x80 failure" }</span> },
                qos => html! { <span class="good">{ format!("QoS {qos}") }</span> },
            }) }
        },
        Detail::Malformed { at, rule } => {
            let chinese = rule_in_chinese(rule).filter(|_| lang == Lang::Zh);
            let rule = chinese.unwrap_or(rule);
            html! { <span class="bad">{ words.timeline.at_byte }{ format!(" {at}: {rule}") }</span> }
        }
    }
}
