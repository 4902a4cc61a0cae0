//! The plain picture that a network is tested on.

use super::sample::SmallPicture;
use super::warp::{Square, warp};

/// Neutral grey: it favours no class.
const GROUND: [f32; 3] = [0.5; 3];

/// Returns the largest square in the middle of a picture as `size` x `size` pixels: rows of interleaved RGB, 0 to 1.
/// Transparent pixels are on neutral grey.
pub fn prepare(picture: &SmallPicture, size: usize) -> Vec<f32> {
    warp(picture, GROUND, &Square::middle(picture), size)
}
