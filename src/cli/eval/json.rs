//! A measurement for programs.

use serde_json::{Map, Value, json};

use super::worst::{Mistake, Worst};
use crate::cli::explain::MOST_NEAR;
use crate::eval::{Confusion, Eval, GROUPINGS, Half, Judged, Label};
use crate::record::{ExplanationRecord, Origin, ScoredRecord};
use crate::score::near_miss::nearest;
use crate::score::{Engine, Stance};

/// What a text is taken for, and by which figures.
pub(super) fn prediction(engine: &Engine, judged: &Judged) -> Value {
    let judgement = &judged.judgement;
    json!({
        "id": judged.scored.post.id,
        "label": judgement.label.name(),
        "stance": judgement.stance.map(Stance::name),
        "score": judgement.score,
        "points": judgement.points,
        "pack": judgement.pack.map(|pack| &engine.packs[pack].pack.file.pack.value),
    })
}

/// Everything.
pub(super) fn whole(name: &str, half: Option<Half>, eval: &Eval, worst: &Worst) -> Value {
    let (tally, engine) = (eval.tally(), eval.engine());
    let packs = engine.packs.iter().map(|pack| &pack.pack);
    let packs: Value = packs
        .map(|pack| json!({ "pack": pack.file.pack.value, "version": pack.file.version.value, "digest": pack.digest }))
        .collect();
    let all = &tally.all;
    let labels = by_label(|label| {
        json!({
            "expected": all.expected(label), "predicted": all.predicted(label),
            "precision": all.precision(label), "recall": all.recall(label), "f1": all.f1(label),
        })
    });
    let by: Map<String, Value> = GROUPINGS
        .into_iter()
        .zip(&tally.groups)
        .map(|(name, groups)| {
            let groups = groups.iter().map(|(value, counts)| (value.clone(), figures(counts)));
            (name.to_string(), Value::Object(groups.collect()))
        })
        .collect();
    let mut whole = figures(all);
    for (key, value) in [
        ("file", name.into()),
        ("packs", packs),
        ("ids", half.map(Half::name).into()),
        ("left_out", tally.left_out.into()),
        ("unread", tally.unread.into()),
        ("labels", labels),
        ("by", by.into()),
        ("worst", worst.iter().map(|mistake| explained(name, engine, mistake)).collect()),
    ] {
        whole[key] = value;
    }
    whole
}

/// The figures of all records, or of a group.
fn figures(counts: &Confusion) -> Value {
    json!({
        "n": counts.count(),
        "confusion": by_label(|expected| by_label(|predicted| counts.of(expected, predicted).into())),
        "accuracy": counts.accuracy(),
        "macro_f1": counts.macro_f1(),
        "absent": counts.absent().map(Label::name).collect::<Vec<_>>(),
        "reports_as_amplifies": counts.accused(),
    })
}

fn by_label(value: impl Fn(Label) -> Value) -> Value {
    Value::Object(Label::ALL.into_iter().map(|label| (label.name().to_string(), value(label))).collect())
}

/// A mistake with the explanation that `explain --output json` gives.
fn explained(name: &str, engine: &Engine, mistake: &Mistake) -> Value {
    let Judged { expected, scored, .. } = &mistake.judged;
    let (verdict, mut gaps) = engine.gaps(&scored.post);
    nearest(&mut gaps, MOST_NEAR);
    let offset = i64::try_from(mistake.line - 1).unwrap_or(i64::MAX);
    let origin = Origin { topic: name, partition: 0, offset, sha256: mistake.sha256.clone() };
    let record = ScoredRecord::new(engine, &scored.post, &verdict, origin, jiff::Timestamp::now(), true);
    let record = ExplanationRecord::new(engine, record, &verdict.packs, &gaps);
    json!({
        "line": mistake.line,
        "expected": expected.name(),
        "prediction": prediction(engine, &mistake.judged),
        "begins_at": mistake.judged.judgement.at,
        "explanation": record,
    })
}
