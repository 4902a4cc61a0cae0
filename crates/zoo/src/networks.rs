//! Looks networks up by name.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use crate::error::Error;
use crate::network::Network;
use crate::registry::{self, model, models};
use crate::trained::{Entry, Folder};

/// Networks by name: those of the zoo, those that a program adds, and those of a folder of trained networks. A clone is cheap:
/// networks are shared.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    added: Vec<Arc<Network>>,
    files: Vec<Arc<TrainedFile>>,
    /// Other names.
    aliases: Vec<(String, Arc<Network>)>,
}

/// A network of a folder, which is read when it is first used.
#[derive(Debug)]
struct TrainedFile {
    entry: Entry,
    /// When the file was changed last, and its length.
    version: Option<(SystemTime, u64)>,
    network: OnceLock<Result<Arc<Network>, Error>>,
}

impl TrainedFile {
    fn new(entry: Entry) -> Self {
        let about = entry.path.metadata().ok();
        let version = about.and_then(|about| Some((about.modified().ok()?, about.len())));
        Self { entry, version, network: OnceLock::new() }
    }

    fn network(&self) -> Result<&Arc<Network>, Error> {
        let read = || self.entry.read().map(|(network, _)| Arc::new(network));
        self.network.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl Networks {
    /// The networks of the zoo and those of a folder. Files are opened when they are first used.
    pub fn with_folder(folder: &Folder) -> Self {
        Self::default().with_folder_again(folder)
    }

    /// The same with the networks that are in the folder now. Files that have not changed are not read again.
    #[must_use]
    pub fn with_folder_again(&self, folder: &Folder) -> Self {
        let file = |entry| {
            let new = TrainedFile::new(entry);
            let is_same = |old: &&Arc<TrainedFile>| old.entry == new.entry && old.version == new.version;
            let known = self.files.iter().find(is_same).filter(|old| old.version.is_some()).cloned();
            known.unwrap_or_else(|| Arc::new(new))
        };
        Self { files: folder.entries().into_iter().map(file).collect(), ..self.clone() }
    }

    /// The names of the networks of the folder.
    pub fn trained(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.entry.name.as_str())
    }

    /// Adds a network.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub fn insert(&mut self, network: Network) -> Result<(), Error> {
        if self.added(&network.name)?.is_some() || model(&network.name).is_ok() {
            return Err(Error::NameTaken(network.name));
        }
        self.added.push(Arc::new(network));
        Ok(())
    }

    /// Returns the network with this name or alias, upper or lower case. A network of the zoo is built when it is first used.
    ///
    /// # Errors
    /// [`Error::UnknownModel`], [`Error::Untrained`], or [`Error::Weights`] if the file of weights is damaged.
    pub fn get(&self, name: &str) -> Result<Arc<Network>, Error> {
        match self.added(name)? {
            Some(network) => Ok(network.clone()),
            None => registry::load(name).map_err(|error| self.with_names(error)),
        }
    }

    /// Returns the network whose weights have this [`sha256`](Network::sha256), if there is one. All networks of the zoo are
    /// built for that.
    pub fn with_sha256(&self, sha256: &str) -> Option<Arc<Network>> {
        let of_zoo = models().iter().filter_map(|model| registry::load(model.name).ok());
        let of_files = self.files.iter().filter_map(|file| file.network().ok().cloned());
        self.added.iter().cloned().chain(of_zoo).chain(of_files).find(|network| network.sha256() == sha256)
    }

    /// The same networks, of which `network` is also found by the name `alias`.
    #[must_use]
    pub fn with_alias(&self, alias: &str, network: Arc<Network>) -> Self {
        let mut networks = self.clone();
        networks.aliases.push((alias.into(), network));
        networks
    }

    /// Returns the name of the network with this name or alias.
    ///
    /// # Errors
    /// [`Error::UnknownModel`].
    pub fn name(&self, name: &str) -> Result<&str, Error> {
        if let Some(file) = self.file(name) {
            return Ok(&file.entry.name);
        }
        match self.added(name)? {
            Some(network) => Ok(&network.name),
            None => model(name).map(|model| model.name).map_err(|error| self.with_names(error)),
        }
    }

    /// Returns the default layer of a network.
    ///
    /// # Errors
    /// [`Error::UnknownModel`], or what is wrong with the file of a trained network.
    pub fn default_layer(&self, name: &str) -> Result<&str, Error> {
        match self.added(name)? {
            Some(network) => Ok(&network.default_layer),
            None => model(name).map(|model| model.default_layer).map_err(|error| self.with_names(error)),
        }
    }

