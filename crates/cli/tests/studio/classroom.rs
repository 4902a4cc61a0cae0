//! A class: many visitors on one machine, each with a space of their own.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::{Studio, command, long, photo, quick};

const BYTES: [(&str, &str); 1] = [("content-type", "application/octet-stream")];

/// A studio that is open to a class; the studio itself is somebody who has not joined.
struct Class {
    studio: Studio,
    code: String,
    teacher: Studio,
}

impl Class {
    /// Starts a studio for a class, and reads what it prints for the blackboard.
    fn open() -> Self {
        Self::open_in(TempDir::new().unwrap())
    }

    fn open_in(own: TempDir) -> Self {
        let folder = own.path().to_owned();
        let options = ["--classroom", "--listen", "127.0.0.1", "--port", "0"];
        let mut child = command(&folder).args(options).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = |words: &str| loop {
            let line = lines.next().expect("the class opens").unwrap();
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        };
        let url = after("Your class opens");
        let code: String = after("gives the code").split_whitespace().collect();
        let link = after("You, the teacher");
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        let key = link.strip_prefix(&format!("{url}/join#")).unwrap().to_owned();
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0);
        let agent = agent.build().into();
        let studio = Studio { child: Some(child), url, folder, agent, cookie: None, _own: Some(own) };
        let teacher = studio.join(&key);
        Self { studio, code, teacher }
    }

    fn visitor(&self) -> Studio {
        self.studio.join(&self.code)
    }

    fn as_the_teacher_sees_it(&self) -> Value {
        self.teacher.get("/api/classroom").json()["teacher"].clone()
    }
}

impl Studio {
    /// Joins the class with this code as another browser.
    #[track_caller]
    fn join(&self, code: &str) -> Self {
        let answer = self.send("POST", "/api/join", &json!({ "code": code }));
        assert_eq!(answer.status, 204, "{}", String::from_utf8_lossy(&answer.bytes));
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let cookie = Some(cookie.split(';').next().unwrap().to_owned());
        let (url, folder, agent) = (self.url.clone(), self.folder.clone(), self.agent.clone());
        Self { child: None, url, folder, agent, cookie, _own: None }
    }

    fn dreams(&self) -> usize {
        self.get("/api/dreams").json()["total"].as_u64().unwrap() as usize
    }

    /// Makes a dream and returns its id.
    #[track_caller]
    fn dream(&self, photo: &str) -> String {
        let job = self.submit(photo, quick());
        self.wait_for(&job, "done");
        job
    }
}

#[test]
fn a_class_is_joined_with_its_code_and_nobody_gives_a_name() {
    let class = Class::open();
    let outside = &class.studio;
    for path in ["/api/jobs", "/api/pictures/0", "/api/events", "/api/classroom", "/api/openapi.json", "/metrics"] {
        outside.get(path).is_problem(401, "Join the class");
    }
    let page = outside.get("/dream");
    assert_eq!((page.status, page.headers["location"].to_str().unwrap()), (303, "/join"));
    assert_eq!((outside.get("/join").status, outside.get("/assets/js/join.js").status), (200, 200));

    let visitors = [class.visitor(), class.visitor()];
    let about = visitors.each_ref().map(|visitor| visitor.get("/api/classroom").json());
    assert_eq!(
        (&about[0]["role"], &about[0]["teacher"], &about[0]["open"]),
        (&json!("visitor"), &Value::Null, &json!(true))
    );
    assert!(about[0]["name"]["animal"].is_string() && about[0]["name"] != about[1]["name"], "{about:?}");
    let teacher = class.as_the_teacher_sees_it();
    assert_eq!((&teacher["code"], &teacher["addresses"]), (&json!(class.code), &json!([class.studio.url])));
    let names: Vec<&Value> = teacher["visitors"].as_array().unwrap().iter().map(|visitor| &visitor["name"]).collect();
    assert_eq!(names, [&about[0]["name"], &about[1]["name"]]);

    // What the teacher decides is not for visitors.
    let pause = json!({ "paused": true });
    visitors[0].send("PATCH", "/api/classroom", &pause).is_problem(403, "teacher");
    visitors[0].send("POST", "/api/classroom/end", &json!({})).is_problem(403, "teacher");
    visitors[0].get("/api/classroom/invitation").is_problem(403, "teacher");
    visitors[0].get("/metrics").is_problem(403, "teacher");
    let drawn = class.teacher.get("/api/classroom/invitation");
    assert_eq!((drawn.status, drawn.kind.as_str()), (200, "image/svg+xml"));

    // The teacher closes the class to newcomers; those who are in stay.
    class.teacher.send("PATCH", "/api/classroom", &json!({ "open": false }));
    outside.send("POST", "/api/join", &json!({ "code": class.code })).is_problem(403, "closed");
    assert_eq!(visitors[0].get("/api/jobs").status, 200);

    // Guessing is slow.
    let wrong = if class.code == "000000" { "111111" } else { "000000" };
    let guess = || outside.send("POST", "/api/join", &json!({ "code": wrong })).status;
    assert_eq!((0..12).map(|_| guess()).collect::<Vec<_>>(), [vec![401; 10], vec![429; 2]].concat());
}

