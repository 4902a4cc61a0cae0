//! Shows the samples of any picture as grey ones.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// PhotometricInterpretation, which says what the samples mean.
const PHOTOMETRIC: u16 = 262;
const BLACK_IS_ZERO: u8 = 1;

/// A TIFF file whose first page says that its samples are grey, or of many bands if a pixel has more than one.
///
/// The `tiff` crate unpacks samples of any number and depth, but refuses those of palettes, Lab and others because of
/// what they mean. This reader hides that from the crate. The rest of the file is as it is.
pub(super) struct AsGrey<'a> {
    file: Cursor<&'a [u8]>,
    /// Where the lower byte of the meaning stands; the upper one is 0.
    at: u64,
}

impl<'a> AsGrey<'a> {
    /// Returns the reader and what the samples really mean, or `None` if the first page does not say that.
    pub(super) fn new(bytes: &'a [u8]) -> Option<(Self, u16)> {
        let layout = Layout::of(bytes)?;
        let value = layout.find(bytes, PHOTOMETRIC)?;
        let pair = *bytes.get(value..)?.first_chunk()?;
        let (meaning, lower) =
            if layout.is_big_endian { (u16::from_be_bytes(pair), 1) } else { (u16::from_le_bytes(pair), 0) };
        // A meaning of two bytes is unknown, and is not hidden.
        let at = (value + lower) as u64;
        Some((Self { file: Cursor::new(bytes), at }, meaning))
    }
}

impl Read for AsGrey<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let start = self.file.position();
        let read = self.file.read(buffer)?;
        let hidden = self.at.checked_sub(start).and_then(|offset| usize::try_from(offset).ok());
        if let Some(byte) = hidden.and_then(|offset| buffer[..read].get_mut(offset)) {
            *byte = BLACK_IS_ZERO;
        }
        Ok(read)
    }
}

impl Seek for AsGrey<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// How numbers and the entries of a directory are written.
struct Layout {
    is_big_endian: bool,
    is_big_tiff: bool,
}

impl Layout {
    fn of(bytes: &[u8]) -> Option<Self> {
        let is_big_endian = bytes.starts_with(b"MM");
        let mut layout = Self { is_big_endian, is_big_tiff: false };
        layout.is_big_tiff = layout.number(bytes, 2, 2)? == 43;
        Some(layout)
    }

    /// Returns the number of `length` bytes, up to 8, that begins at `at`.
    fn number(&self, bytes: &[u8], at: usize, length: usize) -> Option<u64> {
        let digits = bytes.get(at..at.checked_add(length)?)?.iter();
        let add = |number, digit: &u8| number << 8 | u64::from(*digit);
        Some(if self.is_big_endian { digits.fold(0, add) } else { digits.rev().fold(0, add) })
    }

    /// Returns where the value of a tag of the first page begins, the last if there are several, as the crate takes it.
    /// The value is a SHORT.
    fn find(&self, bytes: &[u8], tag: u16) -> Option<usize> {
        let (pointer, size, count, entry, value) = if self.is_big_tiff { (8, 8, 8, 20, 12) } else { (4, 4, 2, 12, 8) };
        let directory = usize::try_from(self.number(bytes, pointer, size)?).ok()?;
        let entries = self.number(bytes, directory, count)?;
        let entries =
            bytes.get(directory.checked_add(count)?..)?.chunks_exact(entry).take(usize::try_from(entries).ok()?);
        let is_wanted = |entry: &[u8]| {
            self.number(entry, 0, 2) == Some(u64::from(tag)) && self.number(entry, 2, 2) == Some(u64::from(SHORT))
        };
        let place = entries.enumerate().rfind(|(_, entry)| is_wanted(entry))?.0;
        Some(directory + count + place * entry + value)
    }
}

/// The type of numbers of 16 bits.
const SHORT: u16 = 3;
