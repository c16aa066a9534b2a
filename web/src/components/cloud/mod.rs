//! The cloud side: who is online, messages pushed down, faults.

mod ask;
mod choose;
mod devices;
mod events;
mod faults;
mod new_device;
mod push;
mod rival;
mod source;

use tern_platform::DeviceAddress;
use yew::prelude::*;

use crate::app::Console;
use crate::markup::html;
use crate::state::Worker;
use crate::state::cloud::Source;

/// Draws it.
pub(crate) fn view(console: &Console) -> Html {
    let state = console.state();
    let source = state.cloud_source();
    let view = state.cloud.view(source);
    let is_stale = source == Source::Served && state.cloud.unreachable.is_some();
    html! {
        <section class="cloud" aria-labelledby="cloud-title" data-source={source.name()}>
            { source::view(console, source) }
            if let Some(view) = view {
                <div class={classes!("cloud-parts", is_stale.then_some("stale"))}>
                    <div class="sheet">
                        { push::view(console, view) }
                        { faults::view(console, view) }
                        { rival::view(console, view, source) }
                    </div>
                    <div class="cloud-shown">
                        { devices::view(console, view, source) }
                        { events::view(console, view, source) }
                    </div>
                </div>
            } else if !is_stale {
                <p class="empty tall" role="status" aria-busy="true">{ state.words().cloud.loading }</p>
            }
        </section>
    }
}

/// The device that the page's form names, if its names are legal ones.
fn own(console: &Console) -> Option<DeviceAddress> {
    let form = &console.state().connect.form;
    DeviceAddress::new(&form.product_key, &form.device_name).ok()
}

/// What a source's clock counts from, in ms since 1970; none before the worker said so.
fn origin_ms(console: &Console, source: Source) -> Option<f64> {
    match (source, &console.state().worker) {
        (Source::Served, _) => Some(0.0),
        (Source::InPage, Worker::Ready { origin_ms }) => Some(*origin_ms),
        (Source::InPage, _) => None,
    }
}
