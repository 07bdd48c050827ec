//! `schema`: the JSON Schemas of what is read and written.

use super::Exit;
use super::args::Shape;
use super::terminal::{error, result};
use crate::classify::ClassifierFile;
use crate::config::grammar::PipelineFile;
use crate::pack::language::LanguageFile;
use crate::pack::{ExceptionsFile, PackFile};
use crate::record::again::Recomputation;
use crate::record::{AlertRecord, ExplanationRecord, PostRecord, ScoredRecord};

/// Prints one.
pub(super) fn run(of: Shape) -> Exit {
    match serde_json::to_string_pretty(&schema(of)) {
        Ok(text) => {
            result(text);
            Exit::Clean
        }
        Err(fault) => {
            error(fault);
            Exit::Failed
        }
    }
}

/// The schema of a shape.
pub(super) fn schema(of: Shape) -> schemars::Schema {
    match of {
        Shape::Scored => schemars::schema_for!(ScoredRecord<'_>),
        Shape::Alert => schemars::schema_for!(AlertRecord<'_>),
        Shape::Explanation => schemars::schema_for!(ExplanationRecord<'_>),
        Shape::Recomputation => schemars::schema_for!(Recomputation<'_>),
        Shape::Post => schemars::schema_for!(PostRecord),
        Shape::Pack => schemars::schema_for!(PackFile),
        Shape::Exceptions => schemars::schema_for!(ExceptionsFile),
        Shape::Language => schemars::schema_for!(LanguageFile),
        Shape::Classifier => schemars::schema_for!(ClassifierFile),
        Shape::Pipeline => schemars::schema_for!(PipelineFile),
    }
}
