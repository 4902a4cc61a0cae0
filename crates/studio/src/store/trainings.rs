//! Trainings: their classes and pictures.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Store;
use super::clock::now;
use crate::wire::{DrawnPictures, TrainingChoices, TrainingRun};

/// A training.
#[derive(Clone, Debug)]
pub struct TrainingRecord {
    /// Its number.
    pub id: i64,
    /// The name of its network.
    pub name: String,
    /// The id of the photo of its small dreams.
    pub photo: Option<String>,
    /// How it is trained.
    pub settings: TrainingChoices,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The plan of its last run, as JSON.
    pub plan: Option<String>,
    /// How far the last run came.
    pub run: Option<TrainingRun>,
    /// Its classes, in the order in which they were added.
    pub classes: Vec<ClassRecord>,
}

/// A class of a training.
#[derive(Clone, Debug)]
pub struct ClassRecord {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Pictures that are drawn for it.
    pub drawn: Option<DrawnPictures>,
    /// The ids of its pictures, in the order in which they were added.
    pub pictures: Vec<String>,
}

/// Reads an optional column with JSON.
fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("it is plain data")
}

impl TrainingRecord {
    /// Without its classes.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            photo: row.get("photo")?,
            settings: json(row, "settings")?.unwrap_or_default(),
            created: row.get("created")?,
            plan: row.get("plan")?,
            run: json(row, "run")?,
            classes: Vec::new(),
        })
    }
}

