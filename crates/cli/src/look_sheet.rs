//! The picture that `oneiric look --sheet` makes: where the strongest channels of a layer answer.

use std::path::Path;

use oneiric::look::{Activations, Channel, strongest_channels};
use oneiric::picture::{DEFAULT_QUALITY, readable};
use oneiric::sheet::{Sheet, heat};
use oneiric::{Picture, SaveMode, memory};

use crate::failure::Failure;
use crate::input::{fit, resized};
use crate::interrupt;
use crate::output::say;

/// Channels that are shown unless --top says otherwise.
pub const TOP: usize = 24;
/// Longer side of a tile, and of the smallest picture that is not enlarged for it.
const TILE: usize = 320;

/// Draws the `top` strongest channels of a layer and saves the sheet.
pub fn save(
    path: &Path,
    mode: SaveMode,
    title: &str,
    picture: &Picture,
    activations: &Activations,
    top: usize,
) -> Result<(), Failure> {
    let size = (picture.width(), picture.height());
    let channels: Vec<Channel> = strongest_channels(activations, size).into_iter().take(top).collect();
    let (width, height) = fit(size, TILE);
    memory::check((width, height), Sheet::memory(width, height, channels.len()))?;
    let photo = resized(picture, (width, height));
    let shape = activations.shape;
    let area = shape.height * shape.width;
    let mut sheet = Sheet::new(width, height).title(title);
    for Channel { index, mean, .. } in channels {
        let map = &activations.values[index * area..][..area];
        let tile = heat(&photo, map, (shape.width, shape.height));
        sheet.add(format!("channel {index}"), format!("mean {mean:.2}"), &tile);
    }
    interrupt::catch();
    let sheet = sheet.render()?;
    interrupt::whole(|| Ok(sheet.save(path, DEFAULT_QUALITY, mode)?))?;
    say(&format!("wrote {}", readable(path)));
    Ok(())
}
