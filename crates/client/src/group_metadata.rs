/// Who a group member is, for a transaction that commits the member's offsets: the coordinator refuses them once another
/// member may read the same partitions (KIP-447).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMetadata {
    pub group_id: String,
    /// Generation of a classic group, member epoch of others; -1 is not checked.
    pub generation: i32,
    pub member_id: String,
    /// Of a static member (`group.instance.id`).
    pub instance_id: Option<String>,
}

impl GroupMetadata {
    /// A group whose members are not checked, for a program that gives out partitions by itself.
    pub fn of_group(group_id: impl Into<String>) -> Self {
        Self { group_id: group_id.into(), generation: -1, member_id: String::new(), instance_id: None }
    }
}
