//! Random changes of colours.

use super::super::draws::Draws;
use super::Augmentation;

/// The luma of red, green and blue (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Factors of brightness, contrast and saturation, and a turn of the hue in radians.
pub(super) struct ColourChange {
    brightness: f32,
    contrast: f32,
    saturation: f32,
    hue: f32,
}

impl ColourChange {
    pub(super) fn draw(settings: &Augmentation, draws: &mut Draws) -> Self {
        let mut factor = |reach: f32| 1.0 + draws.around(reach);
        let (brightness, contrast) = (factor(settings.brightness), factor(settings.contrast));
        let saturation = factor(settings.saturation);
        Self { brightness, contrast, saturation, hue: draws.around(settings.hue * std::f32::consts::TAU) }
    }

    /// Changes pixels; values stay within 0 to 1. All four changes are one matrix, and what contrast keeps of the mean.
    pub(super) fn apply(&self, pixels: &mut [f32]) {
        let matrix = self.matrix();
        let kept = (1.0 - self.contrast) * self.brightness * mean_luma(pixels);
        for pixel in pixels.as_chunks_mut::<3>().0 {
            *pixel = matrix.map(|row| (dot(row, *pixel) + kept).clamp(0.0, 1.0));
        }
    }

    /// Brightness and contrast scale, saturation mixes with the luma, and hue rotates around the axis of greys.
    fn matrix(&self) -> [[f32; 3]; 3] {
        let scale = self.brightness * self.contrast;
        let row = |i: usize| {
            [0, 1, 2].map(|j| {
                let own = if i == j { self.saturation } else { 0.0 };
                scale * (own + (1.0 - self.saturation) * LUMA[j])
            })
        };
        let (saturated, (sin, cos)) = ([0, 1, 2].map(row), self.hue.sin_cos());
        // Rodrigues' formula for the axis (1, 1, 1).
        let (others, turn) = ((1.0 - cos) / 3.0, sin / 3f32.sqrt());
        let rotation = [
            [cos + others, others - turn, others + turn],
            [others + turn, cos + others, others - turn],
            [others - turn, others + turn, cos + others],
        ];
        rotation.map(|row| [0, 1, 2].map(|j| (0..3).map(|k| row[k] * saturated[k][j]).sum()))
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn mean_luma(pixels: &[f32]) -> f32 {
    let (pixels, _) = pixels.as_chunks::<3>();
    pixels.iter().map(|pixel| dot(LUMA, *pixel)).sum::<f32>() / pixels.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ColourChange = ColourChange { brightness: 1.0, contrast: 1.0, saturation: 1.0, hue: 0.0 };
    const RED_AND_GREY: [f32; 6] = [0.8, 0.2, 0.2, 0.4, 0.4, 0.4];

    fn changed(change: ColourChange) -> [f32; 6] {
        let mut pixels = RED_AND_GREY;
        change.apply(&mut pixels);
        pixels
    }

    fn assert_close(got: [f32; 6], expected: [f32; 6]) {
        assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3), "{got:?}, not {expected:?}");
    }

    #[test]
    fn each_change_does_what_its_name_says() {
        assert_close(changed(PLAIN), RED_AND_GREY);
        let twice = changed(ColourChange { brightness: 2.0, ..PLAIN });
        assert_close(twice, [1.0, 0.4, 0.4, 0.8, 0.8, 0.8]);
        // The mean luma is that of a grey of 0.39.
        let flat = changed(ColourChange { contrast: 0.0, ..PLAIN });
        assert_close(flat, [0.39; 6]);
        let grey = changed(ColourChange { saturation: 0.0, ..PLAIN });
        assert_close(grey, [0.379, 0.379, 0.379, 0.4, 0.4, 0.4]);
        let green = changed(ColourChange { hue: std::f32::consts::TAU / 3.0, ..PLAIN });
        assert_close(green, [0.2, 0.8, 0.2, 0.4, 0.4, 0.4]);
    }
}
