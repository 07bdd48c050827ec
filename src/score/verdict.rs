//! What scoring gives: hits with their state and evidence, points, stance.

use std::sync::Arc;

use crate::text::Language;

/// In what state the words of a hit stand, and so who answers for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// In the author's own voice.
    Asserted,
    /// Passed on without a comment.
    Forwarded,
    /// Given to a speaker.
    Attributed,
    /// In quotation marks.
    Quoted,
    /// Given with doubt.
    Distanced,
    /// Called false.
    Denied,
}

impl State {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Forwarded => "forwarded",
            Self::Attributed => "attributed",
            Self::Quoted => "quoted",
            Self::Distanced => "distanced",
            Self::Denied => "denied",
        }
    }
}

/// What a text does with a narrative; the quieter ones are smaller, and ties go to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// Says that it is false or an operation.
    Disputes,
    /// Gives it to somebody.
    Reports,
    /// Passes it on without distance.
    Relays,
    /// Pushes it in its own voice.
    Asserts,
}

impl Stance {
    /// All of them, loudest first.
    pub const ALL: [Self; 4] = [Self::Asserts, Self::Relays, Self::Reports, Self::Disputes];

    /// The name on the wire and in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Asserts => "asserts",
            Self::Relays => "relays",
            Self::Reports => "reports",
            Self::Disputes => "disputes",
        }
    }
}

/// Which part of a post a piece of evidence stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// The words.
    Text,
    /// `source/handle` of the author.
    Author,
    /// `source/channel`.
    Channel,
    /// `source/handle` that a forward comes from.
    ForwardedFrom,
    /// The link with this index.
    Link(usize),
    /// The platform.
    Source,
    /// post, article, comment or repost.
    Kind,
    /// The declared language.
    Lang,
    /// Where the post can be read.
    Url,
    /// The hashtag with this index.
    Hashtag(usize),
    /// The mentioned account with this index.
    Mention(usize),
    /// The picture, video or file with this index.
    Media(usize),
    /// The post that it answers.
    ReplyTo,
    /// The post that it passes on or quotes.
    RepostOf,
}

impl Field {
    /// The name on the wire: that of the post's own field, with the index in a list: `title`, `text`, `links/0`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Title => "title".into(),
            Self::Text => "text".into(),
            Self::Author => "author".into(),
            Self::Channel => "channel".into(),
            Self::ForwardedFrom => "forwarded_from".into(),
            Self::Link(at) => format!("links/{at}"),
            Self::Source => "source".into(),
            Self::Kind => "kind".into(),
            Self::Lang => "lang".into(),
            Self::Url => "url".into(),
            Self::Hashtag(at) => format!("hashtags/{at}"),
            Self::Mention(at) => format!("mentions/{at}"),
            Self::Media(at) => format!("media/{at}"),
            Self::ReplyTo => "reply_to".into(),
            Self::RepostOf => "repost_of".into(),
        }
    }
}

/// A place in a post, as a W3C Web Annotation selector (text position and text quote in one).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The part of the post.
    pub field: Field,
    /// First code point, from 0.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The words themselves.
    pub exact: Arc<str>,
    /// Up to 32 code points before.
    pub prefix: Arc<str>,
    /// Up to 32 code points after.
    pub suffix: Arc<str>,
}

/// An indicator that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its index in the pack.
    pub indicator: usize,
    /// Whether it only says what the whole text reads like.
    pub likeness: bool,
    /// Points in the author's own voice.
    pub points: f64,
    /// Points after stance.
    pub kept: f64,
    /// The state of its words.
    pub state: State,
    /// The pack's actor who says them, if one was found.
    pub speaker: Option<String>,
    /// Whether that speaker lifts the damping: an actor's own words, passed on as fact.
    pub relayed: bool,
    /// The words.
    pub evidence: Vec<Evidence>,
    /// What decided the state: the cue, the quotation mark, the speaker.
    pub because: Vec<Evidence>,
    /// What no place in the post says by itself: whom a link imitates, which language was found.
    pub notes: Vec<String>,
}

/// A hit that does not count, by an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excepted {
    /// The pack's index in the engine.
    pub pack: usize,
    /// The indicator's index in the pack.
    pub indicator: usize,
    /// The exception's index in the pack.
    pub exception: usize,
}

/// What one pack makes of a post.
#[derive(Debug, Clone, PartialEq)]
pub struct PackVerdict {
    /// Its index in the engine.
    pub pack: usize,
    /// min(100, sum of points), one decimal.
    pub points: f64,
    /// min(100, sum of kept points), one decimal.
    pub score: f64,
    /// What the text does with the narrative.
    pub stance: Stance,
    /// What was found, in the pack's order.
    pub hits: Vec<Hit>,
    /// The index of the highest alert rule that holds.
    pub alert: Option<usize>,
}

/// What all packs make of a post. Packs without a hit are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The language that was found.
    pub language: Language,
    /// The highest pack score; 0 without hits.
    pub score: f64,
    /// The stance of the highest-scoring pack.
    pub stance: Option<Stance>,
    /// Per pack.
    pub packs: Vec<PackVerdict>,
    /// What was found and does not count.
    pub excepted: Vec<Excepted>,
}
