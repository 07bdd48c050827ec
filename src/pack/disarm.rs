//! Technique ids of the DISARM framework, version 1.6 (22 November 2024).
//!
//! Ids and names are the work of the DISARM Foundation, CC BY-SA 4.0 (github.com/DISARMFoundation/DISARMframeworks);
//! `disarm_v1_6.tsv` beside this file carries them unchanged, official typing errors included. Ids rot: 20 of the 86
//! in published incidents are gone from this version, so a pack's ids are checked against it.

/// `id<TAB>name…` a line, after a header.
const TABLE: &str = include_str!("disarm_v1_6.tsv");

/// The official name of a technique, if the id exists in this version.
#[must_use]
pub fn name(id: &str) -> Option<&'static str> {
    rows().find(|(known, _)| *known == id).map(|(_, name)| name)
}

/// The id of a technique's tactic (`TA06`), if the technique exists in this version.
#[must_use]
pub fn tactic(id: &str) -> Option<&'static str> {
    let row = TABLE.lines().find(|line| line.split('\t').next() == Some(id))?;
    row.split('\t').nth(2)
}

/// Every id of this version.
pub fn ids() -> impl Iterator<Item = &'static str> {
    rows().map(|(id, _)| id)
}

/// A technique that earlier versions had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Its id.
    pub id: &'static str,
    /// What it was called.
    pub title: &'static str,
    /// Ids of this version that come nearest.
    pub successors: &'static [&'static str],
}

/// Techniques that published incidents use and that this version dropped. The framework gives no map; what is nearest is
/// read from the names.
const GONE: &[Gone] = &[
    gone("T0007", "Create Inauthentic Social Media Pages and Groups", &["T0151.001", "T0151.002", "T0146"]),
    gone("T0013", "Create Inauthentic Websites", &["T0152.004", "T0149.003"]),
    gone("T0019", "Generate Information Pollution", &["T0049.008"]),
    gone("T0019.001", "Create Fake Research", &["T0085.007"]),
    gone("T0019.002", "Hijack Hashtags", &["T0015.001", "T0049.002"]),
    gone("T0090", "Create Inauthentic Accounts", &["T0146", "T0143"]),
    gone("T0090.001", "Create Anonymous Accounts", &["T0146", "T0144"]),
    gone("T0090.003", "Create Bot Accounts", &["T0146.007"]),
    gone("T0099", "Prepare Assets Impersonating Legitimate Entities", &["T0143.003", "T0149.003"]),
    gone("T0099.001", "Astroturfing", &["T0143.002"]),
    gone("T0099.002", "Spoof/Parody Account/Site", &["T0143.004", "T0149.003"]),
    gone("T0099.003", "Impersonate Existing Organisation", &["T0143.003"]),
    gone("T0099.004", "Impersonate Existing Media Outlet", &["T0143.003", "T0149.003"]),
    gone("T0099.005", "Impersonate Existing Official", &["T0143.003"]),
    gone("T0099.006", "Impersonate Existing Influencer", &["T0143.003"]),
    gone("T0104", "Social Networks", &["T0151.001"]),
    gone("T0104.001", "Mainstream Social Networks", &["T0151.001"]),
    gone("T0104.002", "Dating Apps", &["T0151.017"]),
    gone("T0104.004", "Interest-Based Networks", &["T0151.001", "T0151.010"]),
    gone("T0104.005", "Use Hashtags", &["T0015.001"]),
    gone("T0104.006", "Create Dedicated Hashtag", &["T0015.002"]),
    gone("T0105.002", "Video Sharing", &["T0152.006"]),
    gone("T0112", "Email", &["T0153.001"]),
];

const fn gone(id: &'static str, title: &'static str, successors: &'static [&'static str]) -> Gone {
    Gone { id, title, successors }
}

/// What became of an id that earlier versions had.
#[must_use]
pub fn dropped(id: &str) -> Option<Gone> {
    GONE.iter().copied().find(|gone| gone.id == id)
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| line.starts_with('T')).filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_knows_what_is_gone() {
        assert_eq!(ids().filter(|id| id.starts_with('T') && !id.starts_with("TA")).count(), 391);
        assert_eq!(name("T0084.001"), Some("Use Copypasta"));
        assert_eq!((tactic("T0084.001"), tactic("T9999"), tactic("id")), (Some("TA06"), None, None));
        assert_eq!(name("T0099.003"), None, "gone since the version that incidents of 2023 used");
    }

    #[test]
    fn what_is_gone_is_gone_and_its_successors_are_there() {
        for gone in GONE {
            assert_eq!(name(gone.id), None, "{}", gone.id);
            assert!(!gone.successors.is_empty(), "{}", gone.id);
            assert!(gone.successors.iter().all(|id| name(id).is_some()), "{}: {:?}", gone.id, gone.successors);
        }
    }
}
