use super::*;

#[track_caller]
fn check(original: &str, folded: &str) {
    assert_eq!(Folded::new(original).text, folded, "{original}");
}

#[track_caller]
fn words(original: &str, expected: &[&str]) {
    assert_eq!(fold_phrase(original), expected, "{original}");
}

#[test]
fn latin_loses_case_and_diacritics() {
    check("Straße, ŁÓDŹ; Ærø ǿ DĐ ıİ œuvre", "strasse, lodz; aero o dd ii oeuvre");
    check("ﬁn Ｆｕｌｌ 𝐑𝐮𝐬𝐬𝐢𝐚 Ⓡ ĳ", "fin full russia r ij");
    check("e\u{301}te\u{301} Phở", "ete pho");
}

#[test]
fn cyrillic_keeps_its_letters() {
    check("Ёлка, Ещё; Йод Їжак Ґанок Ўсё", "елка, еще; йод їжак ґанок ўсе");
    check("и\u{306} і\u{308} е\u{308} у\u{306} за\u{301}мок", "й ї е ў замок");
}

#[test]
fn arabic_is_brought_to_one_spelling() {
    check("الرُّوسِيّةُ", "الروسيه");
    check("أإآٱ مبنى مؤتمر شئون", "اااا مبني موتمر شيون");
    check("الـــعـــراق ٢٠٢٥ ۱۴۰۳", "العراق 2025 1403");
    check("ایران کرد", "ايران كرد");
    check("ﺍﻟﻌﺮﺍﻕ ﷲ", "العراق الله");
}

#[test]
fn punctuation_takes_one_form() {
    check("«a» “b” „c” ‹d›", "\"a\" \"b\" \"c\" \"d\"");
    check("e’s п’ять – — ‑ x\u{A0}y\u{202F}z…", "e's п'ять - - - x y z...");
    check("a\u{2028}b\r\nc\td", "a\nb \nc d");
}

#[test]
fn invisible_characters_are_dropped() {
    check("ро\u{AD}с\u{200B}си\u{2060}я \u{2067}x\u{2069} ❤\u{FE0F}", "россия x ❤");
}

#[test]
fn mixed_words_are_read_in_their_script() {
    check("Рoccия Telеgrаm Zапад сVоих", "россия telegram запад своих");
    check("р0сс3я С-300 2023г", "р0сс3я с-300 2023г".replace("р0сс3я", "россзя").as_str());
    check("oб'єкт п'яtь' nх'а", "об'єкт п'ять' nх'а");
}

#[test]
fn words_are_letters_digits_and_marks() {
    words("п’ять Moscow’s l'Irak об'єкт' 'слово'", &["п'ять", "moscow", "s", "l", "irak", "об'єкт", "слово"]);
    words("F-16 snake_case #Иран @rybar 🔥3.5%", &["f", "16", "snake", "case", "иран", "rybar", "3", "5"]);
    words("हिन्दी 日本", &["हिन्दी", "日本"]);
    words("1️⃣ пункт", &["1", "пункт"]);
}

#[test]
fn a_folded_range_leads_back_to_the_original() {
    let original = "Ещё \u{2067}за\u{301}мок\u{2069} Рoccия ﷺ";
    let folded = Folded::new(original);
    let back: Vec<_> = folded.words.iter().map(|word| &original[word.original.range()]).collect();
    assert_eq!(back, ["Ещё", "за\u{301}мок", "Рoccия", "ﷺ", "ﷺ", "ﷺ", "ﷺ"]);
    let at = folded.text.find("мок").unwrap();
    assert_eq!(&original[folded.original_range(at - 2..at)], "а\u{301}");
    assert_eq!(folded.original_range(2..2), 2..2);
    assert_eq!(folded.original_range(9_000..9_001), original.len()..original.len());
}

#[test]
fn a_byte_leads_to_its_word() {
    let folded = Folded::new("Ой, два");
    let found: Vec<_> = (0..=folded.text.len()).map(|byte| folded.word_at(byte)).collect();
    let (no, first, second) = (None, Some(0), Some(1));
    assert_eq!(found, [first, first, first, first, no, no, second, second, second, second, second, second, no]);
    assert_eq!(folded.word_text(1), "два");
    assert_eq!(folded.word_text(2), "");
}

#[test]
fn refolding_forgets_the_text_before() {
    let mut folded = Folded::new("Один. Два\u{200B}. Три.");
    folded.refold("Ещё.");
    let fresh = Folded::new("Ещё.");
    assert_eq!((folded.text, folded.words, folded.sentences), (fresh.text, fresh.words, fresh.sentences));
}
