//! The topics that messages came on, as a tree.

use yew::prelude::*;

use crate::app::Console;
use crate::components::keys::focus_soon;
use crate::components::list::List;
use crate::components::when::grouped;
use crate::markup::html;
use crate::protocol::Span;
use crate::protocol::messages::Branch;
use crate::state::messages::Action;
use crate::state::tree::{Step, step, stop};

/// Deeper lines are indented like this one: a tree is narrow.
const DEEPEST: u16 = 12;

/// Draws it.
pub(super) fn view(console: &Console) -> Html {
    let state = console.state();
    let words = state.words().messages;
    let topics = state.now().inbox.as_ref().map(|inbox| &inbox.topics);
    let count = topics.map_or(0, |topics| topics.topics);
    let branch = &state.messages.watch.branch;
    html! {
        <section class="topics" aria-labelledby="topics-title">
            <div class="bar">
                <h2 id="topics-title">
                    { words.topics }
                    if count > 0 {
                        <span class="count" id="topics-count">{ grouped(count) }</span>
                    }
                </h2>
                if branch.is_some() {
                    <button
                        type="button"
                        class="quiet"
                        id="all-topics"
                        onclick={console.acts(|_: MouseEvent| Action::Branch(None))}
                    >
                        { words.all_topics }
                    </button>
                }
            </div>
            if let Some(topics) = topics.filter(|topics| topics.topics > 0) {
                <List
                    label={words.topics}
                    name="topic-tree"
                    role="tree"
                    follows={false}
                    evicted={0}
                    held={topics.lines}
                    first={topics.first}
                    onkeydown={on_key(console, &topics.branches)}
                    on_span={console.acts(|span| Action::LookAtTopics(at_least(span)))}
                >
                    { for topics.branches.iter().map(|one| line(console, one, &topics.branches)) }
                </List>
            } else {
                <p class="hint">{ words.no_topics }</p>
            }
        </section>
    }
}

/// The tree grows with its lines: what is in sight now is not all that will be.
fn at_least(span: Span) -> Span {
    const LINES: u32 = 80;
    match span {
        Span::From { first, count } => Span::From {
            first,
            count: count.max(LINES),
        },
        newest @ Span::Newest(_) => newest,
    }
}

fn line(console: &Console, branch: &Branch, lines: &[Branch]) -> Html {
    let state = console.state();
    let messages = &state.messages;
    let is_chosen = messages.watch.branch.as_ref() == Some(&branch.path);
    let is_stop = stop(lines, messages.focused.as_deref()) == Some(branch.path.as_str());
    let choose = {
        let (console, path) = (console.clone(), branch.path.clone());
        Callback::from(move |_: MouseEvent| {
            console.act(Action::Focus(path.clone()));
            console.act(Action::Branch((!is_chosen).then(|| path.clone())));
        })
    };
    let fold = {
        let (path, is_open) = (branch.path.clone(), branch.is_open);
        console.acts(move |event: MouseEvent| {
            event.stop_propagation();
            Action::Unfold(path.clone(), !is_open)
        })
    };
    let twisty = match (branch.has_branches, branch.is_open) {
        (false, _) => "",
        (true, true) => "▾",
        (true, false) => "▸",
    };
    let level = if branch.level.is_empty() {
        "/"
    } else {
        &branch.level
    };
    html! {
        <div
            key={branch.path.clone()}
            class="topic-line"
            role="treeitem"
            data-path={branch.path.clone()}
            title={branch.path.clone()}
            tabindex={if is_stop { "0" } else { "-1" }}
            aria-level={(u32::from(branch.depth) + 1).to_string()}
            aria-expanded={branch.has_branches.then(|| branch.is_open.to_string())}
            aria-selected={is_chosen.to_string()}
            onclick={choose}
        >
            { for (0..branch.depth.min(DEEPEST)).map(|_| html! { <i class="indent"></i> }) }
            <span class="twisty" aria-hidden="true" onclick={branch.has_branches.then_some(fold)}>{ twisty }</span>
            <span class="level">{ level }</span>
            <span class="size">{ grouped(branch.held) }</span>
        </div>
    }
}

fn on_key(console: &Console, lines: &[Branch]) -> Callback<KeyboardEvent> {
    let (console, lines) = (console.clone(), lines.to_vec());
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let messages = &console.state().messages;
        let Some(at) = stop(&lines, messages.focused.as_deref()) else {
            return;
        };
        let Some(step) = step(&lines, at, &event.key()) else {
            return;
        };
        event.prevent_default();
        match step {
            Step::To(path) => {
                console.act(Action::Focus(path));
                focus_soon("#topic-tree [tabindex='0']");
            }
            Step::Unfold(path, open) => console.act(Action::Unfold(path, open)),
            Step::Choose(path) => {
                let is_chosen = messages.watch.branch.as_ref() == Some(&path);
                console.act(Action::Branch((!is_chosen).then_some(path)));
            }
        }
    })
}
