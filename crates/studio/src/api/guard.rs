//! Checks each request: its host name (against DNS rebinding), its origin (against forged requests) and the session. Finds the
//! studio of the request: the only one, or in a class the one of the visitor.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::core::{Spaces, StudioState, Visit};
use crate::wire::Problem;

/// The paths that need no password and no place in the class.
const OPEN: [&str; 5] = ["/login", "/api/login", "/join", "/api/join", "/healthz"];
const OPEN_FOLDER: &str = "/assets/";

/// Passes a request on, or refuses it.
pub async fn guard(State(spaces): State<Arc<Spaces>>, mut request: Request, next: Next) -> Response {
    let response = match check(&spaces, &request) {
        Entry::Allowed(Visit { studio, member }) => {
            request.extensions_mut().insert(studio);
            if let Some(member) = member {
                request.extensions_mut().insert(member);
            }
            next.run(request).await
        }
        Entry::Refused(problem) => problem.into_response(),
        Entry::LogIn(page) => Redirect::to(page).into_response(),
    };
    spaces.main().metrics.answered(response.status().as_u16());
    response
}

/// What to do with a request.
enum Entry {
    Allowed(Visit),
    Refused(Problem),
    LogIn(&'static str),
}

fn check(spaces: &Spaces, request: &Request) -> Entry {
    let studio = spaces.main();
    let headers = request.headers();
    let host = text(headers, &header::HOST).unwrap_or_default();
    if !is_ours(studio, host) {
        let why = "The studio does not serve this name; use the address that it printed, or add the name with --host.";
        return Entry::Refused(Problem::forbidden(why));
    }
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    if !reads && is_from_elsewhere(headers, host) {
        return Entry::Refused(Problem::forbidden("This request came from another site."));
    }
    let path = request.uri().path();
    let open = OPEN.contains(&path) || path.starts_with(OPEN_FOLDER);
    let visit = spaces.visit(text(headers, &header::COOKIE).unwrap_or_default());
    let visit = visit.or_else(|| open.then(|| Visit { studio: studio.clone(), member: None }));
    let (page, advice) = match spaces.classroom() {
        Some(_) => ("/join", "Join the class first, with its code."),
        None => ("/login", "Log in first: this studio has a password."),
    };
    match visit {
        Some(visit) => Entry::Allowed(visit),
        None if path.starts_with("/api/") || path == "/metrics" => Entry::Refused(Problem::unauthorized(advice)),
        None => Entry::LogIn(page),
    }
}

/// Returns the text of a header.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether the studio serves this host name and port.
fn is_ours(studio: &StudioState, host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port.parse().ok()),
        _ => (host, Some(80)),
    };
    let address = studio.address;
    let loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    let named = studio.config.hosts.iter().any(|known| known.eq_ignore_ascii_case(name));
    let own = match address.ip() {
        std::net::IpAddr::V4(ip) => ip.to_string(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
    };
    // Only names can be made to point to this machine; a class may reach it at any of its addresses.
    let is_address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    // A proxy may listen on another port; then the name was given with --host.
    let own = name == own || (studio.config.classroom && is_address);
    named || ((loopback || own) && port == Some(address.port()))
}

/// Whether a page of another site sent the request. Programs that are not browsers send neither header.
fn is_from_elsewhere(headers: &HeaderMap, host: &str) -> bool {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        let name = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        return name != Some(host);
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    !matches!(site, None | Some(b"same-origin" | b"none"))
}
