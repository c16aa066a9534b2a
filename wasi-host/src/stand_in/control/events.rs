//! `GET /api/events`: every event from now on, each as one server-sent message with the event's JSON.
//!
//! A listener that falls behind gets `events_dropped` with the number that it missed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Control;
use crate::stand_in::events::{SocketEvent, StandInEvent};
use crate::stand_in::stop::Stop;

/// How often a silent stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) async fn events(
    State(control): State<Control>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = control.hub.events().listen();
    let stream = unfold(
        (receiver, control.stop),
        |(mut receiver, stop)| async move {
            let json = next(&mut receiver, &stop).await?;
            Some((Ok(Event::default().data(json)), (receiver, stop)))
        },
    );
    Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

async fn next(receiver: &mut Receiver<Arc<str>>, stop: &Stop) -> Option<Arc<str>> {
    let received = tokio::select! {
        received = receiver.recv() => received,
        () = stop.asked() => return None,
    };
    match received {
        Ok(json) => Some(json),
        Err(RecvError::Lagged(count)) => {
            let event = StandInEvent::Socket(SocketEvent::EventsDropped { count });
            Some(event.to_json(SystemTime::now()).into())
        }
        Err(RecvError::Closed) => None,
    }
}
