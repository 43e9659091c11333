//! Any formula as a rounded NALU stack: the way back from [`DiscreteStack::to_expr`].
//!
//! A formula is alternating sums and products, and so is a stack: a sum of
//! `coefficient · node` is an add unit, a product of `node ^ exponent` a
//! multiply unit. A unit reads the formula's inputs and the layer just below,
//! so each unit is placed as late as its readers allow, and one that is read
//! further up as well is carried there by identity units (add, weight 1). The
//! coefficient of a product goes into the add unit that reads it; where none
//! does, as in `9.81·m·h`, a last add unit is the readout.

use crate::formula::{AsUnit, Exponent, Expr, Function};

use super::discrete::{DiscreteLayer, DiscreteStack, Gate, Inner, Outer};

/// The stack that computes `expr` from `width` inputs, its margins all 0. Unit
/// 0 of the last layer is the output, the only unit there.
///
/// Wherever the formula has a finite value the stack has the same, to
/// rounding error. `None` when the formula reads an input beyond `width`,
/// holds a constant that is not finite, or an exponent that does not fit.
pub fn compile(expr: &Expr, width: usize) -> Option<DiscreteStack> {
    compile_for(expr, width, &[])
}

/// As [`compile`], where `positive[i]` says that input `i` is above 0 in every
/// row: then `sqrt(a / b)` is one unit, `a^½ b^−½`, instead of two.
pub fn compile_for(expr: &Expr, width: usize, positive: &[bool]) -> Option<DiscreteStack> {
    let mut compiler = Compiler {
        width,
        positive,
        units: Vec::new(),
    };
    let sum = compiler.sum(expr, 1.0)?;
    let output = match compiler.source_of(sum) {
        Source::Unit(unit) => unit,
        Source::Input(input) => {
            let identity = Unit::Add(Sum::of(Source::Input(input), 1.0));
            compiler.units.push(identity);
            compiler.units.len() - 1
        }
    };
    // Units are made after those they read.
    compiler.units.truncate(output + 1);
    Some(layers(&compiler.units, width))
}

/// What a unit may read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    /// An input of the formula.
    Input(usize),
    /// A unit, by its place in [`Compiler::units`].
    Unit(usize),
}

/// `offset + Σ weight · source`.
#[derive(Debug, Clone, PartialEq, Default)]
struct Sum {
    terms: Vec<(Source, f64)>,
    offset: f64,
}

impl Sum {
    fn of(source: Source, weight: f64) -> Sum {
        Sum {
            terms: vec![(source, weight)],
            offset: 0.0,
        }
    }

    fn add(&mut self, other: Sum) {
        self.offset += other.offset;
        for (source, weight) in other.terms {
            match self.terms.iter_mut().find(|(known, _)| *known == source) {
                Some((_, total)) => *total += weight,
                None => self.terms.push((source, weight)),
            }
        }
        self.terms.retain(|&(_, weight)| weight != 0.0);
    }
}

/// `coefficient · Π source ^ exponent`.
#[derive(Debug, Clone, PartialEq)]
struct Product {
    coefficient: f64,
    factors: Vec<(Source, Exponent)>,
}

