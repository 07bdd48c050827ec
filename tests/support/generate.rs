//! Posts of every format and language, with what cannot be read and what is no post mixed in. The same seed gives the
//! same bytes.

use serde_json::json;

use super::topics::Sent;

/// How an input must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Scored. The post's id holds this native id, where the format carries one.
    Scored { native: Option<String> },
    /// Counted and left out.
    Ignored,
    /// Published to the dead letters.
    DeadLetter,
}

/// A record and how it must end.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    pub(crate) record: Sent,
    pub(crate) fate: Fate,
}

/// What a payload looks like.
#[derive(Debug, Clone, Copy)]
enum Shape {
    TelegramExport,
    TelegramBot,
    Telethon,
    X,
    Jetstream,
    Mastodon,
    RedditSubmission,
    RedditComment,
    Rss,
    Atom,
    JsonFeed,
    Article,
    Own,
}

const SHAPES: [Shape; 13] = [
    Shape::TelegramExport,
    Shape::TelegramBot,
    Shape::Telethon,
    Shape::X,
    Shape::Jetstream,
    Shape::Mastodon,
    Shape::RedditSubmission,
    Shape::RedditComment,
    Shape::Rss,
    Shape::Atom,
    Shape::JsonFeed,
    Shape::Article,
    Shape::Own,
];

impl Shape {
    /// The name of its format, as the `format` header writes it.
    fn format(self) -> &'static str {
        match self {
            Self::TelegramExport => "telegram_export",
            Self::TelegramBot => "telegram_bot",
            Self::Telethon => "telethon",
            Self::X => "x",
            Self::Jetstream => "jetstream",
            Self::Mastodon => "mastodon",
            Self::RedditSubmission | Self::RedditComment => "reddit",
            Self::Rss | Self::Atom | Self::JsonFeed => "feed",
            Self::Article => "article",
            Self::Own => "post",
        }
    }
}

/// A language with ordinary words, and a phrase for a pack to find.
struct Tongue {
    code: &'static str,
    words: &'static [&'static str],
    phrase: &'static str,
}

const TONGUES: [Tongue; 4] = [
    Tongue {
        code: "en",
        words: &[
            "the", "bridge", "morning", "river", "council", "opened", "after", "rain", "market", "players", "said",
            "new", "school", "city", "before", "evening", "train", "harvest", "quiet", "with",
        ],
        phrase: "come and explore opportunities in Iraq",
    },
    Tongue {
        code: "ru",
        words: &[
            "утром",
            "город",
            "новый",
            "мост",
            "открыли",
            "после",
            "дождя",
            "рынок",
            "школа",
            "сказал",
            "вечером",
            "поезд",
            "урожай",
            "река",
            "тихо",
            "совет",
            "ещё",
            "игроки",
            "перед",
            "людей",
        ],
        phrase: "пора изучать возможности в Ираке",
    },
    Tongue {
        code: "uk",
        words: &[
            "вранці",
            "місто",
            "новий",
            "міст",
            "відкрили",
            "після",
            "дощу",
            "ринок",
            "школа",
            "сказав",
            "ввечері",
            "потяг",
            "врожай",
            "річка",
            "тихо",
            "рада",
            "гравці",
            "перед",
            "людей",
            "їхній",
        ],
        phrase: "час вивчати можливості в Іраку",
    },
    Tongue {
        code: "ar",
        words: &[
            "صباح",
            "المدينة",
            "جسر",
            "جديد",
            "افتتح",
            "بعد",
            "المطر",
            "السوق",
            "مدرسة",
            "قال",
            "مساء",
            "القطار",
            "الحصاد",
            "النهر",
            "هادئ",
            "المجلس",
            "اللاعبون",
            "قبل",
            "الناس",
            "هناك",
        ],
        phrase: "استكشاف الفرص في العراق",
    },
];

/// `SplitMix64` (Steele, Lea, Flood 2014): the shortest generator that passes the usual tests of randomness.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}