#[test]
fn without_the_option_there_is_no_class() {
    let studio = Studio::open();
    assert_eq!(studio.get("/api/catalogue").json()["classroom"], json!(false));
    studio.get("/api/classroom").is_problem(404, "--classroom");
    studio.get("/api/wall").is_problem(404, "--classroom");
    studio.send("POST", "/api/join", &json!({ "code": "123456" })).is_problem(404, "--classroom");
}

/// A dream of two steps.
const TWO_STEPS: &str = "?look=%7B%22options%22:%7B%22octaves%22:%221%22,%22iterations%22:%222%22%7D%7D";

/// The parameters of a path, and what a request needs besides.
struct Thing<'a> {
    id: &'a str,
    class: &'a str,
}

/// A body that the operation reads; `None` if it takes none.
fn body(method: &str, path: &str) -> Option<Value> {
    Some(match (method, path) {
        (_, "/api/jobs/{id}/cancel" | "/api/jobs/{id}/move" | "/api/wall/{id}/move") => json!({}),
        ("PATCH", "/api/dreams/{id}" | "/api/trainings/{id}") => json!({}),
        (_, "/api/dreams/{id}/picture") => json!({ "strength": 0.5 }),
        (_, "/api/dreams/{id}/branch") => json!({ "octave": 1 }),
        ("PATCH", "/api/trainings/{id}/classes/{class}") => json!({ "name": "cats" }),
        ("POST", "/api/trainings/{id}/classes") => json!({ "name": "dogs" }),
        (_, "/api/trainings/{id}/classes/{class}/remove" | "/api/trainings/{id}/classes/{class}/restore") => {
            json!({ "pictures": [] })
        }
        ("PATCH", "/api/networks/{name}") => json!({ "name": "mine" }),
        ("PATCH", "/api/wall/{id}") => json!({ "shown": true }),
        ("POST", "/api/channels/{model}/{layer}") => json!({ "channels": [] }),
        _ => return None,
    })
}

fn is_upload(path: &str) -> bool {
    path.ends_with("/pictures") || path.ends_with("/classify")
}

