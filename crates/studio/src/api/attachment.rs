//! The names under which browsers save files.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The bytes to encode in an extended header parameter: all but letters, digits and a few signs (RFC 8187, section 3.2.1).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// Returns the `Content-Disposition` that lets a browser save an answer under this name (RFC 6266): in plain ASCII for old
/// clients, and with all its letters.
pub fn attachment(name: &str) -> HeaderValue {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, ENCODED);
    HeaderValue::try_from(format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .expect("both names are printable ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_letters_and_adds_no_parameters() {
        let header = |name| attachment(name).to_str().unwrap().to_owned();
        assert_eq!(
            header("lake (2).png"),
            "attachment; filename=\"lake (2).png\"; filename*=UTF-8''lake%20%282%29.png"
        );
        assert_eq!(header("Ü.png"), "attachment; filename=\"_.png\"; filename*=UTF-8''%C3%9C.png");
        assert_eq!(
            header("a\"; x=\"\r\n"),
            "attachment; filename=\"a__ x____\"; filename*=UTF-8''a%22%3B%20x%3D%22%0D%0A"
        );
    }
}
