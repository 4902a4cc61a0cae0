//! Any bytes have a recipe or none, or are an error, never a panic; and a recipe that was read can be written and read.
//!
//! From `crates/dream`: `cargo +nightly fuzz run recipe fuzz/corpus/recipe tests/recipes tests/pictures`

#![no_main]

use libfuzzer_sys::fuzz_target;
use oneiric::Limits;
use oneiric::recipe::Recipe;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recipe) = Recipe::read_stream(bytes, &Limits::default()) else {
        return;
    };
    // With all settings written, it may exceed the length of a recipe.
    if let Ok(text) = recipe.write() {
        assert_eq!(Recipe::read(&text).expect("not read back"), recipe);
    }
});
