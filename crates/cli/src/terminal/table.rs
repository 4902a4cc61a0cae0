//! Text tables.

use anstyle::Style;

/// Formats a table: a bold header, columns as wide as their content and two spaces apart, numbers aligned right.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let is_number = |cell: &str| cell.parse::<f64>().is_ok();
    let right: [bool; N] = std::array::from_fn(|column| rows.iter().all(|row| is_number(&row[column])));
    let line = |cells: &[String; N]| {
        let padded = cells
            .iter()
            .zip(widths)
            .zip(right)
            .map(|((cell, width), right)| if right { format!("{cell:>width$}") } else { format!("{cell:width$}") });
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
    fn columns_are_as_wide_as_their_content() {
        let text = table(["name", "is"], &[["a".into(), "x".into()], ["longer".into(), String::new()]]);
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), "NAME    IS\na       x\nlonger\n");
    }

    #[test]
    fn numbers_are_aligned_right() {
        let text = table(["no", "kB"], &[["8".into(), "9.5".into()], ["-".into(), "12.0".into()]]);
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), "NO    KB\n8    9.5\n-   12.0\n");
    }
}
