//! What each device publishes, and when: decided by the options and the seed alone, so that a run can be repeated.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tern_core::wire::QoS;

use super::devices::Devices;
use super::random::{Purpose, Random};
use super::template::{Template, Values};

/// The whole of what a fleet does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its devices.
    pub devices: Devices,
    /// Decides whatever is random.
    pub seed: u64,
    /// Where each message goes to.
    pub topic: Template,
    /// What is in it.
    pub message: Template,
    /// How it is sent.
    pub qos: QoS,
    /// From one message of a device to its next.
    pub every: Duration,
    /// Whether all devices publish at the same moment, instead of each at its own in the interval.
    pub in_step: bool,
    /// Messages of each device; `None` for no end.
    pub count: Option<u64>,
    /// What each subscribes to, if anything.
    pub subscribe: Option<Template>,
}

/// What two summaries must have in common to be parts of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// Devices in all shards together.
    pub devices: u64,
    /// The first and the last device, as `PRODUCTKEY/DEVICENAME` or client id.
    pub from: String,
    /// See `from`.
    pub to: String,
    /// What decides whatever is random.
    pub seed: u64,
    /// The topic's template.
    pub topic: String,
    /// The payload's template.
    pub message: String,
    /// 0 or 1.
    pub qos: u8,
    /// From one message of a device to its next, in ms.
    pub every_ms: u64,
    /// Whether all publish at the same moment.
    pub in_step: bool,
    /// Messages of each device.
    pub count: Option<u64>,
    /// The template of what each subscribes to.
    pub subscribe: Option<String>,
}

impl Plan {
    /// When in its interval a device publishes: from zero to just below [`every`](Self::every), counted from the
    /// start of the run.
    #[must_use]
    pub fn phase(&self, number: u64) -> Duration {
        if self.in_step {
            return Duration::ZERO;
        }
        let mut random = Random::new(self.seed, Purpose::Phase, number, 0);
        Duration::from_micros(random.below(micros(self.every)))
    }

    /// The first time at which a device publishes that is not before `after`, both counted from the start of the
    /// run.
    #[must_use]
    pub fn first_due(&self, number: u64, after: Duration) -> Duration {
        let (phase, every) = (micros(self.phase(number)), micros(self.every).max(1));
        let wait = micros(after).saturating_sub(phase);
        Duration::from_micros(phase.saturating_add(wait.div_ceil(every).saturating_mul(every)))
    }

    /// Writes topic and payload of a device's message into two cleared texts. Time and client id apart, they depend
    /// on nothing but the plan and the two numbers.
    pub fn message(
        &self,
        number: u64,
        sequence: u64,
        time_ms: u64,
        topic: &mut String,
        payload: &mut String,
    ) {
        let names = self.devices.names(number);
        let values = Values {
            product_key: &names.product_key,
            device_name: &names.device_name,
            client_id: &names.client_id,
            number,
            sequence,
            time_ms,
        };
        let mut random = Random::new(self.seed, Purpose::Message, number, sequence);
        topic.clear();
        self.topic.fill(topic, &values, &mut random);
        payload.clear();
        self.message.fill(payload, &values, &mut random);
    }

    /// What a device subscribes to, if anything.
    #[must_use]
    pub fn filter(&self, number: u64) -> Option<String> {
        let template = self.subscribe.as_ref()?;
        let names = self.devices.names(number);
        let values = Values {
            product_key: &names.product_key,
            device_name: &names.device_name,
            client_id: &names.client_id,
            number,
            sequence: 0,
            time_ms: 0,
        };
        let mut filter = String::new();
        template.fill(
            &mut filter,
            &values,
            &mut Random::new(self.seed, Purpose::Message, number, 0),
        );
        Some(filter)
    }

    /// A device as people know it.
    #[must_use]
    pub fn name(&self, number: u64) -> String {
        let names = self.devices.names(number);
        if self.devices.have_triples() {
            format!("{}/{}", names.product_key, names.device_name)
        } else {
            names.client_id
        }
    }

    /// What a summary says of it.
    #[must_use]
    pub fn outline(&self) -> Outline {
        let devices = self.devices.count();
        Outline {
            devices,
            from: self.name(1),
            to: self.name(devices),
            seed: self.seed,
            topic: self.topic.as_str().to_owned(),
            message: self.message.as_str().to_owned(),
            qos: self.qos.number(),
            every_ms: u64::try_from(self.every.as_millis()).unwrap_or(u64::MAX),
            in_step: self.in_step,
            count: self.count,
            subscribe: self
                .subscribe
                .as_ref()
                .map(|template| template.as_str().to_owned()),
        }
    }
}

/// Whole microseconds: 64 bits hold half a million years of them.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::super::template::Kind;
    use super::*;

    fn plan(seed: u64) -> Plan {
        let template = |text| Template::new("--message", text, Kind::Message).unwrap();
        Plan {
            devices: Devices::clients(Pattern::new("--client-id", "c{1..1000}", None).unwrap()),
            seed,
            topic: template("t/{n}/{random:1..9}"),
            message: template("{seq} {random:1..1000000} {letters:8}"),
            qos: QoS::AtLeastOnce,
            every: Duration::from_secs(10),
            in_step: false,
            count: None,
            subscribe: Some(template("s/{client_id}/#")),
        }
    }

    fn told(plan: &Plan) -> Vec<(Duration, String, String)> {
        let (mut topic, mut payload) = (String::new(), String::new());
        let mut all = Vec::new();
        for number in 1..=50 {
            for sequence in 0..3 {
                plan.message(number, sequence, 0, &mut topic, &mut payload);
                all.push((plan.phase(number), topic.clone(), payload.clone()));
            }
        }
        all
    }

    #[test]
    fn the_same_seed_gives_the_same_messages_at_the_same_times() {
        assert_eq!(told(&plan(1)), told(&plan(1)));
        assert_ne!(told(&plan(1)), told(&plan(2)));
        assert_eq!(plan(1).filter(3).unwrap(), "s/c3/#");
    }

    #[test]
    fn publishes_are_spread_over_the_interval() {
        let plan = plan(1);
        let mut tenths = [0; 10];
        for number in 1..=1000 {
            let phase = plan.phase(number);
            assert!(phase < plan.every);
            tenths[(phase.as_secs()) as usize] += 1;
        }
        assert!(
            tenths.iter().all(|count| (60..140).contains(count)),
            "{tenths:?}"
        );
        let in_step = Plan {
            in_step: true,
            ..plan
        };
        assert_eq!(in_step.phase(5), Duration::ZERO);
    }

    #[test]
    fn a_device_that_comes_late_keeps_its_own_times() {
        let plan = plan(1);
        let phase = plan.phase(3);
        assert_eq!(plan.first_due(3, Duration::ZERO), phase);
        let later = plan.first_due(3, Duration::from_secs(25));
        assert!(later >= Duration::from_secs(25) && later < Duration::from_secs(35));
        assert_eq!((later - phase).as_micros() % plan.every.as_micros(), 0);
        assert_eq!(plan.first_due(3, later), later);
    }
}