impl Product {
    fn multiply(&mut self, source: Source, exponent: Exponent) -> Option<()> {
        match self.factors.iter_mut().find(|(known, _)| *known == source) {
            Some((_, total)) => *total = total.checked_add(exponent)?,
            None => self.factors.push((source, exponent)),
        }
        self.factors.retain(|(_, exponent)| exponent.numerator() != 0);
        Some(())
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Unit {
    Add(Sum),
    Multiply(Vec<(Source, Exponent)>),
    /// A sum of what the inner gate makes of the sources, through the outer one.
    Through(Inner, Sum, Outer),
}

impl Unit {
    fn sources(&self) -> Vec<Source> {
        match self {
            Unit::Add(sum) | Unit::Through(_, sum, _) => {
                sum.terms.iter().map(|&(source, _)| source).collect()
            }
            Unit::Multiply(factors) => factors.iter().map(|&(source, _)| source).collect(),
        }
    }
}

struct Compiler<'a> {
    width: usize,
    positive: &'a [bool],
    units: Vec<Unit>,
}

impl Compiler<'_> {
    /// `scale · expr` as a sum, nested sums opened.
    fn sum(&mut self, expr: &Expr, scale: f64) -> Option<Sum> {
        if let Expr::Sum(terms) = expr {
            let mut total = Sum::default();
            for term in terms {
                let part = self.sum(term, scale)?;
                total.add(part);
            }
            return Some(total);
        }
        // c · (a + b) inside a sum is c·a + c·b: a layer less.
        if let Some((constant, inner)) = scaled_sum(expr) {
            return self.sum(inner, finite(scale * constant)?);
        }
        let product = self.product(expr)?;
        let weight = finite(scale * product.coefficient)?;
        if weight == 0.0 || product.factors.is_empty() {
            return Some(Sum {
                terms: Vec::new(),
                offset: weight,
            });
        }
        let source = self.multiply_unit(product.factors);
        Some(Sum::of(source, weight))
    }

    /// `expr` as a product of powers, nested products opened.
    fn product(&mut self, expr: &Expr) -> Option<Product> {
        let mut product = Product {
            coefficient: 1.0,
            factors: Vec::new(),
        };
        self.multiply(&mut product, expr, Exponent::ONE)?;
        Some(product)
    }

    fn multiply(&mut self, product: &mut Product, expr: &Expr, exponent: Exponent) -> Option<()> {
        match expr {
            Expr::Constant(_) => product.coefficient *= power(finite(constant(expr)?)?, exponent)?,
            Expr::Variable(input) if *input < self.width => {
                product.multiply(Source::Input(*input), exponent)?;
            }
            Expr::Variable(_) => return None,
            Expr::Apply(function, argument) => {
                self.multiply_function(product, *function, argument, exponent)?
            }
            Expr::Product(factors) if exponent.is_integer() => {
                for factor in factors {
                    self.multiply(product, factor, exponent)?;
                }
            }
            Expr::Power(base, inner) if exponent.is_integer() => {
                self.multiply(product, base, inner.checked_mul(exponent)?)?;
            }
            Expr::Sum(_) => {
                let sum = self.sum(expr, 1.0)?;
                match constant_of(&sum) {
                    Some(c) => product.coefficient *= power(c, exponent)?,
                    None => product.multiply(self.source_of(sum), exponent)?,
                }
            }
            Expr::Product(_) | Expr::Power(..) => self.multiply_root(product, expr, exponent)?,
        }
        Some(())
    }

    /// A root of a product: opened only where every factor is positive, since
    /// `sqrt(a·b)` has a value where a and b are both negative.
    fn multiply_root(&mut self, product: &mut Product, expr: &Expr, exponent: Exponent) -> Option<()> {
        if let Some((constant, inner)) = scaled_sum(expr) {
            let sum = self.sum(inner, constant)?;
            return product.multiply(self.source_of(sum), exponent);
        }
        let inner = self.product(expr)?;
        if inner.factors.is_empty() {
            product.coefficient *= power(inner.coefficient, exponent)?;
            return Some(());
        }
        let positive = |source: &Source| match source {
            Source::Input(input) => self.positive.get(*input) == Some(&true),
            Source::Unit(_) => false,
        };
        let root = if inner.coefficient > 0.0 {
            product.coefficient *= power(inner.coefficient, exponent)?;
            if inner.factors.iter().all(|(source, _)| positive(source)) {
                for (source, power) in inner.factors {
                    product.multiply(source, power.checked_mul(exponent)?)?;
                }
                return Some(());
            }
            self.multiply_unit(inner.factors)
        } else {
            let source = self.multiply_unit(inner.factors);
            self.source_of(Sum::of(source, inner.coefficient))
        };
        product.multiply(root, exponent)
    }

