//! Rows of square pictures, each with a heading on its left: a network, layer by layer.

use super::text::Face;
use super::{BACKGROUND, CAPTION, NOTE, place};
use crate::picture::{Picture, PictureError};

/// Colour of the bars of a chart: the upper orange of the heat of maps.
const BAR: [f32; 3] = [0.988, 0.537, 0.38];
/// The most rows below each other.
const MOST_IN_A_COLUMN: usize = 12;

/// Size of the letters, as a part of the side of a tile.
const EM: f32 = 0.125;
/// The smallest letters, in pixels.
const LEAST_EM: f32 = 13.0;
/// Measures in em: the room of headings, and the spaces.
const HEADING: f32 = 8.6;
const MARGIN: f32 = 1.8;
const GAP: f32 = 0.8;
const BETWEEN_ROWS: f32 = 0.9;
const BETWEEN_COLUMNS: f32 = 3.0;
const CAPTION_HEIGHT: f32 = 1.5;
/// The room of a percentage.
const PERCENT: f32 = 3.4;

/// Rows of pictures of one size, from top to bottom; many rows make several columns.
pub(in crate::inspect) struct Rows {
    side: usize,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    heading: String,
    notes: Vec<String>,
    content: Content,
}

enum Content {
    /// Pictures with their captions.
    Tiles(Vec<(Picture, String)>),
    /// Names with their parts of 1, as bars.
    Bars(Vec<(String, f32)>),
}

impl Rows {
    /// No rows yet, for pictures of `side` by `side` pixels.
    pub fn new(side: usize, title: impl Into<String>) -> Self {
        Self { side, title: title.into(), rows: Vec::new() }
    }

    /// Adds a row of pictures, which have the size of a tile, with the captions below them.
    pub fn add(&mut self, heading: impl Into<String>, notes: Vec<String>, tiles: Vec<(Picture, String)>) {
        self.rows.push(Row { heading: heading.into(), notes, content: Content::Tiles(tiles) });
    }

    /// Adds a chart of names with their parts of 1.
    pub fn add_bars(&mut self, heading: impl Into<String>, notes: Vec<String>, bars: Vec<(String, f32)>) {
        self.rows.push(Row { heading: heading.into(), notes, content: Content::Bars(bars) });
    }

    /// Draws the rows.
    ///
    /// # Errors
    /// [`PictureError::OutOfMemory`] if the sheet is too large for this machine.
    pub fn render(&self) -> Result<Picture, PictureError> {
        let face = Face::new();
        let em = (self.side as f32 * EM).max(LEAST_EM).round();
        let ems = |count: f32| (em * count).round() as usize;
        let tiles = |row: &Row| if let Content::Tiles(tiles) = &row.content { tiles.len() } else { 0 };
        let across = self.rows.iter().map(tiles).max().unwrap_or_default().max(1);
        let columns = self.rows.len().div_ceil(MOST_IN_A_COLUMN).max(1);
        let below = self.rows.len().div_ceil(columns);
        let (row_height, head) = (self.side + ems(CAPTION_HEIGHT + BETWEEN_ROWS), ems(2.4));
        let column_width = ems(HEADING) + across * (self.side + ems(GAP)) - ems(GAP);
        let width = 2 * ems(MARGIN) + columns * (column_width + ems(BETWEEN_COLUMNS)) - ems(BETWEEN_COLUMNS);
        let height = 2 * ems(MARGIN) + head + below * row_height - ems(BETWEEN_ROWS);
        let mut sheet = Picture::filled(width, height, BACKGROUND)?;
        let large = (em * 1.4).round();
        let title = face.shorten(&self.title, large, (width - 2 * ems(MARGIN)) as f32);
        face.write(&mut sheet, &title, large, (ems(MARGIN) as f32, ems(MARGIN) as f32 + large * 0.7), CAPTION);
        for (index, row) in self.rows.iter().enumerate() {
            let left = ems(MARGIN) + index / below * (column_width + ems(BETWEEN_COLUMNS));
            let top = ems(MARGIN) + head + index % below * row_height;
            write_heading(&mut sheet, &face, row, (left, top), em);
            let left = left + ems(HEADING);
            match &row.content {
                Content::Tiles(tiles) => {
                    for (number, (picture, caption)) in tiles.iter().enumerate() {
                        let left = left + number * (self.side + ems(GAP));
                        place(&mut sheet, picture, (left, top), em * 0.2);
                        let caption = face.shorten(caption, em, self.side as f32);
                        let baseline = (top + self.side) as f32 + (em * 1.15).round();
                        face.write(&mut sheet, &caption, em, (left as f32, baseline), NOTE);
                    }
                }
                Content::Bars(bars) => {
                    let room = across * (self.side + ems(GAP)) - ems(GAP);
                    draw_bars(&mut sheet, &face, bars, (left, top), (room, self.side), em);
                }
            }
        }
        Ok(sheet)
    }
}

fn write_heading(sheet: &mut Picture, face: &Face, row: &Row, (left, top): (usize, usize), em: f32) {
    let room = em * (HEADING - 1.0);
    let large = (em * 1.2).round();
    let heading = face.shorten(&row.heading, large, room);
    face.write(sheet, &heading, large, (left as f32, top as f32 + large * 0.75), CAPTION);
    for (line, note) in row.notes.iter().enumerate() {
        let note = face.shorten(note, em, room);
        let baseline = top as f32 + large * 0.75 + (em * 1.4 * (line + 1) as f32).round();
        face.write(sheet, &note, em, (left as f32, baseline), NOTE);
    }
}

/// Draws bars below each other within `room`, each with its percentage before and its name behind it.
fn draw_bars(
    sheet: &mut Picture,
    face: &Face,
    bars: &[(String, f32)],
    (left, top): (usize, usize),
    (width, height): (usize, usize),
    em: f32,
) {
    let pitch = height / bars.len().max(1);
    let thick = (em * 0.7).round() as usize;
    let begin = left + (em * PERCENT).round() as usize;
    for (index, (name, part)) in bars.iter().enumerate() {
        let middle = top + index * pitch + pitch / 2;
        let baseline = middle as f32 + em * 0.35;
        let percent = format!("{:.0} %", part * 100.0);
        let right = begin as f32 - em * 0.5 - face.width(&percent, em);
        face.write(sheet, &percent, em, (right, baseline), NOTE);
        let length = ((width / 2) as f32 * part.clamp(0.0, 1.0)).round().max(2.0) as usize;
        let bar = Picture::filled(length, thick, BAR).expect("a bar has a length and a thickness");
        place(sheet, &bar, (begin, middle - thick / 2), em * 0.15);
        let from = (begin + length) as f32 + em * 0.6;
        let name = face.shorten(name, em, (left + width) as f32 - from);
        face.write(sheet, &name, em, (from, baseline), CAPTION);
    }
}
