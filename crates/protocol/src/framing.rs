//! What surrounds a message: headers, the length prefix of a frame, and the prefixes of stored records.
//!
//! The form of a header follows from key and version, so nobody chooses a header version by hand.
use crate::{ApiKey, Message, MetadataRecord, Record, Request, RequestHeader, Response, ResponseHeader};
use bytes::Bytes;
use wire::{DecodeError, EncodeError, Reader, SegmentWriter, Sink, Text};

/// A frame that asks: length, header, body. The header's key and version are set here.
pub fn encode_request<R: Request>(
    correlation_id: i32,
    client_id: Option<Text>,
    request: &R,
    version: i16,
) -> Result<Vec<Bytes>, EncodeError> {
    let mut writer = SegmentWriter::framed();
    let header = RequestHeader {
        request_api_key: R::KEY as i16,
        request_api_version: version,
        correlation_id,
        client_id,
    };
    header.encode(&mut writer, R::KEY.request_header_version(version))?;
    request.encode(&mut writer, version)?;
    writer.into_segments()
}

/// A frame that answers: length, header, body.
pub fn encode_response<R: Response>(
    correlation_id: i32,
    response: &R,
    version: i16,
) -> Result<Vec<Bytes>, EncodeError> {
    let mut writer = SegmentWriter::framed();
    ResponseHeader { correlation_id }.encode(&mut writer, R::KEY.response_header_version(version))?;
    response.encode(&mut writer, version)?;
    writer.into_segments()
}

/// Reads the header of a request, without the length of its frame; the body is what remains.
///
/// The version may be one that does not exist: ApiVersions wants an answer even then (KIP-511).
pub fn read_request_header(reader: &mut Reader) -> Result<(ApiKey, RequestHeader), DecodeError> {
    let mut ahead = reader.clone();
    let key = ahead.read_i16()?;
    let version = ahead.read_i16()?;
    let key = ApiKey::try_from(key)
        .map_err(|_| DecodeError::InvalidValue { what: "api key", value: key.into() })?;
    let header = RequestHeader::decode(reader, key.request_header_version(version))?;
    Ok((key, header))
}

/// Reads the header of an answer to `key` in `version`; the body is what remains.
pub fn read_response_header(
    reader: &mut Reader,
    key: ApiKey,
    version: i16,
) -> Result<ResponseHeader, DecodeError> {
    ResponseHeader::decode(reader, key.response_header_version(version))
}

/// A whole answer, without the length of its frame.
pub fn decode_response<R: Request>(frame: Bytes, version: i16) -> Result<(i32, R::Response), DecodeError> {
    let mut reader = Reader::new(frame);
    let header = read_response_header(&mut reader, R::KEY, version)?;
    let response = R::Response::decode(&mut reader, version)?;
    reader.finish()?;
    Ok((header.correlation_id, response))
}

/// The only version of the frame around a record of the metadata log.
const FRAME_VERSION: u32 = 1;

impl MetadataRecord {
    /// The value of a record in the metadata log: frame version, key and version as varints, then the body.
    pub fn to_frame(&self, version: i16) -> Result<Bytes, EncodeError> {
        let mut writer = SegmentWriter::new();
        writer.put_varint(FRAME_VERSION);
        writer.put_varint(self.key() as u32);
        writer.put_varint(version as u32);
        self.encode(&mut writer, version)?;
        writer.into_bytes()
    }

    pub fn from_frame(frame: Bytes) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(frame);
        match reader.read_varint()? {
            FRAME_VERSION => {}
            other => return Err(DecodeError::InvalidValue { what: "frame version", value: other.into() }),
        }
        let key = short(&mut reader, "record key")?;
        let version = short(&mut reader, "record version")?;
        let record = Self::decode(key, &mut reader, version)?;
        reader.finish()?;
        Ok(record)
    }
}

fn short(reader: &mut Reader, what: &'static str) -> Result<i16, DecodeError> {
    let value = reader.read_varint()?;
    i16::try_from(value).map_err(|_| DecodeError::InvalidValue { what, value: value.into() })
}

/// The key of a coordinator's record: the number of its kind, then the body, which has but one version.
pub fn to_record_key<K: Record>(key: &K) -> Result<Bytes, EncodeError> {
    prefixed(K::KEY, key, *K::VERSIONS.end())
}

/// The value of a coordinator's record: its version, then the body.
pub fn to_record_value<V: Record>(value: &V, version: i16) -> Result<Bytes, EncodeError> {
    prefixed(version, value, version)
}

fn prefixed<M: Message>(prefix: i16, message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = SegmentWriter::new();
    writer.put_i16(prefix);
    message.encode(&mut writer, version)?;
    writer.into_bytes()
}

/// Which kind of coordinator's record a key belongs to; what remains goes to [`from_record_key`].
pub fn read_record_kind(reader: &mut Reader) -> Result<i16, DecodeError> {
    reader.read_i16()
}

/// The rest of a key whose kind was read.
pub fn from_record_key<K: Record>(reader: &mut Reader) -> Result<K, DecodeError> {
    let key = K::decode(reader, *K::VERSIONS.end())?;
    reader.finish()?;
    Ok(key)
}

/// A whole value: its version decides its form.
pub fn from_record_value<V: Record>(value: Bytes) -> Result<V, DecodeError> {
    let mut reader = Reader::new(value);
    let version = reader.read_i16()?;
    let value = V::decode(&mut reader, version)?;
    reader.finish()?;
    Ok(value)
}
