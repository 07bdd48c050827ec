//! Hosts that pass for an outlet: `example.ltd` for `example.de`.
//!
//! In: the outlets to protect, then the host of a link. Out: which outlet it imitates and [how](How), or nothing. The
//! Doppelganger campaign bought such names by the hundred (VIGINUM, RRN: a complex and persistent information
//! manipulation campaign, 2023). Nothing is asked of the network, and no list of known forgeries is kept: the next one
//! has another name.
//!
//! A host imitates by the name that somebody registered, which the Public Suffix List tells (`host`). That name is held
//! against the outlets' in the ways that studies of squatting find: another suffix (`suffix`), letters that look alike
//! (`looks`), one slip (`slips`; Agten et al., Seven months' worth of mistakes, 2015), an added word (`words`; Kintis et al.,
//! Hiding in plain sight, 2017), or the outlet's whole address before somebody else's. Whether a way is too much of a
//! coincidence depends on the label and the suffix (`brand`, `languages`): the rules prefer to miss a forgery over accusing
//! a sister paper. An outlet's other genuine domains should stand in the list with it.
//!
//! Every way is a hash look-up; what a host costs does not grow with the number of outlets.

mod brand;
mod host;
mod languages;
mod looks;
mod shorteners;
mod slips;
mod suffix;
mod words;

use std::collections::HashMap;

use brand::{Brand, bare};
use host::Host;
use slips::Slips;

pub use shorteners::is_shortener;

/// A host that passes for an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imitation<'a> {
    /// The outlet's registered name, as people read it.
    pub outlet: &'a str,
    /// What makes the host look like it.
    pub how: How,
}

/// The ways to pass for an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// Its whole address stands before somebody else's name.
    Subdomain,
    /// Its very name under another suffix.
    Suffix,
    /// Other letters that look alike.
    Confusable,
    /// A letter or a hyphen too many or too few, another letter, two that changed places.
    Typo,
    /// Its name with a word added, or with a dot lost.
    AddedWord,
}

impl How {
    /// All ways, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Subdomain, Self::Suffix, Self::Confusable, Self::Typo, Self::AddedWord];

    /// What explanations call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subdomain => "its address as a subdomain",
            Self::Suffix => "its name under another suffix",
            Self::Confusable => "look-alike letters",
            Self::Typo => "a misspelling",
            Self::AddedWord => "its name with an addition",
        }
    }
}

/// Outlets whose look is protected.
#[derive(Debug, Default)]
pub struct Protected {
    brands: Vec<Brand>,
    /// Brands by what was registered: `example.co.uk`.
    genuine: HashMap<String, usize>,
    /// What was registered, by the same without dots and hyphens: `examplecouk`.
    undotted: HashMap<String, String>,
    labels: HashMap<String, usize>,
    looks: HashMap<String, usize>,
    /// Brands by their label without hyphens, and at one slip from it.
    slips: Slips,
}

