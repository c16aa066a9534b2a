//! What a run consists of: drawn from its seed before it begins.

use core::time::Duration;

use fastrand::Rng;
use tern_core::auth::AuthUrl;
use tern_core::device::{Config, Limits, Login, Reconnect};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_core::time::Instant;
use tern_core::topic::TopicFilter;
use tern_core::wire::QoS;
use tern_platform::{Device, Settings};

use super::store::Keeps;
use super::weather::Nature;
use crate::pair::Way;

/// The product of the devices.
pub(super) const PRODUCT: &str = "a1aq9sQk2JE";
/// The device's name.
pub(super) const NAME: &str = "dev1";
/// Filters that the device may subscribe to.
pub(super) const FILTERS: usize = 3;
/// What the stand-in and the devices agree on.
const SECRET: &str = "secret-of-dev1";

/// A run before it begins.
pub(super) struct Plan {
    /// The device under test.
    pub(super) device: Config,
    /// Another with the same triple, which fights for the connection.
    pub(super) rival: Config,
    pub(super) settings: Settings,
    pub(super) bad: Nature,
    pub(super) calm: Nature,
    /// What a process of the device leaves to the next one.
    pub(super) keeps: Keeps,
    /// The filters that the application subscribes to whenever it begins.
    pub(super) wanted: [bool; FILTERS],
    /// When the network becomes healthy and the faults end.
    pub(super) heals_at: Instant,
    /// What happens until then, in order.
    pub(super) moments: Vec<(Instant, Moment)>,
    /// Where the devices' and the platform's own randomness comes from.
    pub(super) rng: Rng,
}

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    /// The application publishes, on a topic of its own or on one of another device.
    Publish { own: bool, qos: QoS, len: usize },
    /// The application subscribes.
    Subscribe { filter: usize, qos: QoS },
    /// The application unsubscribes.
    Unsubscribe { filter: usize },
    /// The application disconnects, and connects again after this time.
    Disconnect { back_after: Duration },
    /// The cloud sends a message.
    Push { filter: usize, qos: QoS, len: usize },
    /// The network resets the connection.
    Reset,
    /// The network swallows what is sent, in one direction or both.
    Cut(Option<Way>),
    /// The network holds back what is sent.
    Hold(Way, Duration),
    /// The device's host hangs.
    Stall(Duration),
    /// The device's process ends, and another begins after this time.
    RestartDevice {
        back_after: Duration,
        power_went: bool,
    },
    /// The platform's process ends, and comes back after this time with or without its sessions.
    RestartPlatform { down_for: Duration, forgets: bool },
    /// The rival connects.
    RivalComes,
    /// The rival's process ends.
    RivalGoes,
}

impl Plan {
    /// The run of this seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let device = config(&mut rng);
        let rival = Config {
            keep_alive: 60,
            ..device.clone()
        };
        let mut bad = Nature::bad(&mut rng);
        if rng.u8(0..4) == 0 {
            bad.corrupts = rng.u16(1..30);
        }
        let span = 1_000 * *rng.choice(&[20, 60, 180, 600]).unwrap_or(&60);
        let mut moments = moments(&mut rng, span);
        moments.sort_by_key(|(at, _)| *at);
        Self {
            rival,
            settings: settings(&mut rng),
            bad,
            calm: Nature::calm(&mut rng),
            wanted: core::array::from_fn(|_| rng.bool()),
            keeps: Keeps::draw(&mut rng, device.clean_session),
            heals_at: Instant::from_millis(span),
            moments,
            device,
            rng,
        }
    }
}

/// The filter of this number.
pub(super) fn filter(number: usize) -> TopicFilter {
    TopicFilter::new(&format!("/{PRODUCT}/{NAME}/down/{number}/+")).expect("a filter")
}

/// The platform's entry for the device.
pub(super) fn registered() -> Device {
    Device {
        triple: triple(),
        disabled: false,
    }
}

fn triple() -> Triple {
    Triple::new(PRODUCT, NAME, SECRET).expect("a triple")
}

