//! The evidence law, held against a record: what it quotes stands in the post where it says.

use super::Difference;
use super::given::{GivenEvidence, GivenHit};
use crate::post::Post;
use crate::score::evidence::field_text;
use crate::score::{Evidence, Field};

/// Every quotation of a hit that does not stand at its place.
pub(super) fn misplaced(post: &Post, pack: &str, hit: &GivenHit, differences: &mut Vec<Difference>) {
    for (what, quotations) in [("evidence", &hit.evidence), ("because", &hit.because)] {
        for quotation in quotations {
            let here = standing(post, quotation);
            let said = [&quotation.prefix, &quotation.exact, &quotation.suffix];
            if here.as_ref().is_some_and(|here| here.iter().zip(said).all(|(here, said)| here == said)) {
                continue;
            }
            let at =
                format!("hit {pack}/{} {what} at {}", hit.id, place(&quotation.field, quotation.start, quotation.end));
            differences.push(Difference::new(at, in_context(said), here.map(|here| in_context(here.each_ref()))));
        }
    }
}

/// Prefix, exact and suffix as the post has them there.
fn standing(post: &Post, quotation: &GivenEvidence) -> Option<[String; 3]> {
    let text = field_text(post, field(&quotation.field)?)?;
    let length = quotation.end.checked_sub(quotation.start)?;
    let before = quotation.prefix.chars().count().min(quotation.start);
    let mut letters = text.chars().skip(quotation.start - before);
    let prefix: String = letters.by_ref().take(before).collect();
    let exact: String = letters.by_ref().take(length).collect();
    let suffix = letters.take(quotation.suffix.chars().count()).collect();
    Some([prefix, exact, suffix])
}

fn in_context([prefix, exact, suffix]: [&String; 3]) -> String {
    format!("{prefix}[{exact}]{suffix}")
}

/// `text 12-17`
fn place(field: &str, start: usize, end: usize) -> String {
    format!("{field} {start}-{end}")
}

/// Quotations with their places, to be compared.
pub(super) fn given(quotations: &[GivenEvidence]) -> String {
    let all = quotations.iter().map(|one| format!("“{}” at {}", one.exact, place(&one.field, one.start, one.end)));
    all.collect::<Vec<_>>().join(" and ")
}

/// The same of what is found here.
pub(super) fn found(quotations: &[Evidence]) -> String {
    let all =
        quotations.iter().map(|one| format!("“{}” at {}", one.exact, place(&one.field.name(), one.start, one.end)));
    all.collect::<Vec<_>>().join(" and ")
}

/// A field by its name on the wire.
fn field(name: &str) -> Option<Field> {
    let (list, at) = match name.split_once('/') {
        Some((list, at)) => (list, at.parse().ok()?),
        None => (name, 0),
    };
    let field = match list {
        "title" => Field::Title,
        "text" => Field::Text,
        "author" => Field::Author,
        "channel" => Field::Channel,
        "forwarded_from" => Field::ForwardedFrom,
        "links" => Field::Link(at),
        "source" => Field::Source,
        "kind" => Field::Kind,
        "lang" => Field::Lang,
        "url" => Field::Url,
        "hashtags" => Field::Hashtag(at),
        "mentions" => Field::Mention(at),
        "media" => Field::Media(at),
        "reply_to" => Field::ReplyTo,
        "repost_of" => Field::RepostOf,
        _ => return None,
    };
    (field.name() == name).then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_known_by_its_name() {
        let all = [
            Field::Title,
            Field::Text,
            Field::Author,
            Field::Channel,
            Field::ForwardedFrom,
            Field::Link(3),
            Field::Source,
            Field::Kind,
            Field::Lang,
            Field::Url,
            Field::Hashtag(0),
            Field::Mention(12),
            Field::Media(1),
            Field::ReplyTo,
            Field::RepostOf,
        ];
        for one in all {
            assert_eq!(field(&one.name()), Some(one));
        }
        assert_eq!(field("text/0"), None);
        assert_eq!(field("links/x"), None);
    }
}
