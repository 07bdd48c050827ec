//! Links, hashtags and mentions: from the platform's entities where it gives them, else found in the text.
//!
//! The finder is for plain text only (own posts, old exports, articles). It takes links with a scheme, and bare
//! `t.me/…`, because that is how Telegram channels are cited; other bare domains are too often file names and
//! sentences without a space after the stop.

use linkify::{LinkFinder, LinkKind};

/// The marks of one post; repetitions are taken out later.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) links: Vec<String>,
    pub(super) hashtags: Vec<String>,
    pub(super) mentions: Vec<String>,
}

impl Marks {
    /// Adds an address as written.
    pub(super) fn link(&mut self, address: &str) {
        self.links.push(address.trim().to_owned());
    }

    /// Adds a hashtag, with or without `#`. Telegram writes `#tag@channel` for one within a channel.
    pub(super) fn hashtag(&mut self, tag: &str) {
        let tag = tag.trim().trim_start_matches(['#', '＃']);
        self.hashtags.push(tag.split('@').next().unwrap_or(tag).to_owned());
    }

    /// Adds a mentioned account, with or without `@`.
    pub(super) fn mention(&mut self, handle: &str) {
        self.mentions.push(handle.trim().trim_start_matches('@').to_owned());
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.links.is_empty() && self.hashtags.is_empty() && self.mentions.is_empty()
    }

    /// These, or what the text shows if there are none.
    pub(super) fn or_found_in(self, text: &str) -> Self {
        if self.is_empty() { Self::find(text) } else { self }
    }

    /// Finds the marks of a plain text.
    pub(super) fn find(text: &str) -> Self {
        let mut marks = Self::default();
        if !text.contains([':', '#', '＃', '@', '/']) {
            return marks;
        }
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]);
        let mut from = 0;
        for link in finder.links(text) {
            marks.find_words(&text[from..link.start()]);
            marks.link(link.as_str());
            from = link.end();
        }
        marks.find_words(&text[from..]);
        marks
    }

    /// Finds hashtags, mentions and bare `t.me` links in a stretch of text without other links.
    fn find_words(&mut self, text: &str) {
        let mut before = ' ';
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            let taken = if in_word(before) || before == '/' {
                None
            } else {
                match first {
                    '#' | '＃' if before != '&' => self.take_hashtag(after),
                    '@' if before != '.' => self.take_mention(after),
                    't' | 'T' => self.take_telegram(rest).map(|length| length - 1),
                    _ => None,
                }
            };
            let length = first.len_utf8() + taken.unwrap_or(0);
            before = rest[..length].chars().next_back().unwrap_or(first);
            rest = &rest[length..];
        }
    }

    fn take_hashtag(&mut self, after: &str) -> Option<usize> {
        let tag = leading(after, in_word);
        tag.chars().any(|c| !c.is_numeric() && c != '_').then(|| self.hashtags.push(tag.to_owned()))?;
        Some(tag.len())
    }

    fn take_mention(&mut self, after: &str) -> Option<usize> {
        let name = leading(after, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '@'));
        let name = name.trim_end_matches(['.', '-', '@']);
        name.chars().any(|c| c.is_ascii_alphanumeric()).then(|| self.mentions.push(name.to_owned()))?;
        Some(name.len())
    }

    fn take_telegram(&mut self, text: &str) -> Option<usize> {
        let head = text.get(..5).filter(|head| head.eq_ignore_ascii_case("t.me/"))?;
        let path =
            leading(&text[5..], |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '+' | '-' | '?' | '=' | '&'));
        let path = path.trim_end_matches(['/', '?', '&', '-']);
        (!path.is_empty()).then(|| self.links.push(format!("{head}{path}")))?;
        Some(5 + path.len())
    }
}

fn leading(text: &str, wanted: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !wanted(c)).unwrap_or(text.len())]
}

/// Letters, digits, `_`, and the Arabic vowel signs and joiner that stand inside words without being letters.
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || matches!(c, '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{200C}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_reader_would() {
        let marks = Marks::find(
            "Увага #Київ, #новини_2024! Див. https://example.org/a#b та t.me/s/kanal_1. @anna_k: a@b.example, №5 #1 &#39; #العِراق @me@social.example.",
        );
        assert_eq!(marks.links, ["https://example.org/a#b", "t.me/s/kanal_1"]);
        assert_eq!(marks.hashtags, ["Київ", "новини_2024", "العِراق"]);
        assert_eq!(marks.mentions, ["anna_k", "me@social.example"]);
    }

    #[test]
    fn leaves_the_rest_alone() {
        assert!(Marks::find("C# is not.me/x, nor 5/@x, nor file.py; cost@ # @ t.me/").is_empty());
    }
}
