//! Time to decode one message, a format each: `cargo bench --bench decode`.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jiff::Timestamp;
use undercurrent::decode::{Envelope, Format, decode};

fn main() {
    divan::main();
}

const POST: &[u8] = include_bytes!("../tests/fixtures/decode/post/full.json");
const EXPORT: &[u8] = include_bytes!("../tests/fixtures/decode/telegram_export/channel_entities.json");
const BOT: &[u8] = include_bytes!("../tests/fixtures/decode/telegram_bot/channel_post.json");
const JETSTREAM: &[u8] = include_bytes!("../tests/fixtures/decode/jetstream/facets.json");
const ARTICLE: &[u8] = include_bytes!("../tests/fixtures/decode/article/html_body.json");

fn read(bencher: Bencher<'_, '_>, format: Format, payload: &[u8]) {
    let envelope = Envelope { payload, format: None, timestamp: Timestamp::UNIX_EPOCH };
    bencher.counter(BytesCount::of_slice(payload)).bench(|| decode(format, black_box(&envelope)));
}

#[divan::bench]
fn own_post(bencher: Bencher<'_, '_>) {
    read(bencher, Format::Post, POST);
}

#[divan::bench]
fn telegram_export(bencher: Bencher<'_, '_>) {
    read(bencher, Format::TelegramExport, EXPORT);
}

#[divan::bench]
fn telegram_bot(bencher: Bencher<'_, '_>) {
    read(bencher, Format::TelegramBot, BOT);
}

#[divan::bench]
fn jetstream(bencher: Bencher<'_, '_>) {
    read(bencher, Format::Jetstream, JETSTREAM);
}

#[divan::bench]
fn jetstream_by_shape(bencher: Bencher<'_, '_>) {
    read(bencher, Format::Auto, JETSTREAM);
}

#[divan::bench]
fn article_html(bencher: Bencher<'_, '_>) {
    read(bencher, Format::Article, ARTICLE);
}
