//! A disk without room. It takes a file system of its own, which only some may mount; else the test says that it was
//! skipped (`crates/storage/tests/faults.rs` has the same by injected errors).
use protocol::ErrorCode;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};
use testkit::{TestBroker, batch};

/// A small file system, mounted until it is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(at).stderr(Stdio::null());
        let mounted = command.status().is_ok_and(|status| status.success());
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Nothing better can be done than to leave it to the next boot.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A full disk is KAFKA_STORAGE_ERROR; what was acknowledged is there when there is room again.
#[test]
fn a_full_disk_loses_nothing() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let data = folder.path().join("data");
    let Some(_disk) = SmallDisk::mount(&data, "24m") else {
        println!("skipped: a file system cannot be mounted here");
        return;
    };
    // Room that is given back later, as an administrator would.
    let reserve = data.join("reserve");
    fs::write(&reserve, vec![0; 4 << 20]).unwrap();

    let mut broker = TestBroker::in_folder(folder, &[]).unwrap();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("segment.bytes", "1048576")]);
    let sent = batch(&["x".repeat(300_000).as_str()]);
    let mut acknowledged = 0;
    let code = loop {
        let answer = wire.produce("t", 0, sent.clone());
        match ErrorCode(answer.error_code) {
            ErrorCode::NONE => acknowledged += 1,
            code => break code,
        }
        assert!(acknowledged < 1000, "the disk is never full");
    };
    assert_eq!(code, ErrorCode::KAFKA_STORAGE_ERROR);
    assert!(acknowledged > 10, "{acknowledged}");
    broker.connect().expect_open();

    fs::remove_file(&reserve).unwrap();
    broker.restart();
    let mut wire = broker.connect();
    assert!(wire.list_offset("t", 0, -1).offset >= acknowledged);
    let read = wire.read("t", 0, 0);
    assert!(read.iter().all(|(_, value)| value.len() == 300_000));
    let next = wire.list_offset("t", 0, -1).offset;
    assert_eq!(wire.append("t", 0, &["it goes on"]), next);
    broker.stop();
}
