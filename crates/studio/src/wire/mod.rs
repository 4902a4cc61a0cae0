//! The types that the HTTP API sends and receives, for the server and its clients alike.
//!
//! A type that ends in `View` is sent, one that ends in `Request` is the body of a request, and one that ends in `Query` holds
//! the parameters after the question mark.

mod catalogue;
mod classroom;
mod depends;
mod dreams;
mod events;
mod explore;
mod jobs;
mod lessons;
mod login;
mod look;
mod loops;
mod networks;
mod pictures;
mod places;
mod problem;
mod training;

pub use catalogue::{
    CatalogueView, ClassMatch, CommandRequest, CommandView, LayerView, LimitsView, ModelView, OptionView, PresetView,
    SearchQuery, SearchView, SettingsQuery, SettingsView, SliderView,
};
pub use classroom::{
    ClassroomChange, ClassroomRole, ClassroomView, InvitationQuery, JoinRequest, TeacherView, VisitorName, VisitorView,
    WallChange, WallDreamView, WallOffer, WallView,
};
pub use depends::{
    ChannelInputView, InputSource, InputsQuery, InputsView, PatchView, PatchesView, ReceptiveFieldView,
    ReceptiveFieldsView, RectangleView,
};
pub use dreams::{
    BranchRequest, ClassProbability, DreamChange, DreamClasses, DreamPageView, DreamQuery, DreamView, ExportQuery,
    FileFormat, FileQuery, SnapshotRequest, WHOLE,
};
pub use events::{DeletedDream, FrameEvent};
pub use explore::{
    ChannelId, ChannelStrength, KernelsView, LayerMapsView, MapQuery, PositionChannel, PositionQuery, PositionView,
    SheetLayout, VisualizationsRequest, VisualizationsView,
};
pub use jobs::{
    CancelRequest, DreamRequest, JobKind, JobState, JobView, JobsView, MoveRequest, ProgressView, QueueState,
};
pub use lessons::{LessonDreamQuery, LessonPictureView, LessonQuery, LessonStepView, LessonView};
pub use login::LoginRequest;
pub use look::{LookSettings, OptionValue};
pub use loops::{LoopMoment, LoopQuery, LoopRangeQuery, LoopView};
pub use networks::{AnswerView, LoadQuery, NetworkClassView, NetworkView, NetworksView};
pub use pictures::{
    ClassView, ClassesView, ForecastQuery, ForecastView, LandscapeRequest, NetworkClasses, PictureRecipeView,
    PictureView, PreviewQuery, SideQuery, UploadQuery,
};
pub use places::{AreaSource, DreamPlaces, DreamRegion};
pub use problem::Problem;
pub use training::{
    AddedPicture, ClassPictures, ClassRequest, DrawnPictures, EvaluationView, KitView, MistakeView, NameRequest,
    TrainingChange, TrainingChoices, TrainingClassView, TrainingEvent, TrainingRequest, TrainingResultView,
    TrainingRun, TrainingStage, TrainingView, TrainingsView,
};
