//! Recipes: as text, in pictures, and damaged.

use std::fs;
use std::path::{Path, PathBuf};

use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_XMP, WebP};
use oneiric::picture::{DEFAULT_QUALITY, FileKind};
use oneiric::recipe::{self, File, LONGEST, PhotoInfo, Place, Places, Recipe, RecipeError, Region};
use oneiric::settings::options::{SettingSpec, SettingValue, options};
use oneiric::{Format, Limits, Picture, Settings};
use oneiric_zoo::Networks;
use proptest::prelude::*;

/// Texts with special characters.
const STRANGE: [&str; 8] = [
    "",
    "a = \"b\"\nc = 'd'\n\n",
    "]]> <![CDATA[ </oneiric:recipe></rdf:Description></rdf:RDF> <?xpacket end='w'?>",
    "&lt; &amp;amp; &#13; &unknown; <b attribute=\"1\">",
    "\r\n one line\rand the next\r\n",
    "🐶 \u{feff} über \u{202e} שלום",
    "  spaces\taround \n",
    "\u{85}\u{2028}\u{2029}\u{7f}\u{9b}31m",
];

fn recipe(settings: Settings) -> Recipe {
    Recipe {
        format: recipe::FORMAT,
        program: Some(recipe::program()),
        instructions: Some("avx2".into()),
        preset: Some("dogs".into()),
        photo: Some(PhotoInfo {
            sha256: Some(recipe::sha256(b"photo")),
            landscape: false,
            width: 48,
            height: 32,
            size: None,
        }),
        networks: [(settings.model.clone(), recipe::sha256(b"weights"))].into(),
        settings,
        places: Places::default(),
    }
}

fn picture(alpha: bool) -> Picture {
    let (width, height) = (37, 21);
    let pixels = (0..width * height * 3).map(|i| (i * 7919 % 256) as f32 / 255.0).collect();
    let plane = alpha.then(|| (0..width * height).map(|i| (i % 256) as f32 / 255.0).collect());
    Picture::with_alpha(width, height, pixels, plane).unwrap()
}

fn read(file: &[u8]) -> Picture {
    Picture::read(file, &Limits::default()).unwrap()
}

#[test]
fn every_format_contains_a_recipe_and_keeps_its_picture() {
    let long = "é<".repeat(LONGEST / 6);
    for (format, alpha) in Format::ALL.into_iter().flat_map(|format| [(format, false), (format, true)]) {
        let plain = picture(alpha).encode(format, DEFAULT_QUALITY).unwrap();
        assert_eq!(recipe::find(&plain).unwrap(), None);
        for text in STRANGE.into_iter().chain([long.as_str()]) {
            let stamped = recipe::stamped(plain.clone(), text).unwrap();
            assert_eq!(recipe::find(&stamped).unwrap().as_deref(), Some(text), "{format}");
            assert!(read(&stamped) == read(&plain), "{format}");
        }
    }
}

#[test]
fn the_packet_is_where_other_programs_expect_it() {
    use image::ImageDecoder;
    let text = "format = 1 # <&>";
    let stamped = |format| recipe::stamped(picture(true).encode(format, DEFAULT_QUALITY).unwrap(), text).unwrap();
    let (jpeg, webp) = (stamped(Format::Jpeg), stamped(Format::WebP));
    let mut jpeg = image::codecs::jpeg::JpegDecoder::new(std::io::Cursor::new(jpeg)).unwrap();
    let mut webp = image::codecs::webp::WebPDecoder::new(std::io::Cursor::new(webp)).unwrap();
    for packet in [jpeg.xmp_metadata().unwrap().unwrap(), webp.xmp_metadata().unwrap().unwrap()] {
        assert!(
            String::from_utf8(packet).unwrap().contains("<oneiric:recipe>format = 1 # &lt;&amp;&gt;</oneiric:recipe>")
        );
    }
    assert!(jpeg.icc_profile().unwrap().is_some() && webp.icc_profile().unwrap().is_some());
    // The flags of the extended header: profile, transparency, XMP.
    assert_eq!(stamped(Format::WebP)[20] & 0b0011_0100, 0b0011_0100);
    let png = Png::from_bytes(stamped(Format::Png).into()).unwrap();
    let kinds: Vec<_> = png.chunks().iter().map(PngChunk::kind).collect();
    let place = |kind: &[u8; 4]| kinds.iter().position(|other| other == kind).unwrap();
    assert!(place(b"iCCP") < place(b"iTXt") && place(b"iTXt") < place(b"IDAT"));
}

