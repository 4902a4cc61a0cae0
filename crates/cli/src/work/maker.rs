//! Makes dreams of one look on any number of photos.

use std::path::Path;

use oneiric::picture::resize::fit_within;
use oneiric::picture::{Metadata, PhotoMemory, Warning};
use oneiric::recipe::{File, PhotoInfo, Places, Recipe};
use oneiric::render::{HeldPhoto, Start};
use oneiric::{
    Checkpoint, Dream, Dreamer, Error, Format, LazyPhoto, Limits, Observer, PhotoSource, Picture, Settings, memory,
};

use crate::args::{DreamArgs, OutputArgs, SettingsArgs};
use crate::terminal::failure::{Failure, layer_failure, photo_failure};
use crate::work::destination::{Records, file};
use crate::work::input::{Reading, Source};
use crate::work::loaded_recipe::LoadedRecipe;
use crate::work::networks::networks;

/// The inputs that all dreams of a command share: its recipe and its guide image, if given.
pub struct SharedInputs {
    loaded: Option<LoadedRecipe>,
    guide: Option<(Picture, File)>,
}

impl SharedInputs {
    /// The recipe.
    pub fn recipe(&self) -> Option<&Recipe> {
        self.loaded.as_ref().map(|loaded| &loaded.recipe)
    }

    /// The checked settings of a look.
    pub fn settings(&self, look: &SettingsArgs) -> Result<Settings, Failure> {
        let settings = look.settings(self.recipe().map(|recipe| &recipe.settings))?;
        Ok(settings.with_guide(self.guide.is_some())?)
    }

    /// The preset of a look, or that of the recipe.
    pub fn preset(&self, look: &SettingsArgs) -> Result<Option<String>, Failure> {
        match self.recipe() {
            Some(recipe) => Ok(recipe.preset.clone()),
            None => Ok(look.preset()?.map(|preset| preset.name.into())),
        }
    }
}

impl DreamArgs {
    /// How the photos, guides and masks are read.
    pub fn reading(&self) -> Reading {
        Reading::new(self.output.quiet).within(self.memory)
    }

    /// Reads the recipe and the guide image. At most one input can come from standard input; `stdin_is_taken` means
    /// that another one already does.
    pub fn shared_inputs(&self, recipe: Option<&Path>, stdin_is_taken: bool) -> Result<SharedInputs, Failure> {
        let own = [self.guide.as_deref(), recipe].into_iter().filter(|path| *path == Some(Path::new("-")));
        if own.count() + usize::from(stdin_is_taken) > 1 {
            return Err(Failure::input("only one input can come from standard input; name files for the others"));
        }
        let loaded = recipe.map(LoadedRecipe::open).transpose()?;
        let settings = self.settings.settings(loaded.as_ref().map(|loaded| &loaded.recipe.settings))?;
        let of_recipe = loaded.as_ref().and_then(|loaded| Some((loaded, loaded.recipe.places.guide.as_ref()?)));
        let guide = match (&self.guide, of_recipe) {
            (Some(path), _) => Some(Source::from_argument(Some(path))),
            // Only if a term still follows the guide.
            (None, Some((loaded, file))) if settings.follows_guide() => {
                Some(Source::File(loaded.find(file, "--guide")?))
            }
            _ => None,
        };
        let guide = guide.map(|guide| guide.read_named(&self.reading())).transpose()?;
        settings.with_guide(guide.is_some())?;
        Ok(SharedInputs { loaded, guide })
    }
}

/// Makes dreams of one look.
#[derive(Clone)]
pub struct Maker {
    dream: Dream,
    preset: Option<String>,
    places: Places,
    size: Option<usize>,
    partial: bool,
    limits: Limits,
    no_recipe: bool,
    keep_metadata: bool,
}

impl Maker {
    /// Checks everything that does not depend on the photo, and builds the networks.
    pub fn new(args: &DreamArgs, look: &SettingsArgs, shared: &SharedInputs) -> Result<Self, Failure> {
        let settings = shared.settings(look)?;
        let model = settings.model.clone();
        let mut dream = Dream::with_networks(settings, networks()).map_err(|e| layer_failure(e, &model))?;
        if let Some((guide, _)) = &shared.guide {
            dream = dream.guided_by(guide.clone());
        }
        let found = args.places.resolve(shared.loaded.as_ref(), look.is_look(), &args.reading())?;
        let (dream, places) = found.apply(dream)?;
        let places = Places { guide: shared.guide.as_ref().map(|(_, file)| file.clone()), ..places };
        let of_recipe = || shared.recipe()?.photo.as_ref()?.size;
        let size = args.size.or_else(of_recipe);
        let DreamArgs { partial, no_recipe, keep_metadata, .. } = *args;
        let limits = args.reading().limits;
        let preset = shared.preset(look)?;
        Ok(Self { dream, preset, places, size, partial, limits, no_recipe, keep_metadata })
    }

    /// The dream, without a photo.
    pub fn dream(&self) -> &Dream {
        &self.dream
    }

    /// The places where its dreams grow.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The size of the dream of a photo of this size.
    pub fn dream_size(&self, size: (usize, usize)) -> (usize, usize) {
        fit_within(size, self.size)
    }

    /// Opens a photo without decoding it.
    pub fn open(&self, source: &Source) -> Result<LazyPhoto, Failure> {
        source.lazy(self.dream.settings().seed, self.size, self.partial, &self.limits)
    }

