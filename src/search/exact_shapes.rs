//! What is tried on data without noise: polynomials of high degree and their
//! ratios, under an outer power, beside a term, with an input divided off.

use rayon::prelude::*;

use super::addend::addends;
use super::exact_polynomial::exact_polynomial;
use super::exact_ratio::exact_ratio;
use super::problem::Problem;
use super::searcher::Searcher;
use super::shapes::raised;
use super::task::{Feature, Task};
use crate::formula::{Exponent, Expr};

/// Ratios of polynomials in the inputs, and in their roots, on exact data.
pub(super) fn ratios_of_polynomials(searcher: &mut Searcher<'_>) {
    if searcher.options.strict {
        return;
    }
    let plain = searcher.plain();
    let roots: Option<Vec<Feature>> = plain
        .features
        .iter()
        .map(|feature| {
            let root = Expr::power(feature.expr.clone(), Exponent::new(1, 2));
            Feature::new(root, &searcher.pool.problem)
        })
        .collect();
    let squared = plain.raised(Exponent::integer(2));
    let in_roots = roots.map(|roots| plain.against(roots));
    let found = exact_polynomials(&plain, &searcher.pool.problem);
    searcher.offer(found);
    for rest in less_a_term(&plain, &searcher.pool.problem) {
        if searcher.done() {
            return;
        }
        let found = exact_polynomials(&rest, &searcher.pool.problem);
        searcher.offer(found);
    }
    for task in std::iter::once(plain).chain(squared).chain(in_roots) {
        if searcher.done() {
            return;
        }
        searcher.offer(exact_ratio(&task).into_iter().collect());
    }
}

/// What is left of the target without a term, against the other inputs: one of
/// the term's occurs nowhere else.
fn less_a_term(task: &Task, problem: &Problem) -> Vec<Task> {
    let mut tasks = Vec::new();
    for addend in addends(task, problem) {
        let Some(rest) = task.less(&addend, problem) else {
            continue;
        };
        for own in addend.variables_used() {
            let others = (0..problem.width()).filter(|&i| i != own);
            let features = others.filter_map(|i| Feature::new(Expr::Variable(i), problem));
            tasks.push(rest.against(features.collect()));
        }
    }
    tasks
}

/// Polynomials under each outer power, once an input is divided or multiplied
/// off, or none is.
fn exact_polynomials(task: &Task, problem: &Problem) -> Vec<Expr> {
    let inputs = (0..problem.width()).flat_map(|input| [1, -1].map(|e| (input, e)));
    let factors = inputs.map(|(input, e)| Expr::power(Expr::Variable(input), Exponent::integer(e)));
    let divided = factors.filter_map(|factor| task.divided_by(&factor, problem));
    let tasks: Vec<Task> = std::iter::once(task.clone())
        .chain(divided)
        .flat_map(|task| raised(&task, true))
        .collect();
    tasks.par_iter().filter_map(exact_polynomial).collect()
}

#[cfg(test)]
mod tests {
    use crate::search::fixture::error_of_step;

    #[test]
    fn ratios_are_found_under_a_root_and_beside_a_term() {
        for law in [
            "(a^2 + 2*a*b + 3) / (1 + b)",
            "sqrt((a^2 + b) / (1 + b^2))",
            "c * (a^3 + b*a + 2)",
        ] {
            let error = error_of_step(law, "ratios-of-polynomials");
            assert!(error < 1e-6, "{law} is off by {error}");
        }
        let error = error_of_step("exp(a) + sin(b)", "ratios-of-polynomials");
        assert!(error > 1e-6, "no ratio is {error} near");
    }
}
