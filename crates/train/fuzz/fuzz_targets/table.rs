//! Any bytes are a table or an error, never a panic; and rows that can be trained on can be answered.
//!
//! From `crates/train`: `cargo +nightly fuzz run table`

#![no_main]

use libfuzzer_sys::fuzz_target;
use oneiric_train::table::{Roles, Table, TableBounds, TableData};

fuzz_target!(|bytes: &[u8]| {
    let bounds = TableBounds { columns: 20, cells: 2000, ..TableBounds::default() };
    let Ok(table) = Table::parse(bytes, &bounds) else {
        return;
    };
    for target in table.columns() {
        let roles = Roles { target: target.clone(), ..Roles::default() };
        if let Ok(data) = TableData::new(&table, &roles, 0.2, 1) {
            let values = (0..data.rows.len()).flat_map(|row| data.example(row));
            assert!(values.into_iter().all(|value| value.is_finite()));
        }
    }
});
