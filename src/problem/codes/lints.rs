//! Exceptions files, what a reviewer would say of a pack, and what `packs.lock` remembers.

use super::{Code, error, warning};

pub(super) const EXCEPTIONS: &[Code] = &[
    error(
        "UC070",
        "an exception that excepts nothing",
        "It names the posts that do not count: by author, domain, phrase or id.",
        "except: {}",
        "except: { authors: [web/newsroom.example] }",
    ),
    error(
        "UC071",
        "an exception without a reason",
        "An exception that nobody can judge stays for ever.",
        "because: \"\"",
        "because: the newsroom quotes the channel in every headline",
    ),
    warning(
        "UC072",
        "an exception that has run out",
        "It no longer holds. Look whether it is still needed, then move `until` or remove it.",
        "until: 2020-06-30",
        "until: 2999-06-30",
    ),
    error(
        "UC073",
        "exceptions of an unknown pack",
        "No pack of this name is among the given files or in the program, so that nothing would be excepted.",
        "exceptions: ru-irak-outreach",
        "exceptions: ru-iraq-outreach",
    ),
];

pub(super) const LINTS: &[Code] = &[
    warning(
        "UC080",
        "text that is not shown as it is read",
        "Bidirectional controls change the order in which a line is shown, so that a reviewer sees another file than the \
         program reads. Delete them, or write them as escapes in double quotation marks.",
        "title: a <U+202E>kcap<U+202C>",
        "title: \"a \\u202Ekcap\\u202C\"",
    ),
    warning(
        "UC081",
        "an invisible character",
        "Nobody who reviews the file can see it. Zero-width characters come along with copied text; folding drops them, \
         a name or an account with one never matches. Delete it, or write it as an escape in double quotation marks.",
        "accounts: [telegram/ry<U+200B>bar]",
        "accounts: [telegram/rybar]",
    ),
    warning(
        "UC082",
        "a word list that nothing uses",
        "No indicator and no actor names it: a forgotten list, or a forgotten indicator.",
        "words: { call: { en: [come] }, sport: { en: [match] } }\nindicators: [{ …, match: { words: [call] } }]",
        "words: { call: { en: [come] }, sport: { en: [match] } }\nindicators: [{ …, match: { all: [{ words: [call] }, { not: { words: [sport] } }] } }]",
    ),
    warning(
        "UC083",
        "an actor that nothing can find",
        "It has no account and no name, so that it never speaks and nobody speaks of it.",
        "actors: { channel: { title: The channel } }",
        "actors: { channel: { title: The channel, accounts: [telegram/channel] } }",
    ),
    warning(
        "UC084",
        "a domain list that nothing uses",
        "No `link` names it.",
        "domains: { mirrors: [example.org] }\nindicators: [{ …, match: { link: { domains: [other.example] } } }]",
        "domains: { mirrors: [example.org] }\nindicators: [{ …, match: { link: { domains: [mirrors] } } }]",
    ),
    warning(
        "UC085",
        "a phrase stands twice in a list",
        "After folding (case, ё, diacritics, hamza forms, a leading ال) the two are the same phrase of one language.",
        "country: { ru: [Ирак, ирак] }",
        "country: { ru: [ирак] }",
    ),
    warning(
        "UC086",
        "a phrase that another one swallows",
        "Wherever this phrase stands, the other one of the same list is found too. Remove it, or narrow the other.",
        "country: { ru: [росси*, россия] }",
        "country: { ru: [росси*] }",
    ),
    warning(
        "UC087",
        "a common word is enough for a hit",
        "The indicator gives points for a single word that is among the most frequent of its language: it hits nearly \
         every long text. Ask for another word near it, or take it out.",
        "words: { call: { en: [time] } }\nmatch: { words: [call] }",
        "words: { call: { en: [time] }, country: { en: [ruritania*] } }\nmatch: { near: { words: [call, country], within: 12 } }",
    ),
    warning(
        "UC088",
        "an indicator that no inline test hits",
        "Nothing shows that it finds what it is meant to find, and nobody notices when it no longer does.",
        "tests: []   # none with a post that `call` hits",
        "tests: [{ name: the call, posts: [{ text: Come to Ruritania }], expect: { hits: [call] } }]",
    ),
    warning(
        "UC089",
        "an alert that another one always outdoes",
        "A post raises the highest alert only, by level, then by `at`. Whenever this one would be raised, so is a higher.",
        "- { id: review, level: medium, at: 60 }\n- { id: urgent, level: high, at: 50 }",
        "- { id: review, level: medium, at: 50 }\n- { id: urgent, level: high, at: 60 }",
    ),
    warning(
        "UC090",
        "a regular expression without fixed text",
        "There is no run of letters by which the search could skip ahead, and no list that must occur beside it: it is \
         run over every letter of every post.",
        "regex: \"[a-z]+[0-9]{6}\"",
        "regex: \"invoice [0-9]{6}\"",
    ),
    warning(
        "UC091",
        "a regular expression that folded text never matches",
        "An expression sees the folded text: lower case, without accents, ё or tashkeel. Letters that folding changes are \
         never there. Write them folded, or say `raw: true`.",
        "regex: \"Ирак [0-9]+\"",
        "regex: \"ирак [0-9]+\"",
    ),
    warning(
        "UC092",
        "a match that can never hold",
        "What it names is there, but empty: a list without a phrase, an actor without an account or without a name.",
        "words: { call: { en: [] } }\nmatch: { words: [call] }",
        "words: { call: { en: [come and see] } }\nmatch: { words: [call] }",
    ),
    warning(
        "UC093",
        "a pack without indicators",
        "It reads every post and says nothing of any.",
        "indicators: []",
        "indicators: [{ id: call, title: The call, points: 20, match: { words: [call] } }]",
    ),
];

pub(super) const LOCK: &[Code] = &[
    error(
        "UC095",
        "a changed meaning under the old version",
        "`packs.lock` knows this version with another meaning. Scores name the version, and readers compare by it: raise \
         it, then run `check --lock`. Comments, texts about the pack and its tests are no part of the meaning.",
        "version: 1.0.0   # and `points` changed since",
        "version: 1.1.0",
    ),
    error(
        "UC096",
        "a version that goes back",
        "`packs.lock` knows a later version of this pack. A version that was used is never used again for something else.",
        "version: 1.0.0   # packs.lock has 1.2.0",
        "version: 1.3.0",
    ),
    warning(
        "UC097",
        "a version that is not locked yet",
        "`packs.lock` stands beside this pack and does not know this version. `check --lock` writes it down.",
        "version: 1.1.0   # packs.lock has 1.0.0",
        "version: 1.1.0   # after `undercurrent check --lock`, packs.lock has 1.1.0",
    ),
    warning(
        "UC098",
        "a locked pack that is not there",
        "`packs.lock` names a pack that no file beside it holds: it was renamed, moved or deleted. Remove the line if that \
         is meant.",
        "old-name: { version: 1.0.0, meaning: \"blake3:…\" }",
        "new-name: { version: 1.0.0, meaning: \"blake3:…\" }",
    ),
];

/// What `run` and a reload ask besides.
pub(super) const TESTS: &[Code] = &[error(
    "UC099",
    "an inline test that fails",
    "The pack does not do what its own test says. `run` does not start with it, and a reload keeps the packs in force; \
     `test` shows what was found, and the words that decided.",
    "expect: { alerts: [outreach] }   # and it raises none",
    "known_miss: true                 # or the pack is mended",
)];
