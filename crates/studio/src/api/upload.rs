//! Receives the bytes of a file.

use std::time::{Duration, Instant};

use axum::body::Body;
use futures_util::StreamExt;

use crate::core::StudioState;
use crate::store::Upload;
use crate::wire::Problem;

/// The longest pause in an upload.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// From then on, an upload must arrive at this many bytes per second on average.
const SLOW_AFTER: Duration = Duration::from_secs(10);
const SLOWEST: f64 = 1000.0;

/// Writes the body of a request to a temporary file.
///
/// # Errors
/// A full quota; a body that is too large, too slow or ends early; an error of the disk.
pub async fn receive(studio: &StudioState, body: Body) -> Result<Upload, Problem> {
    let limit = studio.config.upload;
    studio.check_disk_quota()?;
    let mut upload = studio.store.upload()?;
    let (mut stream, mut length, begun) = (body.into_data_stream(), 0, Instant::now());
    loop {
        let piece = tokio::time::timeout(LONGEST_PAUSE, stream.next()).await.map_err(|_| Problem::too_slow())?;
        let Some(piece) = piece else { break };
        let piece = piece.map_err(|e| Problem::malformed(format!("the upload was interrupted: {e}")))?;
        length += piece.len() as u64;
        if length > limit {
            return Err(Problem::too_large(format!("The file is larger than {} MB.", limit as f64 / 1e6)));
        }
        let time = begun.elapsed();
        if time > SLOW_AFTER && (length as f64) < time.as_secs_f64() * SLOWEST {
            return Err(Problem::too_slow());
        }
        upload.write(&piece)?;
    }
    Ok(upload)
}
