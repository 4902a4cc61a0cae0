//! The numbers of a convolution: known kernels by name, others as text.

use std::fmt;
use std::str::FromStr;

use crate::invalid::{InvalidSetting, Reason};

/// The most rows and columns of a kernel.
pub const LONGEST_SIDE: usize = 15;
/// The largest number of a kernel, and the largest divisor.
const LARGEST: f32 = 1e6;
/// The longest text that is read, in bytes.
const LONGEST_TEXT: usize = 1 << 14;
/// How a kernel is written, for errors.
const EXAMPLE: &str = "write its rows like '0 -1 0; -1 5 -1; 0 -1 0'";

/// The numbers with which a convolution multiplies the pixels around each place. Rows and columns are odd in number.
///
/// As text it is a name of [`kernels`], or its rows separated by `;`, numbers separated by spaces or commas. A `/` and a
/// number at the end divide all others: `1 1 1; 1 1 1; 1 1 1 / 9`.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    columns: usize,
    /// As written, row by row.
    numbers: Vec<f32>,
    divisor: f32,
}

/// A kernel that has a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedKernel {
    /// Its name.
    pub name: &'static str,
    /// What it does to a picture.
    pub effect: &'static str,
    /// Its numbers as text.
    pub numbers: &'static str,
}

impl NamedKernel {
    /// The kernel.
    pub fn kernel(&self) -> Kernel {
        read(self.numbers).expect("the numbers of named kernels are valid")
    }
}

/// Returns the kernels that have names.
pub fn kernels() -> &'static [NamedKernel] {
    &KERNELS
}

const KERNELS: [NamedKernel; 13] = [
    named("identity", "changes nothing", "0 0 0; 0 1 0; 0 0 0"),
    named("blur", "blurs: a small bell curve", "1 2 1; 2 4 2; 1 2 1 / 16"),
    named("blur-5", "blurs more", "1 4 6 4 1; 4 16 24 16 4; 6 24 36 24 6; 4 16 24 16 4; 1 4 6 4 1 / 256"),
    named("box", "blurs: the mean of nine pixels", "1 1 1; 1 1 1; 1 1 1 / 9"),
    named("motion", "blurs along a diagonal", "1 0 0 0 0; 0 1 0 0 0; 0 0 1 0 0; 0 0 0 1 0; 0 0 0 0 1 / 5"),
    named("sharpen", "sharpens", "0 -1 0; -1 5 -1; 0 -1 0"),
    named("edges", "finds edges", "0 -1 0; -1 4 -1; 0 -1 0"),
    named("outline", "finds edges, diagonal ones too", "-1 -1 -1; -1 8 -1; -1 -1 -1"),
    named("emboss", "makes a relief, lit from the upper left", "-2 -1 0; -1 1 1; 0 1 2"),
    named("sobel-x", "finds vertical edges, dark to bright from the left", "-1 0 1; -2 0 2; -1 0 1"),
    named("sobel-y", "finds horizontal edges, dark to bright from the top", "-1 -2 -1; 0 0 0; 1 2 1"),
    named("lines", "finds thin horizontal lines", "-1 -1 -1; 2 2 2; -1 -1 -1"),
    named("spots", "finds bright spots", "0 0 -1 0 0; 0 -1 -2 -1 0; -1 -2 16 -2 -1; 0 -1 -2 -1 0; 0 0 -1 0 0"),
];

const fn named(name: &'static str, effect: &'static str, numbers: &'static str) -> NamedKernel {
    NamedKernel { name, effect, numbers }
}

impl Kernel {
    /// Number of columns, odd, 1 to [`LONGEST_SIDE`].
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows, odd, 1 to [`LONGEST_SIDE`].
    pub fn rows(&self) -> usize {
        self.numbers.len() / self.columns
    }

    /// The numbers with which pixels are multiplied, row by row, `[rows][columns]`: those of the text over the divisor.
    pub fn weights(&self) -> Vec<f32> {
        self.numbers.iter().map(|number| number / self.divisor).collect()
    }
}

