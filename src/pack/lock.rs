//! `packs.lock`: what each pack meant under its version, so that a changed meaning without a new version is caught.
//!
//! A lock is a file beside packs, one line a pack in the order of names, made for review in git. What it remembers is
//! the [`meaning`]: a hash over the pack as read, without comments, layout and the order within word lists, and without
//! the keys that only speak about the pack. Language files and exceptions are left out on purpose, although a pack's
//! digest covers them: the digest says what gave a score, down to the last cue; the lock says whose decision a change
//! was. A better Ukrainian cue list, or one more exception, must not make the authors of every pack raise a version.

use std::fmt::Write as _;

use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;

use super::PackFile;
use crate::problem::{Problem, Source};
use crate::yaml::{self, At, Named, Node, Tree};

/// Keys of a pack that say nothing about what it finds: who wrote it and why, how far it has come, its tests.
const ABOUT: [&str; 11] = [
    "version",
    "requires",
    "status",
    "title",
    "description",
    "authors",
    "updated",
    "references",
    "blind_spots",
    "false_positives",
    "tests",
];

/// Deeper than any tree whose aliases name each other without end.
const DEEPEST: usize = 128;

/// A locked pack.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// Its version.
    pub version: At<String>,
    /// What it meant.
    pub meaning: At<String>,
}

/// What a `packs.lock` remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Name → version and meaning.
    pub packs: Named<Locked>,
}

impl Lock {
    /// Reads one.
    #[must_use]
    pub fn read(source: &Source) -> (Option<Self>, Vec<Problem>) {
        if source.text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
            return (Some(Self::default()), Vec::new());
        }
        let tree = match Tree::parse(&source.text) {
            Ok(tree) => tree,
            Err(problem) => return (None, vec![problem]),
        };
        let (packs, problems) = yaml::read(&tree);
        (packs.filter(|_| problems.is_empty()).map(|packs| Self { packs }), problems)
    }

    /// What is wrong with a pack by what the lock remembers of it.
    #[must_use]
    pub fn compare(&self, pack: &PackFile, meaning: &str) -> Option<Problem> {
        let (name, version) = (&pack.pack.value, &pack.version);
        let now = Version::parse(version).ok()?;
        let Some(locked) = self.packs.get(name) else {
            let problem = Problem::warning("UC097", format!("`{name}` is not in packs.lock yet"), version.span.clone());
            return Some(problem.help("run `undercurrent check --lock`"));
        };
        let before = Version::parse(&locked.version).ok()?;
        if now < before {
            let message = format!("packs.lock knows `{name}` as {before}, this is {now}");
            let problem = Problem::error("UC096", message, version.span.clone());
            return Some(problem.help(format!("write a version above {before}")));
        }
        if now > before {
            let message = format!("packs.lock knows `{name}` as {before} only");
            let problem = Problem::warning("UC097", message, version.span.clone());
            return Some(problem.help("run `undercurrent check --lock`"));
        }
        if locked.meaning.value == meaning {
            return None;
        }
        let message = format!("`{name}` {now} means something else than when it was locked");
        let mut next = now;
        (next.minor, next.patch) = (next.minor + 1, 0);
        (next.pre, next.build) = (semver::Prerelease::EMPTY, semver::BuildMetadata::EMPTY);
        let help =
            format!("a changed meaning needs a new version: write `{next}`, then run `undercurrent check --lock`");
        Some(Problem::error("UC095", message, version.span.clone()).help(help))
    }

    /// Entries whose pack is not among `names`.
    #[must_use]
    pub fn absent(&self, names: &[&str]) -> Vec<Problem> {
        let gone = self.packs.0.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        gone.map(|(name, _)| {
            let problem =
                Problem::warning("UC098", format!("no file holds the pack `{}`", name.value), name.span.clone());
            problem.did_you_mean(&name.value, names.iter().copied())
        })
        .map(|problem| if problem.help.is_none() { problem.help("remove the line if that is meant") } else { problem })
        .collect()
    }

    /// Remembers a pack as it is now.
    pub fn remember(&mut self, pack: &PackFile, meaning: &str) {
        let at = |value: &str| At { value: value.to_string(), span: 0..0 };
        let locked = Locked { version: at(&pack.version), meaning: at(meaning) };
        match self.packs.0.iter_mut().find(|(name, _)| name.value == pack.pack.value) {
            Some((_, known)) => *known = locked,
            None => self.packs.0.push((at(&pack.pack), locked)),
        }
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# What each pack means under its version. `undercurrent check` compares, `undercurrent check --lock` writes.\n",
        );
        let mut packs: Vec<_> = self.packs.0.iter().collect();
        packs.sort_by(|(one, _), (other, _)| one.value.cmp(&other.value));
        for (name, Locked { version, meaning }) in packs {
            let _ =
                writeln!(text, "{}: {{ version: \"{}\", meaning: \"{}\" }}", name.value, version.value, meaning.value);
        }
        text
    }
}

