//! Large pictures are dreamed in tiles: the dream is nearly the same, and has no visible borders.

use std::sync::LazyLock;

use oneiric::picture::{PhotoMemory, PictureFile};
use oneiric::{Colours, Dream, Finish, Format, Limits, Objective, Picture, Settings, landscape};
use oneiric_zoo::Networks;

const SIDES: (usize, usize) = (900, 520);
const TILE: (usize, usize) = (448, 384);

static PHOTO: LazyLock<Picture> =
    LazyLock::new(|| Picture::new(SIDES.0, SIDES.1, landscape::paint(SIDES.0, SIDES.1, 3)).unwrap());

fn dreamed(settings: Settings) -> Vec<f32> {
    let dream = Dream::new(settings).unwrap();
    dream.render(&*PHOTO).unwrap().into_parts().0
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// The largest ratio of the step at a column to the steps at its neighbours.
fn strongest_border(change: &[f32]) -> f64 {
    let steps: Vec<f64> = (1..SIDES.0)
        .map(|x| {
            let step = |y: usize| {
                let at = (y * SIDES.0 + x) * 3;
                f64::from((change[at] - change[at - 3]).abs())
            };
            (0..SIDES.1).map(step).sum()
        })
        .collect();
    let around = |x: usize| (steps[x - 3] + steps[x - 2] + steps[x + 2] + steps[x + 3]) / 4.0;
    // Not at the borders of the picture itself.
    (40..steps.len() - 40).map(|x| steps[x] / around(x)).fold(0.0, f64::max)
}

#[test]
fn tiles_have_no_visible_borders() {
    let settings =
        |tile| Settings { octaves: 2, octave_scale: 1.4, iterations: 4, tile, ..Settings::new("lite0", "block8") };
    let change = |dream: Vec<f32>| -> Vec<f32> { dream.iter().zip(PHOTO.pixels()).map(|(d, p)| d - p).collect() };
    let (whole, tiled) = (change(dreamed(settings(None))), change(dreamed(settings(Some(TILE)))));
    let (untouched, found) = (strongest_border(&whole), strongest_border(&tiled));
    assert!(found < 1.1 * untouched, "{found} where the whole has {untouched}");
    assert!(cosine(&whole, &tiled) > 0.5);
    // The measure finds a border: the same dream with a slightly brighter right half.
    let mut broken = tiled.clone();
    broken.chunks_mut(SIDES.0 * 3).for_each(|row| row[450 * 3..].iter_mut().for_each(|v| *v += 0.03));
    assert!(strongest_border(&broken) > 1.1 * untouched);
}

#[test]
fn the_same_tiles_give_the_same_bytes_on_any_number_of_threads() {
    let settings = Settings { octaves: 1, iterations: 2, tile: Some(TILE), ..Settings::new("squeezenet", "fire8") };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| dreamed(settings.clone()))
    };
    assert!(on(1) == on(3));
}

#[test]
fn a_photo_decoded_twice_gives_the_same_bytes() {
    let file = PHOTO.encode(Format::Png, 90).unwrap();
    let file = PictureFile::from_stream("photo.png", &file[..], &Limits::default()).unwrap();
    let finish = Finish { colours: Colours::Photo, ..Finish::default() };
    let settings = Settings { octaves: 2, iterations: 1, finish, ..Settings::new("squeezenet", "fire5") };
    let dream = Dream::new(settings).unwrap();
    let again = dream.render(&file).unwrap();
    let kept = dream.render(&file.decode().unwrap()).unwrap();
    assert!(again == kept);
}

#[test]
fn a_neuron_is_refused_in_tiles() {
    let objective = Objective::read("neuron(block8, 3)", "lite0", &Networks::default()).unwrap();
    let settings = Settings { objective, tile: Some(TILE), ..Settings::new("lite0", "block8") };
    let error = Dream::new(settings).unwrap().render(&*PHOTO).unwrap_err();
    assert!(error.to_string().contains("neuron() needs the whole picture in one tile"), "{error}");
}

#[test]
fn a_dream_fits_into_the_memory_it_is_given() {
    let dream = || Dream::new(Settings::new("lite0", "block10")).unwrap();
    let (size, photo) = ((6000, 4000), PhotoMemory::default());
    let (roomy, kept) = dream().within(size, photo, 8_000_000_000).unwrap();
    assert_eq!((roomy.settings().tile, kept), (None, true));
    let (tight, _) = dream().within(size, photo, 1_900_000_000).unwrap();
    let tile = tight.settings().tile.unwrap();
    assert!(tile.0 >= 1000 && tile.1 >= 1000, "{tile:?}");
    assert!(tight.memory(size, photo, true).unwrap() <= 1_900_000_000);
    // A photo that does not fit into memory with the dream is decoded again, so that the tiles need not be small.
    let (huge, kept) = dream().within((20_000, 10_000), photo, 7_000_000_000).unwrap();
    assert!(!kept && huge.settings().tile.unwrap().0 > 1000, "{:?}", huge.settings().tile);
    let error = dream().within(size, photo, 400_000_000).unwrap_err().to_string();
    assert!(error.contains("400 MB"), "{error}");
    // Reading a large file counts too.
    let large = PhotoMemory { reading: 1_850_000_000, ..photo };
    assert!(dream().within((640, 427), large, 1_900_000_000).is_err());
    // Its bytes stay in memory while the dream grows, and while a transparent photo is shrunk.
    let heavy = PhotoMemory { file: 1_000_000, ..photo };
    let needs = |photo| dream().memory((640, 427), photo, true).unwrap();
    assert_eq!(needs(heavy), needs(photo) + 1_000_000);
    let clear = PhotoMemory { reading: 1, size, has_alpha: true, ..photo };
    let file = PhotoMemory { file: 1_000_000, ..clear };
    assert_eq!(file.reading_at((640, 427)), clear.reading_at((640, 427)) + 1_000_000);
}
