//! Host names to addresses, by the system's own resolver.
//!
//! That blocks, so [`resolve_then`] lets threads do it: a few, however many ask, and one look-up for all who ask for
//! the same host and port meanwhile.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::TransportError;

/// Look-ups at once, each on a thread of its own; the others wait.
const AT_ONCE: usize = 16;

/// Those of this process.
static LOOK_UPS: LazyLock<LookUps> = LazyLock::new(|| LookUps::new(resolve, thread::Builder::new));

/// Finds the addresses of a host, in the order in which to try them: the two families in turn, beginning
/// with the one that the system prefers (RFC 8305, section 4). A literal address needs no look-up.
///
/// Blocks for as long as the system's resolver takes, which can be many seconds.
///
/// # Errors
/// [`TransportError::Resolve`] where the resolver fails or knows no address.
pub fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, TransportError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let fault = |source| not_resolved(host, source);
    let found: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(fault)?.collect();
    if found.is_empty() {
        let source = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        return Err(fault(source));
    }
    Ok(in_turn(found))
}

/// As [`resolve`], without blocking: `then` is called with the answer, on another thread or, where the system gives
/// none, on this one.
pub(crate) fn resolve_then(host: &str, port: u16, then: impl FnOnce(Answer) + Send + 'static) {
    LOOK_UPS.ask(host, port, Box::new(then));
}

/// A host's addresses.
type Answer = Result<Vec<SocketAddr>, TransportError>;

/// What waits for an answer.
type Then = Box<dyn FnOnce(Answer) + Send>;

/// A host's name and a port.
type Place = (String, u16);

/// Look-ups under way, and who waits for them.
struct LookUps {
    state: Mutex<Waiting>,
    resolve: fn(&str, u16) -> Answer,
    thread: fn() -> thread::Builder,
}

#[derive(Default)]
struct Waiting {
    /// Those that no thread has begun.
    queue: VecDeque<Place>,
    /// Who waits for each that has not ended.
    askers: HashMap<Place, Vec<Then>>,
    threads: usize,
}

impl LookUps {
    fn new(resolve: fn(&str, u16) -> Answer, thread: fn() -> thread::Builder) -> Self {
        Self {
            state: Mutex::default(),
            resolve,
            thread,
        }
    }

    fn ask(&'static self, host: &str, port: u16, then: Then) {
        let place = (host.to_owned(), port);
        let mut waiting = self.lock();
        if let Some(askers) = waiting.askers.get_mut(&place) {
            askers.push(then);
            return;
        }
        waiting.askers.insert(place.clone(), vec![then]);
        waiting.queue.push_back(place);
        if waiting.threads == AT_ONCE {
            return;
        }
        let builder = (self.thread)().name("resolve".to_owned());
        match builder.spawn(|| self.work()) {
            Ok(_) => waiting.threads += 1,
            // Another one comes to it.
            Err(_) if waiting.threads > 0 => {}
            Err(error) => {
                let place = waiting.queue.pop_back();
                drop(waiting);
                let why = format!("the system gives no thread for it: {error}");
                let error = io::Error::new(error.kind(), why);
                if let Some(place) = place {
                    self.tell(&place, Err(not_resolved(&place.0, error)));
                }
            }
        }
    }

    /// Resolves what waits until nothing does.
    fn work(&self) {
        loop {
            let place = {
                let mut waiting = self.lock();
                let Some(place) = waiting.queue.pop_front() else {
                    waiting.threads -= 1;
                    return;
                };
                place
            };
            let answer = (self.resolve)(&place.0, place.1);
            self.tell(&place, answer);
        }
    }

