//! Folders of pictures become a dataset, and what is wrong with them is said.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use oneiric::picture::Format;
use oneiric::{Limits, Picture};
use oneiric_train::Error;
use oneiric_train::data::{Batches, Bounds, Dataset, Folder, Reading, Source, Unread, groups, split};

/// Writes a picture whose stripes depend on the seed.
fn write(root: &Path, name: &str, seed: u32) {
    let value = |i: u32| 0.5 + 0.5 * ((i / 3 % 20) as f32 * seed as f32 * 0.37 + (i / 60) as f32 * 0.1).sin();
    let picture = Picture::new(20, 16, (0..20 * 16 * 3).map(value).collect()).unwrap();
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, picture.encode(Format::Png, 90).unwrap()).unwrap();
}

fn folder(names: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    names.iter().zip(1..).for_each(|(name, seed)| write(root.path(), name, seed));
    root
}

fn find(root: &Path) -> Result<Folder, Error> {
    Folder::find(root, &Bounds::default())
}

/// The classes with the names of their files.
fn found(folder: &Folder) -> Vec<(&str, Vec<String>)> {
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    folder.classes.iter().map(|class| (&*class.name, class.files.iter().map(name).collect())).collect()
}

fn read(folder: &Folder) -> (Dataset, Vec<Unread>) {
    folder.read(&Reading { size: 12, ..Reading::default() }, |_| ControlFlow::Continue(())).unwrap()
}

