//! How Arabic words take endings, in the folded spelling (ة is ه, hamza carriers are their letter, ى and ئ are ي).
//!
//! The endings are those that the light stemmer of L. S. Larkey, L. Ballesteros and M. E. Connell (*Light Stemming for
//! Arabic Information Retrieval*, 2007) drops, and the possessive pronouns of which it drops only ه. A light stemmer
//! drops an ي too, which makes the state and its citizen (عراق, عراقي) one word; here it is an ending only where the
//! word as written has it, or is a participle (مستثمر, مستثمري). Conjunctions, prepositions and the article before a
//! word are the lexicon's. Broken plurals (شريك, شركاء) are other words to a light stemmer, and to this.

use super::rules::{Row, Rules};

pub(super) fn rules() -> Rules {
    Rules::new(&[NOUNS], &[], "", "")
}

/// Participles, which begin with م: the construct of their sound plural, with and without a pronoun.
pub(super) fn participles() -> Rules {
    Rules::new(&[PARTICIPLES], &[], "", "")
}

/// Verbs in the imperfect, as they stand after the letter of the person.
pub(super) fn imperfect() -> Rules {
    Rules::new(&[IMPERFECT], &[], "", "")
}

/// The letters of person that stand in place of the ي of the dictionary form.
pub(super) const PERSONS: [char; 4] = ['ي', 'ت', 'ن', 'ا'];

const NOUNS: &[Row] = &[
    // مستثمر, اجتماع, اعلن: number, gender, pronouns; the past tense of verbs
    ("بتثجحخدذرزسشصضطظعغفقكلمنو", "", "- ا ان ين ون ه ها هم هن هما نا ك كم ات اته اتها اتهم اتنا اتكم وا ت"),
    // شراكة
    ("", "ه", "ه ته تها تهم تهن تهما تنا تي تك تكم تان تين ات اته اتها اتهم اتنا اتي اتكم"),
    // اتجاه, وجه
    ("", "ه", "ه هه هها ههم ههما هنا هات هان هين ها"),
    // روسي, ثنائي; never روسيا
    ("", "ي", "ي يه يون يين يان يات يتها يته ييها"),
    // شركاء
    ("ا", "ء", "ء ءه ءها ءهم ءنا يه يها يهم ينا وه وها وهم ونا"),
    // Written in the plural: مستثمرون, مستثمرين
    ("بتثجحخدذرزسشصضطظعغفقكلمهي", "ون", "ون ين و وها وهم ونا ي يها يهم ينا"),
    ("بتثجحخدذرزسشصضطظعغفقكلمهي", "ين", "ون ين و وها وهم ونا ي يها يهم ينا"),
];

const PARTICIPLES: &[Row] = &[("بتثجحخدذرزسشصضطظعغفقكلمن", "", "و ي وه وها وهم ونا يه يها يهم ينا ته تها تهم تين تان")];

const IMPERFECT: &[Row] = &[
    ("", "", "- ون وا ين ان ا ن ه ها هم هن هما نا ك كم ني وه وها وهم ونا ونه ونها ونهم"),
    ("", "و", "ون ين وا ي"),
    ("", "ي", "ون ين وا"),
];
