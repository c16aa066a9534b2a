//! Where and why a text is no JSON.

use crate::lang::Lang;

/// The first place where a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The line, from 1.
    pub line: usize,
    /// The character in its line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub rule: Rule,
    /// What stands there; none at the text's end.
    pub found: Option<char>,
}

/// A rule of RFC 8259 that a text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The text ends too early.
    Unfinished,
    /// A value has to stand here.
    Value,
    /// A name in double quotes has to stand here.
    Key,
    /// A colon has to stand here.
    Colon,
    /// A comma has to stand here, or the end of what is open.
    Comma,
    /// The text is complete, and goes on.
    Trailing,
    /// A number breaks the form of numbers.
    Number,
    /// An escape that JSON does not know.
    Escape,
    /// A control character stands in a string.
    ControlCharacter,
}

impl JsonFault {
    pub(super) fn new(text: &str, at: usize, rule: Rule) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            rule,
            found: text.get(at..).unwrap_or_default().chars().next(),
        }
    }

    /// What is wrong and where, in a sentence.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let (line, column) = (self.line, self.column);
        let rule = self.rule.say(lang);
        match (lang, self.found) {
            (Lang::En, Some(found)) => {
                format!("not JSON: line {line}, character {column}, at {found:?}: {rule}")
            }
            (Lang::En, None) => format!("not JSON: line {line}, character {column}: {rule}"),
            (Lang::Zh, Some(found)) => {
                format!("不是 JSON：第 {line} 行第 {column} 个字符 {found:?} 处，{rule}")
            }
            (Lang::Zh, None) => format!("不是 JSON：第 {line} 行第 {column} 个字符处，{rule}"),
        }
    }
}

impl Rule {
    const fn say(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::En, Self::Unfinished) => "the text ends here, before the value is complete",
            (Lang::Zh, Self::Unfinished) => "文本到此结束，而值还不完整",
            (Lang::En, Self::Value) => {
                "a value must stand here: an object, an array, a string in double quotes, a number, true, false or null (JSON knows no NaN or Infinity)"
            }
            (Lang::Zh, Self::Value) => {
                "此处应为一个值：对象、数组、双引号字符串、数字、true、false 或 null（JSON 没有 NaN 和 Infinity）"
            }
            (Lang::En, Self::Key) => "a name in double quotes must stand here",
            (Lang::Zh, Self::Key) => "此处应为双引号中的名称",
            (Lang::En, Self::Colon) => "a colon must stand between a name and its value",
            (Lang::Zh, Self::Colon) => "名称与值之间应有冒号",
            (Lang::En, Self::Comma) => "a comma must stand here, or the end of what is open",
            (Lang::Zh, Self::Comma) => "此处应为逗号，或者结束当前的对象或数组",
            (Lang::En, Self::Trailing) => "the value is complete, nothing may follow it",
            (Lang::Zh, Self::Trailing) => "值已完整，其后不能再有内容",
            (Lang::En, Self::Number) => {
                "this is no number of JSON: no leading 0 or +, and digits around the point and after e"
            }
            (Lang::Zh, Self::Number) => {
                "这不是 JSON 数字：开头不能有多余的 0 或 +，小数点前后和 e 之后必须有数字"
            }
            (Lang::En, Self::Escape) => {
                r#"an escape is one of \" \\ \/ \b \f \n \r \t, or \u and four hex digits"#
            }
            (Lang::Zh, Self::Escape) => {
                r#"转义只能是 \" \\ \/ \b \f \n \r \t，或 \u 加四位十六进制数字"#
            }
            (Lang::En, Self::ControlCharacter) => {
                "a control character in a string must be written as an escape, a line break as \\n"
            }
            (Lang::Zh, Self::ControlCharacter) => "字符串中的控制字符必须写成转义，换行写作 \\n",
        }
    }
}
