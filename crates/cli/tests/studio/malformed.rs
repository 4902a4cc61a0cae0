//! Ten thousand requests that do not match the API document, or only nearly.

use oneiric_studio::document;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::Studio;

const REQUESTS: u32 = 10_000;

/// Operations of the API: method, path, and an example of the body.
fn operations() -> Vec<(String, String, Option<Value>)> {
    let document = serde_json::to_value(document()).unwrap();
    let examples = json!({
        "/api/jobs": { "photo": "0", "look": { "preset": "dogs", "options": { "octaves": 2 } }, "places": {}, "size": 50 },
        "/api/command": { "look": { "preset": "dogs" }, "size": 10 },
        "/api/landscapes": { "seed": 1, "size": 64 },
        "/api/queue": { "paused": false },
        "/api/login": { "password": "x" },
    });
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // The first never ends, the other takes longer with every dream.
            if path == "/api/events" || path == "/api/export" {
                continue;
            }
            let body =
                operation.get("requestBody").map(|_| examples.get(path).cloned().unwrap_or(json!({ "octave": 1 })));
            operations.push((method.to_uppercase(), path.clone(), body));
        }
    }
    operations
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("0".repeat(64)),
        Just("../../etc/passwd".into()),
        Just("99999999999999999999999999".into()),
        Just("-1".into()),
        Just("lite0".into()),
        Just("block3".into()),
        Just("NaN".into()),
        Just("{\"preset\":\"dogs\",\"options\":{\"seed\":1}}".into()),
        Just("{\"options\":{\"objective\":\"((((((((block3\"}}".into()),
        "[0-9]{1,3}",
        any::<String>(),
        "x{5000}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        hostile().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((hostile(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

#[derive(Clone, Debug)]
enum Body {
    /// The example with one value replaced.
    Bent(usize, Value),
    Whole(Value),
    Bytes(Vec<u8>),
    Cut(usize),
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        (any::<usize>(), value()).prop_map(|(at, value)| Body::Bent(at, value)),
        value().prop_map(Body::Whole),
        vec(any::<u8>(), 0..200).prop_map(Body::Bytes),
        any::<usize>().prop_map(Body::Cut),
    ]
}

impl Body {
    fn bytes(self, example: &Value) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Whole(value) => value.to_string().into(),
            Self::Cut(at) => {
                let mut text = example.to_string();
                text.truncate(at % (text.len() + 1));
                text.into()
            }
            Self::Bent(at, value) => {
                let mut bent = example.clone();
                let object = bent.as_object_mut().unwrap();
                let name = object.keys().nth(at % object.len()).unwrap().clone();
                object.insert(name, value);
                bent.to_string().into()
            }
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn malformed_requests_never_cause_a_server_error() {
    let studio = Studio::open_with(&["--queue", "5"]);
    studio.photo();
    studio.post("/api/queue", json!({ "paused": true }));
    let operations = operations();
    assert!(operations.len() > 30, "{operations:?}");
    let inputs = (0..operations.len(), vec(hostile(), 4), vec((hostile(), hostile()), 0..3), body());
    let config = Config { cases: REQUESTS, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let run = TestRunner::new_with_rng(config, rng).run(&inputs, |(number, parts, query, body)| {
        let (method, path, example) = &operations[number];
        let mut parts = parts.iter();
        let path: Vec<String> = path
            .split('/')
            .map(|part| if part.starts_with('{') { encoded(parts.next().unwrap()) } else { part.into() })
            .collect();
        let names = ["look", "side", "q", "limit", "cursor", "channel", "x", "y", "format", "strength", "name"];
        let pick = |text: &str| names[text.len() % names.len()];
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{}={}", pick(name), encoded(value))).collect();
        let path = format!("{}?{}", path.join("/"), query.join("&"));
        let bytes = example.as_ref().map_or(Vec::new(), |example| body.bytes(example));
        // The studio may answer before it has read all of the body, and then closes the connection.
        let headers = [("content-type", "application/json"), ("connection", "close")];
        let answer = studio.ask(method, &path, &headers, &bytes);
        prop_assert!(answer.status < 500, "{method} {path}: {}", String::from_utf8_lossy(&answer.bytes));
        if answer.status >= 400 {
            prop_assert_eq!(answer.kind, "application/problem+json", "{} {}", method, path);
        }
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
    assert_eq!(studio.get("/healthz").status, 200);
}
