//! The memory that is free for a dream.

use std::fs;

use crate::error::Error;

/// Checks that `needed` bytes for a picture of this width and height are free.
///
/// # Errors
/// [`Error::Memory`] with the numbers and a size that fits.
pub fn check(size: (usize, usize), needed: u64) -> Result<(), Error> {
    available().map_or(Ok(()), |available| check_against(size, needed, available))
}

/// Checks `needed` bytes for a picture of this width and height against `available` bytes.
///
/// # Errors
/// As [`check`].
pub fn check_against((width, height): (usize, usize), needed: u64, available: u64) -> Result<(), Error> {
    if needed <= available {
        return Ok(());
    }
    // Memory grows with the pixels: the root of the share that fits, and a little less.
    let share = (available as f64 / needed as f64).sqrt() * 0.95;
    let fitting = (width.max(height) as f64 * share) as usize;
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let (needed, available) = (megabytes(needed), megabytes(available));
    Err(Error::Memory { width, height, needed, available, fitting: fitting.max(1) })
}

/// Returns the bytes that are free without swapping: those of the system, or the rest of the limit of the control group (a
/// container) or of the process (`ulimit -v`) if that is less. `None` if the system does not report them.
pub fn available() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    // The files that a group has read do not count: they give way when memory is needed.
    let group = system.cgroup_limits().map(|limits| limits.total_memory.saturating_sub(limits.rss));
    let free = system.available_memory();
    let bounds = [Some(free), group, address_space()];
    bounds.into_iter().flatten().min()
}

/// Returns the rest of this process's address space, if that is limited (Linux only).
fn address_space() -> Option<u64> {
    let number = |file: &str, name: &str| -> Option<u64> {
        let text = fs::read_to_string(file).ok()?;
        let values = text.lines().find_map(|line| line.strip_prefix(name))?;
        values.split_whitespace().next()?.parse().ok()
    };
    let limit = number("/proc/self/limits", "Max address space")?;
    let taken = number("/proc/self/status", "VmSize:")? * 1024;
    Some(limit.saturating_sub(taken).max(1))
}
