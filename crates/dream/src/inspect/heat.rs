//! Activation maps as heat on the picture they belong to.

use crate::picture::Picture;
use crate::picture::colour::{from_light, to_light};
use crate::picture::resize::resize_mask;

/// Every eighth colour of the map "magma", in which equal steps look equal, also in grey and to the colour-blind.
/// Made for matplotlib by Nathaniel J. Smith and Stéfan van der Walt, and released under CC0:
/// <https://bids.github.io/colormap/>.
const MAGMA: [[u8; 3]; 9] = [
    [0, 0, 4],
    [29, 17, 71],
    [81, 18, 124],
    [131, 38, 129],
    [183, 55, 121],
    [231, 82, 99],
    [252, 137, 97],
    [254, 196, 136],
    [252, 253, 191],
];

/// Light of the picture itself, without colour, so that it is visible where a channel is silent.
const GHOST: f32 = 0.03;
/// Heat that is visible where the picture is black.
const LEAST_HEAT: f32 = 0.15;
/// The tone above this part of all pixels counts as white.
const WHITE: f32 = 0.98;

/// Draws an activation map in the colours of heat over a picture: dark where the channel is silent, bright where it
/// responds, brightest at its maximum.
///
/// `map` is `[rows][columns]` of any scale, `cells` its columns and rows; values below 0 count as 0.
///
/// # Panics
/// When `map` has another length than `cells` says.
pub fn heat(picture: &Picture, map: &[f32], cells: (usize, usize)) -> Picture {
    assert_eq!(map.len(), cells.0 * cells.1, "a map of {cells:?} cells");
    let map = smooth(map, cells);
    let strongest = map.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let map: Vec<f32> = map.iter().map(|value| value / strongest).collect();
    let map = resize_mask(&map, cells, (picture.width(), picture.height()));
    let tones = tones(picture);
    let mut hot = picture.clone();
    for ((pixel, strength), tone) in hot.pixels_mut().chunks_exact_mut(3).zip(map).zip(tones) {
        let relief = LEAST_HEAT + tone.relative.powf(1.6);
        for (value, colour) in pixel.iter_mut().zip(glow(strength)) {
            *value = from_light((to_light(colour) * relief + GHOST * tone.light).min(1.0));
        }
    }
    hot
}

/// How bright a pixel is.
struct Tone {
    /// The light of its grey.
    light: f32,
    /// Its grey against the picture's white, 0 to a little above 1.
    relative: f32,
}

fn tones(picture: &Picture) -> Vec<Tone> {
    let light = |pixel: &[f32]| {
        // Luminance, ITU-R BT.709.
        0.2126 * to_light(pixel[0]) + 0.7152 * to_light(pixel[1]) + 0.0722 * to_light(pixel[2])
    };
    let lights: Vec<f32> = picture.pixels().chunks_exact(3).map(|pixel| light(pixel).max(0.0)).collect();
    let mut sorted = lights.clone();
    sorted.sort_by(f32::total_cmp);
    let white = from_light(sorted[((sorted.len() - 1) as f32 * WHITE) as usize]).max(0.05);
    lights.into_iter().map(|light| Tone { light, relative: (from_light(light) / white).min(1.2) }).collect()
}

/// Smooths the cells a little: with the interpolation after it this is nearly a cubic B-spline, which shows no grid.
/// Negative values become 0 first.
fn smooth(map: &[f32], (columns, rows): (usize, usize)) -> Vec<f32> {
    let spread = |map: &[f32], stride: usize, at: usize, length: usize, i: usize| {
        let before = map[if at > 0 { i - stride } else { i }];
        let after = map[if at + 1 < length { i + stride } else { i }];
        (before + 4.0 * map[i] + after) / 6.0
    };
    let positive: Vec<f32> = map.iter().map(|value| value.max(0.0)).collect();
    let cells = 0..columns * rows;
    let along: Vec<f32> = cells.clone().map(|i| spread(&positive, 1, i % columns, columns, i)).collect();
    cells.map(|i| spread(&along, columns, i / columns, rows, i)).collect()
}

/// The colour of a strength, 0…1: RGB in 0…1, from black by violet and orange to a light yellow.
pub fn glow(strength: f32) -> [f32; 3] {
    let place = strength.clamp(0.0, 1.0) * (MAGMA.len() - 1) as f32;
    let below = (place as usize).min(MAGMA.len() - 2);
    let part = place - below as f32;
    std::array::from_fn(|c| {
        let [from, to] = [MAGMA[below][c], MAGMA[below + 1][c]].map(|value| f32::from(value) / 255.0);
        from + (to - from) * part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brightness(picture: &Picture, x: usize) -> f32 {
        let row = picture.width() * (picture.height() / 2);
        picture.pixels()[(row + x) * 3..][..3].iter().sum()
    }

    #[test]
    fn light_and_srgb_values_are_inverse() {
        for i in 0..=255 {
            let value = i as f32 / 255.0;
            assert!((from_light(to_light(value)) - value).abs() < 1e-5, "{value}");
        }
    }

    #[test]
    fn the_picture_glows_where_the_map_is_strong() {
        let picture = Picture::filled(40, 20, [0.5, 0.6, 0.7]).unwrap();
        let hot = heat(&picture, &[3.0, 1.0, 0.0, -2.0], (4, 1));
        let [first, second, third, last] = [4, 14, 25, 39].map(|x| brightness(&hot, x));
        assert!(first > second + 0.3 && second > third + 0.1 && third >= last, "{first} {second} {third} {last}");
        assert!(hot.pixels().iter().all(|v| (0.0..=1.0).contains(v)));
    }

    #[test]
    fn the_picture_is_visible_under_the_heat() {
        let pixels = (0..40).flat_map(|x| [if x < 20 { 0.3 } else { 0.8 }; 3]).collect();
        let picture = Picture::new(40, 1, pixels).unwrap();
        for strength in [0.0, 1.0] {
            let hot = heat(&picture, &[strength; 4], (4, 1));
            assert!(brightness(&hot, 30) > brightness(&hot, 10) + 0.1);
        }
    }

    #[test]
    fn any_picture_and_map_can_be_drawn() {
        for (value, cells) in [(0.0, (1, 1)), (1.0, (1, 5)), (0.5, (5, 1))] {
            let picture = Picture::filled(3, 2, [value; 3]).unwrap();
            for strength in [-1.0, 0.0, 1e-30, 6.0] {
                let hot = heat(&picture, &vec![strength; cells.0 * cells.1], cells);
                assert!(hot.pixels().iter().all(|v| (0.0..=1.0).contains(v)));
            }
        }
    }

    #[test]
    fn colours_pass_through_their_anchors() {
        for (i, anchor) in MAGMA.iter().enumerate() {
            assert_eq!(glow(i as f32 / 8.0).map(|v| (v * 255.0).round() as u8), *anchor);
        }
        assert_eq!(glow(2.0), glow(1.0));
    }
}
