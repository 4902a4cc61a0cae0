//! The queue. A claim is a lease with a token: a worker that lost it can no longer finish the job.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::clock::now;
use super::dreams;
use super::records::{FinishedDream, JobRecord, NewJob};
use crate::wire::{JobState, Problem, TrainingRun};

/// How long a claim is valid without a renewal, in milliseconds.
const LEASE: i64 = 30_000;
/// The number of ended jobs in the list.
const LISTED: i64 = 50;

/// How to end a job early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopRequest {
    /// Without a dream.
    Cancel,
    /// With the picture so far as the dream.
    Keep,
}

/// Stores an enumeration as text.
macro_rules! stored_as_text {
    ($type:ty, $($value:ident => $word:literal),+) => {
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(match self { $(Self::$value => $word),+ }.into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? { $($word => Ok(Self::$value),)+ _ => Err(FromSqlError::InvalidType) }
            }
        }
    };
}

stored_as_text! { JobState, Queued => "queued", Running => "running", Done => "done", Failed => "failed", Cancelled => "cancelled" }
stored_as_text! { StopRequest, Cancel => "cancel", Keep => "keep" }

/// A worker's claim on a job.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The job.
    pub job: JobRecord,
    token: String,
}

impl JobRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let problem: Option<String> = row.get("problem")?;
        Ok(Self {
            id: row.get("id")?,
            training: row.get("training")?,
            state: row.get("state")?,
            position: row.get("position")?,
            name: row.get("name")?,
            photo: row.get("photo")?,
            recipe: row.get("recipe")?,
            look: row.get("look")?,
            size: row.get::<_, Option<i64>>("size")?.map(|size| size as usize),
            width: row.get::<_, i64>("width")? as usize,
            height: row.get::<_, i64>("height")? as usize,
            parent: row.get("parent")?,
            created: row.get("created")?,
            started: row.get("started")?,
            finished: row.get("finished")?,
            problem: problem.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }
}

fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<JobRecord>> {
    connection.query_row("SELECT * FROM jobs WHERE id = ?1", [id], JobRecord::read).optional()
}

