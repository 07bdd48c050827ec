//! Ids: version 5 UUIDs, so that the same thing has the same id in every export.
//!
//! For observables the specification gives the namespace and which properties count (STIX 2.1, 2.9), so that a `url` of
//! ours is the same object as anybody else's. For all else that namespace is not to be used: ours is a UUID of our own.

use serde_json::{Map, Value};
use uuid::{Uuid, uuid};

/// Of observables, by everybody.
const OBSERVABLES: Uuid = uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7");
/// Of what this program writes. It never changes, or everything would be imported twice.
const OWN: Uuid = uuid!("6d2f2b56-0d0c-4c1f-9b0e-51a5c0b7a9d4");

/// The id of an object of ours that has this name among its type.
pub(super) fn own(kind: &str, name: &str) -> String {
    format!("{kind}--{}", Uuid::new_v5(&OWN, format!("{kind}/{name}").as_bytes()))
}

/// The id of an observable with these contributing properties. Canonical JSON (RFC 8785) of strings under ASCII keys is
/// what `serde_json` writes from a sorted map.
pub(super) fn observable(kind: &str, contributing: &[(&str, &str)]) -> String {
    let sorted: std::collections::BTreeMap<_, _> = contributing.iter().copied().collect();
    let map: Map<String, Value> = sorted.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    format!("{kind}--{}", Uuid::new_v5(&OBSERVABLES, Value::Object(map).to_string().as_bytes()))
}
