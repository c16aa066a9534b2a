//! What the page's `html!` writes: elements opened, filled and closed one call at a time.
//!
//! The calls are functions of their own instead of code at every element, so that a page of many elements
//! stays small. What comes out are Yew's nodes as Yew's own macro makes them.

use std::rc::Rc;

use yew::html::{Classes, IntoPropValue, NodeRef};
use yew::virtual_dom::{
    AttrValue, AttributeOrProperty, Attributes, Key, Listener, Listeners, VList, VNode, VTag, VText,
};

pub(crate) use tern_markup::html;

/// What is known of an element when the page is compiled.
pub(crate) struct Shape {
    /// Its name.
    pub(crate) tag: &'static str,
    /// Attributes that never change.
    pub(crate) fixed: &'static [(&'static str, AttributeOrProperty)],
    /// Where there are others: the names of all attributes, the fixed ones first.
    pub(crate) keys: &'static [&'static str],
}

/// Nodes in the making.
pub(crate) struct Markup {
    /// What is open, the outermost first. The first one is what is asked for.
    open: Vec<Part>,
}

/// An element or a sequence that is not closed yet.
#[derive(Default)]
struct Part {
    shape: Option<&'static Shape>,
    values: Vec<Option<AttributeOrProperty>>,
    listeners: Vec<Option<Rc<dyn Listener>>>,
    key: Option<Key>,
    node_ref: NodeRef,
    value: Option<AttrValue>,
    checked: Option<bool>,
    children: Vec<VNode>,
    /// Whether it has as many children as an iterator gave.
    is_list: bool,
}

impl Markup {
    /// Nothing yet.
    #[inline(never)]
    pub(crate) fn new() -> Self {
        Self {
            open: vec![Part::default()],
        }
    }

    /// The nodes.
    #[inline(never)]
    pub(crate) fn finish(mut self) -> VNode {
        self.open.pop().map_or_else(VNode::default, Part::sequence)
    }

    /// Opens an element.
    #[inline(never)]
    pub(crate) fn open(&mut self, shape: &'static Shape) {
        let mut part = Part {
            shape: Some(shape),
            ..Part::default()
        };
        if !shape.keys.is_empty() {
            part.values.reserve_exact(shape.keys.len());
            let fixed = shape.fixed.iter().map(|(_, value)| Some(value.clone()));
            part.values.extend(fixed);
        }
        self.open.push(part);
    }

    /// The next attribute that is known only now.
    #[inline(never)]
    pub(crate) fn attribute(&mut self, value: impl Attribute) {
        let value = value.into_attribute().map(AttributeOrProperty::Attribute);
        self.last().values.push(value);
    }

    /// A listener.
    #[inline(never)]
    pub(crate) fn on(&mut self, listener: Option<Rc<dyn Listener>>) {
        self.last().listeners.push(listener);
    }

    /// The key among its siblings.
    #[inline(never)]
    pub(crate) fn key(&mut self, key: impl Into<Key>) {
        self.last().key = Some(key.into());
    }

    /// What the page reaches the element by.
    #[inline(never)]
    pub(crate) fn node_ref(&mut self, node_ref: impl IntoPropValue<NodeRef>) {
        self.last().node_ref = node_ref.into_prop_value();
    }

    /// What stands in an input.
    #[inline(never)]
    pub(crate) fn value(&mut self, value: impl Attribute) {
        self.last().value = value.into_attribute();
    }

    /// Whether an input is checked.
    #[inline(never)]
    pub(crate) fn checked(&mut self, checked: bool) {
        self.last().checked = Some(checked);
    }

    /// Begins a sequence that counts as one node.
    #[inline(never)]
    pub(crate) fn begin(&mut self) {
        self.open.push(Part::default());
    }

    /// Ends it.
    #[inline(never)]
    pub(crate) fn end(&mut self) {
        if let Some(part) = self.open.pop() {
            self.node(part.sequence());
        }
    }

    /// Closes an element.
    #[inline(never)]
    pub(crate) fn close(&mut self) {
        if let Some(part) = self.open.pop() {
            self.node(part.element());
        }
    }

    /// A text.
    #[inline(never)]
    pub(crate) fn text(&mut self, text: &'static str) {
        self.node(VText::new(AttrValue::Static(text)).into());
    }

    /// A node.
    #[inline(never)]
    pub(crate) fn node(&mut self, node: VNode) {
        self.last().children.push(node);
    }

    /// Whatever becomes a node.
    #[inline(never)]
    pub(crate) fn put(&mut self, content: impl IntoPropValue<VNode>) {
        self.node(content.into_prop_value());
    }

    /// One node after the other.
    #[inline(never)]
    pub(crate) fn each<T: Into<VNode>>(&mut self, nodes: impl IntoIterator<Item = T>) {
        let part = self.last();
        part.is_list = true;
        for node in nodes {
            part.children.push(node.into());
        }
    }

    fn last(&mut self) -> &mut Part {
        if self.open.is_empty() {
            self.open.push(Part::default());
        }
        let last = self.open.len() - 1;
        // There is one: it was put there where there was none.
        &mut self.open[last]
    }
}

impl Part {
    /// The children: one of them stands for itself.
    fn sequence(mut self) -> VNode {
        match self.children.pop() {
            Some(only) if self.children.is_empty() && !self.is_list => only,
            last => {
                self.children.extend(last);
                VList::with_children(self.children, None).into()
            }
        }
    }

    fn element(mut self) -> VNode {
        let Some(shape) = self.shape else {
            return self.sequence();
        };
        let attributes = if shape.keys.is_empty() {
            Attributes::Static(shape.fixed)
        } else {
            Attributes::Dynamic {
                keys: shape.keys,
                values: std::mem::take(&mut self.values).into(),
            }
        };
        let listeners = if self.listeners.is_empty() {
            Listeners::None
        } else {
            Listeners::Pending(std::mem::take(&mut self.listeners).into())
        };
        let (node_ref, key) = (std::mem::take(&mut self.node_ref), self.key.take());
        let (value, checked) = (self.value.take(), self.checked);
        match shape.tag {
            "input" => VTag::__new_input(value, checked, node_ref, key, attributes, listeners),
            "textarea" => VTag::__new_textarea(value, None, node_ref, key, attributes, listeners),
            tag => {
                let tag = AttrValue::Static(tag);
                let children = self.sequence();
                VTag::__new_other(tag, node_ref, key, attributes, listeners, children)
            }
        }
        .into()
    }
}

/// What an attribute can be set to.
pub(crate) trait Attribute {
    /// Its text; `None` leaves the attribute out.
    fn into_attribute(self) -> Option<AttrValue>;
}

impl Attribute for &'static str {
    fn into_attribute(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self))
    }
}

impl Attribute for String {
    fn into_attribute(self) -> Option<AttrValue> {
        Some(self.into())
    }
}

impl Attribute for AttrValue {
    fn into_attribute(self) -> Option<AttrValue> {
        Some(self)
    }
}

/// An attribute that is there or not.
impl Attribute for bool {
    fn into_attribute(self) -> Option<AttrValue> {
        self.then_some(AttrValue::Static(""))
    }
}

impl Attribute for Classes {
    fn into_attribute(self) -> Option<AttrValue> {
        (!self.is_empty()).then(|| self.into_prop_value())
    }
}

impl<T: Attribute> Attribute for Option<T> {
    fn into_attribute(self) -> Option<AttrValue> {
        self?.into_attribute()
    }
}
