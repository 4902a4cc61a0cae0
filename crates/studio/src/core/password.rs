//! The password of a studio that other machines can reach. Only its hash is stored.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::token::token;

/// The most wrong passwords within this time, from all clients together.
const TRIES: usize = 10;
const WITHIN: Duration = Duration::from_secs(60);
/// How long a session lasts.
const SESSION: Duration = Duration::from_secs(30 * 24 * 3600);
/// The most sessions.
const SESSIONS: usize = 1000;
/// The cookie that holds a session.
pub const COOKIE: &str = "oneiric_session";

/// Why a password cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Not a hash.
    #[error("the password file does not hold the hash of a password; make one: oneiric studio --hash-password > FILE")]
    NotAHash,
    /// Too short.
    #[error("a password must have at least 8 characters")]
    TooShort,
    /// The hash failed.
    #[error("cannot hash the password ({0})")]
    Failed(String),
}

/// Returns the hash of a password for a password file (Argon2id, PHC string format).
///
/// # Errors
/// A password that is too short.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < 8 {
        return Err(PasswordError::TooShort);
    }
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|e| PasswordError::Failed(e.to_string()))?.to_string())
}

/// Checks passwords and keeps sessions; by default there is no password.
#[derive(Default)]
pub struct Login {
    hash: Option<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sessions: HashMap<String, Instant>,
    wrong: Vec<Instant>,
}

/// The result of a login.
pub enum LoginResult {
    /// The password is right; the token of a new session.
    LoggedIn(String),
    /// The password is wrong.
    WrongPassword,
    /// There were too many wrong passwords lately; this one was not checked.
    TooManyAttempts,
}

impl Login {
    /// Creates it with the hash of a password, or without a password.
    ///
    /// # Errors
    /// A text that is not a hash.
    pub fn new(hash: Option<&str>) -> Result<Self, PasswordError> {
        let hash = hash.map(str::trim);
        if let Some(hash) = hash {
            PasswordHash::new(hash).map_err(|_| PasswordError::NotAHash)?;
        }
        Ok(Self { hash: hash.map(str::to_owned), state: Mutex::default() })
    }

    /// Whether a password is needed.
    pub fn is_needed(&self) -> bool {
        self.hash.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the sessions")
    }

    /// Checks a password. This takes a while, as Argon2 is slow by design.
    pub fn try_password(&self, password: &str) -> LoginResult {
        let now = Instant::now();
        {
            // Counted before it is checked, so that many at once do not pass the limit.
            let mut state = self.state();
            state.wrong.retain(|wrong| now.duration_since(*wrong) < WITHIN);
            if state.wrong.len() >= TRIES {
                return LoginResult::TooManyAttempts;
            }
            state.wrong.push(now);
        }
        let hash = self.hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok());
        let right = hash.is_some_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        if !right {
            return LoginResult::WrongPassword;
        }
        let session = token();
        let mut state = self.state();
        state.wrong.retain(|wrong| *wrong != now);
        state.sessions.retain(|_, begun| now.duration_since(*begun) < SESSION);
        if state.sessions.len() < SESSIONS {
            state.sessions.insert(session.clone(), now);
        }
        LoginResult::LoggedIn(session)
    }

    /// Whether these cookies hold a valid session.
    pub fn has_session(&self, cookies: &str) -> bool {
        let session = self::session(cookies);
        let begun = session.and_then(|session| self.state().sessions.get(session).copied());
        begun.is_some_and(|begun| begun.elapsed() < SESSION)
    }

    /// Ends the session that these cookies hold.
    pub fn end_session(&self, cookies: &str) {
        if let Some(session) = session(cookies) {
            self.state().sessions.remove(session);
        }
    }
}

fn session(cookies: &str) -> Option<&str> {
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_logs_in_and_wrong_ones_are_limited() {
        let login = Login::new(Some(&hash_password("correct horse").unwrap())).unwrap();
        let LoginResult::LoggedIn(session) = login.try_password("correct horse") else {
            panic!("the password is right")
        };
        assert!(login.has_session(&format!("a=b; {COOKIE}={session}")));
        assert!(!login.has_session(&format!("{COOKIE}=other")) && !login.has_session(""));
        for _ in 0..TRIES {
            assert!(matches!(login.try_password("wrong horse"), LoginResult::WrongPassword));
        }
        assert!(matches!(login.try_password("correct horse"), LoginResult::TooManyAttempts));
        login.end_session(&format!("{COOKIE}={session}"));
        assert!(!login.has_session(&format!("{COOKIE}={session}")));
    }

    #[test]
    fn a_text_that_is_not_a_hash_is_refused() {
        assert!(matches!(Login::new(Some("secret")), Err(PasswordError::NotAHash)));
        assert!(matches!(hash_password("short"), Err(PasswordError::TooShort)));
    }
}
