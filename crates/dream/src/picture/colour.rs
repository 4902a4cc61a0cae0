//! Converts the colours of a file to sRGB, by its colour profile if it has one.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Lab, Layout, TransformF32Executor, TransformOptions, Vector3d};

/// What the channels of a pixel mean; transparency is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    /// One channel, 0 black.
    Grey,
    /// Three channels, 0 black.
    Rgb,
    /// Four channels of ink, 0 none.
    Cmyk,
    /// CIE L*a*b* under D50, as ICC profiles encode it: L* / 100, (a* + 128) / 255, (b* + 128) / 255.
    Lab,
}

impl Model {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
        }
    }
}

/// The colour profile of a file, if it has one, or the reason why that cannot be used.
pub(super) type Profile = Result<Option<ColorProfile>, String>;

/// A conversion from one colour model to sRGB.
pub(super) struct ToSrgb {
    model: Model,
    way: Way,
}

enum Way {
    /// Without a profile: grey and RGB are sRGB, CMYK is ideal inks, Lab is absolute.
    Plain,
    /// By a profile for the model.
    Profile(Arc<TransformF32Executor>),
    /// By an RGB profile, grey as three equal channels: browsers do so.
    GreyAsRgb(Arc<TransformF32Executor>),
}

impl ToSrgb {
    /// The conversion without a profile.
    pub(super) fn plain(model: Model) -> Self {
        Self { model, way: Way::Plain }
    }

    /// The conversion by a profile.
    ///
    /// # Errors
    /// The reason why the profile cannot be used.
    pub(super) fn new(model: Model, profile: Option<&ColorProfile>) -> Result<Self, String> {
        let plain = Self::plain(model);
        let Some(profile) = profile else { return Ok(plain) };
        let managed = Self { model, way: way(model, profile)? };
        Ok(if managed.agrees_with(&plain)? { plain } else { managed })
    }

    /// Converts a row of pixels, `model.channels()` values each, to sRGB within 0 to 1.
    ///
    /// # Errors
    /// The reason why the profile cannot be used.
    pub(super) fn row(&self, from: &[f32], to: &mut [f32]) -> Result<(), String> {
        match &self.way {
            Way::Plain => plain_row(self.model, from, to),
            Way::Profile(transform) => transform.transform(from, to).map_err(|error| error.to_string())?,
            Way::GreyAsRgb(transform) => {
                let mut rgb = vec![0.0; to.len()];
                plain_row(Model::Grey, from, &mut rgb);
                transform.transform(&rgb, to).map_err(|error| error.to_string())?;
            }
        }
        for value in to {
            *value = within(*value);
        }
        Ok(())
    }

    /// Most profiles describe sRGB with rounded curves. Following them would shift some 8-bit values by one, so a
    /// difference below half an 8-bit step is ignored.
    fn agrees_with(&self, plain: &Self) -> Result<bool, String> {
        let grid = grid(self.model);
        let mut ours = vec![0.0; grid.len() / self.model.channels() * 3];
        let mut theirs = ours.clone();
        self.row(&grid, &mut ours)?;
        plain.row(&grid, &mut theirs)?;
        Ok(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 0.5 / 255.0))
    }
}

/// Clamps a value to 0 to 1; NaN becomes 0.
pub(super) fn within(value: f32) -> f32 {
    if value > 0.0 { value.min(1.0) } else { 0.0 }
}

/// Reads an ICC profile.
///
/// # Errors
/// The reason why it cannot be used.
pub(super) fn icc(bytes: &[u8]) -> Result<ColorProfile, String> {
    ColorProfile::new_from_slice(bytes).map_err(|error| error.to_string())
}

fn way(model: Model, profile: &ColorProfile) -> Result<Way, String> {
    let transform = |layout| {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        profile.create_transform_f32(layout, &srgb, Layout::Rgb, options).map_err(|error| error.to_string())
    };
    match (model, profile.color_space) {
        (Model::Grey, DataColorSpace::Gray) => Ok(Way::Profile(transform(Layout::Gray)?)),
        (Model::Grey, DataColorSpace::Rgb) => Ok(Way::GreyAsRgb(transform(Layout::Rgb)?)),
        (Model::Rgb, DataColorSpace::Rgb) => Ok(Way::Profile(transform(Layout::Rgb)?)),
        // The library's name for any four channels.
        (Model::Cmyk, DataColorSpace::Cmyk) => Ok(Way::Profile(transform(Layout::Rgba)?)),
        (Model::Lab, DataColorSpace::Lab) => Ok(Way::Plain),
        (model, space) => Err(format!("it is for {space:?}, and the picture is {model:?}")),
    }
}

fn plain_row(model: Model, from: &[f32], to: &mut [f32]) {
    let (out, _) = to.as_chunks_mut::<3>();
    match model {
        Model::Grey => {
            for (rgb, grey) in out.iter_mut().zip(from) {
                *rgb = [*grey; 3];
            }
        }
        Model::Rgb => to.copy_from_slice(from),
        Model::Cmyk => {
            for (rgb, [c, m, y, k]) in out.iter_mut().zip(from.as_chunks::<4>().0) {
                *rgb = [c, m, y].map(|ink| (1.0 - ink) * (1.0 - k));
            }
        }
        Model::Lab => {
            let to_rgb = ColorProfile::new_srgb().rgb_to_xyz_matrix().inverse();
            for (rgb, [l, a, b]) in out.iter_mut().zip(from.as_chunks::<3>().0) {
                let xyz = Lab::new(l * 100.0, a * 255.0 - 128.0, b * 255.0 - 128.0).to_xyz();
                let xyz = [xyz.x, xyz.y, xyz.z].map(|value| f64::from(value) * LAB_SCALE);
                *rgb = to_rgb.mul_vector(Vector3d { v: xyz }).v.map(|light| from_light(light as f32));
            }
        }
    }
}

/// The library's XYZ of Lab is scaled for the connection of profiles: 1 is stored as 1 / this.
const LAB_SCALE: f64 = 1.0 + 32_767.0 / 32_768.0;

/// An sRGB value as an amount of light (IEC 61966-2-1).
pub(crate) fn to_light(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// An amount of light as an sRGB value.
pub(crate) fn from_light(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

fn grid(model: Model) -> Vec<f32> {
    let channels = model.channels();
    let steps: usize = if channels == 1 { 256 } else { 9 };
    let value = |point: usize, channel: usize| {
        let step = point / steps.pow(channel as u32) % steps;
        step as f32 / (steps - 1) as f32
    };
    (0..steps.pow(channels as u32)).flat_map(|point| (0..channels).map(move |channel| value(point, channel))).collect()
}
