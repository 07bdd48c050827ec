//! A Reddit submission or comment → [`Post`].
//!
//! In: a thing (`{"kind": "t3", "data": {…}}`) or its bare data, as the API and the published archives give it. Ids are
//! full names (`t3_…`, `t1_…`), because submissions and comments count separately; they stand under the subreddit, which
//! outlives the author's account. Texts are Markdown, with `&`, `<` and `>` as entities unless `raw_json=1` was asked
//! for. A deleted author is absent. A comment, or a submission without a headline, whose words were removed is a
//! deletion; a submission keeps its headline, and so stays a post.
//!
//! Documentation: reddit.com/dev/api, github.com/reddit-archive/reddit/wiki/JSON.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::draft::{begin, finish, handle, id_of};
use super::json::object;
use super::lenient::{Given, Many, Maybe, When, Word};
use super::marks::Marks;
use super::x::unescaped;
use super::{DecodeError, Decoded, Envelope, Ignored, html};
use crate::post::{Author, Kind};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Thing<'a> {
    #[serde(borrow)]
    kind: Word<'a>,
    #[serde(borrow)]
    data: Maybe<Data<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    subreddit: Word<'a>,
    #[serde(borrow)]
    author: Word<'a>,
    #[serde(borrow)]
    author_fullname: Word<'a>,
    created_utc: When,
    edited: When,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    selftext: Word<'a>,
    #[serde(borrow)]
    selftext_html: Word<'a>,
    #[serde(borrow)]
    body: Word<'a>,
    #[serde(borrow)]
    body_html: Word<'a>,
    #[serde(borrow)]
    permalink: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    url_overridden_by_dest: Word<'a>,
    #[serde(borrow)]
    parent_id: Word<'a>,
    #[serde(borrow)]
    link_id: Word<'a>,
    #[serde(borrow)]
    crosspost_parent: Word<'a>,
    #[serde(borrow)]
    crosspost_parent_list: Many<Maybe<Original<'a>>>,
    children: Given<Many<IgnoredAny>>,
}

/// The submission that a crosspost repeats.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Original<'a> {
    #[serde(borrow)]
    subreddit: Word<'a>,
    #[serde(borrow)]
    author: Word<'a>,
    #[serde(borrow)]
    selftext: Word<'a>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let thing: Thing<'_> = object(text)?;
    let kind = thing.kind.text();
    match (kind, thing.data.get()) {
        ("t2" | "t5" | "t6", _) => Ok(Decoded::Ignored(Ignored::Profile)),
        ("Listing", Some(Data { children: Given(Some(children)), .. })) => {
            Err(DecodeError::SeveralPosts { count: children.0.len() })
        }
        ("t1" | "t3", Some(data)) => Ok(post(kind, data, envelope)),
        ("t1" | "t3", None) => Err(DecodeError::Missing { what: "`data` of a Reddit thing" }),
        ("", _) => {
            let data: Data<'_> = object(text)?;
            let kind =
                data.kind().ok_or(DecodeError::Missing { what: "`title`, `selftext` or `body` of a Reddit post" })?;
            Ok(post(kind, &data, envelope))
        }
        _ => Ok(Decoded::Ignored(Ignored::Other)),
    }
}

fn post(thing: &str, data: &Data<'_>, envelope: &Envelope<'_>) -> Decoded {
    let words = data.words();
    let removed = is_removed(&words);
    let title = data.title.trimmed().filter(|title| !is_removed(title));
    if removed && title.is_none() {
        return Decoded::Ignored(Ignored::Deletion);
    }
    let subreddit = data.subreddit.trimmed();
    let full_name = data.name.owned().or_else(|| {
        data.id.trimmed().map(|id| format!("{thing}_{}", id.trim_start_matches("t3_").trim_start_matches("t1_")))
    });
    let crosspost = data.crosspost_parent.trimmed();
    let kind = match (thing, crosspost) {
        ("t1", _) => Kind::Comment,
        (_, Some(_)) => Kind::Repost,
        _ => Kind::Post,
    };
    let mut post = begin("reddit", kind, subreddit, full_name.as_deref(), data.created_utc.0, envelope);
    post.channel = subreddit.map(str::to_owned);
    post.author = data.author.trimmed().filter(|name| !is_removed(name)).and_then(handle).map(|handle| Author {
        id: data.author_fullname.owned(),
        handle: Some(handle),
        name: None,
    });
    post.edited_at = data.edited.0;
    post.title = title.map(unescaped);
    post.text = if removed { String::new() } else { words };
    post.url = data
        .permalink
        .trimmed()
        .map(|path| if path.starts_with('/') { format!("https://www.reddit.com{path}") } else { path.to_owned() });
    if thing == "t1" {
        post.reply_to = data.parent_id.trimmed().or(data.link_id.trimmed()).map(|id| id_of("reddit", subreddit, id));
    }
    if let Some(parent) = crosspost {
        let original = data.crosspost_parent_list.objects().next();
        post.repost_of = Some(id_of("reddit", original.and_then(|original| original.subreddit.trimmed()), parent));
        if let Some(original) = original {
            post.forwarded_from =
                original.author.trimmed().filter(|name| !is_removed(name)).map(|name| format!("reddit/{name}"));
            if post.text.is_empty() && !is_removed(original.selftext.text()) {
                post.text = unescaped(original.selftext.text());
            }
        }
    }
    let mut marks = Marks::find(&post.text);
    if let Some(address) = data.destination() {
        if is_own_media(&address) { post.media.push(address) } else { marks.links.insert(0, address) }
    }
    finish(post, marks)
}

impl Data<'_> {
    fn kind(&self) -> Option<&'static str> {
        let named = self.name.get();
        if named.is_some_and(|name| name.starts_with("t1_"))
            || self.body.get().is_some()
            || self.body_html.get().is_some()
        {
            Some("t1")
        } else if named.is_some_and(|name| name.starts_with("t3_"))
            || self.title.get().is_some()
            || self.selftext.get().is_some()
        {
            Some("t3")
        } else {
            None
        }
    }

    /// The words as Markdown. The HTML forms, which are escaped once more, are for where the Markdown was left out: an
    /// empty one is an answer.
    fn words(&self) -> String {
        match self.selftext.0.as_deref().or(self.body.0.as_deref()) {
            Some(markdown) => unescaped(markdown),
            None => html::read(&unescaped(self.selftext_html.get().unwrap_or(self.body_html.text()))).text,
        }
    }

    /// The address that a link submission is about; that of a text submission is its own.
    fn destination(&self) -> Option<String> {
        let address = self.url_overridden_by_dest.trimmed().or(self.url.trimmed())?;
        let own = self.permalink.trimmed().is_some_and(|path| address.ends_with(path)) || address.starts_with('/');
        (!own).then(|| unescaped(address))
    }
}

fn is_removed(words: &str) -> bool {
    matches!(
        words.trim(),
        "[removed]" | "[deleted]" | "[deleted by user]" | "[ Removed by Reddit ]" | "[removed by reddit]"
    )
}

fn is_own_media(address: &str) -> bool {
    ["https://i.redd.it/", "https://v.redd.it/", "https://www.reddit.com/gallery/", "https://preview.redd.it/"]
        .iter()
        .any(|start| address.starts_with(start))
}
