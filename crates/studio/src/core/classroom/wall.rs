//! The wall: dreams that visitors offer, and that all see once the teacher has put them up.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::wire::VisitorName;

/// The most dreams of a visitor that wait for the teacher, and the most on the wall and waiting together.
const OFFERS: usize = 5;
const ENTRIES: usize = 300;

/// A dream on the wall, or one that was offered.
#[derive(Clone)]
pub struct WallEntry {
    /// From 1.
    pub id: i64,
    /// The number and name of the visitor; `None` for the teacher.
    pub by: Option<(u32, VisitorName)>,
    /// The id of the dream in the space of the visitor.
    pub dream: i64,
    /// The name of its filter.
    pub filter: String,
    /// Its width and height in pixels.
    pub size: (usize, usize),
    /// A view of it and its MIME type, without the recipe.
    pub picture: Arc<[u8]>,
    /// The MIME type.
    pub kind: &'static str,
    /// Whether all see it.
    pub shown: bool,
}

/// Why a dream cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum WallError {
    /// It is there.
    #[error("This dream is on the wall already, or waits for the teacher.")]
    Known,
    /// Too many wait.
    #[error("{OFFERS} of your dreams wait for the teacher; offer more when they are on the wall.")]
    TooMany,
    /// The wall is full.
    #[error("The wall is full: it has {ENTRIES} dreams.")]
    Full,
}

/// The wall of a class.
#[derive(Default)]
pub struct Wall(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    count: i64,
    /// In the order in which they hang.
    all: Vec<WallEntry>,
}

impl Wall {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().expect("nothing panics while it holds the wall")
    }

    /// All dreams in their order.
    pub fn all(&self) -> Vec<WallEntry> {
        self.lock().all.clone()
    }

    /// The dream with this id.
    pub fn get(&self, id: i64) -> Option<WallEntry> {
        self.lock().all.iter().find(|entry| entry.id == id).cloned()
    }

    /// Adds a dream at the end, under a new id.
    ///
    /// # Errors
    /// A dream that is there; too many dreams.
    pub fn add(&self, entry: WallEntry) -> Result<WallEntry, WallError> {
        let mut wall = self.lock();
        let number = |entry: &WallEntry| entry.by.as_ref().map(|(number, _)| *number);
        let own = wall.all.iter().filter(|other| number(other) == number(&entry));
        let waiting = own.clone().filter(|other| !other.shown).count();
        if own.clone().any(|other| other.dream == entry.dream) {
            return Err(WallError::Known);
        }
        if waiting >= OFFERS {
            return Err(WallError::TooMany);
        }
        if wall.all.len() >= ENTRIES {
            return Err(WallError::Full);
        }
        wall.count += 1;
        let entry = WallEntry { id: wall.count, ..entry };
        wall.all.push(entry.clone());
        Ok(entry)
    }

    /// Puts a dream up for all, or takes it down again. One that is put up hangs last. Returns whether it is there.
    pub fn show(&self, id: i64, shown: bool) -> bool {
        let mut wall = self.lock();
        let Some(at) = wall.all.iter().position(|entry| entry.id == id) else { return false };
        let entry = WallEntry { shown, ..wall.all.remove(at) };
        wall.all.push(entry);
        true
    }

    /// Hangs a dream before another one, or last. Returns whether both are there.
    pub fn put(&self, id: i64, before: Option<i64>) -> bool {
        let mut wall = self.lock();
        let place = |wall: &Entries, id| wall.all.iter().position(|entry| entry.id == id);
        let Some(at) = place(&wall, id) else { return false };
        if before.is_some_and(|before| before == id || place(&wall, before).is_none()) {
            return false;
        }
        let entry = wall.all.remove(at);
        let to = before.and_then(|before| place(&wall, before)).unwrap_or(wall.all.len());
        wall.all.insert(to, entry);
        true
    }

    /// Removes a dream.
    pub fn remove(&self, id: i64) {
        self.lock().all.retain(|entry| entry.id != id);
    }

    /// Removes all dreams.
    pub fn clear(&self) {
        self.lock().all.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32, dream: i64) -> WallEntry {
        let by = Some((number, VisitorName { colour: "blue", animal: "otter" }));
        let (filter, picture) = ("dogs".to_owned(), Arc::from(&b"picture"[..]));
        WallEntry { id: 0, by, dream, filter, size: (4, 3), picture, kind: "image/jpeg", shown: false }
    }

    fn order(wall: &Wall) -> Vec<i64> {
        wall.all().iter().map(|entry| entry.dream).collect()
    }

    #[test]
    fn dreams_hang_in_the_order_that_the_teacher_gives_them() {
        let wall = Wall::default();
        let ids: Vec<i64> = (1..=3).map(|dream| wall.add(entry(1, dream)).unwrap().id).collect();
        assert!(wall.put(ids[2], Some(ids[0])));
        assert_eq!(order(&wall), [3, 1, 2]);
        assert!(wall.put(ids[2], None) && !wall.put(ids[0], Some(ids[0])) && !wall.put(99, None));
        assert_eq!(order(&wall), [1, 2, 3]);
        assert!(wall.show(ids[0], true) && !wall.show(99, true));
        assert_eq!(order(&wall), [2, 3, 1]);
        wall.remove(ids[1]);
        assert_eq!(order(&wall), [3, 1]);
    }

    #[test]
    fn a_visitor_offers_a_dream_once_and_not_too_many() {
        let wall = Wall::default();
        (0..OFFERS as i64).for_each(|dream| drop(wall.add(entry(1, dream)).unwrap()));
        assert!(matches!(wall.add(entry(1, 0)), Err(WallError::Known)));
        assert!(matches!(wall.add(entry(1, 9)), Err(WallError::TooMany)));
        let other = wall.add(entry(2, 0)).unwrap();
        assert!(wall.show(wall.all()[0].id, true) && wall.add(entry(1, 9)).is_ok());
        assert_eq!(wall.get(other.id).unwrap().by.unwrap().0, 2);
    }
}
