//! Tests of the database.

use tempfile::TempDir;

use super::{Claim, FinishedDream, NewJob, PictureRecord, StopRequest, Store, StoreError, now};
use crate::wire::{DreamClasses, JobState};

fn store() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

/// Stores some bytes as a picture. Returns its id.
fn picture(store: &Store, bytes: &[u8]) -> String {
    let id = store.keep_bytes(bytes).unwrap();
    let (name, kind) = ("photo.png".into(), "image/png".into());
    let bytes = bytes.len() as u64;
    let picture = PictureRecord { id: id.clone(), name, kind, width: 1, height: 1, bytes, created: 0, recipe: None };
    store.add_picture(&picture).unwrap();
    id
}

fn submit(store: &Store, photo: &str, recipe: &str) -> i64 {
    let (name, look) = ("photo".into(), "{}".into());
    let (photo, recipe) = (photo.to_owned(), recipe.to_owned());
    let job = NewJob { training: None, name, photo, recipe, look, size: None, extent: (1, 1), parent: None };
    store.submit(&job, 10).unwrap().unwrap()
}

fn finished(picture: &str) -> FinishedDream {
    FinishedDream {
        picture: picture.into(),
        recipe: "format = 1".into(),
        filter: "dogs".into(),
        model: "lite0".into(),
        seed: u64::MAX,
        objective: "block10".into(),
        seconds: 1.0,
        stopped: false,
        classes: DreamClasses::default(),
    }
}

fn claim(store: &Store, token: &str) -> Claim {
    store.claim(token).unwrap().unwrap()
}

/// Lets all claims expire.
fn time_passes(store: &Store) {
    store.free_claims().unwrap();
}

#[test]
fn a_late_worker_cannot_overwrite() {
    let (_folder, store) = store();
    let (photo, early, late) = (picture(&store, b"photo"), picture(&store, b"early"), picture(&store, b"late"));
    let id = submit(&store, &photo, "");
    let first = claim(&store, "first");
    assert!(store.claim("second").unwrap().is_none(), "it is claimed");
    assert_eq!(store.renew(&first).unwrap(), Some(None));
    time_passes(&store);
    let second = claim(&store, "second");
    assert_eq!(second.job.id, id);
    assert_eq!(store.renew(&first).unwrap(), None);
    assert!(store.finish(&second, &finished(&early)).unwrap());
    assert!(!store.finish(&first, &finished(&late)).unwrap());
    assert!(!store.fail(&first, None).unwrap());
    let dream = store.dream(id).unwrap().unwrap();
    assert_eq!((dream.picture, dream.seed), (early, u64::MAX.to_string()));
    assert_eq!(store.job(id).unwrap().unwrap().state, JobState::Done);
    assert!(store.claim("third").unwrap().is_none());
}

#[test]
fn a_worker_is_told_that_its_job_is_to_end() {
    let (_folder, store) = store();
    let photo = picture(&store, b"photo");
    let (running, waiting) = (submit(&store, &photo, ""), submit(&store, &photo, ""));
    let mine = claim(&store, "mine");
    assert_eq!(mine.job.id, running);
    store.stop(running, StopRequest::Keep).unwrap();
    assert_eq!(store.renew(&mine).unwrap(), Some(Some(StopRequest::Keep)));
    store.stop(waiting, StopRequest::Keep).unwrap();
    assert_eq!(store.job(waiting).unwrap().unwrap().state, JobState::Cancelled, "there is nothing to keep");
    store.give_back(&mine).unwrap();
    assert_eq!(store.job(running).unwrap().unwrap().state, JobState::Queued);
}

#[test]
fn the_folder_is_held_by_one() {
    let (folder, store) = store();
    submit(&store, &picture(&store, b"photo"), "");
    assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse(_))));
    let first = claim(&store, "first");
    drop(store);
    // The worker that claimed the job is gone with the program.
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(claim(&store, "second").job.id, first.job.id);
    store.connection().pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    assert!(matches!(Store::open(folder.path()), Err(StoreError::Newer(_))));
}

#[test]
fn only_what_nothing_needs_is_cleaned() {
    let (_folder, store) = store();
    let (photo, dream, mask) = (picture(&store, b"photo"), picture(&store, b"dream"), picture(&store, b"mask"));
    let (octave, lost) = (picture(&store, b"octave"), picture(&store, b"lost"));
    let id = submit(&store, &photo, &format!("places.mask.file.sha256 = '{mask}'"));
    store.keep_octave(id, 1, &octave).unwrap();
    assert!(store.finish(&claim(&store, "mine"), &finished(&dream)).unwrap());
    let there = |id: &str| store.picture(id).unwrap().is_some() && store.blob(id).exists();
    let future = now() + 1000;
    assert_eq!(store.clean(future, future).unwrap(), 1);
    assert!([&photo, &dream, &mask, &octave].iter().all(|id| there(id)) && !there(&lost));
    assert!(store.delete(id, true).unwrap());
    assert_eq!(store.clean(0, future).unwrap(), 0, "it can still be brought back");
    assert_eq!(store.clean(future, future).unwrap(), 4);
    assert!(store.dream(id).unwrap().is_none() && store.bytes().unwrap() == (0, 0));
}
