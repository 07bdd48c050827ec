use super::*;
use crate::problem::Source;

const TEXTS: [(&str, &str); 8] = [
    ("sea", "The old boats left the harbour at dawn and came back with herring, nets and gulls over the waves."),
    ("sea", "A gull sat on the mast while the sailors mended their nets and waited for the tide and the wind."),
    ("sea", "Waves broke over the harbour wall; the boats stayed in, and the sailors sold what herring they had."),
    ("sea", "Wind from the north, high tide at noon: no boat leaves, and the gulls walk along the harbour."),
    ("hill", "The shepherd led his sheep over the pass before snow closed the path, and slept in a stone hut."),
    ("hill", "Snow lay on the ridge, the goats stood by the hut, and the path down to the valley was closed."),
    ("hill", "From the ridge one sees three valleys; a shepherd with his goats waved from the path below."),
    ("hill", "They climbed the path to the hut, passed the sheep, and reached the ridge before the snow came."),
];

fn learnt() -> Learnt {
    let mut learner = Learner::default();
    for (class, text) in TEXTS {
        learner.add(class, &[Read { folded: &Folded::new(text), original: text }]);
    }
    learner.learn().unwrap()
}

fn file(learnt: &Learnt) -> String {
    render("places", "Sea or hill", learnt)
}

fn read(text: &str) -> (Option<Classifier>, Vec<crate::problem::Problem>) {
    load(&Source { name: "c.yaml".into(), text: text.into() })
}

fn classifier() -> Classifier {
    let (classifier, problems) = read(&file(&learnt()));
    classifier.unwrap_or_else(|| panic!("{problems:?}"))
}

fn judge(classifier: &Classifier, title: &str, text: &str) -> Option<Judgement> {
    let (head, body) = (Folded::new(title), Folded::new(text));
    classifier.judge(&[Read { folded: &head, original: title }, Read { folded: &body, original: text }])
}

#[test]
fn an_unseen_text_is_told_by_its_words() {
    let classifier = classifier();
    assert_eq!(classifier.classes, ["sea", "hill"]);
    let text = "In the harbour the sailors and their boats waited for wind and tide; waves came over the nets, and gulls with herring, a cold sea at dawn to the north, on they went, with waves.";
    let judgement = judge(&classifier, "", text).unwrap();
    assert!(judgement.shares[0] > 0.7, "{judgement:?}");
    assert!((judgement.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let folded = Folded::new(text);
    let shown: Vec<&str> =
        judgement.strongest(&[0]).into_iter().take(3).map(|(_, word)| folded.word_text(word as usize)).collect();
    assert!(shown.iter().all(|word| {
        ["harbour", "sailors", "boats", "wind", "tide", "waves", "gulls", "herring", "nets"].contains(word)
    }));
    assert_eq!(shown.len(), 3);
    // A headline is read with its text.
    let hill = judge(
        &classifier,
        "Snow on the ridge",
        "The goats came down the path to the hut before the sheep and the shepherd with his dog, and they left the valley over a stone.",
    );
    assert!(hill.unwrap().shares[1] > 0.7);
}

#[test]
fn too_few_known_words_are_no_text() {
    assert_eq!(judge(&classifier(), "", "The boats left."), None);
    assert_eq!(judge(&classifier(), "", ""), None);
    // An address is no text either.
    let address = "https://sea.example/boats/harbour/gulls/nets/herring/waves/sailors/tide/wind/left/with";
    assert_eq!(judge(&classifier(), "", address), None);
    // Known words, and not one text over and over.
    assert_eq!(judge(&classifier(), "", &"boats harbour gulls ".repeat(50)), None);
}

#[test]
fn learning_twice_gives_one_file() {
    let (one, other) = (file(&learnt()), file(&learnt()));
    assert_eq!(one, other);
    assert!(one.contains("\n  boats 2 ") || one.contains("\n  boat"), "{one}");
    // What it says of the texts that it learnt from.
    let classifier = read(&one).0.unwrap();
    for (own, class) in classifier.classes.iter().enumerate() {
        let texts: Vec<&str> = TEXTS.iter().filter(|(of, _)| of == class).map(|(_, text)| *text).collect();
        let shares = judge(&classifier, "", &texts.join(" ")).unwrap().shares;
        assert!(shares[own] > 0.7, "{class}: {shares:?}");
    }
}

#[test]
fn one_class_is_nothing_to_learn() {
    let mut learner = Learner::default();
    learner.add("sea", &[Read { folded: &Folded::new("boats"), original: "boats" }]);
    let why = learner.learn().unwrap_err();
    assert_eq!(why, "it takes texts of two classes to learn what tells them apart; there is only `sea`");
}

#[test]
fn words_count_by_their_beginnings() {
    let check = |word: &str, expected: Option<&str>| {
        let folded = Folded::new(word);
        assert_eq!(feature(folded.word_text(0)), expected, "{word}");
    };
    check("harbour", Some("harbo"));
    check("Партнёрство", Some("партн"));
    check("sea", Some("sea"));
    check("2026", None);
    check("F16", Some("f16"));
    // Whatever is written on to the front of an Arabic word is no part of it.
    check("والحكومة", Some("حكومه"));
    check("للحكومة", Some("حكومه"));
    check("من", Some("من"));
}

#[test]
fn a_broken_file_says_what_it_lacks() {
    let whole = file(&learnt());
    let check = |from: &str, to: &str, expected: &str| {
        let broken = whole.replacen(from, to, 1);
        assert_ne!(broken, whole, "{from}");
        let (classifier, problems) = read(&broken);
        assert!(classifier.is_none());
        assert!(problems.iter().any(|problem| problem.message.contains(expected)), "{problems:?}");
    };
    check("\nbias: [", "\nbias: [0.5, ", "2 classes and 3 numbers in `bias`");
    let table = "line 1 of `words` is not a word, a number of texts (of all 8) and 2 weights";
    check("  a 3 ", "  a three ", table);
    check("  a 3 ", "  a 9 ", table);
    check("classifier: places", "classifer: places", "classifer");
}