#[test]
fn what_belongs_to_one_visitor_is_not_there_for_another() {
    let class = Class::open();
    let (owner, stranger) = (class.visitor(), class.visitor());
    // The owner has one of everything.
    let picture = owner.photo();
    let dream = owner.dream(&picture);
    let offer = owner.post("/api/wall", json!({ "dream": dream }))["id"].as_str().unwrap().to_owned();
    let training = owner.post("/api/trainings", json!({ "kit": "shapes" }));
    let file = owner.get("/api/networks/eyeballs/file").bytes;
    for name in ["mine", "gone"] {
        assert_eq!(owner.ask("POST", &format!("/api/networks?name={name}"), &BYTES, &file).status, 201);
    }
    assert_eq!(owner.send("DELETE", "/api/networks/gone", &json!({})).status, 204);
    let (training_id, class_id) = (training["id"].as_str().unwrap(), training["classes"][0]["id"].as_str().unwrap());

    let nowhere = "0".repeat(64);
    let path_of = |path: &str, owned: bool| {
        let subject = path.split('/').nth(2).unwrap_or_default();
        let Thing { id, class } = match subject {
            _ if !owned => Thing { id: "987654321", class: "987654321" },
            "trainings" => Thing { id: training_id, class: class_id },
            "wall" => Thing { id: &offer, class: "" },
            "pictures" => Thing { id: &picture, class: "" },
            _ => Thing { id: &dream, class: "" },
        };
        let name = match (owned, path.ends_with("/restore")) {
            (true, true) => "gone",
            (true, false) => "mine",
            (false, _) => "nobodys",
        };
        // The zoo's networks are everyone's; a picture is the owner's.
        let of_the_zoo = ["explore", "receptive-fields"].contains(&subject);
        let (model, layer) = if of_the_zoo { ("lite0", "block5") } else { (name, "fire2") };
        let picture = if owned { picture.as_str() } else { nowhere.as_str() };
        let query = match path.rsplit('/').next().unwrap() {
            _ if subject == "learn" => TWO_STEPS,
            _ if subject == "receptive-fields" => "?x=0.5&y=0.5",
            "preview" | "forecast" => "?look=%7B%7D&side=64",
            "map" => "?channel=0",
            "position" => "?x=0.5&y=0.5",
            _ => "",
        };
        let values = [("{id}", id), ("{class}", class), ("{name}", name), ("{picture}", picture), ("{model}", model)];
        let values =
            values.into_iter().chain([("{layer}", layer), ("{channel}", "0"), ("{octave}", "1"), ("{step}", "1")]);
        let path = values.fold(path.to_owned(), |path, (name, value)| path.replace(name, value)) + query;
        assert!(!path.contains('{'), "what does {path} need?");
        path
    };
    let asked = |who: &Studio, method: &str, path: &str, owned: bool| {
        let place = path_of(path, owned);
        match body(method, path) {
            Some(body) => who.send(method, &place, &body),
            None if is_upload(path) => who.ask(method, &place, &BYTES, &photo(20, 20)),
            None => who.ask(method, &place, &[], b""),
        }
        .status
    };

    let document = owner.get("/api/openapi.json").json();
    let paths = document["paths"].as_object().unwrap();
    let mut operations: Vec<(String, &str)> = paths
        .iter()
        // The built-in pictures are everyone's.
        .filter(|(path, _)| path.contains('{') && *path != "/api/ordinary/{number}")
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.as_str()))
        })
        .collect();
    // What the owner deletes is gone for all.
    operations.sort_by_key(|(method, path)| (method == "DELETE", path.contains("{class}"), *path));
    operations.reverse();
    operations.sort_by_key(|(method, _)| method == "DELETE");
    assert!(operations.len() > 45, "{}", operations.len());
    for (method, path) in &operations {
        let (made_up, strangers) = (asked(&stranger, method, path, false), asked(&stranger, method, path, true));
        // Only the teacher puts dreams up.
        let refused = if path.starts_with("/api/wall/{id}") && matches!(method.as_str(), "PATCH" | "POST") {
            403
        } else if path.contains("{model}") && !path.contains("{picture}") || path.ends_with("/classify") {
            422
        } else {
            404
        };
        assert_eq!((made_up, strangers), (refused, refused), "{method} {path} for a stranger");
    }
    for (method, path) in &operations {
        let owners = asked(&owner, method, path, true);
        let is_refused = path.starts_with("/api/wall/{id}") && matches!(method.as_str(), "PATCH" | "POST");
        // Nothing runs, so there is no frame; a dream that is done can neither be moved nor queued again.
        let is_other = path.ends_with("/frame") || owners == 409 || is_refused;
        assert!((200..300).contains(&owners) || is_other, "{method} {path} for the owner: {owners}");
    }
}

