//! The colour profile of a BMP file, which its decoder leaves out. Windows calls such a header BITMAPV5HEADER.

/// Where that header begins, and the shortest that has room for a profile.
const HEADER: usize = 14;
const LENGTH: u32 = 124;
/// Kinds of colour space: the profile is in the file, or its name is.
const EMBEDDED: &[u8; 4] = b"DEBM";
const LINKED: &[u8; 4] = b"KNIL";

/// Returns the ICC profile in the file, if there is one.
///
/// # Errors
/// The reason why it cannot be used.
pub(super) fn icc(bytes: &[u8]) -> Result<Option<&[u8]>, String> {
    let field = |at: usize| bytes.get(HEADER + at..)?.first_chunk::<4>();
    let number = |at: usize| field(at).map(|digits| u32::from_le_bytes(*digits));
    if number(0).is_none_or(|length| length < LENGTH) {
        return Ok(None);
    }
    match field(56) {
        Some(LINKED) => Err("it is in another file".to_owned()),
        Some(EMBEDDED) => {
            let place = number(112).zip(number(116)).map(|(start, length)| (HEADER + start as usize, length as usize));
            let profile = place.and_then(|(start, length)| bytes.get(start..)?.get(..length));
            profile.map(Some).ok_or_else(|| "it is not within the file".to_owned())
        }
        _ => Ok(None),
    }
}
