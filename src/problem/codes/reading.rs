//! Structure: what no file may have, whatever its sort.

use super::{Code, error};

pub(super) const CODES: &[Code] = &[
    error(
        "UC001",
        "this is not YAML",
        "The file cannot be read as YAML, or holds nothing. Indent with spaces, close brackets and quotation marks, and \
         quote text that begins with one of `*&!|>%@[{` or holds `: ` or ` #`.",
        "title: Russia: a partner",
        "title: \"Russia: a partner\"",
    ),
    error(
        "UC002",
        "unknown key",
        "No such key is known at this place, so what stands below it would be ignored. It is usually misspelt, or one \
         level too deep or too high.",
        "pack: example\nverison: 1.0.0",
        "pack: example\nversion: 1.0.0",
    ),
    error(
        "UC003",
        "a needed key is missing",
        "Without this key the rest has no meaning. The place is the mapping that needs it.",
        "- { id: call, points: 20, match: { words: [call] } }",
        "- { id: call, title: The call, points: 20, match: { words: [call] } }",
    ),
    error(
        "UC004",
        "another sort of value is expected",
        "A number, a list, a mapping or text stands where another of them is needed.",
        "points: many",
        "points: 20",
    ),
    error(
        "UC005",
        "a key stands twice",
        "Readers of YAML differ in which of the two they take. Merge them, or rename one.",
        "words:\n  call: { en: [come] }\n  call: { ru: [приезжайте] }",
        "words:\n  call: { en: [come], ru: [приезжайте] }",
    ),
    error(
        "UC006",
        "unknown kind",
        "A kind is a key with what it needs below it. The kinds that are known here are named.",
        "match: { nera: { words: [a, b], within: 9 } }",
        "match: { near: { words: [a, b], within: 9 } }",
    ),
    error(
        "UC007",
        "the file unfolds to more than anyone wrote",
        "Nesting without end, or aliases that name lists of aliases: reading it would cost more than it says.",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]",
        "a: [x, x]",
    ),
    error(
        "UC008",
        "this is no file of ours",
        "Files are told apart by their first key: `pack:`, `exceptions:`, `language:` or `pipeline:`.",
        "title: My pack\npack: example",
        "pack: example\ntitle: My pack",
    ),
];
