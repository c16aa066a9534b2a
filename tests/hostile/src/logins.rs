//! A login that somebody pasted to have it checked.

use tern_core::explain::login::{Pasted, check as check_login};
use tern_core::explain::{InWords, Lang};

use crate::script::Script;

pub(crate) fn check(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let texts = [(); 3].map(|()| String::from_utf8_lossy(script.bytes()).into_owned());
    let [username, password, secret] = &texts;
    let client_id = String::from_utf8_lossy(script.take(usize::MAX));
    let checked = check_login(&Pasted {
        client_id: &client_id,
        username,
        password,
        secret,
        ..Pasted::default()
    });
    for lang in [Lang::En, Lang::Zh] {
        assert!(!checked.verdict.in_words(lang).is_empty());
    }
}
