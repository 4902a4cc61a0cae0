//! A network that a program adds is used like those of the zoo.

use oneiric::inspect::{look, search};
use oneiric::recipe::{PhotoInfo, Places, Recipe, RecipeError, Region};
use oneiric::{Choices, Dream, Objective, OctaveChange, Picture, Settings, landscape};
use oneiric_engine::Graph;
use oneiric_engine::op::{Activation, Conv2d, GlobalAvgPool, MaxPool, Op, ScaleShift, Window};
use oneiric_zoo::{Classes, Classifier, Network, Networks};

/// Two convolutions and a classifier of three classes, with weights that are waves.
fn network(phase: f32) -> Result<Network, oneiric_engine::Error> {
    let wave = |len: usize| (0..len).map(|i| (i as f32 * 0.7 + phase).sin() * 0.3).collect::<Vec<f32>>();
    let mut graph = Graph::new(3)?;
    let picture = graph.picture();
    let prepared = graph.add(Op::ScaleShift(ScaleShift::new([2.0; 3], [-1.0; 3])?), &[picture])?;
    let conv = graph.add(Op::Conv(Conv2d::new(3, 12, 1, Window::square(3, 1), wave(324), None)?), &[prepared])?;
    let edges = graph.add_layer("edges", Op::Activation(Activation::Relu), &[conv])?;
    let pooled = graph.add(Op::MaxPool(MaxPool { window: Window::square(2, 2) }), &[edges])?;
    let conv = graph.add(Op::Conv(Conv2d::new(12, 16, 1, Window::square(3, 1), wave(1728), None)?), &[pooled])?;
    let shapes = graph.add_layer("shapes", Op::Activation(Activation::Relu), &[conv])?;
    // Scores far enough apart for masks.
    let scores = wave(48).into_iter().map(|weight| 30.0 * weight).collect::<Vec<_>>();
    let map =
        graph.add_layer("map", Op::Conv(Conv2d::new(16, 3, 1, Window::square(1, 1), scores, None)?), &[shapes])?;
    graph.add_layer("scores", Op::GlobalAvgPool(GlobalAvgPool), &[map])?;
    let names = ["round thing", "long thing", "nothing"].map(String::from);
    let classes = Classes::Named(names.into());
    let mut network = Network::new("waves", graph, "shapes");
    network.classifier = Some(Classifier { scores: "scores".into(), map: Some("map".into()), classes });
    Ok(network)
}

fn networks(phase: f32) -> Networks {
    let mut networks = Networks::default();
    networks.insert(network(phase).unwrap()).unwrap();
    networks
}

fn photo() -> Picture {
    Picture::new(72, 64, landscape::paint(72, 64, 3)).unwrap()
}

fn settings(objective: &str, networks: &Networks) -> Settings {
    let objective = Objective::read(objective, "Waves", networks).unwrap();
    Settings { objective, octaves: 2, iterations: 3, ..Settings::new("waves", "shapes") }
}

fn recipe(dream: &Dream, places: Places) -> Recipe {
    Recipe::new(None, PhotoInfo { sha256: None, landscape: true, width: 72, height: 64, size: None }, dream, places)
}

#[test]
fn a_recipe_makes_the_same_dream_with_an_added_network() {
    let networks = networks(0.2);
    let objective = "shapes + 0.5*class('round things') - 0.2*channel(edges, 3) + squeezenet:fire3 + caricature(edges)";
    let mut settings = settings(objective, &networks);
    settings.octave_changes = vec![OctaveChange::read("1:layer=everywhere('long thing')", "waves", &networks).unwrap()];
    let dream = Dream::with_networks(settings, &networks).unwrap();
    let region = Region { look: "waves:edges".into(), place: oneiric::recipe::Place::Shape("top:50%".into()) };
    let places = Places { region: vec![region], ..Places::default() };
    let placed = |dream: Dream| places.apply(dream, |_| -> Result<Picture, oneiric::Error> { unreachable!() }).unwrap();
    let made = recipe(&dream, places.clone());
    let picture = placed(dream).render(&photo()).unwrap();
    assert!(picture != photo());

    let text = made.write().unwrap();
    assert_eq!(made.networks.keys().collect::<Vec<_>>(), ["squeezenet", "waves"]);
    assert_eq!(made.networks["waves"], network(0.2).unwrap().sha256());
    let read = Recipe::read_with(&text, &networks).unwrap();
    assert_eq!(read, made);
    read.check_networks(&networks).unwrap();
    let again = placed(Dream::with_networks(read.settings, &networks).unwrap()).render(&photo()).unwrap();
    assert!(again == picture);
}

