//! Other tabs of this console that use the same triple.
//!
//! The platform lets in one client for each triple: two tabs would push each other off without end. Tabs of
//! one browser can tell each other, so they do: each says which triple it uses when that changes, and
//! answers a newcomer. What is said holds no secret. The stand-in inside a page is each tab's own, so
//! a tab that uses that one says nothing.

use std::collections::BTreeMap;
use std::fmt;

/// The first word of what is said, with the version of its form.
const MARK: &str = "tern 1";
/// As many other tabs are remembered, and no more: nobody has so many.
const MOST: usize = 64;

/// A device, as far as one tab tells another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// productKey
    pub product_key: String,
    /// deviceName
    pub device_name: String,
}

/// What one tab says to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which tab.
    pub tab: String,
    /// The device that it is connected as, or tries to be; none where it is not.
    pub uses: Option<Device>,
    /// Whether it wants to hear the others.
    pub asks: bool,
}

/// What this tab knows of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    me: String,
    uses: Option<Device>,
    others: BTreeMap<String, Device>,
}

impl Twins {
    /// A tab that has heard of no other. `me` names it among all tabs of the browser.
    #[must_use]
    pub fn new(me: String) -> Self {
        Self {
            me,
            uses: None,
            others: BTreeMap::new(),
        }
    }

    /// The tab connects as a device, or with none any more. Answers what to say, where that is news.
    pub fn uses(&mut self, device: Option<Device>) -> Option<Said> {
        if self.uses == device {
            return None;
        }
        self.uses = device;
        Some(self.say(true))
    }

    /// Another tab said something. Answers what to say to it.
    pub fn hear(&mut self, said: Said) -> Option<Said> {
        if said.tab == self.me {
            return None;
        }
        match said.uses {
            Some(device) => {
                if self.others.len() < MOST || self.others.contains_key(&said.tab) {
                    self.others.insert(said.tab, device);
                }
            }
            None => {
                self.others.remove(&said.tab);
            }
        }
        // An answer asks for none, so that two tabs do not talk for ever.
        (said.asks && self.uses.is_some()).then(|| self.say(false))
    }

    /// What this tab says when it goes away. It may come back, by the browser's own way back.
    #[must_use]
    pub fn leave(&mut self) -> Said {
        self.uses = None;
        self.say(false)
    }

    /// The devices that other tabs use, one for each tab.
    #[must_use]
    pub fn others(&self) -> Vec<Device> {
        self.others.values().cloned().collect()
    }

    fn say(&self, asks: bool) -> Said {
        Said {
            tab: self.me.clone(),
            uses: self.uses.clone(),
            asks,
        }
    }
}

/// One line a part. No part may hold a line break, and no triple does.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.asks { "asks" } else { "says" };
        write!(f, "{MARK} {word}\n{}", self.tab)?;
        if let Some(device) = &self.uses {
            write!(f, "\n{}\n{}", device.product_key, device.device_name)?;
        }
        Ok(())
    }
}

impl Said {
    /// Reads what [`Display`](fmt::Display) wrote; another version of the console may say something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let lines: Vec<_> = text.split('\n').collect();
        let (first, tab, uses) = match lines.as_slice() {
            [first, tab] => (first, tab, None),
            [first, tab, key, name] => {
                let device = Device {
                    product_key: (*key).to_owned(),
                    device_name: (*name).to_owned(),
                };
                (first, tab, Some(device))
            }
            _ => return None,
        };
        let asks = match first.strip_prefix(MARK)? {
            " asks" => true,
            " says" => false,
            _ => return None,
        };
        Some(Self {
            tab: (*tab).to_owned(),
            uses,
            asks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str) -> Option<Device> {
        Some(Device {
            product_key: "a1".into(),
            device_name: name.into(),
        })
    }

    fn using(tab: &Twins, name: &str) -> usize {
        let others = tab.others();
        let same = others.iter().filter(|other| other.device_name == name);
        same.count()
    }

    /// Says something to every tab but the speaker, and what they answer too.
    fn tell(tabs: &mut [Twins], said: Option<Said>) {
        let mut waiting: Vec<_> = said.into_iter().collect();
        let mut spoken = 0;
        while let Some(said) = waiting.pop() {
            spoken += 1;
            assert!(spoken < 100, "they talk for ever");
            let said = Said::read(&said.to_string()).expect("it was written here");
            for tab in tabs.iter_mut() {
                waiting.extend(tab.hear(said.clone()));
            }
        }
    }

    #[test]
    fn two_tabs_with_one_triple_know_of_each_other_whoever_came_first() {
        let mut tabs = ["one", "two", "three"].map(|name| Twins::new(name.into()));
        let said = tabs[0].uses(device("dev1"));
        tell(&mut tabs, said);
        assert_eq!(using(&tabs[0], "dev1"), 0);
        let said = tabs[1].uses(device("dev1"));
        tell(&mut tabs, said);
        let said = tabs[2].uses(device("dev2"));
        tell(&mut tabs, said);
        let counts =
            |tabs: &[Twins]| -> Vec<_> { tabs.iter().map(|tab| using(tab, "dev1")).collect() };
        assert_eq!(counts(&tabs), [1, 1, 2]);

        // The first one goes away, the second connects as another device.
        let said = tabs[0].leave();
        tell(&mut tabs, Some(said));
        assert_eq!(counts(&tabs), [1, 0, 1]);
        let said = tabs[1].uses(device("dev2"));
        tell(&mut tabs, said);
        assert_eq!(using(&tabs[2], "dev2"), 1);
        assert_eq!(using(&tabs[2], "dev1"), 0);
        let said = tabs[1].uses(None);
        tell(&mut tabs, said);
        assert_eq!(using(&tabs[2], "dev2"), 0);
    }

    #[test]
    fn what_is_no_news_is_not_said() {
        let mut tab = Twins::new("one".into());
        assert_eq!(tab.uses(None), None);
        assert!(tab.uses(device("dev1")).is_some());
        assert_eq!(tab.uses(device("dev1")), None);
    }

    #[test]
    fn other_texts_are_passed_over() {
        for text in [
            "",
            "tern 1",
            "tern 1 asks",
            "tern 2 asks\none",
            "tern 1 asks\n1\n2",
            "a\nb\nc\nd\ne",
        ] {
            assert_eq!(Said::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_flood_of_tabs_is_not_remembered() {
        let mut tab = Twins::new("me".into());
        for number in 0..10 * MOST {
            tab.hear(Said {
                tab: number.to_string(),
                uses: device("dev1"),
                asks: false,
            });
        }
        assert_eq!(using(&tab, "dev1"), MOST);
    }
}
