// Made by `cargo xtask codegen` from schema/log_records.kafka. Change that instead.

//! An entry of a segment's `.txnindex`.

pub use aborted_txn::AbortedTxn;

pub mod aborted_txn {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AbortedTxn {
        pub producer_id: i64,
        pub first_offset: i64,
        pub last_offset: i64,
        pub last_stable_offset: i64,
    }

    impl Fields for AbortedTxn {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let producer_id = r.read_i64()?;
            let first_offset = r.read_i64()?;
            let last_offset = r.read_i64()?;
            let last_stable_offset = r.read_i64()?;
            Ok(Self { producer_id, first_offset, last_offset, last_stable_offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.producer_id);
            s.put_i64(self.first_offset);
            s.put_i64(self.last_offset);
            s.put_i64(self.last_stable_offset);
            Ok(())
        }
    }

    message!(AbortedTxn, 0..=0);
}
