//! The bytes of a table become cells, or an error that names the line.

use std::io::{self, Read};

use oneiric_train::table::{Table, TableBounds, TableError};
use proptest::prelude::*;

use crate::parse;

fn cells(table: &Table) -> Vec<Vec<&str>> {
    let row = |row| (0..table.columns().len()).map(|column| table.cell(row, column)).collect();
    (0..table.rows()).map(row).collect()
}

#[test]
fn commas_semicolons_and_tabs_separate_cells() {
    for separator in [",", ";", "\t"] {
        let text = "weight,kind\n7.5,\"a plum\"\n\n  9 , lime ".replace(',', separator);
        let table = parse(&text).unwrap();
        assert_eq!(
            (table.columns(), cells(&table)),
            (&["weight", "kind"].map(String::from)[..], vec![vec!["7.5", "a plum"], vec!["9", "lime"]])
        );
        assert_eq!((table.line(0), table.line(1)), (2, 4), "a blank line counts");
    }
    let spreadsheet = parse("\u{feff}\"a, or b\";b\r\n1;2\r\n\r\n3;4\r\n").unwrap();
    assert_eq!((spreadsheet.line(0), spreadsheet.line(1)), (2, 4));
    assert_eq!(spreadsheet.columns(), ["a, or b", "b"], "a byte order mark is not part of a name");
    assert_eq!(parse("only\n1\n2\n").unwrap().rows(), 2);
}

#[test]
fn quoted_cells_may_have_separators_and_line_breaks() {
    let table = parse("name,kind\n\"Smith, \"\"Granny\"\"\",apple\n\"two\nlines\",pear\nlast,fig\n").unwrap();
    assert_eq!(table.cell(0, 0), "Smith, \"Granny\"");
    assert_eq!(table.cell(1, 0), "two lines", "no control characters");
    assert_eq!(table.line(2), 5);
}

#[test]
fn a_broken_table_says_where() {
    let error = |text: &str| parse(text).unwrap_err().to_string();
    for empty in ["", "\n\n", " , \n1,2\n"] {
        assert_eq!(error(empty), "the table is empty; its first line must name the columns", "{empty:?}");
    }
    assert_eq!(
        error("a,b\n1,2\n3\n"),
        "line 3: the row has 1 cells, not 2, one for each column; is a quote or a separator missing?"
    );
    assert!(error("a,b\n1,2,3\n").starts_with("line 2: the row has 3 cells"));
    assert_eq!(error("a,b,a\n"), "two columns have the name 'a'; rename one");
    let long = format!("a,b\n1,2\n3,\"{}\n", "no end ".repeat(200));
    assert_eq!(error(&long), "line 3, column 'b': the cell has more than 1000 bytes; is a quote missing?");
    let latin = Table::parse(b"name,kind\nM\xfcller,x\n", &TableBounds::default()).unwrap_err();
    assert_eq!(latin.to_string(), "line 2: the text is not UTF-8; save the table as CSV in UTF-8");
    let utf16: Vec<u8> = "a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = Table::parse(&[&[0xff, 0xfe], &utf16[..]].concat(), &TableBounds::default());
    assert!(matches!(utf16, Err(TableError::NotText { line: 1 })));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read_whole() {
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            self.0 += to.len() as u64;
            to.fill(b'1');
            Ok(to.len())
        }
    }
    let bounds = TableBounds { bytes: 100_000, columns: 3, cells: 10, cell: 4 };
    let mut endless = Endless(0);
    let error = Table::read(&mut endless, &bounds).unwrap_err();
    assert_eq!(error.to_string(), "the table has more than 100000 bytes; use a part of it");
    assert!(endless.0 < 1_000_000);
    let error = |text: &str| Table::parse(text.as_bytes(), &bounds).unwrap_err().to_string();
    assert_eq!(error("a,b,c,d\n"), "the table has more than 3 columns; use a part of it");
    assert_eq!(error(&format!("a\n{}", "1\n".repeat(11))), "the table has more than 10 cells; use a part of it");
    assert!(error("a,b\n1,12345\n").contains("line 2, column 'b'") && error("a,longer\n").contains("line 1"));
}

proptest! {
    #[test]
    fn cells_are_read_as_they_were_written(
        rows in (1..6usize).prop_flat_map(|width| {
            prop::collection::vec(prop::collection::vec("[ -~äß€,;\"]{0,12}", width..=width), 1..20)
        }),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
    ) {
        let names: Vec<String> = (0..rows[0].len()).map(|i| format!("column {i}")).collect();
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        writer.write_record(&names).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        // The separator of a table of one column is a comma.
        prop_assume!(names.len() > 1 || separator == b',');
        let table = Table::parse(&writer.into_inner().unwrap(), &TableBounds::default()).unwrap();
        prop_assert_eq!(table.columns(), &names);
        let trimmed: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(|cell| cell.trim()).collect()).collect();
        prop_assert_eq!(cells(&table), trimmed);
    }

    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in prop::collection::vec(
        prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b';'), Just(b'a'), Just(b'1'), any::<u8>()], 0..400,
    )) {
        if let Ok(table) = Table::parse(&bytes, &TableBounds { cells: 50, cell: 20, ..TableBounds::default() }) {
            prop_assert!(cells(&table).iter().flatten().all(|cell| cell.len() <= 20 && !cell.contains(char::is_control)));
        }
    }
}