#[test]
fn long_texts_and_other_formats_are_refused() {
    let png = picture(false).encode(Format::Png, DEFAULT_QUALITY).unwrap();
    for text in ["x".repeat(LONGEST + 1), "<".repeat(LONGEST / 4 + 1)] {
        let error = recipe::stamped(png.clone(), &text).unwrap_err();
        assert!(
            matches!(error, RecipeError::TooLongToWrite)
                && error.to_string().contains("cannot be written into a picture"),
            "{error}"
        );
    }
    let gif = fs::read(folder("pictures").join("animated.gif")).unwrap();
    assert!(matches!(recipe::stamped(gif.clone(), "x"), Err(RecipeError::NoRoom(FileKind::Gif))));
    assert!(matches!(Recipe::of_picture(&gif, &Networks::default()), Err(RecipeError::None)));
    assert!(Recipe::of_picture(&png, &Networks::default()).unwrap_err().to_string().contains("has no recipe"));
    assert!(matches!(Recipe::read(&"#".repeat(LONGEST + 1)), Err(RecipeError::TooLongToRead)));
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// These files never change: every version reads what an old version wrote. A new format adds a file.
#[test]
fn recipes_of_all_versions_are_read() {
    let full = Recipe::open(folder("recipes").join("format-1.toml"), &Limits::default(), &Networks::default()).unwrap();
    assert_eq!(full.program.as_deref(), Some("oneiric 0.1.0"));
    assert_eq!((full.instructions.as_deref(), full.preset.as_deref()), (Some("avx512"), Some("beasts")));
    let photo = full.photo.unwrap();
    assert_eq!((photo.width, photo.height, photo.size, photo.landscape), (640, 427, Some(640), false));
    assert_eq!(full.networks.len(), 2);
    let settings = Settings {
        octaves: 3,
        octave_scale: 1.5,
        iterations: 12,
        step: 0.003,
        jitter: 16,
        chroma: 0.35,
        seed: u64::MAX,
        seamless: true,
        ..Settings::new("squeezenet", "fire8")
    };
    let written = [
        ("objective", "fire8 - 0.3*lite0:channel(block8, 17) + 5*class('golden retriever')"),
        ("channels", "strongest:8"),
        ("octave", "2:layer=fire5,iterations=20,step=0.01,jitter=4"),
        ("ascent", "momentum:0.9"),
        ("normalize", "mean"),
        ("symmetry", "kaleidoscope:6"),
        ("strength", "1.25"),
        ("colours", "photo"),
        ("saturation", "0.9"),
    ];
    let flags = ["rechoose", "white-balance"].map(|name| (name, vec![]));
    let written = written.map(|(name, value)| (name, vec![value.to_owned()]));
    assert_eq!(full.settings, written.into_iter().chain(flags).fold(settings, set));
    let places = full.places;
    assert!(places.invert_mask && places.only_regions && places.r#where.is_none());
    assert_eq!(places.feather.as_deref(), Some("5%"));
    assert_eq!(places.mask.unwrap().to_string(), "sky \"and\" sea.png");
    assert_eq!(places.guide.unwrap().name, "shells.jpg");
    let regions: Vec<_> = places.region.iter().map(|region| format!("{}={}", region.place, region.look)).collect();
    assert_eq!(regions, ["top:50%=swirls", "corner.png=channel(fire5, 3)"]);

    // Missing settings have the values that they had when the format was made.
    let least =
        Recipe::open(folder("recipes").join("format-1-least.toml"), &Limits::default(), &Networks::default()).unwrap();
    let expected = Settings {
        octaves: 7,
        octave_scale: 1.3,
        iterations: 10,
        step: 0.005,
        jitter: 32,
        chroma: 0.4,
        ..Settings::new("lite0", "block10")
    };
    assert_eq!((least.settings, least.program), (expected, None));

    for (format, kept) in Format::ALL.into_iter().zip(["format-1.png", "format-1.jpg", "format-1.webp"]) {
        let kept = Recipe::open(folder("recipes").join(kept), &Limits::default(), &Networks::default()).unwrap();
        assert_eq!((kept.settings.octaves, kept.settings.seed), (2, 7), "{format}");
    }
}

fn set(mut settings: Settings, (name, values): (&str, Vec<String>)) -> Settings {
    let option = options().iter().find(|option| option.name == name).unwrap();
    option.set(&mut settings, &values, &Networks::default()).unwrap();
    settings
}

#[test]
fn the_error_of_a_wrong_recipe_says_what_is_wrong() {
    for (text, words) in [
        ("", &["not a recipe", "format = 1"][..]),
        ("octaves = 3", &["not a recipe", "format = 1"]),
        ("<html>", &["line 1"]),
        ("format = 0", &["not a recipe"]),
        ("format = 2\nnew = [[1]]", &["newer version", "format is 2"]),
        ("format = 'one'", &["line 1", "string"]),
        ("format = 1\nspeed = 3", &["speed", "program"]),
        ("format = 1\n[settings]\noctavs = 3", &["octavs"]),
        ("format = 1\n[settings]\noctaves = 'three'", &["octaves", "whole number", "three"]),
        ("format = 1\n[settings]\noctaves = 1.5", &["octaves", "whole number", "1.5"]),
        ("format = 1\n[settings]\noctaves = -1", &["octaves", "-1"]),
        ("format = 1\n[settings]\noctaves = 100", &["octaves", "between 1 and 64"]),
        ("format = 1\n[settings]\nstep = nan", &["step", "between"]),
        ("format = 1\n[settings]\nseamless = 'yes'", &["seamless", "true or false"]),
        ("format = 1\n[settings]\noctave = [3]", &["octave", "list of texts"]),
        ("format = 1\n[settings]\nmodel = 'vgg'", &["no model 'vgg'"]),
        ("format = 1\n[settings]\nobjective = 'chanel(block8, 1)'", &["channel(block8"]),
        ("format = 1\n[photo]\nwidth = 1\nheight = 1", &["sha256", "landscape"]),
        ("format = 1\n[photo]\nwidth = -1\nheight = 1\nlandscape = true", &["width"]),
        ("format = 1\n[places.mask]\nshape = '/etc/passwd'", &["expected circle", "top:40%"]),
        ("format = 1\n[places]\nfeather = 'wide'", &["40%"]),
        ("format = 1\n[places]\nwhere = 'cat'\nmask = { shape = 'top:5' }", &["mask", "where"]),
        ("format = 1\n[places]\nmask = 'top:5'", &["mask"]),
    ] {
        let error = Recipe::read(text).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{text}: {error}");
    }
    for name in ["../mask.png", "/etc/passwd", "a/b.png", "..\\b.png", "C:b.png", "", ".", "..", "a\\u0000"] {
        let text = format!("format = 1\n[places.guide]\nname = \"{}\"\nsha256 = ''", name.replace("..\\", "..\\\\"));
        let error = Recipe::read(&text).unwrap_err().to_string();
        assert!(error.contains("without folders"), "{name}: {error}");
    }
}

/// Valid arguments of a setting.
fn arguments(option: &'static SettingSpec) -> BoxedStrategy<Vec<String>> {
    let one =
        |words: &'static [&'static str]| prop::sample::select(words).prop_map(|word| vec![word.to_owned()]).boxed();
    let number = |from: f32, to: f32| (from..=to).prop_map(|number| vec![number.to_string()]).boxed();
    let whole = |to: u64| (1..=to).prop_map(|number| vec![number.to_string()]).boxed();
    match option.name {
        "model" => one(&["lite0", "squeezenet"]),
        "objective" => one(&[
            "lite0:block3 - 0.1*tv()",
            "lite0:class('dog') + lite0:neuron(block8, 1, 2, 3)",
            "lite0:guide(block5)",
        ]),
        "channels" => one(&["all", "strongest:3", "all-but:1,2", "7"]),
        "octaves" => (3..=64u64).prop_map(|number| vec![number.to_string()]).boxed(),
        "octave-scale" => number(1.01, 10.0),
        "octave" => one(&["1:step=0.1", "2:iterations=3,jitter=1", "3:layer=lite0:block5 - 0.5*lite0:block8"]),
        "step" => number(1e-6, 1e9),
        "iterations" | "jitter" => whole(1024),
        "seed" => any::<u64>().prop_map(|seed| vec![seed.to_string()]).boxed(),
        "ascent" => one(&["plain", "adam", "momentum:0.9"]),
        "symmetry" => one(&["none", "mirror", "quad", "kaleidoscope:6"]),
        "chroma" | "saturation" => number(0.0, 4.0),
        "strength" => number(0.0, 2.0),
        "tile" => one(&["whole", "384x1024"]),
        "upscale" => one(&["none", "2000"]),
        "smallest" => one(&["none", "160"]),
        "taper" => number(0.0, 4.0),
        "headroom" => number(0.0, 0.5),
        "backward" => one(&["f32", "bf16"]),
        "normalize" => one(oneiric::settings::Normalize::NAMES),
        "colours" => one(oneiric::Colours::NAMES),
        _ => Just(Vec::new()).boxed(),
    }
}

/// Settings with any of the settings of recipes set.
fn settings() -> impl Strategy<Value = Settings> {
    let written = options().iter().filter(|option| option.get(&Settings::new("lite0", "block10")).is_some());
    let given: Vec<_> = written.map(|option| (Just(option.name), prop::option::of(arguments(option)))).collect();
    given.prop_map(|given| {
        given.into_iter().fold(Settings::new("lite0", "block10"), |settings, (name, values)| match values {
            Some(values) => set(settings, (name, values)),
            None => settings,
        })
    })
}

fn places() -> impl Strategy<Value = Places> {
    let name = "[^/\\\\:\\x00]{3,12}";
    let file = (name, any::<u64>()).prop_map(|(name, seed)| File { name, sha256: recipe::sha256(&seed.to_le_bytes()) });
    let shape = prop::sample::select(&["top:50%", "circle:1,2,3,4%"][..]).prop_map(|text| Place::Shape(text.into()));
    let place = prop_oneof![shape, file.clone().prop_map(Place::File)].boxed();
    let region = (place.clone(), any::<String>()).prop_map(|(place, look)| Region { place, look });
    let masks = (prop::option::of(place), any::<bool>(), prop::option::of(file));
    (masks, any::<bool>(), prop::collection::vec(region, 0..3)).prop_map(
        |((mask, invert_mask, guide), only, region)| {
            let feather = only.then(|| "2.5%".to_owned());
            Places { r#where: None, invert_mask, only_regions: only, feather, mask, guide, region }
        },
    )
}

proptest! {
    // Reading an objective looks its layers up in the networks, which takes time.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_settings_and_places_are_read_back(settings in settings(), places in places()) {
        let written = Recipe { places, ..recipe(settings) };
        let text = written.write().unwrap();
        let back = Recipe::read(&text).unwrap();
        prop_assert_eq!(&back, &written);
        prop_assert_eq!(back.write().unwrap(), text);
    }
}

/// Puts any bytes in the place of the recipe of an otherwise correct picture file.
fn with_payload(format: Format, plain: &[u8], payload: Vec<u8>) -> Vec<u8> {
    let plain = Bytes::copy_from_slice(plain);
    let encoded = match format {
        Format::Png => {
            let mut png = Png::from_bytes(plain).unwrap();
            png.chunks_mut().insert(2, PngChunk::new(*b"iTXt", payload.into()));
            png.encoder().bytes()
        }
        Format::Jpeg => {
            let mut jpeg = Jpeg::from_bytes(plain).unwrap();
            let payload = payload[..payload.len().min(65_533)].to_vec();
            jpeg.segments_mut().insert(2, JpegSegment::new_with_contents(markers::APP1, payload.into()));
            jpeg.encoder().bytes()
        }
        Format::WebP => {
            let mut webp = WebP::from_bytes(plain).unwrap();
            webp.chunks_mut().push(RiffChunk::new(CHUNK_XMP, RiffContent::Data(payload.into())));
            webp.encoder().bytes()
        }
        Format::Tiff => {
            let mut tiff = recipe::stamped(plain.into(), "").unwrap();
            // Tag 700 of bytes, in the directory at the end: their number and place.
            let entry = tiff.windows(4).rposition(|bytes| bytes == [0xbc, 2, 1, 0]).unwrap();
            let place = [payload.len() as u32, tiff.len() as u32].map(u32::to_le_bytes).concat();
            tiff[entry + 4..entry + 12].copy_from_slice(&place);
            [tiff, payload].concat().into()
        }
    };
    encoded.into()
}

/// The bytes in the place of the recipe in a file of this format.
fn payload(format: Format, stamped: &[u8]) -> Vec<u8> {
    let file = Bytes::copy_from_slice(stamped);
    match format {
        Format::Png => Png::from_bytes(file).unwrap().chunk_by_type(*b"iTXt").unwrap().contents().to_vec(),
        Format::Jpeg => Jpeg::from_bytes(file).unwrap().segment_by_marker(markers::APP1).unwrap().contents().to_vec(),
        Format::WebP => {
            WebP::from_bytes(file).unwrap().chunk_by_id(CHUNK_XMP).unwrap().content().data().unwrap().to_vec()
        }
        Format::Tiff => {
            let mut tiff = tiff::decoder::Decoder::new(std::io::Cursor::new(file)).unwrap();
            tiff.get_tag_u8_vec(tiff::tags::Tag::Unknown(700)).unwrap()
        }
    }
}

/// Random numbers from a seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

const HOSTILE: [&[u8]; 14] = [
    b"../../../etc/passwd",
    b"/dev/zero",
    b"$(touch owned)`touch owned`;touch owned",
    b"\x1b]0;owned\x07\x1b[2J",
    b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'><!ENTITY b '&a;&a;'>]>",
    b"&b;&#0;&#x110000;&#xd800;",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"\noctaves = 99999999999999999999999\n",
    b"\nformat = 4294967295\n",
    b"\n[places.mask.file]\nname = '/etc/passwd'\nsha256 = ''\n",
    b"</rdf:RDF><oneiric:recipe>",
    b"\xff\xfe\x00\x00\xf0\x9f",
    b"\noctave = ['1:layer=((((((((((((((((((((((((((((((((((((((((((((((((((((']\n",
    b"<x xmlns:oneiric='urn:oneiric:recipe:1:'/>",
];

fn mutated(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    for _ in 0..=chance.below(3) {
        let place = chance.below(bytes.len() + 1);
        match chance.below(6) {
            0 => bytes.truncate(place),
            1 => bytes.splice(place..place, HOSTILE[chance.below(HOSTILE.len())].iter().copied()).for_each(drop),
            2 => (0..20).for_each(|_| {
                let place = chance.below(bytes.len());
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = chance.below(256) as u8;
                }
            }),
            3 => {
                let many = bytes[place..].iter().copied().cycle().take(chance.below(300_000)).collect::<Vec<_>>();
                bytes.extend(many);
            }
            4 => drop(bytes.drain(place..(place + chance.below(40)).min(bytes.len()))),
            _ => {
                // Only the text, after its marker.
                let hostile = HOSTILE[chance.below(HOSTILE.len())].repeat(1 + chance.below(4));
                let ours = bytes.windows(10).position(|window| window == b"format = 1").unwrap_or(bytes.len());
                bytes.splice(ours..ours, hostile).for_each(drop);
            }
        }
    }
    bytes
}