/// The names and reasons of what was left out, in order.
fn reasons(left_out: &[Unread]) -> Vec<String> {
    let line = |unread: &Unread| format!("{}: {}", unread.path.file_name().unwrap().to_string_lossy(), unread.reason);
    let mut lines: Vec<String> = left_out.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn each_sub_folder_is_a_class_in_natural_order() {
    let names =
        ["10 dogs/b-10.png", "10 dogs/b-2.png", "2 cats/more/a.png", "2 cats/z.PNG", ".hidden/x.png", "2 cats/.y.png"];
    let root = folder(&names);
    let folder = find(root.path()).unwrap();
    let expected = [("2 cats", ["a.png", "z.PNG"]), ("10 dogs", ["b-2.png", "b-10.png"])];
    assert_eq!(found(&folder), expected.map(|(class, files)| (class, files.map(String::from).to_vec())));
    assert_eq!((folder.pictures(), &folder.left_out[..]), (4, &[][..]));

    let (data, unread) = read(&folder);
    assert_eq!((data.counts(), unread.len()), (vec![2, 2], 0));
    let first = &data.samples[0];
    assert_eq!(first.source, Source::File(root.path().join("2 cats/more/a.png")));
    assert_eq!((first.picture.width(), first.picture.height()), (19, 15), "5/4 of the training's 12 pixels");
}

#[test]
fn pictures_of_one_thing_are_one_class_until_another_is_added() {
    let root = folder(&["dogs/1.png", "dogs/2.png", "cats/1.png", "cats/2.png"]);
    let (mut data, _) = read(&find(&root.path().join("dogs")).unwrap());
    assert_eq!(data.classes, ["dogs"]);
    assert_eq!(data.check(2), Err(Error::OneClass { class: "dogs".into() }));
    data.add(read(&find(&root.path().join("cats")).unwrap()).0);
    assert_eq!(data.check(2), Ok(()));
}

#[test]
fn bad_files_are_left_out_and_said() {
    let root = folder(&["a/good.png", "a/cut.png", "b/good.png", "loose.png"]);
    let at = |name: &str| root.path().join(name);
    let whole = fs::read(at("a/cut.png")).unwrap();
    fs::write(at("a/cut.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(at("a/empty.jpg"), []).unwrap();
    fs::write(at("a/text.jpg"), "not a picture").unwrap();
    fs::write(at("b/labels.csv"), "a,b").unwrap();
    fs::create_dir(at("c")).unwrap();

    let folder = find(root.path()).unwrap();
    assert_eq!(folder.pictures(), 5, "files are not opened to count them");
    let (data, unread) = read(&folder);
    assert_eq!((data.classes.join(" "), data.counts()), ("a b".into(), vec![1, 1]));
    let expected = [
        "cut.png: the PNG file is truncated; copy or download it again",
        "empty.jpg: the file is empty (0 bytes); copy or download it again",
        "labels.csv: its ending is not that of a picture",
        "loose.png: it is in no folder of a class; move it into one",
        "text.jpg: this looks like a text file; give a picture file instead",
    ];
    assert_eq!(reasons(&unread), expected);
    assert_eq!(data.check(2), Err(Error::FewPictures { class: "a".into(), pictures: 1, least: 2 }));
}

#[test]
fn folders_without_pictures_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let nothing = Err(Error::NoPictures { folder: root.path().to_owned() });
    assert_eq!(find(root.path()), nothing);
    fs::create_dir_all(root.path().join("a/b")).unwrap();
    fs::write(root.path().join("a/b/notes.txt"), "").unwrap();
    assert_eq!(find(root.path()), nothing);
    assert!(matches!(find(&root.path().join("missing")), Err(Error::Folder { .. })));
    assert!(matches!(find(&root.path().join("a/b/notes.txt")), Err(Error::Folder { .. })));
}

#[test]
fn the_search_is_bounded() {
    let root = folder(&["a/1.png", "a/2.png", "b/1.png", "b/c/d/e/f.png"]);
    let limit = Error::TooManyFiles { folder: root.path().to_owned(), limit: 4 };
    assert_eq!(Folder::find(root.path(), &Bounds { files: 4, depth: 9 }), Err(limit));
    let shallow = Folder::find(root.path(), &Bounds { files: 99, depth: 2 }).unwrap();
    assert_eq!(reasons(&shallow.left_out), ["d: folders lie too deep in each other; move its pictures up"]);
    assert_eq!(shallow.pictures(), 3);
}

#[cfg(unix)]
#[test]
fn links_and_odd_names_do_no_harm() {
    use std::ffi::OsStr;
    use std::os::unix::{ffi::OsStrExt, fs::symlink};

    let (root, elsewhere) = (folder(&["a/1.png"]), folder(&["x.png", "y.png"]));
    let at = |name: &str| root.path().join(name);
    symlink(elsewhere.path(), at("linked class")).unwrap();
    symlink(root.path(), at("everything")).unwrap();
    symlink("..", at("a/up")).unwrap();
    symlink("loop.png", at("a/loop.png")).unwrap();
    symlink("nowhere.png", at("a/broken.png")).unwrap();
    fs::copy(at("a/1.png"), at("a").join(OsStr::from_bytes(b"\xff.png"))).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("a/socket.png")).unwrap();

    let folder = find(root.path()).unwrap();
    let classes = [("a", vec!["1.png".into()]), ("linked class", vec!["x.png".into(), "y.png".into()])];
    assert_eq!(found(&folder), classes);
    let reasons = reasons(&folder.left_out);
    let expected = [
        "broken.png: cannot open it: No such file",
        "everything: links to folders",
        "loop.png: cannot open it: ",
        "socket.png: it is not a file",
        "up: links to folders are not followed",
        "\u{fffd}.png: its name is not valid text (UTF-8)",
    ];
    assert_eq!(reasons.len(), expected.len());
    assert!(reasons.iter().zip(expected).all(|(reason, start)| reason.starts_with(start)), "{reasons:#?}");
}

#[test]
fn reading_can_be_watched_stopped_and_bounded() {
    let names: Vec<String> = (0..70).map(|i| format!("{}/{i}.png", i % 2)).collect();
    let root = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let folder = find(root.path()).unwrap();
    let mut seen = Vec::new();
    let stopped = folder.read(&Reading::default(), |progress| {
        seen.push((progress.done, progress.total));
        ControlFlow::Break(())
    });
    assert_eq!(stopped, Err(Error::Cancelled));
    assert!(seen.len() == 1 && seen[0].0 < 70 && seen[0].1 == 70);

    // Next to no memory for decoding: one after the other.
    let slow = Reading { decoding: 1, ..Reading::default() };
    let mut calls = 0;
    let watch = |_| {
        calls += 1;
        ControlFlow::Continue(())
    };
    let one_by_one = folder.read(&slow, watch).unwrap();
    assert_eq!(calls, 70);
    assert!(one_by_one == folder.read(&Reading::default(), |_| ControlFlow::Continue(())).unwrap());

    let limits = Limits { max_pixels: 100, ..Limits::default() };
    let (data, unread) = folder.read(&Reading { limits, ..Reading::default() }, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((data.counts(), unread.len()), (vec![0, 0], 70));
    let little = Reading { memory: 1_000_000, ..Reading::default() };
    let refused = folder.read(&little, |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "70 pictures do not fit into 1 MB of memory for a training at 112 pixels; use at most 17 pictures, a smaller size or \
         more memory"
    );
}

#[test]
fn a_copied_picture_is_not_held_out_from_itself() {
    let names: Vec<String> = (0..40).map(|i| format!("{}/{i}.png", i % 2)).collect();
    let root = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for (i, name) in names[..10].iter().enumerate() {
        fs::copy(root.path().join(name), root.path().join(format!("{}/copy {i}.png", i % 2))).unwrap();
    }
    let (data, _) = read(&find(root.path()).unwrap());
    let (classes, groups) = (data.samples.iter().map(|sample| sample.class).collect::<Vec<_>>(), groups(&data));
    let split = split(&classes, &groups, 0.2, 1).unwrap();
    assert_eq!(split.held_out.len(), 10);
    assert!(split.held_out.iter().all(|held| split.train.iter().all(|trained| groups[*held] != groups[*trained])));
    let batch = Batches::new(&classes, &split.train, 8, 1).unwrap().batch(7);
    assert!(batch.iter().all(|sample| split.train.contains(sample)));
}