#[test]
fn nothing_of_another_visitor_is_in_lists_events_and_requests() {
    let class = Class::open();
    let (owner, stranger) = (class.visitor(), class.visitor());
    let mut events = stranger.events(None);
    let (picture, mask) = (owner.photo(), owner.photo_of(30, 20));
    let dream = owner.dream(&picture);
    owner.post("/api/trainings", json!({ "name": "stripes" }));

    let look = json!({ "preset": "dogs", "options": quick() });
    for asked in [json!({ "photo": picture, "look": look }), json!({ "photo": mask, "look": look })] {
        stranger.send("POST", "/api/jobs", &asked).is_problem(404, "picture");
    }
    // The same picture may be in two spaces. The rest is still the owner's.
    assert_eq!(stranger.photo(), picture);
    for places in [json!({ "mask": { "picture": mask } }), json!({ "guide": mask })] {
        let asked = json!({ "photo": picture, "look": look, "places": places });
        stranger.send("POST", "/api/jobs", &asked).is_problem(404, "picture");
        stranger.send("POST", "/api/command", &json!({ "look": look, "places": places })).is_problem(404, "picture");
    }
    let training = stranger.post("/api/trainings", json!({ "name": "mine" }))["id"].as_str().unwrap().to_owned();
    stranger.send("PATCH", &format!("/api/trainings/{training}"), &json!({ "photo": mask })).is_problem(404, "picture");
    stranger.send("POST", "/api/wall", &json!({ "dream": dream })).is_problem(404, "dream");
    assert_eq!((stranger.dreams(), owner.dreams()), (0, 1));
    assert_eq!(stranger.get(&format!("/api/dreams?photo={picture}")).json()["total"], 0);
    assert_eq!(stranger.get("/api/jobs").json()["jobs"], json!([]));
    let names = |who: &Studio| {
        let all = who.get("/api/trainings").json()["trainings"].as_array().unwrap().clone();
        all.iter().map(|training| training["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((names(&stranger), names(&owner)), (vec!["mine".into()], vec!["stripes".into()]));
    assert!(stranger.get("/api/export").bytes.len() < 100, "an empty archive");

    // The first thing that the stranger hears of a job is their own.
    let own = stranger.submit(&picture, quick());
    assert_ne!(own, dream);
    let heard = events.find(|event| ["job", "dream", "frame", "training"].contains(&event.name.as_str()));
    assert_eq!(heard.data["id"], json!(own));
    // The teacher's own pictures are nobody else's, either.
    let teachers = class.teacher.photo_of(50, 50);
    owner.get(&format!("/api/pictures/{teachers}")).is_problem(404, "picture");
    class.teacher.get(&format!("/api/pictures/{mask}")).is_problem(404, "picture");
}

#[test]
fn visitors_take_turns() {
    let class = Class::open();
    let (eager, modest) = (class.visitor(), class.visitor());
    class.teacher.send("PATCH", "/api/classroom", &json!({ "paused": true }));
    let (photo, other) = (eager.photo(), modest.photo());
    let many: Vec<String> = (0..3).map(|_| eager.submit(&photo, quick())).collect();
    let one = modest.submit(&other, quick());
    assert_eq!(eager.job(&many[0])["state"], "queued", "all look at the teacher");
    class.teacher.send("PATCH", "/api/classroom", &json!({ "paused": false }));
    let started = |who: &Studio, job: &str| who.wait_for(job, "done")["started"].as_i64().unwrap();
    let (first, second) = (started(&eager, &many[0]), started(&eager, &many[1]));
    let between = started(&modest, &one);
    assert!(first <= between && between <= second, "{first} {between} {second}");
}

#[test]
fn a_long_dream_gives_way_and_goes_on() {
    let class = Class::open();
    let (slow, quick_one) = (class.visitor(), class.visitor());
    let job = slow.submit(&slow.photo(), long());
    slow.wait_for(&job, "running");
    quick_one.dream(&quick_one.photo());
    let unfinished = slow.job(&job);
    assert!(["queued", "running"].contains(&unfinished["state"].as_str().unwrap()), "{unfinished}");
    // It continues, and ends with a dream when it is stopped.
    slow.wait_for(&job, "running");
    slow.post(&format!("/api/jobs/{job}/cancel"), json!({ "keep": true }));
    slow.wait_for(&job, "done");
}

#[test]
fn a_visitor_cannot_take_everything() {
    let class = Class::open();
    let visitor = class.visitor();
    class.teacher.send("PATCH", "/api/classroom", &json!({ "paused": true }));
    let photo = visitor.photo();
    let asked = json!({ "photo": photo, "look": { "preset": "dogs", "options": quick() } });
    (0..5).for_each(|_| drop(visitor.post("/api/jobs", asked.clone())));
    visitor.send("POST", "/api/jobs", &asked).is_problem(429, "5 dreams wait");
    // Another one still can.
    let other = class.visitor();
    let start = |name: &str| {
        let training = other.post("/api/trainings", json!({ "kit": "shapes", "name": name }));
        other.send("POST", &format!("/api/trainings/{}/start", training["id"].as_str().unwrap()), &json!({}))
    };
    assert_eq!(start("first").status, 201);
    start("second").is_problem(429, "One training at a time");
}

#[test]
fn the_wall_shows_what_the_teacher_puts_up() {
    let class = Class::open();
    let (artist, other) = (class.visitor(), class.visitor());
    let mut events = other.events(None);
    let photo = artist.photo();
    let offers: Vec<String> = (0..2)
        .map(|_| artist.post("/api/wall", json!({ "dream": artist.dream(&photo) }))["id"].as_str().unwrap().to_owned())
        .collect();
    let seen = |who: &Studio| {
        let wall = who.get("/api/wall").json()["dreams"].as_array().unwrap().clone();
        wall.iter().map(|dream| dream["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((seen(&artist), seen(&other), seen(&class.teacher)), (offers.clone(), vec![], offers.clone()));
    other.get(&format!("/api/wall/{}/picture", offers[0])).is_problem(404, "dream");
    let dream = artist.get("/api/wall").json()["dreams"][0]["dream"].clone();
    artist.send("POST", "/api/wall", &json!({ "dream": dream })).is_problem(409, "already");

    for offer in &offers {
        let shown = class.teacher.send("PATCH", &format!("/api/wall/{offer}"), &json!({ "shown": true }));
        assert_eq!(shown.status, 200);
    }
    events.find(|event| event.name == "wall");
    assert_eq!(seen(&other), offers);
    let wall = other.get("/api/wall").json();
    assert_eq!(wall["dreams"][0]["by"], artist.get("/api/classroom").json()["name"]);
    assert_eq!(wall["dreams"][0]["dream"], Value::Null, "the number of a dream is the artist's own");
    let picture = other.get(&format!("/api/wall/{}/picture", offers[0]));
    assert_eq!((picture.status, picture.kind.as_str()), (200, "image/jpeg"));
    class.teacher.post(&format!("/api/wall/{}/move", offers[1]), json!({ "before": offers[0] }));
    assert_eq!(seen(&other), [offers[1].clone(), offers[0].clone()]);

    // The teacher and the artist take dreams down; nobody else does.
    other.send("DELETE", &format!("/api/wall/{}", offers[0]), &json!({})).is_problem(403, "teacher");
    assert_eq!(artist.send("DELETE", &format!("/api/wall/{}", offers[0]), &json!({})).status, 204);
    class.teacher.send("PATCH", &format!("/api/wall/{}", offers[1]), &json!({ "shown": false }));
    assert_eq!((seen(&other), seen(&artist)), (vec![], vec![offers[1].clone()]));
}

#[test]
fn the_spaces_end_with_the_lesson() {
    let mut class = Class::open();
    let (visitor, busy) = (class.visitor(), class.visitor());
    let mut events = visitor.events(None);
    let kept = class.teacher.photo();
    visitor.dream(&visitor.photo_of(40, 40));
    let running = busy.submit(&busy.photo_of(50, 40), long());
    busy.wait_for(&running, "running");
    let folder = class.studio.folder.join("classroom");
    let spaces = || {
        let entries = std::fs::read_dir(&folder).unwrap().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("visitor-")).count()
    };
    assert_eq!(spaces(), 2);
    let ended = class.teacher.post("/api/classroom/end", json!({}));
    assert_eq!((&ended["open"], &ended["teacher"]["visitors"]), (&json!(false), &json!([])));
    assert_eq!(events.find(|event| event.name == "ended").data, json!({}));
    visitor.get("/api/dreams").is_problem(401, "Join the class");
    visitor.wait(|| Some(()).filter(|()| spaces() == 0));
    // The teacher's own pictures stay, and the next lesson has another code.
    assert_eq!(class.teacher.get(&format!("/api/pictures/{kept}")).status, 200);
    let code = ended["teacher"]["code"].as_str().unwrap();
    assert_ne!(code, class.code);
    class.teacher.send("PATCH", "/api/classroom", &json!({ "open": true }));
    class.studio.send("POST", "/api/join", &json!({ "code": class.code })).is_problem(401, "not the code");
    let next = class.studio.join(code);
    assert_eq!(next.dreams(), 0);
    // A crash leaves them, and the next start deletes them.
    let mut child = class.studio.child.take().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(spaces(), 1);
    let mut again = Class::open_in(class.studio._own.take().unwrap());
    assert_eq!(spaces(), 0);
    // So does the end of the studio.
    again.visitor();
    assert_eq!(spaces(), 1);
    if cfg!(unix) {
        let child = again.studio.child.as_mut().unwrap();
        assert!(std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(!folder.exists());
    }
}

#[test]
fn twenty_five_visitors_dream_at_once() {
    let class = Class::open();
    let visitors: Vec<Studio> = (0..25).map(|_| class.visitor()).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let all: Vec<_> = visitors
            .iter()
            .enumerate()
            .map(|(number, visitor)| {
                scope.spawn(move || {
                    let picture = visitor.photo_of(40 + number, 40);
                    (picture.clone(), visitor.dream(&picture))
                })
            })
            .collect();
        let made: Vec<(String, String)> = all.into_iter().map(|one| one.join().unwrap()).collect();
        let ids: HashSet<&str> = made.iter().map(|(_, dream)| dream.as_str()).collect();
        assert_eq!(ids.len(), 25, "every dream has its own number");
        for (visitor, (picture, dream)) in visitors.iter().zip(&made) {
            let dreams = visitor.get("/api/dreams").json();
            assert_eq!((&dreams["total"], &dreams["dreams"][0]["id"]), (&json!(1), &json!(dream)));
            assert_eq!(dreams["dreams"][0]["photo"], json!(picture));
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(100), "{:?}", begun.elapsed());
    assert_eq!(class.as_the_teacher_sees_it()["visitors"].as_array().unwrap().len(), 25);
}
