//! The name of a network, and where the results of a training go.

use std::path::{Path, PathBuf};

use oneiric::SaveMode;
use oneiric::picture::readable;
use oneiric_zoo::Network;
use oneiric_zoo::trained::{Card, Folder, check_name, read, write};

use super::Args;
use crate::terminal::failure::Failure;
use crate::work::networks::folder;

/// In the card of a network whose training was stopped.
pub const STOPPED: &str = "stopped";

/// Where the results go.
pub struct Outputs {
    pub name: String,
    folder: Folder,
    mode: SaveMode,
    pub dream: PathBuf,
    pub mistakes: PathBuf,
}

impl Outputs {
    pub fn new(args: &Args) -> Result<Self, Failure> {
        if let Some(folder) = args.path.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(Failure::input(format!("{}: no such folder of pictures", readable(folder))));
        }
        let name = name(args)?;
        check_out(&args.out)?;
        let mode = if args.overwrite { SaveMode::Overwrite } else { SaveMode::New };
        let picture = |what: &str| args.out.join(format!("{name}.{what}.png"));
        let outputs = Self { dream: picture("dream"), mistakes: picture("mistakes"), folder: folder()?, mode, name };
        outputs.check()?;
        Ok(outputs)
    }

    /// Nothing is replaced without --overwrite, but for a training that was stopped and is continued.
    fn check(&self) -> Result<(), Failure> {
        if self.mode == SaveMode::Overwrite || self.was_stopped() {
            return Ok(());
        }
        if self.folder.has(&self.name) {
            return Err(exists(&self.name));
        }
        [&self.dream, &self.mistakes].into_iter().try_for_each(|path| match path.exists() {
            true => Err(Failure::input(format!("{} exists already; replace it with --overwrite", readable(path)))),
            false => Ok(()),
        })
    }

    fn was_stopped(&self) -> bool {
        self.folder.read(&self.name).is_ok_and(|(_, card)| card.training.contains_key(STOPPED))
    }

    /// Keeps a network, and returns it as it will be read.
    pub fn keep(&self, name: &str, card: &Card, graph: &oneiric_engine::Graph) -> Result<Network, Failure> {
        let file = write(card, graph)?;
        self.folder.save(name, &file, true)?;
        Ok(read(name, &file)?.0)
    }
}

/// The name of the network: the one that was asked for, or that of the kit, the folder or the table.
pub fn name(args: &Args) -> Result<String, Failure> {
    let of_path = || {
        let path = args.path.as_ref().filter(|path| *path != Path::new("-"))?;
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
        Some(name?.to_str()?.chars().map(plain).collect::<String>())
    };
    let of_kit = || Some(format!("{}-kit", args.kit.as_ref()?));
    let name = args.name.clone().or_else(of_kit).or_else(of_path);
    let name = name.ok_or_else(|| Failure::input("the network needs a name; add --name"))?;
    check_name(&name).map_err(|e| Failure::input(format!("{e}; choose one with --name")))?;
    Ok(name)
}

/// The error of a network that would be replaced.
pub fn exists(name: &str) -> Failure {
    Failure::input(format!("a network '{name}' exists already; choose another --name, or replace it with --overwrite"))
}

/// Checks that the folder for pictures and tables exists.
pub fn check_out(out: &Path) -> Result<(), Failure> {
    match out.is_dir() {
        true => Ok(()),
        false => Err(Failure::input(format!("{}: no such folder for what is written", readable(out)))),
    }
}
