//! The page: its state, its worker, and the place that is shown.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use crate::cloud::Remote;
use crate::components::{connect, header, keys, messages, unloaded};
use crate::link::WorkerLink;
use crate::markup::html;
use crate::parts::{self, Views};
use crate::protocol::Command;
use crate::protocol::cloud::{self as cloud_protocol, Ask};
use crate::state::cloud::Source;
use crate::state::connect::Action::{Elsewhere, Sent};
use crate::state::{self, Action, Place, Places, Standing, State, Worker};
use crate::tabs::Tabs;
use crate::words::Lang;
use crate::{opening, served};

/// Where the chosen language is kept. Nothing else is stored.
const LANGUAGE_KEY: &str = "tern.language";

/// The state as Yew's reducer holds it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page(pub(crate) State);

impl Reducible for Page {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Self(Rc::unwrap_or_clone(self).0.after(action)))
    }
}

/// What every component can reach.
#[derive(Clone, PartialEq)]
pub(crate) struct Console {
    /// The state, and the way to change it.
    pub(crate) page: UseReducerHandle<Page>,
    /// The way to the worker.
    pub(crate) send: Callback<(Command, Vec<u8>)>,
    /// The way to the control address of the program that serves the page.
    pub(crate) ask_served: Callback<(u32, Ask)>,
    /// Has it asked how it stands, at once.
    pub(crate) look_served: Callback<()>,
}

impl Console {
    /// The state.
    #[must_use]
    pub(crate) fn state(&self) -> &State {
        &self.page.0
    }

    /// Changes the state.
    pub(crate) fn act(&self, action: impl Into<Action>) {
        self.page.dispatch(action.into());
    }

    /// A callback that changes the state; `action` is one of a place, or of all.
    pub(crate) fn acts<E: 'static, A: Into<Action>>(
        &self,
        action: impl Fn(E) -> A + 'static,
    ) -> Callback<E> {
        let page = self.page.dispatcher();
        Callback::from(move |event| page.dispatch(action(event).into()))
    }

    /// Tells the worker something without bytes.
    pub(crate) fn tell(&self, command: Command) {
        self.send.emit((command, Vec::new()));
    }
}

