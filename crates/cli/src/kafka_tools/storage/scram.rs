//! `--add-scram MECHANISM=[name=...,password=...]`: credentials that a cluster begins with (KIP-900).
use super::Stop;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, general_purpose::PAD},
};
use protocol::metadata_records::UserScramCredentialRecord;
use security::scram::{Credential, Hash};
use std::{collections::BTreeMap, num::NonZeroU32};

const ITERATIONS: i32 = 4096;
const MAX_ITERATIONS: i32 = 16_384;

/// As Java decodes: padding may be left out.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// One argument. A password is hashed with `new_salt` unless it comes with one of its own.
pub(super) fn parse(text: &str, new_salt: [u8; 16]) -> Result<UserScramCredentialRecord, Stop> {
    let refuse = |message: String| Err(Stop::Failed(message));
    let text = text.trim();
    let Some((mechanism, settings)) = text.split_once('=') else {
        return refuse(format!("Failed to find equals sign in SCRAM argument '{text}'"));
    };
    let (hash, number, java_name) = match mechanism {
        "SCRAM-SHA-256" => (Hash::Sha256, 1, "SCRAM_SHA_256"),
        "SCRAM-SHA-512" => (Hash::Sha512, 2, "SCRAM_SHA_512"),
        _ => return refuse(format!("The add-scram mechanism {mechanism} is not supported.")),
    };
    let Some(settings) = settings.strip_prefix('[') else {
        return refuse("Expected configuration string to start with [".to_owned());
    };
    let Some(settings) = settings.strip_suffix(']') else {
        return refuse("Expected configuration string to end with ]".to_owned());
    };
    let mut parts = BTreeMap::new();
    // As Java splits: what is empty at the end is left out.
    let full = settings.trim_end_matches(',');
    let given = if full.is_empty() && !settings.is_empty() { None } else { Some(full.split(',')) };
    for part in given.into_iter().flatten() {
        let Some((key, value)) = part.split_once('=') else {
            return refuse(format!("No equals sign found in SCRAM component: {part}"));
        };
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        parts.insert(key, quoted.unwrap_or(value));
    }
    let Some(name) = parts.remove("name") else {
        return refuse("You must supply 'name' to add-scram".to_owned());
    };
    let decode = |what: &str, text: &str| {
        BASE64.decode(text).map_err(|_| Stop::Failed(format!("Failed to decode given {what}: {text}")))
    };
    let salt = parts.remove("salt").map(|text| decode("salt", text)).transpose()?;
    let iterations = match parts.remove("iterations") {
        None => ITERATIONS,
        Some(text) => {
            text.parse().map_err(|_| Stop::Failed(format!("Failed to parse iterations count: {text}")))?
        }
    };
    let secret = match (parts.remove("password"), parts.remove("saltedpassword")) {
        (Some(password), _) => Secret::Password(password),
        (None, None) => {
            return refuse("You must supply one of 'password' or 'saltedpassword' to add-scram".to_owned());
        }
        (None, Some(_)) if salt.is_none() => {
            return refuse("You must supply 'salt' with 'saltedpassword' to add-scram".to_owned());
        }
        (None, Some(text)) => Secret::Salted(decode("saltedPassword", text)?),
    };
    if !parts.is_empty() {
        let keys = parts.into_keys().collect::<Vec<_>>().join(", ");
        return refuse(format!("Unknown SCRAM configurations: {keys}"));
    }
    let usable = u32::try_from(iterations).ok().and_then(NonZeroU32::new);
    let Some(usable) = usable.filter(|_| iterations >= ITERATIONS) else {
        return refuse(format!(
            "The 'iterations' value must be >= {ITERATIONS} for add-scram using {java_name}"
        ));
    };
    if iterations > MAX_ITERATIONS {
        return refuse(format!(
            "The 'iterations' value must be <= {MAX_ITERATIONS} for add-scram using {java_name}"
        ));
    }
    let salt = salt.unwrap_or_else(|| new_salt.to_vec());
    let credential = match secret {
        Secret::Password(password) => Credential::of(hash, password, salt, usable),
        Secret::Salted(salted) => Credential::of_salted(hash, &salted, salt, usable),
    };
    Ok(UserScramCredentialRecord {
        name: name.into(),
        mechanism: number,
        salt: credential.salt.into(),
        stored_key: credential.stored_key.into(),
        server_key: credential.server_key.into(),
        iterations,
    })
}

