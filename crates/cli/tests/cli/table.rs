//! `oneiric train` and `oneiric test` on tables: from a CSV file to answers.

use std::fs;

use crate::{Run, Sandbox};

/// Runs a command with the networks in the sandbox.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut command = sandbox.command(args);
    Run::from(command.env("ONEIRIC_NETWORKS", sandbox.path("networks")).output().unwrap())
}

/// A sandbox with `fruit-kit.csv` and a network for it.
fn with_fruit() -> Sandbox {
    let sandbox = Sandbox::new();
    let text = run(&sandbox, &["train", "--kit", "fruit", "--quiet"]).succeeds().text();
    let percent: f64 = text.split(" %").next().unwrap().parse().unwrap();
    assert!(percent > 95.0 && text.contains("of 240 rows are named right"), "{text}");
    sandbox
}

/// A table of a few rows in the sandbox.
fn write(sandbox: &Sandbox, name: &str, text: &str) {
    fs::write(sandbox.path(name), text).unwrap();
}

#[test]
fn a_table_of_fruit_becomes_a_network_that_answers_other_fruit() {
    let sandbox = with_fruit();
    assert!(sandbox.path("networks/fruit-kit.table.safetensors").exists());
    let list = run(&sandbox, &["models"]).succeeds().text();
    assert!(list.contains("fruit-kit") && list.contains("16 16"), "{list}");
    let about = run(&sandbox, &["models", "show", "fruit-kit"]).succeeds().text();
    assert!(about.contains("kiwi: 160 rows, 40 held out") && about.contains("dense2"), "{about}");
    assert!(!about.contains(&*sandbox.path("").to_string_lossy()), "no names of folders");

    write(&sandbox, "ask.csv", "fuzziness;roundness;colour;diameter;weight\n0.8;0.79;47;6.3;95\n0.05;0.9;-40;5;64\n");
    let answers = run(&sandbox, &["test", "fruit-kit", "ask.csv"]).succeeds().text();
    let lines: Vec<&str> = answers.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "line,kind,apple,kiwi,lemon,orange,peach,plum"));
    assert!(lines[1].starts_with("2,kiwi,0.0") && lines[2].starts_with("3,plum,0.0"), "{answers}");

    let table = fs::read(sandbox.path("fruit-kit.csv")).unwrap();
    let networks = sandbox.path("networks");
    let feed = |args: &[&str]| {
        let mut command = sandbox.command(args);
        let file = fs::File::open(sandbox.path("fruit-kit.csv")).unwrap();
        Run::from(command.env("ONEIRIC_NETWORKS", &networks).stdin(file).output().unwrap()).succeeds()
    };
    assert!(feed(&["test", "fruit-kit", "-"]).text().contains("of 1200 rows are named right"));
    let report = feed(&["test", "fruit-kit", "-", "--json"]).json();
    assert_eq!(report["metrics"]["examples"], 1200);
    assert_eq!(report["answers"][1200 - 1]["line"], 1201);
    assert_eq!((&report["answers"][0]["class"], &report["answers"][0]["named"]), (&"apple".into(), &"apple".into()));
    let answers = feed(&["test", "fruit-kit", "-", "--answers"]).text();
    assert_eq!(answers.lines().count(), table.split(|&byte| byte == b'\n').count() - 1);
}

#[test]
fn a_network_for_tables_neither_dreams_nor_looks_at_pictures() {
    let sandbox = with_fruit();
    let why = ["fruit-kit answers rows of a table; it cannot dream", "oneiric test fruit-kit TABLE.csv"];
    run(&sandbox, &["dream", "-m", "fruit-kit"]).fails(2, &why);
    run(&sandbox, &["look", "photo.jpg", "-m", "FRUIT-KIT"]).fails(2, &["answers rows of a table"]);
    run(&sandbox, &["models", "show", "fruit-kit", "--plan", "64"]).fails(2, &why);
    run(&sandbox, &["test", "fruit-kit", "."]).fails(2, &["cannot read the table"]);
    run(&sandbox, &["test", "lite0", "fruit-kit.csv"]).fails(2, &["lite0 looks at pictures"]);
    run(&sandbox, &["dream", "-m", "fruit"]).fails(2, &["invalid value 'fruit'", "lite0, squeezenet"]);
}

