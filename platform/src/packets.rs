//! Which packet may come now, and what it does.

use tern_core::time::Instant;
use tern_core::topic::TopicFilter;
use tern_core::wire::{
    Connack, Connect, ConnectCode, Packet, PacketId, Publish, QoS, Suback, SubackCode, Subscribe,
    Unsubscribe,
};

use crate::connection::Phase;
use crate::connections::ConnectionId;
use crate::event::EventKind;
use crate::faults::Cut;
use crate::login::{Accepted, Desk, Refusal};
use crate::platform::Platform;
use crate::registry::DeviceIndex;
use crate::session::Session;
use crate::topics;

impl Platform {
    /// Takes one packet. An error is the reason to close the connection for.
    pub(crate) fn packet(
        &mut self,
        now: Instant,
        id: ConnectionId,
        packet: Packet<'_>,
    ) -> Result<(), String> {
        let Some(connection) = self.connections.get(&id) else {
            return Ok(());
        };
        match (connection.device(), packet) {
            (None, Packet::Connect(connect)) => self.connect(now, id, &connect),
            (None, packet) => Err(format!(
                "the first packet is {}, it must be CONNECT [MQTT-3.1.0-1]",
                packet.packet_type()
            )),
            (Some(_), Packet::Connect(_)) => Err("a second CONNECT came [MQTT-3.1.0-2]".to_owned()),
            (Some(device), Packet::Publish(publish)) => self.publish(now, id, device, &publish),
            (Some(device), Packet::Puback(packet_id)) => self.puback(now, device, packet_id),
            (Some(device), Packet::Subscribe(subscribe)) => {
                self.subscribe(now, id, device, subscribe)
            }
            (Some(device), Packet::Unsubscribe(unsubscribe)) => {
                self.unsubscribe(now, id, device, &unsubscribe)
            }
            (Some(_), Packet::Pingreq) => self.answer(now, id, &Packet::Pingresp),
            (Some(_), Packet::Disconnect) => Err("the device disconnected".to_owned()),
            (Some(_), packet) => Err(format!(
                "{} came, but no QoS 2 is spoken here",
                packet.packet_type()
            )),
        }
    }

