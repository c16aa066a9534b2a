//! Forms under a name: choose, save, delete, to a file and from one.

use js_sys::{Array, JsString};
use tern_core::explain::InWords;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlInputElement, Url};
use yew::prelude::*;

use crate::app::Console;
use crate::components::choice::{check, selected};
use crate::components::field::input_text;
use crate::markup::html;
use crate::profile::{MAX_FILE, MAX_NAME, Profile, ProfileError, Profiles};
use crate::state::connect;
use crate::state::profiles::{Action, Said, Trouble};
use crate::storage;

/// What the exported file is called.
const FILE_NAME: &str = "tern-profiles.json";

fn act(action: Action) -> connect::Action {
    connect::Action::Profiles(action)
}

/// Draws them.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().connect;
    let profiles = &state.connect.profiles;
    let all = profiles.all.all();
    let on_choose = console.acts(|event: Event| act(Action::Choose(selected(&event))));
    let on_name = console.acts(|event: InputEvent| act(Action::TypeName(input_text(&event))));
    let press = |does: fn(&Console)| {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| does(&console))
    };
    // Enter in the name saves the profile; it would connect otherwise.
    let on_key = {
        let console = console.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                save(&console);
            }
        })
    };
    html! {
        <details class="profiles" id="profiles">
            <summary>
                { words.profiles }
                if !profiles.chosen.is_empty() {
                    <span class="chosen">{ &profiles.chosen }</span>
                }
            </summary>
            <p class="hint">{ words.profiles_hint }</p>
            <div class="field">
                <label for="profile">{ words.profile }</label>
                <div class="beside">
                    <select id="profile" onchange={on_choose}>
                        <option value="" selected={profiles.chosen.is_empty()}>{ words.profile_none }</option>
                        { for all.iter().map(|profile| html! {
                            <option value={profile.name().to_owned()} selected={profile.name() == profiles.chosen}>
                                { profile.name() }
                            </option>
                        }) }
                    </select>
                    <button type="button" class="plain" id="profile-delete" disabled={profiles.chosen.is_empty()} onclick={press(delete)}>
                        { words.delete }
                    </button>
                </div>
            </div>
            <div class="field">
                <label for="profile-name">{ words.profile_name }</label>
                <div class="beside">
                    <input
                        id="profile-name"
                        type="text"
                        value={profiles.name.clone()}
                        maxlength={MAX_NAME.to_string()}
                        autocomplete="off"
                        aria-describedby="profile-said"
                        oninput={on_name}
                        onkeydown={on_key}
                    />
                    <button type="button" class="plain" id="profile-save" onclick={press(save)}>{ words.save }</button>
                </div>
            </div>
            { check(
                "keep-secret",
                words.keep_secret,
                words.keep_secret_hint,
                profiles.keep_secret,
                console.acts(|on| act(Action::KeepSecret(on))),
            ) }
            <div class="files">
                <label class="file">
                    <input id="profile-import" type="file" accept=".json,application/json" onchange={on_file(console)} />
                    <span>{ words.import }</span>
                </label>
                <button type="button" class="plain" id="profile-export" disabled={all.is_empty()} onclick={press(export)}>
                    { words.export }
                </button>
            </div>
            <p id="profile-said" role="status" class={said_class(profiles.said.as_ref())}>{ said(console) }</p>
        </details>
    }
}

fn said_class(said: Option<&Said>) -> &'static str {
    match said {
        None => "said",
        Some(Said::Trouble(_)) => "said error",
        Some(_) => "said good",
    }
}

fn said(console: &Console) -> String {
    let state = console.state();
    let words = state.words().connect;
    match &state.connect.profiles.said {
        None => String::new(),
        Some(Said::Saved(name)) => format!("{} {name}", words.saved),
        Some(Said::Deleted(name)) => format!("{} {name}", words.deleted),
        Some(Said::Exported(all, 0)) => format!("{} {all}", words.exported),
        Some(Said::Exported(all, secrets)) => {
            format!(
                "{} {all}, {} {secrets}",
                words.exported, words.exported_secrets
            )
        }
        Some(Said::Imported(done)) => {
            let mut text = format!("{} {}", words.imported, done.added);
            for (count, label) in [
                (done.renamed, words.imported_renamed),
                (done.known, words.imported_known),
            ] {
                if count > 0 {
                    text += &format!(", {label} {count}");
                }
            }
            text
        }
        Some(Said::Trouble(trouble)) => trouble.in_words(state.lang.core()),
    }
}

/// The profiles to change: what is stored, which another tab may have changed; what the page holds where
/// storage did not take it.
fn current(console: &Console) -> Profiles {
    let held = &console.state().connect.profiles;
    match storage::read() {
        Ok(stored) if held.are_stored => stored,
        _ => held.all.clone(),
    }
}

/// Keeps profiles: in the page in any case, and in storage where that takes them.
fn keep(console: &Console, all: Profiles, said: Said) {
    let said = match storage::write(&all) {
        Ok(()) => said,
        Err(trouble) => Said::Trouble(trouble),
    };
    console.act(act(Action::Changed(all, said)));
}

fn trouble(console: &Console, error: ProfileError) {
    console.act(act(Action::Say(Said::Trouble(Trouble::Profile(error)))));
}

fn save(console: &Console) {
    let state = &console.state().connect;
    let profile = Profile::new(
        &state.profiles.name,
        &state.form,
        state.profiles.keep_secret,
    );
    let mut all = current(console);
    let saved = profile.and_then(|profile| {
        let name = profile.name().to_owned();
        all.save(profile).map(|()| name)
    });
    match saved {
        Ok(name) => keep(console, all, Said::Saved(name)),
        Err(error) => trouble(console, error),
    }
}

fn delete(console: &Console) {
    let name = console.state().connect.profiles.chosen.clone();
    let mut all = current(console);
    all.delete(&name);
    keep(console, all, Said::Deleted(name));
}

fn export(console: &Console) {
    let all = &console.state().connect.profiles.all;
    let said = match download(&all.write()) {
        Some(()) => Said::Exported(all.all().len(), all.with_secret()),
        None => Said::Trouble(Trouble::File),
    };
    console.act(act(Action::Say(said)));
}

fn download(text: &str) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = Array::of1(&JsString::from(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    let document = web_sys::window()?.document()?;
    let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(FILE_NAME);
    link.click();
    // The browser has taken the file; one that is gone already is none to give up.
    let _ = Url::revoke_object_url(&url);
    Some(())
}

fn on_file(console: &Console) -> Callback<Event> {
    let console = console.clone();
    Callback::from(move |event: Event| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
            return;
        };
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            return;
        };
        let console = console.clone();
        spawn_local(async move {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a cast from f64 saturates, and a size is a whole number"
            )]
            let bytes = file.size() as usize;
            if bytes > MAX_FILE {
                trouble(&console, ProfileError::FileTooLarge { bytes });
            } else {
                match JsFuture::from(file.text())
                    .await
                    .map(|text| text.as_string())
                {
                    Ok(Some(text)) => import(&console, &text),
                    _ => console.act(act(Action::Say(Said::Trouble(Trouble::File)))),
                }
            }
            // So that the same file, once mended, can be chosen again.
            input.set_value("");
        });
    })
}

fn import(console: &Console, text: &str) {
    let mut all = current(console);
    match Profiles::read(text).and_then(|others| all.import(others)) {
        Ok(done) => keep(console, all, Said::Imported(done)),
        Err(error) => trouble(console, error),
    }
}