    /// Limits a dream on a photo that has this size and takes this memory to `budget` bytes, with tiles if necessary. Without
    /// a budget the limit is half of the free memory, or all of it if that is not enough. Returns whether to keep the photo in
    /// memory.
    pub fn fit(&mut self, size: (usize, usize), photo: PhotoMemory, budget: Option<u64>) -> Result<bool, Failure> {
        let Some(budget) = budget else {
            let (dream, kept) = self.dream.clone().within_free(size, photo)?;
            self.dream = dream;
            return Ok(kept);
        };
        let within = self.dream.clone().within(size, photo, budget);
        let (dream, kept) = within.map_err(|e| self.over_budget(e, size, photo, budget))?;
        self.dream = dream;
        Ok(kept)
    }

    /// Names options that solve the problem in an error of a dream of this size that does not fit into --memory.
    fn over_budget(&self, error: Error, size: (usize, usize), photo: PhotoMemory, budget: u64) -> Failure {
        match error {
            Error::Memory { needed, available, fitting, .. } => {
                let smaller = Settings { upscale: Some(fitting), ..self.dream.settings().clone() };
                let upscaled =
                    self.dream.clone().with_settings(smaller).and_then(|dream| dream.within(size, photo, budget));
                let or = if upscaled.is_ok() {
                    format!(", or enlarge a smaller dream to full size with --upscale {fitting}")
                } else {
                    String::new()
                };
                Failure::input(format!(
                    "this takes at least {needed} MB of memory, but --memory allows {available} MB; allow more, or shrink \
                     the picture with --size {fitting}{or}"
                ))
            }
            Error::TooLittleMemory { least, available } => Failure::input(format!(
                "a dream on the smallest picture takes {least} MB of memory, but --memory allows {available} MB; allow more"
            )),
            error => error.into(),
        }
    }

    /// Uses the tiles of a dream that was stopped. Returns whether to keep the photo in memory.
    pub fn resume(
        &mut self,
        size: (usize, usize),
        photo: PhotoMemory,
        tile: Option<(usize, usize)>,
    ) -> Result<bool, Failure> {
        self.dream = self.dream.clone().in_tiles(tile);
        let needed = self.dream.memory(size, photo, true)?;
        Ok(memory::available().is_none_or(|free| needed <= free))
    }

    /// The recipe of a dream of this photo.
    pub fn recipe(&self, photo: PhotoInfo) -> Recipe {
        Recipe::new(self.preset.clone(), photo, &self.dream, self.places.clone())
    }

    /// The text of the recipe, or none with --no-recipe.
    pub fn text(&self, recipe: &Recipe) -> Result<Option<String>, Failure> {
        Ok(if self.no_recipe { None } else { Some(recipe.write()?) })
    }

    /// What dreams keep of the photo's metadata with --keep-metadata, or a warning. Otherwise neither.
    pub fn metadata(&self, photo: &LazyPhoto) -> (Option<Metadata>, Option<Warning>) {
        match self.keep_metadata.then(|| photo.metadata()) {
            Some(Ok(metadata)) => (Some(metadata), None),
            Some(Err(warning)) => (None, Some(warning)),
            None => (None, None),
        }
    }

    /// Encodes a dream of this photo, with its recipe and what it keeps of the photo's metadata.
    pub fn file(
        &self,
        dream: &Picture,
        format: Format,
        photo: PhotoInfo,
        metadata: Option<&Metadata>,
        output_args: &OutputArgs,
    ) -> Result<Vec<u8>, Failure> {
        let recipe = self.text(&self.recipe(photo))?;
        file(dream, format, &Records { recipe: recipe.as_deref(), metadata }, output_args)
    }

    /// Dreams on the photo, which is decoded once and `kept`, or decoded whenever it is needed.
    pub fn render(
        &self,
        photo: &LazyPhoto,
        kept: bool,
        checkpoint: Option<Checkpoint<'static>>,
        watch: &mut impl Observer,
    ) -> Result<Picture, Failure> {
        self.render_on(&self.held(photo, kept)?, checkpoint, watch)
    }

    fn held<'a>(&self, photo: &'a LazyPhoto, kept: bool) -> Result<HeldPhoto<'a>, Failure> {
        photo.held(kept).map_err(|e| self.advised(e.into()))
    }

    /// Dreams on the photo, from a checkpoint if there is one.
    pub fn render_on(
        &self,
        photo: &impl PhotoSource,
        checkpoint: Option<Checkpoint<'static>>,
        watch: &mut impl Observer,
    ) -> Result<Picture, Failure> {
        let dream = self.places.find(&self.dream, photo).map_err(|e| self.advised(e))?;
        dream.render_from(photo, checkpoint, watch).map_err(|e| self.advised(e))
    }

    /// Dreams on the photo as [`render`](Self::render) does, with the buffers that `dreamer` kept of the photo before.
    /// It keeps them if a dream with those of all octaves takes at most `budget` bytes.
    pub fn render_next(
        &self,
        dreamer: &mut Option<Dreamer>,
        budget: u64,
        photo: &LazyPhoto,
        kept: bool,
        watch: &mut impl Observer,
    ) -> Result<Picture, Failure> {
        let dream = self.places.find(&self.dream, photo).map_err(|e| self.advised(e))?.into_owned();
        let dreamer = Dreamer::reuse(dreamer, dream, || budget);
        let rendered = dreamer.render_from(&self.held(photo, kept)?, Start::Photo, watch);
        rendered.map_err(|e| self.advised(e))
    }

    fn advised(&self, error: Error) -> Failure {
        photo_failure(error, self.partial)
    }
}