    /// A function of a sum as one unit; a logarithm of a product as a sum of
    /// logarithms.
    fn multiply_function(
        &mut self,
        product: &mut Product,
        function: Function,
        argument: &Expr,
        exponent: Exponent,
    ) -> Option<()> {
        let exponential = Outer::Function(Function::Exp);
        let (inner, sum, outer, scale) = match function.facts().unit {
            AsUnit::Logarithm(scale) => (Inner::Ln, self.logarithms(argument)?, Outer::Identity, scale),
            AsUnit::Exponential(scale) => {
                let power = function.of(argument.clone());
                match power.as_general_power() {
                    Some((base, Expr::Constant(c))) => {
                        (Inner::Ln, Sum::of(self.source(base)?, c), exponential, 1.0)
                    }
                    _ => (Inner::Identity, self.sum(argument, scale)?, exponential, 1.0),
                }
            }
            AsUnit::Cosine(phase) => {
                let mut sum = self.sum(argument, 1.0)?;
                sum.offset += phase;
                (Inner::Identity, sum, Outer::Function(Function::Cos), 1.0)
            }
            AsUnit::Itself => (
                Inner::Identity,
                self.sum(argument, 1.0)?,
                Outer::Function(function),
                1.0,
            ),
        };
        if sum.terms.is_empty() {
            let value = function.of(argument.clone()).evaluate_row(&vec![0.0; self.width]);
            product.coefficient *= power(finite(value)?, exponent)?;
            return Some(());
        }
        finite(sum.offset)?;
        let unit = self.unit(Unit::Through(inner, sum, outer));
        if scale == 1.0 {
            return product.multiply(unit, exponent);
        }
        if exponent.is_integer() {
            product.coefficient *= power(scale, exponent)?;
            return product.multiply(unit, exponent);
        }
        product.multiply(self.source_of(Sum::of(unit, scale)), exponent)
    }

    /// `ln|Π source^w|` as a sum of logarithms.
    fn logarithms(&mut self, argument: &Expr) -> Option<Sum> {
        let product = self.product(argument)?;
        if product.factors.is_empty() || product.coefficient <= 0.0 {
            return Some(Sum::of(self.source(argument)?, 1.0));
        }
        Some(Sum {
            terms: product
                .factors
                .into_iter()
                .map(|(source, exponent)| (source, exponent.value()))
                .collect(),
            offset: product.coefficient.ln(),
        })
    }

    /// Where the value of any expression can be read.
    fn source(&mut self, expr: &Expr) -> Option<Source> {
        let sum = self.sum(expr, 1.0)?;
        Some(self.source_of(sum))
    }

    /// Where the value of `sum` can be read: a new unit unless it is one source as it stands.
    fn source_of(&mut self, sum: Sum) -> Source {
        match sum.terms.as_slice() {
            [(source, weight)] if *weight == 1.0 && sum.offset == 0.0 => *source,
            _ => self.unit(Unit::Add(sum)),
        }
    }

    fn multiply_unit(&mut self, factors: Vec<(Source, Exponent)>) -> Source {
        match factors.as_slice() {
            [(source, exponent)] if *exponent == Exponent::ONE => *source,
            _ => self.unit(Unit::Multiply(factors)),
        }
    }

    /// The unit's place; a unit met before is used again.
    fn unit(&mut self, unit: Unit) -> Source {
        let known = self.units.iter().position(|other| *other == unit);
        Source::Unit(known.unwrap_or_else(|| {
            self.units.push(unit);
            self.units.len() - 1
        }))
    }
}

/// `(c, a + b)` of `c · (a + b)`.
fn scaled_sum(expr: &Expr) -> Option<(f64, &Expr)> {
    match expr {
        Expr::Product(factors) => match factors.as_slice() {
            [Expr::Constant(c), inner @ Expr::Sum(_)] | [inner @ Expr::Sum(_), Expr::Constant(c)] => {
                Some((*c, inner))
            }
            _ => None,
        },
        _ => None,
    }
}

fn constant(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Constant(c) => Some(*c),
        _ => None,
    }
}

fn constant_of(sum: &Sum) -> Option<f64> {
    sum.terms.is_empty().then_some(sum.offset)
}

