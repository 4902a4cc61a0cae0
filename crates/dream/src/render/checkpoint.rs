//! The state of an unfinished dream, kept in a file so that it can be resumed.
//!
//! The file is in the safetensors format (huggingface.co): planes of f32 after a header, which has the rest as JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize_to_file};
use serde::{Deserialize, Serialize};
use tempfile::Builder;

use super::octaves::Octave;
use crate::objective::Tallies;

/// The state of a dream between two steps, from which the rest of the dream follows.
#[derive(Clone)]
pub struct Checkpoint<'a> {
    pub(super) head: Head,
    /// The picture, `[height][width][3]` in 0…1.
    pub(super) picture: Cow<'a, [f32]>,
    /// The state of the ascent, planes of the same size.
    pub(super) remembered: Vec<Cow<'a, [f32]>>,
}

/// Everything but the planes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    /// From 0 on.
    pub octave: usize,
    /// Steps that this octave has done.
    pub iteration: usize,
    /// Width and height of the octave.
    pub size: (usize, usize),
    /// The largest tile.
    pub tile: Option<(usize, usize)>,
    /// The state of the random numbers.
    pub random: u64,
    /// The number of steps as the ascent counts them.
    pub steps: i32,
    /// For each growth the sums of its terms over all tiles in the last step.
    pub tallies: Vec<Vec<Option<Tallies>>>,
}

const HEAD: &str = "dream";
const PICTURE: &str = "picture";
/// The largest number of planes of an ascent.
const MOST_PLANES: usize = 2;

impl Checkpoint<'_> {
    /// The octave, from 1 on, and the number of its steps that are done.
    pub fn place(&self) -> (usize, usize) {
        (self.head.octave + 1, self.head.iteration)
    }

    /// The largest tile of the dream: the resumed dream has the same bytes only in the same tiles.
    pub fn tile(&self) -> Option<(usize, usize)> {
        self.head.tile
    }

    /// The same with planes of its own, to resume the dream without a file.
    pub fn into_owned(self) -> Checkpoint<'static> {
        let owned = |plane: Cow<'_, [f32]>| Cow::Owned(plane.into_owned());
        let remembered = self.remembered.into_iter().map(owned).collect();
        Checkpoint { head: self.head, picture: owned(self.picture), remembered }
    }

    /// Writes it to a file, completely or not at all, and replaces an existing file.
    ///
    /// # Errors
    /// What the file system reports.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let head = serde_json::to_string(&self.head)?;
        let shape = vec![self.head.size.1, self.head.size.0, 3];
        let planes = std::iter::once((PICTURE.to_owned(), &self.picture))
            .chain(self.remembered.iter().enumerate().map(|(i, plane)| (remembered(i), plane)));
        let bytes: Vec<(String, Cow<'_, [u8]>)> = planes.map(|(name, plane)| (name, little_endian(plane))).collect();
        let views = bytes.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(io::Error::other)?;
            Ok((name.as_str(), view))
        });
        let views = views.collect::<io::Result<Vec<_>>>()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The crate replaces the file by a temporary one of its own: both are in a folder that can be found if this is killed.
        let scratch = Builder::new().prefix(".oneiric-").suffix(".tmp").tempdir_in(folder)?;
        let file = scratch.path().join("checkpoint");
        let metadata = HashMap::from([(HEAD.to_owned(), head)]);
        serialize_to_file(views, Some(metadata), &file).map_err(io::Error::other)?;
        File::options().write(true).open(&file)?.sync_all()?;
        fs::rename(&file, path)
    }
}

impl Checkpoint<'static> {
    /// Whether it can belong to a dream with these octaves and tiles.
    pub(super) fn is_of(&self, octaves: &[Octave], tile: Option<(usize, usize)>) -> bool {
        let Head { octave, iteration, size, .. } = self.head;
        let known = octaves.get(octave).is_some_and(|o| o.size == size && iteration < o.settings.iterations);
        known && self.head.tile == tile && self.picture.len() == size.0 * size.1 * 3
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// What the file system reports, and [`io::ErrorKind::InvalidData`] for a file that [`write`](Checkpoint::write) did not write.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the checkpoint is damaged");
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|_| damaged())?;
        let head = metadata.metadata().as_ref().and_then(|entries| entries.get(HEAD)).ok_or_else(damaged)?;
        let head: Head = serde_json::from_str(head).map_err(|_| damaged())?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|_| damaged())?;
        let shape = [head.size.1, head.size.0, 3];
        let plane = |name: &str| -> io::Result<Option<Cow<'static, [f32]>>> {
            let Ok(tensor) = tensors.tensor(name) else { return Ok(None) };
            if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
                return Err(damaged());
            }
            let values = tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            Ok(Some(Cow::Owned(values.collect())))
        };
        let picture = plane(PICTURE)?.ok_or_else(damaged)?;
        let planes = (0..MOST_PLANES).map(|i| plane(&remembered(i))).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { head, picture, remembered: planes.into_iter().flatten().collect() })
    }
}

fn remembered(number: usize) -> String {
    format!("remembered.{number}")
}

/// The little-endian bytes of a file.
fn little_endian(values: &[f32]) -> Cow<'_, [u8]> {
    if cfg!(target_endian = "little") {
        Cow::Borrowed(bytemuck::cast_slice(values))
    } else {
        Cow::Owned(values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }
}
