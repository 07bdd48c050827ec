//! Invented outlets and what passes for them.

mod measure;

use proptest::prelude::*;

use super::*;
use crate::text::canonical_link;

/// A long name and a short one, titles that others bear too, two suffixes of one name, a hyphen, a second level.
const OUTLETS: [&str; 9] = [
    "beispielblatt.de",
    "bspl.de",
    "www.standard.at",
    "lexemple.fr",
    "primeras.es",
    "primeras.fr",
    "t-muster.de",
    "morningsample.co.uk",
    "abc.net",
];

#[track_caller]
fn check(host: &str, expected: Option<(&str, How)>) {
    let protected = Protected::new(OUTLETS);
    let found = protected.imitated(host).map(|found| (found.outlet, found.how));
    assert_eq!(found, expected, "{host}");
}

#[track_caller]
fn imitates(how: How, hosts: &[(&str, &str)]) {
    for (host, outlet) in hosts {
        check(host, Some((outlet, how)));
    }
}

#[track_caller]
fn is_none(hosts: &[&str]) {
    for host in hosts {
        check(host, None);
    }
}

#[test]
fn an_outlet_and_what_lies_below_it_imitate_nothing() {
    is_none(&[
        "beispielblatt.de",
        "www.beispielblatt.de",
        "sport.beispielblatt.de",
        "BEISPIELBLATT.de.",
        "standard.at",
    ]);
    is_none(&["primeras.es", "primeras.fr", "m.primeras.fr", "news.morningsample.co.uk", "t-muster.de"]);
}

#[test]
fn unrelated_hosts_imitate_nothing() {
    is_none(&[
        "example.com",
        "t.me",
        "blatt.ltd",
        "beispiel.de",
        "exemple.fr",
        "muster.ltd",
        "sample.co.uk",
        "news.online",
    ]);
    is_none(&["beispielblatt.example.com", "standard.example.ltd", "meinbeispielblattler.ltd"]);
}

#[test]
fn the_very_name_under_a_suffix_sold_to_everyone() {
    imitates(
        How::Suffix,
        &[
            ("beispielblatt.ltd", "beispielblatt.de"),
            ("www.news.beispielblatt.online", "beispielblatt.de"),
            ("bspl.top", "bspl.de"),
            ("bspl.eu.com", "bspl.de"),
            ("standard.life", "standard.at"),
            ("abc.lol", "abc.net"),
            ("lexemple.pm", "lexemple.fr"),
        ],
    );
}

#[test]
fn the_very_name_where_namesakes_live_counts_only_if_it_is_unmistakable() {
    imitates(
        How::Suffix,
        &[
            ("beispielblatt.org", "beispielblatt.de"),
            ("beispielblatt.in", "beispielblatt.de"),
            ("beispielblatt.com.pe", "beispielblatt.de"),
        ],
    );
    // Its language is read there; it may be the outlet's own; four letters and titles are anybody's.
    is_none(&["beispielblatt.at", "beispielblatt.ch", "lexemple.sn", "beispielblatt.com", "beispielblatt.eu"]);
    is_none(&["bspl.org", "bspl.in", "standard.be", "standard.net", "abc.org", "beispielblatt.blogspot.com"]);
    // Published in countries of several languages: why not in one more.
    is_none(&["primeras.it", "primeras.com.pe"]);
    is_none(&["beispielblatt.gov.in", "beispielblatt.int"]);
}

#[test]
fn letters_that_look_alike() {
    imitates(
        How::Confusable,
        &[
            // Cyrillic е, as Unicode and as punycode; a mark on a letter.
            ("bеispielblatt.de", "beispielblatt.de"),
            ("xn--bispielblatt-sck.de", "beispielblatt.de"),
            ("beispíelblatt.de", "beispielblatt.de"),
            ("belspielblatt.com", "beispielblatt.de"),
            ("be1spie1b1att.info", "beispielblatt.de"),
            ("rnorningsample.com", "morningsample.co.uk"),
            ("bsp1.ws", "bspl.de"),
            ("bspi.cc", "bspl.de"),
            ("primerа5.ltd", "primeras.es"),
        ],
    );
    is_none(&["bsp1.com", "bsp1.org"]);
}

#[test]
fn one_slip() {
    imitates(
        How::Typo,
        &[
            ("beispielblat.de", "beispielblatt.de"),
            ("beispeilblatt.com", "beispielblatt.de"),
            ("beispielblattt.top", "beispielblatt.de"),
            ("beispielblutt.net", "beispielblatt.de"),
            ("beispiel-blatt.ltd", "beispielblatt.de"),
            ("tmuster.ltd", "t-muster.de"),
            ("tmustre.ltd", "t-muster.de"),
            ("bspll.ltd", "bspl.de"),
            ("lexempel.online", "lexemple.fr"),
        ],
    );
    // Two slips; short names; cognates abroad; another title.
    is_none(&["beispeilblat.com", "bspk.ltd", "bsplx.ltd", "primerass.it", "primeros.it", "standart.life"]);
    is_none(&["standards.at", "abd.ltd", "eispielblatt.com.pe"]);
}

