//! MQTT over WebSocket: binary messages, sub-protocol `mqtt`; packet borders are not message borders.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use tern_core::auth::HttpRequest;
use tern_core::device::{CloseKind, CloseReason};
use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

use super::fetch::Fetch;
use super::transport::{Answer, Happened, Received, Transport};

const SUB_PROTOCOL: &str = "mqtt";
/// Received messages are handed over together up to so many bytes.
const AT_ONCE: usize = 256 * 1024;

/// A WebSocket of the browser's.
pub(crate) struct WebSocketTransport {
    woken: Rc<dyn Fn()>,
    socket: Option<Socket>,
    /// Why there is no socket to tell its end.
    refused: Option<CloseReason>,
    /// A question over HTTP that is not answered yet.
    fetch: Option<Fetch>,
}

/// One socket with what it listens with; dropping it is the end of both.
struct Socket {
    socket: WebSocket,
    happened: Queue,
    _listeners: Listeners,
}

type Queue = Rc<RefCell<VecDeque<Incoming>>>;

enum Incoming {
    Opened,
    Received(Uint8Array),
    Closed(CloseReason),
}

struct Listeners {
    _open: Closure<dyn FnMut(Event)>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl WebSocketTransport {
    /// `woken` is called whenever something happened, outside of every method of the transport.
    pub(crate) fn new(woken: impl Fn() + 'static) -> Self {
        Self {
            woken: Rc::new(woken),
            socket: None,
            refused: None,
            fetch: None,
        }
    }
}

impl Transport for WebSocketTransport {
    fn open(&mut self, now: Instant, endpoint: &Endpoint) {
        self.close(now);
        let url = endpoint.to_string();
        let happened = Queue::default();
        self.socket = match WebSocket::new_with_str(&url, SUB_PROTOCOL) {
            Ok(socket) => {
                let listeners = listen(&socket, &url, &happened, &self.woken);
                Some(Socket {
                    socket,
                    happened,
                    _listeners: listeners,
                })
            }
            Err(error) => {
                self.refused = Some(closed(CloseKind::Network, not_allowed(&url, &error)));
                None
            }
        };
    }

    fn send(&mut self, _: Instant, bytes: &[u8]) {
        if let Some(socket) = &self.socket {
            // It fails only before the socket is open, when the device has nothing to send; on a closed
            // one the bytes are dropped, and its end is told by the next event.
            let _ = socket.socket.send_with_u8_array(bytes);
        }
    }

    fn close(&mut self, _: Instant) {
        self.refused = None;
        self.socket = None;
        self.fetch = None;
    }

    fn ask(&mut self, _: Instant, request: HttpRequest) -> Option<Answer> {
        self.fetch = Some(Fetch::start(request, self.woken.clone()));
        None
    }

