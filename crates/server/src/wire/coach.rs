//! Who judges, in both directions.

use api::feedback::{Coach, JudgedBy};
use interview::marks::{self, CoachKind};

pub(crate) fn coach(kind: CoachKind) -> Coach {
    match kind {
        CoachKind::Offline => Coach::Offline,
        CoachKind::Llm => Coach::Llm,
    }
}

pub(crate) fn kind(coach: Coach) -> CoachKind {
    match coach {
        Coach::Offline => CoachKind::Offline,
        Coach::Llm => CoachKind::Llm,
    }
}

pub(crate) fn judged_by(judged_by: &marks::JudgedBy) -> JudgedBy {
    JudgedBy {
        coach: coach(judged_by.coach),
        model: judged_by.model.clone(),
        prompt_version: judged_by.prompt_version.clone(),
        rubric_version: judged_by.rubric_version.clone(),
    }
}
