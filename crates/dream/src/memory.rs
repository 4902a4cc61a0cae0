//! How much memory a dream may take.

use std::fs;

use crate::error::Error;

/// Whether `needed` bytes for a picture of this width and height are free.
///
/// # Errors
/// [`Error::Memory`] with the numbers, and a size that would fit, if they are not.
pub fn check(size: (usize, usize), needed: u64) -> Result<(), Error> {
    available().map_or(Ok(()), |available| check_against(size, needed, available))
}

/// Whether `needed` bytes for a picture of this width and height are there.
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

/// Bytes that can be had without swapping: what the system says, or what is left of the limit of the
/// control group (a container) or of the process (`ulimit -v`) if that is less. Nothing where the system
/// does not tell.
pub fn available() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    // What a group has free leaves out the files it has read, which give way when memory is needed.
    let group = system.cgroup_limits().map(|limits| limits.total_memory.saturating_sub(limits.rss));
    let free = system.available_memory();
    let bounds = [Some(free), group, address_space()];
    bounds.into_iter().flatten().min()
}

/// What is left of this process's address space, if that is limited; Linux tells it.
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
