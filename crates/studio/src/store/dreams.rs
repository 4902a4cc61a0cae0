//! The gallery.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, Transaction, params, params_from_iter};

use super::Store;
use super::clock::now;
use super::records::{DreamRecord, FinishedDream, JobRecord};

/// A search in the gallery.
#[derive(Clone, Debug, Default)]
pub struct DreamFilter {
    /// Words that must all occur in the name, filter, network, objective or classes.
    pub words: String,
    /// The filter's name.
    pub filter: Option<String>,
    /// The id of the photo.
    pub photo: Option<String>,
    /// A text in the name of one of its classes.
    pub class: Option<String>,
    /// Only favourites, or only others.
    pub favourite: Option<bool>,
    /// Made at this time or later, in milliseconds since 1970.
    pub after: Option<i64>,
    /// Made before this time, in milliseconds since 1970.
    pub before: Option<i64>,
}

/// A page of dreams, newest first.
#[derive(Clone, Debug)]
pub struct DreamPage {
    /// The dreams.
    pub dreams: Vec<DreamRecord>,
    /// The number of the last one, if more follow.
    pub next: Option<i64>,
    /// The number of dreams on all pages.
    pub total: usize,
}

const COLUMNS: &str = "dreams.*, (SELECT count(*) FROM octaves WHERE job = dreams.id) AS octaves";

impl DreamRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let classes: String = row.get("classes")?;
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            created: row.get("created")?,
            photo: row.get("photo")?,
            picture: row.get("picture")?,
            width: row.get::<_, i64>("width")? as usize,
            height: row.get::<_, i64>("height")? as usize,
            filter: row.get("filter")?,
            model: row.get("model")?,
            seed: row.get("seed")?,
            recipe: row.get("recipe")?,
            look: row.get("look")?,
            size: row.get::<_, Option<i64>>("size")?.map(|size| size as usize),
            seconds: row.get("seconds")?,
            favourite: row.get("favourite")?,
            parent: row.get("parent")?,
            octaves: row.get::<_, i64>("octaves")? as usize,
            stopped: row.get("stopped")?,
            classes: serde_json::from_str(&classes).unwrap_or_default(),
        })
    }
}

impl DreamFilter {
    /// Returns an SQL condition and its values.
    fn condition(&self) -> (String, Vec<Value>) {
        let (mut parts, mut values) = (vec!["deleted IS NULL".to_owned()], Vec::new());
        let mut also = |part: &str, value: Value| {
            parts.push(part.to_owned());
            values.push(value);
        };
        for word in self.words.split_whitespace() {
            also("instr(words, ?)", word.to_lowercase().into());
        }
        if let Some(filter) = &self.filter {
            also("filter = ?", filter.clone().into());
        }
        if let Some(photo) = &self.photo {
            also("photo = ?", photo.clone().into());
        }
        if let Some(class) = &self.class {
            also("instr(lower(classes), ?)", class.to_lowercase().into());
        }
        if let Some(favourite) = self.favourite {
            also("favourite = ?", i64::from(favourite).into());
        }
        if let Some(after) = self.after {
            also("created >= ?", after.into());
        }
        if let Some(before) = self.before {
            also("created < ?", before.into());
        }
        (parts.join(" AND "), values)
    }
}

/// Returns the text that searches look through.
fn words(name: &str, finished: &FinishedDream) -> String {
    let classes = finished.classes.before.iter().chain(&finished.classes.after).map(|class| class.name.as_str());
    let words = [name, &finished.filter, &finished.model, &finished.objective].into_iter().chain(classes);
    words.collect::<Vec<_>>().join("\n").to_lowercase()
}

pub(super) fn insert(change: &Transaction<'_>, job: &JobRecord, finished: &FinishedDream) -> rusqlite::Result<()> {
    let FinishedDream { picture, recipe, filter, model, seed, seconds, stopped, classes, .. } = finished;
    change.execute(
        "INSERT INTO dreams (id, name, created, photo, picture, width, height, filter, model, seed, recipe, look, size,
            seconds, parent, stopped, classes, words)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        params![
            job.id,
            job.name,
            now(),
            job.photo,
            picture,
            job.width as i64,
            job.height as i64,
            filter,
            model,
            seed.to_string(),
            recipe,
            job.look,
            job.size.map(|size| size as i64),
            seconds,
            job.parent,
            stopped,
            serde_json::to_string(classes).expect("classes are plain data"),
            words(&job.name, finished),
        ],
    )?;
    Ok(())
}

impl Store {
    /// Returns a dream, deleted or not.
    ///
    /// # Errors
    /// A database error.
    pub fn dream(&self, id: i64) -> rusqlite::Result<Option<DreamRecord>> {
        let sql = format!("SELECT {COLUMNS} FROM dreams WHERE id = ?1");
        self.connection().query_row(&sql, [id], DreamRecord::read).optional()
    }

    /// Returns at most `limit` dreams, newest first, after the one with the number `cursor`.
    ///
    /// # Errors
    /// A database error.
    pub fn dreams(&self, filter: &DreamFilter, limit: usize, cursor: Option<i64>) -> rusqlite::Result<DreamPage> {
        let (condition, mut values) = filter.condition();
        let connection = self.connection();
        let sql = format!("SELECT count(*) FROM dreams WHERE {condition}");
        let total: i64 = connection.query_row(&sql, params_from_iter(&values), |row| row.get(0))?;
        let mut after = "";
        if let Some(cursor) = cursor {
            after = "AND (created, id) < (SELECT created, id FROM dreams WHERE id = ?)";
            values.push(cursor.into());
        }
        values.push((limit as i64 + 1).into());
        let sql =
            format!("SELECT {COLUMNS} FROM dreams WHERE {condition} {after} ORDER BY created DESC, id DESC LIMIT ?");
        let mut dreams: Vec<DreamRecord> = connection
            .prepare(&sql)?
            .query_map(params_from_iter(&values), DreamRecord::read)?
            .collect::<rusqlite::Result<_>>()?;
        let more = dreams.len() > limit;
        dreams.truncate(limit);
        let next = dreams.last().map(|dream| dream.id).filter(|_| more);
        Ok(DreamPage { dreams, next, total: total as usize })
    }

    /// Returns the names of all filters in the gallery, sorted.
    ///
    /// # Errors
    /// A database error.
    pub fn filters(&self) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT DISTINCT filter FROM dreams WHERE deleted IS NULL ORDER BY filter";
        self.connection().prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    }

    /// Renames a dream, also for searches.
    ///
    /// # Errors
    /// A database error.
    pub fn rename(&self, id: i64, name: &str) -> rusqlite::Result<()> {
        let sql = "UPDATE dreams SET name = ?2, words = ?3 || substr(words, instr(words, char(10))) WHERE id = ?1";
        self.connection().execute(sql, params![id, name, name.to_lowercase()]).map(|_| ())
    }

    /// Makes a dream a favourite, or not.
    ///
    /// # Errors
    /// A database error.
    pub fn favour(&self, id: i64, favourite: bool) -> rusqlite::Result<()> {
        let sql = "UPDATE dreams SET favourite = ?2 WHERE id = ?1";
        self.connection().execute(sql, params![id, favourite]).map(|_| ())
    }

    /// Deletes a dream, or restores it. Returns whether that changed anything.
    ///
    /// # Errors
    /// A database error.
    pub fn delete(&self, id: i64, deleted: bool) -> rusqlite::Result<bool> {
        let sql = "UPDATE dreams SET deleted = ?2 WHERE id = ?1 AND (deleted IS NULL) = ?3";
        Ok(self.connection().execute(sql, params![id, deleted.then(now), deleted])? == 1)
    }
}
