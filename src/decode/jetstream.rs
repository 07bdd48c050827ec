//! A Bluesky Jetstream event → [`Post`].
//!
//! In: one event of kind `commit`, `identity` or `account`. A commit creates, updates or deletes one record of a
//! collection; of all collections only posts and reposts are posts. A repost holds no words, only the address of what
//! it repeats. Facets count bytes of UTF-8. Accounts are DIDs; the stream does not say their handles.
//!
//! `createdAt` is whatever the client writes; the network's own views therefore show the earlier of it and the time of
//! arrival, and so do we (`time_us`).
//!
//! Documentation: github.com/bluesky-social/jetstream (README), docs.bsky.app ("Posts", "Links, mentions, and rich
//! text"), the lexicons under `app.bsky`.

use serde::Deserialize;

use super::draft::{begin, finish, id_of};
use super::json::object;
use super::lenient::{Int, Many, Maybe, When, Word};
use super::marks::Marks;
use super::{DecodeError, Decoded, Envelope, Ignored};
use crate::post::{Author, Kind, Post};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event<'a> {
    #[serde(borrow)]
    did: Word<'a>,
    time_us: When,
    #[serde(borrow)]
    kind: Word<'a>,
    #[serde(borrow)]
    commit: Maybe<Commit<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Commit<'a> {
    #[serde(borrow)]
    operation: Word<'a>,
    #[serde(borrow)]
    collection: Word<'a>,
    #[serde(borrow)]
    rkey: Word<'a>,
    #[serde(borrow)]
    record: Maybe<Record<'a>>,
}

/// A post or a repost.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    text: Word<'a>,
    #[serde(rename = "createdAt")]
    created_at: When,
    #[serde(borrow)]
    langs: Many<Word<'a>>,
    #[serde(borrow)]
    tags: Many<Word<'a>>,
    #[serde(borrow)]
    facets: Many<Maybe<Facet<'a>>>,
    #[serde(borrow)]
    embed: Maybe<Embed<'a>>,
    #[serde(borrow)]
    reply: Maybe<Reply<'a>>,
    #[serde(borrow)]
    subject: Maybe<Reference<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Facet<'a> {
    index: Maybe<Index>,
    #[serde(borrow)]
    features: Many<Maybe<Feature<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Index {
    #[serde(rename = "byteStart")]
    start: Int,
    #[serde(rename = "byteEnd")]
    end: Int,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Feature<'a> {
    #[serde(borrow)]
    uri: Word<'a>,
    #[serde(borrow)]
    tag: Word<'a>,
    #[serde(borrow)]
    did: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Embed<'a> {
    #[serde(borrow)]
    external: Maybe<External<'a>>,
    #[serde(borrow)]
    images: Many<Maybe<Image<'a>>>,
    #[serde(borrow)]
    video: Maybe<Blob<'a>>,
    #[serde(borrow)]
    record: Maybe<Embedded<'a>>,
    #[serde(borrow)]
    media: Maybe<Media<'a>>,
}

/// The media beside a quoted record (`recordWithMedia`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Media<'a> {
    #[serde(borrow)]
    external: Maybe<External<'a>>,
    #[serde(borrow)]
    images: Many<Maybe<Image<'a>>>,
    #[serde(borrow)]
    video: Maybe<Blob<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct External<'a> {
    #[serde(borrow)]
    uri: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Image<'a> {
    #[serde(borrow)]
    image: Maybe<Blob<'a>>,
}

/// A blob: `ref.$link`, or `cid` in the oldest posts. Both are hashes of the content.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Blob<'a> {
    #[serde(borrow, rename = "ref")]
    reference: Maybe<Cid<'a>>,
    #[serde(borrow)]
    cid: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cid<'a> {
    #[serde(borrow, rename = "$link")]
    link: Word<'a>,
}

/// A quoted record, directly or one level down.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Embedded<'a> {
    #[serde(borrow)]
    uri: Word<'a>,
    #[serde(borrow)]
    record: Maybe<Reference<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reply<'a> {
    #[serde(borrow)]
    parent: Maybe<Reference<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference<'a> {
    #[serde(borrow)]
    uri: Word<'a>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let event: Event<'_> = object(text)?;
    let commit = match (event.kind.text(), event.commit.get()) {
        ("identity", _) => return Ok(Decoded::Ignored(Ignored::Identity)),
        ("account", _) => return Ok(Decoded::Ignored(Ignored::Account)),
        ("commit" | "com" | "", Some(commit)) => commit,
        ("commit" | "com" | "", None) => return Err(DecodeError::Missing { what: "`commit` of a Jetstream event" }),
        _ => return Ok(Decoded::Ignored(Ignored::Other)),
    };
    if matches!(commit.operation.text(), "delete" | "d") {
        return Ok(Decoded::Ignored(Ignored::Deletion));
    }
    let kind = match commit.collection.text() {
        "app.bsky.feed.post" => Kind::Post,
        "app.bsky.feed.repost" => Kind::Repost,
        other => return Ok(Decoded::Ignored(ignored(other))),
    };
    let did = event.did.trimmed().ok_or(DecodeError::Missing { what: "`did` of a Jetstream event" })?;
    let record = commit.record.get().ok_or(DecodeError::Missing { what: "`commit.record` of a Jetstream event" })?;

    let time = match (record.created_at.0, event.time_us.0) {
        (Some(created), Some(arrived)) => Some(created.min(arrived)),
        (created, arrived) => created.or(arrived),
    };
    let rkey = commit.rkey.trimmed();
    let mut post = begin("bluesky", kind, Some(did), rkey, time, envelope);
    post.author = Some(Author { id: Some(did.to_owned()), ..Author::default() });
    post.url = rkey.map(|rkey| format!("https://bsky.app/profile/{did}/post/{rkey}"));
    if commit.operation.text() == "update" {
        post.edited_at = event.time_us.0;
    }
    Ok(match kind {
        Kind::Repost => repost(post, record),
        _ => original(post, record),
    })
}

