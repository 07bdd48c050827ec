//! How much an outlet's label weighs, and which changes of it are too many to be chance.
//!
//! In: an outlet, and the place where a similar label was met. Out: whether that is an imitation. A rule asks for more
//! weight the more honest neighbours a change can have: thousands of names lie at one edit from `bild`, hardly any from
//! `beispielblatt`; four letters under a suffix that no newsroom uses say more than nine under `.com`.

use std::borrow::Cow;

use super::host::Host;
use super::languages::Languages;
use super::slips::Slip;
use super::suffix::{self, Ground};
use super::words;

/// How little chance a label leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// One or two letters: initials of everything.
    Tiny,
    /// Three letters: initials that still mean one paper to its readers.
    Short,
    /// A word that unrelated outlets, or people who are no outlets, bear too.
    Plain,
    /// Long, and no shared title: whoever bears it means this outlet.
    Distinct,
}

impl Weight {
    fn of(bare: &str) -> Self {
        match bare.chars().count() {
            0..3 => Self::Tiny,
            3 => Self::Short,
            // Nearly every word of five letters is taken under the old suffixes, by somebody who means something else.
            4..6 => Self::Plain,
            _ if words::is_shared_title(bare) || words::is_companion(bare) => Self::Plain,
            _ => Self::Distinct,
        }
    }
}

/// Protected outlets that share one label: `example.fr` and `example.be`.
#[derive(Debug)]
pub(super) struct Brand {
    /// The registered name of the first of them.
    pub(super) outlet: String,
    pub(super) label: String,
    /// The label without hyphens.
    pub(super) bare: String,
    weight: Weight,
    suffixes: Vec<String>,
    languages: Languages,
    /// Whether it is published in countries that share no language.
    international: bool,
}

/// Where a label stands, as a brand sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    ground: Ground,
    /// The brand's own suffix.
    own: bool,
    /// A place whose press writes in the brand's language.
    kin: bool,
    /// A place whose press writes in other languages, or in none that we know.
    foreign: bool,
}

impl Brand {
    pub(super) fn new(host: &Host<'_>) -> Self {
        let bare = bare(host.label()).into_owned();
        Self {
            outlet: host.registered().to_owned(),
            label: host.label().to_owned(),
            weight: Weight::of(&bare),
            bare,
            suffixes: Vec::new(),
            languages: Languages::default(),
            international: false,
        }
    }

    /// Takes in another outlet of this label, or the first.
    pub(super) fn add(&mut self, host: &Host<'_>) {
        self.suffixes.push(host.suffix().to_owned());
        let languages = suffix::languages(host.suffix(), host.private);
        self.international |= self.languages.is_known() && languages.is_known() && !self.languages.share(languages);
        self.languages.add(languages);
    }

    fn place(&self, host: &Host<'_>) -> Place {
        let languages = suffix::languages(host.suffix(), host.private);
        let kin = self.languages.share(languages);
        Place {
            ground: Ground::of(host.suffix(), host.private),
            own: self.suffixes.iter().any(|own| own == host.suffix()),
            kin,
            foreign: self.languages.is_known() && !self.international && !kin,
        }
    }

    fn letters(&self) -> usize {
        self.bare.chars().count()
    }

    fn is_distinct(&self) -> bool {
        self.weight == Weight::Distinct
    }

    /// The very label under a suffix that is not the outlet's.
    ///
    /// Under `.com`, and where its language is read, it is the outlet's other address or a namesake; an outlet of no country
    /// (`.com`) or of several may have its editions in all of them.
    pub(super) fn fits_suffix(&self, host: &Host<'_>) -> bool {
        let place = self.place(host);
        match place.ground {
            Ground::Open if place.kin => self.is_distinct(),
            Ground::Open => self.weight >= Weight::Short,
            Ground::Crowded => self.is_distinct() && !place.kin,
            Ground::National => self.is_distinct() && place.foreign,
            Ground::Home | Ground::Hosted | Ground::Closed => false,
        }
    }

    /// Another label of the same look.
    pub(super) fn fits_look(&self, host: &Host<'_>) -> bool {
        let place = self.place(host);
        match place.ground {
            Ground::Closed => false,
            // Letters of another script, or marked ones, are put there on purpose.
            _ if !host.label().is_ascii() => self.weight >= Weight::Plain,
            Ground::Open => self.weight >= Weight::Plain,
            Ground::Home | Ground::Crowded | Ground::National | Ground::Hosted => self.is_distinct(),
        }
    }

    /// The label with hyphens where it has none, or without those that it has.
    pub(super) fn fits_hyphens(&self, host: &Host<'_>) -> bool {
        match self.place(host).ground {
            Ground::Open => self.weight >= Weight::Plain,
            Ground::Home | Ground::Crowded | Ground::National => self.is_distinct(),
            Ground::Hosted | Ground::Closed => false,
        }
    }

    /// A label at one slip.
    ///
    /// Not under other countries' suffixes: cognates live there (`republica`, `republika`).
    pub(super) fn fits_slip(&self, host: &Host<'_>, slip: Slip) -> bool {
        let place = self.place(host);
        let open = place.ground == Ground::Open;
        let fewest = match slip {
            Slip::Doubled if open => 3,
            Slip::Doubled | Slip::Moved => 6,
            Slip::Replaced if open => 7,
            Slip::Replaced => 8,
        };
        let long = self.letters() >= fewest;
        match place.ground {
            Ground::Open => long,
            Ground::Home | Ground::Crowded => long && self.is_distinct(),
            Ground::National => long && self.is_distinct() && place.own,
            Ground::Hosted | Ground::Closed => false,
        }
    }

    /// The label and, parted by hyphens, words of the trade.
    pub(super) fn fits_added(&self, host: &Host<'_>) -> bool {
        let place = self.place(host);
        match place.ground {
            Ground::Open => self.is_distinct() || self.weight == Weight::Plain && !words::is_shared_title(&self.bare),
            Ground::Home | Ground::Crowded | Ground::Hosted => self.is_distinct() && !place.own,
            Ground::National => self.is_distinct() && place.foreign,
            Ground::Closed => false,
        }
    }

    /// The label and, glued to it, a word of the trade.
    pub(super) fn fits_glued(&self, host: &Host<'_>) -> bool {
        let place = self.place(host);
        match place.ground {
            Ground::Open | Ground::Crowded | Ground::Hosted => self.is_distinct() && !place.own,
            Ground::Home | Ground::National | Ground::Closed => false,
        }
    }

    /// The whole address without its dots: `examplede.com`. Of a short word that may be another word: `starcom`.
    pub(super) fn fits_lost_dot(&self, host: &Host<'_>) -> bool {
        match self.place(host).ground {
            Ground::Open => self.weight >= Weight::Plain,
            Ground::Home | Ground::Crowded | Ground::National | Ground::Hosted => self.is_distinct(),
            Ground::Closed => false,
        }
    }

    /// `wwwexample.com`: no word begins so.
    pub(super) fn fits_lost_www(&self, host: &Host<'_>) -> bool {
        self.weight >= Weight::Plain && self.place(host).ground != Ground::Closed
    }
}

/// A label without its hyphens.
pub(super) fn bare(label: &str) -> Cow<'_, str> {
    if label.contains('-') { Cow::Owned(label.replace('-', "")) } else { Cow::Borrowed(label) }
}