impl Protected {
    /// Protects outlets, given by their hosts; `www.` and other subdomains count as the outlet. What is no public host is
    /// left out.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut protected = Self::default();
        for host in hosts.into_iter().filter_map(Host::read) {
            protected.add(&host);
        }
        protected
    }

    fn add(&mut self, host: &Host<'_>) {
        if self.genuine.contains_key(host.registered()) {
            return;
        }
        let number = self.labels.get(host.label()).copied().unwrap_or_else(|| {
            let number = self.brands.len();
            let brand = Brand::new(host);
            let mut look = String::new();
            looks::look(&brand.label, &mut look);
            self.labels.insert(brand.label.clone(), number);
            self.looks.entry(look).or_insert(number);
            self.slips.add(&brand.bare, number);
            self.brands.push(brand);
            number
        });
        self.brands[number].add(host);
        self.genuine.insert(host.registered().to_owned(), number);
        let undotted = host.registered().replace(['.', '-'], "");
        self.undotted.entry(undotted).or_insert_with(|| host.registered().to_owned());
    }

    /// The outlet that a host imitates. Nothing for an outlet of the list and its subdomains.
    ///
    /// Takes hosts as [`Link::host`](super::Link::host) has them (punycode), and as people write them.
    #[must_use]
    pub fn imitated(&self, host: &str) -> Option<Imitation<'_>> {
        let host = Host::read(host)?;
        if self.brands.is_empty() || self.genuine.contains_key(host.registered()) || host.is_mirror() {
            return None;
        }
        let found = How::ALL.into_iter().find_map(|how| Some((self.by(how, &host)?, how)));
        found.map(|(outlet, how)| Imitation { outlet, how })
    }

    fn by(&self, how: How, host: &Host<'_>) -> Option<&str> {
        let brand = match how {
            How::Subdomain => return self.by_subdomain(host),
            How::Suffix => self.same_label(host).filter(|brand| brand.fits_suffix(host)),
            // A label that is an outlet's own was judged by its suffix.
            How::Confusable | How::Typo | How::AddedWord if self.same_label(host).is_some() => None,
            How::Confusable => self.by_look(host),
            How::Typo => self.by_slip(host),
            How::AddedWord => self.by_addition(host),
        };
        brand.map(|brand| brand.outlet.as_str())
    }

    fn same_label(&self, host: &Host<'_>) -> Option<&Brand> {
        self.labels.get(host.label()).map(|number| self.brand(*number))
    }

    fn brand(&self, number: usize) -> &Brand {
        &self.brands[number]
    }

    /// The brand of a label, whatever its hyphens.
    fn bare_brand(&self, bare: &str) -> Option<&Brand> {
        self.slips.same(bare).map(|number| self.brand(number))
    }

    fn by_subdomain(&self, host: &Host<'_>) -> Option<&str> {
        if host.is_library() {
            return None;
        }
        let whole = host::runs(host.chosen()).find_map(|run| self.genuine.get_key_value(run));
        let hyphened = || {
            let labels = host.subdomains().filter(|label| label.contains('-'));
            labels.map(bare).find_map(|label| self.undotted.get(label.strip_prefix("www").unwrap_or(&*label)))
        };
        whole.map(|(outlet, _)| outlet).or_else(hyphened).map(String::as_str)
    }

    fn by_look(&self, host: &Host<'_>) -> Option<&Brand> {
        let mut look = String::with_capacity(2 * host.label().len());
        looks::look(host.label(), &mut look);
        let brand = self.brand(*self.looks.get(&look)?);
        brand.fits_look(host).then_some(brand)
    }

    fn by_slip(&self, host: &Host<'_>) -> Option<&Brand> {
        let bare = bare(host.label());
        if let Some(brand) = self.bare_brand(&bare) {
            return brand.fits_hyphens(host).then_some(brand);
        }
        if words::is_shared_title(&bare) {
            return None;
        }
        let name = |number: usize| self.brand(number).bare.as_str();
        let found = self.slips.find(&bare, name, |number, slip| self.brand(number).fits_slip(host, slip));
        found.map(|number| self.brand(number))
    }

    fn by_addition(&self, host: &Host<'_>) -> Option<&Brand> {
        let bare = bare(host.label());
        self.by_lost_dot(host, &bare).or_else(|| self.by_part(host)).or_else(|| self.by_glued_word(host, &bare))
    }

    /// `www` or the whole address, without its dots.
    fn by_lost_dot(&self, host: &Host<'_>, bare: &str) -> Option<&Brand> {
        let rest = bare.strip_prefix("www");
        let address = self.undotted.get(rest.unwrap_or(bare)).and_then(|outlet| self.genuine.get(outlet));
        let name = || self.bare_brand(rest?).filter(|brand| brand.fits_lost_www(host));
        address.map(|number| self.brand(*number)).filter(|brand| brand.fits_lost_dot(host)).or_else(name)
    }

    /// A brand between hyphens, beside parts that say nothing of their own.
    fn by_part(&self, host: &Host<'_>) -> Option<&Brand> {
        /// More parts are a sentence, not an address that passes for another.
        const MOST: usize = 6;
        let parts: Vec<&str> = host.label().split('-').take(MOST + 1).collect();
        if parts.len() < 2 || parts.len() > MOST {
            return None;
        }
        let runs = (0..parts.len()).flat_map(|start| (start + 1..=parts.len()).map(move |end| start..end));
        runs.filter(|run| run.len() < parts.len()).find_map(|run| {
            let mut others = parts[..run.start].iter().chain(&parts[run.end..]);
            let says_nothing = others.all(|part| words::is_companion(part) || part.chars().count() <= 1);
            let brand = says_nothing.then(|| self.bare_brand(&parts[run].concat()))?;
            brand.filter(|brand| brand.fits_added(host))
        })
    }

    /// A brand with one word before or after it, without a hyphen.
    fn by_glued_word(&self, host: &Host<'_>, bare: &str) -> Option<&Brand> {
        let cuts = bare.char_indices().skip(1).map(|(at, _)| bare.split_at(at));
        cuts.flat_map(|(head, tail)| [(head, tail), (tail, head)]).find_map(|(name, word)| {
            let brand = self.bare_brand(name).filter(|_| words::is_companion(word))?;
            brand.fits_glued(host).then_some(brand)
        })
    }
}

#[cfg(test)]
mod tests;
