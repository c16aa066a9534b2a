//! The console's `html!`: the syntax of Yew's macro of that name, written out in a fraction of the bytes.
//!
//! Yew's macro fills a large structure in place for every element, some 380 bytes of wasm each; with a
//! thousand elements that is the greater part of the page. This one writes a call for what opens, one for
//! each value that is only known at run time, and one for what closes, to the `crate::markup` of the
//! crate that uses it. What it makes is the same: Yew's own nodes, static attributes as static data.
//! A component is left to Yew's macro.
//!
//! It knows elements, fragments, components, `if` with `else` and `let`, `{ expression }`,
//! `{ for iterator }`, text, and attributes as `name="text"`, `name={expression}` and `{name}`.
#![forbid(unsafe_code)]

mod parse;
mod write;

use proc_macro::TokenStream;

/// Nodes of the page, in the syntax of Yew's `html!`.
#[proc_macro]
pub fn html(input: TokenStream) -> TokenStream {
    match syn::parse::<parse::Nodes>(input) {
        Ok(nodes) => write::nodes(&nodes).into(),
        Err(error) => error.to_compile_error().into(),
    }
}
