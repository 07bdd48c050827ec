//! Words that names of outlets are made of.
//!
//! In: a label or a part of one. Out: whether it is a title that many outlets bear, or a word that is set beside a title.
//! Both lists hold words of the trade, in the languages of many papers, not names of single outlets.

/// Articles that a title begins with.
const ARTICLES: [&str; 16] =
    ["the", "der", "die", "das", "les", "los", "las", "le", "la", "el", "il", "lo", "al", "de", "het", "o"];

/// Titles, and brands published under licence in many countries, that outlets without any tie share. Sorted.
#[rustfmt::skip]
const TITLES: [&str; 236] = [
    "abendblatt", "actualidad", "agora", "ahram", "akhbar", "aktualne", "anba", "anzeiger", "arabiya", "avisen",
    "avvenire", "bayan", "beobachter", "blatt", "bote", "bulletin", "business", "businessinsider", "capital",
    "chronicle", "citizen", "clarin", "comercio", "correio", "correo", "cosmopolitan", "courier", "courrier", "cronica",
    "cronista", "daily", "dailynews", "debate", "den", "depeche", "dia", "diario", "dispatch", "dnevnik", "dustour",
    "dziennik", "echo", "eco", "economist", "economista", "elle", "epoca", "era", "espectador", "esquire", "estado",
    "euronews", "europa", "europe", "examiner", "expreso", "express", "expresso", "extra", "finance", "financial",
    "focus", "forbes", "forum", "forward", "gaceta", "gazeta", "gazette", "ghad", "giornale", "glamour", "glas",
    "glasnik", "globe", "globo", "glos", "guardian", "haber", "hayat", "hebdo", "herald", "heraldo", "heute", "hlas",
    "hora", "horizont", "huffingtonpost", "huffpost", "imparcial", "independent", "independiente", "index", "info",
    "inform", "informacion", "informador", "insider", "ittihad", "izvestia", "jadid", "jazira", "jornal", "journal",
    "jutarnji", "khabar", "khaleej", "kurier", "kurir", "liberation", "libertad", "liberte", "local", "madina", "magazine",
    "mail", "market", "masr", "matin", "mattino", "mercurio", "messaggero", "messenger", "metro", "mirror", "moment",
    "monde", "mondo", "monitor", "morgenpost", "morning", "mundo", "nachrichten", "nacion", "nacional", "nahar",
    "narod", "narodna", "nation", "national", "nationalgeographic", "nazione", "nedelya", "news", "noticias", "notizie",
    "nova", "novinky", "novosti", "nowiny", "observador", "observateur", "observer", "opinion", "pais", "panorama",
    "patria", "people", "periodico", "playboy", "politico", "politika", "popular", "portal", "post", "pravda",
    "prensa", "press", "presse", "psychologies", "publico", "pueblo", "quds", "quotidien", "rai", "raya", "razon",
    "record", "region", "register", "reporter", "republic", "republica", "republika", "review", "riyadh", "rossiya",
    "rundschau", "sabah", "safir", "segodnya", "semana", "sentinel", "sharq", "shorouk", "siglo", "soir", "sol",
    "sport", "standard", "standart", "star", "stern", "sun", "svoboda", "tagblatt", "tageblatt", "telegraf", "telegram",
    "telegraph", "tempo", "temps", "tiempo", "times", "today", "tribuna", "tribune", "ukraina", "union", "universal",
    "universo", "vanguardia", "verdad", "vesti", "vestnik", "vijesti", "voice", "volksblatt", "vreme",
    "vremya", "watan", "welt", "wiadomosci", "world", "youm", "zeit", "zeitung",
];

/// What is set beside a title to make an address: the trade, the medium, a promise. Sorted.
#[rustfmt::skip]
const COMPANIONS: [&str; 62] = [
    "24", "24h", "365", "actu", "actualite", "actualites", "aktuell", "app", "blog", "breaking", "daily", "digital",
    "direct", "europe", "info", "infos", "international", "intl", "journal", "live", "mag", "magazin", "magazine",
    "media", "medien", "mobile", "nachrichten", "net", "news", "newspaper", "noticias", "notizie", "novosti",
    "official", "officiel", "offiziell", "online", "page", "plus", "politics", "politik", "politique", "portal", "post",
    "press", "presse", "redaktion", "report", "reports", "site", "today", "tv", "ultimas", "update", "updates", "web",
    "website", "wiadomosci", "wiki", "world", "www", "zeitung",
];

/// Whether outlets that have nothing to do with each other bear this title, with or without an article.
pub(super) fn is_shared_title(label: &str) -> bool {
    let is_title = |word: &str| TITLES.binary_search(&word).is_ok();
    is_title(label)
        || ARTICLES
            .iter()
            .filter_map(|article| label.strip_prefix(article))
            .any(|rest| is_title(rest.trim_start_matches('-')))
}

/// Whether a part of a label only says that this is the site, or a site of the press.
pub(super) fn is_companion(part: &str) -> bool {
    COMPANIONS.binary_search(&part).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        assert!(TITLES.is_sorted() && COMPANIONS.is_sorted());
    }

    #[test]
    fn a_title_is_shared_with_its_article() {
        for title in ["standard", "thestandard", "derstandard", "el-mundo", "elmundo"] {
            assert!(is_shared_title(title), "{title}");
        }
        for name in ["beispielblatt", "the", "", "standardpaper"] {
            assert!(!is_shared_title(name), "{name}");
        }
    }
}
