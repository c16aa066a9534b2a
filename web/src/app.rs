//! The page: its state, its worker, and the place that is shown.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use crate::components::{connect, header, messages, packets};
use crate::link::WorkerLink;
use crate::protocol::{Command, Span, Watch};
use crate::served;
use crate::state::{Action, Place, Standing, State, Worker};
use crate::words::Lang;

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
}

impl Console {
    /// The state.
    #[must_use]
    pub(crate) fn state(&self) -> &State {
        &self.page.0
    }

    /// Changes the state.
    pub(crate) fn act(&self, action: Action) {
        self.page.dispatch(action);
    }

    /// A callback that changes the state.
    pub(crate) fn acts<E: 'static>(&self, action: impl Fn(E) -> Action + 'static) -> Callback<E> {
        let page = self.page.dispatcher();
        Callback::from(move |event| page.dispatch(action(event)))
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
            served::ask(dispatch);
            let on_hash = on_hash_change(move || {
                if let Some(place) = place() {
                    page.dispatch(Action::Go(place));
                }
            });
            move || {
                drop(on_hash);
                worker.borrow_mut().take();
            }
        });
    }
    let send = {
        let worker = worker.clone();
        use_callback((), move |(command, bytes): (Command, Vec<u8>), ()| {
            if let Some(worker) = &*worker.borrow() {
                worker.send(&command, &bytes);
            }
        })
    };
    {
        let send = send.clone();
        let ready = matches!(page.0.worker, Worker::Ready { .. });
        use_effect_with((looked_at(&page.0), ready), move |(watch, ready)| {
            if *ready {
                send.emit((Command::Watch(*watch), Vec::new()));
            }
        });
    }
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

    let console = Console { page, send };
    let words = console.state().words();
    let shown = match console.state().place {
        Place::Connect => connect::view(&console),
        Place::Messages => messages::view(&console),
        Place::Packets => packets::view(&console),
    };
    let broken = match &console.state().worker {
        Worker::Broken(why) => {
            html! { <p class="banner" role="alert">{ words.worker_broken }{ " (" }{ why }{ ")" }</p> }
        }
        _ => Html::default(),
    };
    html! {
        <>
            <a class="skip" href="#content">{ words.skip_to_content }</a>
            { header::view(&console) }
            <main id="content" tabindex="-1">{ broken }{ shown }</main>
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

/// What is looked at: a list that is not shown needs no rows.
fn looked_at(state: &State) -> Watch {
    let nothing = Span::Newest(0);
    let shown = state.watch;
    match state.place {
        Place::Connect => Watch {
            packets: nothing,
            messages: nothing,
            chosen: None,
        },
        Place::Messages => Watch {
            packets: nothing,
            ..shown
        },
        Place::Packets => Watch {
            messages: nothing,
            chosen: None,
            ..shown
        },
    }
}

fn language() -> Lang {
    let stored = storage().and_then(|storage| storage.get_item(LANGUAGE_KEY).ok()?);
    let browsers = || web_sys::window()?.navigator().language();
    let tag = stored.or_else(browsers);
    Lang::for_tag(&tag.unwrap_or_default())
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn place() -> Option<Place> {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    Place::from_hash(&hash.unwrap_or_default())
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// Listens as long as the answer lives.
struct HashListener {
    _closure: Closure<dyn FnMut()>,
}

fn on_hash_change(call: impl FnMut() + 'static) -> HashListener {
    let closure = Closure::new(call);
    if let Some(window) = web_sys::window() {
        window.set_onhashchange(Some(closure.as_ref().unchecked_ref()));
    }
    HashListener { _closure: closure }
}

impl Drop for HashListener {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.set_onhashchange(None);
        }
    }
}