/// The rows as text, which reads back as the same kernel.
impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |row: &[f32]| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        f.write_str(&self.numbers.chunks(self.columns).map(row).collect::<Vec<_>>().join("; "))?;
        if self.divisor == 1.0 { Ok(()) } else { write!(f, " / {}", self.divisor) }
    }
}

impl FromStr for Kernel {
    type Err = InvalidSetting;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(named) = KERNELS.iter().find(|kernel| kernel.name.eq_ignore_ascii_case(text)) {
            return Ok(named.kernel());
        }
        read(text).map_err(|why| InvalidSetting {
            name: "kernel".into(),
            part: None,
            value: Some(text.chars().take(LONGEST_SHOWN).collect()),
            reason: Reason::Unusable(why),
        })
    }
}

/// The most characters of a text that an error repeats.
const LONGEST_SHOWN: usize = 80;

/// Reads a kernel written as numbers, or says what is wrong.
fn read(text: &str) -> Result<Kernel, String> {
    if text.is_empty() {
        return Err(format!("a kernel has at least one number; {EXAMPLE}"));
    }
    if text.len() > LONGEST_TEXT {
        return Err(format!("the text is longer than {LONGEST_TEXT} bytes; {EXAMPLE}"));
    }
    // A word is a name that is mistyped or unknown.
    if text.chars().next().is_some_and(char::is_alphabetic) {
        let names: Vec<&str> = KERNELS.iter().map(|kernel| kernel.name).collect();
        return Err(format!("expected one of {}, or numbers: {EXAMPLE}", names.join(", ")));
    }
    let (rows, divisor) = match text.split_once('/') {
        Some((rows, divisor)) => (rows, self::divisor(divisor.trim())?),
        None => (text, 1.0),
    };
    // A semicolon may end the last row too.
    let rows = rows.trim().trim_end_matches(';');
    let rows = rows.split(';').map(numbers).collect::<Result<Vec<_>, _>>()?;
    let columns = rows[0].len();
    for (row, number) in rows.iter().zip(1..) {
        if row.len() != columns {
            return Err(format!("row {number} has {}, and row 1 has {}", count(row.len()), count(columns)));
        }
    }
    for (side, what) in [(rows.len(), "rows"), (columns, "columns")] {
        if side.is_multiple_of(2) {
            return Err(format!("it has {side} {what}; their number must be odd, so that there is a middle"));
        }
        if side > LONGEST_SIDE {
            return Err(format!("it has {side} {what}; at most {LONGEST_SIDE} are allowed"));
        }
    }
    Ok(Kernel { columns, numbers: rows.concat(), divisor })
}

fn count(numbers: usize) -> String {
    if numbers == 1 { "1 number".into() } else { format!("{numbers} numbers") }
}

