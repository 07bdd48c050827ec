//! Links in one form, so that two posts that share a page are seen to share it.
//!
//! In: a link as written, or a text. Out: its canonical form and host, or the links of the text. Two addresses of one page
//! must become equal, two pages must never: what is dropped is what is known to change nothing (tracking, `www.`,
//! http against https), and what a site is known to do with its own addresses stands in `sites`.
//!
//! Shorteners stay as they are: where they lead is the network's knowledge, not the text's.

use std::fmt::Write;
use std::ops::Range;
use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use url::{Host, Url};

use super::sites;

/// A link in its comparable form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// The whole address: `https://host/path?sorted=query`.
    pub canonical: String,
    /// The host in ASCII (punycode), lower case, without `www.` and its like.
    pub host: String,
    /// The host as people read it.
    pub host_unicode: String,
}

/// The canonical form of a link, with or without a scheme; `None` if it is no address on the web.
#[must_use]
pub fn canonical_link(raw: &str) -> Option<Link> {
    let raw = raw.trim();
    let url = match raw.split_once("://") {
        Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Url::parse(raw),
        _ => {
            let rest = raw.trim_start_matches('/');
            // Mail, and whatever else names a user.
            if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
                return None;
            }
            Url::parse(&format!("https://{rest}"))
        }
    };
    let mut page = Page::of(&url.ok()?)?;
    if let Some(inner) = sites::unwrap_amp(&page) {
        page = Page::of(&Url::parse(&inner).ok()?)?;
    }
    page.drop_amp();
    sites::settle(&mut page);
    Some(page.into_link())
}

/// An address in parts, while it is being brought into form.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) host: String,
    pub(super) port: Option<u16>,
    /// Segments of the path, without empty ones at the end.
    pub(super) path: Vec<String>,
    /// Parts of the query as written.
    pub(super) query: Vec<String>,
}

impl Page {
    fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = match url.host()? {
            Host::Domain(domain) => bare_host(domain)?,
            address => address.to_string(),
        };
        let mut path: Vec<_> = url.path_segments()?.map(one_escaping).collect();
        while path.last().is_some_and(String::is_empty) {
            path.pop();
        }
        let mut query: Vec<_> = url.query().unwrap_or("").split('&').map(one_escaping).collect();
        query.retain(|part| !part.is_empty() && !is_tracking(name_of(part)));
        Some(Self { host, port: url.port(), path, query })
    }

    /// The value of a query parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    }

    /// Drops query parameters by name.
    pub(super) fn drop_parameters(&mut self, names: &[&str]) {
        self.query.retain(|part| !names.contains(&name_of(part)));
    }

    /// Drops what marks the mobile form that a publisher serves beside its page.
    fn drop_amp(&mut self) {
        if let Some(rest) = self.host.strip_prefix("amp.").and_then(bare_host) {
            self.host = rest;
        }
        if self.path.len() > 1 && self.path.last().is_some_and(|last| last == "amp") {
            self.path.pop();
        }
        self.query.retain(|part| !matches!(part.as_str(), "amp" | "amp=1" | "amp=true" | "outputType=amp"));
    }

    fn into_link(mut self) -> Link {
        self.query.sort_unstable();
        let mut canonical = format!("https://{}", self.host);
        if let Some(port) = self.port.filter(|port| !matches!(port, 80 | 443)) {
            let _ = write!(canonical, ":{port}");
        }
        for segment in &self.path {
            canonical.push('/');
            canonical += segment;
        }
        for (index, part) in self.query.iter().enumerate() {
            canonical.push(if index == 0 { '?' } else { '&' });
            canonical += part;
        }
        Link { canonical, host_unicode: url::quirks::domain_to_unicode(&self.host), host: self.host }
    }
}

/// A domain without the labels that only name a form of the site. `None` for a name without a dot.
fn bare_host(domain: &str) -> Option<String> {
    let mut host = domain.trim_end_matches('.');
    while let Some(rest) = ["www.", "m.", "mobile."].iter().find_map(|prefix| host.strip_prefix(prefix)) {
        if !is_site(rest) {
            break;
        }
        host = rest;
    }
    host.contains('.').then(|| host.to_ascii_lowercase())
}

/// Whether a name can be a site of its own: at least two labels, and not `co.uk` or its like.
///
/// The public suffix list would know them all; these labels are all that stands before a country in our sources.
fn is_site(host: &str) -> bool {
    match host.split_once('.') {
        None => false,
        Some((first, rest)) => {
            let shared = matches!(first, "co" | "com" | "org" | "net" | "gov" | "edu" | "ac" | "mil" | "gob" | "gouv");
            !(shared && rest.len() == 2)
        }
    }
}

fn name_of(part: &str) -> &str {
    part.split_once('=').map_or(part, |(name, _)| name)
}

/// Parameters that tell where a reader came from, and nothing about the page.
fn is_tracking(name: &str) -> bool {
    const NAMES: [&str; 27] = [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "yclid",
        "ymclid",
        "ysclid",
        "_openstat",
        "msclkid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "ref_src",
        "ref_url",
        "mkt_tok",
        "_hsenc",
        "_hsmi",
        "vero_id",
        "oly_anon_id",
        "oly_enc_id",
        "__twitter_impression",
        "cmpid",
    ];
    let name = name.to_ascii_lowercase();
    let campaign = ["utm_", "mtm_", "pk_", "at_", "hsa_"].iter().any(|prefix| name.starts_with(prefix));
    campaign || NAMES.contains(&name.as_str())
}

