//! The frame that all decoders share: identity and time at the start, what is left to check at the end.

use std::collections::HashSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::marks::Marks;
use super::{Decoded, Envelope, Ignored};
use crate::post::{Kind, Post, TimeFrom};

/// A post with identity and time. `scope` is the author or channel that makes `native` unique; it is lower-cased in the
/// id, because handles and hosts are the same in any case.
pub(super) fn begin(
    source: &str,
    kind: Kind,
    scope: Option<&str>,
    native: Option<&str>,
    time: Option<Timestamp>,
    envelope: &Envelope<'_>,
) -> Post {
    let id = match native {
        Some(native) => id_of(source, scope, native),
        None => id_of(source, scope, &hash_of(envelope.payload)),
    };
    let mut post = Post::new(id, source, kind, time.unwrap_or(envelope.timestamp));
    post.time_from = if time.is_some() { TimeFrom::Platform } else { TimeFrom::Record };
    post
}

/// `source/scope/native`, with `-` where the scope is not known.
pub(super) fn id_of(source: &str, scope: Option<&str>, native: &str) -> String {
    format!("{source}/{}/{native}", scope.unwrap_or("-").to_lowercase())
}

/// The first 16 hex digits of the SHA-256 of `bytes`: 64 bits, so that two of a billion posts meet with a chance of
/// three per cent, and meeting only means that one is taken for a copy of the other.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::with_capacity(16), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The post with its marks, each once; [`Ignored::Empty`] where it has nothing to score.
pub(super) fn finish(mut post: Post, marks: Marks) -> Decoded {
    post.links.extend(marks.links);
    post.hashtags.extend(marks.hashtags);
    post.mentions.extend(marks.mentions);
    each_once(&mut post.links);
    each_once(&mut post.hashtags);
    each_once(&mut post.mentions);
    each_once(&mut post.media);
    if post.has_content() { Decoded::Post(Box::new(post)) } else { Decoded::Ignored(Ignored::Empty) }
}

/// Takes out empty entries and repetitions, keeping the order. A hostile message can hold a hundred thousand marks, so
/// long lists are not compared pair by pair.
fn each_once(list: &mut Vec<String>) {
    let mut seen = HashSet::with_capacity(list.len());
    let keep: Vec<bool> = list.iter().map(|entry| !entry.is_empty() && seen.insert(entry.as_str())).collect();
    let mut keep = keep.into_iter();
    list.retain(|_| keep.next().unwrap_or(false));
}

/// A name as a person would read it, without `@` and white space around it.
pub(super) fn handle(name: &str) -> Option<String> {
    let name = name.trim().trim_start_matches('@');
    (!name.is_empty()).then(|| name.to_owned())
}

/// The host of an address, lower-case, without `www.`.
pub(super) fn host_of(address: &str) -> Option<String> {
    let url = url::Url::parse(address.trim()).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}
