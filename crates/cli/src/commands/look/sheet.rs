//! The picture that `oneiric look --sheet` makes: where the strongest channels of a layer answer.

use oneiric::inspect::heat::heat;
use oneiric::inspect::look::{Activations, Channel, strongest_channels};
use oneiric::inspect::mask_of_word;
use oneiric::inspect::sheet::Sheet;
use oneiric::picture::resize::{fit, resized};
use oneiric::{Picture, memory};
use oneiric_zoo::Networks;

use crate::terminal::failure::{Failure, memory_failure};

/// Channels that are shown unless --top says otherwise.
pub const TOP: usize = 24;
/// Longer side of a tile, and of the smallest picture that is not enlarged for it.
const TILE: usize = 320;

/// Draws the picture, and where in it the networks see what a word stands for.
pub fn draw_place(word: &str, picture: &Picture) -> Result<Picture, Failure> {
    let (width, height) = fit((picture.width(), picture.height()), TILE);
    let photo = resized(picture, (width, height));
    let mask = mask_of_word(word, picture, &Networks::default())?;
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
    let needed = Sheet::memory(width, height, channels.len());
    memory::check((width, height), needed)
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
