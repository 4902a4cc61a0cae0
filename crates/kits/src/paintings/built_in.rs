//! The photos and paintings in the program. `assets/kits/SOURCES.tsv` says where each is from.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::Drawing;

/// A photo or a painting in the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its file in `assets/kits/`, such as `photos/cat.jpg`.
    file: &'static str,
    /// The bytes of that file, a JPEG picture of at most 320 pixels a side.
    pub jpeg: &'static [u8],
}

impl BuiltIn {
    /// What it shows, such as `cat` or `eiffel-tower`.
    pub fn name(&self) -> &'static str {
        self.file.split(['/', '.']).nth(1).unwrap_or_default()
    }

    /// Its width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        let mut decoder = JpegDecoder::new(ZCursor::new(self.jpeg));
        decoder.decode_headers().expect("a JPEG of ours");
        decoder.dimensions().expect("a decoded head has a size")
    }
}

macro_rules! asset {
    ($path:literal) => {
        BuiltIn { file: $path, jpeg: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/kits/", $path)) }
    };
}

/// By Vincent van Gogh.
pub(super) static PAINTINGS: [BuiltIn; 8] = [
    asset!("paintings/bridge.jpg"),
    asset!("paintings/cafe-terrace.jpg"),
    asset!("paintings/church.jpg"),
    asset!("paintings/harvest.jpg"),
    asset!("paintings/night-cafe.jpg"),
    asset!("paintings/road-to-tarascon.jpg"),
    asset!("paintings/tanguy.jpg"),
    asset!("paintings/vestibule.jpg"),
];

pub(super) static PHOTOS: [BuiltIn; 64] = [
    asset!("photos/ajanta-cave.jpg"),
    asset!("photos/arles-amphitheater.jpg"),
    asset!("photos/berlin-cathedral.jpg"),
    asset!("photos/bison.jpg"),
    asset!("photos/brandenburg-gate.jpg"),
    asset!("photos/canyon-de-chelly.jpg"),
    asset!("photos/cat.jpg"),
    asset!("photos/chameleon.jpg"),
    asset!("photos/charminar.jpg"),
    asset!("photos/chateau-de-chambord.jpg"),
    asset!("photos/chateau-de-chenonceau.jpg"),
    asset!("photos/chicken.jpg"),
    asset!("photos/cite-de-carcassonne.jpg"),
    asset!("photos/colosseum.jpg"),
    asset!("photos/cow.jpg"),
    asset!("photos/crab.jpg"),
    asset!("photos/crocodile.jpg"),
    asset!("photos/dog.jpg"),
    asset!("photos/dragon.jpg"),
    asset!("photos/eiffel-tower.jpg"),
    asset!("photos/fort-sumter.jpg"),
    asset!("photos/gateway-of-india.jpg"),
    asset!("photos/giraffe.jpg"),
    asset!("photos/golden-temple.jpg"),
    asset!("photos/great-pyramid-of-giza.jpg"),
    asset!("photos/great-stupa.jpg"),
    asset!("photos/great-wall-of-china.jpg"),
    asset!("photos/hawa-mahal.jpg"),
    asset!("photos/hedgehog.jpg"),
    asset!("photos/horse.jpg"),
    asset!("photos/jaguar.jpg"),
    asset!("photos/kangaroo.jpg"),
    asset!("photos/kingfisher.jpg"),
    asset!("photos/koala.jpg"),
    asset!("photos/konark-sun-temple.jpg"),
    asset!("photos/lemur.jpg"),
    asset!("photos/lincoln-memorial.jpg"),
    asset!("photos/machu-picchu.jpg"),
    asset!("photos/mont-st-michel.jpg"),
    asset!("photos/moose.jpg"),
    asset!("photos/mount-rushmore.jpg"),
    asset!("photos/mysore-palace.jpg"),
    asset!("photos/narwhal.jpg"),
    asset!("photos/navajo.jpg"),
    asset!("photos/neuschwanstein-castle.jpg"),
    asset!("photos/owl.jpg"),
    asset!("photos/palais-des-papes.jpg"),
    asset!("photos/panda.jpg"),
    asset!("photos/petra.jpg"),
    asset!("photos/pig.jpg"),
    asset!("photos/pika.jpg"),
    asset!("photos/polar-bear.jpg"),
    asset!("photos/pont-du-gard.jpg"),
    asset!("photos/qutub-minar.jpg"),
    asset!("photos/rang-ghar.jpg"),
    asset!("photos/red-panda.jpg"),
    asset!("photos/reims-cathedral.jpg"),
    asset!("photos/rocamadour.jpg"),
    asset!("photos/scarlet-macaw.jpg"),
    asset!("photos/schwerin-palace.jpg"),
    asset!("photos/sheep.jpg"),
    asset!("photos/statue-of-liberty.jpg"),
    asset!("photos/trier-imperial-baths.jpg"),
    asset!("photos/victoria-memorial.jpg"),
];

/// Decodes one of the pictures above. The decoder's integers give the same bytes with and without vector instructions.
pub(super) fn decode(BuiltIn { jpeg, .. }: BuiltIn, source: u64) -> Drawing {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let bytes = decoder.decode().expect("a JPEG of ours");
    let (width, height) = decoder.dimensions().expect("a decoded picture has a size");
    let pixels = bytes.iter().map(|&value| f32::from(value) / 255.0).collect();
    Drawing { width, height, pixels, source }
}
