//! A number over time, as a line; and as a table, for those who can't see or want to copy it.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::app::Console;
use crate::components::when::{clock, grouped, time_of_day};
use crate::markup::html;
use crate::payload::chart::{Drawing, Sample, draw, label};
use crate::protocol::messages::Series;
use crate::state::Worker;
use crate::words::Words;

const HEIGHT: f64 = 190.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;
const RIGHT: f64 = 14.0;
/// A digit at the size of the marks.
const DIGIT: f64 = 6.8;
/// With fewer numbers each gets a dot.
const DOTS: usize = 80;

#[derive(Properties)]
pub(super) struct Props {
    pub(super) console: Console,
    pub(super) series: Series,
}

/// The words and the clock never change without the series being drawn anew.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.series == other.series && self.console.state().lang == other.console.state().lang
    }
}

/// The line, as wide as its place.
#[component(Line)]
pub(super) fn line(props: &Props) -> Html {
    let frame = use_node_ref();
    let width = use_state(|| 640.0);
    let pointed = use_state(|| None::<f64>);
    {
        let (frame, width) = (frame.clone(), width.setter());
        use_effect_with((), move |()| {
            let measure = move || {
                let there = frame.cast::<Element>().map(|frame| frame.client_width());
                if let Some(there) = there.filter(|there| *there > 0) {
                    width.set(f64::from(there));
                }
            };
            measure();
            let on_resize = web_sys::window()
                .map(|window| EventListener::new(&window, "resize", move |_| measure()));
            move || drop(on_resize)
        });
    }
    let state = props.console.state();
    let words = state.words();
    let series = &props.series;
    let origin_ms = match state.worker {
        Worker::Ready { origin_ms } => origin_ms,
        _ => 0.0,
    };
    // The marks' width is known once they are, and they depend on the height alone.
    let marks = draw(&series.samples, 1.0, plot_height(), origin_ms);
    let left = marks.map_or(0.0, |marks| left_of(&marks));
    let inner = (*width - left - RIGHT).max(50.0);
    let drawing = draw(&series.samples, inner, plot_height(), origin_ms);
    let Some(drawing) = drawing else {
        return html! {
            <div class="chart" ref={frame}>
                <p class="hint" id="chart-empty">
                    { if series.unread > 0 { unread(series, words) } else { words.messages.no_numbers.to_owned() } }
                </p>
            </div>
        };
    };
    let point = {
        let pointed = pointed.clone();
        Callback::from(move |event: MouseEvent| {
            let svg = event
                .current_target()
                .and_then(|target| target.dyn_into().ok());
            let left_edge = svg.map_or(0.0, |svg: Element| svg.get_bounding_client_rect().left());
            pointed.set(Some(f64::from(event.client_x()) - left_edge - left));
        })
    };
    let leave = {
        let pointed = pointed.clone();
        Callback::from(move |_: MouseEvent| pointed.set(None))
    };
    let near = pointed.and_then(|x| nearest(&series.samples, &drawing, x));
    html! {
        <figure class="chart" id="chart" ref={frame}>
            <svg
                    viewBox={format!("0 0 {} {HEIGHT}", *width)}
                    role="img"
                    aria-label={summary(series, words)}
                    onmousemove={point.clone()}
                    onclick={point}
                    onmouseleave={leave}
                >
                    <g transform={format!("translate({left} {TOP})")}>
                        { axes(&drawing, inner) }
                        { for drawing.runs.iter().map(|run| html! {
                            <polyline class="line" points={points(run)} />
                        }) }
                        { dots(&drawing) }
                        if let Some((_, (x, y))) = near {
                            <line class="pointer" x1={px(x)} x2={px(x)} y1="0" y2={px(plot_height())} />
                            <circle class="dot" cx={px(x)} cy={px(y)} r="4" />
                        }
                    </g>
            </svg>
            <figcaption>
                <span class="pointed">{ near.map_or_else(|| latest(series, words), |(sample, _)| told(&state.worker, sample)) }</span>
                <span class="hint">{ counts(series, words) }</span>
            </figcaption>
            { table(props, words) }
        </figure>
    }
}

fn plot_height() -> f64 {
    HEIGHT - TOP - BOTTOM
}

#[allow(clippy::cast_precision_loss, reason = "a label has some ten digits")]
fn left_of(drawing: &Drawing) -> f64 {
    let labels = drawing.values.iter();
    let longest = labels
        .map(|tick| label(tick.value, drawing.step).len())
        .max();
    longest.unwrap_or(0) as f64 * DIGIT + 12.0
}

