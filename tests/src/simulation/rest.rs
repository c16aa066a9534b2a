//! On a healthy network everything has to come to rest, within the times that are stated.

use core::time::Duration;

use tern_core::wire::QoS;
use tern_platform::Pushed;

use super::ledger::Standing;
use super::plan::FILTERS;
use super::rules::{Broken, Rule, ensure};
use super::world::{DEVICE, World};

/// From the login to the answer of the last request: windows of one message on a slow network included.
const ANSWERS: Duration = Duration::from_secs(30);

/// What remains beside the named times: ways on the network, and the application's own wait.
const SLACK: Duration = Duration::from_secs(10);

impl World {
    pub(super) fn come_to_rest(&mut self) -> Result<(), Broken> {
        self.connects()?;
        self.answers()?;
        self.subscriptions_stand()?;
        self.works_anew()?;
        self.stays()?;
        self.is_at_rest()
    }

    /// The longest that a dead link stands unnoticed, or an attempt that began before lasts; then one wait.
    fn connects(&mut self) -> Result<(), Broken> {
        let config = &self.plan.device;
        let unnoticed = Duration::from_secs(config.keep_alive.into()) * 3 / 4
            + 2 * config.ping_timeout
            + config.drain_timeout;
        let bound = unnoticed.max(config.connect_timeout) + self.backoff.cap() + SLACK;
        let by = self.pair.now() + bound;
        let done = self.run_until_done(by, |world| world.pair.is_joined(DEVICE))?;
        ensure(done, Rule::Connected, by, || {
            format!("the network has been healthy for {bound:?}, and the device is not connected")
        })
    }

    fn answers(&mut self) -> Result<(), Broken> {
        let by = self.pair.now() + ANSWERS;
        let done = self.run_until_done(by, |world| {
            world.ledger.open() == 0
                && world.pair.device(DEVICE).packet_ids_in_use() == 0
                && world.ledger.first_due().is_none()
        })?;
        let first_due = self.ledger.first_due();
        ensure(done || first_due.is_none(), Rule::Delivered, by, || {
            format!("message {first_due:?} has not come")
        })?;
        let open = self.ledger.open();
        ensure(done || open == 0, Rule::Token, by, || {
            format!("{open} tokens have not ended")
        })?;
        ensure(done, Rule::IdentifierLeak, by, || {
            "packet identifiers are in use, and nothing waits for them".to_owned()
        })
    }

    /// What the application was last told of a filter holds.
    fn subscriptions_stand(&mut self) -> Result<(), Broken> {
        for filter in 0..FILTERS {
            let standing = self.ledger.standing[filter];
            match standing {
                Standing::Unknown => continue,
                // A flipped bit makes `+` a `#`: another filter may stand that takes the same messages.
                Standing::Unsubscribed if self.ledger.was_tainted => continue,
                _ => {}
            }
            let pushed = self.push(filter, QoS::AtLeastOnce, 3);
            self.look()?;
            let taken = matches!(pushed, Pushed::Sent | Pushed::Queued);
            let now = self.pair.now();
            ensure(
                taken == (standing == Standing::Subscribed),
                Rule::Subscribed,
                now,
                || {
                    format!(
                        "filter {filter} is told to be {standing:?}, and a message for it is {pushed:?}"
                    )
                },
            )?;
        }
        self.answers()
    }

    /// Whatever was before: what is asked for now succeeds.
    fn works_anew(&mut self) -> Result<(), Broken> {
        for filter in 0..FILTERS {
            self.subscribe(filter, QoS::AtLeastOnce)?;
        }
        let first = self.ledger.next_publish();
        for own in [true, false] {
            self.publish(own, QoS::AtLeastOnce, 5)?;
            self.answers()?;
        }
        let now = self.pair.now();
        ensure(
            self.ledger.next_publish() == first + 2,
            Rule::Settled,
            now,
            || "a publish was not accepted".to_owned(),
        )?;
        for filter in 0..FILTERS {
            let standing = self.ledger.standing[filter];
            ensure(standing == Standing::Subscribed, Rule::Settled, now, || {
                format!("a subscription to filter {filter} ended as {standing:?}")
            })?;
        }
        self.subscriptions_stand()
    }

    /// Two keep alives in which nothing happens but pings.
    fn stays(&mut self) -> Result<(), Broken> {
        let keep_alive = Duration::from_secs(self.plan.device.keep_alive.into());
        let until = self.pair.now() + 2 * keep_alive;
        let lost = self.run_until_done(until, |world| !world.pair.is_joined(DEVICE))?;
        let now = self.pair.now();
        ensure(!lost, Rule::StaysConnected, now, || {
            "the connection was lost on a healthy network".to_owned()
        })
    }

    fn is_at_rest(&mut self) -> Result<(), Broken> {
        self.answers()?;
        let now = self.pair.now();
        let (messages, bytes) = self.pair.device(DEVICE).queued();
        ensure(
            messages == 0 && bytes == 0 && self.wire.in_flight() == 0,
            Rule::Settled,
            now,
            || format!("{messages} messages of {bytes} bytes are still queued"),
        )?;
        let kept = self.store.len();
        ensure(kept == 0, Rule::Settled, now, || {
            format!("{kept} messages stay in the store, and nothing waits for them")
        })?;
        let view = self.pair.platform.device(&self.address);
        let (queued, in_flight) = view.map_or((0, 0), |view| (view.queued, view.in_flight));
        ensure(queued == 0 && in_flight == 0, Rule::Settled, now, || {
            format!(
                "the platform still holds messages: {queued} wait, {in_flight} are not acknowledged"
            )
        })
    }
}
