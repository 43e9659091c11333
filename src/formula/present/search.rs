//! The search for a shorter form.
//!
//! Best first: of the forms met so far the shortest is rewritten next, in
//! every place by every rule, and each result is brought to canonical form. A
//! form a little longer than the best may be the way to a shorter one and is
//! followed up to a point.

use super::{divide, draw, expand, fractions, powers, quadratic};
use crate::formula::number::digits;
use crate::formula::simplify::{canonical_form, has_nonfinite_constant, Known};
use crate::formula::Expr;

/// Gives forms of a node that have the same value.
type Rule = fn(&Expr, Known<'_>) -> Vec<Expr>;

const RULES: [Rule; 8] = [
    draw::from_all_terms,
    powers::of_two_terms,
    draw::from_some_terms,
    divide::gathered,
    divide::cancelled,
    fractions::over_one_bar,
    expand::products,
    quadratic::split,
];

/// Forms longer than the best by more than this are not followed.
const DETOUR: usize = 4;

/// How many symbols may be brought to canonical form in one search.
const MOST_SYMBOLS: usize = 4000;

/// Numbers of so many digits are as good as shorter ones.
const SHORT_NUMBER: usize = 4;

/// How a form is judged: symbols first, then parentheses, then fractions below
/// a bar, then digits beyond those of a short number.
type Length = (usize, usize, usize, usize);

/// A form of `start` that is better than it, if one is found.
pub(super) fn shorter(start: &Expr, known: Known<'_>) -> Option<Expr> {
    if has_nonfinite_constant(start) {
        return None;
    }
    let mut open = vec![(length(start), start.clone())];
    let mut seen = vec![start.clone()];
    let (mut best, mut symbols) = (0, 0);
    let mut shortest = open[0].0;
    while let Some(next) = index_of_shortest(&open) {
        let (length_of_form, form) = open.swap_remove(next);
        if length_of_form.0 > shortest.0 + DETOUR {
            break;
        }
        let mut rewritten = Vec::new();
        rewrite(&form, known, &mut rewritten);
        for candidate in rewritten {
            symbols += candidate.complexity();
            if symbols > MOST_SYMBOLS {
                return (best > 0).then(|| seen.swap_remove(best));
            }
            let candidate = canonical_form(&candidate, known);
            let length = length(&candidate);
            if length.0 > shortest.0 + DETOUR || seen.contains(&candidate) {
                continue;
            }
            if has_nonfinite_constant(&candidate) {
                continue;
            }
            if length < shortest {
                shortest = length;
                best = seen.len();
            }
            seen.push(candidate.clone());
            open.push((length, candidate));
        }
    }
    (best > 0).then(|| seen.swap_remove(best))
}

fn index_of_shortest(open: &[(Length, Expr)]) -> Option<usize> {
    (0..open.len()).min_by_key(|&index| open[index].0)
}

/// Every expression that one rule at one node makes of `expr`.
fn rewrite(expr: &Expr, known: Known<'_>, forms: &mut Vec<Expr>) {
    for rule in RULES {
        forms.append(&mut rule(expr, known));
    }
    forms.extend(expr.with_one_child_replaced(&mut |child| {
        let mut replacements = Vec::new();
        rewrite(child, known, &mut replacements);
        replacements
    }));
}

fn length(expr: &Expr) -> Length {
    (
        expr.complexity(),
        inner_sums(expr, true),
        reciprocals_below(expr, false),
        digits_in(expr),
    )
}

/// The sums that must be written in parentheses.
fn inner_sums(expr: &Expr, outermost: bool) -> usize {
    let here = match expr {
        Expr::Sum(_) => usize::from(!outermost),
        // A function's own parentheses do for a sum.
        Expr::Apply(_, argument) => return inner_sums(argument, true),
        Expr::Constant(_) | Expr::Variable(_) | Expr::Product(_) | Expr::Power(..) => 0,
    };
    here + expr
        .children()
        .iter()
        .map(|child| inner_sums(child, false))
        .sum::<usize>()
}

/// The terms such as `1/a` in sums below a bar: `2*a*b/(a + b)` reads better
/// than `2/(1/a + 1/b)`.
fn reciprocals_below(expr: &Expr, below: bool) -> usize {
    let is_reciprocal = |expr: &&Expr| matches!(expr, Expr::Power(_, exponent) if exponent.is_negative());
    let (here, below) = match expr {
        Expr::Sum(terms) => (
            usize::from(below) * terms.iter().filter(is_reciprocal).count(),
            false,
        ),
        Expr::Power(_, exponent) => (0, exponent.is_negative()),
        Expr::Apply(..) => (0, false),
        Expr::Constant(_) | Expr::Variable(_) | Expr::Product(_) => (0, below),
    };
    let inside = expr
        .children()
        .iter()
        .map(|child| reciprocals_below(child, below));
    here + inside.sum::<usize>()
}

fn digits_in(expr: &Expr) -> usize {
    let constants = expr.constants().into_iter();
    constants.map(|c| digits(c).saturating_sub(SHORT_NUMBER)).sum()
}
