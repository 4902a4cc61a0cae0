//! Iterates over the complete parts of a picture file. Nothing is copied: a file may have millions of parts.

use img_parts::jpeg::markers;

/// A chunk of a PNG file.
pub(crate) struct Chunk<'a> {
    kind: &'a [u8; 4],
    /// Its contents.
    pub data: &'a [u8],
    /// The whole chunk, with length, kind and checksum.
    pub whole: &'a [u8],
}

impl Chunk<'_> {
    pub(crate) fn is(&self, kind: &[u8; 4], begins: &[u8]) -> bool {
        self.kind == kind && self.data.starts_with(begins)
    }
}

/// The chunks of a PNG file, after its signature.
pub(crate) fn of_png(file: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = file.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let data = after.get(..length)?;
        let (whole, after) = rest.split_at_checked(length.checked_add(12)?)?;
        rest = after;
        Some(Chunk { kind, data, whole })
    })
}

/// The identifiers and contents of the chunks of a WebP file.
pub(crate) fn of_webp(file: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = file.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (id, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        // Odd lengths are padded.
        rest = after.get(data.len() % 2..).unwrap_or_default();
        Some((id, data))
    })
}

/// The markers and contents of the segments of a JPEG file, up to the compressed picture.
pub(crate) fn of_jpeg(file: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = file.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        // A marker begins with any number of 0xff.
        let fill = rest.iter().take_while(|byte| **byte == markers::P).count();
        let (&marker, after) = rest[fill..].split_first().filter(|_| fill > 0)?;
        if matches!(marker, markers::SOS | markers::EOI) {
            return None;
        }
        let (length, _) = after.split_first_chunk::<2>()?;
        let (segment, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
        rest = after;
        Some((marker, segment.get(2..)?))
    })
}
