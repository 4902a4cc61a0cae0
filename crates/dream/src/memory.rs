//! How much memory a dream may take.

/// Bytes that can be had without swapping: what the system says, or what is left of the limit of the
/// control group (a container) if that is less. Nothing where the system does not tell.
pub fn available() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    let group = system.cgroup_limits().map(|limits| limits.free_memory);
    let free = system.available_memory();
    Some(group.map_or(free, |group| group.min(free))).filter(|&bytes| bytes > 0)
}
