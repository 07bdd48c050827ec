//! What holds for every text, however broken: places are real, folding is settled, nothing panics.

use proptest::prelude::*;
use unicode_normalization::is_nfkc;

use super::*;

/// Strings of what our texts are made of, and of what attackers put into them, rather than of all Unicode evenly.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        8 => "[a-zA-Zа-яА-ЯіїєґІЇЄҐ]{1,8}",
        3 => "[ا-يکیگپ]{1,8}",
        2 => "[аaеeоoсcрpіi0-9xх3']{1,6}",
        4 => "[ .,!?\n…\"«»“”„‘’‚‹›'()-]{1,3}",
        2 => "[\u{300}-\u{308}\u{64B}-\u{655}\u{640}\u{670}\u{3099}\u{93F}]{1,2}",
        2 => "[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{AD}\u{FE0F}\u{FEFF}]{1,2}",
        1 => "[ßæŉĳ½ﬁﷺ①㎢がİıςẞǅ️👩🏽🔥🇺🇦𝐑]{1,3}",
        1 => "[@#/:_%&=]{1,3}|https?://[a-zа-я.]{1,9}/[a-z%?&=#]{0,9}|t\\.me/s/x",
        1 => any::<String>(),
    ];
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_folded_range_is_a_range_of_the_original(original in text(), a in 0..400_usize, b in 0..400_usize) {
        let folded = Folded::new(&original);
        let range = folded.original_range(a.min(b)..a.max(b));
        prop_assert!(original.get(range.clone()).is_some(), "{:?} of {:?}", range, original);
        prop_assert!(a != b || range.is_empty());
    }

    #[test]
    fn words_lie_in_order_on_boundaries(original in text()) {
        let folded = Folded::new(&original);
        let mut last = (0, 0);
        for (index, word) in folded.words.iter().enumerate() {
            prop_assert!(original.get(word.original.range()).is_some_and(|text| !text.is_empty()));
            prop_assert!(folded.text.get(word.folded.range()).is_some_and(|text| !text.is_empty()));
            prop_assert!(word.folded.start >= last.0 && word.original.start >= last.1, "{original:?}");
            prop_assert_eq!(folded.word_at(word.folded.start as usize), Some(index));
            prop_assert_eq!(folded.word_at(word.folded.end as usize - 1), Some(index));
            last = (word.folded.end, word.original.start);
        }
    }

    /// What a word says in evidence is what was matched. A character that becomes several words (½, ﷺ) gives them all.
    #[test]
    fn the_original_of_a_word_folds_to_the_word(original in text()) {
        let folded = Folded::new(&original);
        for (index, word) in folded.words.iter().enumerate() {
            let again = fold_phrase(&original[word.original.range()]);
            prop_assert!(again.iter().any(|again| again == folded.word_text(index)), "{:?}: {again:?}", folded.word_text(index));
        }
    }

    /// A pack may hold a phrase in any of its spellings, also folded. Except where an invisible character parts marks
    /// that Unicode would put in another order: no script is written so.
    #[test]
    fn folding_a_folded_word_changes_nothing(original in text()) {
        for word in fold_phrase(&original) {
            if is_nfkc(&word) {
                prop_assert_eq!(fold_phrase(&word), [word.as_str()]);
            }
        }
    }

    #[test]
    fn every_word_is_in_one_sentence(original in text()) {
        let folded = Folded::new(&original);
        let mut next = 0;
        for (index, sentence) in folded.sentences.iter().enumerate() {
            prop_assert_eq!(sentence.start, next);
            prop_assert!(!sentence.is_empty());
            prop_assert!(sentence.clone().all(|word| folded.sentence_of(word as usize) == index));
            next = sentence.end;
        }
        prop_assert_eq!(next as usize, folded.words.len());
    }

    #[test]
    fn quotations_lie_on_boundaries_and_hold_their_words(original in text()) {
        let (folded, mut found) = (Folded::new(&original), Vec::new());
        quotations(&original, &folded, &mut found);
        for quotation in &found {
            prop_assert!(original.get(quotation.start..quotation.end).is_some(), "{quotation:?} in {original:?}");
            prop_assert!(original.get(quotation.open.clone()).is_some());
            prop_assert_eq!(quotation.open.end, quotation.start);
            if let Some(close) = &quotation.close {
                prop_assert!(original.get(close.clone()).is_some() && close.start == quotation.end);
            }
            for word in &folded.words[quotation.words.start as usize..quotation.words.end as usize] {
                prop_assert!(word.original.start as usize >= quotation.start);
                prop_assert!((word.original.start as usize) < quotation.end);
            }
        }
    }

    #[test]
    fn buffers_that_are_used_again_forget(first in text(), second in text()) {
        let mut folded = Folded::new(&first);
        folded.refold(&second);
        let fresh = Folded::new(&second);
        prop_assert_eq!(&folded.text, &fresh.text);
        prop_assert_eq!(&folded.words, &fresh.words);
        prop_assert_eq!(&folded.sentences, &fresh.sentences);
    }

    #[test]
    fn nothing_panics(original in text(), byte in 0..500_usize) {
        let _ = language(&original, &Folded::new(&original));
        let _ = code_points(&original, byte);
        for link in find_links(&original) {
            let _ = canonical_link(link);
        }
    }

    #[test]
    fn a_canonical_link_is_its_own_canonical_form(raw in "(https?://)?(www\\.|m\\.|amp\\.)?[a-zа-яß.]{1,12}(\\.com|\\.рф|\\.me|\\.co\\.uk)(/[a-zA-Zж%0-9 ]{0,4}){0,3}/?(\\?[a-z_&=%Я]{0,12})?(#.{0,5})?|.{0,40}") {
        if let Some(link) = canonical_link(&raw) {
            let again = canonical_link(&link.canonical);
            prop_assert_eq!(again, Some(link));
        }
    }
}
