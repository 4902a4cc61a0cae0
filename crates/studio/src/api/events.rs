//! What happens, as it happens.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, stream};

use super::Studio;

/// How soon a browser comes back after a lost connection.
const BACK: Duration = Duration::from_secs(1);
/// So often something is sent, so that a lost connection is noticed.
const ALIVE: Duration = Duration::from_secs(15);

/// Server-sent events: `job`, `frame`, `dream`, `queue`, `visualization`, and `reset` when something was missed. `Last-Event-ID`
/// tells where to go on.
#[utoipa::path(get, path = "/api/events", tag = "studio",
    params(("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn watch(State(studio): Studio, headers: HeaderMap) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let watcher = studio.hub.subscribe(last);
    // The first word opens the connection at once.
    let hello = stream::once(async { Ok(Event::default().retry(BACK).comment("watching")) });
    let events = stream::unfold(watcher, |mut watcher| async {
        let event = watcher.next().await?;
        let told = Event::default().id(watcher.id(&event)).event(event.name).data(&event.data);
        Some((Ok(told), watcher))
    });
    use futures_util::StreamExt;
    Sse::new(hello.chain(events)).keep_alive(KeepAlive::new().interval(ALIVE))
}
