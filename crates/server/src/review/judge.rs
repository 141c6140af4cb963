//! Who judged an answer, by what.

use api::feedback::{Coach, Feedback, JudgedBy};

/// Who judged, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judge {
    /// The sort of coach, as it stands in a sentence. Which model it was, the versions say.
    pub(crate) name: &'static str,
    /// What is to be known about this judging; where the coach has nothing to say of it, who it was.
    pub(crate) remark: String,
    /// Coach or model, version of its rules or prompts, version of the key points: results are compared only where all of them agree.
    pub(crate) versions: String,
}

impl Judge {
    /// The judge of this feedback; none before there is one.
    pub(crate) fn of(feedback: &Feedback) -> Option<Self> {
        let judged_by = feedback.judged_by.as_ref()?;
        let remark = feedback.remark.clone().unwrap_or_else(|| introduction(judged_by.coach));
        Some(Self { name: name(judged_by.coach), remark, versions: versions(judged_by) })
    }
}

fn name(coach: Coach) -> &'static str {
    match coach {
        Coach::Offline => "the offline coach",
        Coach::Llm => "a language model",
    }
}

fn introduction(coach: Coach) -> String {
    let checked = if coach == Coach::Llm { "; every quote was checked" } else { "" };
    format!("Judged by {}{checked}.", name(coach))
}

fn versions(judged_by: &JudgedBy) -> String {
    let JudgedBy { coach, model, prompt_version, rubric_version } = judged_by;
    let judge = match (coach, model) {
        (Coach::Offline, _) => "rules",
        (Coach::Llm, Some(model)) => &format!("{model}, prompts"),
        (Coach::Llm, None) => "language model, prompts",
    };
    format!("{judge} {prompt_version}, key points {rubric_version}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feedback(remark: Option<&str>, coach: Coach, model: Option<&str>) -> Feedback {
        let judged_by = JudgedBy {
            coach,
            model: model.map(str::to_owned),
            prompt_version: "3".to_owned(),
            rubric_version: "00c0ffee".to_owned(),
        };
        Feedback { remark: remark.map(str::to_owned), judged_by: Some(judged_by), ..Feedback::default() }
    }

    #[test]
    fn a_coach_that_says_something_of_its_judging_is_not_introduced_twice() {
        let judge = Judge::of(&feedback(Some("Judged offline, by rules."), Coach::Offline, None)).unwrap();
        assert_eq!(judge.remark, "Judged offline, by rules.");
        assert_eq!(judge.versions, "rules 3, key points 00c0ffee");
    }

    #[test]
    fn a_language_model_is_always_named() {
        let judge = Judge::of(&feedback(None, Coach::Llm, Some("some-model"))).unwrap();
        assert_eq!(judge.remark, "Judged by a language model; every quote was checked.");
        assert_eq!(judge.versions, "some-model, prompts 3, key points 00c0ffee");
    }

    #[test]
    fn what_nobody_judged_has_no_judge() {
        assert_eq!(Judge::of(&Feedback::default()), None);
    }
}
