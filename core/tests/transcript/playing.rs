//! What was recorded plays the same again; where it does not, the first difference is told.

use tern_core::transcript::{
    Difference, Direct, Fault, Heard, Player, Recording, Said, What, read, record_again,
};

use crate::lives::{Recorder, header, life, logins, received};

/// Plays it all; what was left to compare, or the number of the entry that is different.
fn play(recording: &Recording) -> Result<usize, (usize, Box<Difference>)> {
    let mut player = Player::new(Direct::new(&recording.header).unwrap());
    for (entry, number) in recording.entries.iter().zip(0..) {
        match player.play(entry) {
            Ok(()) => {}
            Err(Fault::Different(difference)) => return Err((number, difference)),
            Err(Fault::Failed(never)) => match never {},
        }
    }
    Ok(player.left())
}

#[test]
fn whatever_happened_plays_the_same_again() {
    let (mut entries, mut online) = (0, 0);
    for seed in 0..60 {
        for login in logins() {
            let text = life(login, seed, 120);
            let recording = read(text.as_bytes()).unwrap();
            assert!(recording.complete);
            assert_eq!(play(&recording), Ok(0), "{seed}: {text}");
            let core = Direct::new(&recording.header).unwrap();
            assert_eq!(record_again(&recording, core).as_deref(), Ok(&text[..]));
            entries += recording.entries.len();
            online += text.matches("out connected").count();
        }
    }
    assert!(
        entries > 20_000 && online > 500,
        "hardly anything happened: {entries} entries, {online} connections"
    );
}

/// A connection that was accepted, and a message that came.
fn short() -> String {
    let [_, _, plain] = logins();
    let mut recorder = Recorder::new(&header(plain));
    recorder.step(&[Heard::Connect]);
    recorder.now = 5;
    recorder.step(&[Heard::TransportOpened]);
    recorder.now = 7;
    recorder.step(&[received(&[0x20, 2, 0, 0])]);
    recorder.now = 9;
    recorder.step(&[received(&[0x30, 5, 0])]);
    recorder.now = 10;
    recorder.step(&[received(&[1, b't', b'h', b'i'])]);
    recorder.end()
}

#[test]
fn the_first_difference_is_told_with_both_sides() {
    let text = short().replace(
        "10 out message 0 false false \"t\" \"hi\"",
        "10 out message 0 false false \"t\" \"ho\"",
    );
    let recording = read(text.as_bytes()).unwrap();
    let (number, difference) = play(&recording).unwrap_err();
    assert_eq!(difference.at.as_millis(), 10);
    let payload = |said: &Option<Said>| match said {
        Some(Said::Message { payload, .. }) => payload.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(payload(&difference.recorded), b"ho");
    assert_eq!(payload(&difference.replayed), b"hi");
    assert!(matches!(
        &recording.entries[number].what,
        What::Said(Said::Message { .. })
    ));
}

#[test]
fn what_is_too_much_or_too_little_is_a_difference() {
    let whole = short();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let (mut too_little, mut too_much) = (0, 0);
    let outs = (0..lines.len()).filter(|at| lines[*at].contains(" out "));
    for at in outs {
        let mut fewer = lines.clone();
        fewer.remove(at);
        let played = play(&read(fewer.concat().as_bytes()).unwrap());
        too_little += usize::from(played.is_err());
        let mut more = lines.clone();
        more.insert(at, lines[at]);
        let played = play(&read(more.concat().as_bytes()).unwrap());
        too_much += usize::from(played.is_err());
    }
    let outs = whole.matches(" out ").count();
    assert!(outs > 8, "{whole}");
    assert_eq!((too_little, too_much), (outs, outs));
}

#[test]
fn a_recording_that_was_cut_off_plays_up_to_there() {
    let whole = short();
    let header = whole.find("begin\n").unwrap() + 6;
    for len in header..whole.len() {
        let recording = read(&whole.as_bytes()[..len]).unwrap();
        assert!(!recording.complete);
        assert!(play(&recording).is_ok(), "{}", &whole[..len]);
    }
    assert_eq!(play(&read(whole.as_bytes()).unwrap()), Ok(0));
}

#[test]
fn another_seed_shows_in_the_waits() {
    let [_, _, plain] = logins();
    let text = life(plain, 3, 200);
    assert!(text.contains("out reconnecting"));
    let other = text.replacen("seed 42\n", "seed 43\n", 1);
    let (_, difference) = play(&read(other.as_bytes()).unwrap()).unwrap_err();
    assert!(
        matches!(difference.replayed, Some(Said::Reconnecting { .. })),
        "{difference:?}"
    );
}

#[test]
fn no_numbers_do_harm() {
    let numbers =
        [0, 1, 0xFFFF, 0xFFFF_FFFF, u64::MAX - 1, u64::MAX].map(|number| number.to_string());
    let (mut played, mut refused) = (0, 0);
    for login in logins() {
        let text = life(login, 9, 60);
        let lines: Vec<&str> = text.lines().collect();
        for (line, at) in lines.iter().zip(0..) {
            let words: Vec<&str> = line.split(' ').collect();
            let places =
                (0..words.len()).filter(|at| words[*at].bytes().any(|byte| byte.is_ascii_digit()));
            for place in places {
                for number in &numbers {
                    let mut words = words.clone();
                    let range = format!("{number}..{number}");
                    words[place] = match words[place].contains("..") {
                        true => &range,
                        false => number,
                    };
                    let line = words.join(" ");
                    let mut lines = lines.clone();
                    lines[at] = &line;
                    let changed = lines.join("\n") + "\n";
                    let Ok(recording) = read(changed.as_bytes()) else {
                        refused += 1;
                        continue;
                    };
                    let Ok(core) = Direct::new(&recording.header) else {
                        refused += 1;
                        continue;
                    };
                    let mut player = Player::new(core);
                    played += 1;
                    for entry in &recording.entries {
                        // A difference does not end it here: more is to be tried.
                        let _ = player.play(entry);
                    }
                }
            }
        }
    }
    assert!(
        played > 500 && refused > 500,
        "{played} played, {refused} refused"
    );
}
