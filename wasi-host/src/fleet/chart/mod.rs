//! A run as a picture: devices, messages per second and latencies over time, in one SVG that needs nothing else.

mod axis;
mod panel;

use std::fmt::Write;

use super::series::{MOST, Sample, coarse};
use super::summary::Summary;
use super::words::{grouped, time};
use axis::{Axis, clock};
use panel::{Line, Panel};

/// The picture's size, in pixels of its own.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 724.0;

/// Where the panels are: their names and values stand left and right of it.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 790.0;

/// Top and height of each panel.
const PANELS: [(f64, f64); 3] = [(130.0, 112.0), (302.0, 132.0), (494.0, 170.0)];

/// Blue, orange, red and grey that are told apart on white, by those too who see few colours.
const BLUE: &str = "#2563a8";
const LIGHT_BLUE: &str = "#7fb2e5";
const ORANGE: &str = "#d97706";
const RED: &str = "#b42318";
const GREY: &str = "#6b7280";

/// What stands in its head.
const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;font-size:12px;\
                     fill:#374151}.title{font-size:18px;font-weight:600;fill:#111827}.name{font-size:13px;\
                     font-weight:600;fill:#111827}.grid{stroke:#e5e7eb;stroke-width:1}.base{stroke:#9ca3af;\
                     stroke-width:1}.line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}\
                     .label{font-weight:600}.limit{stroke:#9ca3af;stroke-width:1;stroke-dasharray:4 3}";

/// Draws a run.
#[must_use]
pub fn chart(summary: &Summary) -> String {
    let series = coarse(&summary.series, MOST);
    let start = series.first().map_or(summary.started_ms, |first| {
        first.at_ms.saturating_sub(first.ms).min(summary.started_ms)
    });
    let end = series.last().map_or(summary.ended_ms, |last| last.at_ms);
    let seconds = end.saturating_sub(start).max(1) as f64 / 1000.0;
    let at = |sample: &Sample| sample.at_ms.saturating_sub(start) as f64 / 1000.0;
    // Once the devices disconnect, the numbers fall to nothing: what stands beside a line is from before that.
    let most = series.iter().map(|sample| sample.connected).max();
    let is_whole = |sample: &Sample| Some(sample.connected) > most.map(|most| most / 10 * 9);
    let told = series.iter().rposition(is_whole).unwrap_or(0);
    let line = |name: &str, colour, value: &dyn Fn(&Sample) -> Option<f64>| Line {
        name: name.to_owned(),
        colour,
        told: series.iter().take(told.max(1)).filter_map(value).last(),
        points: series
            .iter()
            .map(|sample| (at(sample), value(sample)))
            .collect(),
    };
    let across = Axis::time(seconds);

    let mut svg = String::new();
    let title = format!("{} devices", grouped(summary.devices.planned));
    // Writing to a `String` can't fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" role=\"img\"><title>tern fleet: {title}</title><style>{STYLE}</style>\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>"
    );
    text(
        &mut svg,
        LEFT,
        38.0,
        "title",
        &format!("tern fleet: {title}"),
    );
    for (y, words) in [(60.0, what(summary)), (78.0, came_to(summary))] {
        text(&mut svg, LEFT, y, "", &words);
    }

    let sent = if summary.plan.qos == 0 {
        "sent"
    } else {
        "acknowledged"
    };
    let panels = [
        Panel {
            name: "Devices connected".to_owned(),
            is_log: false,
            limit: None,
            lines: vec![line("connected", BLUE, &|sample| {
                Some(sample.connected as f64)
            })],
            value: |value| grouped(value.round() as u64),
        },
        Panel {
            name: "Messages per second".to_owned(),
            is_log: false,
            limit: None,
            lines: vec![
                line("published", LIGHT_BLUE, &|sample| {
                    Some(sample.per_second(sample.published))
                }),
                line(sent, BLUE, &|sample| {
                    Some(sample.per_second(sample.acknowledged))
                }),
                line("errors", RED, &|sample| {
                    Some(sample.per_second(sample.errors))
                }),
            ],
            value: |value| grouped(value.round() as u64),
        },
        Panel {
            name: if summary.shards.len() > 1 {
                "Acknowledgement latency, the slowest shard's (log)".to_owned()
            } else {
                "Acknowledgement latency (log)".to_owned()
            },
            is_log: true,
            limit: Some((1000.0, "1 s")),
            lines: vec![
                line("p50", GREY, &|sample| sample.p50_ms),
                line("p99", BLUE, &|sample| sample.p99_ms),
                line("p99.9", ORANGE, &|sample| sample.p999_ms),
            ],
            value: |value| time(value),
        },
    ];
    for (panel, (top, height)) in panels.iter().zip(PANELS) {
        panel.draw(&mut svg, &across, top, height);
    }
    let (last_top, last_height) = PANELS[PANELS.len() - 1];
    let bottom = last_top + last_height;
    for tick in &across.ticks {
        let x = across.place(*tick, LEFT, RIGHT);
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 18.0,
            clock(*tick)
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">time since the start, {}</text>",
        bottom + 40.0,
        if seconds < 3600.0 { "min:s" } else { "h:min:s" }
    );
    svg.push_str("</svg>\n");
    svg
}

