//! `cargo xtask build`: the console, the program, and the component as a file.

use crate::failure::Failure;
use crate::places::Places;
use crate::program::Scope;
use crate::steps::Steps;
use crate::tools::Tools;
use crate::{console, program};

/// Builds all there is to run, and says where it stands.
pub(crate) fn build(places: &Places, release: bool, steps: &mut Steps) -> Result<(), Failure> {
    let tools = Tools::ready(places, steps)?;
    console::fetch_crates(places, steps)?;
    let dist = console::build(places, &tools, steps)?;
    let program = program::build(places, Scope::Program { release }, &dist, steps)?;
    println!("\nconsole    {}", dist.display());
    println!("component  {}", places.component().display());
    println!("program    {}", program.display());
    Ok(())
}
