//! Builds the `tern` program, with the component and the console in it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, command_line};
use crate::places::Places;
use crate::steps::Steps;

/// Names the console's folder to the program's build script.
pub(crate) const CONSOLE: &str = "TERN_CONSOLE";

/// What of the workspace is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    /// The program alone.
    Program { release: bool },
    /// The program and every test that runs outside the browser.
    Tests,
}

/// Builds, copies the component to `target/tern_device.wasm`, and answers the path of the program.
pub(crate) fn build(
    places: &Places,
    scope: Scope,
    dist: &Path,
    steps: &mut Steps,
) -> Result<PathBuf, Failure> {
    let (name, arguments): (&str, &[&str]) = match scope {
        Scope::Program { release: false } => {
            ("program", &["--package", "tern-host", "--bin", "tern"])
        }
        Scope::Program { release: true } => (
            "program",
            &["--package", "tern-host", "--bin", "tern", "--release"],
        ),
        Scope::Tests => (
            "program and tests",
            &["--workspace", "--bins", "--tests", "--examples"],
        ),
    };
    steps.step(name, || {
        let mut command = places.cargo();
        command
            .arg("build")
            .args(arguments)
            .arg("--message-format=json-render-diagnostics")
            .env(CONSOLE, dist);
        if let Scope::Program { release: true } = scope {
            places.without_folders(&mut command);
        }
        let made = watch(&mut command)?;
        let program = made.program.ok_or_else(|| silent("the program `tern`"))?;
        let out = made.out.ok_or_else(|| silent("tern-host's build script"))?;
        let (from, to) = (out.join("tern_device.wasm"), places.component());
        std::fs::copy(&from, &to).map_err(Failure::file("copy", &from))?;
        Ok(program)
    })
}

fn silent(about: &str) -> Failure {
    Failure::Unexpected(format!("cargo has built, but says nothing of {about}"))
}

/// What cargo says it has made, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Made {
    /// The `tern` executable.
    program: Option<PathBuf>,
    /// Where tern-host's build script has put the component.
    out: Option<PathBuf>,
}

impl Made {
    /// Takes one line of `--message-format=json`.
    fn note(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            // Not one of cargo's: a build script or a macro that prints. It is shown, not read.
            eprintln!("{line}");
            return;
        };
        let text =
            |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(String::from);
        // The package id is `path+file:///…/wasi-host#tern-host@0.1.0`.
        if !text(&message, "package_id").is_some_and(|id| id.contains("#tern-host@")) {
            return;
        }
        match text(&message, "reason").as_deref() {
            Some("build-script-executed") => {
                self.out = text(&message, "out_dir").map(PathBuf::from)
            }
            Some("compiler-artifact") => {
                let target = message.get("target").cloned().unwrap_or_default();
                let is_test = message.pointer("/profile/test") == Some(&Value::Bool(true));
                if text(&target, "name").as_deref() == Some("tern") && !is_test {
                    self.program = text(&message, "executable")
                        .map(PathBuf::from)
                        .or(self.program.take());
                }
            }
            _ => {}
        }
    }
}

/// Runs cargo and listens to its messages; what it has to say to people goes through.
fn watch(command: &mut Command) -> Result<Made, Failure> {
    eprintln!("   {}", command_line(command));
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|source| Failure::not_started(command, source))?;
    let mut made = Made::default();
    if let Some(messages) = child.stdout.take() {
        for line in BufReader::new(messages).lines() {
            made.note(&line.map_err(Failure::file("read what cargo says of", "the build"))?);
        }
    }
    let status = child
        .wait()
        .map_err(|source| Failure::not_started(command, source))?;
    if status.success() {
        Ok(made)
    } else {
        Err(Failure::Ended {
            command: command_line(command),
            status,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_and_component_are_found_in_what_cargo_says() {
        let mut made = Made::default();
        for line in [
            r#"{"reason":"build-script-executed","package_id":"registry+x#ring@0.17.0","out_dir":"/t/ring/out"}"#,
            r#"{"reason":"build-script-executed","package_id":"path+file:///c/wasi-host#tern-host@0.1.0","out_dir":"/t/out"}"#,
            r#"{"reason":"compiler-artifact","package_id":"path+file:///c/wasi-host#tern-host@0.1.0","target":{"kind":["bin"],"name":"tern"},"profile":{"test":true},"executable":"/t/deps/tern-12"}"#,
            r#"{"reason":"compiler-artifact","package_id":"path+file:///c/wasi-host#tern-host@0.1.0","target":{"kind":["bin"],"name":"tern"},"profile":{"test":false},"executable":"/t/tern"}"#,
            r#"{"reason":"compiler-artifact","package_id":"path+file:///c/wasi-host#tern-host@0.1.0","target":{"kind":["lib"],"name":"tern_host"},"profile":{"test":false},"executable":null}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ] {
            made.note(line);
        }
        assert_eq!(
            made,
            Made {
                program: Some("/t/tern".into()),
                out: Some("/t/out".into())
            }
        );
    }
}
