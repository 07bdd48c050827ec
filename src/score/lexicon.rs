//! All phrases of all packs and languages, found in one pass over the words of a text.
//!
//! In: phrases with the lists that they belong to. Out of a text: [`Occurrence`]s, word ranges with their list. A trie
//! holds one *anchor* word of each phrase, not the phrase: a match counts when the anchor begins where a word begins (or
//! behind Arabic proclitics), ends where it ends (unless the phrase says `*` or `~`), and the phrase's other words stand
//! around it in the same sentence. So adjacency, endings and proclitics need no variants, and 10,000 phrases cost
//! little more than 100. Of a word with `~` the anchor is what all of its forms begin with; only a word that begins so is
//! asked whether it is one ([`Forms`](crate::text::Forms)).

use std::collections::HashMap;

use super::trie::Trie;
use crate::text::{Folded, LONGEST_PROCLITICS, Language, Stem, are_proclitics, is_arabic, stems};

/// Bytes of an anchor: as many as tell long words apart, and a bound on what a pack of endless words can cost.
const LONGEST_ANCHOR: usize = 48;

/// Which list; lists of all packs, actors and languages are numbered together.
pub type ListId = u32;

/// Occurrences of a field that are looked at. A long article has some hundreds; a megabyte that repeats one phrase has a
/// hundred thousand, and what comes after looks at pairs of them.
const MOST_OCCURRENCES: usize = 5_000;

/// A phrase of a list, found at these words (both included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// First word.
    pub first: u32,
    /// Last word.
    pub last: u32,
    /// The list.
    pub list: ListId,
}

#[derive(Debug)]
struct Phrase {
    stems: Box<[Stem]>,
    anchor: usize,
    lists: Vec<ListId>,
}

/// Collects lists and phrases.
#[derive(Debug, Default)]
pub struct Builder {
    phrases: Vec<Phrase>,
    known: HashMap<Box<[Stem]>, usize>,
    lists: ListId,
}

impl Builder {
    /// A new, empty list.
    pub fn list(&mut self) -> ListId {
        self.lists += 1;
        self.lists - 1
    }

    /// Adds a phrase to a list of words in this language. A phrase without a word is left out (checks have named it).
    pub fn add(&mut self, list: ListId, phrase: &str, language: Option<Language>) {
        let stems: Box<[Stem]> = stems(phrase, language).into();
        if stems.is_empty() {
            return;
        }
        let at = *self.known.entry(stems.clone()).or_insert_with(|| {
            self.phrases.push(Phrase { stems, anchor: 0, lists: Vec::new() });
            self.phrases.len() - 1
        });
        if !self.phrases[at].lists.contains(&list) {
            self.phrases[at].lists.push(list);
        }
    }

    /// Builds the lexicon.
    ///
    /// # Errors
    /// More phrases than can be numbered.
    pub fn build(mut self) -> Result<Lexicon, String> {
        self.choose_anchors();
        let mut by_anchor: HashMap<&str, Vec<u32>> = HashMap::new();
        for (at, phrase) in self.phrases.iter().enumerate() {
            let at = u32::try_from(at).map_err(|_| "too many phrases".to_string())?;
            for anchor in phrase.stems[phrase.anchor].anchors() {
                let anchor = &anchor[..anchor.floor_char_boundary(LONGEST_ANCHOR)];
                let phrases = by_anchor.entry(anchor).or_default();
                if phrases.last() != Some(&at) && !anchor.is_empty() {
                    phrases.push(at);
                }
            }
        }
        let mut anchors: Vec<(Box<str>, Vec<u32>)> =
            by_anchor.into_iter().map(|(anchor, phrases)| (anchor.into(), phrases)).collect();
        anchors.retain(|(anchor, _)| !anchor.is_empty());
        anchors.sort_unstable();
        let (texts, anchors) = anchors.into_iter().unzip();
        Ok(Lexicon { trie: Trie::new(texts), anchors, phrases: self.phrases, lists: self.lists })
    }

