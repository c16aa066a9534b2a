//! What a tracked list says of a run: the commit that was run, and the trees on which its outcome depends.

use std::process::Command;

use crate::failure::Failure;
use crate::places::Places;
use crate::steps::answer;

/// The commit that is run and its trees, as the cells of a table's row. The trees stay the same where the commit is
/// rebased.
///
/// Only what is committed goes into a list.
pub(crate) fn cells(places: &Places, trees: &[&str]) -> Result<String, Failure> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(&places.root).args(arguments);
        answer(&mut command)
            .map(|text| text.trim().to_owned())
            .ok_or_else(|| Failure::Unexpected(format!("`git {}` failed", arguments.join(" "))))
    };
    let mut status = vec!["status", "--porcelain", "--", "Cargo.toml", "Cargo.lock"];
    status.extend(trees);
    let changed = git(&status)?;
    if !changed.is_empty() {
        return Err(Failure::Missing {
            what: format!("what is to be logged is not committed:\n{changed}"),
            remedy: "Commit it first, or leave `--log` out.".into(),
        });
    }
    let mut words = vec![git(&["rev-parse", "--short=12", "HEAD"])?];
    for tree in trees {
        words.push(git(&["rev-parse", "--short=12", &format!("HEAD:{tree}")])?);
    }
    Ok(words.join(" | "))
}
