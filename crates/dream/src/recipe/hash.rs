//! Hashes of files and of the weights of networks.

use std::collections::BTreeMap;

use oneiric_zoo::Networks;
use sha2::{Digest, Sha256};

use super::error::RecipeError;

/// Returns the SHA-256 of bytes in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Returns the names of networks with the hashes of their weights, [`Network::sha256`](oneiric_zoo::Network::sha256).
/// Unknown networks and those without trained weights are left out.
pub fn hashes<'a>(names: impl IntoIterator<Item = &'a str>, networks: &Networks) -> BTreeMap<String, String> {
    let found = names.into_iter().filter_map(|name| networks.get(name).ok());
    found.map(|network| (network.name.clone(), network.sha256().to_owned())).collect()
}

/// Checks the form of a hash.
pub(super) fn check_hash(hash: &str) -> Result<(), RecipeError> {
    if hash.len() == 64 && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(RecipeError::invalid(format!("'{hash}' is not a SHA-256: it has 64 digits of 0…9 and a…f")))
}
