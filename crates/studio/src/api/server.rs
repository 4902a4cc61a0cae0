//! Connections: no more of them than the memory bears, and none that says nothing.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use super::router;
use crate::core::StudioState;

/// Connections at a time.
const CONNECTIONS: usize = 512;
/// How long a request's head may take, and how long someone may read nothing of an answer.
const HEAD: Duration = Duration::from_secs(15);
const UNREAD: Duration = Duration::from_secs(60);
/// How long answers that are under way may take when the studio closes.
const ENDING: Duration = Duration::from_secs(3);
/// After an error of the system, such as too many open files.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// Serves until `stop` ends.
pub async fn serve(studio: &Arc<StudioState>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let router = router(studio.clone());
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(e) => {
                tracing::warn!("a connection failed: {e}");
                tokio::time::sleep(AFTER_ERROR).await;
                continue;
            }
        };
        let Ok(permit) = connections.clone().try_acquire_owned() else {
            tracing::warn!("more than {CONNECTIONS} connections: one was closed");
            continue;
        };
        // Small answers are not to wait for more.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(UNREAD));
        let service = TowerToHyperService::new(router.clone());
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let watched = ending.watch(connection);
        tokio::spawn(async move {
            let _permit = permit;
            if let Err(e) = watched.await {
                tracing::debug!("a connection ended: {e}");
            }
        });
    }
    studio.hub.close();
    let _ = tokio::time::timeout(ENDING, ending.shutdown()).await;
}