    /// Of a phrase's words the one that the fewest other phrases have, if it is long enough to be rare in texts too:
    /// an anchor that many phrases share makes all of them be looked at wherever it stands.
    fn choose_anchors(&mut self) {
        let mut sharing: HashMap<Box<str>, usize> = HashMap::new();
        for stem in self.phrases.iter().filter(|phrase| phrase.stems.len() > 1).flat_map(|phrase| &phrase.stems) {
            *sharing.entry(stem.text.clone()).or_default() += 1;
        }
        for phrase in &mut self.phrases {
            let longest = phrase.stems.iter().map(Stem::reach).max().unwrap_or(0);
            let able = phrase.stems.iter().enumerate().filter(|(_, stem)| stem.reach() * 2 >= longest);
            let rarest =
                able.min_by_key(|(_, stem)| (sharing.get(&stem.text).copied().unwrap_or(0), usize::MAX - stem.reach()));
            phrase.anchor = rarest.map_or(0, |(at, _)| at);
        }
    }
}

/// All phrases, found by their anchors.
pub struct Lexicon {
    trie: Trie,
    /// Per anchor of the trie: the phrases that have it.
    anchors: Vec<Vec<u32>>,
    phrases: Vec<Phrase>,
    lists: ListId,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lexicon {{ phrases: {}, lists: {} }}", self.phrases.len(), self.lists)
    }
}

impl Lexicon {
    /// How many lists there are.
    #[must_use]
    pub fn lists(&self) -> usize {
        self.lists as usize
    }

    /// Everything that stands in a folded text, in the order of its anchors.
    pub fn find(&self, folded: &Folded, found: &mut Vec<Occurrence>) {
        for word in 0..folded.words.len() {
            if found.len() >= MOST_OCCURRENCES {
                break;
            }
            let text = folded.word_text(word);
            self.find_at(folded, word, 0, found);
            if text.starts_with(is_arabic) {
                for (cut, _) in text.char_indices().skip(1).take(LONGEST_PROCLITICS) {
                    if are_proclitics(&text[..cut]) {
                        self.find_at(folded, word, cut, found);
                    }
                }
            }
        }
    }

    /// What has its anchor in this word, behind proclitics of so many bytes.
    fn find_at(&self, folded: &Folded, word: usize, proclitics: usize, found: &mut Vec<Occurrence>) {
        let rest = &folded.word_text(word)[proclitics..];
        self.trie.walk(rest, |anchor| {
            for &phrase in &self.anchors[anchor as usize] {
                let phrase = &self.phrases[phrase as usize];
                let stem = &phrase.stems[phrase.anchor];
                if (proclitics == 0 || stem.takes_proclitics())
                    && stem.fits(rest)
                    && let Some((first, last)) = phrase.around(folded, word)
                {
                    found.extend(phrase.lists.iter().map(|&list| Occurrence { first, last, list }));
                }
            }
        });
    }
}

