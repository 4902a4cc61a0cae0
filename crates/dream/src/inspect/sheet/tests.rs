use super::*;

const RED: [f32; 3] = [0.9, 0.2, 0.1];

fn sheet(tiles: usize, caption: &str) -> Sheet {
    let mut sheet = Sheet::new(64, 48);
    let picture = Picture::filled(64, 48, RED).unwrap();
    (0..tiles).for_each(|_| sheet.add(caption, "note", &picture));
    sheet
}

fn pixel(picture: &Picture, (x, y): (usize, usize)) -> [f32; 3] {
    std::array::from_fn(|c| picture.pixels()[(y * picture.width() + x) * 3 + c])
}

fn layout_of(sheet: &Sheet) -> Layout {
    sheet.layout(&Face::new())
}

/// Pixels that are neither ground nor tile.
fn ink(picture: &Picture, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> usize {
    let written = |at| pixel(picture, at) != BACKGROUND;
    rows.flat_map(|y| columns.clone().map(move |x| (x, y))).filter(|&at| written(at)).count()
}

#[test]
fn tiles_are_where_the_layout_says_with_their_captions_below() {
    let picture = sheet(5, "dogs").render().unwrap();
    let layout = layout_of(&sheet(5, "dogs"));
    assert_eq!((picture.width(), picture.height()), (layout.width, layout.height));
    for index in 0..5 {
        let (x, y) = layout.tile(index);
        assert_eq!(pixel(&picture, (x + 32, y + 24)), RED);
        assert_eq!(pixel(&picture, (x, y + 24)), RED);
        assert_eq!(pixel(&picture, (x + 32, y + 47)), RED);
        assert_ne!(pixel(&picture, (x, y)), RED, "the corner is round");
        let line = layout.caption(index);
        let (left, width) = (line.left as usize, line.width as usize);
        assert!(ink(&picture, left..left + width, y + 48..line.baseline as usize + 4) > 20);
    }
}

#[test]
fn captions_stay_in_their_column() {
    let long = "an unreasonably long caption, with a word or two too many";
    let sheet = sheet(6, long).title(long.repeat(4));
    let (picture, layout) = (sheet.render().unwrap(), layout_of(&sheet));
    let line = layout.caption(0);
    let (end, next) = ((line.left + line.width).ceil() as usize + 1, layout.caption(1).left as usize);
    assert!(layout.columns > 1 && end < next);
    let below = layout.tile(0).1 + 48;
    assert_eq!(ink(&picture, end..next, below..below + 20), 0);
    assert_eq!(ink(&picture, 0..picture.width(), 0..4), 0);
    assert_eq!(ink(&picture, picture.width() - 4..picture.width(), 0..picture.height()), 0);
}

#[test]
fn a_note_gives_way_to_the_caption() {
    let drawn = |note: &str| {
        let mut sheet = Sheet::new(64, 48);
        sheet.add("dogs", note, &Picture::filled(64, 48, RED).unwrap());
        sheet.render().unwrap()
    };
    assert!(drawn("a note") != drawn(""));
    let silent = drawn("a note that has no room next to the caption");
    assert_eq!(silent.width(), Layout::new((64, 48), 1, layout::ROOM, false).width);
    let (left, below) = (silent.width() / 2, layout_of(&sheet(1, "dogs")).tile(0).1 + 48);
    assert_eq!(ink(&silent, left..silent.width(), below..silent.height()), 0);
}

#[test]
fn other_sizes_are_resized_and_transparent_pixels_show_the_background() {
    let clear = Picture::with_alpha(10, 10, vec![1.0; 300], Some(vec![0.0; 100])).unwrap();
    let mut sheet = Sheet::new(64, 48);
    sheet.add("", "", &clear);
    let picture = sheet.render().unwrap();
    assert!(picture.pixels().chunks(3).all(|p| p == BACKGROUND));
}

#[test]
fn memory_counts_every_tile_and_the_sheet() {
    let picture = sheet(12, "dogs").render().unwrap();
    let floats = 3 * (picture.width() * picture.height() + 12 * 64 * 48);
    let bytes = Sheet::memory(64, 48, 12) as usize;
    assert!((4 * floats..12 * floats).contains(&bytes), "{bytes} for {floats} floats");
}

#[test]
fn narrow_pictures_have_room_for_captions_and_notes() {
    let narrow = |tile: (usize, usize)| {
        let mut sheet = Sheet::new(tile.0, tile.1);
        let picture = Picture::filled(tile.0, tile.1, RED).unwrap();
        (0..3).for_each(|_| sheet.add("channel 1234", "mean 12.34", &picture));
        sheet
    };
    for tile in [(1, 300), (165, 320), (30, 20), (20, 2000)] {
        let (face, sheet) = (Face::new(), narrow(tile));
        let line = sheet.layout(&face).caption(0);
        let needed = face.width("channel 1234", line.em) + line.em + face.width("mean 12.34", line.em);
        assert!(needed <= line.width && line.width < needed + 1.5 * line.em, "{tile:?}: {needed} in {}", line.width);
    }
}
