//! What stands between the braces of `html!`.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Result};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, LitStr, Token, braced};

/// A sequence of nodes.
pub(crate) struct Nodes(pub(crate) Vec<Node>);

/// One node.
pub(crate) enum Node {
    /// An HTML or SVG element.
    Element(Element),
    /// A component: left to Yew, but for its children.
    Component {
        name: TokenStream,
        attributes: Vec<Attribute>,
        children: Nodes,
    },
    /// `<>…</>`
    Fragment(Nodes),
    /// A text.
    Text(LitStr),
    /// `{ expression }`
    Expression(TokenStream),
    /// `{ for iterator }`
    Each(Expr),
    /// `if … { } else { }`
    If(Box<If>),
}

/// An element with its attributes and children.
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Nodes,
}

/// An attribute, a property or a listener.
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What an attribute is set to.
pub(crate) enum Value {
    Text(LitStr),
    Expression(TokenStream),
}

/// A condition, and what stands where it holds and where it does not.
pub(crate) struct If {
    pub(crate) condition: Expr,
    pub(crate) then: Nodes,
    pub(crate) otherwise: Nodes,
}

impl Parse for Nodes {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut nodes = Vec::new();
        let closes = |input: ParseStream| input.peek(Token![<]) && input.peek2(Token![/]);
        while !(input.is_empty() || closes(input)) {
            nodes.push(input.parse()?);
        }
        Ok(Self(nodes))
    }
}

impl Parse for Node {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(Token![<]) {
            return tag(input);
        }
        if input.peek(Token![if]) {
            return Ok(Self::If(Box::new(input.parse()?)));
        }
        if input.peek(LitStr) {
            return Ok(Self::Text(input.parse()?));
        }
        let content;
        braced!(content in input);
        if content.peek(Token![for]) {
            content.parse::<Token![for]>()?;
            return Ok(Self::Each(content.parse()?));
        }
        if content.peek(LitStr) && content.peek2(syn::parse::End) {
            return Ok(Self::Text(content.parse()?));
        }
        content.parse().map(Self::Expression)
    }
}

impl Parse for If {
    fn parse(input: ParseStream) -> Result<Self> {
        input.parse::<Token![if]>()?;
        let condition = input.call(Expr::parse_without_eager_brace)?;
        let then;
        braced!(then in input);
        let then = then.parse()?;
        let otherwise = if input.parse::<Option<Token![else]>>()?.is_none() {
            Nodes(Vec::new())
        } else if input.peek(Token![if]) {
            Nodes(vec![Node::If(Box::new(input.parse()?))])
        } else {
            let otherwise;
            braced!(otherwise in input);
            otherwise.parse()?
        };
        Ok(Self {
            condition,
            then,
            otherwise,
        })
    }
}

impl Parse for Attribute {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(syn::token::Brace) {
            let content;
            braced!(content in input);
            let name: Ident = content.parse()?;
            return Ok(Self {
                name: name.to_string(),
                span: name.span(),
                value: Value::Expression(name.to_token_stream()),
            });
        }
        let first = input.call(Ident::parse_any)?;
        let mut name = first.to_string();
        while input.parse::<Option<Token![-]>>()?.is_some() {
            name.push('-');
            name.push_str(&input.call(Ident::parse_any)?.to_string());
        }
        input.parse::<Token![=]>()?;
        let value = if input.peek(syn::token::Brace) {
            let content;
            braced!(content in input);
            Value::Expression(content.parse()?)
        } else if input.peek(LitStr) {
            Value::Text(input.parse()?)
        } else {
            Value::Expression(input.parse::<syn::Lit>()?.to_token_stream())
        };
        Ok(Self {
            name,
            span: first.span(),
            value,
        })
    }
}

/// From `<` to the end of what it opens.
fn tag(input: ParseStream) -> Result<Node> {
    input.parse::<Token![<]>()?;
    if input.parse::<Option<Token![>]>>()?.is_some() {
        let children = input.parse()?;
        input.parse::<Token![<]>()?;
        input.parse::<Token![/]>()?;
        input.parse::<Token![>]>()?;
        return Ok(Node::Fragment(children));
    }
    let name = name(input)?;
    let mut attributes = Vec::new();
    while !input.peek(Token![>]) && !input.peek(Token![/]) {
        attributes.push(input.parse()?);
    }
    let children = if input.parse::<Option<Token![/]>>()?.is_some() {
        input.parse::<Token![>]>()?;
        Nodes(Vec::new())
    } else {
        input.parse::<Token![>]>()?;
        let children = input.parse()?;
        input.parse::<Token![<]>()?;
        input.parse::<Token![/]>()?;
        let closed = self::name(input)?;
        if closed.to_string() != name.to_string() {
            let what = format!("</{closed}> closes <{name}>: name the element that is open");
            return Err(Error::new(closed.span(), what));
        }
        input.parse::<Token![>]>()?;
        children
    };
    let text = name.to_string();
    let is_component = text.contains(':') || text.starts_with(|c: char| c.is_ascii_uppercase());
    Ok(if is_component {
        Node::Component {
            name,
            attributes,
            children,
        }
    } else {
        Node::Element(Element {
            name: text,
            attributes,
            children,
        })
    })
}

fn name(input: ParseStream) -> Result<TokenStream> {
    let path = input.call(syn::Path::parse_mod_style)?;
    Ok(path.to_token_stream())
}
