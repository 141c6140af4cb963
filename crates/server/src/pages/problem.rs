//! Errors for people.

use api::problem::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    problem: &'a Problem,
}

/// The problem as a page, with ways to go on.
pub(crate) fn error_page(problem: &Problem) -> String {
    ProblemPage { problem }.render().unwrap_or_else(|_| problem.title.clone())
}
