//! Where to connect, and by what.

use tern_core::identity::Region;
use yew::prelude::*;

use crate::app::Console;
use crate::components::choice::radio;
use crate::components::field::TextField;
use crate::form::{Address, Carrier, Field};
use crate::markup::html;
use crate::state::connect::Action;
use crate::words::Words;

/// Draws it.
pub(super) fn view(console: &Console, words: &'static Words) -> Html {
    let form = &console.state().connect.form;
    let carrier_name = |carrier| match carrier {
        Carrier::InPage => words.connect.in_page,
        Carrier::Ws => "ws",
        Carrier::Wss => "wss",
    };
    let hint = match form.carrier {
        Carrier::InPage => words.connect.in_page_hint,
        Carrier::Ws => words.connect.ws_hint,
        Carrier::Wss => words.connect.wss_hint,
    };
    let by_host = form.address == Address::Host;
    let carriers = Carrier::ALL.map(|carrier| {
        let chosen = form.carrier == carrier;
        let act = console.acts(move |()| Action::Carry(carrier));
        radio(
            "carrier",
            carrier.name(),
            carrier_name(carrier),
            chosen,
            act,
        )
    });
    let addresses = [
        (Address::Host, "by-host", words.connect.by_host),
        (Address::Region, "by-region", words.connect.by_region),
    ]
    .map(|(address, id, label)| {
        let act = console.acts(move |()| Action::Address(address));
        radio("address", id, label, form.address == address, act)
    });
    let host = TextField {
        placeholder: "127.0.0.1".into(),
        ..TextField::default()
    };
    let port = TextField {
        placeholder: form.default_port().to_string(),
        digits: true,
        ..TextField::default()
    };
    html! {
        <fieldset>
            <legend>{ words.connect.whereto }</legend>
            <div class="segments" role="radiogroup" aria-label={words.connect.whereto} aria-describedby="carrier-hint">
                { for carriers }
            </div>
            <p class="hint" id="carrier-hint">{ hint }</p>
            if form.carrier != Carrier::InPage {
                <div class="segments small" role="radiogroup" aria-label={words.connect.address}>
                    { for addresses }
                </div>
                if by_host {
                    <div class="pair wide-narrow">
                        { host.view(console, Field::Host, words.connect.host) }
                        { port.view(console, Field::Port, words.connect.port) }
                    </div>
                } else {
                    { TextField::choose(console, Field::Region, words.connect.region, Region::ALL.map(Region::name)) }
                }
                if let Ok(endpoint) = form.endpoint() {
                    <p class="hint target">{ words.connect.connects_to }{ " " }<code>{ endpoint.to_string() }</code></p>
                }
            }
        </fieldset>
    }
}
