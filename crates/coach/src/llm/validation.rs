//! Renders every template once before an answer depends on it. A template can be well formed and still ask for a field that does not
//! exist, in a branch that only some questions reach.

use interview::follow_up::{FollowUp, Rubric, Target};
use interview::{Question, Transcript};

use super::fence::{Mark, fence};
use super::prompts::{Prompts, Template, fault_in};
use super::subject::{Asked, AskedWithRubric, Example};
use super::{clarity, correctness, follow_up, stronger_answer};
use crate::error::{CoachError, misconfigured};
use interview::judging::Assignment;

/// A question that has everything that a template can name.
const QUESTION: &str = include_str!("validation/question.json");

/// Renders every template for a question with everything and for a follow-up to one with next to nothing.
///
/// # Errors
/// [`CoachError::Misconfigured`] with the file and line that cannot be rendered, or the file that does not show the answer.
pub(super) fn validate(prompts: &Prompts) -> Result<(), CoachError> {
    let full: Question = serde_json::from_str(QUESTION)
        .map_err(|error| misconfigured(format!("the sample question cannot be read: {error}")))?;
    let bare = Question { snippet: None, misconceptions: Vec::new(), ..full.clone() };
    let points = full.key_points.iter().map(|point| (Target::KeyPoint(point.id.clone()), point.probe.clone()));
    let wrong = full.misconceptions.iter().map(|wrong| (Target::Misconception(wrong.id.clone()), wrong.probe.clone()));
    let follow_ups: Vec<FollowUp> = points.chain(wrong).map(|(target, prompt)| FollowUp { target, prompt }).collect();
    render_all(prompts, &full, None, &follow_ups)?;
    render_all(prompts, &bare, follow_ups.first(), &follow_ups[..follow_ups.len().min(1)])?;
    prompts.repair("it is empty", "{}").map(drop)
}

/// Renders the prompts about an answer to `asked`, or to the question itself, and about `follow_ups` to it.
fn render_all(
    prompts: &Prompts,
    question: &Question,
    asked: Option<&FollowUp>,
    follow_ups: &[FollowUp],
) -> Result<(), CoachError> {
    let target = asked.map(|asked| &asked.target);
    let prompt = asked.map_or(question.prompts.first(), |asked| &asked.prompt);
    let rubric = Rubric::of(question, target);
    let transcript = Transcript::typed("an answer of five words");
    let assignment = Assignment { question, rubric: &rubric, prompt, target, transcript: &transcript, round: None };
    let answer = fence(&transcript, &Mark::random());
    let mut judged = AskedWithRubric::shuffled(&assignment, "");
    judged.examples = vec![Example { answer: "an answer".to_owned(), reply: "{}".to_owned() }];
    let mut rendered = vec![
        (
            Template::Correctness,
            prompts.render(Template::Correctness, &judged, &correctness::form(&judged, [].into()), &answer)?,
        ),
        (
            Template::StrongerAnswer,
            prompts.render(Template::StrongerAnswer, &judged, &stronger_answer::form(), &answer)?,
        ),
        (
            Template::Clarity,
            prompts.render(Template::Clarity, &Asked::of(&assignment), &clarity::form([].into()), &answer)?,
        ),
    ];
    for next in follow_ups {
        let subject = follow_up::subject(&assignment, next)?;
        rendered.push((Template::FollowUp, prompts.render(Template::FollowUp, &subject, &follow_up::form(), &answer)?));
    }
    match rendered.iter().find(|(_, prompt)| !prompt.material.contains(&answer)) {
        Some((template, _)) => Err(fault_in(prompts.file(*template), "it does not show the answer as it is")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(file: &str, text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let prompts = Prompts::load(Some(folder.path())).unwrap();
        let error = validate(&prompts).unwrap_err().to_string();
        assert!(error.contains(&folder.path().join(file).display().to_string()), "{error}");
        error
    }

    #[test]
    fn the_built_in_templates_can_be_rendered() {
        validate(&Prompts::load(None).unwrap()).unwrap();
    }

    #[test]
    fn a_field_that_does_not_exist_is_named_with_its_line_before_anything_is_judged() {
        let snippet =
            "{# version: mine #}\nJudge.\n{% if snippet %}\n{{ snippet.source }}\n{% endif %}\n===\n{{ answer }}\n";
        assert!(fault_of("clarity.jinja", snippet).contains("clarity.jinja:4: it names something"));
        let point =
            "{# version: mine #}\n{% for point in key_points %}\n- {{ point.name }}\n{% endfor %}\n===\n{{ answer }}";
        assert!(fault_of("correctness.jinja", point).contains("correctness.jinja:3: it names something"));
        let target = "{# version: mine #}\n{% if target.kind == \"misconception\" %}{{ target.why }}{% endif %}\n===\n{{ answer }}";
        assert!(fault_of("follow_up.jinja", target).contains("follow_up.jinja:2: it names something"));
        let follow_up =
            "{# version: mine #}\n{% if follows_up_on %}{{ follows_up_on.prompt }}{% endif %}\n===\n{{ answer }}";
        assert!(fault_of("stronger_answer.jinja", follow_up).contains("stronger_answer.jinja:2: it names something"));
    }

    #[test]
    fn a_filter_that_does_not_exist_is_named_with_its_line() {
        let fault = fault_of("repair.jinja", "{# version: mine #}\nMend:\n{{ fault | shout }}\n");
        assert!(fault.contains("repair.jinja:3: ") && fault.contains("shout"), "{fault}");
    }

    #[test]
    fn a_template_that_does_not_show_the_answer_is_refused() {
        for material in ["Judge the answer.", "{{ answer | upper }}"] {
            let fault = fault_of("clarity.jinja", &format!("{{# version: mine #}}\nJudge.\n===\n{material}\n"));
            assert!(fault.contains("it does not show the answer as it is"), "{fault}");
        }
    }
}
