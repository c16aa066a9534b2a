//! A long list of which only what is in sight is drawn. Its rows have one height, set by the styles.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::markup::html;
use crate::protocol::Span;

/// Rows drawn beyond what is in sight, on each side.
const MARGIN: u64 = 12;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// What the list says it is.
    pub(super) label: AttrValue,
    /// What goes with its id and style.
    pub(super) name: &'static str,
    /// How long the list is, and where `children` begins.
    pub(super) evicted: u64,
    pub(super) held: u64,
    pub(super) first: u64,
    /// What stays in sight above the rows.
    #[prop_or_default]
    pub(super) head: Html,
    /// The rows, drawn.
    pub(super) children: Html,
    /// What it is to a screen reader.
    #[prop_or("list")]
    pub(super) role: &'static str,
    /// Whether it stays at its end; else it begins at its top, and its rows take the focus themselves.
    #[prop_or(true)]
    pub(super) follows: bool,
    #[prop_or_default]
    pub(super) onkeydown: Callback<KeyboardEvent>,
    /// Told what the list wants to be given.
    pub(super) on_span: Callback<Span>,
    /// The words of the button that goes to the end.
    #[prop_or_default]
    pub(super) newest: AttrValue,
}

/// The list. If it follows, it stays at its end while it is there, as a terminal does; scrolled up, it stays where it is.
#[component(List)]
pub(super) fn list(props: &Props) -> Html {
    let frame = use_node_ref();
    let spacer = use_node_ref();
    let rows = use_node_ref();
    let following = {
        let follows = props.follows;
        use_state(move || follows)
    };
    let seen_evicted = use_mut_ref(|| props.evicted);
    // Measured when the list appears and the window changes: at each drawing it would cost a layout.
    let row_height = use_mut_ref(|| None::<f64>);

    // After each drawing: how long it is, where the rows lie, where it is scrolled to.
    {
        let (frame, spacer, rows) = (frame.clone(), spacer.clone(), rows.clone());
        let (evicted, held, first) = (props.evicted, props.held, props.first);
        let (following, row_height) = (*following, row_height.clone());
        let seen_evicted = seen_evicted.clone();
        use_effect(move || {
            let Some(element) = frame.cast::<HtmlElement>() else {
                return;
            };
            let measured = *row_height.borrow();
            let Some(row) = measured.or_else(|| row_of(&element)) else {
                return;
            };
            *row_height.borrow_mut() = Some(row);
            let above = first.saturating_sub(evicted);
            set(&spacer, "height", &pixels(held, row));
            let shift = format!("translateY({})", pixels(above, row));
            set(&rows, "transform", &shift);
            let gone = evicted.saturating_sub(seen_evicted.replace(evicted));
            if following {
                // Beyond the end is the end.
                element.set_scroll_top(whole(float(held + 100) * row));
            } else if gone > 0 {
                let top = f64::from(element.scroll_top()) - float(gone) * row;
                element.set_scroll_top(whole(top));
            }
        });
    }
    let look = {
        let (frame, on_span, evicted) = (frame.clone(), props.on_span.clone(), props.evicted);
        let (following, follows) = (following.clone(), props.follows);
        move |()| {
            let Some(sight) = Sight::of(&frame) else {
                return;
            };
            let at_end = follows && sight.is_at_end();
            if at_end != *following {
                following.set(at_end);
            }
            on_span.emit(sight.span(evicted, at_end));
        }
    };
    {
        // The first look, once the list has a size; and again whenever the window has another.
        let (frame, on_span) = (frame.clone(), props.on_span.clone());
        let follows = props.follows;
        use_effect_with((), move |()| {
            let look = move || {
                *row_height.borrow_mut() = None;
                if let Some(sight) = Sight::of(&frame) {
                    let at_end = follows && sight.is_at_end();
                    on_span.emit(sight.span(*seen_evicted.borrow(), at_end));
                }
            };
            look();
            let on_resize = web_sys::window()
                .map(|window| EventListener::new(&window, "resize", move |_| look()));
            move || drop(on_resize)
        });
    }
    let onscroll = Callback::from(move |_: Event| look(()));
    let to_end = {
        let (following, on_span, frame) = (following.clone(), props.on_span.clone(), frame.clone());
        Callback::from(move |_: MouseEvent| {
            following.set(true);
            if let Some(sight) = Sight::of(&frame) {
                on_span.emit(sight.span(0, true));
            }
        })
    };
    html! {
        <div class="list-frame">
            <div
                id={props.name}
                class={classes!("list", props.name)}
                ref={frame}
                role={props.role}
                aria-label={props.label.clone()}
                tabindex={props.follows.then_some("0")}
                onkeydown={props.onkeydown.clone()}
                {onscroll}
            >
                { props.head.clone() }
                <div class="spacer" ref={spacer} role="presentation">
                    <div class="rows" ref={rows} role="presentation">{ props.children.clone() }</div>
                </div>
            </div>
            if props.follows && !*following {
                <button type="button" class="newest" onclick={to_end}>{ &props.newest }</button>
            }
        </div>
    }
}

/// What a list's frame shows.
struct Sight {
    element: HtmlElement,
    /// The height of a row in pixels.
    row: f64,
}

impl Sight {
    fn of(frame: &NodeRef) -> Option<Self> {
        let element = frame.cast::<HtmlElement>()?;
        let row = row_of(&element)?;
        Some(Self { element, row })
    }

    fn is_at_end(&self) -> bool {
        let below =
            self.element.scroll_height() - self.element.scroll_top() - self.element.client_height();
        f64::from(below) < self.row / 2.0
    }

    fn span(&self, evicted: u64, at_end: bool) -> Span {
        let rows_high = |pixels: i32| whole(f64::from(pixels) / self.row).unsigned_abs();
        let in_sight = u64::from(rows_high(self.element.client_height())) + 2;
        if at_end {
            return Span::Newest(narrow(in_sight + MARGIN));
        }
        let above = u64::from(rows_high(self.element.scroll_top()));
        Span::From {
            first: evicted + above.saturating_sub(MARGIN),
            count: narrow(in_sight + 2 * MARGIN),
        }
    }
}

/// The height of a row in pixels, as the styles have it.
fn row_of(element: &HtmlElement) -> Option<f64> {
    let style = web_sys::window()?.get_computed_style(element).ok()??;
    let row = style.get_property_value("--row").ok()?;
    row.trim().trim_end_matches("px").parse().ok()
}

/// Sets a style through the object model, which the page's policy allows where it forbids the attribute.
fn set(node: &NodeRef, property: &str, value: &str) {
    let element = node
        .get()
        .and_then(|node| node.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // Constant names and numbers: there is nothing to refuse.
        let _ = element.style().set_property(property, value);
    }
}

fn pixels(rows: u64, row: f64) -> String {
    format!("{}px", float(rows) * row)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a list has fewer than 2^53 rows"
)]
fn float(rows: u64) -> f64 {
    rows as f64
}

#[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}

fn narrow(rows: u64) -> u32 {
    u32::try_from(rows).unwrap_or(Span::MOST)
}