/// Whether the result is a recipe, or a short error without control characters.
fn is_recipe_or_error(result: &Result<Recipe, RecipeError>) -> bool {
    match result {
        Ok(recipe) => recipe.write().is_ok(),
        Err(error) => {
            let text = error.to_string();
            !text.is_empty() && text.len() < 4000 && !text.contains(|c: char| c.is_control() && c != '\n')
        }
    }
}

#[test]
fn a_thousand_mutated_recipes_are_errors_or_recipes() {
    let text = fs::read_to_string(folder("recipes").join("format-1.toml")).unwrap();
    let files = Format::ALL.map(|format| {
        let plain = picture(false).encode(format, DEFAULT_QUALITY).unwrap();
        let stamped = recipe::stamped(plain.clone(), &text).unwrap();
        (format, payload(format, &stamped), plain, stamped)
    });
    let (mut chance, mut refused) = (Chance(1), 0);
    for round in 0..1200 {
        let (format, payload, plain, stamped) = &files[round % 3];
        // Only the recipe, or the whole file with its lengths and checksums.
        let file = match round % 4 {
            0 => mutated(stamped.clone(), &mut chance),
            _ => with_payload(*format, plain, mutated(payload.clone(), &mut chance)),
        };
        let result = Recipe::of_picture(&file, &Networks::default());
        assert!(is_recipe_or_error(&result), "{round}: {result:?}");
        refused += usize::from(result.is_err());
        let text = mutated(text.clone().into(), &mut chance);
        let result = Recipe::read_stream(&text[..], &Limits::default(), &Networks::default());
        assert!(is_recipe_or_error(&result), "{round}: {result:?}");
    }
    assert!((600..1200).contains(&refused), "{refused}");
}

