//! An XMP packet in a TIFF file: a tag of the directory of the first page (TIFF 6.0, section 2).
//!
//! A directory cannot grow in its place, so that a new one at the end of the file replaces it.

use super::RecipeError;
use crate::picture::FileKind;

/// The tag of the packet (XMP, part 3, 3.2), and the type of its bytes.
const XMP: u16 = 700;
const BYTES: u16 = 1;
/// The version of files with offsets of 32 bits.
const CLASSIC: u16 = 42;
/// Bytes of an entry: tag, type, number of values, their offset.
const ENTRY: usize = 12;

/// Returns the packet in the file, if there is one.
pub(super) fn packet(file: &[u8]) -> Option<&[u8]> {
    let directory = Directory::of(file)?;
    let entry = directory.entries.iter().find(|entry| directory.order.short(*entry) == Some(XMP))?;
    let [length, start] = [4, 8].map(|at| directory.order.long(&entry[at..]));
    file.get(start? as usize..)?.get(..length? as usize)
}

/// Returns the file with the packet in it.
///
/// # Errors
/// [`RecipeError::Damaged`] for a file without a directory, or with offsets of 64 bits.
pub(super) fn with_packet(mut file: Vec<u8>, packet: &[u8]) -> Result<Vec<u8>, RecipeError> {
    let damaged = |why: &str| RecipeError::damaged(FileKind::Tiff, why);
    let Directory { order, mut entries, next } = Directory::of(&file).ok_or_else(|| damaged("it has no directory"))?;
    let offset = |length: usize| u32::try_from(length).map_err(|_| damaged("it is too long"));
    let kind = [order.of_short(XMP), order.of_short(BYTES)].concat();
    let place = [order.of_long(offset(packet.len())?), order.of_long(offset(file.len())?)].concat();
    entries.retain(|entry| order.short(entry) != Some(XMP));
    entries.extend([kind, place].concat().as_chunks().0);
    // Entries are in the order of their tags.
    entries.sort_by_key(|entry| order.short(entry));
    file.extend(packet);
    // Directories begin at even offsets.
    file.resize(file.len().next_multiple_of(2), 0);
    let start = order.of_long(offset(file.len())?);
    file[4..8].copy_from_slice(&start);
    let count = u16::try_from(entries.len()).map_err(|_| damaged("it has too many tags"))?;
    file.extend(order.of_short(count));
    file.extend(entries.as_flattened());
    file.extend(next);
    Ok(file)
}

/// The order of the bytes of numbers.
#[derive(Clone, Copy)]
struct Order {
    is_big_endian: bool,
}

impl Order {
    fn short(self, bytes: &[u8]) -> Option<u16> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(self, bytes: &[u8]) -> Option<u32> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn of_short(self, number: u16) -> [u8; 2] {
        if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn of_long(self, number: u32) -> [u8; 4] {
        if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
    }
}

/// The directory of the first page.
struct Directory {
    order: Order,
    entries: Vec<[u8; ENTRY]>,
    /// The offset of the next directory, as it is stored.
    next: [u8; 4],
}

impl Directory {
    fn of(file: &[u8]) -> Option<Self> {
        let order = Order { is_big_endian: file.starts_with(b"MM") };
        if order.short(file.get(2..)?)? != CLASSIC {
            return None;
        }
        let directory = file.get(order.long(file.get(4..)?)? as usize..)?;
        let (entries, after) = directory.get(2..)?.split_at_checked(usize::from(order.short(directory)?) * ENTRY)?;
        Some(Self { order, entries: entries.as_chunks().0.to_vec(), next: *after.first_chunk()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of either order with two tags, 256 and 1000.
    fn file(order: Order) -> Vec<u8> {
        let start: &[u8] = if order.is_big_endian { b"MM" } else { b"II" };
        let entry = |tag| [order.of_short(tag).as_slice(), &order.of_short(3), &order.of_long(1), &[0; 4]].concat();
        let head = [start, &order.of_short(CLASSIC), &order.of_long(8), &order.of_short(2)].concat();
        [head, entry(256), entry(1000), order.of_long(77).to_vec()].concat()
    }

    #[test]
    fn the_directory_keeps_its_tags_and_the_packet_can_be_replaced() {
        for is_big_endian in [false, true] {
            let order = Order { is_big_endian };
            let plain = file(order);
            assert_eq!(packet(&plain), None);
            let once = with_packet(plain, b"odd").unwrap();
            assert_eq!(packet(&once), Some(b"odd".as_slice()));
            let twice = with_packet(once, b"another").unwrap();
            assert_eq!(packet(&twice), Some(b"another".as_slice()));
            let directory = Directory::of(&twice).unwrap();
            let tags: Vec<_> = directory.entries.iter().map(|entry| order.short(entry).unwrap()).collect();
            assert_eq!((tags, order.long(&directory.next)), (vec![256, 700, 1000], Some(77)));
        }
    }

    #[test]
    fn files_without_a_complete_directory_have_no_packet_and_take_none() {
        let whole = file(Order { is_big_endian: false });
        for length in 0..whole.len() {
            assert_eq!(packet(&whole[..length]), None);
            assert!(with_packet(whole[..length].to_vec(), b"x").is_err());
        }
    }
}
