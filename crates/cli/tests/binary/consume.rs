use crate::node::{Dev, wait};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

/// Lines as real files have them, and as they should not.
fn lines() -> Vec<u8> {
    let mut file = Vec::new();
    for n in 0..20_000u32 {
        match n % 50 {
            0 => file.extend(b""),
            1 => file.extend(b"carriage return\r"),
            2 => file.extend([0xff, 0xfe, 0x00, n as u8 | 0x80]),
            3 => file.extend(vec![b'x'; 5000]),
            _ => file.extend(format!("10.0.0.{} - - \"GET /{n} HTTP/1.1\" 200", n % 256).bytes()),
        }
        file.push(b'\n');
    }
    file
}

#[test]
fn a_file_comes_back_byte_for_byte() {
    let dev = Dev::ephemeral();
    let file = lines();
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let topic = format!("log-{codec}");
        dev.run(&format!("topic create {topic}")).ok();
        dev.run_with(&format!("produce {topic} -z {codec}"), &file).ok();
        let back = dev.run(&format!("consume {topic} -e")).ok();
        assert!(back == file, "{codec}: {} bytes instead of {}", back.len(), file.len());
    }
}

#[test]
fn a_file_survives_a_kill_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let mut dev = Dev::in_folder(folder.path());
    dev.run("topic create t").ok();
    let file = lines();
    let (first, rest) = file.split_at(file.len() / 3);
    let mut producing = dev.command("produce t").stdin(Stdio::piped()).spawn().unwrap();
    let mut input = producing.stdin.take().unwrap();
    input.write_all(first).unwrap();
    let written =
        |dev: &Dev| dev.run("topic describe t -o json").json()["partitions"][0]["end_offset"].as_i64();
    while written(&dev) == Some(0) {}
    dev = dev.kill_and_restart();
    input.write_all(rest).unwrap();
    drop(input);
    assert!(wait(&mut producing).success());
    assert!(dev.run("consume t -e").ok() == file);
    dev = dev.kill_and_restart();
    assert!(dev.run("consume t -e").ok() == file);
}

#[test]
fn a_file_spread_over_partitions_comes_back_whole() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --partitions 4").ok();
    let file = lines();
    dev.run_with("produce t", &file).ok();
    let back = dev.run("consume t -e").ok();
    let sorted = |bytes: &[u8]| {
        let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        lines.sort();
        lines
    };
    assert!(sorted(&back) == sorted(&file));
}

#[test]
fn begins_where_it_is_told() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --partitions 2").ok();
    let ten: String = (0..10).map(|n| format!("v{n}\n")).collect();
    dev.run_with("produce t -p 0", ten.as_bytes()).ok();
    dev.run("produce t -p 1 other").ok();
    let time_of_last = {
        let last = dev.run("consume t -e -p 0 --offset -1 -o json").json();
        last["timestamp"].as_i64().unwrap()
    };
    for (arguments, expected) in [
        ("-p 0 --offset 8", "v8\nv9\n".to_owned()),
        ("-p 0 --offset -2", "v8\nv9\n".to_owned()),
        ("-p 0 --offset -100", ten.clone()),
        ("-p 0 --offset start -n 2", "v0\nv1\n".to_owned()),
        ("-p 0 --offset end", String::new()),
        ("-p 0 --offset 10", String::new()),
        ("-p 1", "other\n".to_owned()),
        ("-p 0 --offset @0", ten.clone()),
        (&format!("-p 0 --offset @{}", time_of_last + 1), String::new()),
        ("-p 0 --offset @1h", ten),
    ] {
        assert_eq!(dev.run(&format!("consume t -e {arguments}")).text(), expected, "{arguments}");
    }
    dev.run("consume t -p 0 --offset 11 -e").failed(2, &["offset 11 of t-0 is outside 0 to 10"]);
    dev.run("consume t -p 2 -e").failed(5, &["0 to 1, not 2"]);
    dev.run("produce t -p 2 x").failed(5, &["0 to 1, not 2"]);
}

#[test]
fn json_has_everything() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t -K : -H a=b -H a=c", b"k:v\nno key\n\xff:\xfe\n").ok();
    let text = dev.run("consume t -e -o json").text();
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fields = |record: &Value, key: &str| record[key].as_str().map(str::to_owned);
    assert_eq!(records.len(), 3);
    assert_eq!(
        (fields(&records[0], "key"), fields(&records[0], "value")),
        (Some("k".to_owned()), Some("v".to_owned()))
    );
    assert!(records[1]["key"].is_null());
    assert_eq!(fields(&records[2], "key_base64"), Some("/w==".to_owned()));
    assert_eq!(
        records[0]["headers"],
        serde_json::json!([{ "key": "a", "value": "b" }, { "key": "a", "value": "c" }])
    );
    assert_eq!(records[2]["offset"], 2);
    assert_eq!(dev.run("consume t -e -n 2 -K =>").text(), "k=>v\n=>no key\n");
}

#[test]
fn follows_what_comes() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run("produce t before").ok();
    let mut following = dev.command("consume t -n 2").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    // It shows what is there before it waits for more.
    assert_eq!(lines.next().unwrap().unwrap(), "before");
    dev.run("produce t after").ok();
    assert_eq!(lines.next().unwrap().unwrap(), "after");
    assert!(wait(&mut following).success());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t", &lines()).ok();
    for format in ["value", "json", "table"] {
        let mut command = dev.command(&format!("consume t -o {format}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{format}: {ended:?}");
    }
}

