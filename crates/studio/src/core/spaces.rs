//! The studios that this program runs: one, or in a class the teacher's and one for each visitor.
//!
//! Each space is a whole studio with a folder, a queue and a stream of events of its own. So nothing that belongs to one visitor
//! can be reached from another space. They share one worker, which serves them in turns.

use std::sync::Arc;

use super::classroom::{Classroom, Member};
use super::state::StudioState;
use crate::store::Claim;

/// The only studio, or all of a class.
pub struct Spaces {
    main: Arc<StudioState>,
    classroom: Option<Arc<Classroom>>,
}

/// Who sent a request.
pub struct Visit {
    /// The studio that answers.
    pub studio: Arc<StudioState>,
    /// The place in the class, if there is a class.
    pub member: Option<Member>,
}

impl Spaces {
    /// Creates the spaces of a studio without a class, or with one.
    pub fn new(main: Arc<StudioState>, classroom: Option<Classroom>) -> Self {
        Self { main, classroom: classroom.map(Arc::new) }
    }

    /// The only studio, or the teacher's.
    pub fn main(&self) -> &Arc<StudioState> {
        &self.main
    }

    /// The class, if there is one.
    pub fn classroom(&self) -> Option<&Arc<Classroom>> {
        self.classroom.as_ref()
    }

    /// Returns whose request has these cookies; `None` if the client must log in or join the class first.
    pub fn visit(&self, cookies: &str) -> Option<Visit> {
        let main = || self.main.clone();
        let Some(classroom) = &self.classroom else {
            let welcome = !self.main.login.is_needed() || self.main.login.has_session(cookies);
            return welcome.then(|| Visit { studio: main(), member: None });
        };
        let member = classroom.member(cookies)?;
        let studio = member.visitor.as_ref().map_or_else(main, |visitor| visitor.studio.clone());
        Some(Visit { studio, member: Some(member) })
    }

    /// All spaces, by their numbers.
    fn all(&self) -> Vec<Arc<StudioState>> {
        let visitors = self.classroom.iter().flat_map(|classroom| classroom.visitors());
        let spaces = visitors.map(|visitor| visitor.studio.clone());
        std::iter::once(self.main.clone()).chain(spaces).collect()
    }

    /// Whether no job of this space may start: its queue is paused, or all of the class.
    ///
    /// # Errors
    /// A database error.
    pub fn is_paused(&self, studio: &StudioState) -> rusqlite::Result<bool> {
        let all = self.classroom.as_ref().is_some_and(|classroom| classroom.is_paused());
        Ok(all || studio.store.is_paused()?)
    }

    /// Claims a job of the first space that has one: first those with higher numbers than `last`, which had the last turn.
    ///
    /// # Errors
    /// A database error.
    pub fn claim(&self, last: u32, token: &str) -> rusqlite::Result<Option<(Arc<StudioState>, Claim)>> {
        let mut spaces = self.all();
        let next = spaces.iter().position(|space| space.number > last).unwrap_or(0);
        spaces.rotate_left(next);
        for space in spaces {
            if self.is_paused(&space)? || space.is_closing() {
                continue;
            }
            if let Some(claim) = space.store.claim(token)? {
                return Ok(Some((space, claim)));
            }
        }
        Ok(None)
    }

    /// Whether a job of another space could start now.
    pub fn others_wait(&self, studio: &StudioState) -> bool {
        let waits = |space: &Arc<StudioState>| {
            let paused = self.is_paused(space).unwrap_or(true);
            space.number != studio.number && !paused && space.store.waiting().is_ok_and(|count| count > 0)
        };
        self.all().iter().any(waits)
    }

    /// Ends the class, if there is one, and the workers.
    pub fn close(&self) {
        if let Some(classroom) = &self.classroom {
            classroom.end();
        }
        self.main.close();
    }
}
