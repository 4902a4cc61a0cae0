//! Where a dream grows: the brightness of a picture, or a shape.
//!
//! ```
//! use oneiric::picture::mask::Mask;
//!
//! let upper: Mask = "top:50%".parse()?;
//! let plane = upper.plane((4, 4));
//! assert_eq!((plane[0], plane[15]), (1.0, 0.0));
//! # Ok::<(), oneiric::settings::InvalidSetting>(())
//! ```

use std::str::FromStr;

use image::{ImageBuffer, Luma};

use crate::invalid::InvalidSetting;
use crate::picture::Picture;
use crate::picture::resize::resize_mask;

/// A weight for every pixel: 0 where the photo stays as it is, 1 where the dream grows in full.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    what: What,
    inverted: bool,
    feather: Option<Length>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// Luma times opacity, `[height][width]`, and its sides.
    Plane(Vec<f32>, (usize, usize)),
    Shape(Shape),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Circle { centre: [Length; 2], radius: Length, soft: Length },
    Rectangle { corner: [Length; 2], sides: [Length; 2], soft: Length },
    Strip { edge: Edge, depth: Length, soft: Length },
    Gradient(Edge),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Top,
    Bottom,
    Left,
    Right,
}

/// A length in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// Pixels.
    Pixels(f32),
    /// A fraction of a side of the picture: of the width for horizontal lengths, of the height for vertical ones, of the
    /// shorter side for radii and borders.
    Part(f32),
}

/// Longer lengths are refused.
const LONGEST: f32 = 1e6;

impl Length {
    fn of(self, side: usize) -> f32 {
        match self {
            Self::Pixels(pixels) => pixels,
            Self::Part(part) => part * side as f32,
        }
    }
}

impl FromStr for Length {
    type Err = InvalidSetting;

    /// `40%` or `300`, from 0 to a million.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let number = |text: &str| text.trim().parse().ok().filter(|number: &f32| (0.0..=LONGEST).contains(number));
        let read = match text.trim().strip_suffix('%') {
            Some(text) => number(text).map(|number| Self::Part(number / 100.0)),
            None => number(text).map(Self::Pixels),
        };
        read.ok_or_else(|| InvalidSetting::unreadable("feather", text, "a length in pixels such as 300, or 40%"))
    }
}

impl FromStr for Edge {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "top" => Ok(Self::Top),
            "bottom" => Ok(Self::Bottom),
            "left" => Ok(Self::Left),
            "right" => Ok(Self::Right),
            _ => Err(()),
        }
    }
}

impl FromStr for Mask {
    type Err = InvalidSetting;

    /// A shape: `circle:X,Y,RADIUS`, `rect:X,Y,WIDTH,HEIGHT`, `top:DEPTH` (or `bottom`, `left`, `right`), each with the width
    /// of a soft border after another comma, or `gradient:top`, which falls from 1 there to 0 at the opposite edge.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let wrong = || {
            let expected = "circle:50%,50%,30%, rect:10%,10%,80%,50%, top:40% (or bottom, left, right) or gradient:top; the \
                            first three take the width of a soft border as well: top:40%,10%";
            InvalidSetting::unreadable("mask", text, expected)
        };
        let (name, rest) = text.trim().split_once(':').ok_or_else(wrong)?;
        let edge = name.parse::<Edge>();
        if name == "gradient" {
            return Ok(Self::shape(Shape::Gradient(rest.trim().parse().map_err(|()| wrong())?)));
        }
        let lengths = rest.split(',').map(str::parse).collect::<Result<Vec<Length>, _>>().map_err(|_| wrong())?;
        let sharp = Length::Pixels(0.0);
        let shape = match (name, edge, &lengths[..]) {
            ("circle", _, &[x, y, radius]) => Shape::Circle { centre: [x, y], radius, soft: sharp },
            ("circle", _, &[x, y, radius, soft]) => Shape::Circle { centre: [x, y], radius, soft },
            ("rect", _, &[x, y, w, h]) => Shape::Rectangle { corner: [x, y], sides: [w, h], soft: sharp },
            ("rect", _, &[x, y, w, h, soft]) => Shape::Rectangle { corner: [x, y], sides: [w, h], soft },
            (_, Ok(edge), &[depth]) => Shape::Strip { edge, depth, soft: sharp },
            (_, Ok(edge), &[depth, soft]) => Shape::Strip { edge, depth, soft },
            _ => return Err(wrong()),
        };
        Ok(Self::shape(shape))
    }
}

