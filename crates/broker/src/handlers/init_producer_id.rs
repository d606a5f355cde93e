//! InitProducerId (key 22, v0-v5): gives an idempotent producer its identity (KIP-98).
//!
//! Versions: v2 flexible; v3 producer id and epoch of a producer that recovers (KIP-360); v4 PRODUCER_FENCED;
//! v5 TRANSACTION_ABORTABLE (KIP-890).
//! Errors: INVALID_REQUEST for an empty transactional id, TRANSACTIONAL_ID_AUTHORIZATION_FAILED for any other
//! until there is a coordinator of transactions, and those of the metadata quorum.
use super::*;
use protocol::{InitProducerIdRequest, InitProducerIdResponse};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::InitProducerId, versions: 0..=5 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: InitProducerIdRequest,
) -> InitProducerIdResponse {
    let failed = |code: ErrorCode| InitProducerIdResponse {
        error_code: code.0,
        producer_epoch: -1,
        ..Default::default()
    };
    match request.transactional_id {
        Some(id) if id.is_empty() => return failed(ErrorCode::INVALID_REQUEST),
        Some(_) => return failed(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
        None => {}
    }
    // A producer without transactions that lost its state starts over with another id (KIP-360).
    match context.state().producer_ids.next(context.state()).await {
        Ok(id) => InitProducerIdResponse { producer_id: id.0, producer_epoch: 0, ..Default::default() },
        Err(error) => failed(error.code()),
    }
}
