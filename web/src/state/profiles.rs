//! Forms under a name, and what became of the last thing done to them.

use tern_core::explain::{InWords, Lang};

use crate::form::Form;
use crate::profile::{self, Imported, ProfileError};

/// The profiles as they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    /// All of them.
    pub all: profile::Profiles,
    /// Whether the browser's storage holds all of them.
    pub are_stored: bool,
    /// The name of the one that the form came from; empty where it did not.
    pub chosen: String,
    /// The name to save under, as typed.
    pub name: String,
    /// Whether the secret is to be kept too.
    pub keep_secret: bool,
    /// What became of the last thing done.
    pub said: Option<Said>,
}

impl Default for Profiles {
    fn default() -> Self {
        Self {
            all: profile::Profiles::default(),
            are_stored: true,
            chosen: String::new(),
            name: String::new(),
            keep_secret: false,
            said: None,
        }
    }
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Saved under this name.
    Saved(String),
    /// Deleted.
    Deleted(String),
    /// Read from a file.
    Imported(Imported),
    /// Written to a file: how many profiles, and how many with their secrets.
    Exported(usize, usize),
    /// It could not be done.
    Trouble(Trouble),
}

/// Why profiles can't be read or kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The profile or the file itself.
    Profile(ProfileError),
    /// What the browser holds is none: it is left where it is, and kept aside when something is saved.
    Stored(ProfileError),
    /// The browser lets this page store nothing.
    Forbidden,
    /// There is no room left.
    Full,
    /// The file could not be read.
    File,
}

/// What can happen to them.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The browser's storage was read.
    Loaded(profile::Profiles),
    /// One is chosen by its name: the form becomes it. The empty name chooses none.
    Choose(String),
    /// A name typed.
    TypeName(String),
    /// The secret is to be kept too, or not.
    KeepSecret(bool),
    /// They are others now.
    Changed(profile::Profiles, Said),
    /// Something was done that changes none.
    Say(Said),
}

impl Profiles {
    /// Does an action. Answers the form of a profile that was chosen; `now` is the one that stands there.
    pub(super) fn act(&mut self, action: Action, now: &Form) -> Option<Form> {
        match action {
            Action::Loaded(all) => self.all = all,
            Action::Choose(name) => {
                let profile = self.all.get(&name)?;
                let mut form = profile.form();
                let is_same =
                    form.product_key == now.product_key && form.device_name == now.device_name;
                if profile.secret.is_none() && is_same {
                    // What was typed for this very device stays.
                    form.device_secret.clone_from(&now.device_secret);
                }
                self.keep_secret = profile.secret.is_some();
                self.name.clone_from(&name);
                self.chosen = name;
                self.said = None;
                return Some(form);
            }
            Action::TypeName(name) => {
                self.name = name;
                self.said = None;
            }
            Action::KeepSecret(on) => self.keep_secret = on,
            Action::Changed(all, said) => {
                self.all = all;
                self.are_stored = !matches!(said, Said::Trouble(_));
                self.chosen = match &said {
                    Said::Saved(name) => name.clone(),
                    _ if self.all.get(&self.chosen).is_some() => self.chosen.clone(),
                    _ => String::new(),
                };
                self.said = Some(said);
            }
            Action::Say(said) => self.said = Some(said),
        }
        None
    }
}

impl InWords for Trouble {
    fn in_words(&self, lang: Lang) -> String {
        let fixed = match self {
            Self::Profile(error) => return error.in_words(lang),
            Self::Stored(error) => {
                let error = error.in_words(lang);
                return match lang {
                    Lang::En => format!(
                        "The profiles that this browser holds can't be read: {error}. They are left as they are; once you save a profile, they are put aside under the name tern.profiles.unreadable."
                    ),
                    Lang::Zh => format!(
                        "浏览器中保存的配置无法读取：{error}。它们会原样保留；再次保存配置时，将另存为 tern.profiles.unreadable。"
                    ),
                };
            }
            Self::Forbidden => lang.pick(
                "This browser lets the page store nothing (private window, or site data blocked). The profile is there until the page is closed: export it to a file to keep it, or allow site data for this page.",
                "浏览器不允许本页保存数据（无痕窗口，或已阻止网站数据）。配置在关闭本页之前有效：请导出到文件，或允许本页保存网站数据。",
            ),
            Self::Full => lang.pick(
                "The browser's storage for this page is full. The profile is there until the page is closed: export it to a file to keep it, then delete profiles that you no longer need.",
                "浏览器为本页提供的存储空间已满。配置在关闭本页之前有效：请导出到文件，再删除不需要的配置。",
            ),
            Self::File => lang.pick(
                "The file could not be read: it is gone, or the browser may not open it. Choose it again.",
                "无法读取该文件：文件已不存在，或浏览器无权打开。请重新选择。",
            ),
        };
        fixed.to_owned()
    }
}

impl InWords for ProfileError {
    fn in_words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::FileTooLarge { bytes } => format!(
                "文件有 {bytes} 字节，最多读取 {}：这可能不是配置文件。请选择由本调试台导出的文件",
                profile::MAX_FILE
            ),
            Self::NotJson { line, column } => format!(
                "文件不是 JSON：读到第 {line} 行第 {column} 列为止。请选择由本调试台导出的文件，或修正该处"
            ),
            Self::NoProfiles { .. } => format!(
                "文件中没有配置：tern_profiles 应为 {}。请选择由本调试台导出的文件",
                profile::VERSION
            ),
            Self::BadValue { place, rule } => {
                format!("{place} 的内容不符合要求（{rule}）。请修正后重新读取")
            }
            Self::NameEmpty => format!("配置需要名称：请填写 1 至 {} 个字符", profile::MAX_NAME),
            Self::NameBad { characters } => format!(
                "名称有 {characters} 个字符，或含有无法显示的字符：应为 1 至 {} 个可见字符",
                profile::MAX_NAME
            ),
            Self::PartTooLong { part, .. } => {
                format!("{part} 过长，无法保存：请先修正该字段，再保存配置")
            }
            Self::TooMany => format!(
                "已有 {} 个配置：请先删除不再需要的配置",
                profile::MAX_PROFILES
            ),
        }
    }
}