    fn connect(&mut self, now: Instant, id: ConnectionId, connect: &Connect) -> Result<(), String> {
        let Some(connection) = self.connections.get_mut(&id) else {
            return Ok(());
        };
        let desk = Desk {
            settings: &self.settings,
            registry: &self.registry,
            tokens: &self.tokens,
        };
        let decided = desk.decide(now, connection.arrival, connect);
        let fault = match &decided {
            Ok(accepted) => self.fault_for(Some(accepted.device)),
            Err(Refusal { device, .. }) => device
                .as_ref()
                .map_or(self.faults.all, |device| self.faults.of(device)),
        };
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.fault = fault;
        }
        if fault.half_open {
            self.swallow(id);
            return Ok(());
        }
        match (decided, fault.refuse) {
            (Err(refusal), _) => self.refuse(now, id, refusal),
            (Ok(accepted), Some(refuse)) => {
                let reason = "refused on purpose (fault: refuse)".to_owned();
                self.refuse(
                    now,
                    id,
                    Refusal {
                        code: refuse.code,
                        reason,
                        device: self.address_of(Some(accepted.device)),
                    },
                )
            }
            (Ok(accepted), None) => self.accept(now, id, connect, accepted),
        }
    }

    /// Answers with a refusal and closes [MQTT-3.2.2-5].
    fn refuse(&mut self, now: Instant, id: ConnectionId, refusal: Refusal) -> Result<(), String> {
        let code = match refusal.code {
            ConnectCode::Accepted => ConnectCode::NotAuthorized,
            code => code,
        };
        self.answer(
            now,
            id,
            &Packet::Connack(Connack {
                session_present: false,
                code,
            }),
        )?;
        let kind = EventKind::Refused {
            connack: code.number(),
            reason: refusal.reason.clone(),
        };
        self.event_of(Some(id), refusal.device, kind);
        self.close(now, id, refusal.reason);
        Ok(())
    }

    fn accept(
        &mut self,
        now: Instant,
        id: ConnectionId,
        connect: &Connect,
        accepted: Accepted,
    ) -> Result<(), String> {
        let Accepted {
            device,
            client_id,
            login,
        } = accepted;
        if let Some(older) = self.registry.entry(device).connection {
            self.end(
                now,
                older,
                "taken over by a newer connection with the same triple".to_owned(),
            );
        }
        let entry = self.registry.entry_mut(device);
        entry.connection = Some(id);
        entry.since = Some(now);
        let session_present = !connect.clean_session && entry.session.is_some();
        match &mut entry.session {
            Some(session) if session_present => session.clean = false,
            session => *session = Some(Session::new(connect.clean_session)),
        }
        let patience = self.settings.idle_factor.patience(connect.keep_alive);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.phase = Phase::Online {
                device,
                keep_alive: connect.keep_alive,
                patience,
            };
            self.timers.disarm(id, connection);
            self.timers.arm(id, connection);
        }
        self.answer(
            now,
            id,
            &Packet::Connack(Connack {
                session_present,
                code: ConnectCode::Accepted,
            }),
        )?;
        let kind = EventKind::Connected {
            client_id,
            keep_alive: connect.keep_alive,
            clean_session: connect.clean_session,
            session_present,
            login,
        };
        self.event(Some(id), Some(device), kind);
        if connect.will.is_some() {
            let what = "the will of the CONNECT: this platform has none and will never publish it"
                .to_owned();
            self.event(Some(id), Some(device), EventKind::Ignored { what });
        }
        if self.fault_for(Some(device)).drop == Some(Cut::AfterConnect) {
            return Err("cut on purpose (fault: drop)".to_owned());
        }
        self.resume(now, device);
        Ok(())
    }

    fn publish(
        &mut self,
        now: Instant,
        id: ConnectionId,
        device: DeviceIndex,
        publish: &Publish<'_>,
    ) -> Result<(), String> {
        let Publish {
            topic,
            payload,
            qos,
            ..
        } = *publish;
        if qos == QoS::ExactlyOnce {
            return Err("a PUBLISH with QoS 2 came: only QoS 0 and 1 are spoken here".to_owned());
        }
        if topic.len() > self.settings.max_topic {
            return Err(format!(
                "a topic of {} bytes is over the limit of {}",
                topic.len(),
                self.settings.max_topic
            ));
        }
        if payload.len() > self.settings.max_payload {
            return Err(format!(
                "a payload of {} bytes is over the limit of {}",
                payload.len(),
                self.settings.max_payload
            ));
        }
        let address = &self.registry.entry(device).address;
        let routed = topics::owns_topic(
            address.product_key.as_str(),
            address.device_name.as_str(),
            topic,
        );
        if self.tells_published {
            let kind = EventKind::Published {
                topic: topic.to_owned(),
                qos: qos.number(),
                routed,
            };
            self.event(Some(id), Some(device), kind);
        }
        if let Some(packet_id) = publish.packet_id {
            self.answer(now, id, &Packet::Puback(packet_id))?;
        }
        if routed {
            // To the publisher alone: no other device can have subscribed to it, or, where a topic fits two
            // devices, must not be reached by it.
            self.deliver(now, device, topic, payload, qos);
        }
        Ok(())
    }

    fn puback(
        &mut self,
        now: Instant,
        device: DeviceIndex,
        packet_id: PacketId,
    ) -> Result<(), String> {
        let session = self.registry.entry_mut(device).session.as_mut();
        // An identifier that is not in flight is passed over: after the device lost its state it may
        // acknowledge what has been acknowledged before.
        if session.is_some_and(|session| session.acknowledge(packet_id)) {
            self.advance(now, device);
        }
        Ok(())
    }

    fn subscribe(
        &mut self,
        now: Instant,
        id: ConnectionId,
        device: DeviceIndex,
        subscribe: Subscribe,
    ) -> Result<(), String> {
        let mut codes = Vec::with_capacity(subscribe.filters.len());
        for (filter, asked) in subscribe.filters {
            let granted = asked.min(QoS::AtLeastOnce);
            let kind = match self.add_subscription(device, &filter, granted)? {
                Ok(()) => {
                    codes.push(SubackCode::Granted(granted));
                    EventKind::Subscribed {
                        filter,
                        qos: granted.number(),
                    }
                }
                Err(reason) => {
                    codes.push(SubackCode::Failure);
                    EventKind::SubscribeRefused { filter, reason }
                }
            };
            self.event(Some(id), Some(device), kind);
        }
        self.answer(
            now,
            id,
            &Packet::Suback(Suback {
                packet_id: subscribe.packet_id,
                codes,
            }),
        )
    }

    /// Outer error: the connection has to be closed. Inner error: the filter is refused.
    fn add_subscription(
        &mut self,
        device: DeviceIndex,
        text: &str,
        granted: QoS,
    ) -> Result<Result<(), String>, String> {
        let filter =
            TopicFilter::new(text).map_err(|error| format!("malformed SUBSCRIBE: {error}"))?;
        let (max_topic, max) = (self.settings.max_topic, self.settings.max_subscriptions);
        if text.len() > max_topic {
            return Ok(Err(format!(
                "the filter has {} bytes, over the limit of {max_topic}",
                text.len()
            )));
        }
        let entry = self.registry.entry_mut(device);
        let address = &entry.address;
        let (product_key, device_name) =
            (address.product_key.as_str(), address.device_name.as_str());
        if !topics::owns_filter(product_key, device_name, text) {
            return Ok(Err(format!(
                "not the device's own: it subscribes under /{product_key}/{device_name}/, /sys/{product_key}/{device_name}/ and the like"
            )));
        }
        let session = entry.session.get_or_insert_with(|| Session::new(true));
        if !session.subscribe(filter, granted, max) {
            return Ok(Err(format!(
                "the device has {max} subscriptions already, which is the limit"
            )));
        }
        Ok(Ok(()))
    }

    fn unsubscribe(
        &mut self,
        now: Instant,
        id: ConnectionId,
        device: DeviceIndex,
        unsubscribe: &Unsubscribe,
    ) -> Result<(), String> {
        for filter in &unsubscribe.filters {
            TopicFilter::new(filter).map_err(|error| format!("malformed UNSUBSCRIBE: {error}"))?;
            let session = self.registry.entry_mut(device).session.as_mut();
            if session.is_some_and(|session| session.unsubscribe(filter)) {
                self.event(
                    Some(id),
                    Some(device),
                    EventKind::Unsubscribed {
                        filter: filter.clone(),
                    },
                );
            }
        }
        // Acknowledged even where nothing was subscribed [MQTT-3.10.4-5].
        self.answer(now, id, &Packet::Unsuback(unsubscribe.packet_id))
    }

    fn answer(
        &mut self,
        now: Instant,
        id: ConnectionId,
        packet: &Packet<'_>,
    ) -> Result<(), String> {
        self.send(now, id, packet)
            .map_err(|error| format!("the answer can't be written: {error}"))
    }
}
