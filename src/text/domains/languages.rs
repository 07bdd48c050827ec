//! Which languages the press of a country writes in, by the country's suffix.
//!
//! Sister papers, regional editions and namesakes live where the same words are read: a Spanish title has namesakes all
//! over Latin America, a German one in Austria. Where nobody reads the language, the same title is less likely chance.
//! Languages whose titles are shared (Spanish and Portuguese; the Nordic ones; those of the former Soviet Union, where
//! one company often publishes across borders) are one here.

/// A set of languages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Languages(u32);

impl Languages {
    const NONE: Self = Self(0);
    const ARABIC: Self = Self(1);
    const CHINESE: Self = Self(1 << 1);
    const CZECH: Self = Self(1 << 2);
    const DUTCH: Self = Self(1 << 3);
    const ENGLISH: Self = Self(1 << 4);
    const FRENCH: Self = Self(1 << 5);
    const GERMAN: Self = Self(1 << 6);
    const GREEK: Self = Self(1 << 7);
    const HEBREW: Self = Self(1 << 8);
    const HUNGARIAN: Self = Self(1 << 9);
    const IBERIAN: Self = Self(1 << 10);
    const ITALIAN: Self = Self(1 << 11);
    const JAPANESE: Self = Self(1 << 12);
    const KOREAN: Self = Self(1 << 13);
    const MALAY: Self = Self(1 << 14);
    const NORDIC: Self = Self(1 << 15);
    const PERSIAN: Self = Self(1 << 16);
    const POLISH: Self = Self(1 << 17);
    const ROMANIAN: Self = Self(1 << 18);
    const SOUTH_SLAVIC: Self = Self(1 << 19);
    const SOVIET: Self = Self(1 << 20);
    const TURKISH: Self = Self(1 << 21);
    const ALBANIAN: Self = Self(1 << 22);

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Adds what another suffix of the same outlet says.
    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn is_known(self) -> bool {
        self != Self::NONE
    }

    pub(super) fn share(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The languages of a top level: a country's or a region's. Nothing for those that belong to no place, and for
    /// countries whose script Latin titles do not come from.
    pub(super) fn of(top: &str) -> Self {
        match top {
            "at" | "de" | "li" => Self::GERMAN,
            "bayern" | "berlin" | "cologne" | "hamburg" | "koeln" | "nrw" | "ruhr" | "saarland" | "tirol" | "wien" => {
                Self::GERMAN
            }
            "ch" | "swiss" | "zuerich" => Self::GERMAN.and(Self::FRENCH).and(Self::ITALIAN),
            "lu" => Self::GERMAN.and(Self::FRENCH),
            "be" | "brussels" => Self::FRENCH.and(Self::DUTCH),
            "aw" | "cw" | "nl" | "sr" | "sx" | "amsterdam" | "frl" | "gent" | "vlaanderen" => Self::DUTCH,
            "fr" | "gf" | "gp" | "mc" | "mq" | "nc" | "pf" | "re" => Self::FRENCH,
            "bf" | "bi" | "bj" | "cd" | "cf" | "cg" | "ci" | "ga" | "gn" | "ht" | "mg" | "ml" | "ne" | "sn" | "tg" => {
                Self::FRENCH
            }
            "alsace" | "bzh" | "corsica" | "paris" | "quebec" => Self::FRENCH,
            "ca" | "cm" | "mu" | "rw" | "sc" | "vu" => Self::ENGLISH.and(Self::FRENCH),
            "dj" | "dz" | "km" | "lb" | "ma" | "mr" | "td" | "tn" => Self::ARABIC.and(Self::FRENCH),
            "ae" | "bh" | "eg" | "iq" | "jo" | "kw" | "ly" | "om" | "ps" | "qa" | "sa" | "sd" | "sy" | "ye" => {
                Self::ARABIC.and(Self::ENGLISH)
            }
            "il" => Self::HEBREW.and(Self::ENGLISH),
            "it" | "sm" | "va" => Self::ITALIAN,
            "mt" => Self::ENGLISH.and(Self::ITALIAN),
            "ad" | "ar" | "bo" | "cl" | "co" | "cr" | "cu" | "do" | "ec" | "es" | "gq" | "gt" | "hn" | "mx" | "ni" => {
                Self::IBERIAN
            }
            "pa" | "pe" | "pr" | "py" | "sv" | "uy" | "ve" => Self::IBERIAN,
            "ao" | "br" | "cv" | "gw" | "mz" | "pt" | "tl" => Self::IBERIAN,
            "barcelona" | "cat" | "eus" | "gal" | "lat" | "madrid" | "rio" => Self::IBERIAN,
            "ag" | "au" | "bb" | "bd" | "bm" | "bs" | "bw" | "bz" | "dm" | "fj" | "gd" | "gh" | "gi" | "gm" | "gy" => {
                Self::ENGLISH
            }
            "ie" | "im" | "in" | "jm" | "ke" | "ky" | "lc" | "lk" | "lr" | "ls" | "mw" | "na" | "ng" | "nz" | "pg" => {
                Self::ENGLISH
            }
            "gg" | "je" | "ph" | "pk" | "sb" | "sl" | "sz" | "tt" | "tz" | "ug" | "uk" | "us" | "vc" | "za" | "zm"
            | "zw" => Self::ENGLISH,
            "boston" | "capetown" | "cymru" | "durban" | "joburg" | "kiwi" | "london" | "melbourne" | "miami"
            | "nyc" | "scot" | "sydney" | "wales" => Self::ENGLISH,
            "gr" | "ελ" => Self::GREEK,
            "cy" => Self::GREEK.and(Self::TURKISH).and(Self::ENGLISH),
            "hu" => Self::HUNGARIAN,
            "ax" | "dk" | "fi" | "fo" | "gl" | "helsinki" | "is" | "no" | "se" | "stockholm" => Self::NORDIC,
            // Niue's suffix reads "now" in Swedish and Dutch, and is sold there.
            "nu" => Self::NORDIC.and(Self::DUTCH),
            "pl" => Self::POLISH,
            "cz" | "sk" => Self::CZECH,
            "ba" | "bg" | "hr" | "me" | "mk" | "rs" | "si" | "бг" | "мкд" | "срб" => Self::SOUTH_SLAVIC,
            "al" | "xk" => Self::ALBANIAN,
            "ro" => Self::ROMANIAN,
            "md" => Self::ROMANIAN.and(Self::SOVIET),
            "am" | "by" | "ee" | "ge" | "kg" | "kz" | "lt" | "lv" | "ru" | "su" | "tm" | "ua" | "uz" => Self::SOVIET,
            "moscow" | "tatar" | "бел" | "дети" | "москва" | "рус" | "рф" | "укр" | "қаз" => {
                Self::SOVIET
            }
            "az" => Self::SOVIET.and(Self::TURKISH),
            "tr" | "ist" | "istanbul" => Self::TURKISH,
            "ir" | "af" => Self::PERSIAN,
            "tj" => Self::PERSIAN.and(Self::SOVIET),
            "cn" | "mo" | "tw" | "taipei" => Self::CHINESE,
            "hk" => Self::CHINESE.and(Self::ENGLISH),
            "sg" => Self::CHINESE.and(Self::ENGLISH).and(Self::MALAY),
            "my" => Self::MALAY.and(Self::ENGLISH),
            "bn" | "id" => Self::MALAY,
            "jp" | "osaka" | "tokyo" => Self::JAPANESE,
            "kr" => Self::KOREAN,
            _ => Self::NONE,
        }
    }
}
