//! Reads tables of comma-separated values.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord, Trim};

use super::error::TableError;

/// How large a table may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableBounds {
    /// Bytes of the file.
    pub bytes: u64,
    /// Columns.
    pub columns: usize,
    /// Cells of all rows.
    pub cells: usize,
    /// Bytes of a cell.
    pub cell: usize,
}

impl Default for TableBounds {
    fn default() -> Self {
        Self { bytes: 200_000_000, columns: 2000, cells: 20_000_000, cell: 1000 }
    }
}

/// The texts of a table, without spaces around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    /// All cells, row after row.
    text: String,
    /// The end of each cell in `text`.
    ends: Vec<usize>,
    /// The line in which each row begins.
    lines: Vec<u64>,
}

impl Table {
    /// Reads a table. Its first line names the columns; cells are separated by commas, semicolons or tabs, whichever the first
    /// line has most, and may be quoted (RFC 4180). Blank lines are ignored.
    ///
    /// # Errors
    /// What is wrong with it, with the line.
    pub fn read(from: impl Read, bounds: &TableBounds) -> Result<Self, TableError> {
        let mut bytes = Vec::new();
        let read = from.take(bounds.bytes.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|e| TableError::Unreadable(e.to_string()))?;
        Self::parse(&bytes, bounds)
    }

    /// The same for a table in memory.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(bytes: &[u8], bounds: &TableBounds) -> Result<Self, TableError> {
        if bytes.len() as u64 > bounds.bytes {
            return Err(TableError::TooLarge { what: "bytes", most: bounds.bytes });
        }
        let mut reader = ReaderBuilder::new().delimiter(separator(bytes)).trim(Trim::All).from_reader(bytes);
        let columns = columns(&mut reader, &mut Lines::new(bytes), bounds)?;
        let mut table = Self { columns, text: String::new(), ends: Vec::new(), lines: Vec::new() };
        let (mut record, mut lines) = (StringRecord::new(), Lines::new(bytes));
        while reader.read_record(&mut record).map_err(|e| wrong(e, &mut lines))? {
            if table.ends.len() + record.len() > bounds.cells {
                return Err(TableError::TooLarge { what: "cells", most: bounds.cells as u64 });
            }
            let line = lines.of(record.position());
            for (cell, column) in record.iter().zip(&table.columns) {
                if cell.len() > bounds.cell {
                    return Err(TableError::LongCell { line, column: column.clone(), most: bounds.cell });
                }
                table.text += &plain(cell);
                table.ends.push(table.text.len());
            }
            table.lines.push(line);
        }
        Ok(table)
    }

    /// The names of the columns. A column may have no name: an empty text.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The place of a column, if there is one of this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name && !name.is_empty())
    }

    /// The number of rows, without the names of the columns.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The line of the file in which a row begins, from 1 on.
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// A cell, without spaces around it.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.columns.len() + column;
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin..self.ends[at]]
    }

    /// The names of the columns that have one, for messages.
    pub(super) fn named(&self) -> Vec<String> {
        self.columns.iter().filter(|name| !name.is_empty()).cloned().collect()
    }
}

/// The separator that is most frequent in the first line, outside of quotes; a comma if there is none.
fn separator(bytes: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([(b',', 0), (b';', 0), (b'\t', 0)], false);
    let line = bytes.iter().skip_while(|byte| byte.is_ascii_whitespace());
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(separator, _)| separator == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // The last of several equal ones is the maximum, so the comma comes last.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

fn columns(reader: &mut Reader<&[u8]>, lines: &mut Lines<'_>, bounds: &TableBounds) -> Result<Vec<String>, TableError> {
    let names = reader.headers().map_err(|e| wrong(e, lines))?;
    if names.len() > bounds.columns {
        return Err(TableError::TooLarge { what: "columns", most: bounds.columns as u64 });
    }
    if let Some(long) = names.iter().find(|name| name.len() > bounds.cell) {
        let column = long.chars().take(20).chain(['…']).collect();
        return Err(TableError::LongCell { line: 1, column, most: bounds.cell });
    }
    let names: Vec<String> = names.iter().map(|name| plain(name).into_owned()).collect();
    if names.iter().all(String::is_empty) {
        return Err(TableError::NoColumns);
    }
    let mut seen = HashSet::new();
    match names.iter().find(|name| !name.is_empty() && !seen.insert(*name)) {
        Some(twice) => Err(TableError::SameName(twice.clone())),
        None => Ok(names),
    }
}

/// A text without control characters, which could change what a terminal shows.
fn plain(cell: &str) -> Cow<'_, str> {
    match cell.contains(char::is_control) {
        true => cell.replace(char::is_control, " ").trim().to_owned().into(),
        false => cell.into(),
    }
}

fn wrong(error: csv::Error, lines: &mut Lines<'_>) -> TableError {
    let line = lines.of(error.position());
    match error.into_kind() {
        ErrorKind::Utf8 { .. } => TableError::NotText { line },
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            TableError::Ragged { line, cells: len, columns: expected_len }
        }
        ErrorKind::Io(e) => TableError::Unreadable(e.to_string()),
        other => TableError::Unreadable(format!("{other:?}")),
    }
}

/// Counts the lines of a table. The positions of the crate `csv` are those before the blank lines that it skips.
struct Lines<'a> {
    bytes: &'a [u8],
    /// The bytes whose lines are counted, and the number of the line after them.
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, counted: 0, line: 1 }
    }

    /// The line of the record at a position, which is behind the last one that was asked for.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let at = position.map_or(0, |position| position.byte() as usize).min(self.bytes.len());
        let blank = self.bytes[at..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let new = self.bytes.get(self.counted..at + blank).unwrap_or_default();
        self.line += new.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.counted = self.counted.max(at + blank);
        self.line
    }
}
