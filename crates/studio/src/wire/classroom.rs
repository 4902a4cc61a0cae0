//! A class and its wall.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What the studio calls a visitor: a colour and an animal, such as the blue otter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitorName {
    /// The colour.
    pub colour: &'static str,
    /// The animal.
    pub animal: &'static str,
}

/// What somebody gives at the door.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The code of the class, or the teacher's key.
    pub code: String,
}

/// Who somebody is in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClassroomRole {
    /// The teacher.
    Teacher,
    /// Anybody else.
    Visitor,
}

/// A class.
#[derive(Serialize, ToSchema)]
pub struct ClassroomView {
    /// Who asks.
    pub role: ClassroomRole,
    /// What the studio calls the visitor who asks.
    pub name: Option<VisitorName>,
    /// Whether newcomers may join.
    pub open: bool,
    /// Whether all are to look at the teacher, and no dream starts.
    pub paused: bool,
    /// For the teacher.
    pub teacher: Option<TeacherView>,
}

/// What only the teacher sees of a class.
#[derive(Serialize, ToSchema)]
pub struct TeacherView {
    /// What visitors give at the door: six digits.
    pub code: String,
    /// Addresses at which other machines may reach the studio, the most likely first.
    pub addresses: Vec<String>,
    /// The visitors, in the order of arrival.
    pub visitors: Vec<VisitorView>,
}

/// A visitor, for the teacher.
#[derive(Serialize, ToSchema)]
pub struct VisitorView {
    /// The name.
    pub name: VisitorName,
    /// Whether a page of theirs is open.
    pub here: bool,
    /// The number of their dreams.
    pub dreams: usize,
    /// The number of their waiting and running dreams and trainings.
    pub waiting: usize,
}

/// What to change of a class. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassroomChange {
    /// Whether newcomers may join.
    #[serde(default)]
    pub open: Option<bool>,
    /// Whether all are to look at the teacher.
    #[serde(default)]
    pub paused: Option<bool>,
}

/// Which address to draw.
#[derive(Deserialize, IntoParams)]
pub struct InvitationQuery {
    /// Its place in the list of addresses, from 0.
    #[serde(default)]
    pub address: usize,
}

/// The wall.
#[derive(Serialize, ToSchema)]
pub struct WallView {
    /// The dreams in their order: those that all see, one's own offers, and for the teacher all offers.
    pub dreams: Vec<WallDreamView>,
}

/// A dream on the wall, or one that was offered.
#[derive(Serialize, ToSchema)]
pub struct WallDreamView {
    /// Its id on the wall.
    pub id: String,
    /// Who made it; `null` is the teacher.
    pub by: Option<VisitorName>,
    /// The id of the dream, if it is one's own.
    pub dream: Option<String>,
    /// The name of its filter.
    pub filter: String,
    /// Its width in pixels.
    pub width: usize,
    /// Its height in pixels.
    pub height: usize,
    /// Whether all see it.
    pub shown: bool,
}

/// A dream for the wall.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WallOffer {
    /// Its id.
    pub dream: String,
}

/// What to change of a dream on the wall.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WallChange {
    /// Whether all see it.
    pub shown: bool,
}