#[test]
fn networks_for_tables_are_renamed_exported_and_replaced_only_if_asked() {
    let sandbox = with_fruit();
    let file = |name: &str| fs::read(sandbox.path("networks").join(format!("{name}.table.safetensors"))).unwrap();
    let first = file("fruit-kit");
    run(&sandbox, &["train", "--kit", "fruit"]).fails(2, &["'fruit-kit' exists already", "--overwrite"]);
    run(&sandbox, &["train", "--kit", "fruit", "--overwrite", "--threads", "1"]).succeeds();
    assert!(file("fruit-kit") == first, "the same seed, the same bytes");
    run(&sandbox, &["models", "rename", "fruit-kit", "mine"]).succeeds();
    assert!(file("mine") == first);
    run(&sandbox, &["models", "export", "mine", "mine.safetensors"]).succeeds();
    assert!(fs::read(sandbox.path("mine.safetensors")).unwrap() == first);
    // The table of the kit is the same as before; another one is not replaced.
    run(&sandbox, &["train", "--kit", "fruit", "--seed", "2"]).fails(2, &["fruit-kit.csv exists already"]);
    run(&sandbox, &["models", "delete", "mine"]).succeeds();
    run(&sandbox, &["test", "mine", "fruit-kit.csv"]).fails(2, &["mine"]);
}

#[test]
fn training_on_a_table_reports_its_progress_as_json() {
    let sandbox = Sandbox::new();
    let args = ["train", "--kit", "fruit", "--pictures", "20", "--steps", "40", "--layers", "8", "--json", "--quiet"];
    let text = run(&sandbox, &args).succeeds().text();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 21);
    assert_eq!((&lines[0]["event"], &lines[0]["step"]), (&"evaluation".into(), &2.into()));
    let result = &lines[20];
    assert_eq!((&result["event"], &result["steps"]), (&"result".into(), &40.into()));
    assert_eq!(result["card"]["layers"], serde_json::json!([8]));
    assert_eq!(result["metrics"]["examples"], 24);
}

#[test]
fn tables_that_cannot_be_trained_on_say_why() {
    let sandbox = Sandbox::new();
    let rows: String = (0..20).map(|i| format!("{i},{}\n", ["a", "b"][i % 2])).collect();
    write(&sandbox, "good.csv", &format!("size,kind\n{rows}"));
    write(&sandbox, "ragged.csv", "size,kind\n1,a\n2\n");
    fs::write(sandbox.path("latin.csv"), b"size,kind\n1,f\xfcr\n").unwrap();
    write(&sandbox, "empty.csv", "size,note,kind\n1,,a\n2,,b\n");
    write(&sandbox, "same.csv", "size,kind\n1,a\n2,a\n3,a\n");
    let fails = |file: &str, more: &[&str], words: &[&str]| {
        run(&sandbox, &[&["train", file], more].concat()).fails(2, words);
    };
    fails("good.csv", &[], &["good.csv: add --target", "one of size, kind"]);
    fails("good.csv", &["--target", "sort"], &["good.csv", "no column 'sort'", "size, kind"]);
    let kind = ["--target", "kind"];
    fails("none.csv", &kind, &["none.csv", "cannot read the table"]);
    fails("ragged.csv", &kind, &["ragged.csv: line 3", "1 cells, not 2"]);
    fails("latin.csv", &kind, &["latin.csv: line 2", "UTF-8"]);
    fails("empty.csv", &kind, &["column 'note' is empty", "--leave-out"]);
    fails("same.csv", &kind, &["only the value 'a'"]);
    fails("good.csv", &["--target", "kind", "--size", "64"], &["--size is for pictures"]);
    fails("good.csv", &["--target", "kind", "--layers", "16/2"], &["layers cannot be '16/2'"]);
    fails("-", &kind, &["--name"]);
    fails(".", &kind, &["--target", "for tables"]);
    assert!(!sandbox.path("networks").exists());
}
