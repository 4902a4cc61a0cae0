//! Options for several pictures.

use super::template::Template;

/// clap replaces "{n}" by a line break, so a style that changes nothing divides it.
const NAME_HELP: &str = "File name of each dream in the folder of -o. {name} and {\x1b[0mn} are the name and the number of \
    the photo, {preset}, {seed} and {model} those of the dream. The extension sets the format \
    [default: {name}.{preset}.png]";

/// Options for finding several pictures and naming their dreams.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Several pictures")]
pub struct BatchArgs {
    /// Look for pictures in subfolders too
    #[arg(long)]
    pub recursive: bool,
    #[arg(long, value_name = "TEMPLATE", help = NAME_HELP)]
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
