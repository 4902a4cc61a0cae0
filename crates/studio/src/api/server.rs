//! Accepts connections: a limited number, and none that stays silent.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use super::router;
use crate::core::Spaces;

/// The most open connections.
const CONNECTIONS: usize = 512;
/// How long a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a client may read nothing of an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long running answers may take when the studio closes.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long to wait after an error of the system, such as too many open files.
const ERROR_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` completes.
pub async fn serve(spaces: &Arc<Spaces>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let router = router(spaces.clone());
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                tracing::warn!("cannot accept a connection: {e}");
                tokio::time::sleep(ERROR_PAUSE).await;
                continue;
            }
        };
        let Ok(permit) = connections.clone().try_acquire_owned() else {
            tracing::warn!("more than {CONNECTIONS} connections; closed one");
            continue;
        };
        // Send small answers at once.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_TIMEOUT));
        let service = TowerToHyperService::new(router.clone().layer(Extension(ConnectInfo(from))));
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let watched = ending.watch(connection);
        tokio::spawn(async move {
            let _permit = permit;
            if let Err(e) = watched.await {
                tracing::debug!("a connection ended: {e}");
            }
        });
    }
    spaces.close();
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, ending.shutdown()).await;
}
