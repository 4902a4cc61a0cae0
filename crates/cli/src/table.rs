//! Tables of words.

use anstyle::Style;

/// Rows as wide as their words: a bold head, columns two blanks apart, the last one free to wrap.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: &[String; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    let bold = Style::new().bold();
    let mut text = format!("{bold}{}{bold:#}\n", line(&head.map(str::to_uppercase)));
    rows.iter().for_each(|row| text += &(line(row) + "\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_words() {
        let text = table(["name", "is"], &[["a".into(), "x".into()], ["longer".into(), String::new()]]);
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), "NAME    IS\na       x\nlonger\n");
    }
}
