//! Where sentences end.
//!
//! In: the original and its folded words. Out: sentences as ranges of words, and the sentence and line of each word.
//! Only the gaps between words are looked at. A gap ends a sentence if it holds a line end, or a terminator with white
//! space after it, except where the terminator belongs to what stands before it: an abbreviation, an initial, a number
//! of a list; or where the sentence visibly goes on: a small letter after a full stop, an ellipsis or a closing quote.
//!
//! A missed end joins two sentences, a false one cuts a speaker from his words. Both cost; a list of a few dozen
//! abbreviations is enough that neither is common. A link has no white space, so it never ends a sentence inside.

use super::fold::{Folded, Word, offset};
use super::letters::Script;

/// Abbreviations that stand before a name or a number, so that a capital after them begins no sentence. Folded.
const ABBREVIATIONS: [&str; 78] = [
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "st",
    "sen",
    "rep",
    "gov",
    "gen",
    "lt",
    "col",
    "sgt",
    "capt",
    "maj",
    "cmdr",
    "adm",
    "rev",
    "hon",
    "pres",
    "vs",
    "fig",
    "vol",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "mme",
    "mlle",
    "nr",
    "bzw",
    "sra",
    "dott", // Latin script
    "ул",
    "им",
    "просп",
    "пр",
    "пл",
    "пер",
    "наб",
    "стр",
    "корп",
    "кв",
    "ср",
    "см",
    "тов",
    "гр",
    "акад",
    "проф",
    "доц",
    "ген",
    "обл",
    "рис",
    "табл",
    "св", // Russian
    "вул",
    "ім",
    "бул",
    "буд",
    "див",
    "напр",
    "ст",
    "гл",
    "пп",
    "тел", // Ukrainian, and both
    "تحر",
    "الخ",
    "هاتف",
    "ص",
    "ج", // Arabic
];

/// Single small letters that abbreviate before a name: г. Москва, с. Ивановка, м. Київ, т. Шевченко, о. Змеиный.
const LETTERS: [&str; 9] = ["г", "т", "п", "с", "д", "м", "р", "о", "н"];

/// Finds the sentences of a folded text and tells each word its own.
pub(super) fn split(original: &str, folded: &mut Folded) {
    let (mut begin, mut line) = (0, 0);
    for index in 0..folded.words.len() {
        let after_last = index.checked_sub(1).map_or(0, |last| folded.words[last].folded.end as usize);
        let gap = &folded.text[after_last..folded.words[index].folded.start as usize];
        line += offset(gap.bytes().filter(|byte| *byte == b'\n').count());
        if index > begin && (gap.contains('\n') || ends(original, folded, begin, index, gap)) {
            folded.sentences.push(offset(begin)..offset(index));
            begin = index;
        }
        folded.words[index].sentence = offset(folded.sentences.len());
        folded.words[index].line = line;
    }
    if begin < folded.words.len() {
        folded.sentences.push(offset(begin)..offset(folded.words.len()));
    }
}

/// Whether the gap before word `next` ends the sentence that began with word `begin`.
fn ends(original: &str, folded: &Folded, begin: usize, next: usize, gap: &str) -> bool {
    let Some(at) = gap.rfind(is_terminator) else { return false };
    let terminator = &gap[at..];
    let mark = gap[..at].chars().next_back();
    let after = terminator.trim_start_matches(is_terminator);
    let closed = after.trim_start_matches(['"', '\'', ')', ']', '}', '*']);
    // Without white space (or an emoji, which people use like one) it is a decimal, an address, a file name.
    if !closed.chars().any(|c| c == ' ' || !c.is_ascii()) {
        return false;
    }
    let word = &folded.words[next];
    // A hashtag or an account has no capital, and does not go on with a sentence either.
    let small = is_small(original, word) && !closed.contains(['#', '@']);
    let full_stop = terminator.starts_with('.');
    let ellipsis = full_stop && mark == Some('.');
    let goes_on = small && (full_stop || closed.len() < after.len() || closed.trim_start().starts_with('-'));
    if goes_on {
        return false;
    }
    !(full_stop && !ellipsis && gap.starts_with('.') && abbreviates(original, folded, begin, next - 1))
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '؟' | '۔' | '。' | '！' | '？')
}

/// Whether a word begins with a small letter of a script that has capitals.
fn is_small(original: &str, word: &Word) -> bool {
    !word.capital && original[word.original.range()].chars().next().is_some_and(char::is_lowercase)
}