fn power(base: f64, exponent: Exponent) -> Option<f64> {
    finite(Expr::power(Expr::Constant(base), exponent).evaluate_row(&[]))
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The units in layers; the last unit is the output. Units that it does not
/// reach, as what cancelled, are left out.
fn layers(units: &[Unit], width: usize) -> DiscreteStack {
    let spans = spans(units);
    let layer_count = spans
        .iter()
        .flatten()
        .map(|span| span.made + 1)
        .max()
        .unwrap_or(0);

    let mut below: Vec<usize> = Vec::new();
    // Depths count from the output, layers from the inputs.
    let layers = (0..layer_count)
        .rev()
        .map(|depth| {
            let is_here = |span: &Span| (span.last_read..=span.made).contains(&depth);
            let here: Vec<usize> = (0..units.len())
                .filter(|&unit| spans[unit].as_ref().is_some_and(is_here))
                .collect();
            let column = |source: Source| match source {
                Source::Input(input) => input,
                // Present by construction: the reader's layer is one above.
                Source::Unit(unit) => width + below.iter().position(|&u| u == unit).unwrap_or(0),
            };
            let mut rounded = empty_layer(width + below.len(), here.len());
            for (place, &unit) in here.iter().enumerate() {
                if spans[unit].as_ref().is_some_and(|span| span.made == depth) {
                    write_unit(&mut rounded, place, &units[unit], column);
                } else {
                    rounded.w_add[column(Source::Unit(unit))][place] = 1.0;
                }
            }
            below = here;
            rounded
        })
        .collect();
    DiscreteStack { layers }
}

/// Through which layers a unit is at hand, counted down from the output's, 0.
struct Span {
    /// Where it is computed: just below its lowest reader.
    made: usize,
    /// Up to where it is carried: just below its highest reader.
    last_read: usize,
}

/// `None` for units that the output, which is the last, does not reach.
fn spans(units: &[Unit]) -> Vec<Option<Span>> {
    let mut spans: Vec<Option<Span>> = units.iter().map(|_| None).collect();
    if let Some(output) = spans.last_mut() {
        *output = Some(Span {
            made: 0,
            last_read: 0,
        });
    }
    for (reader, unit) in units.iter().enumerate().rev() {
        let Some(depth) = spans[reader].as_ref().map(|span| span.made + 1) else {
            continue;
        };
        for source in unit.sources() {
            if let Source::Unit(read) = source {
                let span = spans[read].get_or_insert(Span {
                    made: depth,
                    last_read: depth,
                });
                span.made = span.made.max(depth);
                span.last_read = span.last_read.min(depth);
            }
        }
    }
    spans
}

fn empty_layer(inputs: usize, units: usize) -> DiscreteLayer {
    DiscreteLayer {
        w_add: vec![vec![0.0; units]; inputs],
        w_mul: vec![vec![Exponent::integer(0); units]; inputs],
        gates: vec![Gate::Add; units],
        offsets: vec![0.0; units],
        inner: vec![Inner::Identity; units],
        outer: vec![Outer::Identity; units],
        weight_margins: vec![vec![0.0; units]; inputs],
        gate_margins: vec![0.0; units],
    }
}

fn write_unit(layer: &mut DiscreteLayer, place: usize, unit: &Unit, column: impl Fn(Source) -> usize) {
    match unit {
        Unit::Add(sum) => {
            layer.offsets[place] = sum.offset;
            for &(source, weight) in &sum.terms {
                layer.w_add[column(source)][place] = weight;
            }
        }
        Unit::Through(inner, sum, outer) => {
            layer.inner[place] = *inner;
            layer.outer[place] = *outer;
            layer.offsets[place] = sum.offset;
            for &(source, weight) in &sum.terms {
                layer.w_add[column(source)][place] = weight;
            }
        }
        Unit::Multiply(factors) => {
            layer.gates[place] = Gate::Multiply;
            for &(source, exponent) in factors {
                layer.w_mul[column(source)][place] = exponent;
            }
        }
    }
}

#[cfg(test)]
mod tests;
