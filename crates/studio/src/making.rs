//! From what was asked for to a job, and from a job to its dream.

use std::path::Path;

use oneiric::picture::PictureFile;
use oneiric::recipe::{File, Place, Places, Recipe, Region};
use oneiric::{Choices, Dream, LazyPhoto, Limits, Objective, PhotoSource, Picture, Settings, memory};
use oneiric_zoo::Networks;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::look::Look;
use crate::problem::Problem;
use crate::store::{Job, NewJob, Picture as Known, Store};

/// Characters of a name that are kept.
const LONGEST_NAME: usize = 120;

/// A dream that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The photo's id.
    pub photo: String,
    /// What the dream is to be called; the photo's name unless it is given.
    #[serde(default)]
    pub name: Option<String>,
    /// What grows, and how.
    #[serde(default)]
    pub look: Look,
    /// Where it grows.
    #[serde(default)]
    pub places: AskedPlaces,
    /// The longer side in pixels to which the photo is shrunk; the full size without it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 65535)]
    pub size: Option<usize>,
    /// The dream that this one begins with.
    #[serde(default)]
    pub parent: Option<String>,
}

/// Where a dream grows, and towards what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AskedPlaces {
    /// Only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<AskedPlace>,
    /// Where the mask is dark, or the thing is not, instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invert_mask: bool,
    /// Over what length the borders are softened: `40`, or `5%` of the shorter side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feather: Option<String>,
    /// Where the networks see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#where: Option<String>,
    /// The id of a picture whose shapes grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guide: Option<String>,
    /// What is in no region stays as it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_regions: bool,
    /// Other looks in places of their own, later ones above earlier ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<AskedRegion>,
}

/// A place with a look of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedRegion {
    /// The name of a preset, or an objective.
    pub look: String,
    /// Where.
    pub place: AskedPlace,
}

/// A place in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AskedPlace {
    /// The id of a picture: where it is bright.
    Picture(String),
    /// A shape as on the command line, such as `circle:50%,50%,30%,10%`.
    Shape(String),
}

impl AskedPlaces {
    /// As recipes have them, checked as far as that can be done without the photo.
    pub fn resolve(&self, store: &Store) -> Result<Places, Problem> {
        let file = |id: &str| known(store, id).map(|picture| File { name: picture.name, sha256: picture.id });
        let place = |asked: &AskedPlace| match asked {
            AskedPlace::Picture(id) => file(id).map(Place::File),
            AskedPlace::Shape(shape) => Ok(Place::Shape(shape.clone())),
        };
        let region =
            |asked: &AskedRegion| Ok::<_, Problem>(Region { look: asked.look.clone(), place: place(&asked.place)? });
        let places = Places {
            r#where: self.r#where.clone(),
            invert_mask: self.invert_mask,
            only_regions: self.only_regions,
            feather: self.feather.clone(),
            mask: self.mask.as_ref().map(place).transpose()?,
            guide: self.guide.as_deref().map(file).transpose()?,
            region: self.regions.iter().map(region).collect::<Result<_, _>>()?,
        };
        places.check()?;
        if let Some(word) = &places.r#where {
            Objective::of_word(word, &Networks::default())?;
        }
        Ok(places)
    }
}

impl From<&Places> for AskedPlaces {
    fn from(places: &Places) -> Self {
        let place = |place: &Place| match place {
            Place::File(file) => AskedPlace::Picture(file.sha256.clone()),
            Place::Shape(shape) => AskedPlace::Shape(shape.clone()),
        };
        let region = |region: &Region| AskedRegion { look: region.look.clone(), place: place(&region.place) };
        Self {
            mask: places.mask.as_ref().map(place),
            invert_mask: places.invert_mask,
            feather: places.feather.clone(),
            r#where: places.r#where.clone(),
            guide: places.guide.as_ref().map(|guide| guide.sha256.clone()),
            only_regions: places.only_regions,
            regions: places.region.iter().map(region).collect(),
        }
    }
}

/// The picture with this id.
pub fn known(store: &Store, id: &str) -> Result<Known, Problem> {
    store.picture(id)?.ok_or_else(|| Problem::missing("picture"))
}

