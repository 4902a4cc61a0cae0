//! A dense network learns from rows, one step at a time.

use oneiric_train::Error;
use oneiric_train::table::{TableError, TableNetwork, TableSettings, TableTraining, hidden_layers};

use crate::{fruit, kind, parse, trained};

#[test]
fn a_small_network_names_fruit_and_a_linear_one_does_not() {
    let table = fruit(150);
    let accuracy = |hidden: &str| {
        let settings = TableSettings::with_layers(hidden_layers(hidden).unwrap());
        let metrics = trained(&table, settings).finish().unwrap().metrics;
        assert_eq!(metrics.examples, 180, "a fifth is held out");
        metrics.accuracy
    };
    let (dense, linear) = (accuracy("16 16"), accuracy("none"));
    assert!(dense > 0.96, "{dense}");
    assert!((0.6..0.93).contains(&linear), "{linear}");
}

#[test]
fn the_same_seed_gives_the_same_file_on_any_number_of_threads() {
    let file = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings = TableSettings { steps: 60, seed, ..TableSettings::default() };
        pool.install(|| trained(&fruit(30), settings).network().unwrap().write().unwrap())
    };
    let first = file(1, 1);
    assert!(first == file(2, 1) && first == file(7, 1));
    assert!(first != file(2, 2));
}

#[test]
fn progress_is_reported_and_the_network_can_be_looked_at_between_steps() {
    let settings = TableSettings { hidden: vec![3], steps: 40, evaluations: 4, ..TableSettings::default() };
    let mut training = TableTraining::new(&fruit(20), &kind(), settings).unwrap();
    let weights = |training: &mut TableTraining| training.network().unwrap().layers().unwrap()[0].weights.to_vec();
    let begin = weights(&mut training);
    assert_eq!(begin.len(), 3 * 5);
    let mut evaluations = Vec::new();
    while !training.is_over() {
        let progress = training.step().unwrap();
        assert_eq!((progress.step, progress.steps), (training.steps(), 40));
        evaluations.extend(progress.evaluation.map(|evaluation| evaluation.step));
    }
    assert_eq!(evaluations, [10, 20, 30, 40]);
    assert_ne!(weights(&mut training), begin);
    assert!(training.history()[3].training_loss < training.history()[0].training_loss);
}

#[test]
fn columns_that_say_nothing_are_noticed() {
    let rows: String = (0..60).map(|i| format!("{},{}\n", i / 2, ["heads", "tails"][i % 2])).collect();
    let table = parse(&format!("throw,kind\n{rows}")).unwrap();
    let settings = TableSettings { hidden: Vec::new(), ..TableSettings::default() };
    let mut training = TableTraining::new(&table, &kind(), settings).unwrap();
    let error = loop {
        if let Err(error) = training.step() {
            break error;
        }
        assert!(!training.is_over(), "{:?}", training.history());
    };
    assert!(matches!(error, Error::Table(TableError::NothingLearnt { classes: 2, .. })), "{error}");
    assert!(error.to_string().contains("the loss stays at 0.69"), "{error}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let new = |settings| TableTraining::new(&fruit(5), &kind(), settings).map(|_| ()).unwrap_err().to_string();
    let default = TableSettings::default;
    assert!(new(TableSettings { batch: 0, ..default() }).contains("batch must be from 1 to 1024"));
    assert!(new(TableSettings { steps: 0, ..default() }).contains("steps"));
    assert!(new(TableSettings { rate: f32::NAN, ..default() }).contains("rate"));
    assert!(new(TableSettings { held_out: 0.0, ..default() }).contains("held-out"));
    assert!(new(TableSettings { hidden: vec![16, 0], ..default() }).contains("16 0"));
    for layers in ["", "16 x", "0", "2000", "1 1 1 1 1 1 1 1 1", "16/2"] {
        let error = hidden_layers(layers).unwrap_err().to_string();
        assert!(error.contains(&format!("'{layers}'")) && error.contains("none"), "{error}");
    }
    assert_eq!((hidden_layers("none").unwrap(), hidden_layers("8 4").unwrap()), (vec![], vec![8, 4]));
}

#[test]
fn a_damaged_file_is_refused() {
    let settings = TableSettings { steps: 5, ..TableSettings::default() };
    let file = trained(&fruit(10), settings).network().unwrap().write().unwrap();
    assert!(TableNetwork::read(&file).is_ok());
    for end in [0, 7, 100, file.len() / 2, file.len() - 1] {
        assert!(TableNetwork::read(&file[..end]).is_err(), "{end} bytes");
    }
    let infinite = [&file[..file.len() - 4], &f32::INFINITY.to_le_bytes()].concat();
    assert!(TableNetwork::read(&infinite).unwrap_err().to_string().contains("not finite"));
}