/// One way to escape (RFC 3986, 6.2.2): escapes in capitals, and none for what needs none.
fn one_escaping(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('%') {
        out += &rest[..at];
        rest = &rest[at..];
        let byte = rest.get(1..3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let Some(byte) = byte.filter(|_| rest.as_bytes()[1] != b'+') else {
            out.push('%');
            rest = &rest[1..];
            continue;
        };
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        rest = &rest[3..];
    }
    out + rest
}

static FINDER: LazyLock<LinkFinder> = LazyLock::new(|| {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
    finder
});

/// The links of a text, as written, in order: with a scheme, or `www.`, or a host with a path (`t.me/channel`).
///
/// A bare `word.word` is none: people forget the space after a full stop.
pub fn find_links(text: &str) -> impl Iterator<Item = &str> {
    // A link has a dot, and `/` or `www.` around it; most posts have no such thing.
    let possible = text.contains('/') || text.contains("www.") || text.contains("WWW.");
    let text = if possible { text } else { "" };
    FINDER.links(text).map(|link| link.as_str()).filter(|link| is_link(link))
}

/// Where addresses with a scheme stand, in bytes: their words are nobody's.
#[must_use]
pub fn addresses(text: &str) -> Vec<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"' | '«' | '»' | '[' | ']');
    text.match_indices("://")
        .map(|(at, _)| {
            let before = text[..at].char_indices().rev().find(|(_, c)| ends(*c));
            let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
            before.map_or(0, |(end, c)| end + c.len_utf8())..end
        })
        .collect()
}

fn is_link(found: &str) -> bool {
    let begins = |prefix: &str| found.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if found.contains("://") {
        return begins("http://") || begins("https://");
    }
    let Some((host, _)) = found.split_once('/') else { return begins("www.") };
    let top = host.rsplit('.').next().unwrap_or("");
    begins("www.") || (top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, canonical: &str) {
        let link = canonical_link(raw);
        assert_eq!(link.as_ref().map(|link| link.canonical.as_str()), Some(canonical), "{raw}");
        let again = canonical_link(canonical);
        assert_eq!(again, link, "canonical twice: {raw}");
    }

    #[test]
    fn one_page_has_one_form() {
        check("HTTP://Www.Example.COM:80/A/b/?b=2&a=1#top", "https://example.com/A/b?a=1&b=2");
        check("example.com/", "https://example.com");
        check("//example.com/a", "https://example.com/a");
        check("https://user:pw@example.com:8443/x", "https://example.com:8443/x");
        check("https://example.com/?utm_source=tg&UTM_x=1&fbclid=2&id=7&ysclid=3", "https://example.com?id=7");
        check("https://example.com/%d1%82%7Ea%zz", "https://example.com/%D1%82~a%zz");
        check("https://example.com/тест", "https://example.com/%D1%82%D0%B5%D1%81%D1%82");
        check("http://192.168.0.1/x", "https://192.168.0.1/x");
    }

    #[test]
    fn a_host_loses_only_what_names_a_form_of_it() {
        check("https://m.vk.com/wall-1_2", "https://vk.com/wall-1_2");
        check("https://www.m.example.com", "https://example.com");
        check("https://www.gov.uk/x", "https://www.gov.uk/x");
        check("https://m.com/x", "https://m.com/x");
        check("https://mobile.de/x", "https://mobile.de/x");
    }

    #[test]
    fn amp_forms_lead_to_the_page() {
        check("https://amp.example.com/a", "https://example.com/a");
        check("https://example.com/news/a/amp/?amp=1", "https://example.com/news/a");
        check("https://www.google.com/amp/s/www.example.com/a", "https://example.com/a");
        check("https://www-example-com.cdn.ampproject.org/v/s/www.example.com/a?amp_js_v=1", "https://example.com/a");
    }

    #[test]
    fn an_international_host_is_known_both_ways() {
        let link = canonical_link("https://www.Правда.РФ/a").unwrap();
        assert_eq!((link.host.as_str(), link.host_unicode.as_str()), ("xn--80aafi6cg.xn--p1ai", "правда.рф"));
        assert_eq!(canonical_link("https://xn--80aafi6cg.xn--p1ai/a"), Some(link));
    }

    #[test]
    fn what_is_no_web_address_has_no_form() {
        for raw in
            ["", "mailto:a@example.com", "javascript:alert(1)", "ftp://example.com", "https://", "localhost/x", "a b"]
        {
            assert_eq!(canonical_link(raw), None, "{raw}");
        }
    }

    #[track_caller]
    fn finds(text: &str, expected: &[&str]) {
        assert_eq!(find_links(text).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn links_are_found_as_people_write_them() {
        finds(
            "Смотри https://t.me/rybar/1, и (http://example.com/a_(b)).",
            &["https://t.me/rybar/1", "http://example.com/a_(b)"],
        );
        finds(
            "Канал t.me/rybar и www.example.com! И example.com/путь?x=1",
            &["t.me/rybar", "www.example.com", "example.com/путь?x=1"],
        );
        finds("Он ушёл.Потом пришёл. end.The и/или 24.02/25.02, a@b.com, file.txt, ftp://example.com/x", &[]);
        finds(
            "[текст](https://example.com/a) <https://example.com/b>",
            &["https://example.com/a", "https://example.com/b"],
        );
    }
}
