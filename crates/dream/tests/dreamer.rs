//! A dreamer makes one picture after another with the same buffers.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use oneiric::picture::mask::Mask;
use oneiric::render::{Dreamer, Start};
use oneiric::{Checkpoint, Dream, DreamProgress, Error, Objective, Observer, Picture, Settings, landscape};
use oneiric_zoo::Networks;

fn photo(seed: u64, (width, height): (usize, usize)) -> Picture {
    Picture::new(width, height, landscape::paint(width, height, seed)).unwrap()
}

/// A dream whose objective looks at photo and guide, in two octaves, with a mask and a region.
fn dream() -> Dream {
    let objective = "fire3 + caricature(fire2) + 0.2*guide(fire2) + 0.1*stay() - 0.5*tv()";
    let objective = Objective::read(objective, "squeezenet", &Networks::default()).unwrap();
    let settings = Settings {
        objective,
        channels: "strongest:5".parse().unwrap(),
        octaves: 2,
        iterations: 2,
        ascent: "momentum:0.5".parse().unwrap(),
        ..Settings::new("squeezenet", "fire3")
    };
    let region = Dream::new(Settings { iterations: 2, ..Settings::new("lite0", "block3") }).unwrap();
    let place: Mask = "left:40%".parse().unwrap();
    Dream::new(settings).unwrap().guided_by(photo(9, (40, 40))).with_region(region.masked_by(place))
}

#[test]
fn pictures_of_any_sizes_have_the_bytes_of_single_dreams() {
    let mut dreamer = Dreamer::new(dream());
    for (seed, size) in [(3, (80, 64)), (4, (80, 64)), (5, (64, 80)), (3, (80, 64))] {
        let photo = photo(seed, size);
        let dreamed = dreamer.dream(&photo, None).unwrap();
        assert!(dreamed.picture == dream().render(&photo).unwrap(), "{seed}");
        assert_eq!(dreamed.detail.size(), size);
        assert!(dreamed.detail.values().iter().any(|detail| *detail != 0.0));
    }
}

#[test]
fn a_dream_continues_earlier_detail_and_may_be_stopped() {
    let (photo, next) = (photo(3, (80, 64)), photo(4, (80, 64)));
    let mut dreamer = Dreamer::new(
        Dream::new(Settings { octaves: 2, iterations: 2, ..Settings::new("squeezenet", "fire3") }).unwrap(),
    );
    let first = dreamer.dream(&photo, None).unwrap();
    // Without a finish or a mask the picture is the photo with the detail.
    for ((value, photo), detail) in first.picture.pixels().iter().zip(photo.pixels()).zip(first.detail.values()) {
        assert!((value - photo - detail).abs() < 1e-6);
    }
    let steps = AtomicUsize::new(0);
    let stopped = dreamer.dream_with(&next, Some(&first.detail), |_, _| match steps.fetch_add(1, Ordering::Relaxed) {
        3 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(matches!(stopped, Err(Error::Cancelled)));
    let second = dreamer.dream(&next, Some(&first.detail)).unwrap();
    let alone = dreamer.dream(&next, None).unwrap();
    assert!(second.picture != alone.picture);
    let size = |detail: &[f32]| detail.iter().map(|d| d.abs()).sum::<f32>();
    assert!(size(second.detail.values()) > size(alone.detail.values()));
}

#[test]
fn masks_differ_from_picture_to_picture() {
    let mut dreamer = Dreamer::new(dream());
    for mask in ["left:60%", "circle:50%,50%,20%", "right:50%", "left:60%"] {
        let masked = || dream().masked_by(mask.parse().unwrap());
        dreamer.set_dream(masked());
        let photo = photo(3, (80, 64));
        let dreamed = dreamer.render_from(&photo, Start::Photo, &mut |_: &_, _: &_| ControlFlow::Continue(())).unwrap();
        assert!(dreamed == masked().render(&photo).unwrap(), "{mask}");
    }
}

#[test]
fn another_look_takes_other_buffers_and_a_small_budget_keeps_none() {
    let photo = photo(3, (80, 64));
    let dream =
        |layer| Dream::new(Settings { octaves: 2, iterations: 2, ..Settings::new("squeezenet", layer) }).unwrap();
    for mut dreamer in [Dreamer::new(dream("fire3")), Dreamer::new(dream("fire3")).keeping_within(1)] {
        for layer in ["fire3", "fire5", "fire3"] {
            dreamer.set_dream(dream(layer));
            for _ in 0..2 {
                assert!(dreamer.dream(&photo, None).unwrap().picture == dream(layer).render(&photo).unwrap());
            }
        }
    }
}

/// Stops a dream at its eleventh step and keeps the last checkpoint.
struct StopsEarly {
    file: PathBuf,
    steps: usize,
}

impl Observer for StopsEarly {
    fn step(&mut self, _: &DreamProgress, _: &[f32]) -> ControlFlow<()> {
        self.steps += 1;
        if self.steps > 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        checkpoint.write(&self.file).unwrap();
    }
}

#[test]
fn a_dreamer_resumes_from_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let dream = Dream::new(Settings { octaves: 2, iterations: 8, ..Settings::new("squeezenet", "fire3") }).unwrap();
    let photo = photo(3, (80, 64));
    let mut dreamer = Dreamer::new(dream.clone());
    dreamer.dream(&photo, None).unwrap();
    let stopped = dreamer.render_from(&photo, Start::Photo, &mut StopsEarly { file: file.clone(), steps: 0 });
    assert!(matches!(stopped, Err(Error::Cancelled)));
    let start = Start::Checkpoint(Checkpoint::read(&file).unwrap());
    let resumed = dreamer.render_from(&photo, start, &mut |_: &_, _: &_| ControlFlow::Continue(())).unwrap();
    assert!(resumed == dream.render(&photo).unwrap());
}
