//! Where a dream grows: `--mask`, `--region` and what softens their borders, and the same out of a recipe.

use std::borrow::Cow;
use std::path::Path;

use oneiric::mask::{Length, Mask};
use oneiric::recipe::{self, Place};
use oneiric::settings::InvalidSetting;
use oneiric::{Dream, Objective, Photo, Settings, preset};
use serde::Serialize;

use crate::base::Base;
use crate::failure::Failure;
use crate::input::Source;

/// Over how much of the shorter side one region turns into the next unless --feather says otherwise.
const REGION_FEATHER: Length = Length::Part(0.1);

/// The places of a dream as the command line gives them.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Where it grows")]
pub struct Places {
    /// Dream only where this picture is bright (and opaque), or within a shape, in pixels or per cent:
    /// circle:50%,50%,30%, rect:X,Y,WIDTH,HEIGHT, top:40% (bottom, left, right), gradient:top
    #[arg(long, value_name = "FILE|SHAPE")]
    mask: Option<String>,
    /// Dream only where the networks see this in the photo: cat, "coffee mug"…; `oneiric look --where` shows where
    #[arg(long, value_name = "WORD", conflicts_with = "mask")]
    r#where: Option<String>,
    /// Dream where the mask is dark, or where the thing is not, instead
    #[arg(long)]
    invert_mask: bool,
    /// Dream another look in a place of its own: sky.png=birds, top:50%=swirls, or any objective. Later ones lie above
    /// earlier ones; the rest stays as it is unless a look is given for it; may be repeated
    #[arg(long, value_name = "FILE|SHAPE=LOOK")]
    region: Vec<String>,
    /// Soften the borders of the mask and the regions over this length: 40 pixels or 5% of the shorter side [default:
    /// mask as it is, regions 10%]
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    feather: Option<String>,
}

/// What JSON tells of the places.
#[derive(Serialize)]
pub struct PlacesReport<'a> {
    mask: Option<String>,
    r#where: Option<&'a str>,
    invert_mask: bool,
    region: Vec<String>,
}

impl<'a> From<&'a recipe::Places> for PlacesReport<'a> {
    fn from(places: &'a recipe::Places) -> Self {
        Self {
            mask: places.mask.as_ref().map(ToString::to_string),
            r#where: places.r#where.as_deref(),
            invert_mask: places.invert_mask,
            region: places.region.iter().map(|region| format!("{}={}", region.place, region.look)).collect(),
        }
    }
}

/// The places of a dream, each found, and the rest of what is to be known of them.
pub struct Found {
    mask: Option<Spot>,
    regions: Vec<(Spot, String)>,
    places: recipe::Places,
}

/// A place that is there: a shape, or a picture's brightness.
enum Spot {
    Shape(String),
    Picture(Source),
}

impl Places {
    /// The places that were given, and where none were those of the recipe. `look` tells whether a look is given beside it
    /// for what is in no region.
    pub fn over(&self, base: Option<&Base>, look: bool) -> Result<Found, Failure> {
        let before = base.map(|base| base.recipe.places.clone()).unwrap_or_default();
        let of_recipe = |place: &Place, option: &str| base.map(|base| Spot::of_recipe(base, place, option)).transpose();
        let mask = match (&self.mask, &self.r#where, &before.mask) {
            (Some(text), _, _) => Some(Spot::given(text)?),
            (None, None, Some(place)) => of_recipe(place, "--mask")?,
            _ => None,
        };
        let r#where = if self.mask.is_some() { None } else { self.r#where.clone().or(before.r#where) };
        let invert_mask = self.invert_mask || before.invert_mask;
        if invert_mask && mask.is_none() && r#where.is_none() {
            return Err(Failure::input("--invert-mask needs a mask: add --mask or --where"));
        }
        let mut regions = Vec::new();
        for text in &self.region {
            regions.push(Spot::with_look(text)?);
        }
        for region in before.region.iter().filter(|_| self.region.is_empty()) {
            let spot = of_recipe(&region.place, "--region, as all of its regions")?;
            regions.extend(spot.map(|spot| (spot, region.look.clone())));
        }
        let rest_stays = !look && base.is_none_or(|_| before.only_regions);
        let only_regions = rest_stays && !regions.is_empty() && mask.is_none() && r#where.is_none();
        let feather = self.feather.clone().or(before.feather);
        let places = recipe::Places { r#where, invert_mask, only_regions, feather, ..Default::default() };
        Ok(Found { mask, regions, places })
    }
}

