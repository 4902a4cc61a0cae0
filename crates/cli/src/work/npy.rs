//! NumPy's NPY file format, version 1.0: a magic number, a Python dictionary, raw values.
//!
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>

/// Bytes of the magic number, the version and the header length.
const PREFIX: usize = 10;

/// Encodes an array of this shape, the last dimension varying fastest, as little-endian `f32`.
pub fn file(shape: [usize; 3], values: &[f32]) -> Vec<u8> {
    let about =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}, {}), }}", shape[0], shape[1], shape[2]);
    // Spaces and a line feed pad the header, so that the values start at a multiple of 64 bytes.
    let header = (PREFIX + about.len() + 1).next_multiple_of(64) - PREFIX;
    let mut bytes = Vec::with_capacity(PREFIX + header + 4 * values.len());
    bytes.extend(b"\x93NUMPY\x01\x00");
    bytes.extend((header as u16).to_le_bytes());
    bytes.extend(format!("{about:<width$}\n", width = header - 1).as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}
