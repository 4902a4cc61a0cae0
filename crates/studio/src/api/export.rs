//! The whole gallery as one archive.

use std::io::{Seek, Write};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::extract::{Query, State};
use super::{Studio, attachment};
use crate::core::StudioState;
use crate::core::open_picture_file;
use crate::store::DreamFilter;
use crate::wire::{ExportQuery, Problem};

/// The number of dreams read from the database at a time.
const PAGE: usize = 200;

/// Get all dreams in a ZIP archive, each with its recipe inside.
#[utoipa::path(get, path = "/api/export", tag = "dreams", params(ExportQuery),
    responses((status = 200, content_type = "application/zip")))]
pub async fn all(
    State(studio): Studio,
    Query(ExportQuery { favourite }): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let archive = tokio::task::spawn_blocking(move || pack(&studio, favourite)).await.map_err(Problem::internal)??;
    let file = tokio::fs::File::from_std(archive);
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, attachment("oneiric dreams.zip")),
    ];
    Ok((about, Body::from_stream(ReaderStream::new(file))).into_response())
}

/// Writes the archive to an unnamed file, which the system removes when it is closed.
fn pack(studio: &StudioState, favourite: bool) -> Result<std::fs::File, Problem> {
    let filter = DreamFilter { favourite: favourite.then_some(true), ..DreamFilter::default() };
    let mut archive = ZipWriter::new(tempfile::tempfile_in(studio.store.cache())?);
    // Pictures are already compressed, and an archive of many can be larger than 4 GB.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    let mut cursor = None;
    loop {
        let page = studio.store.dreams(&filter, PAGE, cursor)?;
        for dream in &page.dreams {
            let name = format!("{:05} {}.dream.png", dream.id, dream.name);
            archive.start_file(name, options).map_err(Problem::internal)?;
            archive.write_all(open_picture_file(&studio.store, &dream.picture)?.bytes())?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut file = archive.finish().map_err(Problem::internal)?;
    file.rewind()?;
    Ok(file)
}
