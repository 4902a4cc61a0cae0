//! What the studio's chapter "A convolution is a filter" shows: its kernels are those of the library, and the numbers that its own
//! code computes are those of the library. `page/filters.json` has them; `crates/studio/tests/browser/numbers-filters.test.mjs`
//! compares the page's code with the same file.

use std::fs;
use std::path::PathBuf;

use oneiric::Picture;
use oneiric::filter::{Filter, Padding, kernels};
use serde_json::{Value, json};

/// An odd and an even side, so that strides and squares leave something over.
const SIZE: (usize, usize) = (13, 10);

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/page/filters.json")
}

/// Values of 8 bits that look random.
fn bytes() -> Vec<u8> {
    (0..SIZE.0 * SIZE.1).map(|i| (i * 7919 % 1009 % 256) as u8).collect()
}

/// Each kernel with its numbers, and what it makes of the picture: all paddings, strides and poolings take their turn.
fn fixture() -> Value {
    let pixels = bytes().iter().flat_map(|&byte| [f32::from(byte) / 255.0; 3]).collect();
    let picture = Picture::new(SIZE.0, SIZE.1, pixels).unwrap();
    let cases = kernels().iter().enumerate().map(|(i, named)| {
        let filter = Filter {
            padding: Padding::ALL[i % 3],
            stride: 1 + i / 3 % 3,
            relu: i % 2 == 1,
            pool: 1 + i / 2 % 2,
            ..Filter::new(named.kernel())
        };
        let filtered = filter.apply(&picture).unwrap();
        json!({
            "name": named.name,
            "numbers": named.numbers,
            "padding": filter.padding.name(),
            "stride": filter.stride,
            "relu": filter.relu,
            "pool": filter.pool,
            "width": filtered.width(),
            "height": filtered.height(),
            "values": filtered.pixels().iter().step_by(3).collect::<Vec<_>>(),
        })
    });
    json!({ "width": SIZE.0, "height": SIZE.1, "bytes": bytes(), "cases": cases.collect::<Vec<_>>() })
}

#[test]
fn the_numbers_that_the_page_is_compared_with_are_those_of_the_library() {
    let text = fs::read_to_string(file()).unwrap();
    // Sums of exact products in a fixed order: the same bytes everywhere.
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        serde_json::from_str::<Value>(&fixture().to_string()).unwrap()
    );
}

#[test]
#[ignore = "writes page/filters.json again"]
fn write_filters() {
    fs::write(file(), fixture().to_string() + "\n").unwrap();
}
