//! What can be asked of the stand-in, as an operator in the cloud would.

use tern_core::identity::Triple;
use tern_core::time::Instant;
use tern_core::wire::QoS;
use tern_platform::{Device, DeviceAddress, PushError};

use super::rival::Rival;
use super::stand_in::StandIn;
use crate::protocol::cloud::{Ask, Done, NewDevice, Problem, ProblemKind, Push, Report};

impl StandIn {
    /// Carries it out; the answer is among the next [`reports`](Self::reports), or a later one's for many messages.
    pub(super) fn ask(&mut self, now: Instant, number: u32, ask: Ask) {
        let outcome = match ask {
            Ask::Register(device) => self.register_new(&device),
            Ask::Remove(device) => {
                let removed = self.platform.remove_device(now, &device);
                self.secrets.remove(&device);
                known(removed, &device)
            }
            Ask::Disable { device, disabled } => {
                let changed = self.platform.set_disabled(now, &device, disabled);
                known(changed, &device)
            }
            Ask::Push(push) => match checked(&push) {
                Ok(qos) => {
                    self.flows.start(now, number, push, qos);
                    self.turn(now);
                    return;
                }
                Err(problem) => Err(problem),
            },
            Ask::StopPush => {
                let stopped = self.flows.stop();
                self.answers.extend(stopped);
                Ok(())
            }
            Ask::SetFaults(faults) => {
                self.platform.set_faults(now, faults);
                Ok(())
            }
            Ask::Rival(device) => self.set_rival(now, device),
            Ask::ClearEvents => {
                self.events.clear();
                Ok(())
            }
        };
        self.settle(now);
        self.answers.push(Report::Answered {
            number,
            outcome: outcome.map(|()| Done::Done),
        });
    }

    fn register_new(&mut self, new: &NewDevice) -> Result<(), Problem> {
        let triple = Triple::new(&new.product_key, &new.device_name, &new.device_secret)
            .map_err(|error| rule(error.to_string()))?;
        let address = DeviceAddress {
            product_key: triple.product_key.clone(),
            device_name: triple.device_name.clone(),
        };
        if self.platform.device(&address).is_some() {
            return Err(Problem {
                kind: ProblemKind::Known,
                text: format!("device {address} is registered already"),
            });
        }
        self.register(Device {
            triple,
            disabled: false,
        });
        Ok(())
    }

    fn set_rival(&mut self, now: Instant, device: Option<DeviceAddress>) -> Result<(), Problem> {
        if let Some(rival) = self.rival.take() {
            rival.stop(now, &mut self.platform);
        }
        let Some(device) = device else { return Ok(()) };
        let secret = self.secrets.get(&device).ok_or_else(|| unknown(&device))?;
        let triple = Triple {
            product_key: device.product_key,
            device_name: device.device_name,
            device_secret: secret.clone(),
        };
        self.seed = self.seed.wrapping_add(1);
        let rival = Rival::start(now, triple, self.seed, &mut self.platform).map_err(rule)?;
        self.rival = Some(rival);
        Ok(())
    }
}

fn checked(push: &Push) -> Result<QoS, Problem> {
    if !(1..=Push::MOST).contains(&push.count) {
        let text = format!("count {}: must be 1 to {}", push.count, Push::MOST);
        return Err(rule(text));
    }
    // The platform refuses QoS 2 in its own words.
    QoS::from_number(push.qos).ok_or_else(|| rule(format!("qos {}: must be 0 or 1", push.qos)))
}

fn known(is: bool, device: &DeviceAddress) -> Result<(), Problem> {
    is.then_some(()).ok_or_else(|| unknown(device))
}

fn unknown(device: &DeviceAddress) -> Problem {
    Problem {
        kind: ProblemKind::NoDevice,
        text: PushError::NoDevice(device.clone()).to_string(),
    }
}

const fn rule(text: String) -> Problem {
    Problem {
        kind: ProblemKind::Rule,
        text,
    }
}
