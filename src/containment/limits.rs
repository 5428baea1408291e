//! How much a child may use.

use std::time::Duration;

const MEGABYTE: u64 = 1024 * 1024;

/// What reading one file may cost, and how many files are read at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Address space of a child, in bytes.
    pub memory_bytes: u64,
    /// Seconds of processor time for a small file.
    pub seconds: u64,
    /// Seconds more for each megabyte of the file.
    pub seconds_per_megabyte: u64,
    /// Children at a time.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { memory_bytes: 512 * MEGABYTE, seconds: 5, seconds_per_megabyte: 2, at_once: 4 }
    }
}

/// What one file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub cpu_seconds: u64,
    /// On a busy machine a process waits more than it works.
    pub wall: Duration,
}

impl Limits {
    pub(super) fn for_file(&self, size_bytes: u64) -> Allowed {
        let more = size_bytes.div_ceil(MEGABYTE).saturating_mul(self.seconds_per_megabyte);
        let cpu_seconds = self.seconds.saturating_add(more);
        let wall = Duration::from_secs(cpu_seconds.saturating_mul(4).saturating_add(10));
        Allowed { cpu_seconds, wall }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_may_take_longer() {
        let limits = Limits::default();
        let small = limits.for_file(0);
        assert_eq!((small.cpu_seconds, small.wall.as_secs()), (5, 30));
        assert_eq!(limits.for_file(1).cpu_seconds, 7);
        assert_eq!(limits.for_file(100 * MEGABYTE).cpu_seconds, 205);
        assert_eq!(limits.for_file(u64::MAX).cpu_seconds, 5 + (u64::MAX / MEGABYTE + 1) * 2);
    }
}
