//! `oneiric watch`.

use crate::Sandbox;

#[test]
fn invalid_arguments_are_refused_at_once() {
    let sandbox = Sandbox::with_photo();
    std::fs::create_dir(sandbox.path("in")).unwrap();
    sandbox.run(["watch", "in"]).fails(2, &["--out"]);
    sandbox.run(["watch", "none", "-o", "out"]).fails(2, &["none"]);
    sandbox.run(["watch", "in", "-o", "in"]).fails(2, &["-o in/dreams"]);
    sandbox.run(["watch", "in", "-o", "photo.png"]).fails(2, &["photo.png", "folder"]);
    sandbox.run(["watch", "in", "-o", "out", "--name", "{n}.png"]).fails(2, &["{n}"]);
    sandbox.run(["watch", "in", "-o", "out", "-l", "blok5"]).fails(2, &["block5"]);
}

#[cfg(target_os = "linux")]
mod running {
    use std::fs::{self, File};
    use std::io::Write;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use crate::{QUICK, Run, Sandbox};

    #[track_caller]
    fn until(mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < Duration::from_secs(60), "timed out");
            sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn present_and_new_pictures_are_dreamed_on_once() {
        let sandbox = Sandbox::with_photo();
        let bytes = fs::read(sandbox.path("photo.png")).unwrap();
        fs::create_dir_all(sandbox.path("in/dreams")).unwrap();
        fs::write(sandbox.path("in/there.png"), &bytes).unwrap();
        fs::write(sandbox.path("in/broken.png"), &bytes[..bytes.len() / 2]).unwrap();
        let args = [&["watch", "in", "-o", "in/dreams", "--recursive"], &QUICK[..]].concat();
        let child = sandbox.command(&args).spawn().unwrap();
        let dream = |name: &str| sandbox.path("in/dreams").join(name);
        until(|| dream("there.dogs.png").exists());

        // A file that is written slowly, in parts.
        let mut slow = File::create(sandbox.path("in/slow.png")).unwrap();
        for part in bytes.chunks(bytes.len().div_ceil(5)) {
            slow.write_all(part).unwrap();
            sleep(Duration::from_millis(600));
            assert!(!dream("slow.dogs.png").exists());
        }
        drop(slow);
        // A file with the same stem, and a file that is replaced.
        fs::write(sandbox.path("in/slow.gif"), &bytes).unwrap();
        fs::write(sandbox.path("in/there.png"), &bytes).unwrap();
        until(|| dream("slow.dogs.png").exists());
        sleep(Duration::from_millis(2500));

        crate::interrupt(&child);
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.code, Some(130), "{}", run.stderr);
        assert!(run.stderr.starts_with("watching in; press Ctrl-C to stop\n"), "{}", run.stderr);
        assert!(run.stderr.contains("oneiric: stopped; 2 dreamed, 1 skipped, 2 failed"), "{}", run.stderr);
        assert_eq!(run.stderr.matches("broken.png: the PNG file is truncated").count(), 1, "{}", run.stderr);
        assert_eq!(run.stderr.matches("would both be named").count(), 1, "{}", run.stderr);
        assert_eq!(run.text(), "in/dreams/there.dogs.png\nin/dreams/slow.dogs.png\n");
        sandbox.dream(&["photo.png", "-o", "alone.png"]).succeeds();
        assert!(fs::read(sandbox.path("alone.png")).unwrap() == fs::read(dream("slow.dogs.png")).unwrap());
        assert_eq!(fs::read_dir(sandbox.path("in/dreams")).unwrap().count(), 2);
    }
}