/// `blake3:` and the hash over what a pack finds.
#[must_use]
pub fn meaning(text: &str) -> Option<String> {
    let tree = Tree::parse(text).ok()?;
    let Node::Map(entries) = tree.node(tree.root()) else { return None };
    let about = |key: usize| tree.scalar(key).is_some_and(|key| ABOUT.contains(&key));
    let means: Vec<(usize, usize)> = entries.iter().copied().filter(|(key, _)| !about(*key)).collect();
    let mut hashes = Hashes { tree: &tree, known: vec![None; tree.len()] };
    Some(format!("blake3:{}", hashes.map(&means, 0).to_hex()))
}

/// One hash a node, made once: an alias that is named a thousand times costs no more than its list.
struct Hashes<'t> {
    tree: &'t Tree,
    known: Vec<Option<blake3::Hash>>,
}

impl Hashes<'_> {
    fn node(&mut self, at: usize, depth: usize) -> blake3::Hash {
        if let Some(known) = self.known[at] {
            return known;
        }
        let hash = match self.tree.node(at) {
            _ if depth > DEEPEST => blake3::hash(b"too deep"),
            Node::Scalar { text, .. } => combine(b's', [blake3::hash(text.as_bytes())]),
            Node::List(items) => {
                let mut hashes: Vec<blake3::Hash> = items.iter().map(|item| self.node(*item, depth + 1)).collect();
                // Phrases, accounts and names are sets; the order of indicators is that of the hits in a record.
                if items.iter().all(|item| matches!(self.tree.node(*item), Node::Scalar { .. })) {
                    hashes.sort_unstable_by_key(|hash| *hash.as_bytes());
                    hashes.dedup();
                }
                combine(b'l', hashes)
            }
            Node::Map(entries) => self.map(entries, depth),
        };
        self.known[at] = Some(hash);
        hash
    }

    fn map(&mut self, entries: &[(usize, usize)], depth: usize) -> blake3::Hash {
        let mut hashes: Vec<blake3::Hash> = entries
            .iter()
            .map(|(key, value)| combine(b'e', [self.node(*key, depth + 1), self.node(*value, depth + 1)]))
            .collect();
        hashes.sort_unstable_by_key(|hash| *hash.as_bytes());
        combine(b'm', hashes)
    }
}

fn combine(sort: u8, parts: impl IntoIterator<Item = blake3::Hash>) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[sort]);
    for part in parts {
        hasher.update(part.as_bytes());
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "pack: p\nversion: 1.0.0\ntitle: T\nwords: { a: { en: [one, two] }, b: { en: [three] } }\nindicators:\n  - { id: i, title: I, points: 5, match: { words: [a, b] } }\ntests: []\n";

    #[track_caller]
    fn check(from: &str, to: &str, same: bool) {
        let other = PACK.replace(from, to);
        assert_ne!(other, PACK, "{from} is there");
        assert_eq!(meaning(PACK) == meaning(&other), same, "{from} → {to}");
    }

    #[test]
    fn only_what_is_found_is_meant() {
        check("title: T", "title: Another # and a comment", true);
        check("1.0.0", "2.0.0", true);
        check("tests: []", "tests: [{ name: t, posts: [], expect: {} }]", true);
        check("{ en: [one, two] }", "{ en: [ \"two\",   one ] }", true);
        check("[one, two]", "[one]", false);
        check("points: 5", "points: 6", false);
        check("en: [three]", "ru: [three]", false);
        check("[a, b]", "[a]", false);
        check("id: i", "id: j", false);
    }

    fn pack(version: &str, points: u32) -> (PackFile, String) {
        let text = PACK.replace("1.0.0", version).replace("points: 5", &format!("points: {points}"));
        let (file, problems) = yaml::read::<PackFile>(&Tree::parse(&text).unwrap());
        assert!(problems.is_empty(), "{problems:?}");
        (file.unwrap(), meaning(&text).unwrap())
    }

    #[test]
    fn a_changed_meaning_needs_a_higher_version() {
        let mut lock = Lock::default();
        let (file, meant) = pack("1.0.0", 5);
        let code = |lock: &Lock, version, points| {
            let (file, meaning) = pack(version, points);
            lock.compare(&file, &meaning).map(|problem| problem.code)
        };
        assert_eq!(code(&lock, "1.0.0", 5), Some("UC097"));
        lock.remember(&file, &meant);
        let (read, problems) = Lock::read(&Source { name: "packs.lock".into(), text: lock.text() });
        assert_eq!(problems, []);
        let read = read.unwrap();
        assert_eq!(read.text(), lock.text());
        assert_eq!(code(&read, "1.0.0", 5), None);
        assert_eq!(code(&read, "1.0.0", 6), Some("UC095"));
        assert_eq!(code(&read, "0.9.0", 6), Some("UC096"));
        assert_eq!(code(&read, "1.1.0", 6), Some("UC097"));
        assert_eq!(read.absent(&["p"]), []);
        assert_eq!(read.absent(&["q"]).len(), 1);
    }
}
