//! Article JSON → [`Post`]: what crawlers, news APIs and schema.org markup write.
//!
//! In: an object with a headline and a body under any of the names in use, text or HTML; schema.org `NewsArticle` as
//! JSON-LD, also within `@graph`; or a bare HTML page. Where there is no body, the description stands in.
//!
//! Documentation: schema.org/NewsArticle; newsapi.org ("Article"); the field names of the common extractors
//! (trafilatura, newspaper3k, Scrapinghub's article schema).

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::object;
use super::label::{Label, Labels};
use super::lenient::{Given, Many, Maybe, When, Word};
use super::web::{self, Page};
use super::{DecodeError, Decoded, Envelope};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Article<'a> {
    #[serde(borrow)]
    title: Labels<'a>,
    #[serde(borrow)]
    headline: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,

    #[serde(borrow)]
    body: Labels<'a>,
    #[serde(borrow)]
    text: Labels<'a>,
    #[serde(borrow, rename = "articleBody")]
    article_body: Word<'a>,
    #[serde(borrow, rename = "article_body")]
    body_of_article: Word<'a>,
    #[serde(borrow)]
    content: Labels<'a>,
    #[serde(borrow)]
    html: Word<'a>,
    #[serde(borrow)]
    description: Word<'a>,
    #[serde(borrow)]
    summary: Word<'a>,

    #[serde(borrow)]
    author: Labels<'a>,
    #[serde(borrow)]
    authors: Labels<'a>,
    #[serde(borrow)]
    creator: Labels<'a>,
    #[serde(borrow)]
    byline: Word<'a>,

    #[serde(rename = "datePublished")]
    date_published: When,
    #[serde(rename = "date_published")]
    published_date: When,
    published_at: When,
    #[serde(rename = "publishedAt")]
    published_at_camel: When,
    published: When,
    publish_date: When,
    pub_date: When,
    #[serde(rename = "pubDate")]
    pub_date_camel: When,
    date: When,
    timestamp: When,
    #[serde(rename = "dateModified")]
    date_modified: When,
    modified: When,
    updated_at: When,

    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    link: Word<'a>,
    #[serde(borrow, rename = "mainEntityOfPage")]
    main_entity: Labels<'a>,
    #[serde(borrow, rename = "@id")]
    id: Word<'a>,

    #[serde(borrow)]
    lang: Labels<'a>,
    #[serde(borrow)]
    language: Labels<'a>,
    #[serde(borrow, rename = "inLanguage")]
    in_language: Labels<'a>,
    #[serde(borrow)]
    image: Labels<'a>,
    #[serde(borrow, rename = "urlToImage")]
    url_to_image: Labels<'a>,

    #[serde(rename = "@graph")]
    graph: Given<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Graph<'a> {
    #[serde(borrow, rename = "@graph")]
    nodes: Many<Maybe<Article<'a>>>,
}

pub(super) fn decode(text: &str, envelope: &Envelope<'_>) -> Result<Decoded, DecodeError> {
    let article: Article<'_> = object(text)?;
    if article.graph.0.is_some() {
        let graph: Graph<'_> = object(text)?;
        let node =
            graph.nodes.objects().find(|node| node.headline.get().is_some() || node.article_body.get().is_some());
        return match node {
            Some(node) => Ok(post(node, envelope)),
            None => Err(DecodeError::Missing { what: "an article in `@graph`" }),
        };
    }
    Ok(post(&article, envelope))
}

/// A whole HTML page in place of JSON.
pub(super) fn decode_html(html: &str, envelope: &Envelope<'_>) -> Decoded {
    web::post(Page { body: html, ..Page::default() }, envelope)
}

fn post(article: &Article<'_>, envelope: &Envelope<'_>) -> Decoded {
    let body = [
        article.article_body.trimmed(),
        article.body_of_article.trimmed(),
        article.body.word(),
        article.text.word(),
        article.content.word(),
        article.html.trimmed(),
        article.description.trimmed(),
        article.summary.trimmed(),
    ];
    let id = article.id.trimmed().filter(|id| id.starts_with("http"));
    let authors: Vec<&str> = [&article.author, &article.authors, &article.creator]
        .iter()
        .flat_map(|labels| labels.0.iter())
        .filter_map(Label::word)
        .collect();
    let author = (!authors.is_empty()).then(|| authors.join(", "));
    web::post(
        Page {
            title: article.headline.trimmed().or(article.title.word()).or(article.name.trimmed()),
            body: body.into_iter().flatten().next().unwrap_or_default(),
            address: article.url.trimmed().or(article.link.trimmed()).or(article.main_entity.address()).or(id),
            author: author.as_deref().or(article.byline.trimmed()),
            published: article.published(),
            edited: article.date_modified.0.or(article.modified.0).or(article.updated_at.0),
            lang: article.lang.word().or(article.language.word()).or(article.in_language.word()),
            media: article.image.address().or(article.url_to_image.address()).map(str::to_owned).into_iter().collect(),
            ..Page::default()
        },
        envelope,
    )
}

impl Article<'_> {
    fn published(&self) -> Option<Timestamp> {
        [
            self.date_published,
            self.published_date,
            self.published_at,
            self.published_at_camel,
            self.published,
            self.publish_date,
            self.pub_date,
            self.pub_date_camel,
            self.date,
            self.timestamp,
        ]
        .into_iter()
        .find_map(|when| when.0)
    }
}