#[test]
fn networks_are_identified_by_the_hashes_of_their_weights() {
    let settings = set(Settings::new("lite0", "block10"), ("objective", vec!["block5 + squeezenet:fire5".into()]));
    let networks = recipe::hashes(settings.networks(), &Networks::default());
    assert_eq!(networks.keys().collect::<Vec<_>>(), ["lite0", "squeezenet"]);
    for (name, hash) in networks {
        let file = oneiric_zoo::model(&name).unwrap().training.as_ref().unwrap().bytes();
        assert_eq!((hash.len(), hash), (64, recipe::sha256(file)));
    }
    let none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(recipe::sha256(b""), none);
}

#[test]
fn values_are_written_as_people_would() {
    let text = recipe(Settings { step: 0.0045, seed: 7, ..Settings::new("lite0", "block10") }).write().unwrap();
    for line in ["format = 1", "step = 0.0045", "seed = 7", "objective = \"block10\"", "seamless = false", "[networks]"]
    {
        assert!(text.lines().any(|other| other == line), "{line}: {text}");
    }
    assert!(!text.contains("[places]"), "{text}");
    // A recipe has every setting, so that a later default changes nothing.
    let settings = Settings::new("lite0", "block10");
    let written = options()
        .iter()
        .filter(|option| option.get(&settings).is_some_and(|value| value != SettingValue::List(vec![])));
    assert!(written.clone().count() >= 20);
    written.for_each(|option| assert!(text.contains(&format!("\n{} = ", option.name)), "{}", option.name));
}