fn config(rng: &mut Rng) -> Config {
    let triple = triple();
    let client_id = ClientId::new("12345").expect("a client id");
    let method = *rng
        .choice(&[
            SignMethod::HmacMd5,
            SignMethod::HmacSha1,
            SignMethod::HmacSha256,
        ])
        .unwrap_or(&SignMethod::HmacSha256);
    let transport = if rng.bool() {
        TransportKind::Tls
    } else {
        TransportKind::Tcp
    };
    let login = if rng.bool() {
        Login::Direct {
            triple,
            client_id,
            method,
            timestamp: rng.bool().then_some(789),
            endpoint: Endpoint::new(transport, "localhost", 1883).expect("an endpoint"),
        }
    } else {
        Login::Https {
            triple,
            client_id,
            method,
            timestamp: None,
            auth_url: AuthUrl::new("https://localhost:8443/auth/devicename").expect("a URL"),
            transport,
            endpoint: None,
        }
    };
    Config {
        keep_alive: *rng.choice(&[60, 60, 90, 120, 300]).unwrap_or(&60),
        clean_session: rng.u8(0..5) == 0,
        reconnect: Reconnect::Backoff {
            first: Duration::from_millis(rng.u64(500..=2_000)),
            cap: Duration::from_secs(rng.u64(4..=60)),
        },
        limits: Limits {
            max_packet: 4_096,
            max_payload: 256,
            max_inflight: rng.usize(1..=8),
            max_queued: rng.usize(2..=16),
            max_queued_bytes: rng.usize(200..=4_000),
            max_subscriptions: 8,
        },
        ..Config::new(login)
    }
}

fn settings(rng: &mut Rng) -> Settings {
    Settings {
        window: rng.u16(1..=8),
        queue: rng.usize(6..=30),
        queue_bytes: rng.usize(2_000..=10_000),
        ..Settings::default()
    }
}

fn moments(rng: &mut Rng, span: u64) -> Vec<(Instant, Moment)> {
    let mut moments = Vec::new();
    for _ in 0..rng.u8(5..40) {
        let moment = ordinary(rng);
        // Half of it in bursts, so that windows and queues fill.
        let at = rng.u64(0..span);
        for _ in 0..if rng.u8(0..4) == 0 { rng.u8(2..8) } else { 1 } {
            moments.push((Instant::from_millis(at), moment.clone()));
        }
    }
    for _ in 0..rng.u8(0..7) {
        let moment = fault(rng, span);
        moments.push((Instant::from_millis(rng.u64(0..span)), moment));
    }
    moments
}

fn ordinary(rng: &mut Rng) -> Moment {
    let qos = if rng.u8(0..3) == 0 {
        QoS::AtMostOnce
    } else {
        QoS::AtLeastOnce
    };
    let len = if rng.u8(0..8) == 0 {
        rng.usize(0..=256)
    } else {
        rng.usize(0..16)
    };
    let filter = rng.usize(0..FILTERS);
    match rng.u8(0..20) {
        0..9 => Moment::Publish {
            own: rng.u8(0..4) > 0,
            qos,
            len,
        },
        9..15 => Moment::Push { filter, qos, len },
        15..18 => Moment::Subscribe { filter, qos },
        _ => Moment::Unsubscribe { filter },
    }
}

fn fault(rng: &mut Rng, span: u64) -> Moment {
    let way = if rng.bool() { Way::Up } else { Way::Down };
    let mut time = |longest: u64| Duration::from_millis(rng.u64(0..longest.min(span)));
    let (short, long) = (time(15_000), time(150_000));
    match rng.u8(0..17) {
        0..3 => Moment::Reset,
        3 => Moment::Cut(None),
        4 => Moment::Cut(Some(way)),
        5 => Moment::Hold(way, short),
        6 => Moment::Stall(long),
        7 => Moment::Disconnect { back_after: short },
        8..11 => Moment::RestartDevice {
            back_after: short,
            power_went: rng.bool(),
        },
        11..14 => Moment::RestartPlatform {
            down_for: short,
            forgets: rng.bool(),
        },
        14..16 => Moment::RivalComes,
        _ => Moment::RivalGoes,
    }
}
