//! Rows become inputs and classes, or an error that names the column.

use oneiric_train::Error;
use oneiric_train::table::{ColumnKind, Roles, TableData};
use proptest::prelude::*;

use crate::{fruit, kind, parse};

fn data(text: &str, roles: &Roles) -> Result<TableData, Error> {
    TableData::new(&parse(text).unwrap(), roles, 0.25, 1)
}

/// A table with these lines for each of two kinds, and a number that tells the rows apart.
fn two_kinds(head: &str, cells: &[&str]) -> String {
    let rows = (0..cells.len() * 2).map(|i| format!("{},{i},{}\n", cells[i / 2], ["fig", "date"][i % 2]));
    format!("{head},number,kind\n{}", rows.collect::<String>())
}

#[test]
fn numbers_are_scaled_and_texts_become_an_input_each() {
    let text = two_kinds("colour", &["red", "green", "red", "", "blue", "green"]);
    let data = data(&text, &kind()).unwrap();
    let names: Vec<String> = data.columns.iter().flat_map(|column| column.input_names()).collect();
    assert_eq!(names, ["colour = blue", "colour = green", "colour = red", "colour is missing", "number"]);
    assert_eq!((data.classes.len(), data.inputs()), (2, 5));
    assert_eq!(data.classes, ["date", "fig"]);
    assert_eq!(data.example(0)[..4], [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(data.example(6)[..4], [0.0, 0.0, 0.0, 1.0]);
    assert!((data.example(11)[4] - data.example(0)[4]) > 2.0);
}

#[test]
fn a_missing_number_is_the_mean_and_says_so() {
    let data = data(&two_kinds("size", &["1", "2.5", "NA", "4", "?", "1e1"]), &kind()).unwrap();
    assert!(matches!(data.columns[0].kind, ColumnKind::Number { .. }));
    assert_eq!(data.example(4)[..2], [0.0, 1.0]);
    assert_eq!(data.example(0)[1], 0.0);
}

#[test]
fn codes_can_be_categories_and_columns_can_be_left_out() {
    let text = two_kinds("code", &["10", "20", "10", "20"]);
    let roles = Roles { left_out: vec!["number".into()], categories: vec!["code".into()], ..kind() };
    // All rows of a code are equal then.
    let error = data(&text, &roles).unwrap_err().to_string();
    assert_eq!(error, "the class 'date' has 2 rows that differ and needs at least 3; add more");
    let data = data(&text, &Roles { left_out: Vec::new(), ..roles }).unwrap();
    assert_eq!(data.columns[0].input_names(), ["code = 10", "code = 20"]);
}

#[test]
fn what_cannot_be_learnt_says_why() {
    let error = |text: &str, roles: &Roles| data(text, roles).unwrap_err().to_string();
    let text = two_kinds("size", &["1", "2", "3"]);
    let of = |target: &str| Roles { target: target.into(), ..Roles::default() };
    assert_eq!(error(&text, &of("sort")), "the table has no column 'sort'; its columns are size, number, kind");
    let roles = Roles { left_out: vec!["weigth".into()], ..kind() };
    assert!(error(&text, &roles).contains("no column 'weigth'"));
    let roles = Roles { left_out: vec!["size".into(), "number".into()], ..kind() };
    assert_eq!(error(&text, &roles), "the table has no column besides 'kind' to learn from");

    let one = error(&text.replace("date", "fig"), &kind());
    assert_eq!(one, "the column 'kind' has only the value 'fig'; a network needs two classes to tell apart");
    assert!(error("size,kind\n", &kind()).contains("has no value"));
    let many: String = (0..101).map(|i| format!("{i},{i}\n")).collect();
    let many = error(&format!("size,kind\n{many}"), &kind());
    assert_eq!(many, "the column 'kind' has 101 different values; a network names at most 100 classes");
    let few = error("size,kind\n1,a\n2,a\n3,a\n4,b\n4.0,b\n4,b\n", &kind());
    assert_eq!(few, "the class 'b' has 1 rows that differ and needs at least 3; add more");

    let empty = error(&two_kinds("size", &["", "na", " "]), &kind());
    assert_eq!(empty, "the column 'size' is empty; fill it, or leave it out");
    let cells: Vec<String> = (0..150).map(|i| if i == 70 { "7,5 kg".into() } else { format!("{i}.5") }).collect();
    let cells: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let typo = error(&two_kinds("size", &cells), &kind());
    assert!(typo.starts_with("line 142, column 'size': '7,5 kg' is not a number, and the column has"), "{typo}");
    let huge = error(&two_kinds("size", &["1e308", "-1e308", "1e308", "-1e308"]), &kind());
    assert_eq!(huge, "the numbers of the column 'size' are too large");
}

#[test]
fn columns_without_a_name_and_rows_without_a_class_are_left_out() {
    let data = data("size,,kind\n1,0,a\n2,1,a\n3,2,b\n4,3,b\n5,4,\n6,5,a\n7,6,b\n", &kind()).unwrap();
    assert_eq!((data.columns.len(), data.rows.len()), (1, 6));
    assert_eq!(data.rows, [0, 1, 2, 3, 5, 6]);
}

#[test]
fn training_rows_have_mean_0_and_deviation_1_and_no_number_is_far_away() {
    let data = TableData::new(&fruit(50), &kind(), 0.2, 3).unwrap();
    let count = data.split.train.len() as f64;
    for input in 0..data.inputs() {
        let values = || data.split.train.iter().map(|&row| f64::from(data.example(row)[input]));
        let mean = values().sum::<f64>() / count;
        let square = values().map(|value| value * value).sum::<f64>() / count;
        assert!(mean.abs() < 1e-5 && (square - 1.0).abs() < 1e-4, "{mean} {square}");
    }
    let mut text = String::from("size,kind\n");
    (0..400).for_each(|i| text += &format!("{},{}\n", if i == 7 { 1e12 } else { i as f64 }, i % 2));
    let data = TableData::new(&parse(&text).unwrap(), &kind(), 0.2, 1).unwrap();
    assert!(data.example(7)[0].abs() <= 10.0);
}

proptest! {
    #[test]
    fn equal_rows_are_on_the_same_side_and_classes_on_both(
        rows in prop::collection::vec((0..15u8, 0..3u8), 30..80), seed: u64,
    ) {
        let lines: String = rows.iter().map(|(size, kind)| format!("{size}.0,{kind}\n")).collect();
        let table = parse(&format!("size,kind\n{lines}")).unwrap();
        let Ok(data) = TableData::new(&table, &kind(), 0.2, seed) else { return Ok(()) };
        let sizes = |side: &[usize]| side.iter().map(|&row| rows[row].0).collect::<std::collections::HashSet<_>>();
        prop_assert!(sizes(&data.split.train).is_disjoint(&sizes(&data.split.held_out)));
        let classes = |side: &[usize]| side.iter().map(|&row| data.labels[row]).collect::<std::collections::HashSet<_>>();
        prop_assert_eq!(classes(&data.split.train).len(), data.classes.len());
    }

    #[test]
    fn any_cells_are_rows_or_an_error(
        rows in prop::collection::vec(
            (prop::sample::select(vec!["1", "-2.5", "1e300", "-1e300", "1e-300", "", "NA", "inf", "x", "\"y,z\""]),
             prop::sample::select(vec!["0", "0.0", "7", "?", "é"]), prop::sample::select(vec!["a", "b", ""])), 0..60,
        ), held_out in 0.05..0.9f64, seed: u64,
    ) {
        let lines: String = rows.iter().map(|(a, b, kind)| format!("{a},{b},{kind}\n")).collect();
        let table = parse(&format!("first,second,kind\n{lines}")).unwrap();
        for target in table.columns() {
            let roles = Roles { target: target.clone(), ..Roles::default() };
            let Ok(data) = TableData::new(&table, &roles, held_out, seed) else { continue };
            prop_assert!((0..data.rows.len()).all(|row| data.example(row).iter().all(|value| value.is_finite())));
        }
    }
}