/// `posts` posts, `unreadable` records that nothing can read and `none` that hold no post, in random order over
/// `partitions`.
pub(crate) fn generate(seed: u64, posts: usize, unreadable: usize, none: usize, partitions: i32) -> Vec<Generated> {
    let mut dice = Dice(seed);
    let mut all = Vec::with_capacity(posts + unreadable + none);
    for number in 0..posts {
        // Each shape and language in turn, so that small sets have all of them too.
        let shape = SHAPES[number % SHAPES.len()];
        let tongue = &TONGUES[number / SHAPES.len() % TONGUES.len()];
        let (payload, native) = post(&mut dice, shape, tongue, number);
        let mut made = wrap(&mut dice, Some(payload), Fate::Scored { native }, partitions);
        if dice.below(16) == 0 {
            made.record.headers.push(("format".into(), Some(shape.format().into())));
        }
        all.push(made);
    }
    for number in 0..unreadable {
        let payload = broken(&mut dice, number);
        all.push(wrap(&mut dice, Some(payload), Fate::DeadLetter, partitions));
    }
    for number in 0..none {
        let payload = no_post(number);
        all.push(wrap(&mut dice, payload, Fate::Ignored, partitions));
    }
    dice.shuffle(&mut all);
    all
}

/// A post of our own shape under a key so long that its scored record is larger than `bytes`, because the key of the
/// input is the key of the output.
pub(crate) fn with_large_key(bytes: usize, partition: i32) -> Generated {
    let payload = json!({ "id": "web/large/key", "source": "web", "text": "a post under a large key" });
    let record = Sent {
        partition,
        key: Some(vec![b'k'; bytes]),
        payload: Some(payload.to_string().into_bytes()),
        headers: Vec::new(),
    };
    Generated { record, fate: Fate::DeadLetter }
}

/// Adds key, headers and partition.
fn wrap(dice: &mut Dice, payload: Option<Vec<u8>>, fate: Fate, partitions: i32) -> Generated {
    let key = match dice.below(5) {
        0 => None,
        1 => Some(dice.next().to_be_bytes().to_vec()),
        _ => Some(format!("key-{}", dice.below(1000)).into_bytes()),
    };
    let mut headers = Vec::new();
    if dice.below(3) == 0 {
        let parent = format!("00-{:016x}{:016x}-{:016x}-01", dice.next(), dice.next() | 1, dice.next() | 1);
        headers.push(("traceparent".to_owned(), Some(parent.into_bytes())));
    }
    if dice.below(4) == 0 {
        // Names may repeat, values may be absent, empty, or no text.
        headers.push(("collector".into(), Some(b"a".to_vec())));
        headers.push(("collector".into(), None));
        headers.push(("collector".into(), Some(Vec::new())));
        headers.push(("raw".into(), Some(vec![0xff, 0x00, 0xfe])));
    }
    let partition = i32::try_from(dice.below(usize::try_from(partitions).expect("a count"))).expect("below an i32");
    Generated { record: Sent { partition, key, payload, headers }, fate }
}

fn sentence(dice: &mut Dice, tongue: &Tongue) -> String {
    let mut words: Vec<&str> = (0..8 + dice.below(32)).map(|_| *dice.of(tongue.words)).collect();
    // A quarter of the posts.
    if dice.below(4) == 0 {
        words.insert(dice.below(words.len()), tongue.phrase);
    }
    format!("{}.", words.join(" "))
}