    fn next(&mut self, _: Instant, received: &mut Received) -> Option<Happened> {
        if let Some(answer) = self.fetch.as_ref().and_then(Fetch::take) {
            self.fetch = None;
            return Some(Happened::Answered(answer));
        }
        if let Some(reason) = self.refused.take() {
            return Some(Happened::Closed(reason));
        }
        let mut happened = self.socket.as_ref()?.happened.borrow_mut();
        let before = received.bytes.len();
        while received.bytes.len() - before < AT_ONCE
            && let Some(Incoming::Received(bytes)) =
                happened.pop_front_if(|next| matches!(next, Incoming::Received(_)))
        {
            let start = received.bytes.len();
            let len = bytes.length() as usize;
            received.bytes.resize(start + len, 0);
            if let Some(place) = received.bytes.get_mut(start..) {
                bytes.copy_to(place);
            }
            received.messages.push(len);
        }
        if !received.messages.is_empty() {
            return Some(Happened::Received);
        }
        match happened.pop_front()? {
            Incoming::Opened => Some(Happened::Opened),
            // All that stood at the front was taken above.
            Incoming::Received(_) => None,
            Incoming::Closed(reason) => {
                drop(happened);
                self.socket = None;
                Some(Happened::Closed(reason))
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // What was sent before goes out first; closing a closed one does nothing.
        let _ = self.socket.close();
    }
}

fn listen(socket: &WebSocket, url: &str, happened: &Queue, woken: &Rc<dyn Fn()>) -> Listeners {
    socket.set_binary_type(BinaryType::Arraybuffer);
    let tell = |happened: &Queue, woken: &Rc<dyn Fn()>| {
        let (happened, woken) = (happened.clone(), woken.clone());
        move |incoming| {
            happened.borrow_mut().push_back(incoming);
            woken();
        }
    };

    let (told, opened) = (tell(happened, woken), socket.clone());
    let was_open = Rc::new(std::cell::Cell::new(false));
    let opens = was_open.clone();
    let open = Closure::new(move |_: Event| {
        opens.set(true);
        // A browser lets a server choose none of the sub-protocols offered.
        told(if opened.protocol() == SUB_PROTOCOL {
            Incoming::Opened
        } else {
            Incoming::Closed(closed(CloseKind::Protocol, NO_SUB_PROTOCOL.into()))
        });
    });
    socket.set_onopen(Some(open.as_ref().unchecked_ref()));

    let told = tell(happened, woken);
    let message = Closure::new(move |event: MessageEvent| {
        told(match event.data().dyn_into::<ArrayBuffer>() {
            Ok(buffer) => Incoming::Received(Uint8Array::new(&buffer)),
            Err(_) => Incoming::Closed(closed(CloseKind::Protocol, TEXT_MESSAGE.into())),
        });
    });
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));

    let (told, url) = (tell(happened, woken), url.to_owned());
    let close = Closure::new(move |event: CloseEvent| {
        told(Incoming::Closed(end(&event, was_open.get(), &url)));
    });
    socket.set_onclose(Some(close.as_ref().unchecked_ref()));

    Listeners {
        _open: open,
        _message: message,
        _close: close,
    }
}

/// A browser keeps back why a WebSocket could not be opened; so all that it can be is said.
fn end(event: &CloseEvent, was_open: bool, url: &str) -> CloseReason {
    let said = match event.reason() {
        reason if reason.is_empty() => String::new(),
        reason => format!(", with the words \"{reason}\""),
    };
    match (was_open, event.code()) {
        (false, _) => closed(
            CloseKind::Network,
            format!(
                "the WebSocket {url} could not be opened: nothing listens there, its certificate is not trusted by this browser, or what listens is no MQTT broker on WebSocket with the sub-protocol mqtt; check host and port, and open the address in a tab of its own to see what the browser says"
            ),
        ),
        (true, 1006) => closed(
            CloseKind::Network,
            "the connection broke off without a goodbye: the network, or the other side".into(),
        ),
        (true, code @ (1002 | 1003 | 1007 | 1009)) => closed(
            CloseKind::Protocol,
            format!("the other side closed the WebSocket with code {code}{said}"),
        ),
        (true, code) => closed(
            CloseKind::Closed,
            format!("the other side closed the WebSocket with code {code}{said}"),
        ),
    }
}

fn not_allowed(url: &str, error: &JsValue) -> String {
    let why = js_sys::Reflect::get(error, &"message".into()).ok();
    let why = why.and_then(|why| why.as_string()).unwrap_or_default();
    format!(
        "the browser does not let this page open {url} ({why}); a page that came over https may open wss only, localhost excepted"
    )
}

fn closed(kind: CloseKind, text: String) -> CloseReason {
    CloseReason { kind, text }
}

const NO_SUB_PROTOCOL: &str = "the server opened the WebSocket without choosing the sub-protocol mqtt [MQTT-6.0.0-4]: it is probably no MQTT broker; check host, port and path";
const TEXT_MESSAGE: &str = "a text message came over the WebSocket: MQTT travels in binary ones only [MQTT-6.0.0-1], so the other side is no MQTT broker; check host, port and path";
