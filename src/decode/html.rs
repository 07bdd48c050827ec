//! HTML → the text that a reader sees, and the links in it.
//!
//! The tokenizer follows the WHATWG rules, because real markup is never valid; no tree is built, so nesting costs
//! nothing and cannot overflow. Nothing is executed or fetched. Block elements and `<br>` become line ends, other white
//! space collapses, and what is not shown (`script`, `style`, `template`, …) is left out. Mastodon hides the ends of
//! long links with CSS classes only; their text is kept, so that the link reads whole.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// What an HTML fragment or page says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) text: String,
    pub(super) anchors: Vec<Anchor>,
    /// Addresses of pictures and videos.
    pub(super) pictures: Vec<String>,
    /// Of a whole page: its `<title>`.
    pub(super) title: Option<String>,
}

/// An `<a href>`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) href: String,
    pub(super) class: String,
}

impl Plain {
    /// The addresses of all anchors that lead to another page.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        let elsewhere = |href: &&str| {
            !href.is_empty() && !href.starts_with('#') && !is_scheme(href, &["javascript:", "data:", "mailto:", "tel:"])
        };
        self.anchors.iter().map(|anchor| anchor.href.trim()).filter(elsewhere)
    }
}

fn is_scheme(href: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| href.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// Reads HTML.
pub(super) fn read(html: &str) -> Plain {
    tokenize(html, false)
}

/// Reads what may be HTML or plain text: scrapers put both into the same field. Markup is HTML; entities without any
/// markup are text that was escaped once too often, and its line ends stay.
pub(super) fn read_any(text: &str) -> Plain {
    if has_tag(text) {
        tokenize(text, false)
    } else if has_entity(text) {
        tokenize(text, true)
    } else {
        Plain { text: text.trim().to_owned(), ..Plain::default() }
    }
}

/// Elements that begin and end a line.
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"br"
            | b"caption"
            | b"dd"
            | b"details"
            | b"dialog"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"header"
            | b"hr"
            | b"html"
            | b"legend"
            | b"li"
            | b"main"
            | b"nav"
            | b"ol"
            | b"option"
            | b"p"
            | b"pre"
            | b"section"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"tfoot"
            | b"thead"
            | b"title"
            | b"tr"
            | b"ul"
    )
}

/// Elements whose content no reader sees.
fn is_hidden(name: &[u8]) -> bool {
    matches!(
        name,
        b"script"
            | b"style"
            | b"template"
            | b"noscript"
            | b"iframe"
            | b"object"
            | b"svg"
            | b"math"
            | b"select"
            | b"textarea"
            | b"noframes"
            | b"noembed"
    )
}

fn tokenize(html: &str, keep_lines: bool) -> Plain {
    let mut reader = Reader { keep_lines, ..Reader::default() };
    let mut emitter =
        CallbackEmitter::new(|event: CallbackEvent<'_>, _span: Span<()>| -> Option<std::convert::Infallible> {
            reader.event(&event);
            None
        });
    // Without a tree, the tokenizer must be told that `<script>` is not markup inside.
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish().map(drop);
    reader.plain.text.truncate(reader.plain.text.trim_end().len());
    reader.plain
}

#[derive(Default)]
struct Reader {
    plain: Plain,
    keep_lines: bool,
    /// The hidden element that we are in, and how often it stands open within itself.
    hidden: Option<(Vec<u8>, usize)>,
    in_title: bool,
    element: Vec<u8>,
    attribute: Vec<u8>,
    /// White space that is written once a word follows.
    pending: Option<char>,
}

