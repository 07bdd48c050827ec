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

/// Every id of this version.
pub fn ids() -> impl Iterator<Item = &'static str> {
    rows().map(|(id, _)| id)
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
        assert_eq!(name("T0099.003"), None, "gone since the version that incidents of 2023 used");
    }
}
