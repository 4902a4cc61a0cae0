//! A dream that is stopped, however roughly, goes on with the same command.

use std::fs;
use std::process::Child;
use std::time::Duration;

use crate::Desk;

const DREAM: [&str; 6] = ["dream", "photo.jpg", "--octaves", "4", "--ascent=momentum", "--iterations"];
const KEPT: [&str; 4] = ["--checkpoint", "kept", "-o", "d.png"];

#[test]
fn killed_again_and_again_a_dream_ends_with_the_same_bytes() {
    let desk = Desk::with_jpeg(240, 160);
    desk.run([&DREAM[..], &["12", "-o", "whole.png"]].concat()).succeeds();
    let command = || desk.command([&DREAM[..], &["12"], &KEPT].concat());
    let mut kills = 0;
    while kills < 10 {
        let mut child = command().spawn().unwrap();
        // A little longer each time, so that it gets on; wherever in a step that is.
        std::thread::sleep(Duration::from_millis(150 + 37 * kills));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!desk.path("d.png").exists());
        kills += 1;
    }
    assert!(kills > 1, "it was never killed");
    if !desk.path("d.png").exists() {
        assert_eq!(command().output().unwrap().status.code(), Some(0));
    }
    assert!(fs::read(desk.path("d.png")).unwrap() == fs::read(desk.path("whole.png")).unwrap());
    let left: Vec<_> = fs::read_dir(desk.path("kept")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().is_some_and(|ending| ending == "tmp")), "{left:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn stopped_by_ctrl_c_it_says_where_it_goes_on() {
    let desk = Desk::with_jpeg(240, 160);
    let long = || desk.command([&DREAM[..], &["2000"], &KEPT].concat()).spawn().unwrap();
    let stopped = |mut child: Child| {
        let kept = || fs::read_dir(desk.path("kept")).is_ok_and(|mut entries| entries.next().is_some());
        while !kept() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(900));
        crate::interrupt(&child);
        crate::Run::from(child.wait_with_output().unwrap())
    };
    let run = stopped(long());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(run.stderr.contains("the same command goes on at octave"), "{}", run.stderr);
    // What is damaged meanwhile is said, and the dream begins anew.
    let file = fs::read_dir(desk.path("kept")).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "no dream").unwrap();
    let run = stopped(long());
    assert!(run.stderr.contains("beginning anew"), "{}", run.stderr);
}

#[test]
fn several_dreams_are_not_kept_on_the_way() {
    let desk = Desk::with_jpeg(240, 160);
    desk.run(["dream", "photo.jpg", "photo.jpg", "-o", "x", "--checkpoint", "kept"]).fails(2, &["--checkpoint"]);
}
