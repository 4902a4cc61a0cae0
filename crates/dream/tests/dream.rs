//! Dreams with the library: growth, reproducibility, errors.

use std::ops::ControlFlow;

use oneiric::inspect::look;
use oneiric::picture::PhotoMemory;
use oneiric::render::Dreamer;
use oneiric::{Channels, Dream, Error, Picture, Settings, landscape};

/// The settings of a fast dream.
fn small(layer: &str) -> Settings {
    Settings { octaves: 2, iterations: 3, ..Settings::new("squeezenet", layer) }
}

fn meadow(width: usize, height: usize) -> Picture {
    Picture::new(width, height, landscape::paint(width, height, 3)).unwrap()
}

fn render(settings: Settings, photo: &Picture) -> Picture {
    Dream::new(settings).unwrap().render(photo).unwrap()
}

fn strength(picture: &Picture, layer: &str) -> f32 {
    let network = oneiric_zoo::load("squeezenet").unwrap();
    let activations = look::activations(&network, picture, layer).unwrap();
    activations.values.iter().map(|v| v * v).sum::<f32>()
}

#[test]
fn the_layer_responds_more_to_the_dream() {
    let photo = meadow(96, 64);
    let dream = render(Settings { iterations: 10, ..small("fire5") }, &photo);
    let (before, after) = (strength(&photo, "fire5"), strength(&dream, "fire5"));
    assert!(after > 1.5 * before, "{before} to {after}");
    assert!(dream.pixels().iter().all(|v| (0.0..=1.0).contains(v)));
}

#[test]
fn a_single_channel_grows() {
    let photo = meadow(96, 64);
    let channel = |picture: &Picture| {
        let network = oneiric_zoo::load("squeezenet").unwrap();
        let activations = look::activations(&network, picture, "fire4").unwrap();
        look::strongest_channels(&activations, (96, 64)).into_iter().find(|c| c.index == 42).unwrap().mean
    };
    let dream = render(Settings { channels: Channels::Only(vec![42]), iterations: 10, ..small("fire4") }, &photo);
    assert!(channel(&dream) > channel(&photo) + 1.0, "{} to {}", channel(&photo), channel(&dream));
}

#[test]
fn a_negative_weight_weakens_the_layer() {
    let photo = meadow(96, 64);
    let mut settings = Settings { iterations: 10, ..small("fire5") };
    settings.objective = -settings.objective;
    assert!(strength(&render(settings, &photo), "fire5") < strength(&photo, "fire5"));
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let photo = meadow(97, 61);
    for model in ["squeezenet", "lite0"] {
        let network = oneiric_zoo::model(model).unwrap();
        let settings = Settings { model: model.into(), ..small(network.default_layer) };
        let on = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| render(Settings { seed, ..settings.clone() }, &photo))
        };
        assert!(on(1, 0) == on(2, 0), "{model}: two threads");
        assert!(on(1, 0) == on(5, 0), "{model}: five threads");
        assert!(on(1, 0) != on(1, 1), "{model}: another seed");
    }
}

#[test]
fn pictures_of_any_size_can_dream() {
    for (width, height) in [(1, 1), (2, 3), (1, 60), (60, 1), (33, 5), (50, 70)] {
        for (model, layer) in [("squeezenet", "fire8"), ("lite0", "block14")] {
            let dream = render(Settings { model: model.into(), ..small(layer) }, &meadow(width, height));
            assert_eq!((dream.width(), dream.height()), (width, height));
            assert!(dream.pixels().iter().all(|v| v.is_finite()));
        }
    }
}

#[test]
fn transparency_is_kept() {
    let alpha: Vec<f32> = (0..48 * 40).map(|i| (i % 5) as f32 / 4.0).collect();
    let (pixels, _) = meadow(48, 40).into_parts();
    let photo = Picture::with_alpha(48, 40, pixels, Some(alpha.clone())).unwrap();
    assert_eq!(render(small("fire4"), &photo).alpha(), Some(alpha.as_slice()));
}

/// Whether a pixel of a photo of this width is clear: the upper rows and columns at the right.
fn is_clear(width: usize, i: usize) -> bool {
    i % width > width * 2 / 3 || i / width < 9
}

