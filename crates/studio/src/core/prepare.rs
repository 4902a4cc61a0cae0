//! Turns a request into a job, and a job into its dream.

use std::path::Path;

use oneiric::picture::PictureFile;
use oneiric::recipe::{File, Place, Places, Recipe, Region};
use oneiric::{Choices, Dream, LazyPhoto, Limits, Objective, PhotoSource, Picture, Settings, memory};
use oneiric_zoo::Networks;

use crate::store::{JobRecord, NewJob, PictureRecord, Store};
use crate::wire::{AreaSource, DreamPlaces, DreamRegion, DreamRequest, LookSettings, Problem};

/// The most characters of a name.
const LONGEST_NAME: usize = 120;

/// Returns the places as recipes have them, checked as far as that is possible without the photo.
///
/// # Errors
/// An unknown picture; an invalid place; an unknown word.
pub fn resolve_places(store: &Store, places: &DreamPlaces, networks: &Networks) -> Result<Places, Problem> {
    let file = |id: &str| find_picture(store, id).map(|picture| File { name: picture.name, sha256: picture.id });
    let area = |area: &AreaSource| match area {
        AreaSource::Picture(id) => file(id).map(Place::File),
        AreaSource::Shape(shape) => Ok(Place::Shape(shape.clone())),
    };
    let region =
        |region: &DreamRegion| Ok::<_, Problem>(Region { look: region.look.clone(), place: area(&region.place)? });
    let places = Places {
        r#where: places.r#where.clone(),
        invert_mask: places.invert_mask,
        only_regions: places.only_regions,
        feather: places.feather.clone(),
        mask: places.mask.as_ref().map(area).transpose()?,
        guide: places.guide.as_deref().map(file).transpose()?,
        region: places.regions.iter().map(region).collect::<Result<_, _>>()?,
    };
    places.check()?;
    if let Some(word) = &places.r#where {
        Objective::of_word(word, networks).map_err(|e| Problem::from(e).blaming(Some("where")))?;
    }
    Ok(places)
}

/// Returns the picture with this id.
pub fn find_picture(store: &Store, id: &str) -> Result<PictureRecord, Problem> {
    store.picture(id)?.ok_or_else(|| Problem::not_found("picture"))
}

/// Turns a name from outside into one that every system allows for a file: one line, no special characters, at most 120
/// characters.
pub fn checked_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_control() || "<>:\"|?*\u{202e}\u{2066}\u{2067}".contains(c) { '_' } else { c };
    let name: String = last.trim().chars().map(plain).take(LONGEST_NAME).collect();
    if name.chars().all(|c| c == '.') { "picture".into() } else { name }
}

/// Returns the name of a picture without its file extension.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => stem,
        _ => name,
    }
}

/// Returns the checked settings of a look.
pub fn settings(look: &LookSettings, guided: bool, networks: &Networks) -> Result<(Choices, Settings), Problem> {
    let choices = look.choices()?;
    let settings = choices.settings(None, networks)?.with_guide(guided)?;
    Ok((choices, settings))
}

/// Checks a request and turns it into a job.
pub fn new_job(store: &Store, request: &DreamRequest, networks: &Networks) -> Result<NewJob, Problem> {
    let picture = find_picture(store, &request.photo)?;
    let places = resolve_places(store, &request.places, networks)?;
    let (choices, settings) = settings(&request.look, places.guide.is_some(), networks)?;
    let photo = LazyPhoto::file(open_picture_file(store, &picture.id)?, request.size)?;
    let size = photo.size()?;
    let dream = places.apply(Dream::with_networks(settings, networks)?, |file| open_picture(store, file))?;
    let (dream, _) = dream.within_free(size, photo.memory()?)?;
    let preset = choices.preset(networks)?.map(|preset| preset.name.to_owned());
    let recipe = Recipe::new(preset, photo.about(), &dream, places).write()?;
    // Refuse now what the worker could not read.
    Recipe::read_with(&recipe, networks)?;
    let parent = request.parent.as_deref().map(|id| id.parse().map_err(|_| Problem::not_found("dream"))).transpose()?;
    let name = request.name.as_deref().unwrap_or_else(|| stem(&picture.name));
    Ok(NewJob {
        training: None,
        name: checked_name(name),
        photo: picture.id.clone(),
        recipe,
        look: serde_json::to_string(&request.look).map_err(Problem::internal)?,
        size: request.size,
        extent: size,
        parent,
    })
}

/// A dream that is ready to run.
pub struct PreparedDream {
    /// Its recipe.
    pub recipe: Recipe,
    /// The dream with its guide, mask and regions.
    pub dream: Dream,
    /// Its photo.
    pub photo: LazyPhoto,
    /// Whether the photo stays in memory.
    pub kept: bool,
}

impl PreparedDream {
    /// Prepares the dream of a job.
    pub fn of(store: &Store, job: &JobRecord, networks: &Networks) -> Result<Self, Problem> {
        let recipe = Recipe::read_with(&job.recipe, networks)?;
        recipe.check_networks(networks)?;
        let photo = LazyPhoto::file(open_picture_file(store, &job.photo)?, job.size)?;
        let dream = Dream::with_networks(recipe.settings.clone(), networks)?;
        let dream = recipe.places.apply(dream, |file| open_picture(store, file))?;
        let dream = recipe.places.find(&dream, &photo)?.into_owned();
        let needed = dream.memory(photo.size()?, photo.memory()?, true)?;
        let kept = memory::available().is_none_or(|free| needed <= free);
        Ok(Self { recipe, dream, photo, kept })
    }
}

/// Returns the recipe inside a picture, if there is a readable one.
pub fn recipe_inside(bytes: &[u8], networks: &Networks) -> Result<Option<String>, Problem> {
    Ok(Recipe::of_picture(bytes, networks).ok().map(|recipe| recipe.write()).transpose()?)
}

/// Opens the file of a stored picture.
pub fn open_picture_file(store: &Store, id: &str) -> Result<PictureFile, Problem> {
    Ok(PictureFile::open(store.blob(id), &Limits::default())?)
}

fn open_picture(store: &Store, file: &File) -> Result<Picture, Problem> {
    // A recipe may come from another studio, whose pictures are not here.
    let picture = store.picture(&file.sha256)?;
    let missing = || {
        format!(
            "the picture '{}' is not in this studio; upload it again",
            oneiric::picture::readable(Path::new(&file.name))
        )
    };
    let picture = picture.ok_or_else(|| Problem::invalid(missing()))?;
    Ok(open_picture_file(store, &picture.id)?.decode()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_becomes_a_path() {
        assert_eq!(checked_name("../../etc/passwd"), "passwd");
        assert_eq!(checked_name("C:\\photos\\cat.jpg"), "cat.jpg");
        assert_eq!(checked_name("a\0b\nc:d"), "a_b_c_d");
        assert_eq!(checked_name(".."), "picture");
        assert_eq!(checked_name(""), "picture");
        assert_eq!(checked_name(&"x".repeat(1000)).len(), LONGEST_NAME);
        assert_eq!(stem("cat.jpg"), "cat");
        assert_eq!(stem(".jpg"), ".jpg");
        assert_eq!(stem("Tom & Jerry"), "Tom & Jerry");
    }
}
