//! The names of the formats, as pipelines and Kafka headers write them.

use std::str::FromStr;

use thiserror::Error;

/// How the payloads of a topic are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Decide by the `format` header, then by the payload's shape.
    Auto,
    /// One of the three Telegram shapes, decided by the payload.
    Telegram,
    /// A message of a Telegram Desktop JSON export.
    TelegramExport,
    /// A Bot API `Update` (or bare `Message`).
    TelegramBot,
    /// What `Message.to_dict()` of Telethon gives as JSON.
    Telethon,
    /// X API v2: a tweet with its `includes`. Tweets of API v1.1 are read too.
    X,
    /// A Bluesky Jetstream event.
    Jetstream,
    /// A Mastodon status, or a streaming event that holds one.
    Mastodon,
    /// A Reddit submission or comment (a listing's child or the bare object).
    Reddit,
    /// One RSS, Atom or JSON Feed entry.
    Feed,
    /// Article JSON: title, body or HTML, author, date, url.
    Article,
    /// Our own shape, [`crate::record::PostRecord`].
    Post,
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "no format is called `{0}`; the formats are auto, telegram, telegram_export, telegram_bot, telethon, x, jetstream, mastodon, reddit, feed, article and post"
)]
pub struct UnknownFormat(pub String);

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Auto,
        Self::Telegram,
        Self::TelegramExport,
        Self::TelegramBot,
        Self::Telethon,
        Self::X,
        Self::Jetstream,
        Self::Mastodon,
        Self::Reddit,
        Self::Feed,
        Self::Article,
        Self::Post,
    ];

    /// The name in pipelines, headers and metric labels.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Telegram => "telegram",
            Self::TelegramExport => "telegram_export",
            Self::TelegramBot => "telegram_bot",
            Self::Telethon => "telethon",
            Self::X => "x",
            Self::Jetstream => "jetstream",
            Self::Mastodon => "mastodon",
            Self::Reddit => "reddit",
            Self::Feed => "feed",
            Self::Article => "article",
            Self::Post => "post",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Takes a [`Format::name`] or one of the names that people try first; case, `-` and `_` make no difference.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let plain = name.trim().to_ascii_lowercase().replace('-', "_");
        let alias = match plain.as_str() {
            "telegram_desktop" => Some(Self::TelegramExport),
            "bot_api" => Some(Self::TelegramBot),
            "twitter" => Some(Self::X),
            "bluesky" => Some(Self::Jetstream),
            "rss" | "atom" | "json_feed" => Some(Self::Feed),
            "undercurrent" => Some(Self::Post),
            _ => None,
        };
        alias
            .or_else(|| Self::ALL.into_iter().find(|format| format.name() == plain))
            .ok_or_else(|| UnknownFormat(name.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert_eq!("Telegram-Export".parse(), Ok(Format::TelegramExport));
        assert!("telegraph".parse::<Format>().unwrap_err().to_string().contains("telegram_export"));
    }
}
