//! Contact sheets: captioned pictures on one picture.
//!
//! Tiles and captions -> `layout` decides where everything goes -> `text` writes the captions -> a
//! [`Picture`]. [`heat`](super::heat::heat) makes the tiles of activation maps.
//! `rows` is another layout, with a heading for each row.

mod layout;
pub(super) mod rows;
mod text;

use crate::picture::resize::resize_weighted;
use crate::picture::{Picture, PictureError};
use layout::Layout;
use text::Face;

/// A dark neutral grey, which suits any photo.
const BACKGROUND: [f32; 3] = [0.078, 0.078, 0.086];
const CAPTION: [f32; 3] = [0.87, 0.87, 0.88];
const NOTE: [f32; 3] = [0.56, 0.56, 0.58];

struct Tile {
    caption: String,
    note: String,
    picture: Picture,
}

/// Pictures of one size, each with a caption below.
///
/// ```
/// use oneiric::{Picture, inspect::sheet::Sheet};
///
/// let mut sheet = Sheet::new(32, 20).title("Two colours");
/// sheet.add("red", "", &Picture::filled(32, 20, [0.8, 0.1, 0.1])?);
/// sheet.add("green", "as grass", &Picture::filled(32, 20, [0.1, 0.6, 0.1])?);
/// let picture = sheet.render()?;
/// assert!(picture.width() > 64);
/// # Ok::<(), oneiric::PictureError>(())
/// ```
pub struct Sheet {
    size: (usize, usize),
    title: Option<String>,
    group: usize,
    tiles: Vec<Tile>,
}

impl Sheet {
    /// An empty sheet for pictures of this many columns and rows.
    ///
    /// # Panics
    /// When a side is zero.
    pub fn new(width: usize, height: usize) -> Self {
        assert!(width > 0 && height > 0, "tiles of {width}x{height} pixels are empty");
        Self { size: (width, height), title: None, group: 1, tiles: Vec::new() }
    }

    /// Adds a title.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Puts whole groups of this many pictures in each row, so that related pictures are in one column.
    #[must_use]
    pub fn in_groups_of(self, group: usize) -> Self {
        Self { group: group.max(1), ..self }
    }

    /// Adds a picture, resized if it has another size. `caption` is below it on the left and, if both fit, `note` on the
    /// right; a long caption is shortened.
    pub fn add(&mut self, caption: impl Into<String>, note: impl Into<String>, picture: &Picture) {
        let (pixels, alpha) = resize_weighted(picture, self.size);
        let (width, height) = self.size;
        let picture =
            Picture::with_alpha(width, height, pixels, alpha).expect("both planes were resized to these sides");
        self.tiles.push(Tile { caption: caption.into(), note: note.into(), picture });
    }

    /// Bytes that a sheet of `tiles` pictures takes at most, with the tiles.
    pub fn memory(width: usize, height: usize, tiles: usize) -> u64 {
        let layout = Layout::new((width, height), tiles, layout::ROOM, true);
        // The sheet in floats and once more in bytes, for its file.
        12 * (width * height * tiles) as u64 + 15 * (layout.width * layout.height) as u64
    }

    /// Columns and rows of a sheet of `tiles` pictures with a title and long captions.
    pub fn extent(width: usize, height: usize, tiles: usize) -> (usize, usize) {
        let layout = Layout::new((width, height), tiles, layout::ROOM, true);
        (layout.width, layout.height)
    }

    /// Draws the sheet. Its columns are chosen so that the sheet is about 3:2.
    ///
    /// # Errors
    /// [`PictureError::OutOfMemory`] if it is too large for this machine.
    pub fn render(&self) -> Result<Picture, PictureError> {
        let face = Face::new();
        let layout = self.layout(&face);
        let mut sheet = Picture::filled(layout.width, layout.height, BACKGROUND)?;
        if let Some(title) = &self.title {
            let line = layout.title();
            let title = face.shorten(title, line.em, line.width);
            face.write(&mut sheet, &title, line.em, (line.left, line.baseline), CAPTION);
        }
        for (index, tile) in self.tiles.iter().enumerate() {
            place(&mut sheet, &tile.picture, layout.tile(index), layout.radius);
            self.write_caption(&mut sheet, &face, tile, &layout.caption(index));
        }
        Ok(sheet)
    }

    fn layout(&self, face: &Face) -> Layout {
        // A little more, for rounding to pixels.
        let room = |tile: &Tile| face.width(&tile.caption, 1.0) + face.width(&tile.note, 1.0) + 1.2;
        let caption = self.tiles.iter().map(room).fold(0.0, f32::max);
        Layout::grouped(self.size, self.tiles.len(), caption, self.title.is_some(), self.group)
    }

    fn write_caption(&self, sheet: &mut Picture, face: &Face, tile: &Tile, line: &layout::Line) {
        let caption = face.shorten(&tile.caption, line.em, line.width);
        face.write(sheet, &caption, line.em, (line.left, line.baseline), CAPTION);
        let room = line.width - face.width(&caption, line.em) - line.em;
        let note = face.width(&tile.note, line.em);
        if note <= room {
            face.write(sheet, &tile.note, line.em, (line.left + line.width - note, line.baseline), NOTE);
        }
    }
}

/// Lays a picture on the sheet with slightly rounded corners.
fn place(sheet: &mut Picture, tile: &Picture, (left, top): (usize, usize), radius: f32) {
    let (width, height, across) = (tile.width(), tile.height(), sheet.width());
    for y in 0..height {
        for x in 0..width {
            let alpha = tile.alpha().map_or(1.0, |alpha| alpha[y * width + x]);
            let cover = alpha * corner((x, y), (width, height), radius);
            let from = &tile.pixels()[(y * width + x) * 3..][..3];
            let to = &mut sheet.pixels_mut()[((top + y) * across + left + x) * 3..][..3];
            to.iter_mut().zip(from).for_each(|(to, from)| *to += (from - *to) * cover);
        }
    }
}

/// How much of a pixel is within the rounded rectangle.
fn corner((x, y): (usize, usize), (width, height): (usize, usize), radius: f32) -> f32 {
    // How far the pixel's middle has gone from the inner edge of the corners towards the border.
    let beyond = |at: usize, side: usize| {
        let middle = at as f32 + 0.5;
        (radius - middle.min(side as f32 - middle)).max(0.0)
    };
    let distance = beyond(x, width).hypot(beyond(y, height));
    (radius - distance + 0.5).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
