//! What the kernel knows about this process, under the names that all Prometheus clients use. Linux only:
//! elsewhere nothing is written.

use crate::Encoder;
use std::fs;

/// Ticks in a second of the times in `/proc`, on every architecture that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// A collector; a figure that cannot be read is left out.
pub fn collect_process(encoder: &mut Encoder) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |field| field_after_name(&stat, field);
    if let (Some(user), Some(system)) = (ticks(14), ticks(15)) {
        let seconds = (user + system) / TICKS_PER_SECOND;
        encoder.counter("process_cpu_seconds_total", "Time on a processor, in seconds.", seconds);
    }
    if let (Some(started), Some(boot)) = (ticks(22), boot_time()) {
        let help = "When the process started, in seconds since 1970.";
        encoder.gauge("process_start_time_seconds", help, boot + started / TICKS_PER_SECOND);
    }
    if let Some(threads) = ticks(20) {
        encoder.gauge("process_threads", "Threads.", threads);
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = [
        ("VmRSS:", "process_resident_memory_bytes", "Memory in use."),
        ("VmSize:", "process_virtual_memory_bytes", "Address space in use."),
    ];
    for (field, name, help) in memory {
        if let Some(kib) = number_after(&status, field) {
            encoder.gauge(name, help, kib * 1024);
        }
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        encoder.gauge("process_open_fds", "Open files and sockets.", open.count());
    }
    if let Some(most) =
        number_after(&fs::read_to_string("/proc/self/limits").unwrap_or_default(), "Max open files")
    {
        encoder.gauge("process_max_fds", "Files and sockets that may be open.", most);
    }
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let disk = [
        ("read_bytes:", "kafka_server_kafkaserver_linux_disk_read_bytes", "Bytes read from disks."),
        ("\nwrite_bytes:", "kafka_server_kafkaserver_linux_disk_write_bytes", "Bytes written to disks."),
    ];
    for (field, name, help) in disk {
        if let Some(bytes) = number_after(&io, field) {
            encoder.gauge(name, help, bytes);
        }
    }
}

/// The field with this number, as `man proc` counts. The second is the name, and may hold blanks.
fn field_after_name(stat: &str, number: usize) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(number - 3)?.parse().ok()
}

fn number_after(text: &str, field: &str) -> Option<u64> {
    text.split_once(field)?.1.split_whitespace().next()?.parse().ok()
}

fn boot_time() -> Option<f64> {
    number_after(&fs::read_to_string("/proc/stat").ok()?, "\nbtime").map(|seconds| seconds as f64)
}
