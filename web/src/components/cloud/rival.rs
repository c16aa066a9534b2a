//! A second client with the same triple: a take-over to look at.

use tern_platform::DeviceAddress;
use yew::prelude::*;

use super::ask::{ask, problem_of};
use super::choose::{choice, switch};
use super::own;
use super::push::address;
use crate::app::Console;
use crate::components::when::grouped;
use crate::markup::html;
use crate::protocol::cloud::{Ask, Rival, RivalStanding, View};
use crate::state::cloud::{Action, Source, Task};

/// Draws it.
pub(super) fn view(console: &Console, view: &View, source: Source) -> Html {
    let words = console.state().words().cloud;
    html! {
        <section class="rival" aria-labelledby="rival-title">
            <h2 id="rival-title">{ words.rival }</h2>
            if source == Source::InPage {
                { in_page(console, view) }
            } else {
                <p class="hint">{ words.rival_elsewhere }</p>
            }
        </section>
    }
}

fn in_page(console: &Console, view: &View) -> Html {
    let state = console.state();
    let words = state.words().cloud;
    let rival = view.rival.as_ref();
    let devices: Vec<_> = view.devices.iter().filter_map(address).collect();
    let chosen = state
        .cloud
        .rival_of
        .clone()
        .filter(|of| devices.contains(of));
    let running = rival.map(|rival| rival.device.clone());
    let meant = running
        .clone()
        .or(chosen)
        .or_else(|| state.cloud.push_to(view, own(console)));
    let act = {
        let (console, meant) = (console.clone(), meant.clone());
        Callback::from(move |on: bool| {
            let device = meant.clone().filter(|_| on);
            ask(&console, Task::Rival, Ask::Rival(device));
        })
    };
    let place = devices
        .iter()
        .position(|device| Some(device) == meant.as_ref());
    let names = devices.iter().map(DeviceAddress::to_string).collect();
    let chooses = {
        let (console, is_on) = (console.clone(), rival.is_some());
        Callback::from(move |place: usize| {
            let Some(device) = devices.get(place).cloned() else {
                return;
            };
            console.act(Action::RivalOf(device.clone()));
            if is_on {
                ask(&console, Task::Rival, Ask::Rival(Some(device)));
            }
        })
    };
    html! {
        if meant.is_none() {
            <p class="hint">{ words.first_a_device }</p>
        } else {
            { switch("rival-on", words.rival_switch, words.rival_hint, rival.is_some(), act, Html::default()) }
            { choice("rival-of", words.rival_of, names, place.unwrap_or_default(), chooses) }
            if let Some(rival) = rival {
                { standing(console, rival) }
            }
            { problem_of(console, Task::Rival) }
        }
    }
}

fn standing(console: &Console, rival: &Rival) -> Html {
    let words = console.state().words().cloud;
    let word = match rival.standing {
        RivalStanding::Connecting => words.rival_connecting,
        RivalStanding::Connected => words.rival_connected,
        RivalStanding::Waiting => words.rival_waiting,
        RivalStanding::Stopped => words.rival_stopped,
    };
    html! {
        <div class="rival-standing" id="rival" data-standing={rival.standing.name()} data-logins={rival.logins.to_string()}>
            <p role="status">
                <b>{ word }</b>{ " · " }{ grouped(rival.logins.into()) }{ " " }{ words.logins }
            </p>
            if let Some(reason) = &rival.reason {
                <p class="hint" lang="en">{ reason }</p>
            }
        </div>
    }
}