#[test]
fn the_address_before_another_name() {
    imitates(
        How::Subdomain,
        &[
            ("beispielblatt.de.example.com", "beispielblatt.de"),
            ("www.bspl.de.login.example.org", "bspl.de"),
            ("morningsample.co.uk.example.net", "morningsample.co.uk"),
            ("primeras.fr.example.com", "primeras.fr"),
            ("bspl.de.com", "bspl.de"),
            ("www-bspl-de.example.com", "bspl.de"),
            ("t-muster-de.example.com", "t-muster.de"),
        ],
    );
    // Libraries and translators show the page itself.
    is_none(&[
        "www-beispielblatt-de.translate.goog",
        "beispielblatt.de.ezproxy.example.com",
        "bspl.de.lib.example.edu",
    ]);
    imitates(How::Suffix, &[("proxy.bspl.ltd", "bspl.de")]);
    is_none(&["xbspl.de.example.com", "bspl.dex.example.com"]);
}

#[test]
fn the_name_with_an_addition() {
    imitates(
        How::AddedWord,
        &[
            ("beispielblatt-news.com", "beispielblatt.de"),
            ("www-beispielblatt.org", "beispielblatt.de"),
            ("wwwbspl.de", "bspl.de"),
            ("bspl-online.ltd", "bspl.de"),
            ("beispielblatt24.org", "beispielblatt.de"),
            ("beispielblattonline.top", "beispielblatt.de"),
            ("news-t-muster.site", "t-muster.de"),
            ("bspl-de.top", "bspl.de"),
            ("lexemplefr.com", "lexemple.fr"),
            ("www-morningsample-co-uk.com", "morningsample.co.uk"),
        ],
    );
    is_none(&[
        "bsplonline.com",
        "bspl-online.de",
        "standard-news.live",
        "beispielblatt-fanclub.com",
        "bspl-online.org",
    ]);
    is_none(&["abc-news.com", "a-b-c-d-e-f-g-h-beispielblatt.ltd", "beispielblattonline.com"]);
}

#[test]
fn hostile_hosts_imitate_nothing() {
    is_none(&[
        "",
        ".",
        "..",
        "-",
        "beispielblatt",
        ".beispielblatt.ltd",
        "beispielblatt..ltd",
        "xn--.ltd",
        "xn--a.xn--b",
    ]);
    is_none(&[
        "beispielblatt.de.",
        "127.0.0.1",
        "[::1]",
        "beispielblatt.ltd/x",
        "a@beispielblatt.ltd",
        "beispiel blatt.ltd",
    ]);
    is_none(&[&format!("{}beispielblatt.ltd", "a.".repeat(10_000)), &format!("{}.ltd", "-".repeat(63))]);
    is_none(&[&"beispielblatt.de.".repeat(10_000), &"é".repeat(100_000)]);
}

#[test]
fn nothing_protected_is_nothing_imitated() {
    assert_eq!(Protected::new([]).imitated("beispielblatt.ltd"), None);
    assert_eq!(Protected::new(["", "localhost", "co.uk"]).imitated("co.uk.ltd"), None);
}

/// Hosts made of what imitations are made of.
fn host() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(OUTLETS.to_vec()).prop_map(str::to_owned),
        3 => "beispielblatt|bspl|t-muster|www|news|de|co|uk|com|ltd|xn--|-",
        2 => "[.]",
        1 => "[a-zа-яé0-9.-]{0,5}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_host_panics(host in host(), outlets in prop::collection::vec(host(), 0..4)) {
        let protected = Protected::new(outlets.iter().map(String::as_str).chain(OUTLETS));
        let _ = protected.imitated(&host);
        let _ = is_shortener(&host);
    }

    #[test]
    fn what_is_protected_is_never_accused(outlets in prop::collection::vec(host(), 1..4), below in "([a-z-]{1,5}\\.)?") {
        let protected = Protected::new(outlets.iter().map(String::as_str));
        for outlet in &outlets {
            prop_assert_eq!(protected.imitated(outlet), None);
            if below.trim_end_matches('.').chars().any(|letter| letter != '-') {
                prop_assert_eq!(protected.imitated(&format!("{below}{outlet}")), None);
            }
        }
    }

    #[test]
    fn a_host_is_judged_as_its_punycode(host in host()) {
        if let Some(link) = canonical_link(&host) {
            let protected = Protected::new(OUTLETS);
            prop_assert_eq!(protected.imitated(&link.host), protected.imitated(&link.host_unicode));
        }
    }
}
