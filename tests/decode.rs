//! Every format in its documented shape, awkward cases included: `fixtures/decode/<format>/<case>.json|xml` beside
//! the golden `<case>.out`. The folder's name is the format; each fixture is read by it and by `auto`, which must agree
//! unless the name of the case begins with `only_`. `UPDATE_GOLDEN=1` writes the golden files anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use jiff::Timestamp;
use undercurrent::decode::{Decoded, Envelope, Format, decode, split};
use undercurrent::post::{Post, TimeFrom};
use undercurrent::record::PostRecord;

/// The record's timestamp in all fixtures; it shows in the golden file of a message without a time.
const RECORD_TIME: &str = "2025-02-01T00:00:00Z";

fn fixtures() -> Vec<(Format, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/decode");
    let mut all = Vec::new();
    for folder in fs::read_dir(root).expect("the fixtures are there") {
        let folder = folder.expect("readable").path();
        let name = folder.file_name().expect("named").to_string_lossy().into_owned();
        let format = name.parse().expect("a folder is named after a format");
        for file in fs::read_dir(&folder).expect("readable") {
            let file = file.expect("readable").path();
            if file.extension().is_some_and(|extension| extension != "out") {
                all.push((format, file));
            }
        }
    }
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all
}

fn read(format: Format, payload: &[u8]) -> String {
    let timestamp: Timestamp = RECORD_TIME.parse().expect("a time");
    match decode(format, &Envelope { payload, format: None, timestamp }) {
        Ok(Decoded::Post(post)) => render(&post),
        Ok(Decoded::Ignored(why)) => format!("ignored: {}\n", why.reason()),
        Err(error) => format!("unreadable: {}\n{error}\n", error.reason()),
    }
}

/// One line a field, absent ones left out.
fn render(post: &Post) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            writeln!(out, "{name:<15}{value}").expect("a string takes all");
        }
    };
    let list = |list: &[String]| (!list.is_empty()).then(|| format!("{list:?}"));
    line("id", Some(post.id.clone()));
    line("source", Some(post.source.clone()));
    line("kind", Some(post.kind.name().to_owned()));
    if let Some(author) = &post.author {
        let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        line(
            "author",
            Some(format!("id {} | handle {} | name {}", part(&author.id), part(&author.handle), part(&author.name))),
        );
    }
    line("channel", post.channel.clone());
    let record = if post.time_from == TimeFrom::Record { " (record)" } else { "" };
    line("published_at", Some(format!("{}{record}", post.published_at)));
    line("edited_at", post.edited_at.map(|time| time.to_string()));
    line("lang", post.lang.clone());
    line("title", post.title.as_ref().map(|title| format!("{title:?}")));
    line("text", Some(format!("{:?}", post.text)));
    line("links", list(&post.links));
    line("hashtags", list(&post.hashtags));
    line("mentions", list(&post.mentions));
    line("reply_to", post.reply_to.clone());
    line("repost_of", post.repost_of.clone());
    line("forwarded_from", post.forwarded_from.clone());
    line("media", list(&post.media));
    line("url", post.url.clone());
    out
}

