//! No bytes make the decoders panic, whatever format they are said to be: neither arbitrary ones, nor fixtures with
//! bytes flipped, cut off or spliced in. And what is decoded keeps its promises.

use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs};

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use undercurrent::decode::{Decoded, Envelope, Format, decode, split};

/// 12 formats a case and four payloads: 1.4 million decoded messages, which take seconds.
const CASES: u32 = 30_000;

static FIXTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/decode");
    let mut files = Vec::new();
    for folder in fs::read_dir(root).expect("the fixtures are there").flatten() {
        files.extend(fs::read_dir(folder.path()).expect("readable").flatten().map(|file| file.path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension != "out"));
    files.sort();
    files.iter().map(|path| fs::read(path).expect("readable")).collect()
});

fn decode_as_everything(payload: &[u8]) {
    for format in Format::ALL {
        match decode(format, &Envelope { payload, format: None, timestamp: Timestamp::UNIX_EPOCH }) {
            Ok(Decoded::Post(post)) => {
                assert!(post.has_content(), "an empty post is ignored");
                assert!(!post.id.is_empty() && !post.source.is_empty());
                for list in [&post.links, &post.hashtags, &post.mentions, &post.media] {
                    let mut once = list.clone();
                    once.sort();
                    once.dedup();
                    assert_eq!(once.len(), list.len(), "each once");
                }
            }
            Ok(Decoded::Ignored(_)) => {}
            Err(error) => assert!(error.to_string().len() < 2000 && !error.reason().is_empty()),
        }
    }
}

fn fixture(index: Index) -> &'static [u8] {
    &FIXTURES[index.index(FIXTURES.len())]
}

/// What JSON and XML are made of, so that chance makes something that parses.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("null".to_owned()),
        Just("\"\\ud83d\"".to_owned()),
        Just("<item>".to_owned()),
        Just("</item>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("&#x0;".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        prop::sample::select(vec![
            "text", "data", "id", "message", "chat", "_", "kind", "commit", "content", "title", "source", "entities",
            "media"
        ])
        .prop_map(|key| format!("\"{key}\":")),
        "\\PC{0,8}".prop_map(|text| format!("{text:?}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), tokens in prop::collection::vec(token(), 0..40)) {
        decode_as_everything(&bytes);
        decode_as_everything(tokens.concat().as_bytes());
    }

    #[test]
    fn damaged_fixtures(from in any::<Index>(), flips in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4), cut in any::<Index>(), cuts in prop::bool::weighted(0.2)) {
        let mut bytes = fixture(from).to_vec();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        decode_as_everything(&bytes);
    }

    #[test]
    fn spliced_fixtures(one in any::<Index>(), other in any::<Index>(), at in any::<Index>(), from in any::<Index>(), length in 0_usize..300) {
        let mut bytes = fixture(one).to_vec();
        let other = fixture(other);
        let from = from.index(other.len());
        let piece = &other[from..(from + length).min(other.len())];
        let at = at.index(bytes.len());
        bytes.splice(at..at, piece.iter().copied());
        decode_as_everything(&bytes);
    }

    #[test]
    fn split_never_panics(one in any::<Index>(), other in any::<Index>(), at in any::<Index>(), byte in any::<u8>(), lines in any::<bool>()) {
        let mut bytes = fixture(one).to_vec();
        if lines {
            bytes = [&bytes[..], b"\n", fixture(other)].concat();
        }
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = split(Format::Auto, &bytes);
        let _ = split(Format::Post, &bytes);
        let wrapped = [b"{\"messages\":[", &bytes[..], b"]}"].concat();
        let _ = split(Format::Auto, &wrapped);
    }
}
