//! Options for several pictures.

use crate::work::batch::names::Template;

/// Options for finding several pictures and naming their dreams.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Several pictures")]
pub struct BatchArgs {
    /// Look for pictures in subfolders too
    #[arg(long)]
    pub recursive: bool,
    /// File name of each dream in the folder of -o, with fields in braces: name (of the photo), preset, seed, model, n
    /// (number of the photo). The extension sets the format [default: {name}.{preset}.png]
    // clap replaces "{n}" by a line break.
    #[arg(long, value_name = "TEMPLATE")]
    pub name: Option<Template>,
}

impl BatchArgs {
    /// Whether none of these options is given.
    pub fn is_empty(&self) -> bool {
        !self.recursive && self.name.is_none()
    }

    /// The file name template.
    pub fn template(&self) -> Template {
        self.name.clone().unwrap_or_else(|| "{name}.{preset}.png".parse().expect("the default template is valid"))
    }
}
