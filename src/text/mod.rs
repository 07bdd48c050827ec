//! Text as the matcher reads it, with the way back to the text as it was written.
//!
//! In: the original of a field. Out: a folded view whose every byte knows its place in the original, its words and
//! sentences ([`Folded`]), its quotations, its language, its links in one comparable form. Phrases of packs go through
//! the same code ([`fold_phrase`]), so that text and pack cannot disagree on what a word is.
//!
//! Everything here is total: any string, however broken or hostile, gives a result. Offsets are bytes; they become code
//! points ([`code_points`]) only where evidence is written out.

mod domains;
mod fold;
mod forms;
mod language;
mod letters;
mod links;
mod lookalikes;
mod offsets;
mod phrases;
mod quotations;
mod sentences;
mod sites;

pub use domains::{How, Imitation, Protected, is_shortener};
pub use fold::{Folded, Span, Word, fold_phrase};
pub use forms::{Forms, SIGN as FORMS_SIGN, forms_problem};
pub use language::{Language, language};
pub use letters::Script;
pub use links::{Link, addresses, canonical_link, find_links};
pub use offsets::code_points;
pub use phrases::{Ending, LONGEST_PROCLITICS, Stem, are_proclitics, is_arabic, stems};
pub use quotations::{Quotation, quotations};

#[cfg(test)]
mod laws;
