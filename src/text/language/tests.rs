use super::*;

#[track_caller]
fn check(code: &str, texts: &[&str]) {
    let told: Vec<_> = texts.iter().map(|text| (*text, language(text, &Folded::new(text)).code())).collect();
    let wrong: Vec<_> = told.iter().filter(|(_, told)| *told != code).collect();
    assert!(wrong.is_empty(), "not {code}: {wrong:?}");
}

#[test]
fn russian_and_ukrainian_are_told_apart() {
    check(
        "ru",
        &[
            "Министр прибыл в город",
            "Полиция закрыла мост",
            "Мы не дадим им победить",
            "Цены снова выросли",
            "Кому выгодна эта война?",
            "Никто этого не ждал",
            "Новости дня: главное",
            "Президент встретился с бизнесом",
            "Ещё одна новость",
            "Тысячи вышли против власти",
            "Сообщает Reuters: объект взят",
        ],
    );
    check(
        "uk",
        &[
            "Міністр прибув до міста",
            "Поліція закрила міст",
            "Ми не дамо їм перемогти",
            "Ціни знову зросли",
            "Кому вигідна ця війна?",
            "Ніхто цього не чекав",
            "Головне за день та прогноз",
            "Президент зустрівся з бізнесом",
            "Пʼять новин",
            "Тисячі вийшли проти влади",
            "Рятувальники загасили пожежу на складі",
        ],
    );
}

#[test]
fn other_cyrillic_languages_are_neither() {
    check("be", &["Міністр прыехаў у горад", "Паліцыя закрыла мост і вуліцу"]);
    check("bg", &["Министърът пристигна в града", "Полицията затвори моста, няма да се премине"]);
    check("sr", &["Министар је стигао у град", "Нећемо им дозволити да победе"]);
    check("mk", &["Министерот стигна, ќе зборува со граѓаните"]);
    check("kk", &["Министр қалаға келді", "Бағалар қайтадан өсті"]);
}

#[test]
fn arabic_is_told_from_its_neighbours() {
    check(
        "ar",
        &[
            "وصل الوزير إلى المدينة",
            "الشرطة تغلق الجسر",
            "ارتفاع الأسعار مجددا",
            "لن نسمح لهم بالفوز",
            "من المستفيد؟",
            "وزیر الخارجية يزور بغداد",
            "چان أكو خبر عن الوزير",
        ],
    );
    check("fa", &["وزیر به شهر رسید", "پلیس پل را بست", "قیمت‌ها دوباره بالا رفت", "هیچ کس انتظار نداشت"]);
    check("ur", &["وزیر شہر پہنچ گئے", "پولیس نے پل بند کر دیا ہے"]);
    check("ckb", &["وەزیر گەیشتە شارەکە", "نرخەکان دیسان بەرز بوونەوە"]);
}

/// The table on which the model was chosen.
#[test]
fn short_latin_texts_are_told_apart() {
    check(
        "en",
        &[
            "The minister arrived in the city on Monday",
            "Breaking: police close main bridge",
            "We are not going to let them win",
            "New deal signed between both countries",
            "Heavy rain expected later this week",
            "Who benefits from this war?",
            "Prices rose again last month",
            "Read our full report here",
            "President meets business leaders",
            "Nobody saw this coming",
            "Thousands march against government plans",
            "More troops were sent north",
        ],
    );
    check(
        "de",
        &[
            "Der Minister traf am Montag in der Stadt ein",
            "Polizei sperrt wichtige Brücke",
            "Wir werden nicht zulassen, dass sie gewinnen",
            "Neues Abkommen zwischen beiden Ländern",
            "Starker Regen in dieser Woche erwartet",
            "Wem nützt dieser Krieg?",
            "Preise steigen erneut deutlich",
            "Hier unseren ganzen Bericht lesen",
            "Kanzler empfängt Wirtschaftsvertreter",
            "Niemand hat das kommen sehen",
            "Tausende demonstrieren gegen Regierung",
            "Mehr Truppen nach Norden verlegt",
        ],
    );
    check(
        "fr",
        &[
            "Le ministre est arrivé lundi dans la ville",
            "La police ferme le pont principal",
            "Nous ne les laisserons pas gagner",
            "Nouvel accord signé entre deux pays",
            "Fortes pluies attendues cette semaine",
            "À qui profite cette guerre ?",
            "Les prix augmentent encore",
            "Lisez notre rapport complet ici",
            "Macron rencontre des chefs d'entreprise",
            "Personne ne l'a vu venir",
            "Des milliers manifestent contre le gouvernement",
            "Davantage de troupes envoyées au nord",
        ],
    );
    check(
        "es",
        &[
            "El ministro llegó el lunes a la ciudad",
            "La policía cierra el puente principal",
            "No vamos a dejar que ganen",
            "Nuevo acuerdo firmado entre ambos países",
            "Se esperan fuertes lluvias esta semana",
            "¿Quién se beneficia de esta guerra?",
            "Los precios suben otra vez",
            "Lea aquí nuestro informe completo",
            "Presidente recibe a empresarios extranjeros",
            "Nadie lo vio venir",
            "Miles protestan contra el gobierno",
            "Envían más tropas al norte",
        ],
    );
    check(
        "it",
        &[
            "Il ministro è arrivato lunedì in città",
            "La polizia chiude il ponte principale",
            "Non li lasceremo vincere",
            "Nuovo accordo firmato tra i due paesi",
            "Forti piogge attese questa settimana",
            "A chi giova questa guerra?",
            "I prezzi aumentano ancora",
            "Leggi qui il nostro rapporto completo",
            "Presidente incontra gli imprenditori",
            "Nessuno se lo aspettava",
            "Migliaia in piazza contro il governo",
            "Altre truppe inviate al nord",
        ],
    );
}

#[test]
fn other_latin_languages_are_not_ours() {
    check("pt", &["O ministro chegou à cidade na segunda-feira", "Ninguém viu isto chegar"]);
    check("nl", &["De minister kwam maandag in de stad aan", "De prijzen zijn weer gestegen"]);
    check("pl", &["Minister przyjechał w poniedziałek do miasta", "Nikt się tego nie spodziewał"]);
    check("ro", &["Ministrul a sosit luni în oraș", "Prețurile au crescut din nou"]);
    check("cs", &["Ministr přijel v pondělí do města", "Ceny opět vzrostly, říká vláda"]);
}

#[test]
fn most_letters_decide_and_addresses_do_not_vote() {
    check(
        "ru",
        &[
            "Смотри https://example.com/a-very-long-path/that/is/english-looking.html и решай",
            "Эфир @verylongaccountname_channel и t.me/anotherlongname уже идёт",
            "Компания Example Group сообщила о прибыли за год",
        ],
    );
    check("en", &["The word «мир» means peace and world", "The president met Donald Tusk in Łódź on Tuesday"]);
    check("und", &["", "🔥🔥", "123 45", "Ok", "Москва", "https://example.com/the-long-path-to-the-news"]);
    check("he", &["השר הגיע לעיר"]);
    check("ja", &["東京で会見"]);
}
