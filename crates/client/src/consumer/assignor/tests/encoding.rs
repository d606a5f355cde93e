//! The bytes were printed by ConsumerProtocol and the assignors of kafka-clients 4.3.1, from the values that the tests
//! build.
use super::{
    super::{Assignment, Claim, Error},
    *,
};
use bytes::Bytes;
use wire::DecodeError;

fn from_hex(hex: &str) -> Bytes {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn subscription(since: i16) -> Subscription {
    Subscription {
        topics: ["b", "a"].map(Arc::from).into(),
        user_data: Some(Bytes::from_static(&[1, 2, 3])),
        owned: if since >= 1 { partitions("a0.a2.b1") } else { BTreeSet::new() },
        generation: if since >= 2 { 7 } else { -1 },
        rack: (since >= 3).then(|| "r1".to_owned()),
    }
}

#[test]
fn subscriptions_are_kafkas() {
    let small = Subscription { topics: ["b", "a"].map(Arc::from).into(), ..Subscription::default() };
    for (version, value, hex) in [
        (0, subscription(0), "00000000000200016100016200000003010203"),
        (0, small.clone(), "000000000002000161000162ffffffff"),
        (
            1,
            subscription(1),
            "00010000000200016100016200000003010203000000020001610000000200000000000000020001620000000100000001",
        ),
        (1, small.clone(), "000100000002000161000162ffffffff00000000"),
        (
            2,
            subscription(2),
            "0002000000020001610001620000000301020300000002000161000000020000000000000002000162000000010000000100000007",
        ),
        (2, small.clone(), "000200000002000161000162ffffffff00000000ffffffff"),
        (
            3,
            subscription(3),
            "000300000002000161000162000000030102030000000200016100000002000000000000000200016200000001000000010000000700027231",
        ),
        (3, small.clone(), "000300000002000161000162ffffffff00000000ffffffffffff"),
    ] {
        assert_eq!(Subscription::decode("m", from_hex(hex)), Ok(value.clone()), "{hex}");
        assert_eq!(value.encode_as(version), Ok(from_hex(hex)));
    }
    assert_eq!(small.encode(), small.encode_as(3));
}

#[test]
fn assignments_are_kafkas() {
    let full = Assignment { partitions: partitions("a0.a2.b1"), user_data: Some(Bytes::from_static(&[9])) };
    for version in 0..=3 {
        for (value, hex) in [
            (&full, "0000000200016100000002000000000000000200016200000001000000010000000109"),
            (&Assignment::default(), "00000000ffffffff"),
        ] {
            let hex = format!("{version:04x}{hex}");
            assert_eq!(Assignment::decode("m", from_hex(&hex)).as_ref(), Ok(value), "{hex}");
            assert_eq!(value.encode_as(version), Ok(from_hex(&hex)));
        }
    }
    assert_eq!(full.encode(), full.encode_as(3));
}

/// What is read of bytes that this version did not write.
#[test]
fn newer_versions_are_read_and_broken_bytes_refused() {
    let newer = |hex: &str| from_hex(&format!("{hex}0102"));
    let encoded = |hex: String| Subscription::decode("m", newer(&hex));
    let v3 = "000000020001610001620000000301020300000002000161000000020000000000000002000162000000010000000100000007\
              00027231";
    assert_eq!(encoded(format!("0004{v3}")), Ok(subscription(3)));
    assert_eq!(encoded(format!("7fff{v3}")), Ok(subscription(3)));
    assert_eq!(Assignment::decode("m", newer("000400000000ffffffff")), Ok(Assignment::default()));

    let malformed = |source| Error::Malformed { what: "subscription", member: "m".to_owned(), source };
    let below = |version| Error::Version { what: "subscription", member: "m".to_owned(), version };
    for (hex, error) in [
        ("", malformed(DecodeError::UnexpectedEnd { needed: 2, remaining: 0 })),
        ("00", malformed(DecodeError::UnexpectedEnd { needed: 2, remaining: 1 })),
        ("ffff00000000ffffffff", below(-1)),
        ("8000", below(-32_768)),
        ("0000ffffffff", malformed(DecodeError::UnexpectedNull)),
        ("0000fffffffe", malformed(DecodeError::NegativeLength(-2))),
        ("000000000001000261", malformed(DecodeError::UnexpectedEnd { needed: 2, remaining: 1 })),
        ("0001000000000000000005", malformed(DecodeError::UnexpectedEnd { needed: 4, remaining: 1 })),
    ] {
        assert_eq!(Subscription::decode("m", from_hex(hex)), Err(error), "{hex}");
    }
    // No rack and an empty one are the same; a generation below zero is none.
    let read = Subscription::decode("m", from_hex("000300000000ffffffff00000000fffffff00000"));
    assert_eq!(read, Ok(Subscription::default()));
}

#[test]
fn user_data_is_kafkas() {
    let (owned, nothing) = (partitions("a0.a2.b1"), BTreeSet::new());
    for (assignor, generation, owned, hex) in [
        (Assignor::Range, 7, &owned, None),
        (Assignor::RoundRobin, 7, &owned, None),
        (Assignor::Sticky, -1, &nothing, None),
        (Assignor::Sticky, 8, &nothing, Some("0000000000000008")),
        (
            Assignor::Sticky,
            7,
            &owned,
            Some("00000002000161000000020000000000000002000162000000010000000100000007"),
        ),
        (Assignor::CooperativeSticky, -1, &nothing, Some("ffffffff")),
        (Assignor::CooperativeSticky, 7, &owned, Some("00000007")),
    ] {
        assert_eq!(assignor.user_data(generation, owned), Ok(hex.map(from_hex)), "{assignor} {generation}");
    }
}

/// User data in, what it claims out.
#[test]
fn claims_are_read_as_kafka_reads_them() {
    let sticky = |data: Option<&str>| {
        let subscription = Subscription { user_data: data.map(from_hex), ..Subscription::default() };
        let claim = Claim::of_sticky(&Member { id: "m".into(), instance_id: None, subscription });
        (claim.owned, claim.generation)
    };
    for (data, owned, generation) in [
        (None, "", -1),
        (Some(""), "", -1),
        (Some("00000002000161000000020000000000000002000162000000010000000100000007"), "a0.a2.b1", 7),
        // Kafka 2.2 and older have no generation; what follows the generation is left alone.
        (Some("000000020001610000000200000000000000020001620000000100000001"), "a0.a2.b1", -1),
        (Some("00000000000000070102"), "", 7),
        (Some("ffffffff00000007"), "", -1),
        (Some("0000000100016100000002000000"), "", -1),
        (Some("0102"), "", -1),
    ] {
        assert_eq!(sticky(data), (partitions(owned), generation), "{data:?}");
    }

    let cooperative = |generation, data: Option<&str>| {
        let user_data = data.map(from_hex);
        let subscription = Subscription { generation, user_data, ..Subscription::default() };
        Claim::of_cooperative(&Member { id: "m".into(), instance_id: None, subscription }).generation
    };
    for (generation, data, expected) in [
        (7, Some("00000009"), 7),
        (0, None, 0),
        (-1, Some("00000009"), 9),
        (-1, Some("0009"), -1),
        (-1, None, -1),
    ] {
        assert_eq!(cooperative(generation, data), expected, "{generation} {data:?}");
    }
}
