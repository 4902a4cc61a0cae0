//! The same command resumes a dream that was stopped or killed.

use std::fs;
use std::process::Child;
use std::time::Duration;

use crate::Sandbox;

const DREAM: [&str; 8] =
    ["dream", "photo.jpg", "--model", "lite0", "--octaves", "4", "--ascent=momentum", "--iterations"];
const KEPT: [&str; 4] = ["--checkpoint", "kept", "-o", "d.png"];

#[test]
fn a_dream_that_is_killed_several_times_gives_the_same_bytes() {
    let sandbox = Sandbox::with_jpeg(240, 160);
    sandbox.run([&DREAM[..], &["12", "-o", "whole.png"]].concat()).succeeds();
    let command = || sandbox.command([&DREAM[..], &["12"], &KEPT].concat());
    let mut kills = 0;
    while kills < 10 {
        let mut child = command().spawn().unwrap();
        // A little longer each time, so that it makes progress.
        std::thread::sleep(Duration::from_millis(150 + 37 * kills));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!sandbox.path("d.png").exists());
        kills += 1;
    }
    assert!(kills > 1, "it was never killed");
    if !sandbox.path("d.png").exists() {
        assert_eq!(command().output().unwrap().status.code(), Some(0));
    }
    assert!(fs::read(sandbox.path("d.png")).unwrap() == fs::read(sandbox.path("whole.png")).unwrap());
    let left: Vec<_> = fs::read_dir(sandbox.path("kept")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().is_some_and(|ending| ending == "tmp")), "{left:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn after_ctrl_c_the_same_command_resumes() {
    let sandbox = Sandbox::with_jpeg(240, 160);
    let long = || sandbox.command([&DREAM[..], &["2000"], &KEPT].concat()).spawn().unwrap();
    let stopped = |mut child: Child| {
        let kept = || fs::read_dir(sandbox.path("kept")).is_ok_and(|mut entries| entries.next().is_some());
        while !kept() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(900));
        crate::interrupt(&child);
        crate::Run::from(child.wait_with_output().unwrap())
    };
    let run = stopped(long());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(run.stderr.contains("run the same command to resume at octave"), "{}", run.stderr);
    // A damaged checkpoint is reported, and the dream starts over.
    let file = fs::read_dir(sandbox.path("kept")).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "no dream").unwrap();
    let run = stopped(long());
    assert!(run.stderr.contains("starting over"), "{}", run.stderr);
}

#[test]
fn checkpoints_are_refused_for_several_dreams() {
    let sandbox = Sandbox::with_jpeg(240, 160);
    sandbox.run(["dream", "photo.jpg", "photo.jpg", "-o", "x", "--checkpoint", "kept"]).fails(2, &["--checkpoint"]);
}