enum Secret<'a> {
    Password(&'a str),
    Salted(Vec<u8>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_becomes_what_a_server_keeps() {
        let record = |text: &str| parse(text, [7; 16]).unwrap();
        let hashed = record("SCRAM-SHA-256=[name=alice,password=\"secret\",iterations=8192,salt=\"N3E=\"]");
        assert_eq!((&*hashed.name, hashed.mechanism, hashed.iterations), ("alice", 1, 8192));
        assert_eq!((&hashed.salt[..], hashed.stored_key.len()), (&b"7q"[..], 32));
        let salted = Hash::Sha256.salted("secret", b"7q", NonZeroU32::new(8192).unwrap());
        let text = format!(
            "SCRAM-SHA-256=[name=alice,iterations=8192,salt=N3E,saltedpassword={}]",
            BASE64.encode(salted)
        );
        assert_eq!(record(&text), hashed);
        let with_new_salt = record(" SCRAM-SHA-512=[name=bob,password=a=b] ");
        assert_eq!((&with_new_salt.salt[..], with_new_salt.iterations), (&[7; 16][..], 4096));
        assert_eq!(with_new_salt.server_key.len(), 64);
        assert_eq!(record("SCRAM-SHA-512=[name=bob,password=a=b,,]"), with_new_salt);
    }

    #[test]
    fn what_makes_no_credential_says_why() {
        for (text, why) in [
            ("SCRAM-SHA-256", "Failed to find equals sign in SCRAM argument 'SCRAM-SHA-256'"),
            ("SCRAM-SHA-1=[name=a]", "The add-scram mechanism SCRAM-SHA-1 is not supported."),
            ("SCRAM-SHA-256=name=a", "Expected configuration string to start with ["),
            ("SCRAM-SHA-256=[name=a", "Expected configuration string to end with ]"),
            ("SCRAM-SHA-256=[]", "No equals sign found in SCRAM component: "),
            ("SCRAM-SHA-256=[,name=a]", "No equals sign found in SCRAM component: "),
            ("SCRAM-SHA-256=[,,]", "You must supply 'name' to add-scram"),
            ("SCRAM-SHA-256=[password=b]", "You must supply 'name' to add-scram"),
            ("SCRAM-SHA-256=[name=a,salt=!]", "Failed to decode given salt: !"),
            ("SCRAM-SHA-256=[name=a,iterations=x]", "Failed to parse iterations count: x"),
            ("SCRAM-SHA-256=[name=a]", "You must supply one of 'password' or 'saltedpassword' to add-scram"),
            (
                "SCRAM-SHA-256=[name=a,saltedpassword=N3E=]",
                "You must supply 'salt' with 'saltedpassword' to add-scram",
            ),
            ("SCRAM-SHA-256=[name=a,salt=N3E=,saltedpassword=!]", "Failed to decode given saltedPassword: !"),
            ("SCRAM-SHA-256=[name=a,password=b,x=1,y=2]", "Unknown SCRAM configurations: x, y"),
            (
                "SCRAM-SHA-256=[name=a,password=b,iterations=4095]",
                "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_256",
            ),
            (
                "SCRAM-SHA-512=[name=a,password=b,iterations=16385]",
                "The 'iterations' value must be <= 16384 for add-scram using SCRAM_SHA_512",
            ),
        ] {
            let Err(Stop::Failed(message)) = parse(text, [0; 16]) else { panic!("{text}") };
            assert_eq!(message, why, "{text}");
        }
    }
}