#[test]
fn a_reader_that_goes_ends_it_while_nothing_comes() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run("produce t only").ok();
    let mut child = dev.command("consume t").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "only\n");
    let ended = wait(&mut child);
    assert!(ended.success(), "{ended:?}");
}

#[test]
fn a_record_that_is_too_large_is_refused_by_name() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --config max.message.bytes=1000").ok();
    dev.run_with("produce t", &[b'x'; 5000]).failed(2, &["t-0", "MESSAGE_TOO_LARGE"]);
}

#[test]
fn formats_of_kcat_and_rpk() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t -K : -H a=1", b"k:v\n").ok();
    dev.run_with("produce t -Z -k fixed", b"\n").ok();
    for (format, expected) in [
        (r"%t[%p]@%o:%k=%s\n", "t[0]@0:k=v\nt[0]@1:fixed=\n"),
        (r"%K,%S,%h;", "1,1,a=1;5,-1,;"),
        ("%v{hex}%k{base64}|", "76aw==|Zml4ZWQ=|"),
    ] {
        let mut command = dev.command("consume t -e");
        command.args(["-f", format]);
        assert_eq!(crate::node::finish(command, b"").text(), expected, "{format}");
    }
    let year = dev.run("consume t -e -n 1 -f %d{strftime[%Y]}").text();
    assert!(year.len() == 4 && year.starts_with("20"), "{year}");
    assert_eq!(dev.run("consume t -e -Z -K =").text(), "k=v\nfixed=NULL\n");
    assert_eq!(dev.run(r"consume t -e -D \0").ok(), b"v\0\0");
    dev.run("consume t -f %q").code.map(|code| assert_eq!(code, 2)).unwrap();
}

#[test]
fn stops_where_it_is_told() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --partitions 2").ok();
    let ten: String = (0..10).map(|n| format!("v{n}\n")).collect();
    dev.run_with("produce t -p 0", ten.as_bytes()).ok();
    let time_of_last = dev.run("consume t -e -p 0 -o -1 -o json").json()["timestamp"].as_i64().unwrap();
    let from_to = |from: usize, to: usize| (from..to).map(|n| format!("v{n}\n")).collect::<String>();
    for (arguments, expected) in [
        ("-o 3:5", from_to(3, 5)),
        ("-o :2", from_to(0, 2)),
        ("-o +8:end", from_to(8, 10)),
        ("-o +1:-8", from_to(1, 2)),
        ("-o 5:5", String::new()),
        ("-o :end", from_to(0, 10)),
        (&format!("-o @0:{}", time_of_last + 1), from_to(0, 10)),
        (&format!("-o e@{}", time_of_last + 1), from_to(0, 10)),
        ("-o @0:1", String::new()),
        ("-o @-1h:end", from_to(0, 10)),
    ] {
        assert_eq!(dev.run(&format!("consume t -p 0 {arguments}")).text(), expected, "{arguments}");
    }
    // The other partition has not come as far, and is not waited for.
    assert_eq!(dev.run("consume t -o :2 -n 2").text(), from_to(0, 2));
}

#[test]
fn json_goes_round() {
    let dev = Dev::ephemeral();
    for topic in ["a", "b"] {
        dev.run(&format!("topic create {topic} --partitions 3")).ok();
    }
    dev.run_with("produce a -K : -H a=b -H c=", b"k:v\nno key\n\xff:\xfe\nx:\"q\\\"\n").ok();
    dev.run_with("produce a -Z -k gone", b"\n").ok();
    let without_topic = |text: String| {
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| line.split_once(',').map_or(String::new(), |(_, rest)| rest.to_owned()))
            .collect();
        lines.sort();
        lines
    };
    let first = dev.run("consume a -e -o json").text();
    dev.run_with("produce b --json", first.as_bytes()).ok();
    let second = dev.run("consume b -e -o json").text();
    assert_eq!(first.lines().count(), 5);
    assert_eq!(without_topic(first), without_topic(second));
    dev.run_with("produce b --json", b"{\"value\":1}\n\nnonsense\n").failed(2, &["line 3", "JSON"]);
    // What stood before the mistake is there.
    let values = dev.run("consume b -e -f %v;").ok();
    assert_eq!(
        String::from_utf8_lossy(&values).matches(";1;").count() + usize::from(values.starts_with(b"1;")),
        1
    );
}

#[test]
fn whole_files_other_delimiters_and_formats_are_produced() {
    let dev = Dev::ephemeral();
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    std::fs::write(&one, b"a\nb\n").unwrap();
    std::fs::write(&two, b"k1=v1;k2=v2").unwrap();
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    dev.run("topic create t").ok();
    dev.run(&format!("produce t --file {one} {one}")).ok();
    dev.run(&format!("produce t -D ; -K = --lines {two}")).ok();
    dev.run_with("produce t -f %K{byte}%k%v;", b"\x01kvalue;\x00other").ok();
    assert_eq!(
        dev.run("consume t -e -f %K:%k:%v|").text(),
        "-1::a\nb\n|-1::a\nb\n|2:k1:v1|2:k2:v2|1:k:value|0::other|"
    );
    dev.run("produce t --file /nonexistent").failed(2, &["/nonexistent", "No such file"]);
    dev.run_with("produce t -f %V{big32}%v", b"\0\0\0\x09short")
        .failed(2, &["record 1", "middle of a record"]);
}
