//! Options for several pictures.

use crate::work::batch::names::Template;

/// How several pictures are found and their dreams called.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Several pictures")]
pub struct BatchArgs {
    /// Look for pictures in the folders of a folder as well
    #[arg(long)]
    pub recursive: bool,
    /// What the dreams are called in the folder of -o, with {name} of the photo, {preset}, {seed}, {model} and {n} for its
    /// number; the ending chooses the format [default: {name}.{preset}.png]
    #[arg(long, value_name = "TEMPLATE")]
    pub name: Option<Template>,
}

impl BatchArgs {
    /// Whether nothing of it is given.
    pub fn is_empty(&self) -> bool {
        !self.recursive && self.name.is_none()
    }

    /// What the dreams are called.
    pub fn template(&self) -> Template {
        self.name.clone().unwrap_or_else(|| "{name}.{preset}.png".parse().expect("the template is right"))
    }
}
