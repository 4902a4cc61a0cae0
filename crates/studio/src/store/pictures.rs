//! The records of pictures: photos, masks, guide images and dreams.

use rusqlite::{OptionalExtension, Row, params};

use super::Store;
use super::blobs::is_id;
use super::clock::now;
use super::trainings;

/// A picture file.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRecord {
    /// The SHA-256 of its bytes.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its MIME type.
    pub kind: String,
    /// Its width in pixels.
    pub width: usize,
    /// Its height in pixels.
    pub height: usize,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The text of the recipe inside it.
    pub recipe: Option<String>,
}

impl PictureRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            width: row.get::<_, i64>("width")? as usize,
            height: row.get::<_, i64>("height")? as usize,
            bytes: row.get::<_, i64>("bytes")? as u64,
            created: row.get("created")?,
            recipe: row.get("recipe")?,
        })
    }
}

impl Store {
    /// Records a picture whose file is stored. A known picture gets the new name.
    ///
    /// # Errors
    /// A database error.
    pub fn add_picture(&self, picture: &PictureRecord) -> rusqlite::Result<()> {
        let sql = "INSERT INTO pictures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (id) DO UPDATE SET name = ?2, created = ?7";
        let PictureRecord { id, name, kind, width, height, bytes, recipe, .. } = picture;
        let values = params![id, name, kind, *width as i64, *height as i64, *bytes as i64, now(), recipe];
        self.connection().execute(sql, values).map(|_| ())
    }

    /// Returns the picture with this id, if there is one.
    ///
    /// # Errors
    /// A database error.
    pub fn picture(&self, id: &str) -> rusqlite::Result<Option<PictureRecord>> {
        if !is_id(id) {
            return Ok(None);
        }
        self.connection().query_row("SELECT * FROM pictures WHERE id = ?1", [id], PictureRecord::read).optional()
    }

    /// Returns the bytes of all pictures, and their number.
    ///
    /// # Errors
    /// A database error.
    pub fn bytes(&self) -> rusqlite::Result<(u64, usize)> {
        let sql = "SELECT coalesce(sum(bytes), 0), count(*) FROM pictures";
        self.connection().query_row(sql, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as usize)))
    }

    /// Removes dreams deleted before `deleted`, and unused pictures added before `unused`, both in milliseconds since 1970. Returns
    /// the number of removed pictures.
    ///
    /// # Errors
    /// A database error.
    pub fn clean(&self, deleted: i64, unused: i64) -> rusqlite::Result<usize> {
        self.clean_work();
        let mut connection = self.connection();
        let change = connection.transaction()?;
        change.execute("DELETE FROM octaves WHERE job IN (SELECT id FROM dreams WHERE deleted < ?1)", [deleted])?;
        change.execute("DELETE FROM dreams WHERE deleted < ?1", [deleted])?;
        change.execute(
            "DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND finished < ?1
                AND id NOT IN (SELECT id FROM dreams) AND id NOT IN (SELECT job FROM octaves)",
            [deleted],
        )?;
        // The text of a recipe names its masks and its guide image.
        trainings::forget(&change, deleted)?;
        let sql = "SELECT id FROM pictures AS p WHERE created < ?1
            AND id NOT IN (SELECT picture FROM training_pictures)
            AND id NOT IN (SELECT photo FROM trainings WHERE photo IS NOT NULL)
            AND id NOT IN (SELECT photo FROM jobs) AND id NOT IN (SELECT picture FROM octaves)
            AND id NOT IN (SELECT photo FROM dreams) AND id NOT IN (SELECT picture FROM dreams)
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE instr(recipe, p.id))
            AND NOT EXISTS (SELECT 1 FROM dreams WHERE instr(recipe, p.id))";
        let gone: Vec<String> =
            change.prepare(sql)?.query_map([unused], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for id in &gone {
            change.execute("DELETE FROM pictures WHERE id = ?1", [id])?;
        }
        change.commit()?;
        for id in &gone {
            // A file that cannot be removed is used again if the same picture is uploaded.
            let _ = std::fs::remove_file(self.blob(id));
        }
        Ok(gone.len())
    }
}
