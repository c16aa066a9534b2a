//! The devices that are known: who is online, what they subscribed to, what waits for them.

use tern_platform::{DeviceAddress, DeviceView};
use yew::prelude::*;

use super::ask::{ask, problem_of};
use super::{new_device, origin_ms, own};
use crate::app::Console;
use crate::components::when::{day_and_time, grouped};
use crate::markup::html;
use crate::protocol::cloud::{Ask, View};
use crate::state::cloud::{Action, Source, Task};
use crate::words::cloud::Cloud;

/// Devices listed: a table is no list that only draws what is in sight.
const LISTED: usize = 100;

/// Draws it.
pub(super) fn view(console: &Console, view: &View, source: Source) -> Html {
    let words = console.state().words().cloud;
    let more = view.devices.len().saturating_sub(LISTED);
    html! {
        <section class="devices" aria-labelledby="devices-title">
            <h3 id="devices-title">{ words.devices }</h3>
            if view.devices.is_empty() {
                <div class="empty">
                    <p class="title">{ words.no_devices }</p>
                    <p>{ words.no_devices_hint }</p>
                </div>
            } else {
                <div class="table" role="region" aria-labelledby="devices-title" tabindex="0">
                    <table id="devices">
                        <thead>
                            <tr>
                                <th scope="col">{ words.device }</th>
                                <th scope="col">{ words.state }</th>
                                <th scope="col">{ words.subscriptions }</th>
                                <th scope="col" class="number" title={words.queued_hint}>{ words.queued }</th>
                                <th scope="col" class="number" title={words.in_flight_hint}>{ words.in_flight }</th>
                                <th></th>
                            </tr>
                        </thead>
                        <tbody>
                            { for view.devices.iter().take(LISTED).map(|device| row(console, device, source)) }
                        </tbody>
                    </table>
                </div>
                if more > 0 {
                    <p class="hint">{ grouped(more as u64) }{ " " }{ words.more_devices }</p>
                }
            }
            { problem_of(console, Task::Devices) }
            { new_device::view(console) }
        </section>
    }
}

fn row(console: &Console, device: &DeviceView, source: Source) -> Html {
    let words = console.state().words().cloud;
    let Ok(address) = DeviceAddress::new(&device.product_key, &device.device_name) else {
        // A source that names a device otherwise than the platform allows names none that can be asked for.
        return Html::default();
    };
    let state = if device.disabled {
        "disabled"
    } else if device.online {
        "online"
    } else {
        "offline"
    };
    html! {
        <tr key={address.to_string()} data-device={address.to_string()} data-state={state}>
            <th scope="row">
                <span class="who">
                    <span class="name">{ &device.device_name }</span>
                    if own(console).as_ref() == Some(&address) {
                        <span class="own">{ words.this_page }</span>
                    }
                </span>
                <code class="product">{ &device.product_key }</code>
            </th>
            <td class="state"><span class="dot">{ standing(console, device, source) }</span></td>
            <td class="filters" data-label={words.subscriptions}>{ subscriptions(device, words) }</td>
            <td class="number" data-label={words.queued}>{ grouped(device.queued as u64) }</td>
            <td class="number" data-label={words.in_flight}>{ grouped(device.in_flight as u64) }</td>
            <td class="acts">{ acts(console, device, address) }</td>
        </tr>
    }
}

fn standing(console: &Console, device: &DeviceView, source: Source) -> String {
    let words = console.state().words().cloud;
    let since = device.changed_at_ms.zip(origin_ms(console, source));
    #[allow(clippy::cast_precision_loss, reason = "times have fewer than 53 bits")]
    let since = since.map(|(since, origin)| day_and_time(origin + since as f64));
    match (device.disabled, device.online, since) {
        (true, _, _) => words.disabled.to_owned(),
        (_, _, None) => words.never.to_owned(),
        (_, true, Some(since)) => format!("{} {since}", words.online_since),
        (_, false, Some(since)) => format!("{} {since}", words.offline_since),
    }
}

fn subscriptions(device: &DeviceView, words: &Cloud) -> Html {
    html! {
        if device.subscriptions.is_empty() {
            <span class="soft">{ words.no_subscriptions }</span>
        } else {
            <ul>
                { for device.subscriptions.iter().map(|one| html! {
                    <li><code>{ &one.filter }</code>{ " " }<span class="soft">{ format!("QoS {}", one.qos) }</span></li>
                }) }
            </ul>
        }
    }
}

fn acts(console: &Console, device: &DeviceView, address: DeviceAddress) -> Html {
    let words = console.state().words().cloud;
    let removing = console.state().cloud.removing.as_ref() == Some(&address);
    let disabled = device.disabled;
    let switch = {
        let (console, device) = (console.clone(), address.clone());
        Callback::from(move |_: MouseEvent| {
            let device = device.clone();
            let disabled = !disabled;
            ask(&console, Task::Devices, Ask::Disable { device, disabled });
        })
    };
    let remove = {
        let (console, device) = (console.clone(), address.clone());
        Callback::from(move |_: MouseEvent| {
            console.act(Action::Removing((!removing).then(|| device.clone())));
            if removing {
                ask(&console, Task::Devices, Ask::Remove(device.clone()));
            }
        })
    };
    let left = console.acts(|_: FocusEvent| Action::Removing(None));
    let do_switch = if disabled {
        words.do_enable
    } else {
        words.do_disable
    };
    let do_remove = if removing {
        words.really_remove
    } else {
        words.do_remove
    };
    html! {
        <>
            <button type="button" class="quiet" data-act="switch" aria-label={format!("{do_switch} {address}")} onclick={switch}>
                { do_switch }
            </button>
            <button
                type="button"
                class={classes!("quiet", removing.then_some("danger"))}
                data-act="remove"
                aria-label={format!("{do_remove} {address}")}
                onclick={remove}
                onblur={removing.then_some(left)}
            >
                { do_remove }
            </button>
        </>
    }
}