#[test]
fn a_recipe_finds_its_network_by_its_weights_under_another_name() {
    let mine = networks(0.2);
    let objective = "shapes + 0.5*waves:class('round things') + squeezenet:fire3";
    let dream = Dream::with_networks(settings(objective, &mine), &mine).unwrap();
    let region = Region { look: "waves:edges".into(), place: oneiric::recipe::Place::Shape("top:50%".into()) };
    let text = recipe(&dream, Places { region: vec![region], ..Places::default() }).write().unwrap();

    let mut theirs = Networks::default();
    let mut same = network(0.2).unwrap();
    same.name = "ripples".into();
    theirs.insert(same).unwrap();
    let read = Recipe::read_with(&text, &theirs).unwrap();
    read.check_networks(&theirs).unwrap();
    assert_eq!(read.networks.keys().collect::<Vec<_>>(), ["ripples", "squeezenet"]);
    assert_eq!((read.settings.model.as_str(), read.places.region[0].look.as_str()), ("ripples", "ripples:edges"));
    let again = Dream::with_networks(read.settings, &theirs).unwrap();
    assert!(again.render(&photo()).unwrap() == dream.render(&photo()).unwrap());
}

#[test]
fn words_find_the_classes_of_an_added_network() {
    let classifier = network(0.2).unwrap().classifier.unwrap();
    let found = search::by_word("round things", &classifier.classes).unwrap();
    assert_eq!((found.classes[0].index, found.classes[0].name, found.classes[0].wordnet), (0, "round thing", None));
    let by_name = search::by_word("thing", &classifier.classes).unwrap().classes;
    assert_eq!(by_name.iter().map(|class| (class.index, class.by_name)).collect::<Vec<_>>(), [(0, true), (1, true)]);
    assert!(search::by_word("dog", &classifier.classes).is_err());
}

#[test]
fn choices_name_an_added_network() {
    let networks = networks(0.2);
    let given = [("model", "waves"), ("objective", "edges + class('long thing')"), ("step", "0.01")];
    let given = given.map(|(name, value)| (name, vec![value.to_owned()]));
    let choices = Choices::new(None, given).unwrap();
    assert!(choices.settings(None, &Networks::default()).is_err());
    let settings = choices.settings(None, &networks).unwrap();
    assert_eq!((settings.model.as_str(), choices.name(&networks).unwrap()), ("waves", "custom"));
    let again = Choices::of(&settings, None, &networks).unwrap();
    assert_eq!(again.settings(None, &networks).unwrap(), settings);
    Dream::with_networks(settings, &networks).unwrap();
}

#[test]
fn a_recipe_with_an_unknown_network_or_other_weights_is_refused() {
    let mine = networks(0.2);
    let text =
        recipe(&Dream::with_networks(settings("shapes", &mine), &mine).unwrap(), Places::default()).write().unwrap();
    let error = Recipe::read(&text).unwrap_err();
    assert!(matches!(&error, RecipeError::NoNetwork(name) if name == "waves"), "{error}");
    let others = networks(0.3);
    let error = Recipe::read_with(&text, &others).unwrap().check_networks(&others).unwrap_err();
    assert!(
        matches!(&error, RecipeError::OtherWeights(name) if name == "waves") && error.to_string().contains("'waves'")
    );
    // Recipes without hashes are still read.
    let without: String =
        text.lines().filter(|line| !line.starts_with("waves = ")).map(|line| format!("{line}\n")).collect();
    Recipe::read_with(&without, &others).unwrap().check_networks(&others).unwrap();
}

#[test]
fn settings_words_masks_and_search_use_an_added_network() {
    let networks = networks(0.2);
    let text = "format = 1\n[settings]\nmodel = 'WAVES'\nmore = ['round things']";
    let read = Recipe::read_with(text, &networks).unwrap();
    assert_eq!(
        (read.settings.model.as_str(), read.settings.objective.to_string().as_str()),
        ("waves", "shapes + 2*waves:everywhere('round things')")
    );
    let picture = photo();
    let network = networks.get("waves").unwrap();
    let classes = look::classify(&network, &picture).unwrap();
    assert_eq!(classes.len(), 3);
    assert!(classes.iter().all(|class| class.wordnet.is_none() && class.name.ends_with("thing")));
    let likeness = search::like(&network, &picture, &search::usual_layers(&network)).unwrap();
    assert_eq!(
        (likeness.layers[0].layer.as_str(), likeness.layers[0].channels.len(), likeness.classes.len()),
        ("shapes", 16, 3)
    );
    let seen = ["round thing", "long thing", "nothing"]
        .map(|word| oneiric::inspect::mask_of_word(word, &picture, &networks).is_ok());
    assert!(seen.contains(&true), "{seen:?}");
    let error = Objective::read("class('dog')", "waves", &networks).unwrap_err().to_string();
    assert!(error.contains("'dog'"), "{error}");
    let error = Objective::read("edgse", "waves", &networks).unwrap_err().to_string();
    assert!(error.contains("did you mean") && error.contains("edges"), "{error}");
}