    fn tell(&self, place: &Place, answer: Answer) {
        let askers = self.lock().askers.remove(place).unwrap_or_default();
        for then in askers {
            then(again(place, &answer));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same answer for another who asked.
fn again(place: &Place, answer: &Answer) -> Answer {
    match answer {
        Ok(addresses) => Ok(addresses.clone()),
        Err(TransportError::Resolve { host, source }) => {
            let source = io::Error::new(source.kind(), source.to_string());
            Err(not_resolved(host, source))
        }
        Err(other) => Err(not_resolved(&place.0, io::Error::other(other.to_string()))),
    }
}

fn not_resolved(host: &str, source: io::Error) -> TransportError {
    TransportError::Resolve {
        host: host.to_owned(),
        source,
    }
}

fn in_turn(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut preferred, mut other): (VecDeque<_>, VecDeque<_>) = found
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut order: Vec<SocketAddr> = Vec::with_capacity(preferred.len() + other.len());
    while !(preferred.is_empty() && other.is_empty()) {
        for address in [preferred.pop_front(), other.pop_front()]
            .into_iter()
            .flatten()
        {
            if !order.contains(&address) {
                order.push(address);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use std::sync::Condvar;
    use std::sync::mpsc::channel;

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_and_doubles_vanish() {
        let found = addresses(&["[::1]:1", "[::2]:1", "[::1]:1", "10.0.0.1:1", "10.0.0.2:1"]);
        let expected = addresses(&["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1"]);
        assert_eq!(in_turn(found), expected);
        let found = addresses(&["10.0.0.1:1", "10.0.0.2:1", "[::1]:1"]);
        let expected = addresses(&["10.0.0.1:1", "[::1]:1", "10.0.0.2:1"]);
        assert_eq!(in_turn(found), expected);
    }

    #[test]
    fn literal_addresses_need_no_resolver() {
        assert_eq!(
            resolve("127.0.0.1", 7).unwrap(),
            addresses(&["127.0.0.1:7"])
        );
        assert_eq!(resolve("::1", 7).unwrap(), addresses(&["[::1]:7"]));
    }

    /// How many are at work, and how many were at once at most.
    #[derive(Default)]
    struct AtWork {
        now: usize,
        most: usize,
        begun: Vec<String>,
        may_end: bool,
    }

    static AT_WORK: (Mutex<AtWork>, Condvar) = (
        Mutex::new(AtWork {
            now: 0,
            most: 0,
            begun: Vec::new(),
            may_end: false,
        }),
        Condvar::new(),
    );

    /// A resolver that stalls until the test lets it go on. Names that begin with "no" have no address.
    fn stalled(host: &str, port: u16) -> Answer {
        let (state, changed) = &AT_WORK;
        let mut at_work = state.lock().unwrap();
        at_work.now += 1;
        at_work.most = at_work.most.max(at_work.now);
        at_work.begun.push(format!("{host}:{port}"));
        changed.notify_all();
        let mut at_work = changed.wait_while(at_work, |it| !it.may_end).unwrap();
        at_work.now -= 1;
        if host.starts_with("no") {
            return Err(not_resolved(host, io::ErrorKind::NotFound.into()));
        }
        Ok(addresses(&["127.0.0.1:7"]))
    }

    #[test]
    fn many_who_ask_while_the_resolver_stalls_take_few_threads_and_one_look_up_for_each_name() {
        static STALLED: LazyLock<LookUps> =
            LazyLock::new(|| LookUps::new(stalled, thread::Builder::new));
        let (sender, receiver) = channel();
        for _ in 0..100 {
            for name in 0..20 {
                for host in [format!("host{name}"), format!("nobody{name}")] {
                    let (sender, asked) = (sender.clone(), host.clone());
                    let then = move |answer| sender.send((asked, answer)).unwrap();
                    STALLED.ask(&host, 7, Box::new(then));
                }
            }
        }
        let (state, changed) = &AT_WORK;
        let at_work = state.lock().unwrap();
        let mut at_work = changed.wait_while(at_work, |it| it.now < AT_ONCE).unwrap();
        assert!(receiver.try_recv().is_err());
        at_work.may_end = true;
        drop(at_work);
        changed.notify_all();
        for _ in 0..4000 {
            let (host, answer) = receiver.recv().unwrap();
            match answer {
                Ok(found) => assert_eq!(found, addresses(&["127.0.0.1:7"])),
                Err(error) => {
                    assert!(error.to_string().contains(&host), "{host}: {error}");
                    assert!(host.starts_with("no"), "{host}: {error}");
                }
            }
        }
        let mut at_work = state.lock().unwrap();
        assert_eq!(at_work.most, AT_ONCE);
        at_work.begun.sort();
        at_work.begun.dedup();
        assert_eq!(at_work.begun.len(), 40);
        assert_eq!(STALLED.lock().askers.len(), 0);
    }

    #[test]
    fn who_gets_no_thread_is_told_so() {
        // More than any machine has.
        static WITHOUT: LazyLock<LookUps> =
            LazyLock::new(|| LookUps::new(resolve, || thread::Builder::new().stack_size(1 << 60)));
        let (sender, receiver) = channel();
        for _ in 0..2 {
            let sender = sender.clone();
            WITHOUT.ask(
                "localhost",
                7,
                Box::new(move |answer| sender.send(answer).unwrap()),
            );
            let error = receiver.try_recv().unwrap().unwrap_err().to_string();
            assert!(error.contains("localhost"), "{error}");
            assert!(error.contains("the system gives no thread"), "{error}");
        }
    }

    #[test]
    fn an_unknown_name_is_named_in_the_error() {
        // RFC 6761: `.invalid` never resolves.
        let error = resolve("nobody.invalid", 1883).unwrap_err().to_string();
        assert!(error.contains("nobody.invalid"), "{error}");
        assert!(error.contains("region"), "{error}");
    }
}
