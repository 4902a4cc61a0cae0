//! A dream that continues from a checkpoint has the bytes of an uninterrupted one.

use std::ops::ControlFlow;

use oneiric::{Checkpoint, Dream, DreamProgress, Error, Observer, Picture, Settings, Symmetry, landscape};

/// Writes the checkpoint of one step to a file and stops there.
struct Stop {
    at: usize,
    seen: usize,
    file: std::path::PathBuf,
}

impl Observer for Stop {
    fn step(&mut self, _: &DreamProgress, _: &[f32]) -> ControlFlow<()> {
        if self.seen > self.at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        if self.seen == self.at {
            checkpoint.write(&self.file).unwrap();
        }
        self.seen += 1;
    }
}

fn on(width: usize, height: usize, settings: Settings, moments: &[usize]) {
    let photo = Picture::new(width, height, landscape::paint(width, height, 1)).unwrap();
    let dream = Dream::new(settings).unwrap();
    let whole = dream.render(&photo).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    for &at in moments {
        let stopped = dream.render_from(&photo, None, &mut Stop { at, seen: 0, file: file.clone() });
        assert!(matches!(stopped, Err(Error::Cancelled)));
        let checkpoint = Checkpoint::read(&file).unwrap();
        let go_on = &mut |_: &DreamProgress, _: &[f32]| ControlFlow::Continue(());
        assert!(dream.render_from(&photo, Some(checkpoint), go_on).unwrap() == whole, "from step {at}");
    }
}

fn settings(change: impl Fn(&mut Settings)) -> Settings {
    let mut settings = Settings { octaves: 2, iterations: 3, ..Settings::new("squeezenet", "fire5") };
    change(&mut settings);
    settings
}

#[test]
fn checkpoints_of_every_ascent_method_continue_with_the_same_bytes() {
    on(90, 60, settings(|_| {}), &[0, 2, 3, 5]);
    on(90, 60, settings(|s| s.ascent = "momentum:0.9".parse().unwrap()), &[1, 4]);
    on(90, 60, settings(|s| s.ascent = "adam".parse().unwrap()), &[2, 5]);
    on(90, 60, settings(|s| s.symmetry = Symmetry::Kaleidoscope(5)), &[1, 4]);
    on(90, 60, settings(|s| s.seamless = true), &[4]);
}

#[test]
fn checkpoints_of_a_tiled_dream_continue_with_the_same_bytes() {
    let objective = "fire5 - 0.5*mean(fire3)".parse().unwrap();
    let tiled = |s: &mut Settings| {
        s.objective = oneiric::Objective::clone(&objective);
        s.tile = Some((384, 384));
    };
    on(600, 400, settings(tiled), &[1, 4, 5]);
}

#[test]
fn checkpoints_of_other_dreams_and_damaged_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let photo = Picture::new(90, 60, landscape::paint(90, 60, 1)).unwrap();
    let keep = &mut Stop { at: 4, seen: 0, file: file.clone() };
    Dream::new(settings(|_| {})).unwrap().render_from(&photo, None, keep).unwrap_err();
    let go_on = &mut |_: &DreamProgress, _: &[f32]| ControlFlow::Continue(());
    for other in
        [settings(|s| s.octaves = 1), settings(|s| s.ascent = "adam".parse().unwrap()), settings(|s| s.iterations = 1)]
    {
        let checkpoint = Checkpoint::read(&file).unwrap();
        let error = Dream::new(other).unwrap().render_from(&photo, Some(checkpoint), go_on).unwrap_err();
        assert!(matches!(error, Error::WrongCheckpoint), "{error}");
    }
    // Sums of other terms, in the same tiles.
    let photo = Picture::new(600, 64, landscape::paint(600, 64, 1)).unwrap();
    let tiled = |objective: &str| {
        let objective: oneiric::Objective = objective.parse().unwrap();
        Dream::new(settings(|s| {
            s.objective = objective.clone();
            s.tile = Some((384, 384));
        }))
        .unwrap()
    };
    let keep = &mut Stop { at: 1, seen: 0, file: file.clone() };
    tiled("fire5").render_from(&photo, None, keep).unwrap_err();
    for other in ["fire5 + mean(fire3)", "caricature(fire5)", "fire5 + mean(fire5)"] {
        let checkpoint = Checkpoint::read(&file).unwrap();
        let error = tiled(other).render_from(&photo, Some(checkpoint), go_on).unwrap_err();
        assert!(matches!(error, Error::WrongCheckpoint), "{other}: {error}");
    }
    let good = std::fs::read(&file).unwrap();
    for length in [0, 7, 8, 20, 300, good.len() - 1] {
        std::fs::write(&file, &good[..length]).unwrap();
        assert!(Checkpoint::read(&file).is_err(), "of {length} bytes");
    }
    for at in (0..good.len().min(900)).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x15;
        std::fs::write(&file, &bytes).unwrap();
        // A number may have changed, which is not an error; it must not panic.
        if let Ok(checkpoint) = Checkpoint::read(&file) {
            let _ = tiled("fire5").render_from(&photo, Some(checkpoint), go_on);
        }
    }
}
