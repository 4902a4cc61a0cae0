//! What the colours of a PNG mean: its chunks cICP, iCCP, sRGB, gAMA and cHRM, the first of them that is there (PNG,
//! third edition, 4.3).

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, MatrixCoefficients, ToneReprCurve,
    TransferCharacteristics, XyYRepresentable,
};

use super::colour::{self, Profile};

/// The gAMA that stands for the curve of sRGB, in units of 1 / 100,000, and the rounding that writers allow themselves.
const SRGB_GAMMA: std::ops::RangeInclusive<u32> = 45_000..=46_000;

/// Returns the profile of the colours, or `None` for sRGB. `icc` is the unpacked content of the chunk iCCP, if that is
/// sound.
///
/// # Errors
/// The reason why it cannot be used.
pub(super) fn profile(bytes: &[u8], icc: Option<&[u8]>) -> Profile {
    let find = |name: &[u8; 4]| chunks(bytes).find(|(kind, _)| kind == name).map(|(_, data)| data);
    if let Some(points) = find(b"cICP") {
        return from_code_points(points).map(Some);
    }
    if find(b"iCCP").is_some() {
        return colour::icc(icc.ok_or("the chunk iCCP is damaged")?).map(Some);
    }
    match find(b"gAMA") {
        Some(gamma) if find(b"sRGB").is_none() => from_gamma(gamma, find(b"cHRM")).map(Some),
        // Browsers ignore primaries without a gamma.
        _ => Ok(None),
    }
}

/// The chunks before the pixels: name and content. A length that leads out of the file ends them.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let (kind, after) = after.split_at_checked(4)?;
        let (data, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        // The checksum.
        rest = after.get(4..)?;
        (kind != b"IDAT").then_some((kind, data))
    })
}

/// Code points of video: ITU-T H.273.
fn from_code_points(data: &[u8]) -> Result<ColorProfile, String> {
    let &[primaries, transfer, matrix, is_full_range] = data else {
        return Err("the chunk cICP has a wrong length".to_owned());
    };
    let detail = || format!("code points {primaries}, {transfer}, {matrix}, {is_full_range}");
    if matrix != 0 || is_full_range != 1 {
        return Err(format!("{} are not RGB of the full range", detail()));
    }
    let unknown = |_| format!("{} are unknown", detail());
    let color_primaries = CicpColorPrimaries::try_from(primaries).map_err(unknown)?;
    let transfer_characteristics = TransferCharacteristics::try_from(transfer).map_err(unknown)?;
    if matches!(transfer_characteristics, TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg) {
        return Err("it is for pictures with high dynamic range (HDR)".to_owned());
    }
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    if profile.is_matrix_shaper() { Ok(profile) } else { Err(format!("{} are not supported", detail())) }
}

/// sRGB with another gamma, and with other primaries if there are any.
fn from_gamma(gamma: &[u8], primaries: Option<&[u8]>) -> Result<ColorProfile, String> {
    let mut profile = ColorProfile::new_srgb();
    if let Some(primaries) = primaries {
        let numbers = numbers(primaries).filter(|numbers| numbers.len() == 8);
        let points: Vec<_> = numbers.ok_or("the chunk cHRM has a wrong length")?.chunks_exact(2).map(point).collect();
        let primaries = ColorPrimaries { red: points[1], green: points[2], blue: points[3] };
        profile.update_rgb_colorimetry(points[0].to_xyy(), primaries);
        let mut matrix = profile.rgb_to_xyz_matrix().v.into_iter().flatten();
        if twice_the_area(primaries) < 0.001 || !matrix.all(|value| value.is_finite() && value.abs() < 10.0) {
            return Err("the primaries of the chunk cHRM are impossible".to_owned());
        }
    }
    let gamma = numbers(gamma).filter(|numbers| numbers.len() == 1).map_or(0, |numbers| numbers[0]);
    if gamma == 0 {
        return Err("the chunk gAMA is damaged".to_owned());
    }
    if !SRGB_GAMMA.contains(&gamma) {
        let curve = ToneReprCurve::Parametric(vec![100_000.0 / gamma as f32]);
        profile.cicp = None;
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    Ok(profile)
}

/// Twice the area of the triangle of the primaries.
fn twice_the_area(ColorPrimaries { red, green, blue }: ColorPrimaries) -> f32 {
    ((green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y)).abs()
}

/// Numbers of four bytes.
fn numbers(data: &[u8]) -> Option<Vec<u32>> {
    let (numbers, rest) = data.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|number| u32::from_be_bytes(*number)).collect())
}

fn point(pair: &[u32]) -> Chromaticity {
    let [x, y] = [pair[0], pair[1]].map(|number| number as f32 / 100_000.0);
    Chromaticity { x, y }
}
