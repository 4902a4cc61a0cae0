//! The layout of a sheet.

/// Width to height that the columns are chosen for: what fits a screen and a page.
const ASPECT: f64 = 1.5;

/// Size of the letters, as a part of the longer side of a tile. A sheet of four columns, shown at 900 pixels, then
/// has captions that can still be read.
const EM: f64 = 0.052;
/// The smallest and largest letters, in pixels.
const EM_RANGE: (f64, f64) = (13.0, 64.0);
/// The largest room of captions, in em, if the pictures are narrower than that.
pub(super) const ROOM: f32 = 13.0;

/// Letters exactly below the edge of a picture seem to stick out: they are moved in by this, in em.
const INSET: f32 = 0.1;

/// Size of the letters below pictures of this size.
pub(super) fn em(tile: (usize, usize)) -> f32 {
    (tile.0.max(tile.1) as f64 * EM).clamp(EM_RANGE.0, EM_RANGE.1).round() as f32
}

/// One line of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Where it begins, in pixels.
    pub left: f32,
    /// The baseline.
    pub baseline: f32,
    /// The room it has.
    pub width: f32,
    /// Size of its letters.
    pub em: f32,
}

/// The measures of a sheet, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    pub width: usize,
    pub height: usize,
    /// Of the corners of a tile.
    pub radius: f32,
    pub columns: usize,
    tile: (usize, usize),
    /// A tile with its caption.
    cell: (usize, usize),
    margin: usize,
    gap: usize,
    /// Height of the title with the space below.
    head: usize,
    em: f32,
}

impl Layout {
    /// For `tiles` pictures of one size, whose captions would like a room of `caption` em.
    pub fn new(tile: (usize, usize), tiles: usize, caption: f32, title: bool) -> Self {
        Self::grouped(tile, tiles, caption, title, 1)
    }

    /// The same with whole groups of `group` tiles in each row.
    pub fn grouped(tile: (usize, usize), tiles: usize, caption: f32, title: bool, group: usize) -> Self {
        let em = em(tile);
        let ems = |count: f32| (em * count).round() as usize;
        let blank = Self {
            width: 0,
            height: 0,
            radius: (tile.0.min(tile.1) as f32 / 4.0).min(em * 0.3),
            columns: 1,
            tile,
            cell: (tile.0.max(ems(caption.min(ROOM) + 2.0 * INSET)), tile.1 + ems(1.75)),
            margin: ems(1.5),
            gap: ems(0.9),
            head: if title { ems(2.2) } else { 0 },
            em,
        };
        let sheets = (1..=tiles.div_ceil(group).max(1)).map(|groups| blank.with_columns(groups * group, tiles));
        let cost = |sheet: &Self| {
            let aspect = sheet.width as f64 / sheet.height as f64;
            let empty = sheet.columns * tiles.div_ceil(sheet.columns) - tiles;
            // A ragged last row costs less than a sheet that is twice too wide.
            let ragged = if empty > 0 { 0.15 + 0.6 * empty as f64 / tiles as f64 } else { 0.0 };
            (aspect / ASPECT).ln().abs() + ragged
        };
        sheets.min_by(|a, b| cost(a).total_cmp(&cost(b))).expect("one column is always tried")
    }

    fn with_columns(self, columns: usize, tiles: usize) -> Self {
        let rows = tiles.div_ceil(columns).max(1);
        let side = |cells: usize, cell: usize| cells * (cell + self.gap) - self.gap + 2 * self.margin;
        // Below the last captions there is space already.
        let height = side(rows, self.cell.1) + self.head - (self.em * 0.4).round() as usize;
        Self { columns, width: side(columns, self.cell.0), height, ..self }
    }

    fn cell(&self, index: usize) -> (usize, usize) {
        let (column, row) = (index % self.columns, index / self.columns);
        (self.margin + column * (self.cell.0 + self.gap), self.head + self.margin + row * (self.cell.1 + self.gap))
    }

    /// The upper left corner of a tile; narrow ones are centred in their column.
    pub fn tile(&self, index: usize) -> (usize, usize) {
        let (left, top) = self.cell(index);
        (left + (self.cell.0 - self.tile.0) / 2, top)
    }

    /// The line below a tile.
    pub fn caption(&self, index: usize) -> Line {
        let (left, top) = self.cell(index);
        let inset = (self.em * INSET).round();
        Line {
            left: left as f32 + inset,
            baseline: (top + self.tile.1) as f32 + (self.em * 1.25).round(),
            width: self.cell.0 as f32 - 2.0 * inset,
            em: self.em,
        }
    }

    /// The line of the title.
    pub fn title(&self) -> Line {
        let inset = (self.em * INSET).round();
        let em = (self.em * 1.3).round();
        let left = self.margin as f32 + inset;
        Line { left, baseline: (self.margin as f32 + em * 0.75).round(), width: self.width as f32 - 2.0 * left, em }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aspect(layout: &Layout) -> f64 {
        layout.width as f64 / layout.height as f64
    }

    #[test]
    fn a_sheet_is_about_three_to_two() {
        for tile in [(320, 213), (320, 320), (213, 320), (640, 360), (48, 32)] {
            for tiles in 6..40 {
                let layout = Layout::new(tile, tiles, 6.0, tiles % 2 == 0);
                assert!((0.9..2.5).contains(&aspect(&layout)), "{tiles} of {tile:?}: {}", aspect(&layout));
                assert!(layout.columns * tiles.div_ceil(layout.columns) < tiles + layout.columns);
            }
        }
        assert_eq!(Layout::new((320, 213), 12, 0.0, false).columns, 4);
        assert_eq!(Layout::new((320, 213), 16, 0.0, false).columns, 4);
        assert_eq!(Layout::new((320, 320), 12, 0.0, true).columns, 4);
        assert_eq!(Layout::new((320, 213), 24, 0.0, true).columns, 6);
    }

    #[test]
    fn tiles_and_captions_do_not_overlap_and_stay_on_the_sheet() {
        for tile in [(1, 1), (1, 500), (500, 1), (320, 213), (2048, 1365)] {
            for tiles in [1, 2, 5, 13, 24] {
                let layout = Layout::new(tile, tiles, 6.0, true);
                let title = layout.title();
                assert!(title.baseline + title.em * 0.3 < layout.tile(0).1 as f32);
                for index in 0..tiles {
                    let ((x, y), line) = (layout.tile(index), layout.caption(index));
                    assert!(x + tile.0 <= layout.width - layout.margin);
                    assert!(line.left >= layout.margin as f32);
                    assert!(line.left + line.width <= (layout.width - layout.margin) as f32);
                    assert!(line.baseline - line.em * 0.75 > (y + tile.1) as f32, "letters in the picture");
                    let below = if index + layout.columns < tiles {
                        layout.tile(index + layout.columns).1
                    } else {
                        layout.height
                    };
                    assert!(line.baseline + line.em * 0.3 < below as f32, "letters in the picture below");
                }
            }
        }
    }

    #[test]
    fn groups_stay_whole() {
        for group in 1..9 {
            for groups in 1..9 {
                assert_eq!(Layout::grouped((320, 213), group * groups, 6.0, true, group).columns % group, 0);
            }
        }
        assert_eq!(Layout::grouped((320, 213), 24, 6.0, true, 3).columns, 6);
    }

    #[test]
    fn an_empty_sheet_is_still_a_picture() {
        let layout = Layout::new((320, 213), 0, 0.0, false);
        assert!(layout.width > 0 && layout.height > 0);
    }
}
