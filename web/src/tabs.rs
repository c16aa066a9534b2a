//! Tells the other tabs of this browser which device this one uses, and hears them.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::twins::{Device, Said, Twins};

/// All tabs of this console that came from one origin.
const CHANNEL: &str = "tern.devices";

/// This tab's end of the line. Dropping it tells the others that it is gone.
pub(crate) struct Tabs {
    channel: BroadcastChannel,
    twins: Rc<RefCell<Twins>>,
    _on_message: EventListener,
    _on_leave: Option<EventListener>,
}

impl Tabs {
    /// Starts to listen; `tell` is called with the devices that other tabs use, whenever they are others.
    /// None where the browser has no such channel: nothing else depends on it.
    pub(crate) fn start(tell: impl Fn(Vec<Device>) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let twins = Rc::new(RefCell::new(Twins::new(name())));
        let on_message = {
            let (channel, twins) = (channel.clone(), twins.clone());
            EventListener::new(&channel.clone(), "message", move |event| {
                let text = event
                    .dyn_ref::<MessageEvent>()
                    .and_then(|event| event.data().as_string());
                let Some(said) = text.and_then(|text| Said::read(&text)) else {
                    return;
                };
                let before = twins.borrow().others();
                let answer = twins.borrow_mut().hear(said);
                if let Some(answer) = answer {
                    say(&channel, &answer);
                }
                let after = twins.borrow().others();
                if after != before {
                    tell(after);
                }
            })
        };
        let on_leave = web_sys::window().map(|window| {
            let (channel, twins) = (channel.clone(), twins.clone());
            EventListener::new(&window, "pagehide", move |_| {
                say(&channel, &twins.borrow_mut().leave());
            })
        });
        Some(Self {
            channel,
            twins,
            _on_message: on_message,
            _on_leave: on_leave,
        })
    }

    /// This tab connects as a device, or with none any more.
    pub(crate) fn uses(&self, device: Option<Device>) {
        if let Some(said) = self.twins.borrow_mut().uses(device) {
            say(&self.channel, &said);
        }
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        say(&self.channel, &self.twins.borrow_mut().leave());
        self.channel.close();
    }
}

fn say(channel: &BroadcastChannel, said: &Said) {
    // A text can always be posted; a closed channel has nobody to hear it.
    let _ = channel.post_message(&said.to_string().into());
}

/// Names this tab among all tabs: by chance, which is good enough where nobody lies.
fn name() -> String {
    let mut bytes = [0; 8];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let drawn = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    match drawn {
        Some(_) => format!("{:016x}", u64::from_le_bytes(bytes)),
        None => format!("{}", js_sys::Math::random()),
    }
}
