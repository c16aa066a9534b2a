//! Nodes as calls to `crate::markup`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::parse::{Attribute, Element, If, Node, Nodes, Value};

/// An expression for nodes: Yew's `Html`.
pub(crate) fn nodes(nodes: &Nodes) -> TokenStream {
    if nodes.0.is_empty() {
        return quote! { ::yew::Html::default() };
    }
    let markup = markup();
    let written = nodes.0.iter().map(node);
    quote! {{
        let mut #markup = crate::markup::Markup::new();
        #(#written)*
        #markup.finish()
    }}
}

/// The name of what the calls go to; what is written by hand can't mean it.
fn markup() -> Ident {
    Ident::new("markup", Span::mixed_site())
}

fn node(node: &Node) -> TokenStream {
    let markup = markup();
    match node {
        Node::Element(element) => self::element(element),
        Node::Component {
            name,
            attributes,
            children,
        } => {
            let attributes = attributes.iter().map(passed);
            let children = if children.0.is_empty() {
                quote! { <#name #(#attributes)* /> }
            } else {
                let children = nodes(children);
                quote! { <#name #(#attributes)*>{ #children }</#name> }
            };
            quote! { #markup.node(::yew::html! { #children }); }
        }
        Node::Fragment(children) => {
            let children = children.0.iter().map(self::node);
            quote! { #markup.begin(); #(#children)* #markup.end(); }
        }
        Node::Text(text) => quote! { #markup.text(#text); },
        Node::Expression(expression) => quote! { #markup.put({ #expression }); },
        Node::Each(expression) => quote! { #markup.each(#expression); },
        Node::If(choice) => {
            let If {
                condition,
                then,
                otherwise,
            } = &**choice;
            let then = then.0.iter().map(self::node);
            let otherwise = otherwise.0.iter().map(self::node);
            // One node either way, so that what follows keeps its place.
            quote! {
                #markup.begin();
                if #condition { #(#then)* } else { #(#otherwise)* }
                #markup.end();
            }
        }
    }
}

fn element(element: &Element) -> TokenStream {
    let markup = markup();
    let name = &element.name;
    let has_state = matches!(name.as_str(), "input" | "textarea");
    let (mut fixed, mut keys, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for attribute in &element.attributes {
        let key = attribute.name.as_str();
        let at = attribute.span;
        let given = match &attribute.value {
            Value::Text(text) => quote! { #text },
            Value::Expression(expression) => quote! { { #expression } },
        };
        match (key, &attribute.value) {
            ("key", _) => calls.push(quote_spanned! {at=> #markup.key(#given); }),
            ("ref", _) => calls.push(quote_spanned! {at=> #markup.node_ref(#given); }),
            ("value", _) if has_state => {
                calls.push(quote_spanned! {at=> #markup.value(#given); });
            }
            ("checked", _) if has_state => {
                calls.push(quote_spanned! {at=> #markup.checked(#given); });
            }
            (_, _) if key.starts_with("on") => {
                let kind = Ident::new(key, at);
                calls.push(quote_spanned! {at=>
                    #markup.on(::yew::html::#kind::Wrapper::__macro_new(#given));
                });
            }
            (_, Value::Text(text)) => fixed.push((key, text)),
            (_, Value::Expression(_)) => {
                keys.push(key);
                calls.push(quote_spanned! {at=> #markup.attribute(#given); });
            }
        }
    }
    let fixed_keys = fixed.iter().map(|(key, _)| *key);
    let keys: Vec<_> = if keys.is_empty() {
        Vec::new()
    } else {
        fixed_keys.chain(keys).collect()
    };
    let fixed = fixed.iter().map(|(key, text)| {
        quote! { (#key, ::yew::virtual_dom::AttributeOrProperty::Static(#text)) }
    });
    let children = element.children.0.iter().map(node);
    quote! {
        {
            const SHAPE: &crate::markup::Shape = &crate::markup::Shape {
                tag: #name,
                fixed: &[#(#fixed),*],
                keys: &[#(#keys),*],
            };
            #markup.open(SHAPE);
        }
        #(#calls)*
        #(#children)*
        #markup.close();
    }
}

/// An attribute as Yew's macro takes it.
fn passed(attribute: &Attribute) -> TokenStream {
    let parts = attribute.name.split('-');
    let parts = parts.map(|part| Ident::new(part, attribute.span));
    let mut name = TokenStream::new();
    for (place, part) in parts.enumerate() {
        if place > 0 {
            name.extend(quote! { - });
        }
        name.extend(quote! { #part });
    }
    match &attribute.value {
        Value::Text(text) => quote! { #name=#text },
        Value::Expression(expression) => quote! { #name={#expression} },
    }
}
