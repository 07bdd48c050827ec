//! What a post has where a match looks for something else.

use super::super::evidence::field_text;
use super::super::verdict::Field;
use super::super::view::View;
use super::shorten;
use crate::pack::grammar::{FieldName, Match};

/// Its author, its links, its language, the field's value; none where there is nothing, or where words are looked for.
pub(super) fn instead(view: &View<'_>, matches: &Match) -> Option<String> {
    let post = view.post;
    match matches {
        Match::Author(_) => text(view, Field::Author).or_else(|| text(view, Field::Channel)),
        Match::Forwarded(_) => text(view, Field::ForwardedFrom),
        Match::Link(_) => many(&post.links, "link"),
        Match::Language(_) => {
            let declared =
                post.lang.as_deref().map_or("none is declared".to_string(), |lang| format!("declared {lang}"));
            Some(format!("{declared}, found {}", view.language.code()))
        }
        Match::Field(test) => value(view, test.name.value),
        Match::Words(_)
        | Match::Near(_)
        | Match::Regex(_)
        | Match::All(_)
        | Match::Any(_)
        | Match::Not(_)
        | Match::AtLeast(_)
        | Match::ReadsLike(_)
        | Match::Joins(_) => None,
    }
}

fn value(view: &View<'_>, name: FieldName) -> Option<String> {
    let post = view.post;
    let words = |field: Field| Some(count(view.scan(field).folded.words.len(), "word"));
    match name {
        FieldName::Title => words(Field::Title),
        FieldName::Text => words(Field::Text),
        FieldName::Hashtags => many(&post.hashtags, "hashtag"),
        FieldName::Mentions => many(&post.mentions, "mention"),
        FieldName::Links => many(&post.links, "link"),
        FieldName::Media => many(&post.media, "file"),
        FieldName::Source => text(view, Field::Source),
        FieldName::Kind => text(view, Field::Kind),
        FieldName::Author => text(view, Field::Author),
        FieldName::Channel => text(view, Field::Channel),
        FieldName::Lang => text(view, Field::Lang),
        FieldName::Url => text(view, Field::Url),
        FieldName::ReplyTo => text(view, Field::ReplyTo),
        FieldName::RepostOf => text(view, Field::RepostOf),
        FieldName::ForwardedFrom => text(view, Field::ForwardedFrom),
    }
}

fn text(view: &View<'_>, field: Field) -> Option<String> {
    field_text(view.post, field).map(|text| in_marks(&text))
}

/// The only value, or how many there are.
fn many(values: &[String], what: &str) -> Option<String> {
    match values {
        [] => None,
        [one] => Some(in_marks(one)),
        more => Some(count(more.len(), what)),
    }
}

fn in_marks(text: &str) -> String {
    format!("“{}”", shorten(text))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
