//! The table, the tests and the page of departures of this repository.

use std::path::Path;

use tern_conformance::{Conformance, Problem, all};

fn conformance() -> Conformance {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    Conformance::of(root).expect("the clone can be read")
}

#[test]
fn every_statement_that_binds_has_a_test_that_names_it_and_nothing_else_is_named() {
    let problems: Vec<String> = conformance()
        .problems
        .iter()
        .map(Problem::to_string)
        .collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn the_table_has_every_statement_of_the_standard_in_its_order() {
    let rows = conformance().rows;
    assert!(rows.iter().map(|row| row.id).eq(all()));
}