fn numbers(row: &str) -> Result<Vec<f32>, String> {
    let words = row.split([' ', ',', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    let numbers = words.map(number).collect::<Result<Vec<f32>, _>>()?;
    if numbers.is_empty() { Err(format!("a row is empty; {EXAMPLE}")) } else { Ok(numbers) }
}

fn number(word: &str) -> Result<f32, String> {
    let number: f32 = word.parse().map_err(|_| format!("'{word}' is not a number; {EXAMPLE}"))?;
    // A comparison with NaN is false.
    if number.abs() <= LARGEST { Ok(number) } else { Err(format!("'{word}' is not between -{LARGEST} and {LARGEST}")) }
}

fn divisor(text: &str) -> Result<f32, String> {
    let why = || "write one / at the end, with the number that divides all others: '1 1 1; 1 1 1; 1 1 1 / 9'";
    let divisor = number(text).map_err(|_| why())?;
    // A small divisor would make infinite numbers.
    if divisor.abs() >= 1.0 / LARGEST { Ok(divisor) } else { Err(why().into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kernel_is_a_name_or_rows_of_numbers() {
        let sharpen: Kernel = "0 -1 0; -1 5 -1; 0 -1 0".parse().unwrap();
        assert_eq!("sharpen".parse(), Ok(sharpen.clone()));
        assert_eq!(" Sharpen ".parse(), Ok(sharpen.clone()));
        assert_eq!("0,-1,0;-1,5,-1;\n0, -1, 0;".parse(), Ok(sharpen));
        let mean: Kernel = "1 1 1 / 3".parse().unwrap();
        assert_eq!((mean.rows(), mean.columns(), mean.weights()), (1, 3, vec![1.0 / 3.0; 3]));
        assert_eq!(mean.to_string(), "1 1 1 / 3");
        let one: Kernel = "-.5".parse().unwrap();
        assert_eq!((one.rows(), one.columns(), one.to_string().as_str()), (1, 1, "-0.5"));
    }

    #[test]
    fn every_named_kernel_can_be_read_and_written() {
        for named in kernels() {
            assert_eq!(named.name.parse(), Ok(named.kernel()), "{}", named.name);
            assert_eq!(named.kernel().to_string(), named.numbers, "{}", named.name);
        }
        let sum = |name: &str| name.parse::<Kernel>().unwrap().weights().iter().sum::<f32>();
        for name in ["identity", "blur", "blur-5", "box", "motion", "sharpen", "emboss"] {
            assert!((sum(name) - 1.0).abs() < 1e-6, "{name} keeps the brightness");
        }
        for name in ["edges", "outline", "sobel-x", "sobel-y", "lines", "spots"] {
            assert_eq!(sum(name), 0.0, "{name} is silent where nothing changes");
        }
    }

    #[test]
    fn what_is_wrong_with_a_kernel_is_said() {
        let wide = ["1"; 17].join(" ");
        for (text, words) in [
            ("", "at least one number"),
            ("blurr", "blur, blur-5"),
            ("0 1 0; 1 2; 0 1 0", "row 2 has 2 numbers, and row 1 has 3 numbers"),
            ("1 2; 3 4; 5 6", "2 columns; their number must be odd"),
            ("1; 2", "2 rows"),
            ("1 x 3", "'x' is not a number"),
            ("0 1 0; ; 0 1 0", "a row is empty"),
            ("1 nan 3", "'nan' is not between"),
            ("1 inf 3", "'inf' is not between"),
            ("1 2e9 3", "'2e9' is not between"),
            ("1 1 1 / 0", "divides all others"),
            ("1/9 1/9 1/9", "divides all others"),
            (wide.as_str(), "17 columns; at most 15"),
        ] {
            let error = text.parse::<Kernel>().unwrap_err().to_string();
            assert!(error.contains(words), "'{text}': {error}");
        }
        let long = "1 ".repeat(LONGEST_TEXT);
        let error = long.parse::<Kernel>().unwrap_err().to_string();
        assert!(error.contains("longer") && error.len() < 300, "{error}");
    }

    proptest! {
        #[test]
        fn a_kernel_reads_back_as_it_was_written(
            (columns, numbers) in (0..8usize, 0..8usize).prop_flat_map(|(columns, rows)| {
                let area = (2 * columns + 1) * (2 * rows + 1);
                (Just(2 * columns + 1), prop::collection::vec(-LARGEST..=LARGEST, area))
            }),
            divisor in prop_oneof![Just(1.0f32), 1e-6f32..1e6, -1e6f32..-1e-6],
        ) {
            let kernel = Kernel { columns, numbers, divisor };
            prop_assert!(kernel.weights().iter().all(|weight| weight.is_finite()));
            prop_assert_eq!(kernel.to_string().parse(), Ok(kernel));
        }

        #[test]
        fn any_text_is_a_kernel_or_an_error(text in "[-0-9a-z.;,/ \n]{0,60}") {
            if let Ok(kernel) = text.parse::<Kernel>() {
                prop_assert!(kernel.rows() % 2 == 1 && kernel.columns() % 2 == 1);
                prop_assert!(kernel.weights().iter().all(|weight| weight.is_finite()));
            }
        }
    }
}
