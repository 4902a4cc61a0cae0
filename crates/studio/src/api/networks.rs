//! Trained networks.

use std::fs;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use oneiric::Limits;
use oneiric::inspect::look::classify;
use oneiric::picture::PictureFile;
use oneiric_zoo::trained::{Card, check_name, read};

use super::extract::{Json, Path, Query, State};
use super::{FileBytes, REVALIDATE, Studio, attachment, upload};
use crate::core::{StudioState, look};
use crate::wire::{
    AnswerView, ClassProbability, LoadQuery, NameRequest, NetworkClassView, NetworkView, NetworksView, Problem,
};

/// The built-in networks that were trained by this program.
const BUILT_IN: [&str; 2] = ["eyeballs", "impressionist"];
/// The most classes of an answer.
const CLASSES: usize = 20;

type Created = (StatusCode, axum::Json<NetworkView>);

fn view(name: &str, own: bool, bytes: u64, card: Result<Card, Problem>) -> NetworkView {
    let (card, problem) = match card {
        Ok(card) => (Some(card), None),
        Err(problem) => (None, Some(problem.detail)),
    };
    let class = |class: &oneiric_zoo::trained::ClassCard| NetworkClassView {
        name: class.name.clone(),
        pictures: class.pictures,
        held_out: class.held_out,
    };
    NetworkView {
        name: name.into(),
        own,
        classes: card.iter().flat_map(|card| card.classes.iter().map(class)).collect(),
        accuracy: card.as_ref().and_then(|card| Some(card.result?.accuracy)),
        parent: card.and_then(|card| Some(card.parent?.name)),
        bytes,
        look: look(name),
        problem,
    }
}

fn own(studio: &StudioState, name: &str) -> Result<NetworkView, Problem> {
    let name = studio.networks.own(name)?;
    let bytes = studio.networks.folder().file(&name).metadata().map_or(0, |about| about.len());
    let card = studio.networks.folder().card(&name).map_err(|e| match e {
        oneiric_zoo::Error::File { reason, .. } => Problem::invalid(reason),
        e => Problem::invalid(e.to_string()),
    });
    Ok(view(&name, true, bytes, card))
}

/// List the trained networks.
#[utoipa::path(get, path = "/api/networks", tag = "networks", responses((status = 200, body = NetworksView)))]
pub async fn list(State(studio): Studio) -> Result<axum::Json<NetworksView>, Problem> {
    let state = studio.clone();
    let turn = studio.scheduler.encode(move || {
        let mut networks = Vec::new();
        for name in state.networks.all().trained() {
            // A file may be deleted meanwhile.
            networks.extend(own(&state, name).ok());
        }
        for model in oneiric_zoo::models().iter().filter(|model| BUILT_IN.contains(&model.name)) {
            let file = model.training.as_ref().map_or(&[][..], |training| training.bytes());
            let card = read(model.name, file).map(|(_, card)| card).map_err(Problem::from);
            networks.push(view(model.name, false, file.len() as u64, card));
        }
        Ok(NetworksView { networks })
    });
    turn.await.map(axum::Json)
}

/// Load the file of a trained network. A name that is taken gets a number.
#[utoipa::path(post, path = "/api/networks", tag = "networks", params(LoadQuery),
    request_body(content = FileBytes, content_type = "application/octet-stream"),
    responses((status = 201, body = NetworkView)))]
pub async fn load(
    State(studio): Studio,
    Query(LoadQuery { name }): Query<LoadQuery>,
    body: Body,
) -> Result<Created, Problem> {
    let upload = upload::receive(&studio, body).await?;
    let state = studio.clone();
    let turn = studio.scheduler.encode(move || {
        let bytes = fs::read(upload.path())?;
        let unusable = |e: oneiric_zoo::Error| Problem::invalid(format!("This file cannot be used: {e}"));
        read("", &bytes).map_err(unusable)?;
        let name = state.networks.free_name(name.trim_end_matches(".safetensors"), &[]);
        state.networks.folder().save(&name, &bytes, false)?;
        state.networks_changed();
        own(&state, &name)
    });
    turn.await.map(|view| (StatusCode::CREATED, axum::Json(view)))
}

/// Rename a network.
#[utoipa::path(patch, path = "/api/networks/{name}", tag = "networks", params(("name" = String, Path)),
    request_body = NameRequest, responses((status = 200, body = NetworkView)))]
pub async fn rename(
    State(studio): Studio,
    Path(name): Path<String>,
    Json(NameRequest { name: new }): Json<NameRequest>,
) -> Result<axum::Json<NetworkView>, Problem> {
    let name = studio.networks.own(&name)?;
    let new = new.trim();
    check_name(new).map_err(|e| Problem::invalid(e.to_string()).blaming(Some("name")))?;
    if new != name {
        studio.networks.folder().rename(&name, new)?;
        studio.networks_changed();
    }
    own(&studio, new).map(axum::Json)
}

/// Delete a network. It can be restored for 30 days.
#[utoipa::path(delete, path = "/api/networks/{name}", tag = "networks", params(("name" = String, Path)),
    responses((status = 204)))]
pub async fn delete(State(studio): Studio, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    studio.networks.delete(&name)?;
    studio.networks_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Restore the network that was deleted last under this name.
#[utoipa::path(post, path = "/api/networks/{name}/restore", tag = "networks", params(("name" = String, Path)),
    responses((status = 200, body = NetworkView)))]
pub async fn restore(State(studio): Studio, Path(name): Path<String>) -> Result<axum::Json<NetworkView>, Problem> {
    studio.networks.restore(&name)?;
    studio.networks_changed();
    own(&studio, &name).map(axum::Json)
}

/// Download the file of a network.
#[utoipa::path(get, path = "/api/networks/{name}/file", tag = "networks", params(("name" = String, Path)),
    responses((status = 200, content((FileBytes = "application/octet-stream")))))]
pub async fn file(State(studio): Studio, Path(name): Path<String>) -> Result<Response, Problem> {
    let (name, bytes) =
        match oneiric_zoo::models().iter().find(|model| BUILT_IN.contains(&model.name) && model.name == name) {
            Some(model) => (name, model.training.as_ref().map_or(Vec::new(), |training| training.bytes().to_vec())),
            None => {
                let name = studio.networks.own(&name)?;
                let bytes = tokio::fs::read(studio.networks.folder().file(&name)).await?;
                (name, bytes)
            }
        };
    let mut response = super::picture(bytes, "application/octet-stream", REVALIDATE);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment(&format!("{name}.safetensors")));
    Ok(response)
}

/// Get what a network sees in a picture, which is not kept.
#[utoipa::path(post, path = "/api/networks/{name}/classify", tag = "networks", params(("name" = String, Path)),
    request_body(content = FileBytes, content_type = "application/octet-stream"),
    responses((status = 200, body = AnswerView)))]
pub async fn answer(
    State(studio): Studio,
    Path(name): Path<String>,
    body: Body,
) -> Result<axum::Json<AnswerView>, Problem> {
    let network = studio.networks.all().get(&name)?;
    let upload = upload::receive(&studio, body).await?;
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let decode = || Ok(PictureFile::open(upload.path(), &Limits::default())?.decode()?);
        let picture = state.decoding.run(upload.path(), 1, decode)?;
        let classes = classify(&network, &picture)?.into_iter().take(CLASSES);
        let view = |class: oneiric::inspect::look::Class| ClassProbability {
            name: class.name,
            probability: class.probability,
        };
        Ok(AnswerView { classes: classes.map(view).collect() })
    });
    turn.await.map(axum::Json)
}
