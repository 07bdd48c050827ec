//! Which language a Cyrillic text is in.
//!
//! In: original and folded words. Out: the language. Russian has ы, э and a ъ before е, ё, ю, я; Ukrainian has і, ї, є,
//! ґ and an apostrophe; Belarusian has ў and і and no и; the others have letters of their own. A short text may have
//! none of them: then frequent words speak, and after them a pair of vowels that Russian has and Ukrainian has not.

use super::Language;
use crate::text::fold::Folded;
use crate::text::letters::Script;

/// How often telling letters occur.
#[derive(Default)]
struct Letters {
    all: u32,
    /// ы э ё, ъ before a soft vowel
    russian: u32,
    /// ї є ґ, apostrophe
    ukrainian: u32,
    /// і, which Belarusian, Kazakh and old spelling have too
    dotted_i: u32,
    /// ы э, which Belarusian and the Turkic languages have too
    hard: u32,
    /// и
    i: u32,
    /// и before а vowel: ия, ие, ии
    i_vowel: u32,
    /// ў
    short_u: u32,
    /// ъ between consonants or at the end
    bulgarian: u32,
    /// ј љ њ ћ ђ џ
    serbian: u32,
    /// ѓ ќ ѕ
    macedonian: u32,
    /// қ ғ ұ
    kazakh: u32,
    /// ң ө ү ә һ
    turkic: u32,
    /// ҷ ӣ ӯ ҳ
    tajik: u32,
}

impl Letters {
    fn count(&mut self, word: &str) {
        let mut chars = word.chars().peekable();
        while let Some(c) = chars.next() {
            self.all += 1;
            match c {
                'ы' | 'э' => self.hard += 1,
                'ъ' if matches!(chars.peek(), Some('е' | 'ю' | 'я')) => self.russian += 1,
                'ъ' => self.bulgarian += 1,
                'и' => {
                    self.i += 1;
                    self.i_vowel += u32::from(matches!(chars.peek(), Some('я' | 'е' | 'и' | 'ю')));
                }
                'ї' | 'є' | 'ґ' | '\'' => self.ukrainian += 1,
                'і' => self.dotted_i += 1,
                'ў' => self.short_u += 1,
                'ј' | 'љ' | 'њ' | 'ћ' | 'ђ' | 'џ' => self.serbian += 1,
                'ѓ' | 'ќ' | 'ѕ' => self.macedonian += 1,
                'қ' | 'ғ' | 'ұ' => self.kazakh += 1,
                'ң' | 'ө' | 'ү' | 'ә' | 'һ' => self.turkic += 1,
                'ҷ' | 'ӣ' | 'ӯ' | 'ҳ' => self.tajik += 1,
                _ => {}
            }
        }
    }

    /// A language that neither Russian nor Ukrainian could be taken for. A name in it is not enough.
    fn neighbour(&self) -> Option<Language> {
        let often = |count: u32| count > 0 && count * 60 >= self.all;
        Some(Language::Other(if often(self.tajik) {
            if self.short_u > 0 { "uz" } else { "tg" }
        } else if often(self.kazakh) {
            if self.short_u > self.dotted_i { "uz" } else { "kk" }
        } else if often(self.turkic) {
            if self.dotted_i > 0 { "kk" } else { "ky" }
        } else if often(self.macedonian) {
            "mk"
        } else if often(self.serbian) {
            "sr"
        } else if self.i * 60 < self.all && (often(self.short_u) || (often(self.dotted_i) && often(self.hard))) {
            "be"
        } else {
            return None;
        }))
    }
}

/// Tells the language of a text that is mostly Cyrillic.
pub(super) fn tell(original: &str, folded: &Folded) -> Language {
    let mut letters = Letters::default();
    let (mut russian, mut ukrainian, mut bulgarian, mut count) = (0, 0, 0, 0);
    for (index, word) in folded.words.iter().enumerate() {
        if word.script != Script::Cyrillic {
            continue;
        }
        count += 1;
        let text = folded.word_text(index);
        letters.count(text);
        // Ten bytes are five letters: no word of the lists is longer.
        if text.len() <= 10 {
            russian += u32::from(RUSSIAN.contains(&text));
            ukrainian += u32::from(UKRAINIAN.contains(&text));
            bulgarian += u32::from(BULGARIAN.contains(&text));
        }
    }
    if let Some(neighbour) = letters.neighbour() {
        return neighbour;
    }
    // Per letter of running text, і ї є ґ are three times as frequent as ы э ъ.
    let russian = (letters.russian + letters.hard) * 3 + russian * 2;
    let ukrainian = letters.ukrainian + letters.dotted_i + ukrainian * 2;
    let bulgarian = letters.bulgarian * 2 + bulgarian * 2;
    if bulgarian > russian.max(ukrainian) && letters.hard == 0 {
        return Language::Other("bg");
    }
    let yo = || original.chars().any(|c| matches!(c, 'ё' | 'Ё'));
    match russian.cmp(&ukrainian) {
        std::cmp::Ordering::Greater => Language::Ru,
        std::cmp::Ordering::Less => Language::Uk,
        std::cmp::Ordering::Equal if letters.i_vowel > 0 || yo() => Language::Ru,
        // Thirty letters without і, ї, є are rare in Ukrainian, and without ы, э the rule in Russian.
        std::cmp::Ordering::Equal if count > 1 => Language::Ru,
        std::cmp::Ordering::Equal => Language::Unknown,
    }
}

const RUSSIAN: [&str; 38] = [
    "и",
    "что",
    "как",
    "это",
    "по",
    "от",
    "из",
    "или",
    "его",
    "она",
    "они",
    "уже",
    "если",
    "когда",
    "с",
    "к",
    "во",
    "со",
    "кто",
    "их",
    "все",
    "нет",
    "еще",
    "при",
    "без",
    "чем",
    "том",
    "этом",
    "того",
    "ее",
    "ему",
    "себя",
    "даже",
    "где",
    "тоже",
    "лишь",
    "будет",
    "после",
];

const UKRAINIAN: [&str; 40] = [
    "та",
    "що",
    "як",
    "це",
    "від",
    "або",
    "з",
    "й",
    "ж",
    "чи",
    "бо",
    "вже",
    "ще",
    "був",
    "була",
    "було",
    "вони",
    "вона",
    "він",
    "якщо",
    "коли",
    "щоб",
    "тому",
    "також",
    "після",
    "під",
    "немає",
    "проти",
    "зараз",
    "через",
    "які",
    "який",
    "яка",
    "ми",
    "ви",
    "де",
    "буде",
    "його",
    "лише",
    "тут",
];

const BULGARIAN: [&str; 20] = [
    "се",
    "са",
    "това",
    "като",
    "който",
    "която",
    "които",
    "беше",
    "към",
    "през",
    "със",
    "ще",
    "един",
    "много",
    "срещу",
    "няма",
    "този",
    "тази",
    "тези",
    "си",
];