fn axes(drawing: &Drawing, inner: f64) -> Html {
    let bottom = plot_height();
    html! {
        <g class="axes">
            { for drawing.values.iter().map(|tick| html! {
                <>
                    <line x1="0" x2={px(inner)} y1={px(tick.at)} y2={px(tick.at)} />
                    <text x="-8" y={px(tick.at)} dy="0.32em" text-anchor="end">{ label(tick.value, drawing.step) }</text>
                </>
            }) }
            { for drawing.times.iter().map(|tick| {
                // At the edges a label would be cut off.
                let anchor = if tick.at < 30.0 { "start" } else if tick.at > inner - 30.0 { "end" } else { "middle" };
                html! {
                    <>
                        <line class="time" x1={px(tick.at)} x2={px(tick.at)} y1={px(bottom)} y2={px(bottom + 4.0)} />
                        <text x={px(tick.at)} y={px(bottom + 18.0)} text-anchor={anchor}>{ clock(tick.value, tick_is_fine(drawing)) }</text>
                    </>
                }
            }) }
        </g>
    }
}

/// Whether marks of time are less than a second apart.
fn tick_is_fine(drawing: &Drawing) -> bool {
    match drawing.times.as_slice() {
        [first, second, ..] => second.value - first.value < 1000.0,
        [one] => one.value % 1000.0 != 0.0,
        [] => false,
    }
}

fn dots(drawing: &Drawing) -> Html {
    let count: usize = drawing.runs.iter().map(Vec::len).sum();
    // A number between two gaps has no line, so it has a dot in any case.
    let runs = drawing
        .runs
        .iter()
        .filter(|run| count <= DOTS || run.len() == 1);
    html! {
        { for runs.flatten().map(|(x, y)| html! { <circle class="dot" cx={px(*x)} cy={px(*y)} r="2.5" /> }) }
    }
}

fn points(run: &[(f64, f64)]) -> String {
    let mut text = String::with_capacity(run.len() * 12);
    for (x, y) in run {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&px(*x));
        text.push(',');
        text.push_str(&px(*y));
    }
    text
}

/// A tenth of a pixel is as fine as a screen gets.
fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn nearest<'a>(
    samples: &'a [Sample],
    drawing: &Drawing,
    x: f64,
) -> Option<(&'a Sample, (f64, f64))> {
    let numbers = samples.iter().filter(|sample| sample.value.is_some());
    let points = drawing.runs.iter().flatten().copied();
    let away = |point: &(f64, f64)| (point.0 - x).abs();
    numbers
        .zip(points)
        .min_by(|(_, one), (_, other)| away(one).total_cmp(&away(other)))
}

fn told(worker: &Worker, sample: &Sample) -> String {
    let value = sample.value.map(|value| value.to_string());
    format!(
        "{} · {}",
        time_of_day(worker, sample.at_ms),
        value.unwrap_or_default()
    )
}

fn values(series: &Series) -> impl DoubleEndedIterator<Item = f64> {
    series.samples.iter().filter_map(|sample| sample.value)
}

fn latest(series: &Series, words: &Words) -> String {
    let words = words.messages;
    let low = values(series).fold(f64::INFINITY, f64::min);
    let high = values(series).fold(f64::NEG_INFINITY, f64::max);
    let last = values(series).next_back().unwrap_or_default();
    format!(
        "{} {last} · {} {low} · {} {high}",
        words.latest, words.lowest, words.highest
    )
}

fn counts(series: &Series, words: &Words) -> String {
    let mut text = format!("{} {}", grouped(series.numbers), words.messages.values);
    if series.gaps > 0 {
        text = format!(
            "{text} · {} {}",
            grouped(series.gaps),
            words.messages.without
        );
    }
    if series.unread > 0 {
        text = format!("{text} · {}", unread(series, words));
    }
    text
}

fn unread(series: &Series, words: &Words) -> String {
    format!("{} {}", grouped(series.unread), words.messages.unread)
}

fn summary(series: &Series, words: &Words) -> String {
    let path = match series.of.path.as_str() {
        "" => words.messages.whole_payload,
        path => path,
    };
    format!(
        "{} {path}: {}; {}",
        words.messages.over_time,
        counts(series, words),
        latest(series, words)
    )
}

fn table(props: &Props, words: &Words) -> Html {
    let worker = &props.console.state().worker;
    let numbers = props.series.samples.iter().rev();
    html! {
        <details class="values">
            <summary>{ words.messages.as_table }</summary>
            <div class="table" tabindex="0" role="region" aria-label={words.messages.as_table}>
                <table>
                    <thead>
                        <tr><th scope="col">{ words.common.time }</th><th scope="col">{ words.messages.value }</th></tr>
                    </thead>
                    <tbody>
                        { for numbers.map(|sample| html! {
                            <tr>
                                <td><time>{ time_of_day(worker, sample.at_ms) }</time></td>
                                <td>{ sample.value.map_or_else(|| "–".to_owned(), |value| value.to_string()) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
        </details>
    }
}
