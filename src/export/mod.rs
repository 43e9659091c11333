//! A formula as code: a function, an expression or a statement in another language,
//! with comments that say what it is and how far it holds.

mod code;
mod identifier;
mod languages;
mod mathml;

use crate::formula::Expr;

pub use languages::Language;

/// What is known of a formula that is written out.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'a> {
    /// The formula.
    pub expr: &'a Expr,
    /// What it gives.
    pub target: &'a str,
    /// What its inputs are called.
    pub inputs: &'a [String],
    /// `confirmed`, `approximate` or `refuted`.
    pub verdict: &'a str,
    /// For each input the ends of the range that it was fitted on, and to where it is
    /// known to hold, where that is known.
    pub ranges: &'a [Option<Range>],
}

/// What is known of an input's range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The ends of what the formula was fitted on.
    pub fitted: (f64, f64),
    /// To where it is known to the noise; `None` where that is further than was looked.
    pub holds_to: Option<f64>,
}

/// The document in this language.
///
/// Inputs that the formula doesn't read are left out of it.
pub fn export(exported: &Exported<'_>, language: &Language) -> String {
    let used: Vec<usize> = exported.expr.variables_used().into_iter().collect();
    let place = |index: usize| used.iter().position(|&own| own == index).unwrap_or(index);
    let expr = renumbered(exported.expr, &place);
    let pick = |index: &usize| {
        exported
            .inputs
            .get(*index)
            .cloned()
            .unwrap_or_else(|| format!("x{index}"))
    };
    let inputs: Vec<String> = used.iter().map(pick).collect();
    let ranges: Vec<Option<Range>> = used
        .iter()
        .map(|&index| exported.ranges.get(index).copied().flatten())
        .collect();
    language.document(&Exported {
        expr: &expr,
        inputs: &inputs,
        ranges: &ranges,
        ..*exported
    })
}

fn renumbered(expr: &Expr, place: &dyn Fn(usize) -> usize) -> Expr {
    match expr {
        Expr::Variable(index) => Expr::Variable(place(*index)),
        Expr::Constant(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
            expr.map_children(&mut |child| renumbered(child, place))
        }
    }
}

impl Exported<'_> {
    /// What a reader should know, a line each; `called` is what inputs are called below.
    fn about(&self, called: &[String]) -> Vec<String> {
        let formula = shown(&self.expr.text(self.inputs));
        let mut lines = vec![format!("{} = {formula}", shown(self.target))];
        lines.push(format!("{}, by nalu-discover", self.verdict));
        for (place, name) in self.inputs.iter().enumerate() {
            let mut line = shown(name);
            if called
                .get(place)
                .is_some_and(|called| !called.contains(name.as_str()))
            {
                line = format!("{}: {line}", shown(&called[place]));
            }
            if let Some(Some(range)) = self.ranges.get(place) {
                line.push_str(&format!(", fitted from {} to {}", range.fitted.0, range.fitted.1));
                if let Some(to) = range.holds_to {
                    line.push_str(&format!(", known to {to:.4}"));
                }
            }
            lines.push(line);
        }
        lines
    }
}

/// Names and formulas in a comment stay in their line.
fn shown(text: &str) -> String {
    crate::dataset::visible::visible(text).into_owned()
}
