//! All messages twice: as the schema files describe them, and as the crate has them.
use crate::{
    parse,
    schema::{File, Message},
};
use bytes::Bytes;

use std::{collections::BTreeMap, ops::RangeInclusive, path::Path};

pub(crate) fn schema_files() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let mut files = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        files.push(parse::parse(&path.display().to_string(), name, &text).unwrap());
    }
    files
}

pub(crate) fn schema_messages() -> BTreeMap<String, Message> {
    let messages = schema_files().into_iter().flat_map(|file| file.messages);
    messages.map(|message| (message.name.clone(), message)).collect()
}

/// One of the crate's messages.
pub(crate) struct Codec {
    pub(crate) name: &'static str,
    pub(crate) versions: RangeInclusive<i16>,
    pub(crate) decode: fn(&[u8], i16) -> Result<(), wire::DecodeError>,
    /// Decodes, encodes again, and checks the length that was promised.
    pub(crate) transcode: fn(&[u8], i16) -> Result<Vec<u8>, wire::DecodeError>,
}

fn decode<M: mainstem_protocol::Message>(bytes: &[u8], version: i16) -> Result<(), wire::DecodeError> {
    M::from_bytes(Bytes::copy_from_slice(bytes), version).map(drop)
}

fn transcode<M: mainstem_protocol::Message>(
    bytes: &[u8],
    version: i16,
) -> Result<Vec<u8>, wire::DecodeError> {
    let message = M::from_bytes(Bytes::copy_from_slice(bytes), version)?;
    let again = message.to_bytes(version).expect("what was decoded has an encoding");
    assert_eq!(message.encoded_len(version), Ok(again.len()), "{} v{version}", M::NAME);
    Ok(again.into())
}

fn codec<M: mainstem_protocol::Message>(name: &'static str) -> Codec {
    assert_eq!(M::NAME, name);
    Codec { name, versions: M::VERSIONS, decode: decode::<M>, transcode: transcode::<M> }
}

pub(crate) fn codecs() -> Vec<Codec> {
    let mut codecs = Vec::new();
    macro_rules! add {
        ($message:ty, $name:literal) => {
            codecs.push(codec::<$message>($name));
        };
    }
    mainstem_protocol::for_each_message!(add);
    codecs
}
