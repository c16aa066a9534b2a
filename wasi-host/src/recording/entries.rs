//! From the engine's batches to the entries of a recording, and back.

use tern_component::batch::{Command, InputBatch, Report, ReportEvent};
use tern_core::device::KeptMessage;
use tern_core::transcript::{Heard, Said};

/// What a command tells a device.
pub(super) fn heard(command: &Command<'_>) -> Heard {
    match command {
        Command::Connect => Heard::Connect,
        Command::Disconnect => Heard::Disconnect,
        Command::Publish {
            topic,
            payload,
            qos,
        } => Heard::Publish {
            topic: (*topic).to_owned(),
            payload: payload.to_vec(),
            qos: *qos,
        },
        Command::Subscribe { filter, qos } => Heard::Subscribe {
            filter: (*filter).to_owned(),
            qos: *qos,
        },
        Command::Unsubscribe { filter } => Heard::Unsubscribe {
            filter: (*filter).to_owned(),
        },
        Command::TransportOpened => Heard::TransportOpened,
        Command::Received { bytes, .. } => Heard::Received {
            anew: true,
            bytes: bytes.to_vec(),
        },
        Command::TransportClosed(reason) => Heard::TransportClosed(reason.clone()),
        Command::HttpAnswered { status, body } => Heard::HttpAnswered {
            status: *status,
            body: body.to_vec(),
        },
        Command::HttpFailed(reason) => Heard::HttpFailed(reason.clone()),
        Command::Timeout => Heard::Timeout,
        Command::RestoreMessage {
            token,
            packet_id,
            topic,
            payload,
        } => Heard::RestoreMessage(KeptMessage {
            token: *token,
            packet_id: *packet_id,
            topic: (*topic).to_owned(),
            payload: payload.to_vec(),
        }),
        Command::RestoreSubscription { filter, qos } => Heard::RestoreSubscription {
            filter: (*filter).to_owned(),
            qos: *qos,
        },
        Command::RestoreTokens(last) => Heard::RestoreTokens(*last),
        Command::HoldUntilKept => Heard::HoldUntilKept,
        Command::Kept(up_to) => Heard::Kept(*up_to),
        Command::Withdraw(token) => Heard::Withdraw(*token),
        Command::TellSession => Heard::TellSession,
    }
}

/// Adds the command that told this. `held` has all the bytes of [`Heard::Received`].
pub(super) fn add(batch: &mut InputBatch, session: u32, heard: &Heard, held: &[u8]) {
    match heard {
        Heard::Connect => batch.connect(session),
        Heard::Disconnect => batch.disconnect(session),
        Heard::Publish {
            topic,
            payload,
            qos,
        } => batch.publish(session, topic, payload, *qos),
        Heard::Subscribe { filter, qos } => batch.subscribe(session, filter, *qos),
        Heard::Unsubscribe { filter } => batch.unsubscribe(session, filter),
        Heard::TransportOpened => batch.transport_opened(session),
        Heard::Received { .. } => batch.received(session, held),
        Heard::TransportClosed(reason) => batch.transport_closed(session, reason),
        Heard::HttpAnswered { status, body } => batch.http_answered(session, *status, body),
        Heard::HttpFailed(reason) => batch.http_failed(session, reason),
        Heard::Timeout => batch.timeout(session),
        Heard::RestoreMessage(message) => {
            let (topic, payload) = (&message.topic, &message.payload);
            batch.restore_message(session, message.token, message.packet_id, topic, payload);
        }
        Heard::RestoreSubscription { filter, qos } => {
            batch.restore_subscription(session, filter, *qos);
        }
        Heard::RestoreTokens(last) => batch.restore_tokens(session, *last),
        Heard::HoldUntilKept => batch.hold_until_kept(session),
        Heard::Kept(up_to) => batch.kept(session, *up_to),
        Heard::Withdraw(token) => batch.withdraw(session, *token),
        Heard::TellSession => batch.tell_session(session),
    }
}

/// What a report says.
pub(super) fn said(report: Report<'_>) -> Said {
    match report {
        Report::OpenTransport(endpoint) => Said::OpenTransport(endpoint),
        Report::SendHttp(request) => Said::SendHttp {
            url: request.url,
            body: request.body,
        },
        Report::Transmit(bytes) => Said::Transmit(bytes.to_vec()),
        Report::CloseTransport => Said::CloseTransport,
        Report::Deadline(at) => Said::Deadline(at),
        Report::Consumed { consumed, need } => Said::Consumed { consumed, need },
        Report::Accepted(token) => Said::Accepted(token),
        Report::NotAccepted { is_full, text } => Said::NotAccepted {
            is_full,
            text: text.to_owned(),
        },
        Report::ToBeKept { token, packet_id } => Said::ToBeKept { token, packet_id },
        Report::SessionMessage {
            token,
            packet_id,
            topic,
            payload,
        } => Said::SessionMessage(KeptMessage {
            token,
            packet_id,
            topic: topic.to_owned(),
            payload: payload.to_vec(),
        }),
        Report::SessionSubscription { filter, qos } => Said::SessionSubscription {
            filter: filter.to_owned(),
            qos,
        },
        Report::SessionTold(last) => Said::SessionTold(last),
        Report::NotRestored { text } => Said::NotRestored {
            text: text.to_owned(),
        },
        Report::Event(event) => happened(event),
    }
}

fn happened(event: ReportEvent<'_>) -> Said {
    match event {
        ReportEvent::Connecting { endpoint } => Said::Connecting(endpoint),
        ReportEvent::Authenticated => Said::Authenticated,
        ReportEvent::Connected { session_present } => Said::Connected { session_present },
        ReportEvent::Refused(refusal) => Said::Refused(refusal),
        ReportEvent::Disconnected(disconnect) => Said::Disconnected(disconnect),
        ReportEvent::Reconnecting { in_ms, attempt } => Said::Reconnecting { in_ms, attempt },
        ReportEvent::Subscribed { token, filter, qos } => Said::Subscribed {
            token,
            filter: filter.to_owned(),
            qos,
        },
        ReportEvent::SubscribeRefused { token, filter } => Said::SubscribeRefused {
            token,
            filter: filter.to_owned(),
        },
        ReportEvent::Unsubscribed { token, filter } => Said::Unsubscribed {
            token,
            filter: filter.to_owned(),
        },
        ReportEvent::Message {
            topic,
            payload,
            qos,
            dup,
            retain,
        } => Said::Message {
            topic: topic.to_owned(),
            payload: payload.to_vec(),
            qos,
            dup,
            retain,
        },
        ReportEvent::Published { token } => Said::Published(token),
        ReportEvent::Failed { token, reason } => Said::Failed { token, reason },
        ReportEvent::Ended(ended) => Said::Ended(ended),
    }
}
