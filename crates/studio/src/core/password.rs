//! The password of a studio that others can reach: its hash is kept, never itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::token::token;

/// Wrong passwords that are taken within the time, from everywhere together.
const TRIES: usize = 10;
const WITHIN: Duration = Duration::from_secs(60);
/// How long a log-in lasts.
const SESSION: Duration = Duration::from_secs(30 * 24 * 3600);
/// Sessions that are kept.
const SESSIONS: usize = 1000;
/// The cookie that holds a session.
pub const COOKIE: &str = "oneiric_session";

/// Why a password cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is no hash.
    #[error("the password file holds no hash of a password; make one: oneiric studio --hash-password > FILE")]
    NotAHash,
    /// It is too short.
    #[error("a password of at least 8 characters is needed")]
    TooShort,
    /// It could not be hashed.
    #[error("the password could not be hashed ({0})")]
    Failed(String),
}

/// The hash of a password, as a password file holds it (Argon2id in PHC's form).
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

/// Who may come in.
pub struct Login {
    hash: Option<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sessions: HashMap<String, Instant>,
    wrong: Vec<Instant>,
}

/// What came of a password.
pub enum LoginResult {
    /// A session for who gave it.
    LoggedIn(String),
    /// It is another one.
    WrongPassword,
    /// There were too many wrong ones lately.
    TooManyAttempts,
}

impl Login {
    /// With this hash of a password, or none.
    ///
    /// # Errors
    /// A text that is no hash.
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

    /// Tries a password, which takes a while.
    pub fn try_password(&self, password: &str) -> LoginResult {
        let now = Instant::now();
        {
            // It counts before it is tried, so that many at once are no way around.
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

    /// Whether these cookies hold a session.
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
    fn only_the_right_password_opens_and_wrong_ones_not_often() {
        let login = Login::new(Some(&hash_password("correct horse").unwrap())).unwrap();
        let LoginResult::LoggedIn(session) = login.try_password("correct horse") else { panic!("it is right") };
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
    fn what_is_no_hash_is_no_password() {
        assert!(matches!(Login::new(Some("secret")), Err(PasswordError::NotAHash)));
        assert!(matches!(hash_password("short"), Err(PasswordError::TooShort)));
    }
}
