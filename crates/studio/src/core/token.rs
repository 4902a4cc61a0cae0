//! Random tokens.

/// Returns 32 random bytes as hexadecimal digits.
///
/// # Panics
/// If the system has no random numbers.
pub fn token() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("every system has random numbers");
    hex::encode(bytes)
}