impl Phrase {
    /// The phrase's word range, if its other words stand around the anchor at `word` in one sentence.
    fn around(&self, folded: &Folded, word: usize) -> Option<(u32, u32)> {
        let first = word.checked_sub(self.anchor)?;
        let last = first + self.stems.len() - 1;
        let sentence = folded.words.get(last)?.sentence;
        if folded.words[first].sentence != sentence {
            return None;
        }
        let others = self.stems.iter().enumerate().filter(|(at, _)| *at != self.anchor);
        let all = others.into_iter().all(|(at, stem)| stem.is(folded.word_text(first + at)));
        all.then_some((u32::try_from(first).ok()?, u32::try_from(last).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::fold_phrase;

    fn check(phrases: &[&str], text: &str, expected: &[&str]) {
        check_in(None, phrases, text, expected);
    }

    fn check_in(language: Option<Language>, phrases: &[&str], text: &str, expected: &[&str]) {
        let mut builder = Builder::default();
        for phrase in phrases {
            let list = builder.list();
            builder.add(list, phrase, language);
        }
        let lexicon = builder.build().unwrap();
        let folded = Folded::new(text);
        let mut found = Vec::new();
        lexicon.find(&folded, &mut found);
        let spans: Vec<&str> = found
            .iter()
            .map(|hit| {
                let start = folded.words[hit.first as usize].original.start as usize;
                &text[start..folded.words[hit.last as usize].original.end as usize]
            })
            .collect();
        assert_eq!(spans, expected, "{phrases:?} in {text:?}");
    }

    #[test]
    fn words_are_whole_unless_the_phrase_is_open() {
        check(&["iraq"], "Iraq, Iraqi and Iraq's", &["Iraq", "Iraq"]);
        check(&["iraq*"], "Iraq, Iraqi and pre-Iraqi; miraq", &["Iraq", "Iraqi", "Iraqi"]);
        check(
            &["приглаша* инвестор*"],
            "Мы приглашаем инвесторов. Приглашаем, инвесторы!",
            &["приглашаем инвесторов", "Приглашаем, инвесторы"],
        );
        check(&["welcome investors"], "We welcome. Investors came.", &[]);
    }

    #[test]
    fn arabic_proclitics_and_the_article_are_no_part_of_a_word() {
        check(&["عراق*"], "والعراق للعراقيين بالعراق مصر", &["والعراق", "للعراقيين", "بالعراق"]);
        check(
            &["ندعو المستثمرين"],
            "وندعو المستثمرين إلى بغداد، ندعو مستثمرين",
            &["وندعو المستثمرين", "ندعو مستثمرين"],
        );
    }

    #[test]
    fn forms_are_found_beside_each_other() {
        check_in(
            Some(Language::Ru),
            &["надёжный~ партнёр~"],
            "Надёжного Партнёра ждут. Надежными партнерами, надёжное партнёрство, партнёр надёжный",
            &["Надёжного Партнёра", "Надежными партнерами"],
        );
        check_in(
            Some(Language::Ru),
            &["день~"],
            "Через два дня, в день выборов, днями. Денег нет",
            &["дня", "день", "днями"],
        );
        check_in(Some(Language::Uk), &["ім'я~ політика~"], "Імені політиці не назвали", &["Імені політиці"]);
        check_in(Some(Language::En), &["country~"], "Countries, counties and a country", &["Countries", "country"]);
    }

    #[test]
    fn arabic_forms_take_proclitics_too() {
        check_in(
            Some(Language::Ar),
            &["يدعو~ المستثمر~"],
            "وستدعو المستثمرين إلى بغداد. وندعو للمستثمرين، تدعو الاستثمار",
            &["وستدعو المستثمرين", "وندعو للمستثمرين"],
        );
        check_in(Some(Language::Ar), &["شراكة~"], "وبالشراكة وشراكتنا؛ شركة", &["وبالشراكة", "وشراكتنا"]);
    }

    #[test]
    fn overlapping_phrases_are_all_found() {
        check(&["state run", "state", "run by"], "a state run by", &["state run", "state", "run by"]);
    }

    proptest! {
        /// What is found reads as a form of what was looked for, whatever stands in and around the words.
        #[test]
        fn a_found_form_reads_as_one(pieces in prop::collection::vec(piece(), 0..30)) {
            let text = pieces.concat();
            let mut builder = Builder::default();
            let phrases = [
                ("партнёр~", Language::Ru),
                ("открыть~", Language::Ru),
                ("зв'язок~", Language::Uk),
                ("شراكة~", Language::Ar),
                ("يدعو~", Language::Ar),
                ("country~", Language::En),
            ];
            for (phrase, language) in phrases {
                let list = builder.list();
                builder.add(list, phrase, Some(language));
            }
            let (lexicon, folded, mut found) = (builder.build().unwrap(), Folded::new(&text), Vec::new());
            lexicon.find(&folded, &mut found);
            for hit in found {
                let (phrase, language) = phrases[hit.list as usize];
                let stem = stems(phrase, Some(language)).remove(0);
                let read = &text[folded.words[hit.first as usize].original.range()];
                prop_assert_eq!(hit.first, hit.last);
                prop_assert!(fold_phrase(read).iter().any(|word| stem.is(word)), "{read:?} for {phrase}");
            }
        }
    }

    fn piece() -> impl Strategy<Value = String> {
        let words = "партнёр партнерами партнёрство открою открытый відкрито зв'язку зв’язком звʼязки شراكتنا \
            وبالشراكات شركة تدعوهم وستدعو country countries county пapтнepа";
        let words: Vec<&str> = words.split_whitespace().collect();
        prop_oneof![
            4 => prop::sample::select(words).prop_map(str::to_string),
            2 => prop::sample::select(vec![" ", ", ", ". ", "\n", "-", "«", "»"]).prop_map(str::to_string),
            1 => prop::sample::select(vec!["\u{301}", "\u{200b}", "\u{640}", "\u{64e}", "\u{ad}", "'"]).prop_map(str::to_string),
            1 => any::<String>(),
        ]
    }
}