/// What was done, in a line.
fn what(summary: &Summary) -> String {
    let plan = &summary.plan;
    let every = humantime::format_duration(std::time::Duration::from_millis(plan.every_ms));
    let place = match (summary.run.native, summary.run.per_sandbox) {
        (true, _) => "no sandbox".to_owned(),
        (false, 1) => "a sandbox each".to_owned(),
        (false, many) => format!("{} per sandbox", grouped(many)),
    };
    let started = std::time::UNIX_EPOCH + std::time::Duration::from_millis(summary.started_ms);
    let started = humantime::format_rfc3339_seconds(started);
    let mut words = format!("each a message (QoS {}) every {every}; {place}", plan.qos);
    let of = summary.shards.first().map_or(1, |shard| shard.count());
    if of > 1 {
        let _ = write!(words, "; {} of {of} shards", summary.shards.len());
    }
    let _ = write!(words, "; {started}");
    words
}

/// What it has come to, in a line.
fn came_to(summary: &Summary) -> String {
    let messages = &summary.messages;
    let done = if summary.plan.qos == 0 {
        "sent"
    } else {
        "acknowledged"
    };
    let mut words = format!(
        "{} of {} messages {done}",
        grouped(messages.acknowledged),
        grouped(messages.accepted)
    );
    for (count, what) in [
        (messages.failed, "failed"),
        (messages.lost, "lost"),
        (messages.open, "open"),
    ] {
        if count > 0 {
            let _ = write!(words, ", {} {what}", grouped(count));
        }
    }
    let latency = &summary.latency;
    for (name, value) in [
        ("p50", latency.p50_ms),
        ("p99", latency.p99_ms),
        ("p99.9", latency.p999_ms),
        ("longest", latency.max_ms),
    ] {
        if let Some(value) = value {
            let _ = write!(words, "; {name} {}", time(value));
        }
    }
    words
}

/// Writes a text at a place. It may hold anything.
fn text(svg: &mut String, x: f64, y: f64, class: &str, words: &str) {
    let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">");
    for c in words.chars() {
        match c {
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '&' => svg.push_str("&amp;"),
            // What XML 1.0 can't hold.
            c if c.is_control() => svg.push('\u{FFFD}'),
            c => svg.push(c),
        }
    }
    svg.push_str("</text>");
}

#[cfg(test)]
mod tests {
    use super::super::summary::tests::summary;
    use super::*;

    #[test]
    fn a_chart_has_its_title_units_and_each_line_by_name() {
        let mut summary = summary("0/1");
        summary.series = (1..=120)
            .map(|second| Sample {
                at_ms: summary.started_ms + second * 1000,
                ms: 1000,
                connected: second,
                published: 10 * second,
                acknowledged: 10 * second,
                p50_ms: Some(0.5),
                p99_ms: Some(5.0),
                p999_ms: (second != 60).then_some(50.0),
                ..Sample::default()
            })
            .collect();
        let svg = chart(&summary);
        for expected in [
            "<title>tern fleet: 1 devices</title>",
            ">Devices connected<",
            ">Messages per second<",
            ">Acknowledgement latency (log)<",
            ">p99.9 50.0 ms<",
            ">published 1,190<",
            ">1:00<",
            "time since the start, min:s",
        ] {
            assert!(svg.contains(expected), "{expected} in {svg}");
        }
        // The line with a gap is in two pieces.
        assert_eq!(svg.matches(" M").count(), 1, "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn a_run_of_nothing_is_drawn_too() {
        let mut summary = summary("0/1");
        summary.series.clear();
        let svg = chart(&summary);
        assert!(
            svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf"),
            "{svg}"
        );
    }

    #[test]
    fn no_text_breaks_the_picture() {
        let mut svg = String::new();
        text(&mut svg, 0.0, 0.0, "", "a<b>&\u{1}");
        assert!(svg.contains(">a&lt;b&gt;&amp;\u{FFFD}<"), "{svg}");
    }
}