impl Mask {
    fn shape(shape: Shape) -> Self {
        Self { what: What::Shape(shape), inverted: false, feather: None }
    }

    /// A mask of zeros.
    pub fn nowhere() -> Self {
        let nothing = Length::Pixels(0.0);
        Self::shape(Shape::Strip { edge: Edge::Top, depth: nothing, soft: nothing })
    }

    /// A mask of these weights, `[height][width]`, for a picture of `size` (width, height).
    pub(crate) fn of_plane(plane: Vec<f32>, size: (usize, usize)) -> Self {
        Self { what: What::Plane(plane, size), inverted: false, feather: None }
    }

    /// A mask of the brightness of a picture (luma of its sRGB values, Rec. 601) times its opacity, resized to the photo.
    pub fn of_picture(picture: &Picture) -> Self {
        let luma = picture.pixels().as_chunks::<3>().0.iter().map(|&[r, g, b]| 0.299 * r + 0.587 * g + 0.114 * b);
        let plane = match picture.alpha() {
            Some(alpha) => luma.zip(alpha).map(|(luma, alpha)| luma * alpha).collect(),
            None => luma.collect(),
        };
        Self::of_plane(plane, (picture.width(), picture.height()))
    }

    /// Inverts the mask.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self { inverted: !self.inverted, ..self }
    }

    /// Softens the border over about this length, half of it on each side.
    #[must_use]
    pub fn feathered(self, feather: Length) -> Self {
        Self { feather: Some(feather), ..self }
    }

    /// The weights for a picture of `size` (width, height), `[height][width]` in 0…1.
    pub fn plane(&self, size: (usize, usize)) -> Vec<f32> {
        let mut plane = match &self.what {
            What::Plane(plane, from) => resize_mask(plane, *from, size),
            What::Shape(shape) => shape.plane(size),
        };
        if let Some(feather) = self.feather {
            // A Gaussian goes from 2 % to 98 % within four sigma.
            plane = blurred(plane, size, feather.of(size.0.min(size.1)) / 4.0);
        }
        for weight in &mut plane {
            *weight = weight.clamp(0.0, 1.0);
            if self.inverted {
                *weight = 1.0 - *weight;
            }
        }
        plane
    }
}

fn blurred(plane: Vec<f32>, (width, height): (usize, usize), sigma: f32) -> Vec<f32> {
    if sigma < 0.1 {
        return plane;
    }
    let picture: ImageBuffer<Luma<f32>, _> =
        ImageBuffer::from_raw(width as u32, height as u32, plane).expect("a plane of these sides");
    image::imageops::fast_blur(&picture, sigma).into_raw()
}

impl Shape {
    fn plane(&self, (width, height): (usize, usize)) -> Vec<f32> {
        let shorter = width.min(height);
        let at = |[x, y]: [Length; 2]| [x.of(width), y.of(height)];
        let weights = |inside: &dyn Fn(f32, f32) -> f32| {
            let row = |y: usize| (0..width).map(move |x| inside(x as f32 + 0.5, y as f32 + 0.5));
            (0..height).flat_map(row).collect()
        };
        match *self {
            Self::Circle { centre, radius, soft } => {
                let ([cx, cy], radius, soft) = (at(centre), radius.of(shorter), soft.of(shorter));
                weights(&|x, y| soft_step(radius - (x - cx).hypot(y - cy), soft))
            }
            Self::Rectangle { corner, sides, soft } => {
                let ([left, top], [across, down], soft) = (at(corner), at(sides), soft.of(shorter));
                weights(&|x, y| {
                    let inside = [x - left, left + across - x, y - top, top + down - y];
                    soft_step(inside.into_iter().fold(f32::INFINITY, f32::min), soft)
                })
            }
            Self::Strip { edge, depth, soft } => {
                let (depth, soft) = (depth.of(edge.side(width, height)), soft.of(shorter));
                weights(&|x, y| soft_step(depth - edge.distance((x, y), (width, height)), soft))
            }
            Self::Gradient(edge) => {
                let side = edge.side(width, height) as f32;
                weights(&|x, y| 1.0 - edge.distance((x, y), (width, height)) / side)
            }
        }
    }
}

