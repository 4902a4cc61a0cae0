//! The places of a dream: those of the command line combined with those of a recipe, and their pictures.

use std::path::Path;

use oneiric::picture::mask::Mask;
use oneiric::recipe::{self, Place, Region};
use oneiric::{Dream, Picture};
use oneiric_studio::wire::{AreaSource, DreamPlaces, DreamRegion};

use crate::args::Places;
use crate::terminal::failure::Failure;
use crate::work::input::{Reading, Source};
use crate::work::loaded_recipe::LoadedRecipe;

/// The places of a dream, with the pictures that they refer to.
pub struct LoadedPlaces {
    places: recipe::Places,
    pictures: Vec<(recipe::File, Picture)>,
}

impl Places {
    /// Combines the given places with those of the recipe, which they override. `look` is true if a look is given for
    /// the rest of the picture. Warnings about pictures are printed unless `quiet`.
    pub fn resolve(
        &self,
        loaded: Option<&LoadedRecipe>,
        look: bool,
        reading: &Reading,
    ) -> Result<LoadedPlaces, Failure> {
        let before = loaded.map(|loaded| loaded.recipe.places.clone()).unwrap_or_default();
        let mut pictures = Vec::new();
        let of_recipe = |place: &Place, option: &str, pictures: &mut _| match (place, loaded) {
            (Place::File(file), Some(loaded)) => read(&Source::File(loaded.find(file, option)?), pictures, reading),
            _ => Ok(place.clone()),
        };
        let mask = match (&self.mask, &self.r#where, &before.mask) {
            (Some(text), _, _) => Some(read_place(text, &mut pictures, reading)?),
            (None, None, Some(place)) => Some(of_recipe(place, "--mask", &mut pictures)?),
            _ => None,
        };
        let r#where = if self.mask.is_some() { None } else { self.r#where.clone().or(before.r#where) };
        let invert_mask = self.invert_mask || before.invert_mask;
        if invert_mask && mask.is_none() && r#where.is_none() {
            return Err(Failure::input("--invert-mask needs a mask: add --mask or --where"));
        }
        let mut region = Vec::new();
        for text in &self.region {
            region.push(read_region(text, &mut pictures, reading)?);
        }
        for old in before.region.iter().filter(|_| self.region.is_empty()) {
            let place = of_recipe(&old.place, "--region, as all of its regions", &mut pictures)?;
            region.push(Region { look: old.look.clone(), place });
        }
        let rest_stays = !look && loaded.is_none_or(|_| before.only_regions);
        let only_regions = rest_stays && !region.is_empty() && mask.is_none() && r#where.is_none();
        let feather = self.feather.clone().or(before.feather);
        let places = recipe::Places { r#where, invert_mask, only_regions, feather, mask, guide: None, region };
        Ok(LoadedPlaces { places, pictures })
    }
}

impl Places {
    /// The given places in the form of the studio's HTTP API. `upload` uploads a picture and returns its id; `look` is
    /// true if a look is given for the rest of the picture.
    pub fn to_request(
        &self,
        look: bool,
        upload: impl Fn(&Source) -> Result<String, Failure>,
    ) -> Result<DreamPlaces, Failure> {
        let mut pictures = Vec::new();
        let mut place = |text: &str| -> Result<_, Failure> {
            // The studio has warnings about uploads.
            Ok(match read_place(text, &mut pictures, &Reading::new(true))? {
                Place::Shape(shape) => AreaSource::Shape(shape),
                Place::File(_) => AreaSource::Picture(upload(&Source::from_argument(Some(Path::new(text))))?),
            })
        };
        let mask = self.mask.as_deref().map(&mut place).transpose()?;
        let region = |text: &String| -> Result<_, Failure> {
            let (text, look) = split_look(text)?;
            Ok(DreamRegion { look: look.into(), place: place(text)? })
        };
        let regions = self.region.iter().map(region).collect::<Result<Vec<_>, _>>()?;
        Ok(DreamPlaces {
            mask,
            invert_mask: self.invert_mask,
            feather: self.feather.clone(),
            r#where: self.r#where.clone(),
            guide: None,
            only_regions: !look && !regions.is_empty() && self.mask.is_none() && self.r#where.is_none(),
            regions,
        })
    }
}

impl LoadedPlaces {
    /// Adds the places to `dream`, except those that must be found in each photo; returns it with the places for its
    /// recipe.
    pub fn apply(self, dream: Dream) -> Result<(Dream, recipe::Places), Failure> {
        let picture = |file: &recipe::File| -> Result<_, Failure> {
            let found = self.pictures.iter().find(|(known, _)| known == file);
            Ok(found.expect("every picture of a place has been read").1.clone())
        };
        let dream = self.places.apply(dream, picture)?;
        Ok((dream, self.places))
    }
}

/// Reads a place: an existing file, or else a shape.
fn read_place(text: &str, pictures: &mut Vec<(recipe::File, Picture)>, reading: &Reading) -> Result<Place, Failure> {
    match text.parse::<Mask>() {
        Ok(_) if !Path::new(text).exists() => Ok(Place::Shape(text.into())),
        Err(e) if text.contains(':') && !Path::new(text).exists() => Err(e.into()),
        _ => read(&Source::from_argument(Some(Path::new(text))), pictures, reading),
    }
}

fn read_region(text: &str, pictures: &mut Vec<(recipe::File, Picture)>, reading: &Reading) -> Result<Region, Failure> {
    let (place, look) = split_look(text)?;
    Ok(Region { look: look.into(), place: read_place(place, pictures, reading)? })
}

fn split_look(text: &str) -> Result<(&str, &str), Failure> {
    let wrong = || format!("invalid value '{text}' for --region: expected PLACE=LOOK, such as top:50%=swirls");
    text.rsplit_once('=').ok_or_else(|| Failure::input(wrong()))
}

fn read(source: &Source, pictures: &mut Vec<(recipe::File, Picture)>, reading: &Reading) -> Result<Place, Failure> {
    let (picture, file) = source.read_named(reading)?;
    pictures.push((file.clone(), picture));
    Ok(Place::File(file))
}
