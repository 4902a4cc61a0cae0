//! Where a dream grows: `--mask`, `--region` and what softens their borders.

use std::borrow::Cow;
use std::path::Path;

use oneiric::mask::{Length, Mask};
use oneiric::{Dream, Objective, Picture, Settings, preset};
use serde::Serialize;

use crate::failure::Failure;
use crate::input::Source;

/// Over how much of the shorter side one region turns into the next unless --feather says otherwise.
const REGION_FEATHER: Length = Length::Part(0.1);

/// The places of a dream as the command line gives them.
#[derive(clap::Args, Clone, Debug, Serialize)]
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
    #[arg(long, value_name = "LENGTH")]
    #[serde(skip)]
    feather: Option<Length>,
}

impl Places {
    /// The dream in its places, but for what has to be found in each photo. `look` tells whether a look is given for what
    /// is in no region.
    pub fn apply(&self, dream: Dream, look: bool) -> Result<Dream, Failure> {
        if self.invert_mask && self.mask.is_none() && self.r#where.is_none() {
            return Err(Failure::input("--invert-mask needs a mask: add --mask or --where"));
        }
        let mut dream = match (&self.mask, &self.r#where) {
            (Some(mask), _) => dream.masked_by(self.finished(read(mask)?)),
            (None, None) if !self.region.is_empty() && !look => dream.masked_by(Mask::nowhere()),
            _ => dream,
        };
        for text in &self.region {
            let region = self.region(text, dream.settings())?;
            dream = dream.with_region(region);
        }
        Ok(dream)
    }

    /// The dream where the photo shows what it is asked to grow in.
    pub fn find<'a>(&self, dream: &'a Dream, photo: &Picture) -> Result<Cow<'a, Dream>, Failure> {
        match &self.r#where {
            Some(word) => Ok(Cow::Owned(dream.clone().masked_by(self.finished(Mask::of_word(word, photo)?)))),
            None => Ok(Cow::Borrowed(dream)),
        }
    }

    fn finished(&self, mask: Mask) -> Mask {
        let mask = if self.invert_mask { mask.inverted() } else { mask };
        match self.feather {
            Some(feather) => mask.feathered(feather),
            None => mask,
        }
    }

    fn region(&self, text: &str, main: &Settings) -> Result<Dream, Failure> {
        let (place, look) = text.rsplit_once('=').ok_or_else(|| {
            Failure::input(format!("--region takes a place and a look, such as top:50%=swirls, not '{text}'"))
        })?;
        let settings = match preset::preset(look) {
            Ok(preset) => preset.settings(),
            Err(unknown) => {
                let objective = Objective::read(look, &main.model)
                    .map_err(|e| Failure::input(format!("{unknown}; and it is no objective:\n{e}")))?;
                Settings { objective, ..main.clone() }
            }
        };
        let settings = Settings { octave_changes: Vec::new(), octaves: main.octaves, ..settings };
        Ok(Dream::new(settings)?.masked_by(read(place)?.feathered(self.feather.unwrap_or(REGION_FEATHER))))
    }
}

/// A file of this name, or else a shape.
fn read(text: &str) -> Result<Mask, Failure> {
    match text.parse::<Mask>() {
        Ok(mask) if !Path::new(text).exists() => Ok(mask),
        Err(e) if text.contains(':') && !Path::new(text).exists() => Err(e.into()),
        _ => Ok(Mask::of_picture(&Source::from_argument(Some(Path::new(text))).read()?)),
    }
}
