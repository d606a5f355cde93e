// Made by `cargo xtask codegen` from schema/transaction_records.kafka. Change that instead.

//! Keys and values of `__transaction_state` (KIP-98).

pub use transaction_log_key::TransactionLogKey;
pub use transaction_log_value::TransactionLogValue;

pub mod transaction_log_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TransactionLogKey {
        pub transactional_id: Text,
    }

    impl Fields for TransactionLogKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let transactional_id = r.read_string(false)?;
            Ok(Self { transactional_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.transactional_id, false)?;
            Ok(())
        }
    }

    message!(TransactionLogKey, 0..=0);
    record!(TransactionLogKey, 0);
}

pub mod transaction_log_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct TransactionLogValue {
        pub producer_id: i64,
        /// v1+: of a retried EndTxn (KIP-890)
        pub previous_producer_id: i64,
        /// v1+: after the epoch is used up (KIP-890)
        pub next_producer_id: i64,
        pub producer_epoch: i16,
        /// v1+
        pub next_producer_epoch: i16,
        pub transaction_timeout_ms: i32,
        /// 0 empty, 1 ongoing, 2/3 prepare commit/abort, 4/5 complete, 6 dead, 7 prepare epoch fence
        pub transaction_status: i8,
        pub transaction_partitions: Option<Vec<PartitionsSchema>>,
        pub transaction_last_update_timestamp_ms: i64,
        pub transaction_start_timestamp_ms: i64,
        /// v1+
        pub client_transaction_version: i16,
    }

    impl Default for TransactionLogValue {
        fn default() -> Self {
            Self {
                producer_id: 0,
                previous_producer_id: -1,
                next_producer_id: -1,
                producer_epoch: 0,
                next_producer_epoch: -1,
                transaction_timeout_ms: 0,
                transaction_status: 0,
                transaction_partitions: Some(Vec::new()),
                transaction_last_update_timestamp_ms: 0,
                transaction_start_timestamp_ms: 0,
                client_transaction_version: 0,
            }
        }
    }

    impl Fields for TransactionLogValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let transaction_timeout_ms = r.read_i32()?;
            let transaction_status = r.read_i8()?;
            let transaction_partitions = read_nullable_structs(r, flexible, v)?;
            let transaction_last_update_timestamp_ms = r.read_i64()?;
            let transaction_start_timestamp_ms = r.read_i64()?;
            let mut previous_producer_id = -1;
            let mut next_producer_id = -1;
            let mut next_producer_epoch = -1;
            let mut client_transaction_version = 0;
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => previous_producer_id = r.read_i64()?,
                        1 => next_producer_id = r.read_i64()?,
                        3 => next_producer_epoch = r.read_i16()?,
                        2 => client_transaction_version = r.read_i16()?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                producer_id, previous_producer_id, next_producer_id, producer_epoch, next_producer_epoch,
                transaction_timeout_ms, transaction_status, transaction_partitions,
                transaction_last_update_timestamp_ms, transaction_start_timestamp_ms,
                client_transaction_version,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i64(self.producer_id);
            if !(v >= 1) && self.previous_producer_id != -1 {
                return not_in_version("TransactionLogValue", "previous_producer_id", v);
            }
            if !(v >= 1) && self.next_producer_id != -1 {
                return not_in_version("TransactionLogValue", "next_producer_id", v);
            }
            s.put_i16(self.producer_epoch);
            if !(v >= 1) && self.next_producer_epoch != -1 {
                return not_in_version("TransactionLogValue", "next_producer_epoch", v);
            }
            s.put_i32(self.transaction_timeout_ms);
            s.put_i8(self.transaction_status);
            put_nullable_structs(s, self.transaction_partitions.as_deref(), flexible, v)?;
            s.put_i64(self.transaction_last_update_timestamp_ms);
            s.put_i64(self.transaction_start_timestamp_ms);
            if !(v >= 1) && self.client_transaction_version != 0 {
                return not_in_version("TransactionLogValue", "client_transaction_version", v);
            }
            if flexible {
                let set = [
                    self.previous_producer_id != -1, self.next_producer_id != -1,
                    self.client_transaction_version != 0, self.next_producer_epoch != -1,
                ];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, s.put_i64(self.previous_producer_id));
                }
                if set[1] {
                    tagged!(s, 1, s.put_i64(self.next_producer_id));
                }
                if set[2] {
                    tagged!(s, 2, s.put_i16(self.client_transaction_version));
                }
                if set[3] {
                    tagged!(s, 3, s.put_i16(self.next_producer_epoch));
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionsSchema {
        pub topic: Text,
        pub partition_ids: Vec<i32>,
    }

    impl Fields for PartitionsSchema {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let topic = r.read_string(flexible)?;
            let partition_ids = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, partition_ids })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.topic, flexible)?;
            put_array(s, &self.partition_ids, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(TransactionLogValue, 0..=1);
    record!(TransactionLogValue, 0);
}
