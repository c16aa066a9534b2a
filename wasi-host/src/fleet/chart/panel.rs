//! One panel: lines over time, each with its name and a value beside it.

use std::fmt::Write;

use super::axis::Axis;
use super::{LEFT, RIGHT, text};

/// The least distance of two names, in pixels.
const NAME_HEIGHT: f64 = 15.0;

/// Lines that share a scale.
pub(super) struct Panel {
    pub(super) name: String,
    pub(super) is_log: bool,
    /// A value that matters, with its name. Drawn where the scale reaches it.
    pub(super) limit: Option<(f64, &'static str)>,
    pub(super) lines: Vec<Line>,
    /// How a value is written.
    pub(super) value: fn(f64) -> String,
}

/// Values over time in seconds; a gap where there is none.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: &'static str,
    /// The value that stands beside it.
    pub(super) told: Option<f64>,
    pub(super) points: Vec<(f64, Option<f64>)>,
}

impl Line {
    fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().filter_map(|(_, value)| *value)
    }
}

impl Panel {
    /// Draws it at a height.
    pub(super) fn draw(&self, svg: &mut String, across: &Axis, top: f64, height: f64) {
        let bottom = top + height;
        let values = || self.lines.iter().flat_map(Line::values);
        let most = values().fold(0.0, f64::max);
        let least = values().fold(f64::INFINITY, f64::min);
        let up = match (self.is_log, least.is_finite()) {
            (true, true) => Axis::log(least, most),
            (true, false) => Axis::log(1.0, 10.0),
            (false, _) => Axis::linear(most),
        };
        text(svg, LEFT, top - 12.0, "name", &self.name);
        for (at, tick) in up.ticks.iter().enumerate() {
            let y = up.place(*tick, bottom, top);
            let class = if at == 0 { "base" } else { "grid" };
            // Writing to a `String` can't fail.
            let _ = write!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"{class}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 8.0,
                y + 4.0,
                self.tick(*tick)
            );
        }
        if let Some((limit, _)) = self.limit.filter(|(limit, _)| most >= *limit) {
            let y = up.place(limit, bottom, top);
            let _ = write!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"limit\"/>"
            );
        }
        // A line of nothing but zeros says nothing where there are others.
        let shown: Vec<&Line> = self
            .lines
            .iter()
            .enumerate()
            .filter(|(at, line)| line.values().any(|value| value > 0.0) || *at == 0 && !self.is_log)
            .map(|(_, line)| line)
            .collect();
        for line in &shown {
            let path = path(line, across, &up, top, bottom);
            let colour = line.colour;
            let _ = write!(
                svg,
                "<path class=\"line\" stroke=\"{colour}\" d=\"{path}\"/>"
            );
        }
        self.draw_names(svg, &shown, &up, top, bottom);
    }

    /// A tick's number, as short as it goes.
    fn tick(&self, tick: f64) -> String {
        match (self.is_log, tick) {
            (false, tick) => (self.value)(tick),
            (true, ms) if ms >= 1000.0 => format!("{} s", (ms / 1000.0).round()),
            (true, ms) if ms >= 1.0 => format!("{} ms", ms.round()),
            (true, ms) => format!("{} µs", (ms * 1000.0).round()),
        }
    }

    /// Writes the names beside the lines' ends, none over another.
    fn draw_names(&self, svg: &mut String, lines: &[&Line], up: &Axis, top: f64, bottom: f64) {
        let mut names: Vec<(f64, &str, String)> = lines
            .iter()
            .filter_map(|line| {
                let last = line.told?;
                let words = format!("{} {}", line.name, (self.value)(last));
                Some((up.place(last, bottom, top), line.colour, words))
            })
            .collect();
        names.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut free = top - NAME_HEIGHT;
        for name in &mut names {
            name.0 = name.0.max(free);
            free = name.0 + NAME_HEIGHT;
        }
        // What was pushed below the panel goes up again, and pushes the others.
        let mut lowest = bottom;
        for name in names.iter_mut().rev() {
            name.0 = name.0.min(lowest);
            lowest = name.0 - NAME_HEIGHT;
        }
        for (y, colour, words) in names {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" class=\"label\" style=\"fill:{colour}\">{words}</text>",
                RIGHT + 8.0,
                y + 4.0
            );
        }
    }
}

fn path(line: &Line, across: &Axis, up: &Axis, top: f64, bottom: f64) -> String {
    let mut path = String::new();
    let mut begins = true;
    for (at, value) in &line.points {
        let Some(value) = value else {
            begins = true;
            continue;
        };
        let (x, y) = (
            across.place(*at, LEFT, RIGHT),
            up.place(*value, bottom, top),
        );
        let letter = match (begins, path.is_empty()) {
            (true, true) => "M",
            (true, false) => " M",
            (false, _) => "L",
        };
        let _ = write!(path, "{letter}{x:.1},{y:.1}");
        begins = false;
    }
    path
}