impl Edge {
    /// The length of the picture perpendicular to the edge.
    fn side(self, width: usize, height: usize) -> usize {
        if matches!(self, Self::Top | Self::Bottom) { height } else { width }
    }

    fn distance(self, (x, y): (f32, f32), (width, height): (usize, usize)) -> f32 {
        match self {
            Self::Top => y,
            Self::Bottom => height as f32 - y,
            Self::Left => x,
            Self::Right => width as f32 - x,
        }
    }
}

/// Rises from 0 to 1 over the border, which is `soft` pixels wide, at least one, and centred where `inside` is 0.
fn soft_step(inside: f32, soft: f32) -> f32 {
    let t = (inside / soft.max(1.0) + 0.5).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(text: &str, size: (usize, usize)) -> Vec<f32> {
        text.parse::<Mask>().unwrap().plane(size)
    }

    #[test]
    fn shapes_are_where_their_text_says() {
        for (text, inside, outside) in [
            ("circle:50%,50%,25%", (20, 10), (2, 2)),
            ("circle:30,5,4", (30, 5), (22, 5)),
            ("rect:0,0,50%,100%", (5, 19), (30, 19)),
            ("top:25%", (39, 1), (39, 9)),
            ("bottom:5", (0, 18), (0, 10)),
            ("left:25%", (3, 10), (20, 10)),
            ("right:10", (35, 0), (25, 0)),
        ] {
            let plane = plane(text, (40, 20));
            let at = |(x, y): (usize, usize)| plane[y * 40 + x];
            assert_eq!((at(inside), at(outside)), (1.0, 0.0), "{text}");
        }
        let ramp = plane("gradient:left", (100, 2));
        assert!((ramp[0] - 0.995).abs() < 1e-4 && (ramp[99] - 0.005).abs() < 1e-4);
    }

    #[test]
    fn the_empty_mask_is_zero_everywhere() {
        assert!(Mask::nowhere().plane((9, 7)).iter().all(|&weight| weight == 0.0));
    }

    #[test]
    fn borders_have_the_given_width() {
        let rows = |plane: Vec<f32>| plane.iter().filter(|&&weight| weight > 0.0 && weight < 1.0).count();
        assert_eq!(rows(plane("top:50", (1, 100))), 0);
        assert_eq!(rows(plane("top:50,20", (1, 100))), 20);
        let feathered = "top:50".parse::<Mask>().unwrap().feathered(Length::Pixels(20.0)).plane((100, 100));
        assert!(feathered.iter().step_by(100).is_sorted_by(|a, b| a >= b), "weights fall from top to bottom");
        assert!((feathered[49 * 100 + 50] - 0.5).abs() < 0.1 && feathered[75 * 100 + 50] < 0.01);
    }

    #[test]
    fn a_picture_masks_by_brightness_and_opacity() {
        let pixels = vec![1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        let picture = Picture::with_alpha(3, 1, pixels, Some(vec![1.0, 0.5, 1.0])).unwrap();
        let mask = Mask::of_picture(&picture);
        assert!(mask.plane((3, 1)).iter().zip([1.0, 0.5, 0.0]).all(|(a, b)| (a - b).abs() < 1e-5));
        assert!(mask.inverted().plane((3, 1)).iter().zip([0.0, 0.5, 1.0]).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn an_invalid_shape_gets_the_valid_forms() {
        for wrong in
            ["", "circle", "circle:1,2", "top:-5", "top:5,5,5", "middle:4", "gradient:40%", "rect:1,2,3,nan", "top:1e9"]
        {
            assert!(wrong.parse::<Mask>().unwrap_err().to_string().contains("top:40%"), "{wrong}");
        }
    }
}