impl Found {
    /// The dream in its places, but for what has to be found in each photo, and how a recipe tells of them.
    pub fn apply(mut self, dream: Dream) -> Result<(Dream, recipe::Places), Failure> {
        let feather = self.places.feather.as_deref().map(str::parse).transpose()?;
        let mut dream = match (self.mask, &self.places.r#where) {
            (Some(spot), _) => {
                let (mask, place) = spot.read()?;
                self.places.mask = Some(place);
                dream.masked_by(finished(mask, self.places.invert_mask, feather))
            }
            (None, None) if self.places.only_regions => dream.masked_by(Mask::nowhere()),
            _ => dream,
        };
        for (spot, look) in self.regions {
            let region = Dream::new(settings_of(&look, dream.settings())?)?;
            let (mask, place) = spot.read()?;
            dream = dream.with_region(region.masked_by(mask.feathered(feather.unwrap_or(REGION_FEATHER))));
            self.places.region.push(recipe::Region { look, place });
        }
        Ok((dream, self.places))
    }
}

/// The dream where the photo shows what it is asked to grow in.
pub fn find<'a>(places: &recipe::Places, dream: &'a Dream, photo: &impl Photo) -> Result<Cow<'a, Dream>, Failure> {
    let Some(word) = &places.r#where else { return Ok(Cow::Borrowed(dream)) };
    let feather = places.feather.as_deref().map(str::parse).transpose()?;
    let mask = finished(Mask::of_word(word, &*photo.read()?)?, places.invert_mask, feather);
    Ok(Cow::Owned(dream.clone().masked_by(mask)))
}

fn finished(mask: Mask, inverted: bool, feather: Option<Length>) -> Mask {
    let mask = if inverted { mask.inverted() } else { mask };
    match feather {
        Some(feather) => mask.feathered(feather),
        None => mask,
    }
}

fn settings_of(look: &str, main: &Settings) -> Result<Settings, Failure> {
    let settings = match preset::preset(look) {
        Ok(preset) => preset.settings(),
        Err(unknown) => {
            let objective = Objective::read(look, &main.model)
                .map_err(|e| Failure::input(format!("{unknown}; and it is no objective:\n{e}")))?;
            Settings { objective, ..main.clone() }
        }
    };
    Ok(Settings { octave_changes: Vec::new(), octaves: main.octaves, ..settings })
}

impl Spot {
    /// A file of this name, or else a shape.
    fn given(text: &str) -> Result<Self, Failure> {
        match text.parse::<Mask>() {
            Ok(_) if !Path::new(text).exists() => Ok(Self::Shape(text.into())),
            Err(e) if text.contains(':') && !Path::new(text).exists() => Err(e.into()),
            _ => Ok(Self::Picture(Source::from_argument(Some(Path::new(text))))),
        }
    }

    fn with_look(text: &str) -> Result<(Self, String), Failure> {
        let (place, look) = text.rsplit_once('=').ok_or_else(|| {
            Failure::input(format!("--region takes a place and a look, such as top:50%=swirls, not '{text}'"))
        })?;
        Ok((Self::given(place)?, look.into()))
    }

    /// `option` is what would give it anew.
    fn of_recipe(base: &Base, place: &Place, option: &str) -> Result<Self, Failure> {
        Ok(match place {
            Place::Shape(shape) => Self::Shape(shape.clone()),
            Place::File(file) => Self::Picture(Source::File(base.find(file, option)?)),
        })
    }

    fn read(self) -> Result<(Mask, Place), Failure> {
        Ok(match self {
            Self::Shape(shape) => (shape.parse()?, Place::Shape(shape)),
            Self::Picture(source) => {
                let (picture, file) = source.read_named()?;
                (Mask::of_picture(&picture), Place::File(file))
            }
        })
    }
}

/// A length, as it is written.
fn length(text: &str) -> Result<String, InvalidSetting> {
    text.parse::<Length>().map(|_| text.into())
}