/// A payload, and the native id that the post's id must hold; feeds and articles have addresses in its place.
#[allow(clippy::too_many_lines, reason = "a table: one arm a shape")]
fn post(dice: &mut Dice, shape: Shape, tongue: &Tongue, number: usize) -> (Vec<u8>, Option<String>) {
    let text = sentence(dice, tongue);
    let lang = tongue.code;
    let id = 1_000_000 + number;
    let author = 1_000 + dice.below(200);
    let seconds = 1_737_800_000 + i64::try_from(number).expect("a small number");
    let time = jiff::Timestamp::from_second(seconds).expect("a time of our days");
    let address = format!("https://news{author}.example/{lang}/{id}");
    let title = text.split(' ').take(6).collect::<Vec<_>>().join(" ");
    let (payload, native) = match shape {
        Shape::TelegramExport => (
            json!({ "id": id, "type": "message", "date": time.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "date_unixtime": seconds.to_string(), "from": format!("Channel {author}"),
                "from_id": format!("channel{author}"), "text": text,
                "text_entities": [{ "type": "plain", "text": text }] }),
            id.to_string(),
        ),
        Shape::TelegramBot => (
            json!({ "update_id": id, "channel_post": { "message_id": id,
                "sender_chat": { "id": -1_001_000_000_000_i64, "title": "A channel", "username": format!("channel{author}"), "type": "channel" },
                "chat": { "id": -1_001_000_000_000_i64, "title": "A channel", "username": format!("channel{author}"), "type": "channel" },
                "date": seconds, "text": text } }),
            id.to_string(),
        ),
        Shape::Telethon => (
            json!({ "_": "Message", "id": id, "peer_id": { "_": "PeerChannel", "channel_id": author },
                "date": time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(), "message": text, "out": false,
                "post": true, "from_id": null, "fwd_from": null, "reply_to": null, "media": null, "entities": [] }),
            id.to_string(),
        ),
        Shape::X => (
            json!({ "data": { "id": id.to_string(), "text": text, "author_id": author.to_string(), "lang": lang,
                    "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string() },
                "includes": { "users": [{ "id": author.to_string(), "username": format!("user{author}"), "name": "A user" }] } }),
            id.to_string(),
        ),
        Shape::Jetstream => {
            let key = format!("3l{id:0>11}");
            let event = json!({ "did": format!("did:plc:{author:a>24}"), "time_us": seconds * 1_000_000, "kind": "commit",
                "commit": { "rev": key, "operation": "create", "collection": "app.bsky.feed.post", "rkey": key,
                    "record": { "$type": "app.bsky.feed.post", "createdAt": time.to_string(), "langs": [lang], "text": text },
                    "cid": format!("bafyrei{id}") } });
            (event, key)
        }
        Shape::Mastodon => (
            json!({ "id": id.to_string(), "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
                "in_reply_to_id": null, "sensitive": false, "spoiler_text": "", "visibility": "public", "language": lang,
                "uri": format!("https://social.example/users/u{author}/statuses/{id}"),
                "url": format!("https://social.example/@u{author}/{id}"), "content": format!("<p>{text}</p>"),
                "reblog": null, "media_attachments": [], "mentions": [], "tags": [],
                "account": { "id": author.to_string(), "username": format!("u{author}"), "acct": format!("u{author}"),
                    "display_name": "Somebody", "url": format!("https://social.example/@u{author}") } }),
            id.to_string(),
        ),
        Shape::RedditSubmission => {
            let native = format!("s{id}");
            let data = json!({ "id": native, "name": format!("t3_{native}"), "subreddit": format!("sub{}", author % 10),
                "author": format!("user{author}"), "title": title, "selftext": text, "is_self": true,
                "created_utc": seconds, "permalink": format!("/r/sub{}/comments/{native}/x/", author % 10) });
            (json!({ "kind": "t3", "data": data }), native)
        }
        Shape::RedditComment => {
            let native = format!("c{id}");
            let data = json!({ "id": native, "name": format!("t1_{native}"), "subreddit": format!("sub{}", author % 10),
                "author": format!("user{author}"), "body": text, "link_id": "t3_above", "parent_id": "t3_above",
                "created_utc": seconds, "permalink": format!("/r/sub{}/comments/above/x/{native}/", author % 10) });
            (json!({ "kind": "t1", "data": data }), native)
        }
        Shape::Rss => {
            let date = time.strftime("%a, %d %b %Y %H:%M:%S +0000");
            let item = format!(
                "<item><title>{title}</title><link>{address}</link><guid isPermaLink=\"true\">{address}</guid>\
                 <pubDate>{date}</pubDate><description>{text}</description></item>"
            );
            return (item.into_bytes(), None);
        }
        Shape::Atom => {
            let entry = format!(
                "<entry xmlns=\"http://www.w3.org/2005/Atom\"><id>{address}</id><title>{title}</title>\
                 <link rel=\"alternate\" href=\"{address}\"/><updated>{time}</updated><published>{time}</published>\
                 <author><name>Newsroom {author}</name></author><content type=\"html\">&lt;p&gt;{text}&lt;/p&gt;</content></entry>"
            );
            return (entry.into_bytes(), None);
        }
        Shape::JsonFeed => {
            let item = json!({ "id": address, "url": address, "title": title, "content_html": format!("<p>{text}</p>"),
                "date_published": time.to_string(), "authors": [{ "name": format!("Newsroom {author}") }] });
            return (item.to_string().into_bytes(), None);
        }
        Shape::Article => {
            let mut article = json!({ "title": title, "author": format!("Writer {author}"), "date": time.to_string(),
                "url": address });
            if number.is_multiple_of(2) {
                article["body"] = json!(text);
            } else {
                article["html"] = json!(format!("<article><p>{text}</p></article>"));
            }
            return (article.to_string().into_bytes(), None);
        }
        Shape::Own => {
            let native = format!("web/site{author}/{id}");
            let own = json!({ "id": native, "source": "web", "kind": "article", "author": { "handle": format!("site{author}") },
                "published_at": time.to_string(), "lang": lang, "title": title, "text": text });
            (own, native)
        }
    };
    (payload.to_string().into_bytes(), Some(native))
}

/// What nothing can read.
fn broken(dice: &mut Dice, number: usize) -> Vec<u8> {
    let tongue = &TONGUES[number % TONGUES.len()];
    match number % 5 {
        0 => format!("{{\"id\": {number}, \"text\": \"a {{ too many\", }}}}").into_bytes(),
        1 => {
            let (mut whole, _) = post(dice, Shape::Telethon, tongue, number);
            whole.truncate(1 + dice.below(whole.len() - 1));
            whole
        }
        2 => {
            // A first byte that starts no text, so that chance never writes a readable message.
            let mut bytes = vec![0xff];
            bytes.extend((0..4 + dice.below(40)).flat_map(|_| dice.next().to_be_bytes()));
            bytes
        }
        3 => {
            let mut bytes = format!("{{\"id\":\"web/x/{number}\",\"source\":\"web\",\"text\":\"").into_bytes();
            bytes.extend([0xd0, 0xd0, 0xff, 0xfe]);
            bytes.extend(b"\"}");
            bytes
        }
        _ => Vec::new(),
    }
}

/// What can be read and holds no post; `None` is a tombstone, the deletion of a compacted topic.
fn no_post(number: usize) -> Option<Vec<u8>> {
    let did = format!("did:plc:{number:b>24}");
    let commit = |operation: &str, collection: &str, record: serde_json::Value| {
        json!({ "did": did, "time_us": 1_737_800_000_000_000_i64, "kind": "commit",
            "commit": { "rev": "3lx", "operation": operation, "collection": collection,
                "rkey": format!("3l{number:0>11}"), "record": record } })
    };
    let like = json!({ "$type": "app.bsky.feed.like", "createdAt": "2025-01-25T14:02:00Z",
        "subject": { "cid": "bafyrei", "uri": "at://did:plc:x/app.bsky.feed.post/3l" } });
    let event = match number % 8 {
        0 => commit("create", "app.bsky.feed.like", like),
        1 => commit("delete", "app.bsky.feed.post", serde_json::Value::Null),
        2 => json!({ "did": did, "time_us": 1_737_800_000_000_000_i64, "kind": "identity",
            "identity": { "did": did, "handle": "a.example", "seq": number, "time": "2025-01-25T14:02:00Z" } }),
        3 => json!({ "did": did, "time_us": 1_737_800_000_000_000_i64, "kind": "account",
            "account": { "active": true, "did": did, "seq": number, "time": "2025-01-25T14:02:00Z" } }),
        4 => json!({ "id": number, "type": "service", "date": "2025-01-25T14:02:00", "date_unixtime": "1737813720",
            "actor": "Admin", "actor_id": "user100", "action": "pin_message", "text": "" }),
        5 => json!({ "_": "MessageService", "id": number, "peer_id": { "_": "PeerChannel", "channel_id": 5 },
            "date": "2025-01-25T14:02:00+00:00", "action": { "_": "MessageActionPinMessage" } }),
        6 => return None,
        _ => json!({ "event": "delete", "payload": (1_000_000 + number).to_string() }),
    };
    Some(event.to_string().into_bytes())
}