#[test]
fn every_fixture_reads_as_written_beside_it() {
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = String::new();
    let fixtures = fixtures();
    assert!(fixtures.len() >= 60, "only {} fixtures", fixtures.len());
    for (format, path) in fixtures {
        let payload = fs::read(&path).expect("readable");
        let found = read(format, &payload);
        let golden = path.with_extension("out");
        if update {
            fs::write(&golden, &found).expect("writable");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if found != expected {
            write!(wrong, "\n{}\nexpected:\n{expected}found:\n{found}", path.display()).expect("a string takes all");
        }
        let only = path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("only_"));
        let by_shape = read(Format::Auto, &payload);
        if !only && by_shape != found {
            write!(wrong, "\n{}: auto reads it otherwise\n{by_shape}", path.display()).expect("a string takes all");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_post_written_as_a_record_reads_back_the_same() {
    for (format, path) in fixtures() {
        let payload = fs::read(&path).expect("readable");
        let found = read(format, &payload);
        let timestamp: Timestamp = RECORD_TIME.parse().expect("a time");
        let Ok(Decoded::Post(post)) = decode(format, &Envelope { payload: &payload, format: None, timestamp }) else {
            continue;
        };
        // Lists that are empty are looked for in the text again; those that were found there first are the same.
        let mut record = PostRecord::from(&*post);
        if record.links.is_empty() && record.hashtags.is_empty() && record.mentions.is_empty() {
            record.text = Some(post.text.replace(['#', '@', '/'], " "));
        }
        let text = record.text.clone().unwrap_or_default();
        let json = serde_json::to_vec(&record).expect("it serializes");
        assert_eq!(
            read(Format::Auto, &json).replace(&format!("{text:?}"), &format!("{:?}", post.text)),
            found,
            "{}",
            path.display()
        );
    }
}

#[test]
fn every_post_is_written_by_the_published_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(PostRecord)).expect("it serializes");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let fields = schema["properties"].as_object().expect("an object has properties");
    assert!(fields.values().all(|field| field["description"].is_string()), "every field is described: {schema:#}");
    for (format, path) in fixtures() {
        let payload = fs::read(&path).expect("readable");
        let timestamp: Timestamp = RECORD_TIME.parse().expect("a time");
        let Ok(Decoded::Post(post)) = decode(format, &Envelope { payload: &payload, format: None, timestamp }) else {
            continue;
        };
        let written = serde_json::to_value(PostRecord::from(&*post)).expect("it serializes");
        assert_eq!(written.as_object().map(serde_json::Map::len), Some(fields.len()), "all fields are there");
        assert!(validator.is_valid(&written), "{}: {:?}", path.display(), validator.validate(&written).err());
    }
}

/// What `split` makes of `input`, each piece read by `auto`: ids of posts, else the reason.
fn pieces(input: &str) -> Vec<String> {
    let timestamp: Timestamp = RECORD_TIME.parse().expect("a time");
    let pieces = split(Format::Auto, input.as_bytes()).expect("it splits");
    let name = |payload: &[u8]| match decode(Format::Auto, &Envelope { payload, format: None, timestamp }) {
        Ok(Decoded::Post(post)) => post.id,
        Ok(Decoded::Ignored(why)) => why.reason().to_owned(),
        Err(error) => error.reason().to_owned(),
    };
    pieces.iter().map(|piece| name(piece)).collect()
}

#[test]
fn exports_listings_and_feeds_split_into_posts() {
    let chat = r#"{"name":"Канал","type":"public_channel","id":1326001,"messages":[
        {"id":1,"type":"service","date":"2024-01-10T12:00:00","action":"create_channel","text":""},
        {"id":2,"type":"message","date":"2024-01-10T12:05:00","date_unixtime":"1704888300","from":"Канал","from_id":"channel1326001","text":"слово"}]}"#;
    let posts = ["service", "telegram/1326001/2"];
    assert_eq!(pieces(chat), posts);
    assert_eq!(
        pieces(&format!(r#"{{"about":"x","chats":{{"about":"y","list":[{chat},{chat}]}}}}"#)),
        [posts, posts].concat()
    );

    let updates = r#"{"ok":true,"result":[{"update_id":1,"channel_post":{"message_id":7,"date":1704888300,"chat":{"id":-1001326001,"type":"channel","username":"Kanal"},"text":"a"}},{"update_id":2,"callback_query":{}}]}"#;
    assert_eq!(pieces(updates), ["telegram/kanal/7", "interaction"]);

    let page = r#"{"data":[{"id":"11","text":"one","author_id":"1"},{"id":"12","text":"RT @b: two…","author_id":"1","referenced_tweets":[{"type":"retweeted","id":"10"}]}],
        "includes":{"users":[{"id":"1","username":"anna_k"},{"id":"2","username":"bo"},{"id":"3","username":"unused"}],"tweets":[{"id":"10","text":"two whole","author_id":"2"}]},"meta":{"result_count":2}}"#;
    assert_eq!(pieces(page), ["x/anna_k/11", "x/anna_k/12"]);
    let split_page = split(Format::X, page.as_bytes()).expect("it splits");
    let second = String::from_utf8_lossy(&split_page[1]);
    assert!(second.contains("two whole") && second.contains("\"bo\"") && !second.contains("unused"), "{second}");

    let thread = r#"[{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"id":"a","name":"t3_a","subreddit":"news","title":"T","selftext":""}}]}},
        {"kind":"Listing","data":{"children":[{"kind":"t1","data":{"id":"b","name":"t1_b","subreddit":"news","body":"x","parent_id":"t3_a",
            "replies":{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"id":"c","name":"t1_c","subreddit":"news","body":"y","parent_id":"t1_b","replies":""}},{"kind":"more","data":{}}]}}}}]}}]"#;
    assert_eq!(pieces(thread), ["reddit/news/t3_a", "reddit/news/t1_b", "reddit/news/t1_c", "other"]);

    let rss = "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>T</title><link>https://example.org/</link><language>uk</language>\
        <item><title>а</title><link>https://example.org/1</link></item>\n<item><title>б</title><link>https://example.org/2</link></item></channel></rss>";
    assert_eq!(pieces(rss), ["web/example.org/1", "web/example.org/2"]);

    let json_feed = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","url":"https://example.org/1","content_text":"x"},{"id":"2","url":"https://example.org/2","content_text":"y"}]}"#;
    assert_eq!(pieces(json_feed), ["web/example.org/1", "web/example.org/2"]);
}