impl Reader {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.open(name),
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                self.attribute.extend_from_slice(name);
            }
            CallbackEvent::AttributeValue { value } => self.attribute(value),
            CallbackEvent::CloseStartTag { self_closing } => {
                // Inside SVG a closed start tag ends the element; HTML elements ignore the slash.
                if *self_closing && self.element == b"svg" {
                    self.close(b"svg");
                }
            }
            CallbackEvent::EndTag { name } => self.close(name),
            CallbackEvent::String { value } => self.words(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn open(&mut self, name: &[u8]) {
        self.element.clear();
        self.element.extend_from_slice(name);
        self.attribute.clear();
        if let Some((hidden, depth)) = &mut self.hidden {
            if hidden == name {
                *depth += 1;
            }
            return;
        }
        match name {
            b"a" => self.plain.anchors.push(Anchor::default()),
            b"title" => self.in_title = true,
            b"td" | b"th" => self.space(' '),
            name if is_hidden(name) => self.hidden = Some((name.to_vec(), 1)),
            name if is_block(name) => self.space('\n'),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some((hidden, depth)) = &mut self.hidden {
            if hidden == name {
                *depth -= 1;
                if *depth == 0 {
                    self.hidden = None;
                }
            }
            return;
        }
        if name == b"title" {
            self.in_title = false;
        }
        if is_block(name) {
            self.space('\n');
        }
    }

    fn attribute(&mut self, value: &[u8]) {
        if self.hidden.is_some() {
            return;
        }
        let value = || String::from_utf8_lossy(value).into_owned();
        match (self.element.as_slice(), self.attribute.as_slice()) {
            (b"a", b"href") => self.plain.anchors.last_mut().into_iter().for_each(|anchor| anchor.href = value()),
            (b"a", b"class") => self.plain.anchors.last_mut().into_iter().for_each(|anchor| anchor.class = value()),
            (b"img" | b"video", b"src") => self.plain.pictures.push(value()),
            _ => {}
        }
    }

    fn words(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.in_title {
            self.plain.title.get_or_insert_default().push_str(text.trim());
            return;
        }
        if self.keep_lines {
            self.plain.text.push_str(text);
            return;
        }
        for c in text.chars() {
            // A no-break space is a space to a reader; HTML's own rules would keep it.
            if c.is_ascii_whitespace() || c == '\u{A0}' {
                self.space(' ');
            } else {
                if let Some(space) = self.pending.take()
                    && !self.plain.text.is_empty()
                {
                    self.plain.text.push(space);
                }
                self.plain.text.push(c);
            }
        }
    }

    /// A line end outweighs a space.
    fn space(&mut self, space: char) {
        if self.keep_lines {
            return;
        }
        if self.pending != Some('\n') {
            self.pending = Some(space);
        }
    }
}

/// Whether there is something that only markup looks like: `<`, perhaps `/`, and the name of a common element.
fn has_tag(text: &str) -> bool {
    const COMMON: [&str; 37] = [
        "a",
        "article",
        "aside",
        "b",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "div",
        "em",
        "figure",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "head",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "script",
        "section",
        "span",
        "strong",
        "style",
        "table",
        "u",
        "ul",
    ];
    text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let closed = rest[end..].starts_with(['>', '/', ' ', '\n', '\t', '\r']);
        (closed && COMMON.iter().any(|name| name.eq_ignore_ascii_case(&rest[..end]))) || rest.starts_with("!--")
    })
}

fn has_entity(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| {
        let rest = &text.as_bytes()[at + 1..];
        let length = rest.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        length >= 2 && rest.get(length) == Some(&b';')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, text: &str) {
        assert_eq!(read(html).text, text, "{html}");
    }

    #[test]
    fn text_is_what_a_reader_sees() {
        check("<p>One &amp;\n two</p><p>three<br>four</p>", "One & two\nthree\nfour");
        check("a<script>if (a < b) '<p>x</p>'</script>b<style>p{}</style>c", "abc");
        check("<template>x<template>y</template>z</template>after", "after");
        check("<div><div>  </div></div><p>x", "x");
        check("<p>1&nbsp;000 &#8222;x&#8220; &lt;tag&gt;</p>", "1 000 „x“ <tag>");
        check("<ul><li>а<li>б</ul><table><tr><td>1<td>2</table>", "а\nб\n1 2");
        check("not closed <b", "not closed");
        check("<svg/>shown", "shown");
        check("<p>a</p><!-- <p>b</p> --><p>c</p>", "a\nc");
    }

    #[test]
    fn mastodon_links_read_whole() {
        let plain = read(
            r#"<p>Ver <a href="https://example.org/a/long/path"><span class="invisible">https://</span><span class="ellipsis">example.org/a/lo</span><span class="invisible">ng/path</span></a></p>"#,
        );
        assert_eq!(plain.text, "Ver https://example.org/a/long/path");
        assert_eq!(plain.links().collect::<Vec<_>>(), ["https://example.org/a/long/path"]);
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(read_any("a < b and b > c\n\nd").text, "a < b and b > c\n\nd");
        assert_eq!(read_any("AT&amp;T\nline").text, "AT&T\nline");
        assert_eq!(read_any("R&D; x & y").text, "R&D; x & y");
        assert_eq!(read_any("<P>x</P>").text, "x");
        assert!(read(r##"<a href="javascript:x()">a</a><a href="#top">b</a>"##).links().next().is_none());
    }
}
