//! What a suffix says about who may stand behind a name.
//!
//! In: a public suffix. Out: its [`Ground`]. The same label under another suffix is a sister paper, a namesake or a
//! forgery, and the suffix tells which is likely. Impersonators need many names, quickly and without papers; the suffixes
//! sold to everyone are where abuse gathers (Korczyński et al., Cybercrime after the sunrise, 2018; Halvorson et al., From
//! .academy to .zone, 2015), and newsrooms seldom move there.

use super::languages::Languages;

/// The ground on which a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Sold to everyone everywhere: generic suffixes since 2012, country suffixes marketed abroad, and companies that
    /// sell names below their own as if it were a suffix (`eu.com`).
    Open,
    /// The old generic suffixes, and those where software companies live: most words are taken, by people who mean no
    /// outlet, or by an outlet as its second address.
    Crowded,
    /// Where an outlet of any country is at home, with its international edition, its broadcasts, or in exile.
    Home,
    /// A country's or a region's own, where its press is.
    National,
    /// A page at somebody's service; the label is an account's name.
    Hosted,
    /// Given only to those who can prove what they are.
    Closed,
}

impl Ground {
    pub(super) fn of(suffix: &str, private: bool) -> Self {
        if private {
            let sold = suffix.split('.').all(|label| label.len() <= 3);
            return if sold { Self::Open } else { Self::Hosted };
        }
        let (first, top) = (first(suffix), top(suffix));
        if first != top {
            return if is_state(first) { Self::Closed } else { Self::National };
        }
        match top {
            "com" | "eu" | "fm" | "tv" => Self::Home,
            "ai" | "app" | "biz" | "co" | "dev" | "info" | "io" | "net" | "org" | "sh" | "tech" => Self::Crowded,
            "aero" | "arpa" | "bank" | "coop" | "edu" | "gov" | "int" | "mil" | "museum" | "post" => Self::Closed,
            _ if is_marketed(top) => Self::Open,
            _ if asks_for_a_tie(top) => Self::National,
            _ if top.len() == 2 || !top.is_ascii() => Self::National,
            _ => Self::Open,
        }
    }
}

/// The last label of a suffix.
pub(super) fn top(suffix: &str) -> &str {
    suffix.rsplit('.').next().unwrap_or(suffix)
}

/// The languages of the place that a suffix belongs to.
pub(super) fn languages(suffix: &str, private: bool) -> Languages {
    if private { Languages::default() } else { Languages::of(top(suffix)) }
}

fn first(suffix: &str) -> &str {
    suffix.split('.').next().unwrap_or(suffix)
}

/// Second levels that a state keeps for itself and its schools.
fn is_state(second: &str) -> bool {
    matches!(second, "ac" | "edu" | "gob" | "gouv" | "gov" | "mil")
}

/// Regions and cities whose suffix is given to those who have a tie to the place.
fn asks_for_a_tie(top: &str) -> bool {
    matches!(
        top,
        "alsace"
            | "barcelona"
            | "berlin"
            | "bzh"
            | "cat"
            | "corsica"
            | "eus"
            | "gal"
            | "hamburg"
            | "madrid"
            | "nyc"
            | "paris"
            | "quebec"
            | "scot"
            | "swiss"
            | "tirol"
            | "wien"
    )
}

/// Country suffixes that live from customers abroad: of islands and territories with hardly any press of their own, of
/// states that sell theirs as a word (`me`, `so`, `to`), and those that were given away free of charge for years.
fn is_marketed(top: &str) -> bool {
    matches!(
        top,
        "ac" | "ag"
            | "as"
            | "bz"
            | "cc"
            | "cf"
            | "cx"
            | "fk"
            | "ga"
            | "gd"
            | "gg"
            | "gl"
            | "gq"
            | "gs"
            | "hm"
            | "im"
            | "je"
            | "la"
            | "lc"
            | "li"
            | "ly"
            | "me"
            | "ml"
            | "ms"
            | "nf"
            | "nu"
            | "pm"
            | "pn"
            | "pw"
            | "re"
            | "sc"
            | "so"
            | "st"
            | "su"
            | "sx"
            | "tc"
            | "tf"
            | "tk"
            | "to"
            | "vc"
            | "vg"
            | "wf"
            | "ws"
            | "yt"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(suffixes: &[&str], ground: Ground) {
        for suffix in suffixes {
            assert_eq!(Ground::of(suffix, false), ground, "{suffix}");
        }
    }

    #[test]
    fn a_suffix_has_its_ground() {
        check(&["ltd", "online", "news", "pm", "cc", "me"], Ground::Open);
        check(&["net", "org", "info", "io"], Ground::Crowded);
        check(&["com", "eu", "tv"], Ground::Home);
        check(&["de", "co.uk", "com.co", "kiev.ua", "in", "рф", "cat"], Ground::National);
        check(&["gov", "int", "ac.uk", "gov.ua"], Ground::Closed);
        assert_eq!(Ground::of("eu.com", true), Ground::Open);
        assert_eq!(Ground::of("blogspot.com", true), Ground::Hosted);
    }
}