/// A meadow with these colours in its clear pixels, or their negative in every other one.
fn with_hidden((width, height): (usize, usize), hidden: [f32; 3]) -> Picture {
    let (mut pixels, _) = meadow(width, height).into_parts();
    let clear = pixels.as_chunks_mut::<3>().0.iter_mut().enumerate().filter(|(i, _)| is_clear(width, *i));
    clear.for_each(|(i, pixel)| *pixel = hidden.map(|value| if i % 2 == 0 { value } else { 1.0 - value }));
    let alpha = (0..width * height).map(|i| if is_clear(width, i) { 0.0 } else { 0.6 }).collect();
    Picture::with_alpha(width, height, pixels, Some(alpha)).unwrap()
}

#[test]
fn colours_of_clear_pixels_neither_change_nor_steer_the_dream() {
    // Larger than the size that looks are tuned on.
    let large = Settings { smallest: Some(320), iterations: 1, ..small("fire4") };
    for (size, settings) in [
        ((48, 40), small("fire4")),
        ((48, 40), Settings { seamless: true, ..small("fire4") }),
        ((48, 40), Settings { objective: "guide(fire4)".parse().unwrap(), ..small("fire4") }),
        ((48, 40), Settings { objective: "caricature(fire4)".parse().unwrap(), ..small("fire4") }),
        ((700, 64), large),
    ] {
        let photos = [[0.0, 0.0, 0.0], [1.0, 0.2, 0.7]].map(|hidden| with_hidden(size, hidden));
        let dream = Dream::new(settings.clone()).unwrap();
        let mut dreamer = Dreamer::new(dream.clone().guided_by(photos[0].clone()));
        let dreams = photos.each_ref().map(|photo| dream.clone().guided_by(photo.clone()).render(photo).unwrap());
        let colours = |picture: &Picture, i: usize| picture.pixels()[i * 3..][..3].to_vec();
        let (clear, visible): (Vec<_>, Vec<_>) = (0..size.0 * size.1).partition(|i| is_clear(size.0, *i));
        for (dream, photo) in dreams.iter().zip(&photos) {
            assert!(clear.iter().all(|i| colours(dream, *i) == colours(photo, *i)));
            assert!(visible.iter().any(|i| colours(dream, *i) != colours(photo, *i)));
            assert!(dreamer.dream(photo, None).unwrap().picture == *dream, "{settings:?}");
        }
        assert!(visible.iter().all(|i| colours(&dreams[0], *i) == colours(&dreams[1], *i)), "{settings:?}");
    }
}

#[test]
fn progress_runs_from_0_to_1_and_the_dream_can_be_stopped() {
    let dream = Dream::new(small("fire4")).unwrap();
    let photo = meadow(96, 96);
    let mut seen = Vec::new();
    let watch = |progress: &oneiric::DreamProgress, picture: &[f32]| {
        assert_eq!(picture.len(), progress.size.0 * progress.size.1 * 3);
        seen.push(progress.done);
        ControlFlow::Continue(())
    };
    dream.render_with(&photo, watch).unwrap();
    assert_eq!((seen[0], *seen.last().unwrap()), (0.0, 1.0));
    assert!(seen.is_sorted() && seen.len() == 8, "{seen:?}");

    let mut steps = 0;
    let stopped = dream.render_with(&photo, |_, _| {
        steps += 1;
        if steps == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(Error::Cancelled)) && steps == 3);
}

#[test]
fn no_steps_leave_the_photo_as_it_is() {
    let photo = meadow(70, 50);
    let dream = render(Settings { iterations: 0, ..small("fire4") }, &photo);
    assert!(dream.pixels().iter().zip(photo.pixels()).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn unknown_names_are_refused_with_the_known_ones() {
    let error = |settings: Settings| Dream::new(settings).unwrap_err().to_string();
    assert!(error(small("fire88")).contains("did you mean fire8"));
    assert!(error(Settings { model: "inception".into(), ..small("fire8") }).contains("lite0, squeezenet"));
    assert!(error(Settings { channels: Channels::Only(vec![512]), ..small("fire8") }).contains("channels 0 to 511"));
}

#[test]
fn a_picture_too_large_for_the_memory_is_refused_with_the_numbers() {
    let dream = Dream::new(small("fire8")).unwrap();
    let error = dream.check_memory((60_000, 50_000), PhotoMemory::default()).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, Error::Memory { .. }) && text.contains("MB are free") && text.contains("would fit"),
        "{text}"
    );
    assert!(dream.check_memory((640, 427), PhotoMemory::default()).is_ok());
}