/// The whole page.
#[component(App)]
pub(crate) fn app() -> Html {
    let page = use_reducer(|| Page(State::new(language(), place().unwrap_or_default())));
    let worker = use_mut_ref(|| None::<WorkerLink>);
    let remote = use_mut_ref(|| None::<Remote>);
    let is_served = page.0.cloud.served.is_some();

    {
        let (page, worker) = (page.dispatcher(), worker.clone());
        use_effect_with((), move |()| {
            let dispatch = {
                let page = page.clone();
                move |action| page.dispatch(action)
            };
            match WorkerLink::start(dispatch.clone()) {
                Ok(link) => *worker.borrow_mut() = Some(link),
                Err(error) => page.dispatch(Action::WorkerBroken(error)),
            }
            dispatch(messages::kept().into());
            opening::learn(dispatch.clone());
            served::ask(move |action| dispatch(action.into()));
            let on_hash = window().map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    if let Some(place) = place() {
                        page.dispatch(Action::Go(place));
                    }
                    if let Some(linked) = opening::linked() {
                        page.dispatch(linked.into());
                    }
                })
            });
            move || {
                drop(on_hash);
                worker.borrow_mut().take();
            }
        });
    }
    let send = {
        let (page, worker) = (page.dispatcher(), worker.clone());
        use_callback((), move |(command, bytes): (Command, Vec<u8>), ()| {
            if let Some(sent) = opening::sent(&command) {
                page.dispatch(sent.into());
            }
            if let Some(worker) = &*worker.borrow() {
                worker.send(&command, &bytes);
            }
        })
    };
    {
        let send = send.clone();
        let ready = matches!(page.0.worker, Worker::Ready { .. });
        use_effect_with((page.0.watch(), ready), move |(watch, ready)| {
            if *ready {
                send.emit((Command::Watch(Box::new(watch.clone())), Vec::new()));
            }
        });
    }
    let tabs = use_mut_ref(|| None::<Tabs>);
    {
        let (page, tabs) = (page.dispatcher(), tabs.clone());
        use_effect_with((), move |()| {
            let tell = move |devices| page.dispatch(Elsewhere(devices).into());
            *tabs.borrow_mut() = Tabs::start(tell);
            move || drop(tabs.borrow_mut().take())
        });
    }
    {
        let is_active = page.0.now().link.is_active();
        let used = page.0.connect.sent.clone().filter(|_| is_active);
        use_effect_with(used, move |used| {
            if let Some(tabs) = &*tabs.borrow() {
                tabs.uses(used.clone());
            }
        });
        let page = page.dispatcher();
        use_effect_with(is_active, move |is_active| {
            if !is_active {
                page.dispatch(Sent(None).into());
            }
        });
    }
    {
        let (remote, page) = (remote.clone(), page.dispatcher());
        use_effect_with(is_served, move |is_served| {
            let dispatch = move |action: state::cloud::Action| page.dispatch(action.into());
            *remote.borrow_mut() = is_served.then(|| Remote::start(dispatch));
        });
    }
    {
        let (send, remote) = (send.clone(), remote.clone());
        let ready = matches!(page.0.worker, Worker::Ready { .. });
        let watched = page.0.cloud_watched();
        use_effect_with((watched, ready, is_served), move |(watched, ready, _)| {
            if *ready {
                let look = cloud_protocol::Command::Look(*watched == Some(Source::InPage));
                send.emit((Command::Cloud(look), Vec::new()));
            }
            if let Some(remote) = &*remote.borrow() {
                remote.look(*watched == Some(Source::Served));
            }
        });
    }
    let ask_served = {
        let remote = remote.clone();
        use_callback((), move |(number, ask): (u32, Ask), ()| {
            if let Some(remote) = &*remote.borrow() {
                remote.ask(number, ask);
            }
        })
    };
    let look_served = use_callback((), move |(), ()| {
        if let Some(remote) = &*remote.borrow() {
            remote.look(true);
        }
    });
    use_effect_with(page.0.lang, |lang| {
        let root = document().and_then(|document| document.document_element());
        if let Some(root) = root {
            // An attribute with a constant name and value can't be refused.
            let _ = root.set_attribute("lang", lang.tag());
        }
    });

    use_effect_with(page.0.standing(), |standing| {
        if matches!(
            standing,
            Standing::Refused | Standing::Connected | Standing::Reconnecting
        ) && let Some(status) =
            document().and_then(|document| document.get_element_by_id("status"))
        {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            status.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });

    let console = Console {
        page,
        send,
        ask_served,
        look_served,
    };
    let latest = use_mut_ref(|| console.clone());
    *latest.borrow_mut() = console.clone();
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let on_key = window().map(|window| {
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    let console = latest.borrow().clone();
                    keys::pressed(&console, event);
                }
            })
        });
        move || drop(on_key)
    });
    let views = use_mut_ref(|| None::<Views>);
    {
        let (page, views) = (console.page.dispatcher(), views.clone());
        use_effect_with(console.state().wants_places(), move |wants| {
            if *wants {
                spawn_local(async move {
                    let loaded = parts::places().await;
                    let places = loaded.map_or(Places::Missing, |_| Places::Here);
                    *views.borrow_mut() = loaded.ok();
                    page.dispatch(Action::Places(places));
                });
            }
        });
    }
    let words = console.state().words();
    let shown = match (console.state().place, *views.borrow()) {
        (Place::Connect, _) => connect::view(&console),
        (_, None) => unloaded::view(&console),
        (Place::Check, Some(views)) => (views.check)(&console),
        (Place::Timeline, Some(views)) => (views.timeline)(&console),
        (Place::Messages, Some(views)) => (views.messages)(&console),
        (Place::Cloud, Some(views)) => (views.cloud)(&console),
    };
    let broken = match &console.state().worker {
        Worker::Broken(why) => {
            html! { <p class="banner" role="alert">{ words.common.worker_broken }{ " (" }{ why }{ ")" }</p> }
        }
        _ => Html::default(),
    };
    html! {
        <>
            <a class="skip" href="#content">{ words.common.skip_to_content }</a>
            { header::view(&console) }
            <main id="content" tabindex="-1">{ broken }{ shown }</main>
            { keys::view(&console) }
        </>
    }
}

/// Remembers the language, where the browser lets it.
pub(crate) fn remember(lang: Lang) {
    if let Some(storage) = storage() {
        // Storage that is full or forbidden only means that the choice is gone at the next visit.
        let _ = storage.set_item(LANGUAGE_KEY, lang.tag());
    }
}

fn language() -> Lang {
    let stored = storage().and_then(|storage| storage.get_item(LANGUAGE_KEY).ok()?);
    let browsers = || window()?.navigator().language();
    let tag = stored.or_else(browsers);
    Lang::for_tag(&tag.unwrap_or_default())
}

fn storage() -> Option<web_sys::Storage> {
    window()?.local_storage().ok()?
}

fn place() -> Option<Place> {
    let hash = window().and_then(|window| window.location().hash().ok());
    Place::from_hash(&hash.unwrap_or_default())
}

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

fn document() -> Option<web_sys::Document> {
    window()?.document()
}
