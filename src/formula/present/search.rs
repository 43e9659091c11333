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
    match expr {
        Expr::Constant(_) | Expr::Variable(_) => {}
        Expr::Sum(children) => rewrite_children(children, known, forms, Expr::Sum),
        Expr::Product(children) => rewrite_children(children, known, forms, Expr::Product),
        Expr::Power(base, exponent) => {
            let mut bases = Vec::new();
            rewrite(base, known, &mut bases);
            forms.extend(bases.into_iter().map(|base| Expr::power(base, *exponent)));
        }
    }
}

fn rewrite_children(
    children: &[Expr],
    known: Known<'_>,
    forms: &mut Vec<Expr>,
    rebuilt: impl Fn(Vec<Expr>) -> Expr,
) {
    for (index, child) in children.iter().enumerate() {
        let mut replacements = Vec::new();
        rewrite(child, known, &mut replacements);
        for replacement in replacements {
            let mut children = children.to_vec();
            children[index] = replacement;
            forms.push(rebuilt(children));
        }
    }
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
    match expr {
        Expr::Constant(_) | Expr::Variable(_) => 0,
        Expr::Sum(terms) => {
            usize::from(!outermost) + terms.iter().map(|term| inner_sums(term, false)).sum::<usize>()
        }
        Expr::Product(factors) => factors.iter().map(|factor| inner_sums(factor, false)).sum(),
        Expr::Power(base, _) => inner_sums(base, false),
    }
}

/// The terms such as `1/a` in sums below a bar: `2*a*b/(a + b)` reads better
/// than `2/(1/a + 1/b)`.
fn reciprocals_below(expr: &Expr, below: bool) -> usize {
    let is_reciprocal = |expr: &&Expr| matches!(expr, Expr::Power(_, exponent) if exponent.is_negative());
    match expr {
        Expr::Constant(_) | Expr::Variable(_) => 0,
        Expr::Sum(terms) => {
            let here = terms.iter().filter(is_reciprocal).count();
            let inside: usize = terms.iter().map(|term| reciprocals_below(term, false)).sum();
            usize::from(below) * here + inside
        }
        Expr::Product(factors) => factors
            .iter()
            .map(|factor| reciprocals_below(factor, below))
            .sum(),
        Expr::Power(base, exponent) => reciprocals_below(base, exponent.is_negative()),
    }
}

fn digits_in(expr: &Expr) -> usize {
    match expr {
        Expr::Constant(c) => digits(*c).saturating_sub(SHORT_NUMBER),
        Expr::Variable(_) => 0,
        Expr::Sum(children) | Expr::Product(children) => children.iter().map(digits_in).sum(),
        Expr::Power(base, _) => digits_in(base),
    }
}
