//! `oneiric look --sheet`: draws where the strongest channels of a layer respond, or where a thing is.

use oneiric::inspect::heat::heat;
use oneiric::inspect::look::{Activations, Channel, strongest_channels};
use oneiric::inspect::mask_of_word;
use oneiric::inspect::sheet::Sheet;
use oneiric::picture::resize::{fit, resized};
use oneiric::{Picture, memory};

use crate::terminal::failure::{Failure, memory_failure};
use crate::work::networks::networks;

/// Default number of channels to draw.
pub const TOP: usize = 24;
/// Largest longer side of a tile in pixels.
const TILE: usize = 320;

/// Draws the picture, and where the networks see the thing named by `word`.
pub fn draw_place(word: &str, picture: &Picture) -> Result<Picture, Failure> {
    let (width, height) = fit((picture.width(), picture.height()), TILE);
    let photo = resized(picture, (width, height));
    let mask = mask_of_word(word, picture, networks())?;
    let mut sheet = Sheet::new(width, height);
    sheet.add("photo", "", &photo);
    sheet.add(word, "", &heat(&photo, &mask.plane((width, height)), (width, height)));
    Ok(sheet.render()?)
}

/// Draws the `top` strongest channels of a layer.
pub fn draw(title: &str, picture: &Picture, activations: &Activations, top: usize) -> Result<Picture, Failure> {
    let size = (picture.width(), picture.height());
    let channels: Vec<Channel> = strongest_channels(activations, size).into_iter().take(top).collect();
    let (width, height) = fit(size, TILE);
    memory::check((width, height), |(width, height)| Ok(Sheet::memory(width, height, channels.len())))
        .map_err(|e| memory_failure(e, |_, _| "draw fewer channels with --top".into()))?;
    let photo = resized(picture, (width, height));
    let shape = activations.shape;
    let area = shape.height * shape.width;
    let mut sheet = Sheet::new(width, height).title(title);
    for Channel { index, mean, .. } in channels {
        let map = &activations.values[index * area..][..area];
        let tile = heat(&photo, map, (shape.width, shape.height));
        sheet.add(format!("channel {index}"), format!("mean {mean:.2}"), &tile);
    }
    Ok(sheet.render()?)
}