    /// Returns the options of a dream that suits a network; none for those of the zoo.
    ///
    /// # Errors
    /// What is wrong with the file of a trained network.
    pub fn suggested(&self, name: &str) -> Result<Option<&BTreeMap<String, String>>, Error> {
        Ok(self.added(name)?.map(|network| &network.suggested).filter(|suggested| !suggested.is_empty()))
    }

    /// The names of all networks with trained weights: those of the zoo, then those that were added, then those of the folder.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let added = self.added.iter().map(|network| network.name.as_str());
        models().iter().map(|model| model.name).chain(added).chain(self.trained())
    }

    /// The names of networks with class scores at every position.
    pub fn with_class_map(&self) -> impl Iterator<Item = &str> {
        let of_zoo = models().iter().filter(|model| model.class_map.is_some()).map(|model| model.name);
        let added = self.added.iter().filter(|network| network.class_map().is_some());
        of_zoo.chain(added.map(|network| network.name.as_str())).chain(self.trained())
    }

    fn file(&self, name: &str) -> Option<&TrainedFile> {
        self.files.iter().find(|file| file.entry.name.to_lowercase() == name.to_lowercase()).map(|file| &**file)
    }

    /// The network with this name or alias, if it is not one of the zoo.
    fn added(&self, name: &str) -> Result<Option<&Arc<Network>>, Error> {
        let is_it = |other: &str| other.to_lowercase() == name.to_lowercase();
        let by_alias = || self.aliases.iter().find(|(alias, _)| is_it(alias)).map(|(_, network)| network);
        match self.added.iter().find(|network| is_it(&network.name)).or_else(by_alias) {
            Some(network) => Ok(Some(network)),
            None => self.file(name).map(TrainedFile::network).transpose(),
        }
    }

    /// The error of an unknown name, with all known names.
    fn with_names(&self, error: Error) -> Error {
        match error {
            Error::UnknownModel { name, .. } => {
                Error::UnknownModel { name, known: self.names().map(Into::into).collect() }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use oneiric_engine::Graph;
    use oneiric_engine::op::{Conv2d, Op, Window};

    use super::*;
    use crate::network::{Classes, Classifier};

    fn network(name: &str, weight: f32) -> Network {
        let mut graph = Graph::new(3).unwrap();
        let picture = graph.picture();
        let conv = Conv2d::new(3, 2, 1, Window::square(1, 1), vec![weight; 6], None).unwrap();
        graph.add_layer("first", Op::Conv(conv), &[picture]).unwrap();
        Network::new(name, graph, "first")
    }

    #[test]
    fn an_added_network_is_found_by_name() {
        let mut networks = Networks::default();
        networks.insert(network("Mine", 0.5)).unwrap();
        assert_eq!(networks.name("mine").unwrap(), "Mine");
        assert_eq!(networks.default_layer("mine").unwrap(), "first");
        assert_eq!(networks.name("EfficientNet-Lite0").unwrap(), "lite0");
        assert_eq!(networks.names().collect::<Vec<_>>(), ["lite0", "squeezenet", "eyeballs", "impressionist", "Mine"]);
        let unknown = networks.get("mime").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "there is no model 'mime'; the models are lite0, squeezenet, eyeballs, impressionist, Mine"
        );
        for taken in ["MINE", "lite0", "efficientnet-lite0", "vgg16"] {
            assert_eq!(networks.insert(network(taken, 0.5)), Err(Error::NameTaken(taken.into())));
        }
    }

    #[test]
    fn hashes_identify_weights_and_the_zoos_are_those_of_their_files() {
        let hash = |weight| network("mine", weight).sha256().to_owned();
        assert_eq!(hash(0.5), hash(0.5));
        assert_ne!(hash(0.5), hash(0.25));
        for model in models() {
            let file = crate::Network::new("file", Graph::new(3).unwrap(), "")
                .with_file(model.training.as_ref().unwrap().bytes());
            assert_eq!(registry::load(model.name).unwrap().sha256(), file.sha256());
        }
    }

    #[test]
    fn words_name_the_classes_of_a_network() {
        let mut mine = network("mine", 0.5);
        assert!(mine.classes_under("dog").is_err());
        let classes = Classes::Named(vec!["Blue Dog".into(), "cat".into()]);
        mine.classifier = Some(Classifier { scores: "first".into(), map: None, classes });
        assert_eq!(mine.classes_under("blue-dogs").unwrap().classes, [0]);
        assert_eq!(mine.classes_under("cat").unwrap().classes, [1]);
        assert_eq!(mine.classes_under("cta").unwrap_err().nearest, ["cat"]);
        assert_eq!(mine.channel_names("first"), ["Blue Dog", "cat"]);
    }
}
