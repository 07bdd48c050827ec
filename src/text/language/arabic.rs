//! Which language a text in Arabic script is in.
//!
//! In: original and folded words. Out: the language. Urdu, Kurdish, Pashto and Uyghur have letters of their own. Persian
//! has four, which writers of Iraqi Arabic use too, and its own forms of yeh and kaf, which keyboards put into Arabic:
//! so it must win over the Arabic article and function words, and one stray letter cannot.

use super::Language;
use crate::text::fold::Folded;
use crate::text::letters::Script;

/// Tells the language of a text that is mostly in Arabic script.
pub(super) fn tell(original: &str, folded: &Folded) -> Language {
    let (mut urdu, mut kurdish, mut pashto, mut uyghur) = (0_u32, 0_u32, 0_u32, 0_u32);
    let (mut arabic_forms, mut persian_forms, mut arabic, mut persian, mut all) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for (index, word) in folded.words.iter().enumerate() {
        if word.script != Script::Arabic {
            continue;
        }
        let mut persian_letter = false;
        for c in original[word.original.range()].chars() {
            all += 1;
            match c {
                'ٹ' | 'ڈ' | 'ڑ' | 'ں' | 'ے' | 'ھ' | 'ہ' => urdu += 1,
                'ڕ' | 'ڵ' | 'ێ' | 'ە' => kurdish += 1,
                'ټ' | 'ډ' | 'ړ' | 'ږ' | 'ښ' | 'ګ' | 'ۍ' | 'ځ' | 'څ' => pashto += 1,
                'ۇ' | 'ۈ' | 'ۋ' => uyghur += 1,
                'پ' | 'چ' | 'ژ' | 'گ' => persian_letter = true,
                'ی' | 'ک' => persian_forms += 1,
                'ي' | 'ك' | 'ة' | 'ى' | 'أ' | 'إ' => arabic_forms += 1,
                _ => {}
            }
        }
        let text = folded.word_text(index);
        persian += u32::from(persian_letter) + u32::from(PERSIAN.contains(&text));
        arabic += u32::from(ARABIC.contains(&text) || has_article(text));
    }
    // A letter of its own in 25: each of these languages has more, and a quoted name has fewer.
    let own = [(urdu, "ur"), (kurdish, "ckb"), (pashto, "ps"), (uyghur, "ug")];
    if let Some((_, code)) = own.into_iter().filter(|(count, _)| *count * 25 >= all && *count > 1).max() {
        return Language::Other(code);
    }
    match persian.cmp(&arabic) {
        std::cmp::Ordering::Greater => Language::Other("fa"),
        std::cmp::Ordering::Equal if persian_forms > arabic_forms => Language::Other("fa"),
        _ => Language::Ar,
    }
}

/// Whether a word has the article, alone or after the proclitics that join it.
fn has_article(word: &str) -> bool {
    ["ال", "وال", "بال", "فال", "كال", "لل", "ولل"]
        .iter()
        .any(|article| word.len() > article.len() + 2 && word.starts_with(article))
}

/// Folded.
const ARABIC: [&str; 30] = [
    "في", "من", "علي", "ان", "الي", "عن", "هذا", "هذه", "التي", "الذي", "مع", "لا", "لم", "كان", "قال", "بعد", "ما",
    "هو", "هي", "او", "ثم", "قد", "كل", "بين", "عند", "ليس", "منذ", "ضد", "ذلك", "لن",
];

/// Folded.
const PERSIAN: [&str; 26] = [
    "از",
    "در",
    "به",
    "كه",
    "را",
    "اين",
    "است",
    "با",
    "براي",
    "مي",
    "شد",
    "تا",
    "هم",
    "خود",
    "شده",
    "بود",
    "كرد",
    "هاي",
    "يك",
    "بر",
    "كند",
    "شود",
    "ايران",
    "نيست",
    "هر",
    "اند",
];