/// Whether a full stop right after this word belongs to it.
fn abbreviates(original: &str, folded: &Folded, begin: usize, index: usize) -> bool {
    let word = &folded.words[index];
    let text = folded.word_text(index);
    if word.script == Script::Digit {
        return index == begin && text.len() <= 3; // 1. of a list
    }
    let single = original[word.original.range()].chars().nth(1).is_none();
    if !single {
        return ABBREVIATIONS.contains(&text);
    }
    let before = index.checked_sub(1).filter(|before| *before >= begin);
    match word.script {
        // т. д. and т. п. close a list more often than they open a name; so does a year: в 2022 г.
        Script::Cyrillic if !word.capital => {
            let closes = match before {
                Some(before) if matches!(text, "г" | "р") => folded.words[before].script == Script::Digit,
                Some(before) if matches!(text, "д" | "п") => folded.word_text(before) == "т",
                _ => false,
            };
            LETTERS.contains(&text) && !closes
        }
        Script::Latin => word.capital && text != "i",
        Script::Cyrillic | Script::Arabic | Script::Greek => true,
        Script::Digit | Script::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences as the originals of their first and last words, or the word alone.
    #[track_caller]
    fn check(original: &str, expected: &[&str]) {
        let folded = Folded::new(original);
        let found: Vec<_> = folded
            .sentences
            .iter()
            .map(|words| {
                let first = folded.words[words.start as usize].original.start as usize;
                let last = folded.words[words.end as usize - 1].original.end as usize;
                &original[first..last]
            })
            .collect();
        assert_eq!(found, expected);
        for (index, word) in folded.words.iter().enumerate() {
            let sentence = &folded.sentences[folded.sentence_of(index)];
            assert!(sentence.contains(&offset(index)), "{word:?}");
        }
    }

    #[test]
    fn terminators_end_sentences() {
        check("One. Two! Three? Four… Five", &["One", "Two", "Three", "Four", "Five"]);
        check("هل وصل؟ نعم. وصل", &["هل وصل", "نعم", "وصل"]);
        check("Всё!🔥 Потом 🔥 ещё", &["Всё", "Потом 🔥 ещё"]);
        check("first line\nsecond line\n\n- third", &["first line", "second line", "third"]);
        check("Они ушли. #новости Всё. @канал", &["Они ушли", "новости Всё", "канал"]);
        check("", &[]);
    }

    #[test]
    fn closing_marks_belong_to_the_sentence_before() {
        check("Он сказал: «Нет.» Потом ушёл. (Так!) Всё", &["Он сказал: «Нет", "Потом ушёл", "Так", "Всё"]);
        check("\"Really?\" he asked. \"Yes.\" He left", &["Really?\" he asked", "Yes", "He left"]);
        check("«Что?» — спросил он. «Да!» — Он ушёл", &["Что?» — спросил он", "Да", "Он ушёл"]);
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_them() {
        check(
            "Mr. Smith met Dr. J. F. Hall in the U.S. capital. Done",
            &["Mr. Smith met Dr. J. F. Hall in the U.S. capital", "Done"],
        );
        check(
            "В г. Москве на ул. Ленина, т. е. в центре, В. Путин. Всё",
            &["В г. Москве на ул. Ленина, т. е. в центре, В. Путин", "Всё"],
        );
        check("Это было в 2022 г. Потом ушли и т. д. Конец", &["Это было в 2022 г", "Потом ушли и т. д", "Конец"]);
        check("На вул. Хрещатик ім. Т. Шевченка. Так", &["На вул. Хрещатик ім. Т. Шевченка", "Так"]);
        check("قال د. أحمد ذلك. انتهى", &["قال د. أحمد ذلك", "انتهى"]);
        check("Так решил я. Потом", &["Так решил я", "Потом"]);
        check("1. Первое. 2. Второе", &["1. Первое", "2. Второе"]);
    }

    #[test]
    fn decimals_addresses_and_trailing_off_do_not_end_them() {
        check(
            "It cost 3.5 mln. dollars at example.com/a?b=C today",
            &["It cost 3.5 mln. dollars at example.com/a?b=C today"],
        );
        check("Ну… не знаю... может быть. Да", &["Ну… не знаю... может быть", "Да"]);
    }
}