fn ignored(collection: &str) -> Ignored {
    match collection {
        "app.bsky.feed.like" => Ignored::Like,
        "app.bsky.graph.follow" => Ignored::Follow,
        "app.bsky.graph.block" | "app.bsky.graph.listblock" => Ignored::Block,
        "app.bsky.graph.list"
        | "app.bsky.graph.listitem"
        | "app.bsky.graph.starterpack"
        | "app.bsky.feed.generator" => Ignored::List,
        "app.bsky.actor.profile" | "app.bsky.actor.status" => Ignored::Profile,
        _ => Ignored::Other,
    }
}

fn repost(mut post: Post, record: &Record<'_>) -> Decoded {
    let subject = record.subject.get().and_then(|subject| post_at(subject.uri.text()));
    // A repost has no address of its own.
    post.url = None;
    if let Some((did, rkey)) = subject {
        post.repost_of = Some(id_of("bluesky", Some(did), rkey));
        post.forwarded_from = Some(format!("bluesky/{did}"));
    }
    finish(post, Marks::default())
}

fn original(mut post: Post, record: &Record<'_>) -> Decoded {
    record.text.text().clone_into(&mut post.text);
    post.lang = record.langs.words().next().map(str::to_owned);
    if let Some(reply) = record.reply.get() {
        post.kind = Kind::Comment;
        let parent = reply.parent.get().and_then(|parent| post_at(parent.uri.text()));
        post.reply_to = parent.map(|(did, rkey)| id_of("bluesky", Some(did), rkey));
    }
    let mut marks = facets(&post.text, &record.facets).or_found_in(&post.text);
    record.tags.words().for_each(|tag| marks.hashtag(tag));
    if let Some(embed) = record.embed.get() {
        let beside = embed.media.get();
        let external = embed.external.get().or(beside.and_then(|media| media.external.get()));
        if let Some(external) = external {
            marks.link(external.uri.text());
        }
        let images = embed.images.objects().chain(beside.into_iter().flat_map(|media| media.images.objects()));
        let videos = [embed.video.get(), beside.and_then(|media| media.video.get())];
        let blobs = images.filter_map(|image| image.image.get()).chain(videos.into_iter().flatten());
        post.media.extend(blobs.filter_map(Blob::id));
        let quoted = embed.record.get().and_then(|embedded| {
            let inner = embedded.record.get().and_then(|inner| inner.uri.get());
            post_at(inner.unwrap_or(embedded.uri.text()))
        });
        post.repost_of = quoted.map(|(did, rkey)| id_of("bluesky", Some(did), rkey));
    }
    finish(post, marks)
}

impl Blob<'_> {
    fn id(&self) -> Option<String> {
        let link = self.reference.get().and_then(|reference| reference.link.trimmed());
        link.or(self.cid.trimmed()).map(|cid| format!("bluesky/{cid}"))
    }
}

/// The DID and key of a post's `at://` address; lists and feeds can be embedded too, and are no posts.
fn post_at(uri: &str) -> Option<(&str, &str)> {
    let mut parts = uri.strip_prefix("at://")?.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(did), Some("app.bsky.feed.post"), Some(rkey), None) if !did.is_empty() && !rkey.is_empty() => {
            Some((did, rkey))
        }
        _ => None,
    }
}

/// Facets count bytes of the UTF-8 text; some clients count characters, and then the slice is missing or wrong, so
/// only a mention's name is ever taken from it.
fn facets(text: &str, facets: &Many<Maybe<Facet<'_>>>) -> Marks {
    let mut marks = Marks::default();
    for facet in facets.objects() {
        let covered = || {
            let index = facet.index.get()?;
            text.get(usize::try_from(index.start.0?).ok()?..usize::try_from(index.end.0?).ok()?)
        };
        for feature in facet.features.objects() {
            if let Some(uri) = feature.uri.get() {
                marks.link(uri);
            } else if let Some(tag) = feature.tag.get() {
                marks.hashtag(tag);
            } else if let Some(did) = feature.did.get() {
                marks.mention(covered().filter(|name| name.starts_with('@')).unwrap_or(did));
            }
        }
    }
    marks
}
