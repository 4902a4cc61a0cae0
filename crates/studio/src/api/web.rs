//! The page, whose files are built into the program.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::wire::Problem;

/// The modules of the other pages.
const OTHER_PAGES: [&str; 3] = ["js/login.js", "js/join.js", "js/docs.js"];

#[derive(RustEmbed)]
#[folder = "web/"]
struct Files;

/// Returns the page, for any of its views. Its head names the modules, so that the browser loads them all at once.
pub async fn index(uri: Uri) -> Response {
    let Some(page) = Files::get("index.html") else { return Problem::not_found("page").into_response() };
    let view = uri.path().split('/').nth(1).filter(|view| !view.is_empty()).unwrap_or("dream");
    let is_needed = |path: &str| {
        let (folder, _) = path.strip_prefix("js/").and_then(|path| path.split_once('/')).unwrap_or_default();
        path.ends_with(".js") && !OTHER_PAGES.contains(&path) && ["", view].contains(&folder)
    };
    let modules = Files::iter().filter(|path| path.starts_with("js/") && is_needed(path));
    let links: String =
        modules.map(|path| format!("  <link rel=\"modulepreload\" href=\"/assets/{path}\">\n")).collect();
    let html = String::from_utf8_lossy(&page.data).replacen("</head>", &(links + "</head>"), 1);
    let about = [(header::CONTENT_TYPE, kind("index.html")), (header::CACHE_CONTROL, "no-cache")];
    (about, html).into_response()
}

/// Returns the login page.
pub async fn login(headers: HeaderMap) -> Response {
    file("login.html", &headers)
}

/// Returns the page at the door of a class.
pub async fn join(headers: HeaderMap) -> Response {
    file("join.html", &headers)
}

/// Returns the API page.
pub async fn docs(headers: HeaderMap) -> Response {
    file("docs.html", &headers)
}

/// Returns a file of a page.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file(&path, &headers)
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some(EmbeddedFile { data, metadata }) = Files::get(path) else {
        return Problem::not_found("file").into_response();
    };
    let tag = format!("\"{}\"", hex::encode(&metadata.sha256_hash()[..8]));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let about = [
        (header::CONTENT_TYPE, kind(path).to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag),
    ];
    (about, data).into_response()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