/// A name as people give it: on one line, of letters that every system takes in the name of a file, and not too long.
pub fn plain_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_control() || "<>:\"|?*\u{202e}\u{2066}\u{2067}".contains(c) { '_' } else { c };
    let name: String = last.trim().chars().map(plain).take(LONGEST_NAME).collect();
    if name.chars().all(|c| c == '.') { "picture".into() } else { name }
}

/// The name of a picture without the ending of its file.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => stem,
        _ => name,
    }
}

/// The checked settings of a look.
pub fn settings(look: &Look, guided: bool) -> Result<(Choices, Settings), Problem> {
    let choices = look.choices()?;
    let settings = choices.settings(None)?.with_guide(guided)?;
    Ok((choices, settings))
}

/// Checks everything about a dream that is asked for.
pub fn prepare(store: &Store, request: &Request) -> Result<NewJob, Problem> {
    let picture = known(store, &request.photo)?;
    let places = request.places.resolve(store)?;
    let (choices, settings) = settings(&request.look, places.guide.is_some())?;
    let photo = LazyPhoto::file(open_file(store, &picture.id)?, request.size)?;
    let size = photo.size()?;
    let dream = places.apply(Dream::new(settings)?, |file| open_picture(store, file))?;
    let (dream, _) = dream.within_free(size)?;
    let preset = choices.preset()?.map(|preset| preset.name.to_owned());
    let recipe = Recipe::new(preset, photo.about(), &dream, places).write()?;
    // What a recipe can't be, no dream is.
    Recipe::read(&recipe)?;
    let parent = request.parent.as_deref().map(|id| id.parse().map_err(|_| Problem::missing("dream"))).transpose()?;
    let name = request.name.as_deref().unwrap_or_else(|| stem(&picture.name));
    Ok(NewJob {
        name: plain_name(name),
        photo: picture.id.clone(),
        recipe,
        look: serde_json::to_string(&request.look).map_err(Problem::ours)?,
        size: request.size,
        extent: size,
        parent,
    })
}

/// What a job makes.
pub struct Making {
    /// How.
    pub recipe: Recipe,
    /// The dream, in its places.
    pub dream: Dream,
    /// Of what.
    pub photo: LazyPhoto,
    /// Whether the photo is to be kept in memory.
    pub kept: bool,
}

impl Making {
    /// Of a job.
    pub fn of(store: &Store, job: &Job) -> Result<Self, Problem> {
        let recipe = Recipe::read(&job.recipe)?;
        let photo = LazyPhoto::file(open_file(store, &job.photo)?, job.size)?;
        let dream = Dream::new(recipe.settings.clone())?;
        let dream = recipe.places.apply(dream, |file| open_picture(store, file))?;
        let dream = recipe.places.find(&dream, &photo)?.into_owned();
        let needed = dream.memory(photo.size()?, true)?;
        let kept = memory::available().is_none_or(|free| needed <= free);
        Ok(Self { recipe, dream, photo, kept })
    }
}

/// The recipe that a picture carries, if it carries one that can be read.
pub fn recipe_inside(bytes: &[u8]) -> Result<Option<String>, Problem> {
    Ok(Recipe::of_picture(bytes).ok().map(|recipe| recipe.write()).transpose()?)
}

/// The bytes of a picture that is kept.
pub fn open_file(store: &Store, id: &str) -> Result<PictureFile, Problem> {
    Ok(PictureFile::open(store.blob(id), &Limits::default())?)
}

fn open_picture(store: &Store, file: &File) -> Result<Picture, Problem> {
    // A recipe may come from elsewhere: its files have to be known here.
    let picture = store.picture(&file.sha256)?;
    let missing =
        || format!("the picture '{}' is not here; give it again", oneiric::picture::readable(Path::new(&file.name)));
    let picture = picture.ok_or_else(|| Problem::invalid(missing()))?;
    Ok(open_file(store, &picture.id)?.decode()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\photos\\cat.jpg"), "cat.jpg");
        assert_eq!(plain_name("a\0b\nc:d"), "a_b_c_d");
        assert_eq!(plain_name(".."), "picture");
        assert_eq!(plain_name(""), "picture");
        assert_eq!(plain_name(&"x".repeat(1000)).len(), LONGEST_NAME);
        assert_eq!(stem("cat.jpg"), "cat");
        assert_eq!(stem(".jpg"), ".jpg");
        assert_eq!(stem("Tom & Jerry"), "Tom & Jerry");
    }
}
