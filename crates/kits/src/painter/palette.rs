//! Which colours a painter sees and has: shadows in blue and violet, warm lights, and pigments that every colour leans to.

use super::colour::Lab;
use crate::random::Random;

/// The paints of one kind of day.
#[derive(Debug)]
pub(super) struct Pigments {
    /// sRGB.
    pub paints: &'static [u32],
    /// What the shadows take on.
    pub shadow: u32,
    /// What the lights take on.
    pub light: u32,
}

/// Days to paint on.
pub(super) const DAYS: [Pigments; 7] = [
    // A summer noon at Argenteuil.
    Pigments {
        paints: &[0xf2d06b, 0xcfa24a, 0x5b8fd0, 0x2f6f9f, 0x6fa85a, 0x2f7a68, 0xd98a6a, 0xf3ead2, 0x9a8fc4],
        shadow: 0x4a4f9a,
        light: 0xfbe7a8,
    },
    // Mist in the morning.
    Pigments {
        paints: &[0xf3dfc9, 0xe9c7b0, 0xa9bfe0, 0x7f9fd0, 0x8fb9b4, 0x5f8f9a, 0xb8a6d2, 0xd9d08f, 0x6a74a8],
        shadow: 0x5f6fae,
        light: 0xfde9d2,
    },
    // The sun going down.
    Pigments {
        paints: &[0xf4a65a, 0xe57f4a, 0xf2cf7a, 0x4f5fa8, 0x7a6fb0, 0x35627f, 0xc98a6f, 0xf0d9b8, 0x3f7f7a],
        shadow: 0x3f3f8f,
        light: 0xffd08a,
    },
    // The south.
    Pigments {
        paints: &[0xf4c832, 0xe89a2a, 0x2f5fb0, 0x274a8a, 0x3f9a6a, 0x8fb840, 0xd2562f, 0x7fc4b8, 0xefe2b0],
        shadow: 0x2b3f8a,
        light: 0xf9df6a,
    },
    // A meadow with poppies.
    Pigments {
        paints: &[0xa8c060, 0x6f9f4a, 0x3f7a5a, 0xe0c878, 0x86b4dc, 0xd4624a, 0x8a86b8, 0xf0ead8, 0xb89a58],
        shadow: 0x3f5a8f,
        light: 0xf6efb0,
    },
    // Snow.
    Pigments {
        paints: &[0xe8eaf2, 0xb4c6e4, 0x8aa2d0, 0xc9b8d6, 0xe9d6b4, 0xc49a6a, 0x5f7a9a, 0x7a8a70, 0xf4ead8],
        shadow: 0x5a72b4,
        light: 0xfaf0da,
    },
    // Water lilies.
    Pigments {
        paints: &[0x4f7fb0, 0x6fa0b8, 0x4a8a74, 0x87b07a, 0x8f86c0, 0xc6a8cc, 0xe6cfa0, 0xd9dfb0, 0x2f5a80],
        shadow: 0x3a4a94,
        light: 0xf0ecc0,
    },
];

/// How far a stroke's colour may go towards a paint.
const FARTHEST: f32 = 0.05;

/// How the painter of one picture sees colours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Palette {
    paints: Vec<Lab>,
    shadow: Lab,
    light: Lab,
    /// Lightness of black and of white.
    tones: [f32; 2],
    /// How much darks and lights are driven apart, from 0 to 1.
    contrast: f32,
    /// How many times as strong colours become.
    strength: f32,
    /// How much shadows and lights take on, from 0 to 1.
    tint: f32,
    /// How far every colour leans to the paints, from 0 to 1.
    lean: f32,
    /// How far a stroke's colour may be from what is seen.
    broken: f32,
}

impl Palette {
    pub fn random(random: &mut Random) -> Self {
        let day = &DAYS[random.below(DAYS.len())];
        Self {
            paints: day.paints.iter().map(|&hex| Lab::from_hex(hex)).collect(),
            shadow: Lab::from_hex(day.shadow),
            light: Lab::from_hex(day.light),
            tones: [random.range(0.1, 0.3), random.range(0.93, 1.0)],
            contrast: random.range(0.0, 0.8),
            strength: random.range(1.15, 1.9),
            tint: random.range(0.25, 0.7),
            lean: random.range(0.1, 0.45),
            broken: random.range(0.4, 1.0),
        }
    }

    /// What the painter sees in a colour.
    pub fn seen(&self, colour: Lab) -> Lab {
        let l = colour.l.clamp(0.0, 1.0);
        let tone = l + self.contrast * (l * l * (3.0 - 2.0 * l) - l);
        let [black, white] = self.tones;
        let seen = Lab::new(black + (white - black) * tone, colour.a * self.strength, colour.b * self.strength);
        let dark = (1.0 - l) * (1.0 - l);
        let grey = 1.0 - (12.0 * (colour.a * colour.a + colour.b * colour.b).sqrt()).min(0.8);
        let seen = seen.tinted(self.shadow, self.tint * dark * (0.3 + 0.7 * grey));
        let seen = seen.tinted(self.light, 0.5 * self.tint * l * l * l * grey);
        seen.tinted(self.near(seen).0, self.lean)
    }

    /// The mean of the paints near a colour, and what they weigh.
    fn near(&self, colour: Lab) -> (Lab, f32) {
        let mut mean = Lab::default();
        let mut sum = 0.0;
        for &paint in &self.paints {
            let weight = nearness(colour, paint);
            mean = mean + paint * weight;
            sum += weight;
        }
        (mean * (1.0 / sum), sum)
    }

    /// The colour of one stroke where `seen` is to be: broken towards one of the paints near it.
    pub fn stroke(&self, seen: Lab, random: &mut Random) -> Lab {
        let mut left = random.unit() * self.near(seen).1;
        let chosen = self.paints.iter().find(|paint| {
            left -= nearness(seen, **paint);
            left < 0.0
        });
        let towards = *chosen.unwrap_or(&self.paints[0]);
        let share = self.broken * random.range(0.0, 0.5);
        // A paint far off is only hinted at.
        let share = share.min(FARTHEST / seen.far(towards).sqrt().max(FARTHEST));
        let fresh = 1.0 + 0.25 * self.broken * random.bell();
        let colour = Lab::new(
            seen.l + 0.12 * share * (towards.l - seen.l).clamp(-0.3, 0.3) + 0.06 * self.broken * random.bell(),
            (seen.a + (towards.a - seen.a) * share) * fresh,
            (seen.b + (towards.b - seen.b) * share) * fresh,
        );
        colour.in_gamut()
    }
}

/// How near a paint is; its lightness counts less, since paint is mixed with white.
fn nearness(colour: Lab, paint: Lab) -> f32 {
    let d = paint - colour;
    let square = 0.15 * d.l * d.l + d.a * d.a + d.b * d.b + 0.0015;
    1.0 / (square * square)
}
