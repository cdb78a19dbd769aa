//! What the operating system knows of this process, under the names that Prometheus' own libraries use. Read from Linux'
//! `/proc`, of which so little is needed that a library for all of it would be the larger part of the build.

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};
use std::{fs, sync::atomic::AtomicU64};

/// Ticks of the clock in `/proc`, in a second; the same on all machines of today (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Adds the numbers of this moment; none where the system has no `/proc`.
pub(super) fn register(registry: &mut Registry) {
    let Some(found) = read() else { return };
    let cpu = Counter::<f64, AtomicU64>::default();
    cpu.inc_by(found.cpu_seconds);
    registry.register("process_cpu_seconds", "Processor time, of user and system", cpu);
    for (name, help, value) in [
        ("process_start_time_seconds", "When the process started, since 1970", found.start_time),
        ("process_resident_memory_bytes", "Resident memory", found.resident),
        ("process_virtual_memory_bytes", "Virtual memory", found.virtual_memory),
        ("process_open_fds", "Open file descriptors", found.open_files),
        ("process_max_fds", "The most open file descriptors", found.most_files),
        ("process_threads", "Threads", found.threads),
    ] {
        let gauge = Gauge::<f64, AtomicU64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
}

/// Seconds and bytes, as Prometheus wants them.
struct Found {
    cpu_seconds: f64,
    start_time: f64,
    resident: f64,
    virtual_memory: f64,
    open_files: f64,
    most_files: f64,
    threads: f64,
}

fn read() -> Option<Found> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let system = fs::read_to_string("/proc/stat").ok()?;
    // The name of the program stands in parentheses and may hold anything; what follows is the third value.
    let values: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| values.get(n - 3)?.parse::<f64>().ok().map(|ticks| ticks / TICKS);
    let most_files = number_after(&limits, "Max open files").unwrap_or(f64::INFINITY);
    Some(Found {
        cpu_seconds: ticks(14)? + ticks(15)?,
        start_time: number_after(&system, "btime")? + ticks(22)?,
        resident: number_after(&status, "VmRSS:")? * 1024.0,
        virtual_memory: number_after(&status, "VmSize:")? * 1024.0,
        threads: number_after(&status, "Threads:")?,
        // One of them is the folder that is being read.
        open_files: fs::read_dir("/proc/self/fd").ok()?.skip(1).map(|_| 1.0).sum(),
        most_files,
    })
}

/// The first number of the line that begins so.
fn number_after(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_finds_itself() {
        let before = read().unwrap();
        let _held: Vec<fs::File> = (0..7).map(|_| fs::File::open("/proc/self/stat").unwrap()).collect();
        let found = read().unwrap();
        assert!(found.resident > 1e6 && found.virtual_memory >= found.resident);
        assert!(found.open_files >= 10.0 && found.open_files <= found.most_files);
        assert!(found.threads >= 1.0 && found.cpu_seconds >= before.cpu_seconds);
        assert!(found.start_time > 0.0 && (found.start_time - before.start_time).abs() < f64::EPSILON);
    }

    #[test]
    fn what_is_unlimited_is_no_number() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files  unlimited  unlimited  files\n";
        assert_eq!(number_after(limits, "Max open files"), None);
        assert_eq!(number_after("VmRSS:\t   1234 kB\n", "VmRSS:"), Some(1234.0));
    }
}
