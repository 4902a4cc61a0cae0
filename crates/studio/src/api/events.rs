//! The stream of events.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, stream};

use super::Studio;
use super::extract::State;

/// How soon a browser reconnects after a lost connection.
const RECONNECT: Duration = Duration::from_secs(1);
/// How often a comment is sent, so that both sides notice a lost connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Server-sent events: `job`, `frame`, `dream`, `queue`, `visualization`, `training`, `networks`, in a class `classroom`, `wall`
/// and `ended`, and `reset` when something was missed. The header `Last-Event-ID` continues after that event.
#[utoipa::path(get, path = "/api/events", tag = "studio",
    params(("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn watch(State(studio): Studio, headers: HeaderMap) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let subscription = studio.hub.subscribe(last);
    // A first comment opens the connection at once.
    let hello = stream::once(async { Ok(Event::default().retry(RECONNECT).comment("watching")) });
    let events = stream::unfold(subscription, |mut subscription| async {
        let event = subscription.next().await?;
        let sent = Event::default().id(subscription.id(&event)).event(event.name).data(&event.data);
        Some((Ok(sent), subscription))
    });
    use futures_util::StreamExt;
    Sse::new(hello.chain(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
