//! The image as openraft wants it: entries are applied, snapshots are taken and installed.
//!
//! An entry changes the image whole or not at all, and the image is published before whoever proposed the entry is
//! answered, so that nobody who got an answer can look at an older image.
use crate::{
    disk::invalid,
    entry,
    raft_types::{
        Applied, Entry, EntryPayload, LogId, Metadata, MetadataBatch, Refused, SnapshotMeta, StoredMembership,
    },
    snapshot::{self, Snapshot},
};
use base::LeaderEpoch;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use metadata::MetadataImage;
use openraft::{
    OptionalSend, RaftSnapshotBuilder,
    storage::{EntryResponder, RaftStateMachine},
};
use std::{io, path::PathBuf, sync::Arc};
use tokio::sync::watch;

/// The contents of a checkpoint file.
pub(crate) type SnapshotData = Bytes;
type RaftSnapshot = openraft::type_config::alias::SnapshotOf<Metadata, SnapshotData>;

pub(crate) struct StateMachine {
    dir: PathBuf,
    image: MetadataImage,
    last_applied: Option<LogId>,
    membership: StoredMembership,
    published: watch::Sender<Arc<MetadataImage>>,
}

impl StateMachine {
    /// Starts from the snapshot in `dir`, if there is one. The receiver sees every image from then on.
    pub(crate) fn new(dir: PathBuf, loaded: Option<Snapshot>) -> (Self, watch::Receiver<Arc<MetadataImage>>) {
        let (image, last_applied, membership) = match loaded {
            Some(Snapshot { image, meta }) => (image, meta.last_log_id, meta.last_membership),
            None => (MetadataImage::default(), None, StoredMembership::default()),
        };
        let (published, images) = watch::channel(Arc::new(image.clone()));
        (Self { dir, image, last_applied, membership, published }, images)
    }

    fn publish(&self) {
        self.published.send_replace(Arc::new(self.image.clone()));
    }

    fn apply_entry(&mut self, entry: &Entry) -> io::Result<Applied> {
        let applied = match &entry.payload {
            EntryPayload::Normal(batch) => self.apply_batch(batch),
            EntryPayload::Blank => Ok(()),
            EntryPayload::Membership(membership) => {
                self.membership = StoredMembership::new(Some(entry.log_id), membership.clone());
                Ok(())
            }
        };
        let is_metadata = matches!(entry.payload, EntryPayload::Normal(_));
        if !is_metadata || applied.is_err() {
            self.image.skip_control_records(entry::record_count(entry));
        }
        let epoch = i32::try_from(entry.log_id.leader_id.term).map_err(invalid)?;
        self.image.set_epoch(LeaderEpoch(epoch));
        self.last_applied = Some(entry.log_id);
        Ok(applied.map(|()| self.image.last_offset()))
    }

    /// A batch that does not fit is refused in the same way on every node.
    fn apply_batch(&mut self, batch: &MetadataBatch) -> Result<(), Refused> {
        let refuse = |error: &dyn std::error::Error| {
            tracing::error!(offset = %self.image.next_offset(), %error, "a committed metadata batch does not fit");
            Refused(error.to_string())
        };
        let mut next = self.image.clone();
        for value in &batch.records {
            let record = metadata::record::decode(value.clone()).map_err(|error| refuse(&error))?;
            next.apply(&record).map_err(|error| refuse(&error))?;
        }
        self.image = next;
        Ok(())
    }

    fn builder(&self) -> SnapshotBuilder {
        let meta = SnapshotMeta { last_log_id: self.last_applied, last_membership: self.membership.clone() };
        SnapshotBuilder { dir: self.dir.clone(), snapshot: Snapshot { image: self.image.clone(), meta } }
    }
}

impl RaftStateMachine<Metadata> for StateMachine {
    type SnapshotData = SnapshotData;
    type SnapshotBuilder = SnapshotBuilder;

    async fn applied_state(&mut self) -> io::Result<(Option<LogId>, StoredMembership)> {
        Ok((self.last_applied, self.membership.clone()))
    }

    async fn apply<Strm>(&mut self, mut entries: Strm) -> io::Result<()>
    where
        Strm: Stream<Item = io::Result<EntryResponder<Metadata>>> + Unpin + OptionalSend,
    {
        let mut answers = Vec::new();
        while let Some(next) = entries.next().await {
            let (entry, responder) = next?;
            let applied = self.apply_entry(&entry)?;
            answers.extend(responder.map(|responder| (responder, applied)));
        }
        self.publish();
        for (responder, applied) in answers {
            responder.send(applied);
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> SnapshotBuilder {
        self.builder()
    }

    async fn install_snapshot(&mut self, _: &SnapshotMeta, contents: SnapshotData) -> io::Result<()> {
        let installed = snapshot::decode(contents.clone())?;
        let dir = self.dir.clone();
        let installed =
            blocking(move || snapshot::save(&dir, &installed, &contents).map(|()| installed)).await?;
        tracing::info!(end_offset = %installed.image.next_offset(), "installed a metadata snapshot");
        self.last_applied = installed.meta.last_log_id;
        self.membership = installed.meta.last_membership;
        self.image = installed.image;
        self.publish();
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> io::Result<Option<RaftSnapshot>> {
        let dir = self.dir.clone();
        let loaded = blocking(move || snapshot::load(&dir)).await?;
        Ok(loaded.map(|(snapshot, contents)| RaftSnapshot { meta: snapshot.meta, snapshot: contents }))
    }
}

/// Holds the image as it was when the snapshot was asked for; entries are applied meanwhile.
pub(crate) struct SnapshotBuilder {
    dir: PathBuf,
    snapshot: Snapshot,
}

impl RaftSnapshotBuilder<Metadata> for SnapshotBuilder {
    type SnapshotData = SnapshotData;

    async fn build_snapshot(&mut self) -> io::Result<RaftSnapshot> {
        let (dir, snapshot) = (self.dir.clone(), self.snapshot.clone());
        let contents = blocking(move || {
            let contents = snapshot::encode(&snapshot)?;
            snapshot::save(&dir, &snapshot, &contents).map(|()| contents)
        })
        .await?;
        tracing::info!(end_offset = %self.snapshot.image.next_offset(), bytes = contents.len(), "took a metadata snapshot");
        Ok(RaftSnapshot { meta: self.snapshot.meta.clone(), snapshot: contents })
    }
}

/// Files can be slow; the runtime must not wait for them.
async fn blocking<T: Send + 'static>(
    action: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(action).await.map_err(io::Error::other)?
}
