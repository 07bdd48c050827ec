use proptest::prelude::*;

use super::*;

/// A dictionary form, words that are forms of it, words near it that are not.
type Row = (&'static str, &'static str, &'static str);

fn folded(word: &str) -> String {
    fold_phrase(word).concat()
}

fn is(word: &str, language: Option<Language>, other: &str) -> bool {
    let word = folded(word);
    let forms = Forms::of(&word, language).unwrap_or_else(|| panic!("{word} has forms"));
    let other = folded(other);
    let found = forms.is(&other);
    let begins = forms.anchors().iter().filter(|anchor| other.starts_with(**anchor)).count();
    assert!(!found || begins == 1, "{word}: {other} begins with {begins} of {:?}", forms.anchors());
    found
}

/// Every form is found and nothing else; at least 40 of both.
fn check(language: Language, table: &[Row]) {
    let (mut count, mut broken) = ([0, 0], Vec::new());
    for (word, forms, others) in table {
        for (list, wanted) in [(forms, true), (others, false)] {
            for other in list.split_whitespace() {
                count[usize::from(wanted)] += 1;
                if is(word, Some(language), other) != wanted {
                    broken.push(format!("{word}~ and {other}: {}", if wanted { "missed" } else { "taken" }));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(count.iter().all(|count| *count >= 40), "{count:?}");
}

/// What is known to be wrong, so that a change of it is noticed: the docs name it.
fn check_limits(language: Language, table: &[Row]) {
    for (word, missed, taken) in table {
        missed.split_whitespace().for_each(|form| assert!(!is(word, Some(language), form), "{word}~ finds {form} now"));
        taken
            .split_whitespace()
            .for_each(|other| assert!(is(word, Some(language), other), "{word}~ leaves {other} now"));
    }
}

const RUSSIAN_WORDS: &[Row] = &[
    (
        "инвестор",
        "инвестор инвестора инвестору инвестором инвесторе инвесторы инвесторов инвесторам",
        "инвестиция инвесторский инвестировать",
    ),
    ("партнёр", "партнёра партнером партнёры партнёров партнёрами", "партнёрство партнёрский партия"),
    ("Иран", "Ирана Ирану Ираном Иране", "иранский иранец Ирак"),
    ("канал", "канала каналу каналом каналы каналов каналах", "канализация каналья"),
    ("Россия", "России Россию Россией", "российский россиянин Россини росс"),
    ("россиянин", "россиянина россиянином россияне россиян россиянам", "российский россиянка Россия"),
    ("украинец", "украинца украинцем украинцы украинцев", "украинский Украина украинка"),
    ("доброволец", "добровольца добровольцы добровольцев", "добровольный добровольно"),
    ("боец", "бойца бойцы бойцов бойцам", "бой боевой бойкот"),
    ("рынок", "рынка рынке рынки рынков", "рыночный рында"),
    ("день", "дня дню днём дни дней днях", "дневной денно деньги"),
    ("посол", "посла послу послом послы послов", "посольство после послать"),
    ("страна", "страны стране страну страной стран странам", "странный странник"),
    ("ссылка", "ссылки ссылку ссылкой ссылок", "ссылаться ссыльный"),
    ("статья", "статьи статью статьёй статей статьях", "статус стать статист"),
    ("область", "области областью областей областям", "областной облава"),
    ("правительство", "правительства правительству правительством правительств", "правительственный правитель"),
    ("заявление", "заявления заявлению заявлением заявлений заявлениях", "заявить заявка заявлен"),
    ("время", "времени временем времена времён", "временный временно"),
    ("санкции", "санкций санкциям санкциями санкциях", "санкция санкцию санкционный"),
    ("выборы", "выборов выборам выборах", "выбора выбором выборный"),
    ("надёжный", "надёжная надёжного надёжным надёжных надежна надёжен надёжнее", "надёжность надежда ненадёжный"),
    ("российский", "российская российского российские российскими", "Россия россиянин"),
    (
        "приглашать",
        "приглашаю приглашает приглашаем приглашали приглашая приглашающий",
        "приглашение пригласить приглашаться",
    ),
    (
        "пригласить",
        "приглашу пригласит пригласят пригласил приглашён приглашены приглашённого",
        "приглашение приглашает",
    ),
    ("открыть", "открою откроет открыл открыла открыт открыто открытого", "открытие открывать открытка"),
    (
        "финансировать",
        "финансирую финансирует финансируют финансировал финансируемый",
        "финансирование финансист финансы",
    ),
    ("идти", "идти идёт идут шёл шла", "идея идеал"),
    ("бороться", "борюсь борется боролись борющийся", "борол борьба бороть борода"),
];

const RUSSIAN_LIMITS: &[Row] = &[
    // Superlatives, and short forms where a vowel flees before к; verbs whose present has other letters.
    ("близкий", "близок ближе ближайший", ""),
    ("собрать", "соберу соберёт", ""),
    // The same spelling: a bank and a jar, the metro and a metre.
    ("банк", "", "банка банке"),
    ("метро", "", "метра метре"),
    // Nothing tells a verb's sort from its dictionary form.
    ("создать", "", "создаёт создают"),
];

const UKRAINIAN_WORDS: &[Row] = &[
    ("партнер", "партнера партнерові партнером партнери партнерів партнерами", "партнерство партнерський партія"),
    ("інвестор", "інвестора інвесторів інвесторам", "інвестиція інвестувати інвесторський"),
    ("запрошення", "запрошення запрошенню запрошенням запрошень запрошеннях", "запросити запрошений запрошувати"),
    ("політика", "політики політиці політику політикою політик", "політичний політолог"),
    ("рука", "руки руці руку рукою рук руками", "ручний рукав"),
    ("договір", "договору договорі договором договори договорів", "договірний договоритися договірник"),
    ("Київ", "Києва Києву Києвом Києві", "київський кияни київ'янин"),
    ("Харків", "Харкова Харкову Харкові Харковом", "харківський харківка"),
    ("українець", "українця українцеві українцем українці українців", "український Україна українка"),
    ("боєць", "бійця бійці бійців бійцям", "бійка бій"),
    ("росіянин", "росіянина росіяни росіян росіянам", "росіянка російський Росія"),
    ("рік", "року році роком роки років роках", "річний роковини рок"),
    ("ніч", "ночі ніччю ночей ночами", "нічний ночувати"),
    ("можливість", "можливості можливістю можливостей можливостям", "можливий можливо"),
    ("область", "області областю областей", "обласний облава"),
    ("зв'язок", "зв'язку зв'язком зв'язки зв'язків", "зв'язковий зв'язати"),
    ("Росія", "Росії Росію Росією", "російський росіянин роси"),
    ("країна", "країни країні країну країною країн країнах", "край країнський"),
    ("допомога", "допомоги допомозі допомогу допомогою", "допомогти допоміжний"),
    ("день", "дня дні днів днями", "денний деньки"),
    ("санкції", "санкцій санкціям санкціями", "санкція санкцію санкціонувати"),
    ("надійний", "надійного надійному надійна надійною надійні надійних", "надійність надія ненадійний"),
    ("російський", "російського російська російської російські російських", "Росія росіянин"),
    ("зернова", "зернової зерновій зернову зерновою", "зерно зерновоз"),
    (
        "запрошувати",
        "запрошую запрошує запрошують запрошував запрошувала запрошуватиме",
        "запросити запрошення запрошуватися",
    ),
    ("запросити", "запрошу запросить запросили запрошений запрошено", "запрошення запрошує запит"),
    ("зробити", "зроблю зробить зроблять зробив зроблено зробимо", "робити зробок"),
    ("боротися", "борюся бореться боролися боротимуться", "боротьба борода"),
    ("вести", "веде ведуть вів вела", "весь вість весло"),
];

const UKRAINIAN_LIMITS: &[Row] = &[
    ("зібрати", "зберу збере", ""),
    ("близький", "ближчий", ""),
    ("банк", "", "банка"),
    ("додати", "", "додає додають"),
];

const ARABIC_WORDS: &[Row] = &[
    ("شراكة", "شراكة شراكات شراكته شراكتها شراكتهم شراكتنا", "شركة شريك شرك شركاء اشتراك"),
    ("مستثمر", "مستثمرا مستثمرون مستثمرين مستثمري مستثمرة مستثمرات مستثمريها", "استثمار استثمارات ثمار"),
    ("العراق", "عراق عراقنا عراقهم", "عراقي عراقية عراقيين عراقيون"),
    ("عراقي", "عراقية عراقيون عراقيين عراقيات", "عراق عراقة"),
    ("روسي", "روسية روسيون", "روسيا روس روسو"),
    ("اجتماع", "اجتماعات اجتماعها اجتماعهم اجتماعا", "اجتماعي اجتماعية جماعة مجتمع"),
    ("دعوة", "دعوات دعوته دعوتهم دعوتنا", "دعا دعوى دعاة داعي"),
    ("فرصة", "فرصته فرصتنا فرصتان", "فرص فارس فرضية"),
    ("شركاء", "شركائه شركاؤنا شركائها شركاءهم", "شريك شركات شركة"),
    ("مستثمرون", "مستثمرين مستثمرو مستثمريها", "مستثمر مستثمرة استثمار"),
    ("قانون", "قانونا قانونها قانونه", "قانوني قوانين قانونية"),
    ("عقوبات", "عقوباتها عقوباتهم", "عقوبة عقاب معاقبة"),
    ("يدعو", "يدعو تدعو ندعو أدعو يدعون تدعوهم يدعوكم", "دعا دعوة دعوى"),
    ("أعلن", "أعلنت أعلنوا أعلنا", "يعلن إعلان علن علني"),
    ("رئيس", "رئيسا رئيسها رئيسهم رئيسنا رئيسة", "رئاسة رئيسي رئاسي"),
    ("حكومة", "حكومات حكومته حكومتنا", "حكومي حكم حكام"),
];

const ARABIC_LIMITS: &[Row] = &[
    // Broken plurals and verbs in another tense are other words.
    ("شريك", "شركاء", ""),
    ("مشروع", "مشاريع", ""),
    // The feminine mark and "his" are one letter once folded: work, currency.
    ("عمل", "", "عملة"),
];

const LATIN_WORDS: &[(Language, Row)] = &[
    (Language::En, ("invest", "invests invested investing", "investor inverse")),
    (Language::En, ("country", "countries", "county counter")),
    (Language::En, ("partner", "partners partnered", "partnership party")),
    (Language::De, ("Partner", "Partners Partnern", "Partnerschaft Partei")),
    (Language::De, ("Einladung", "Einladungen", "Einlage")),
    (Language::Fr, ("partenaire", "partenaires", "partenariat")),
    (Language::Fr, ("inviter", "invite invitez inviter", "invention inventer")),
    (Language::Es, ("inversión", "inversiones", "inversor invertir")),
    (Language::It, ("socio", "soci", "sociale")),
];

#[test]
fn russian_words_meet_their_forms() {
    check(Language::Ru, RUSSIAN_WORDS);
    check_limits(Language::Ru, RUSSIAN_LIMITS);
}

#[test]
fn ukrainian_words_meet_their_forms() {
    check(Language::Uk, UKRAINIAN_WORDS);
    check_limits(Language::Uk, UKRAINIAN_LIMITS);
}

#[test]
fn arabic_words_meet_their_forms() {
    let table: Vec<Row> = ARABIC_WORDS
        .iter()
        .map(|(word, ..)| word.strip_prefix("ال").unwrap_or(word))
        .zip(ARABIC_WORDS)
        .map(|(word, row)| (word, row.1, row.2))
        .collect();
    check(Language::Ar, &table);
    check_limits(Language::Ar, ARABIC_LIMITS);
}

#[test]
fn latin_words_meet_their_forms() {
    for (language, (word, forms, others)) in LATIN_WORDS {
        forms.split_whitespace().for_each(|form| assert!(is(word, Some(*language), form), "{word}~ {form}"));
        others.split_whitespace().for_each(|other| assert!(!is(word, Some(*language), other), "{word}~ {other}"));
    }
}

#[test]
fn names_are_read_by_their_letters() {
    assert!(is("Звинчук", None, "Звинчуком") && is("Звінчук", None, "Звінчукові") && is("Лавров", None, "Лавровым"));
    assert!(is("مستثمر", None, "مستثمرين"));
    assert_eq!(Forms::of("rybar", None), None, "no letters tell English from German");
}

#[test]
fn problems_of_the_sign_are_named() {
    let told = |phrase, language| forms_problem(phrase, language).map(|(message, _)| message);
    for (phrase, language) in [
        ("приглашать~ инвестор~", Language::Ru),
        ("запрошення~", Language::Uk),
        ("شراكة~ موثوقة", Language::Ar),
        ("invest~", Language::En),
    ] {
        assert_eq!(told(phrase, Some(language)), None, "{phrase}");
    }
    for (phrase, language, says) in [
        ("парт~нёр", Some(Language::Ru), "end"),
        ("партн*~", Some(Language::Ru), "both"),
        ("партн~*", Some(Language::Ru), "end"),
        ("ад~", Some(Language::Ru), "short"),
        ("Rybar~", None, "name"),
        ("partner~", Some(Language::Ru), "language"),
        ("Баку~", Some(Language::Ru), "language"),
        ("روسيا~", Some(Language::Ar), "language"),
    ] {
        assert!(
            told(phrase, language).is_some_and(|message| message.contains(says)),
            "{phrase}: {:?}",
            told(phrase, language)
        );
    }
}

fn words() -> impl Strategy<Value = (String, Option<Language>)> {
    use Language::{Ar, De, En, Es, Fr, It, Ru, Uk};
    let language = prop::sample::select(vec![
        Some(Ru),
        Some(Uk),
        Some(Ar),
        Some(En),
        Some(De),
        Some(Fr),
        Some(Es),
        Some(It),
        None,
    ]);
    let word = prop_oneof![
        "[а-яё]{1,9}(ать|ить|ться|ость|ий|ая|ок|ец|ие|ы|а|ь|й)?",
        "[а-щьюяіїєґ']{1,9}(ати|ити|увати|тися|ість|ій|ий|ння|ець|ок|ів|ія)?",
        "[ا-ي]{1,9}(ات|ون|ين|ة|ي|ء)?",
        "[a-zäöüßéèñçàù]{1,12}(s|es|ed|ing|ies|ungen|eux|aux|iones|ità)?",
        any::<String>(),
    ];
    (word, language)
}

proptest! {
    #[test]
    fn a_word_is_a_form_of_itself((word, language) in words()) {
        for word in fold_phrase(&word) {
            if let Some(forms) = Forms::of(&word, language) {
                prop_assert!(forms.is(&word), "{word} {language:?} {forms:?}");
                prop_assert!(forms.anchors().iter().filter(|anchor| word.starts_with(**anchor)).count() == 1);
                prop_assert!(forms.anchors().iter().all(|anchor| !anchor.is_empty()));
            }
        }
    }

    /// The stemmers come from a generator; no word may stop them.
    #[test]
    fn no_word_of_a_text_is_too_strange((word, language) in words(), (text, _) in words()) {
        let Some(forms) = fold_phrase(&word).first().and_then(|word| Forms::of(word, language)) else { return Ok(()) };
        for other in fold_phrase(&text) {
            let found = forms.is(&other);
            let begins = forms.anchors().iter().filter(|anchor| other.starts_with(**anchor)).count();
            prop_assert!(!found || begins == 1, "{word}: {other}");
        }
    }
}
