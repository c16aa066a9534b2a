//! `POST /api/devices/{productKey}/{deviceName}/push`: messages from the cloud side, one or a steady flow.
//!
//! The body is JSON: `topic`; `payload` (text) or `payload_base64`; `qos` 0 (default) or 1; `count` (default
//! 1); `per_second` (default: as fast as it goes). The answer comes when all are handed over, and counts
//! what became of them:
//!
//! | field | meaning |
//! |---|---|
//! | `pushed` | messages handed to the platform: the sum of those below |
//! | `routed` | sent to the device |
//! | `queued` | QoS 1, waiting for the device to come back or to acknowledge earlier ones |
//! | `not_subscribed` | no subscription of the device takes the topic |
//! | `offline` | QoS 0, and the device is away |
//! | `dropped` | the device is too far behind |
//!
//! A QoS 1 flow without `per_second` goes at the pace of the device's acknowledgements while it is online;
//! one with `per_second` keeps its pace, and what does not fit into the device's queue falls out of it with
//! an event. When the caller closes the connection or the stand-in ends, no more are sent.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tern_core::wire::QoS;
use tern_platform::{DeviceAddress, PushError, Pushed};
use tokio::time::Instant;

use super::{Control, failure};

/// Messages of one request.
const MAX_COUNT: u64 = 10_000_000;
/// Messages per second of one request.
const MAX_RATE: f64 = 1_000_000.0;
/// Messages handed over before others get their turn.
const BATCH: u64 = 64;
/// How often a paced flow hands over what is due.
const TICK: Duration = Duration::from_millis(5);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    topic: String,
    payload: Option<String>,
    payload_base64: Option<String>,
    #[serde(default)]
    qos: u8,
    #[serde(default = "one")]
    count: u64,
    per_second: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    pushed: u64,
    routed: u64,
    queued: u64,
    not_subscribed: u64,
    offline: u64,
    dropped: u64,
}

fn one() -> u64 {
    1
}

pub(super) async fn push(
    State(control): State<Control>,
    Path((product_key, device_name)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let flow = match Flow::read(&product_key, &device_name, &body) {
        Ok(flow) => flow,
        Err(error) => return failure(StatusCode::BAD_REQUEST, error),
    };
    match flow.run(&control).await {
        Ok(report) => Json(report).into_response(),
        Err((status, error)) => failure(status, error),
    }
}

/// An order that has been checked.
struct Flow {
    device: DeviceAddress,
    topic: String,
    payload: Vec<u8>,
    qos: QoS,
    count: u64,
    per_second: Option<f64>,
}

impl Flow {
    fn read(product_key: &str, device_name: &str, body: &[u8]) -> Result<Self, String> {
        // An array would be taken too, its elements as the keys in order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(
                "push: an object such as {\"topic\": \"…\", \"payload\": \"…\"} is expected"
                    .to_owned(),
            );
        }
        let order: Order =
            serde_json::from_slice(body).map_err(|error| format!("push: {error}"))?;
        let payload = match (order.payload, order.payload_base64) {
            (Some(_), Some(_)) => return Err("payload, payload_base64: one of the two".to_owned()),
            (Some(text), None) => text.into_bytes(),
            (None, Some(text)) => STANDARD
                .decode(text)
                .map_err(|error| format!("payload_base64: {error}"))?,
            (None, None) => Vec::new(),
        };
        let qos = match order.qos {
            0 => QoS::AtMostOnce,
            1 => QoS::AtLeastOnce,
            other => return Err(format!("qos {other}: the platform has 0 and 1 only")),
        };
        if !(1..=MAX_COUNT).contains(&order.count) {
            return Err(format!("count {}: must be 1 to {MAX_COUNT}", order.count));
        }
        if let Some(rate) = order
            .per_second
            .filter(|rate| !(*rate > 0.0 && *rate <= MAX_RATE))
        {
            return Err(format!(
                "per_second {rate}: must be above 0 and at most {MAX_RATE}"
            ));
        }
        Ok(Self {
            device: DeviceAddress::new(product_key, device_name)
                .map_err(|error| error.to_string())?,
            topic: order.topic,
            payload,
            qos,
            count: order.count,
            per_second: order.per_second,
        })
    }

    async fn run(&self, control: &Control) -> Result<Report, (StatusCode, String)> {
        let start = Instant::now();
        let mut report = Report::default();
        loop {
            let due = self.due(start.elapsed());
            while report.pushed < due && !self.must_wait(control) {
                for _ in 0..BATCH.min(due - report.pushed) {
                    self.push_one(control, &mut report)?;
                }
                tokio::task::yield_now().await;
                if control.stop.is_asked() {
                    return Ok(report);
                }
            }
            if report.pushed == self.count {
                return Ok(report);
            }
            tokio::select! {
                () = tokio::time::sleep(self.until_next(report.pushed, start.elapsed())) => {}
                () = control.stop.asked() => return Ok(report),
            }
        }
    }

    /// Whether an unpaced flow of QoS 1 should let an online device catch up first.
    fn must_wait(&self, control: &Control) -> bool {
        self.qos == QoS::AtLeastOnce
            && self.per_second.is_none()
            && self.count > 1
            && control.hub.with(|platform, _| {
                let half = platform.settings().queue / 2;
                platform
                    .device(&self.device)
                    .is_some_and(|device| device.online && device.queued > half)
            })
    }

    /// How many are to be handed over by this time: the first at once.
    fn due(&self, elapsed: Duration) -> u64 {
        let Some(rate) = self.per_second else {
            return self.count;
        };
        // Saturating: at most `MAX_RATE` times the age of the request, far from the limits of a u64.
        ((elapsed.as_secs_f64() * rate) as u64)
            .saturating_add(1)
            .min(self.count)
    }

    /// How long until the next is due, but not shorter than a tick.
    fn until_next(&self, pushed: u64, elapsed: Duration) -> Duration {
        let rate = self.per_second.unwrap_or(MAX_RATE);
        let at = Duration::try_from_secs_f64(pushed as f64 / rate).unwrap_or(Duration::MAX);
        at.saturating_sub(elapsed).max(TICK)
    }

    fn push_one(&self, control: &Control, report: &mut Report) -> Result<(), (StatusCode, String)> {
        let pushed = control.hub.with(|platform, now| {
            platform.push(
                now,
                &self.device.product_key,
                &self.device.device_name,
                &self.topic,
                &self.payload,
                self.qos,
            )
        });
        let pushed = pushed.map_err(|error| {
            let status = match error {
                PushError::NoDevice(_) => StatusCode::NOT_FOUND,
                _ => StatusCode::BAD_REQUEST,
            };
            (status, error.to_string())
        })?;
        report.pushed += 1;
        match pushed {
            Pushed::Sent => report.routed += 1,
            Pushed::Queued => report.queued += 1,
            Pushed::NotSubscribed => report.not_subscribed += 1,
            Pushed::Offline => report.offline += 1,
            Pushed::Dropped => report.dropped += 1,
        }
        Ok(())
    }
}
