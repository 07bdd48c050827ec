//! What was seen of a post, as STIX observables: addresses, accounts, names of sites.
//!
//! They say that something stands in a post. Values that are no address, no name, or longer than any real one are left
//! out: they remain in the note, as words.

use serde_json::{Value, json};

use super::ids;
use crate::record::PostRecord;
use crate::text::is_shortener;

/// Links of a post that are told. People do not write more; generated lists would drown the rest.
const LINKS: usize = 50;
/// Bytes of an address. Browsers open more, platforms index less.
const ADDRESS: usize = 2048;
/// Bytes of an account's name or id.
const NAME: usize = 256;
/// Sites that carry everybody's posts. As a `domain-name` each would tie all cases together, and on a block list it would
/// do harm. With those below it (`m.`, `www.`).
const PLATFORMS: &[&str] = &[
    "bsky.app",
    "discord.com",
    "discord.gg",
    "dzen.ru",
    "facebook.com",
    "fb.com",
    "fb.me",
    "google.com",
    "instagram.com",
    "linkedin.com",
    "max.ru",
    "medium.com",
    "ok.ru",
    "pinterest.com",
    "reddit.com",
    "redd.it",
    "rumble.com",
    "rutube.ru",
    "substack.com",
    "t.me",
    "telegram.me",
    "telegram.org",
    "telegra.ph",
    "threads.net",
    "tiktok.com",
    "twitter.com",
    "vk.com",
    "vk.ru",
    "whatsapp.com",
    "wikipedia.org",
    "x.com",
    "youtu.be",
    "youtube.com",
];

/// The observables of a post, each once, its own address first.
pub(super) fn of(post: &PostRecord) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    let mut add = |object: Option<Value>| {
        if let Some(object) = object.filter(|object| seen.iter().all(|known| known["id"] != object["id"])) {
            seen.push(object);
        }
    };
    let own = post.url.as_deref().and_then(address);
    add(own.as_ref().map(url_of));
    if let Some(author) = &post.author {
        add(account(&post.source, author.id.as_deref(), author.handle.as_deref(), author.name.as_deref()));
    }
    if let Some(channel) = post.channel.as_deref().filter(|channel| !channel.is_empty()) {
        let author = post.author.as_ref().and_then(|author| author.handle.as_deref());
        match post.source.as_str() {
            "web" => add(address(&format!("http://{channel}/")).as_ref().and_then(site)),
            _ if author.is_some_and(|author| author.eq_ignore_ascii_case(channel)) => {}
            _ => add(account(&post.source, None, Some(channel), None)),
        }
    }
    if let Some((source, handle)) = post.forwarded_from.as_deref().and_then(|from| from.split_once('/')) {
        add(account(source, None, Some(handle), None));
    }
    for link in post.links.iter().take(LINKS).filter_map(|link| address(link)) {
        add(Some(url_of(&link)));
        add(site(&link));
    }
    seen
}

/// An address of the web, as browsers understand it: its text is ASCII then, whatever it was.
fn address(text: &str) -> Option<url::Url> {
    let text = text.trim();
    let whole = if text.contains("://") { url::Url::parse(text) } else { url::Url::parse(&format!("https://{text}")) };
    whole.ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| host.contains(['.', ':']))
            && url.as_str().len() <= ADDRESS
            // Browsers let these stand in a path or query; RFC 3986, which STIX asks for, does not.
            && !url.as_str().contains(['[', ']', '|', '^', '{', '}', '\\', '`', '"', '<', '>'])
    })
}

fn url_of(url: &url::Url) -> Value {
    let value = url.as_str();
    observable("url", &[("value", value)], json!({ "value": value }))
}

/// The name of the site that an address leads to, unless it is everybody's or nobody's.
fn site(url: &url::Url) -> Option<Value> {
    let url::Host::Domain(host) = url.host()? else { return None };
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = host.strip_prefix("www.").unwrap_or(host);
    let below = |platform: &str| host.strip_suffix(platform).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if host.len() > 253 || !host.contains('.') || is_shortener(host) || PLATFORMS.iter().any(|platform| below(platform))
    {
        return None;
    }
    Some(observable("domain-name", &[("value", host)], json!({ "value": host })))
}

/// An account, by what the platform calls it. A name alone is shared by too many.
fn account(source: &str, id: Option<&str>, handle: Option<&str>, name: Option<&str>) -> Option<Value> {
    let usable = |text: &&str| !text.trim().is_empty() && text.len() <= NAME;
    let (id, handle) = (id.filter(usable), handle.filter(usable));
    if id.is_none() && handle.is_none() {
        return None;
    }
    let mut contributing = Vec::new();
    let kind = kind(source);
    for (key, value) in [("account_type", kind.as_deref()), ("user_id", id), ("account_login", handle)] {
        contributing.extend(value.map(|value| (key, value)));
    }
    let mut properties = json!({});
    for (key, value) in &contributing {
        properties[*key] = (*value).into();
    }
    if let Some(name) = name.filter(usable) {
        properties["display_name"] = name.into();
    }
    Some(observable("user-account", &contributing, properties))
}

/// The platform, as STIX calls those that it knows. Its vocabulary is open, and MISP knows `telegram` and `reddit` too.
fn kind(source: &str) -> Option<String> {
    let source = source.to_ascii_lowercase();
    let plain = !source.is_empty()
        && source.len() <= 64
        && source.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match source.as_str() {
        "x" => Some("twitter".to_owned()),
        "web" => None,
        _ => plain.then_some(source),
    }
}

fn observable(kind: &str, contributing: &[(&str, &str)], mut properties: Value) -> Value {
    properties["type"] = kind.into();
    properties["spec_version"] = "2.1".into();
    properties["id"] = ids::observable(kind, contributing).into();
    properties
}
