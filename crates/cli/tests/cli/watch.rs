//! `oneiric watch`.

use crate::Desk;

#[test]
fn what_cannot_be_watched_is_said_at_once() {
    let desk = Desk::with_photo();
    std::fs::create_dir(desk.path("in")).unwrap();
    desk.run(["watch", "in"]).fails(2, &["--out"]);
    desk.run(["watch", "none", "-o", "out"]).fails(2, &["none"]);
    desk.run(["watch", "in", "-o", "in"]).fails(2, &["-o in/dreams"]);
    desk.run(["watch", "in", "-o", "photo.png"]).fails(2, &["photo.png", "folder"]);
    desk.run(["watch", "in", "-o", "out", "--name", "{n}.png"]).fails(2, &["{n}"]);
    desk.run(["watch", "in", "-o", "out", "-l", "blok5"]).fails(2, &["block5"]);
}

#[cfg(target_os = "linux")]
mod running {
    use std::fs::{self, File};
    use std::io::Write;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use crate::{Desk, QUICK, Run};

    #[track_caller]
    fn until(mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it never came");
            sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn what_is_there_and_what_comes_is_dreamed_on_once() {
        let desk = Desk::with_photo();
        let bytes = fs::read(desk.path("photo.png")).unwrap();
        fs::create_dir_all(desk.path("in/dreams")).unwrap();
        fs::write(desk.path("in/there.png"), &bytes).unwrap();
        fs::write(desk.path("in/broken.png"), &bytes[..bytes.len() / 2]).unwrap();
        let args = [&["watch", "in", "-o", "in/dreams", "--recursive"], &QUICK[..]].concat();
        let child = desk.command(&args).spawn().unwrap();
        let dream = |name: &str| desk.path("in/dreams").join(name);
        until(|| dream("there.dogs.png").exists());

        // A file that takes its time, always longer than the pause between two looks would be without a change.
        let mut slow = File::create(desk.path("in/slow.png")).unwrap();
        for part in bytes.chunks(bytes.len().div_ceil(5)) {
            slow.write_all(part).unwrap();
            sleep(Duration::from_millis(600));
            assert!(!dream("slow.dogs.png").exists());
        }
        drop(slow);
        // The same name again, and one that is replaced.
        fs::write(desk.path("in/slow.gif"), &bytes).unwrap();
        fs::write(desk.path("in/there.png"), &bytes).unwrap();
        until(|| dream("slow.dogs.png").exists());
        sleep(Duration::from_millis(2500));

        crate::interrupt(&child);
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.code, Some(130), "{}", run.stderr);
        assert!(run.stderr.starts_with("watching in; Ctrl-C ends it\n"), "{}", run.stderr);
        assert!(run.stderr.contains("oneiric: stopped; 2 dreamed, 1 skipped, 2 failed"), "{}", run.stderr);
        assert_eq!(run.stderr.matches("broken.png: the PNG file is cut short").count(), 1, "{}", run.stderr);
        assert_eq!(run.stderr.matches("would both be called").count(), 1, "{}", run.stderr);
        assert_eq!(run.text(), "in/dreams/there.dogs.png\nin/dreams/slow.dogs.png\n");
        desk.dream(&["photo.png", "-o", "alone.png"]).succeeds();
        assert!(fs::read(desk.path("alone.png")).unwrap() == fs::read(dream("slow.dogs.png")).unwrap());
        assert_eq!(fs::read_dir(desk.path("in/dreams")).unwrap().count(), 2);
    }
}
