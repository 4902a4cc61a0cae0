//! Converts the colours of a file to sRGB, by its ICC profile if that is usable.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformF32Executor, TransformOptions};

/// What the channels of a pixel mean; transparency is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    /// One channel, 0 black.
    Grey,
    /// Three channels, 0 black.
    Rgb,
    /// Four channels of ink, 0 none.
    Cmyk,
}

impl Model {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// A conversion from one colour model to sRGB.
pub(super) struct ToSrgb {
    model: Model,
    transform: Option<Arc<TransformF32Executor>>,
}

impl ToSrgb {
    /// A broken profile, or one for another model, is ignored: grey and RGB are then taken as sRGB, and CMYK as ideal
    /// inks.
    pub(super) fn new(model: Model, profile: Option<&[u8]>) -> Self {
        let plain = Self { model, transform: None };
        let Some(transform) = profile.and_then(|bytes| transform(model, bytes)) else {
            return plain;
        };
        let managed = Self { model, transform: Some(transform) };
        if managed.agrees_with(&plain) { plain } else { managed }
    }

    /// Converts a row of pixels, `model.channels()` values each, to sRGB within 0 to 1.
    pub(super) fn row(&self, from: &[f32], to: &mut [f32]) {
        let done = self.transform.as_ref().is_some_and(|transform| transform.transform(from, to).is_ok());
        if !done {
            plain_row(self.model, from, to);
        }
        for value in to {
            *value = within(*value);
        }
    }

    /// Most profiles describe sRGB with rounded curves. Following them would shift some 8-bit values by one, so a
    /// difference below half an 8-bit step is ignored.
    fn agrees_with(&self, plain: &Self) -> bool {
        let grid = grid(self.model);
        let mut ours = vec![0.0; grid.len() / self.model.channels() * 3];
        let mut theirs = ours.clone();
        self.row(&grid, &mut ours);
        plain.row(&grid, &mut theirs);
        ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 0.5 / 255.0)
    }
}

/// Clamps a value to 0 to 1; NaN becomes 0.
pub(super) fn within(value: f32) -> f32 {
    if value > 0.0 { value.min(1.0) } else { 0.0 }
}

fn transform(model: Model, profile: &[u8]) -> Option<Arc<TransformF32Executor>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (space, layout) = match model {
        Model::Grey => (DataColorSpace::Gray, Layout::Gray),
        Model::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
        // The library's name for any four channels.
        Model::Cmyk => (DataColorSpace::Cmyk, Layout::Rgba),
    };
    if profile.color_space != space {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    profile.create_transform_f32(layout, &srgb, Layout::Rgb, options).ok()
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
    }
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
