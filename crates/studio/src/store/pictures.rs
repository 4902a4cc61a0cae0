//! The pictures that are known: photos, masks, guides, and dreams.

use rusqlite::{OptionalExtension, Row, params};

use super::Store;
use super::blobs::is_id;
use super::clock::now;

/// A picture file.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRecord {
    /// The SHA-256 of its bytes.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its MIME type.
    pub kind: String,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Length of the file.
    pub bytes: u64,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The text of the recipe that it carries.
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
    /// Tells of a picture whose file is there. One that is known gets the new name.
    ///
    /// # Errors
    /// What the database reports.
    pub fn add_picture(&self, picture: &PictureRecord) -> rusqlite::Result<()> {
        let sql = "INSERT INTO pictures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (id) DO UPDATE SET name = ?2, created = ?7";
        let PictureRecord { id, name, kind, width, height, bytes, recipe, .. } = picture;
        let values = params![id, name, kind, *width as i64, *height as i64, *bytes as i64, now(), recipe];
        self.connection().execute(sql, values).map(|_| ())
    }

    /// The picture with this id, if it is known.
    ///
    /// # Errors
    /// What the database reports.
    pub fn picture(&self, id: &str) -> rusqlite::Result<Option<PictureRecord>> {
        if !is_id(id) {
            return Ok(None);
        }
        self.connection().query_row("SELECT * FROM pictures WHERE id = ?1", [id], PictureRecord::read).optional()
    }

    /// Bytes of all pictures.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bytes(&self) -> rusqlite::Result<u64> {
        let sql = "SELECT coalesce(sum(bytes), 0) FROM pictures";
        self.connection().query_row(sql, [], |row| row.get::<_, i64>(0)).map(|bytes| bytes as u64)
    }

    /// Forgets dreams that were deleted before `deleted`, and pictures that nothing needs and that came before `unused`; both
    /// in milliseconds since 1970.
    ///
    /// # Errors
    /// What the database reports.
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
        // A mask or a guide is named in the text of a recipe.
        let sql = "SELECT id FROM pictures AS p WHERE created < ?1
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
            // A file that stays is found again if the same picture comes.
            let _ = std::fs::remove_file(self.blob(id));
        }
        Ok(gone.len())
    }
}
