//! The expression tree that every stage speaks, and the few ways of walking it.
//!
//! Code that treats most nodes alike walks by [`Expr::children`],
//! [`Expr::map_children`], [`Expr::fold`] and [`Expr::any`]; where a kind of node
//! matters the match names every kind, so that a new kind is met by the compiler.

use super::{Exponent, Function};

/// A formula over the inputs `x_0, x_1, …`.
///
/// `Sum(vec![])` is 0 and `Product(vec![])` is 1. A difference is a sum with a
/// term whose product starts with a negative constant; a quotient is a
/// product with a negative power.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number.
    Constant(f64),
    /// The input with this index.
    Variable(usize),
    /// The sum of the terms.
    Sum(Vec<Expr>),
    /// The product of the factors.
    Product(Vec<Expr>),
    /// `base ^ exponent`, real-valued: NaN for an even root of a negative base;
    /// an odd root of a negative base is NaN too, as `powf` has it.
    Power(Box<Expr>, Exponent),
    /// A function of its argument; NaN outside its domain. A power whose
    /// exponent is no small fraction is `exp(exponent · ln base)`, see
    /// [`Expr::general_power`].
    Apply(Function, Box<Expr>),
}

impl Expr {
    /// The nodes right below this one, from left to right.
    pub fn children(&self) -> &[Expr] {
        match self {
            Expr::Constant(_) | Expr::Variable(_) => &[],
            Expr::Sum(children) | Expr::Product(children) => children,
            Expr::Power(child, _) | Expr::Apply(_, child) => std::slice::from_ref(child),
        }
    }

    /// The same node over other children: `change` is asked for each, from left
    /// to right.
    pub fn map_children(&self, change: &mut dyn FnMut(&Expr) -> Expr) -> Expr {
        match self {
            Expr::Constant(c) => Expr::Constant(*c),
            Expr::Variable(index) => Expr::Variable(*index),
            Expr::Sum(terms) => Expr::Sum(terms.iter().map(change).collect()),
            Expr::Product(factors) => Expr::Product(factors.iter().map(change).collect()),
            Expr::Power(base, exponent) => Expr::Power(Box::new(change(base)), *exponent),
            Expr::Apply(function, argument) => Expr::Apply(*function, Box::new(change(argument))),
        }
    }

    /// Bottom-up: `combine` gets each node with what came of its children.
    pub fn fold<T>(&self, combine: &mut dyn FnMut(&Expr, Vec<T>) -> T) -> T {
        let below = self.children().iter().map(|child| child.fold(combine)).collect();
        combine(self, below)
    }

    /// Whether `test` holds of this node or any below.
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        test(self) || self.children().iter().any(|child| child.any(test))
    }

    /// Whether both are nodes of one kind, with as many children.
    pub(super) fn is_same_node(&self, other: &Expr) -> bool {
        let same = match (self, other) {
            (Expr::Constant(a), Expr::Constant(b)) => a == b,
            (Expr::Variable(a), Expr::Variable(b)) => a == b,
            (Expr::Sum(_), Expr::Sum(_)) | (Expr::Product(_), Expr::Product(_)) => true,
            (Expr::Power(_, p), Expr::Power(_, q)) => p == q,
            (Expr::Apply(f, _), Expr::Apply(g, _)) => f == g,
            (
                Expr::Constant(_)
                | Expr::Variable(_)
                | Expr::Sum(_)
                | Expr::Product(_)
                | Expr::Power(..)
                | Expr::Apply(..),
                _,
            ) => false,
        };
        same && self.children().len() == other.children().len()
    }

    /// Calls `visit` on every node, parents first, from left to right.
    pub fn visit(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        for child in self.children() {
            child.visit(visit);
        }
    }

    /// Every expression that comes of replacing one child by one of
    /// `replacements(child)`.
    pub fn with_one_child_replaced(&self, replacements: &mut dyn FnMut(&Expr) -> Vec<Expr>) -> Vec<Expr> {
        let mut found = Vec::new();
        for (place, child) in self.children().iter().enumerate() {
            for replacement in replacements(child) {
                let mut index = 0;
                found.push(self.map_children(&mut |child| {
                    index += 1;
                    if index - 1 == place {
                        replacement.clone()
                    } else {
                        child.clone()
                    }
                }));
            }
        }
        found
    }
}

/// The shape of a formula, whatever its constants: equal for two formulas
/// exactly when one is the other with other numbers. Simplify both first: the
/// trees are compared as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Structure(Vec<Shape>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Shape {
    Constant,
    Variable(usize),
    Sum(usize),
    Product(usize),
    Power(Exponent),
    Apply(Function),
}

impl Expr {
    /// The shape, as a key.
    pub fn structure(&self) -> Structure {
        let mut shapes = Vec::new();
        self.visit(&mut |node| {
            shapes.push(match node {
                Expr::Constant(_) => Shape::Constant,
                Expr::Variable(index) => Shape::Variable(*index),
                Expr::Sum(terms) => Shape::Sum(terms.len()),
                Expr::Product(factors) => Shape::Product(factors.len()),
                Expr::Power(_, exponent) => Shape::Power(*exponent),
                Expr::Apply(function, _) => Shape::Apply(*function),
            });
        });
        Structure(shapes)
    }

    /// Whether both have the same [`structure`](Expr::structure).
    pub fn same_structure(&self, other: &Expr) -> bool {
        self.structure() == other.structure()
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    #[test]
    fn constants_do_not_matter_to_the_structure_but_all_else_does() {
        let names = vec!["a".to_string(), "b".to_string()];
        for (left, right, same) in [
            ("2*a + 3", "5*a + 7", true),
            ("a^2", "a^3", false),
            ("a^1.37", "a^1.38", true),
            ("a + b", "a*b", false),
            ("2*a", "2*b", false),
            ("exp(2*a)", "ln(2*a)", false),
            ("(a + b)*2", "a + b*2", false),
            ("sqrt(2*a + b)", "sqrt(9*a + b)", true),
        ] {
            let left = parse(left, &names).expect(left);
            let right = parse(right, &names).expect(right);
            assert_eq!(left.same_structure(&right), same);
        }
    }

    #[test]
    fn walking_meets_every_node_in_order() {
        let names = vec!["a".to_string(), "b".to_string()];
        let expr = parse("2*a + sin(b^2)", &names).expect("parses");
        let mut seen = 0;
        expr.visit(&mut |_| seen += 1);
        let folded: usize = expr.fold(&mut |_, below: Vec<usize>| 1 + below.iter().sum::<usize>());
        assert_eq!((seen, folded), (7, 7));
        assert_eq!(expr.map_children(&mut Clone::clone), expr);
        let replaced = expr.with_one_child_replaced(&mut |child| vec![child.clone(), child.clone()]);
        assert_eq!(replaced.len(), 4);
        assert!(replaced.iter().all(|other| *other == expr));
    }
}
