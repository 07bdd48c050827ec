//! What articles and feed entries have in common → [`Post`] of source `web`.
//!
//! The channel is the site's host without `www.`, the native id the rest of the address, so that the same article has
//! the same id from a feed and from a crawler.

use jiff::Timestamp;

use super::draft::{begin, finish, host_of};
use super::html;
use super::marks::Marks;
use super::{Decoded, Envelope};
use crate::post::{Author, Kind};

/// An article or entry, as text or HTML.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    pub(super) title: Option<&'a str>,
    /// Text or HTML.
    pub(super) body: &'a str,
    /// The body is text even where it looks like HTML.
    pub(super) is_text: bool,
    pub(super) address: Option<&'a str>,
    /// A name of the entry where it has no address.
    pub(super) guid: Option<&'a str>,
    /// An address of the site, where the entry's own does not say.
    pub(super) site: Option<&'a str>,
    pub(super) author: Option<&'a str>,
    pub(super) published: Option<Timestamp>,
    pub(super) edited: Option<Timestamp>,
    pub(super) lang: Option<&'a str>,
    pub(super) media: Vec<String>,
}

pub(super) fn post(page: Page<'_>, envelope: &Envelope<'_>) -> Decoded {
    let mut addresses = [page.address, page.guid].into_iter().flatten().map(str::trim);
    let address = addresses.find(|address| address.starts_with("http") && host_of(address).is_some());
    let channel = address.and_then(host_of).or_else(|| page.site.and_then(host_of));
    let native = address.and_then(path_of).or_else(|| page.guid.map(|guid| guid.trim().to_owned()));
    let native = native.filter(|native| !native.is_empty());

    let mut post = begin("web", Kind::Article, channel.as_deref(), native.as_deref(), page.published, envelope);
    post.channel = channel;
    post.author = page.author.map(|name| Author { name: Some(name.trim().to_owned()), ..Author::default() });
    post.edited_at = page.edited.filter(|edited| page.published.is_none_or(|published| *edited > published));
    post.lang = page.lang.map(str::to_owned);
    post.title = page.title.map(|title| html::read_any(title).text).filter(|title| !title.is_empty());
    post.url = address.map(str::to_owned);
    post.media = page.media;

    let plain = if page.is_text {
        html::Plain { text: page.body.trim().to_owned(), ..html::Plain::default() }
    } else {
        html::read_any(page.body)
    };
    let mut marks = Marks::find(&plain.text);
    let found = std::mem::take(&mut marks.links);
    plain.links().filter_map(|href| absolute(href, address)).for_each(|link| marks.link(&link));
    marks.links.extend(found);
    post.media.extend(plain.pictures.iter().filter_map(|src| absolute(src, address)));
    post.text = plain.text;
    post.title = post.title.or(plain.title);
    finish(post, marks)
}

/// Path and query of an address.
fn path_of(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let path = url.path().trim_matches('/');
    Some(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// A link as written if it says where it leads, else resolved against the page.
fn absolute(href: &str, page: Option<&str>) -> Option<String> {
    if url::Url::parse(href).is_ok() {
        return (!href.starts_with("data:")).then(|| href.to_owned());
    }
    let page = url::Url::parse(page?).ok()?;
    page.join(href).ok().map(String::from)
}
