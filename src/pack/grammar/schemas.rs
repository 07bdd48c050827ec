//! What the JSON Schema says beyond the types, so that editors complete names that the program knows.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use crate::pack::check::{KINDS, LANGUAGES};
use crate::pack::disarm;
use crate::pack::language::phrases;

/// Word lists: any name, then a language that lists may be written for.
pub(super) fn words(generator: &mut SchemaGenerator) -> Schema {
    let phrases = phrases(generator).to_value();
    let languages: Map<String, Value> =
        LANGUAGES.iter().map(|language| ((*language).to_string(), phrases.clone())).collect();
    json_schema!({
        "type": "object",
        "additionalProperties": { "type": "object", "properties": languages, "additionalProperties": false },
    })
}

/// Techniques, with their names beside them.
pub(super) fn techniques(_: &mut SchemaGenerator) -> Schema {
    let ids: Vec<&str> = disarm::ids().collect();
    let names: Vec<&str> = ids.iter().filter_map(|id| disarm::name(id)).collect();
    json_schema!({
        "type": "array",
        "items": {
            "enum": ids,
            "enumDescriptions": names,
            "$comment": "Technique names: DISARM Foundation, CC BY-SA 4.0",
        },
    })
}

/// What a post of a test can be.
pub(super) fn kinds(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": KINDS })
}