fn all(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<JobRecord>> {
    connection.prepare(sql)?.query_map([], JobRecord::read)?.collect()
}

impl Store {
    /// Puts a job at the end of the queue. Returns its number, or `None` if the queue is full.
    ///
    /// # Errors
    /// A database error.
    pub fn submit(&self, new: &NewJob, most: usize) -> rusqlite::Result<Option<i64>> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        let waiting: i64 =
            change.query_row("SELECT count(*) FROM jobs WHERE state = 'queued'", [], |row| row.get(0))?;
        if waiting >= most as i64 {
            return Ok(None);
        }
        let last: f64 = change.query_row("SELECT coalesce(max(position), 0) FROM jobs", [], |row| row.get(0))?;
        let NewJob { training, name, photo, recipe, look, size, extent, parent } = new;
        change.execute(
            "INSERT INTO jobs (state, position, name, photo, recipe, look, size, width, height, parent, created,
                training) VALUES ('queued', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                last + 1.0,
                name,
                photo,
                recipe,
                look,
                size.map(|size| size as i64),
                extent.0 as i64,
                extent.1 as i64,
                parent,
                now(),
                training
            ],
        )?;
        let id = change.last_insert_rowid();
        change.commit()?;
        Ok(Some(id))
    }

    /// Returns a job.
    ///
    /// # Errors
    /// A database error.
    pub fn job(&self, id: i64) -> rusqlite::Result<Option<JobRecord>> {
        find(&self.connection(), id)
    }

    /// Returns the queued and running jobs in order, then the latest ended ones.
    ///
    /// # Errors
    /// A database error.
    pub fn jobs(&self) -> rusqlite::Result<Vec<JobRecord>> {
        let connection = self.connection();
        let open = "SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY state = 'queued', position, id";
        let ended = format!(
            "SELECT * FROM jobs WHERE state NOT IN ('queued', 'running') ORDER BY finished DESC, id DESC LIMIT {LISTED}"
        );
        let mut jobs = all(&connection, open)?;
        jobs.extend(all(&connection, &ended)?);
        Ok(jobs)
    }

    /// Returns the number of queued and running jobs.
    ///
    /// # Errors
    /// A database error.
    pub fn waiting(&self) -> rusqlite::Result<usize> {
        let sql = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')";
        self.connection().query_row(sql, [], |row| row.get::<_, i64>(0)).map(|count| count as usize)
    }

    /// Moves a queued job before another one, or to the end. Returns whether both are in the queue.
    ///
    /// # Errors
    /// A database error.
    pub fn move_job(&self, id: i64, before: Option<i64>) -> rusqlite::Result<bool> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        let sql = "SELECT id FROM jobs WHERE state = 'queued' ORDER BY position, id";
        let mut order: Vec<i64> =
            change.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if !order.contains(&id) || before == Some(id) {
            return Ok(false);
        }
        order.retain(|other| *other != id);
        let place = match before {
            None => order.len(),
            Some(before) => match order.iter().position(|other| *other == before) {
                Some(place) => place,
                None => return Ok(false),
            },
        };
        order.insert(place, id);
        for (position, id) in order.iter().enumerate() {
            change.execute("UPDATE jobs SET position = ?2 WHERE id = ?1", params![id, position as f64 + 1.0])?;
        }
        change.commit()?;
        Ok(true)
    }

    /// Requests the end of a job. A queued job ends at once, without a dream; a running one when its worker sees the request.
    ///
    /// # Errors
    /// A database error.
    pub fn stop(&self, id: i64, stop: StopRequest) -> rusqlite::Result<()> {
        let connection = self.connection();
        let sql = "UPDATE jobs SET state = 'cancelled', finished = ?2 WHERE id = ?1 AND state = 'queued'";
        if connection.execute(sql, params![id, now()])? == 0 {
            let sql = "UPDATE jobs SET stop = ?2 WHERE id = ?1 AND state = 'running'";
            connection.execute(sql, params![id, stop])?;
        }
        Ok(())
    }

    /// Claims the next job, or one whose claim has expired.
    ///
    /// # Errors
    /// A database error.
    pub fn claim(&self, token: &str) -> rusqlite::Result<Option<Claim>> {
        let connection = self.connection();
        let sql = "UPDATE jobs SET state = 'running', token = ?1, lease = ?2 + ?3, started = coalesce(started, ?2)
            WHERE id = (SELECT id FROM jobs WHERE state = 'queued' OR (state = 'running' AND lease < ?2)
                ORDER BY state = 'queued', position, id LIMIT 1)
            RETURNING *";
        let job = connection.query_row(sql, params![token, now(), LEASE], JobRecord::read).optional()?;
        Ok(job.map(|job| Claim { job, token: token.into() }))
    }

    /// Renews a claim. Returns `None` if it was lost, else how to end the job, if that was requested.
    ///
    /// # Errors
    /// A database error.
    pub fn renew(&self, claim: &Claim) -> rusqlite::Result<Option<Option<StopRequest>>> {
        let sql = "UPDATE jobs SET lease = ?3 WHERE id = ?1 AND token = ?2 AND state = 'running' RETURNING stop";
        let values = params![claim.job.id, claim.token, now() + LEASE];
        self.connection().query_row(sql, values, |row| row.get(0)).optional()
    }

    /// Gives a claim back: the job is queued again, at its old place.
    ///
    /// # Errors
    /// A database error.
    pub fn give_back(&self, claim: &Claim) -> rusqlite::Result<()> {
        let sql = "UPDATE jobs SET state = 'queued', token = NULL, lease = NULL WHERE id = ?1 AND token = ?2";
        self.connection().execute(sql, params![claim.job.id, claim.token]).map(|_| ())
    }

    /// Ends a job with a dream. Returns whether the claim was still valid; if not, nothing changed.
    ///
    /// # Errors
    /// A database error.
    pub fn finish(&self, claim: &Claim, dream: &FinishedDream) -> rusqlite::Result<bool> {
        self.end(claim, JobState::Done, None, |change| dreams::insert(change, &claim.job, dream))
    }

    /// Ends a job with a network and a dream with it, of this look and size. Returns whether the claim was still valid.
    ///
    /// # Errors
    /// A database error.
    pub fn finish_training(
        &self,
        claim: &Claim,
        training: i64,
        run: &TrainingRun,
        (dream, look, (width, height)): (&FinishedDream, &str, (usize, usize)),
    ) -> rusqlite::Result<bool> {
        let run = serde_json::to_string(run).expect("a run is plain data");
        let job = JobRecord { look: look.into(), width, height, ..claim.job.clone() };
        self.end(claim, JobState::Done, None, |change| {
            change.execute("UPDATE trainings SET run = ?2 WHERE id = ?1", params![training, run])?;
            dreams::insert(change, &job, dream)
        })
    }

    /// Returns the unfinished job of a training.
    ///
    /// # Errors
    /// A database error.
    pub fn job_of_training(&self, training: i64) -> rusqlite::Result<Option<JobRecord>> {
        let sql = "SELECT * FROM jobs WHERE training = ?1 AND state IN ('queued', 'running')";
        self.connection().query_row(sql, [training], JobRecord::read).optional()
    }

    /// Returns the number of unfinished trainings.
    ///
    /// # Errors
    /// A database error.
    pub fn unfinished_trainings(&self) -> rusqlite::Result<usize> {
        let sql = "SELECT count(*) FROM jobs WHERE training IS NOT NULL AND state IN ('queued', 'running')";
        self.connection().query_row(sql, [], |row| row.get::<_, i64>(0)).map(|count| count as usize)
    }

    /// Ends a job without a dream. Returns whether the claim was still valid.
    ///
    /// # Errors
    /// A database error.
    pub fn fail(&self, claim: &Claim, problem: Option<&Problem>) -> rusqlite::Result<bool> {
        let state = if problem.is_some() { JobState::Failed } else { JobState::Cancelled };
        self.end(claim, state, problem, |_| Ok(()))
    }

    fn end(
        &self,
        claim: &Claim,
        state: JobState,
        problem: Option<&Problem>,
        also: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<bool> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        let sql = "UPDATE jobs SET state = ?3, finished = ?4, problem = ?5, token = NULL, lease = NULL, stop = NULL
            WHERE id = ?1 AND token = ?2 AND state = 'running'";
        let problem = problem.map(|problem| serde_json::to_string(problem).expect("a problem is plain data"));
        if change.execute(sql, params![claim.job.id, claim.token, state, now(), problem])? == 0 {
            return Ok(false);
        }
        also(&change)?;
        change.commit()?;
        Ok(true)
    }

    /// Stores the id of a dream's picture after an octave, from 1.
    ///
    /// # Errors
    /// A database error.
    pub fn keep_octave(&self, job: i64, octave: usize, picture: &str) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO octaves VALUES (?1, ?2, ?3)";
        self.connection().execute(sql, params![job, octave as i64, picture]).map(|_| ())
    }

    /// Returns the id of a dream's picture after an octave, if it is stored.
    ///
    /// # Errors
    /// A database error.
    pub fn octave(&self, job: i64, octave: usize) -> rusqlite::Result<Option<String>> {
        let sql = "SELECT picture FROM octaves WHERE job = ?1 AND octave = ?2";
        self.connection().query_row(sql, params![job, octave as i64], |row| row.get(0)).optional()
    }

    /// Queues claimed jobs again, after a crash of their worker.
    pub(super) fn free_claims(&self) -> rusqlite::Result<()> {
        self.connection().execute("UPDATE jobs SET lease = 0 WHERE state = 'running'", []).map(|_| ())
    }
}
