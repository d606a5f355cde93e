use super::*;
#[test]
fn scratch_dump() {
    for scope in [Scope::Broker, Scope::Topic, Scope::Group, Scope::ClientMetrics] {
        for s in settings(scope) {
            println!(
                "FACT\t{:?}\t{}\t{:?}\t{}\t{}\t{:?}\t{}\t{:?}\t{:?}",
                scope,
                s.key,
                s.kind,
                s.default.as_deref().unwrap_or("<null>"),
                s.bound,
                s.importance,
                s.internal,
                s.update,
                s.falls_back_to
            );
        }
    }
}
