//! The thousand classes of ImageNet (ILSVRC 2012), in the order of the networks' outputs.

/// A name for every class.
pub fn class_names() -> Vec<&'static str> {
    include_str!("../../../assets/imagenet-classes.txt").lines().collect()
}

/// The WordNet synset of every class, for example `n01440764`.
pub fn wordnet_ids() -> Vec<&'static str> {
    include_str!("../../../assets/imagenet-wordnet-ids.txt").lines().collect()
}
