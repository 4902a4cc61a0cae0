//! Networks that people train themselves: what they are made of, their cards, their files.

mod architecture;
mod card;
mod file;
mod folder;

pub use architecture::{Architecture, Convolution, SCORES};
pub use card::{Card, ClassCard, Parent, TestResult};
pub use file::{export, read, write, write_difference};
pub use folder::{Entry, Folder, check_name};
