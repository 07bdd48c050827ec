//! A host in its parts, as the registries see it.
//!
//! In: a host name in ASCII or in Unicode. Out: the name that somebody registered, its first label, and the suffix under
//! which it was registered, all in Unicode and lower case. What is no host on the public web (an address, a name without
//! a dot, an unknown top level) has no parts.

use std::borrow::Cow;
use std::ops::Range;

use psl::{List, Psl, Type};

/// DNS allows no more (RFC 1035, 2.3.4); what claims more was never resolved, and would only cost time.
const LONGEST: usize = 253;

/// A host on the public web.
#[derive(Debug)]
pub(super) struct Host<'a> {
    name: Cow<'a, str>,
    registered: usize,
    suffix: usize,
    /// Whether the suffix belongs to a company that lets others have names below its own.
    pub(super) private: bool,
}

impl<'a> Host<'a> {
    pub(super) fn read(host: &'a str) -> Option<Self> {
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.len() > LONGEST {
            return None;
        }
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        let name = if host.bytes().all(plain) && !host.contains("xn--") {
            Cow::Borrowed(host)
        } else {
            // To ASCII first: it refuses what browsers refuse.
            let ascii = url::Host::parse(host).ok()?.to_string();
            Cow::Owned(url::quirks::domain_to_unicode(&ascii))
        };
        if name.split('.').any(str::is_empty) {
            return None;
        }
        let domain = List.domain(name.as_bytes())?;
        let suffix = domain.suffix();
        let private = suffix.typ()? == Type::Private;
        let (registered, suffix) = (domain.as_bytes().len(), suffix.as_bytes().len());
        Some(Self { registered: name.len() - registered, suffix: name.len() - suffix, name, private })
    }

    /// What was registered: `example.co.uk`.
    pub(super) fn registered(&self) -> &str {
        &self.name[self.registered..]
    }

    /// Its own label: `example`.
    pub(super) fn label(&self) -> &str {
        &self.name[self.registered..self.suffix - 1]
    }

    /// The suffix, without its dot: `co.uk`.
    pub(super) fn suffix(&self) -> &str {
        &self.name[self.suffix..]
    }

    /// What the registrant chose freely: everything before the suffix, or before the top level of a private suffix.
    pub(super) fn chosen(&self) -> &str {
        let end = if self.private { self.name.rfind('.').unwrap_or(0) } else { self.suffix - 1 };
        &self.name[..end]
    }

    /// Whether this is a service that shows everybody's pages, each below the page's own address: a translator, a cache.
    pub(super) fn is_mirror(&self) -> bool {
        const MIRRORS: [&str; 4] = ["ampproject.org", "archive.org", "googleusercontent.com", "translate.goog"];
        MIRRORS.iter().any(|mirror| self.name.strip_suffix(mirror).is_some_and(|below| below.ends_with('.')))
    }

    /// Whether this is a library's proxy, which shows its readers what it subscribes to in the same way.
    pub(super) fn is_library(&self) -> bool {
        let suffix = self.suffix();
        suffix == "edu"
            || suffix.starts_with("edu.")
            || suffix.starts_with("ac.")
            || self.subdomains().any(|label| label.contains("proxy"))
    }

    /// The labels below the registered name.
    pub(super) fn subdomains(&self) -> impl Iterator<Item = &str> {
        self.name[..self.registered].split_terminator('.')
    }
}

/// Every run of two to four whole labels: the shapes that a registered name has.
pub(super) fn runs(name: &str) -> impl Iterator<Item = &str> {
    let starts = std::iter::once(0).chain(name.match_indices('.').map(|(at, _)| at + 1));
    starts.flat_map(move |start| ends(name, start).skip(1).take(3).map(move |end| &name[Range { start, end }]))
}

fn ends(name: &str, start: usize) -> impl Iterator<Item = usize> {
    name[start..].match_indices('.').map(move |(at, _)| start + at).chain(std::iter::once(name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, parts: Option<(&str, &str)>) {
        let read = Host::read(host);
        assert_eq!(read.as_ref().map(|host| (host.label(), host.suffix())), parts, "{host}");
    }

    #[test]
    fn a_host_is_cut_where_it_was_registered() {
        check("example.com", Some(("example", "com")));
        check("a.b.example.co.uk", Some(("example", "co.uk")));
        check("EXAMPLE.com.", Some(("example", "com")));
        check("example.eu.com", Some(("example", "eu.com")));
        check("xn--80aafi6cg.xn--p1ai", Some(("правда", "рф")));
        check("Правда.рф", Some(("правда", "рф")));
    }

    #[test]
    fn what_is_no_public_host_has_no_parts() {
        for host in
            ["", ".", "com", "co.uk", "localhost", "192.168.0.1", "[::1]", "a..com", ".a.com", "a b.com", "photo.jpg"]
        {
            check(host, None);
        }
        check(&format!("{}.com", "a.".repeat(200)), None);
    }

    #[test]
    fn runs_are_whole_labels() {
        assert_eq!(runs("a.bc.d").collect::<Vec<_>>(), ["a.bc", "a.bc.d", "bc.d"]);
        assert_eq!(runs("a").count(), 0);
        assert_eq!(runs("").count(), 0);
    }
}