fn classes(connection: &Connection, training: i64) -> rusqlite::Result<Vec<ClassRecord>> {
    let sql = "SELECT picture FROM training_pictures WHERE class = ?1 AND removed IS NULL ORDER BY id";
    let mut pictures = connection.prepare(sql)?;
    let sql = "SELECT * FROM training_classes WHERE training = ?1 ORDER BY id";
    let read = |row: &Row<'_>| {
        let id = row.get("id")?;
        Ok(ClassRecord { id, name: row.get("name")?, drawn: json(row, "drawn")?, pictures: Vec::new() })
    };
    let mut classes: Vec<ClassRecord> =
        connection.prepare(sql)?.query_map([training], read)?.collect::<rusqlite::Result<_>>()?;
    for class in &mut classes {
        class.pictures = pictures.query_map([class.id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    }
    Ok(classes)
}

impl Store {
    /// Adds a training with these classes. Returns its number.
    ///
    /// # Errors
    /// A database error.
    pub fn add_training(
        &self,
        name: &str,
        settings: &TrainingChoices,
        classes: &[(String, Option<DrawnPictures>)],
    ) -> rusqlite::Result<i64> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        let sql = "INSERT INTO trainings (name, settings, created) VALUES (?1, ?2, ?3)";
        change.execute(sql, params![name, text(settings), now()])?;
        let id = change.last_insert_rowid();
        for (name, drawn) in classes {
            let sql = "INSERT INTO training_classes (training, name, drawn) VALUES (?1, ?2, ?3)";
            change.execute(sql, params![id, name, drawn.as_ref().map(text)])?;
        }
        change.commit()?;
        Ok(id)
    }

    /// Returns a training.
    ///
    /// # Errors
    /// A database error.
    pub fn training(&self, id: i64) -> rusqlite::Result<Option<TrainingRecord>> {
        let connection = self.connection();
        let sql = "SELECT * FROM trainings WHERE id = ?1 AND deleted IS NULL";
        let Some(training) = connection.query_row(sql, [id], TrainingRecord::read).optional()? else {
            return Ok(None);
        };
        Ok(Some(TrainingRecord { classes: classes(&connection, id)?, ..training }))
    }

    /// Returns all trainings, the newest first.
    ///
    /// # Errors
    /// A database error.
    pub fn trainings(&self) -> rusqlite::Result<Vec<TrainingRecord>> {
        let connection = self.connection();
        let sql = "SELECT * FROM trainings WHERE deleted IS NULL ORDER BY created DESC, id DESC";
        let mut all: Vec<TrainingRecord> =
            connection.prepare(sql)?.query_map([], TrainingRecord::read)?.collect::<rusqlite::Result<_>>()?;
        for training in &mut all {
            training.classes = classes(&connection, training.id)?;
        }
        Ok(all)
    }

    /// Changes name, photo and settings of a training.
    ///
    /// # Errors
    /// A database error.
    pub fn change_training(&self, training: &TrainingRecord) -> rusqlite::Result<()> {
        let TrainingRecord { id, name, photo, settings, .. } = training;
        let sql = "UPDATE trainings SET name = ?2, photo = ?3, settings = ?4 WHERE id = ?1";
        self.connection().execute(sql, params![id, name, photo, text(settings)]).map(|_| ())
    }

    /// Deletes a training.
    ///
    /// # Errors
    /// A database error.
    pub fn delete_training(&self, id: i64) -> rusqlite::Result<()> {
        self.connection().execute("UPDATE trainings SET deleted = ?2 WHERE id = ?1", params![id, now()]).map(|_| ())
    }

    /// Stores the plan of a run that begins, or the one that it turned out to be.
    ///
    /// # Errors
    /// A database error.
    pub fn set_plan(&self, training: i64, plan: &str) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        change.execute("UPDATE trainings SET plan = ?2 WHERE id = ?1", params![training, plan])?;
        let sql = "UPDATE jobs SET recipe = ?2 WHERE training = ?1 AND state IN ('queued', 'running')";
        change.execute(sql, params![training, plan])?;
        change.commit()
    }

    /// Adds a class.
    ///
    /// # Errors
    /// A database error.
    pub fn add_class(&self, training: i64, name: &str, drawn: Option<&DrawnPictures>) -> rusqlite::Result<()> {
        let sql = "INSERT INTO training_classes (training, name, drawn) VALUES (?1, ?2, ?3)";
        self.connection().execute(sql, params![training, name, drawn.map(text)]).map(|_| ())
    }

    /// Renames a class.
    ///
    /// # Errors
    /// A database error.
    pub fn rename_class(&self, class: i64, name: &str) -> rusqlite::Result<()> {
        self.connection()
            .execute("UPDATE training_classes SET name = ?2 WHERE id = ?1", params![class, name])
            .map(|_| ())
    }

    /// Deletes a class with its list of pictures.
    ///
    /// # Errors
    /// A database error.
    pub fn delete_class(&self, class: i64) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        change.execute("DELETE FROM training_pictures WHERE class = ?1", [class])?;
        change.execute("DELETE FROM training_classes WHERE id = ?1", [class])?;
        change.commit()
    }

    /// Adds a stored picture to a class. Returns whether the class had it already.
    ///
    /// # Errors
    /// A database error.
    pub fn add_to_class(&self, class: i64, picture: &str) -> rusqlite::Result<bool> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        let sql = "SELECT 1 FROM training_pictures WHERE class = ?1 AND picture = ?2 AND removed IS NULL";
        let known = change.query_row(sql, params![class, picture], |_| Ok(())).optional()?.is_some();
        if !known {
            let sql = "INSERT OR REPLACE INTO training_pictures (class, picture) VALUES (?1, ?2)";
            change.execute(sql, params![class, picture])?;
        }
        change.commit()?;
        Ok(known)
    }

    /// Takes pictures out of a class, or puts them back.
    ///
    /// # Errors
    /// A database error.
    pub fn remove_from_class(&self, class: i64, pictures: &[String], removed: bool) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        for picture in pictures {
            let sql = "UPDATE training_pictures SET removed = ?3 WHERE class = ?1 AND picture = ?2";
            change.execute(sql, params![class, picture, removed.then(now)])?;
        }
        change.commit()
    }
}

/// Forgets what was deleted or taken out before this time, in milliseconds since 1970.
pub(super) fn forget(change: &Connection, before: i64) -> rusqlite::Result<()> {
    let deleted = "SELECT id FROM training_classes
        WHERE training IN (SELECT id FROM trainings WHERE deleted < ?1)";
    let sql = format!("DELETE FROM training_pictures WHERE removed < ?1 OR class IN ({deleted})");
    change.execute(&sql, [before])?;
    change.execute(&format!("DELETE FROM training_classes WHERE id IN ({deleted})"), [before]).map(|_| ())
}