#[test]
fn a_bad_line_among_good_ones_is_that_lines_problem() {
    let lines = "{\"id\":\"a/b/1\",\"source\":\"a\",\"text\":\"x\"}\n\n{\"id\":\n{\"id\":\"a/b/2\",\"source\":\"a\",\"text\":\"y\"}\r\n";
    assert_eq!(pieces(lines), ["a/b/1", "not_json", "a/b/2"]);
    let lines = b"{\"a\":1}\n\xff\xfe\n{\"b\":2}\n";
    let lines = split(Format::Auto, lines).expect("a line that is no UTF-8 is that line's problem");
    assert_eq!(lines.iter().map(|line| &**line).collect::<Vec<_>>(), [&b"{\"a\":1}"[..], b"\xff\xfe", b"{\"b\":2}"]);
    assert!(split(Format::Auto, b"no json\nat all").is_err());
    assert!(split(Format::Auto, b" \n").expect("nothing").is_empty());
}

#[test]
fn the_header_decides_before_the_shape() {
    let timestamp: Timestamp = RECORD_TIME.parse().expect("a time");
    let payload = br#"{"id":"1","text":"x"}"#;
    let by = |format: Option<&str>| decode(Format::Auto, &Envelope { payload, format, timestamp });
    assert!(matches!(by(Some("x")), Ok(Decoded::Post(post)) if post.id == "x/-/1"));
    assert_eq!(by(None).map_err(|error| error.reason()), Err("unrecognised"));
    assert_eq!(by(Some("morse")).map_err(|error| error.reason()), Err("invalid"));
}

#[test]
fn hostile_messages_end_as_errors_or_quickly() {
    let deep = format!("{{\"source\":\"a\",\"text\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_xml = format!("<rss>{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
    let many_tags = format!("{{\"source\":\"a\",\"text\":\"{}\"}}", "#a1 @b http://x.example/ ".repeat(20_000));
    let numbers = format!("[{}1]", "1,".repeat(500_000));
    let entities = format!(
        "{{\"message_id\":1,\"chat\":{{\"id\":1}},\"text\":\"{}\",\"entities\":[{}{{}}]}}",
        "😀".repeat(20_000),
        "{\"type\":\"hashtag\",\"offset\":39990,\"length\":2},".repeat(20_000)
    );
    for (payload, start) in [
        (deep.as_str(), "unreadable: too_deep"),
        (deep_xml.as_str(), "unreadable: too_deep"),
        (many_tags.as_str(), "id "),
        (numbers.as_str(), "unreadable: several_posts"),
        (entities.as_str(), "id "),
        ("{\"source\":\"a\",\"text\":\"\u{0}\"}", "unreadable: not_json"),
        (r#"{"source":"a","text":"a\u0000b"}"#, "id "),
        (r#"{"source":"a","text":"cut \ud83d"}"#, "id "),
        (r#"{"source":"a","source":"b","text":"x"}"#, "unreadable: invalid"),
        ("", "unreadable: empty_message"),
        ("[]", "unreadable: empty_message"),
        ("7", "unreadable: invalid"),
        ("<", "unreadable: not_xml"),
    ] {
        let found = read(Format::Auto, payload.as_bytes());
        assert!(found.starts_with(start), "{}: {found:.200}", &payload[..payload.len().min(60)]);
    }
    assert!(read(Format::Auto, b"{\"source\":\"\xFF\"}").starts_with("unreadable: not_utf8"));
}
