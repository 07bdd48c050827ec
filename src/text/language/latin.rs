//! Which language a text in Latin script is in.
//!
//! In: original, folded words, and those of them that vote. Out: the language. Letters of languages that the model does
//! not know come first, then frequent words, which settle most running text; the model is for what is too short for
//! that, and it is the dearer part.

use std::sync::LazyLock;

use whichlang::Lang;

use super::Language;
use crate::text::fold::{Folded, Word};
use crate::text::letters::Script;

/// Bytes of words that are looked at: enough to tell a language, and a bound for the cost on a long article.
const SAMPLE: usize = 400;
/// Fewer letters than this are a name or an exclamation.
const FEWEST: usize = 8;
/// By how many frequent words a language must lead. One is a coincidence (English `met` is Dutch for with).
const LEAD: u32 = 3;
/// One word in this many with a letter of its own makes a language: Polish and its like have one in three, and a text
/// with a foreign name or two has fewer.
const MARKED_ONE_IN: usize = 6;

/// Tells the language of a text that is mostly Latin.
pub(super) fn tell<'a>(original: &str, folded: &Folded, words: impl Iterator<Item = (usize, &'a Word)>) -> Language {
    let mut sample = String::with_capacity(SAMPLE + 64);
    let (mut count, mut marked, mut lists, mut last) = (0_usize, [0_usize; MARKED.len()], [0_u32; FREQUENT.len()], 0);
    for (index, word) in words.filter(|(_, word)| word.script == Script::Latin) {
        let written = &original[word.original.range()];
        count += 1;
        if !written.is_ascii() {
            for (found, (_, letters)) in marked.iter_mut().zip(MARKED) {
                *found += usize::from(written.chars().any(|c| letters.contains(&c)));
            }
        }
        let mut list = frequent(folded.word_text(index));
        while list != 0 {
            lists[list.trailing_zeros() as usize] += 1;
            list &= list - 1;
        }
        // The model was trained on running text: l'Irak is not l Irak to it, and ¿ is Spanish.
        let gap = original.get(last..word.original.start as usize).filter(|gap| gap.len() <= 4 && !gap.contains('\n'));
        sample.push_str(gap.unwrap_or(" "));
        sample.push_str(written);
        last = word.original.end as usize;
        if sample.len() >= SAMPLE {
            break;
        }
    }
    if let Some((found, code)) =
        marked.iter().zip(MARKED).map(|(found, (code, _))| (*found, code)).rev().max_by_key(|(found, _)| *found)
        && found * MARKED_ONE_IN >= count.max(1)
    {
        return Language::Other(code);
    }
    if let Some(language) = leader(&lists) {
        return language;
    }
    if count < 2 || sample.len() < FEWEST + count {
        return Language::Unknown;
    }
    match whichlang::detect_language(sample.trim()) {
        Lang::Eng => Language::En,
        Lang::Deu => Language::De,
        Lang::Fra => Language::Fr,
        Lang::Spa => Language::Es,
        Lang::Ita => Language::It,
        Lang::Nld => Language::Other("nl"),
        Lang::Por => Language::Other("pt"),
        Lang::Swe => Language::Other("sv"),
        Lang::Tur => Language::Other("tr"),
        Lang::Vie => Language::Other("vi"),
        Lang::Ara | Lang::Cmn | Lang::Hin | Lang::Jpn | Lang::Kor | Lang::Rus => Language::Unknown,
    }
}

/// The language whose frequent words lead clearly.
fn leader(lists: &[u32; FREQUENT.len()]) -> Option<Language> {
    let (best, most) = lists.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let second = lists.iter().enumerate().filter(|(index, _)| *index != best).map(|(_, count)| *count).max()?;
    (most - second >= LEAD).then(|| FREQUENT[best].0)
}

/// The lists that a folded word is in, as bits.
fn frequent(word: &str) -> u8 {
    static LISTS: LazyLock<Vec<(u64, u8)>> = LazyLock::new(|| {
        let mut lists: Vec<(u64, u8)> = Vec::new();
        for (bit, (_, words)) in FREQUENT.iter().enumerate() {
            for key in words.split(' ').filter_map(key) {
                match lists.iter_mut().find(|(other, _)| *other == key) {
                    Some((_, list)) => *list |= 1 << bit,
                    None => lists.push((key, 1 << bit)),
                }
            }
        }
        lists.sort_unstable();
        lists
    });
    let Some(key) = key(word) else { return 0 };
    LISTS.binary_search_by_key(&key, |(key, _)| *key).map_or(0, |at| LISTS[at].1)
}

/// A short word as a number, so that the search compares numbers.
fn key(word: &str) -> Option<u64> {
    let mut bytes = [0; 8];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    Some(u64::from_be_bytes(bytes))
}

/// Frequent words, folded, without those that are frequent everywhere.
const FREQUENT: [(Language, &str); 7] = [
    (
        Language::En,
        "the of and to in is was with for are that this from by has have on it who will not be he she they we our \
         their about after at as its his her which would were been but you your or an there more than into",
    ),
    (
        Language::De,
        "der die das und ist nicht mit von zu den dem ein eine einer eines fur auf im wird sich wir auch in als an aus \
         bei nach wie hat haben sind es sie er ich noch nur uber vor zum zur dass oder aber wurde werden des durch",
    ),
    (
        Language::Fr,
        "le la les des du et est une un pour dans que qui sur au aux pas ne nous sont avec par ce cette il en de son sa \
         ses ont plus mais ou elle ils se leur d l c qu n comme entre apres selon deux",
    ),
    (
        Language::Es,
        "el los las del y es una un por para con que no se su al en lo mas la de como sus esta ha son pero este sobre \
         entre fue desde ya hay sin muy tambien cuando segun dos",
    ),
    (
        Language::It,
        "il lo gli di che e un una per con del della dei delle non si sono nel nella da i le la a ha al alla dal anche \
         piu come dalla questo questa ma su l d in c loro suo sua essere stato",
    ),
    (
        Language::Other("pt"),
        "o os as da do das dos nao uma um em no na nas nos ao pelo pela e com que para por de se mais como foi mas sua \
         seu sao a sobre ter esta isso entre ja tambem",
    ),
    (
        Language::Other("nl"),
        "de het een van en is in op te dat die niet met voor zijn aan er om ook als maar bij uit door naar heeft wordt \
         nog over tot ze we worden of hij wat deze dit",
    ),
];

/// Letters of languages that the model does not know, and that none of those it knows has. Of equals, the first wins.
const MARKED: [(&str, &[char]); 5] = [
    ("pl", &['ą', 'ę', 'ł', 'ś', 'ź', 'ż', 'ć', 'ń', 'Ł', 'Ś', 'Ż']),
    ("cs", &['ř', 'ě', 'ů', 'č', 'š', 'ž', 'ý', 'Ř', 'Č', 'Š', 'Ž']),
    ("ro", &['ș', 'ț', 'ţ', 'ă', 'Ș', 'Ț']),
    ("hu", &['ő', 'ű', 'Ő', 'Ű']),
    ("hr", &['đ', 'ć', 'č', 'š', 'ž', 'Đ', 'Ć', 'Č', 'Š', 'Ž']),
];
