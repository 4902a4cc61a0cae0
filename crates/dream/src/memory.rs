//! The memory that is free for a dream.

use std::fs;

use crate::error::Error;
use crate::picture::resize::fit;

/// Bytes of the program without networks.
pub(crate) const PROGRAM: u64 = 32_000_000;

/// Checks that a picture of this width and height fits into the free memory. `needs` returns the bytes that the work on a
/// picture of some width and height takes.
///
/// # Errors
/// [`Error::Memory`] with the numbers and a size that fits, [`Error::TooLittleMemory`] if none does, and those of `needs`.
pub fn check(size: (usize, usize), needs: impl Fn((usize, usize)) -> Result<u64, Error>) -> Result<(), Error> {
    // The free memory may be a little less the next time.
    available().map_or(Ok(()), |available| check_against(size, available, available / 20, needs))
}

/// Checks that a picture of this width and height fits into `available` bytes. The size that the error names leaves `spare`
/// bytes of them, if any does.
///
/// # Errors
/// As [`check`].
pub fn check_against(
    size: (usize, usize),
    available: u64,
    spare: u64,
    needs: impl Fn((usize, usize)) -> Result<u64, Error>,
) -> Result<(), Error> {
    let needed = needs(size)?;
    if needed <= available {
        return Ok(());
    }
    let longest = |available| largest_fitting(size, available, &needs);
    let Some(fitting) = longest(available.saturating_sub(spare)).or_else(|| longest(available)) else {
        let least = needs((1, 1)).map_or(needed, |least| least.min(needed));
        return Err(Error::TooLittleMemory { least: megabytes_up(least), available: megabytes(available) });
    };
    let (width, height) = size;
    Err(Error::Memory { width, height, needed: megabytes_up(needed), available: megabytes(available), fitting })
}

/// Returns the largest longer side of a picture of the same shape that fits, by bisection.
fn largest_fitting(
    size: (usize, usize),
    available: u64,
    needs: &impl Fn((usize, usize)) -> Result<u64, Error>,
) -> Option<usize> {
    let (mut fitting, mut too_long) = (0, size.0.max(size.1));
    while too_long - fitting > 1 {
        let middle = fitting.midpoint(too_long);
        match needs(fit(size, middle)) {
            Ok(needed) if needed > available => too_long = middle,
            // A network that cannot take the size needs a larger picture.
            _ => fitting = middle,
        }
    }
    (fitting > 0 && needs(fit(size, fitting)).is_ok_and(|needed| needed <= available)).then_some(fitting)
}

fn megabytes(bytes: u64) -> u64 {
    bytes / 1_000_000
}

fn megabytes_up(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 80 MB and 100 bytes a pixel; a network that cannot take fewer than 32 pixels.
    fn needs((width, height): (usize, usize)) -> Result<u64, Error> {
        if width.max(height) < 32 {
            Err(Error::WrongCheckpoint)
        } else {
            Ok(80_000_000 + 100 * (width * height) as u64)
        }
    }

    #[test]
    fn the_advised_size_fits_and_is_nearly_the_largest() {
        for available in [80_200_000, 90_000_000, 120_000_000, 1_000_000_000] {
            for spare in [0, available / 20] {
                let error = check_against((8000, 6000), available, spare, needs).unwrap_err();
                let Error::Memory { fitting, needed: 4880, .. } = error else { panic!("{error}") };
                assert!(needs(fit((8000, 6000), fitting)).unwrap() <= available);
                assert!(needs(fit((8000, 6000), fitting + 1)).unwrap() > available - spare);
            }
        }
        assert!(check_against((800, 600), 128_000_000, 0, needs).is_ok());
    }

    #[test]
    fn no_size_is_advised_if_none_fits() {
        let error = check_against((800, 600), 50_000_000, 0, |size| Ok(needs(size).unwrap_or(80_000_000))).unwrap_err();
        assert_eq!(error.to_string(), "the smallest picture needs about 80 MB of memory, and 50 MB are free");
    }
}
