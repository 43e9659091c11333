//! What is tried, from cheap to dear: the plan of a search, as data.

use super::ensemble::{one_layer, three_layers, two_layers};
use super::exact_shapes::ratios_of_polynomials;
use super::functions::{
    curves_on_the_grid, functions_as_columns, functions_of_more_inputs, functions_of_one_input,
    functions_that_stand_out, products_with_curves, products_with_functions, sums_of_curves,
    sums_with_functions,
};
use super::searcher::Searcher;
use super::shapes::{
    divided, four_products, neighbours_of_best, one_product, one_sum, outer_powers, pairs_of_products,
    polynomials, products_of_sums, products_over_sums, ratios_and_powers, ratios_of_longer_sums,
    ratios_of_sums, sums_over_sums, term_taken_off, three_products, two_products,
};

/// One thing to try, and what is known about it.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// What `--without` and the records call it.
    pub(super) key: &'static str,
    /// What `-v` calls it.
    pub(super) name: &'static str,
    /// NALU layers that its formulas take at least.
    pub(super) layers: usize,
    /// Offers formulas to the searcher's pool.
    pub(super) run: fn(&mut Searcher<'_>),
    /// Whether its formulas have functions.
    pub(super) functions: bool,
    /// What has been tried in full once it has run.
    pub(super) completes: Option<Milestone>,
}

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Milestone {
    /// Every simple shape has been tried: a short formula that leaves only
    /// noise may end the search.
    SimpleShapes,
    /// No simple function says the same in fewer constants: an exact formula
    /// of many constants may end it.
    SimpleFunctions,
    /// Every shape of two sums has been tried: any formula that leaves only
    /// noise may end it.
    AllShapes,
}

/// Everything, in order.
pub(super) const ALL: &[Step] = &[
    Step {
        key: "one-product",
        name: "one product",
        layers: 1,
        run: one_product,
        functions: false,
        completes: None,
    },
    Step {
        key: "one-sum",
        name: "one sum",
        layers: 1,
        run: one_sum,
        functions: false,
        completes: None,
    },
    Step {
        key: "pairs-of-products",
        name: "pairs of products",
        layers: 2,
        run: pairs_of_products,
        functions: false,
        completes: None,
    },
    Step {
        key: "polynomials",
        name: "polynomials",
        layers: 2,
        run: polynomials,
        functions: false,
        completes: None,
    },
    Step {
        key: "ratios-and-powers",
        name: "sums of ratios and powers",
        layers: 2,
        run: ratios_and_powers,
        functions: false,
        completes: None,
    },
    Step {
        key: "factor-divided-off",
        name: "a factor divided off",
        layers: 2,
        run: divided,
        functions: false,
        completes: None,
    },
    Step {
        key: "outer-powers",
        name: "under an outer root or reciprocal",
        layers: 2,
        run: outer_powers,
        functions: false,
        completes: None,
    },
    Step {
        key: "products-with-functions",
        name: "products with functions",
        layers: 2,
        run: products_with_functions,
        functions: true,
        completes: None,
    },
    Step {
        key: "ratios-of-sums",
        name: "ratios of sums",
        layers: 2,
        run: ratios_of_sums,
        functions: false,
        completes: None,
    },
    Step {
        key: "products-of-two-sums",
        name: "products of two sums",
        layers: 2,
        run: products_of_sums,
        functions: false,
        completes: None,
    },
    Step {
        key: "functions-of-one-input",
        name: "functions of the one input",
        layers: 2,
        run: functions_of_one_input,
        functions: true,
        completes: None,
    },
    Step {
        key: "sums-of-two-products",
        name: "sums of two products",
        layers: 2,
        run: two_products,
        functions: false,
        completes: None,
    },
    Step {
        key: "curves-on-the-grid",
        name: "products with a curve of another",
        layers: 2,
        run: curves_on_the_grid,
        functions: false,
        completes: None,
    },
    Step {
        key: "neighbours",
        name: "neighbours of the best",
        layers: 2,
        run: neighbours_of_best,
        functions: false,
        completes: Some(Milestone::SimpleShapes),
    },
    Step {
        key: "ratios-of-polynomials",
        name: "ratios of polynomials",
        layers: 2,
        run: ratios_of_polynomials,
        functions: false,
        completes: None,
    },
    Step {
        key: "products-over-sums",
        name: "products over sums of two columns",
        layers: 2,
        run: products_over_sums,
        functions: false,
        completes: None,
    },
    Step {
        key: "sums-of-three-products",
        name: "sums of three products",
        layers: 2,
        run: three_products,
        functions: false,
        completes: None,
    },
    Step {
        key: "sums-of-curves",
        name: "sums of decays, peaks or waves",
        layers: 2,
        run: sums_of_curves,
        functions: true,
        completes: None,
    },
    Step {
        key: "sums-with-functions",
        name: "sums with functions",
        layers: 2,
        run: sums_with_functions,
        functions: true,
        completes: None,
    },
    Step {
        key: "products-with-a-curve",
        name: "products with a curve",
        layers: 2,
        run: products_with_curves,
        functions: true,
        completes: None,
    },
    Step {
        key: "inner-constants",
        name: "outer functions, inner constants",
        layers: 2,
        run: functions_of_more_inputs,
        functions: true,
        completes: None,
    },
    Step {
        key: "term-taken-off",
        name: "a term taken off",
        layers: 3,
        run: term_taken_off,
        functions: false,
        completes: None,
    },
    Step {
        key: "functions-that-stand-out",
        name: "functions that stand out",
        layers: 2,
        run: functions_that_stand_out,
        functions: true,
        completes: Some(Milestone::SimpleFunctions),
    },
    Step {
        key: "sums-over-sums",
        name: "sums of products over sums of two columns",
        layers: 3,
        run: sums_over_sums,
        functions: false,
        completes: None,
    },
    Step {
        key: "neighbours-again",
        name: "neighbours of the best again",
        layers: 2,
        run: neighbours_of_best,
        functions: false,
        completes: Some(Milestone::AllShapes),
    },
    Step {
        key: "functions-as-columns",
        name: "functions as columns",
        layers: 2,
        run: functions_as_columns,
        functions: true,
        completes: None,
    },
    Step {
        key: "sums-of-four-products",
        name: "sums of four products",
        layers: 2,
        run: four_products,
        functions: false,
        completes: None,
    },
    Step {
        key: "trained-two-layers",
        name: "trained stacks of two layers",
        layers: 2,
        run: two_layers,
        functions: false,
        completes: None,
    },
    Step {
        key: "ratios-of-longer-sums",
        name: "ratios of longer sums",
        layers: 3,
        run: ratios_of_longer_sums,
        functions: false,
        completes: None,
    },
    Step {
        key: "trained-three-layers",
        name: "trained stacks of three layers",
        layers: 3,
        run: three_layers,
        functions: false,
        completes: None,
    },
];

/// Only what gradient descent finds.
pub(super) const TRAINED: &[Step] = &[
    Step {
        key: "trained-one-layer",
        name: "trained single layers",
        layers: 1,
        run: one_layer,
        functions: false,
        completes: None,
    },
    Step {
        key: "trained-two-layers",
        name: "trained stacks of two layers",
        layers: 2,
        run: two_layers,
        functions: false,
        completes: None,
    },
    Step {
        key: "trained-three-layers",
        name: "trained stacks of three layers",
        layers: 3,
        run: three_layers,
        functions: false,
        completes: None,
    },
];

/// The keys of all steps, in the order in which they are run.
pub fn step_keys() -> impl Iterator<Item = &'static str> {
    let alone = TRAINED
        .iter()
        .filter(|step| ALL.iter().all(|other| other.key != step.key));
    ALL.iter().chain(alone).map(|step| step.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_of_step;

    #[test]
    fn keys_are_unique_and_can_be_typed() {
        let keys: Vec<&str> = step_keys().collect();
        for (place, key) in keys.iter().enumerate() {
            assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{key}");
            assert!(!keys[..place].contains(key), "{key} twice");
        }
    }

    #[test]
    fn each_milestone_is_reached_once() {
        for milestone in [
            Milestone::SimpleShapes,
            Milestone::SimpleFunctions,
            Milestone::AllShapes,
        ] {
            let reached = ALL.iter().filter(|step| step.completes == Some(milestone));
            assert_eq!(reached.count(), 1, "{milestone:?}");
        }
    }

    /// Each step, run alone, finds a law of the kind that it is for.
    #[test]
    fn each_step_finds_its_kind() {
        for (key, law) in [
            ("one-product", "3*a^2/sqrt(b)"),
            ("one-sum", "2*a - 3*b + 5"),
            ("polynomials", "a^3 - 4*a*b + b"),
            ("ratios-and-powers", "2*a/b + 3*b^2"),
            ("outer-powers", "sqrt(a^2 + 3*b)"),
            ("ratios-of-sums", "(a + 2*b)/(a + 7)"),
            ("products-of-two-sums", "(a + 2*b)*(3*c + a)"),
            ("functions-of-one-input", "3*exp(-0.5*a) + 1"),
            ("sums-of-two-products", "4*a*b/c + 2*sqrt(c)"),
            ("ratios-of-polynomials", "(a^2 + b)/(1 + a*b)"),
            ("products-over-sums", "a*b/(a + b)"),
            ("sums-of-three-products", "a*b^2 + 3/c + 2*sqrt(a)"),
            ("inner-constants", "5*a*exp(-0.3*b)"),
            ("products-with-a-curve", "a^2*exp(-0.4*b)/c"),
            ("products-with-functions", "a^2*sin(c)/b"),
            ("curves-on-the-grid", "a*b^2/sqrt(70 - (c/d)^2)"),
            ("sums-of-curves", "exp(-0.4*a) + exp(-2*a)"),
            ("sums-with-functions", "a + 2*b + 3*sin(c)"),
            ("functions-that-stand-out", "sqrt(a + 2*b + 3*sin(c))"),
            ("term-taken-off", "sqrt(a^2*b + 3*b^2) + c*d"),
            ("factor-divided-off", "a^3*(b + b^2 + 1)"),
            ("trained-two-layers", "a*b + c"),
        ] {
            let error = error_of_step(law, key);
            assert!(error < 1e-6, "{key} leaves {error:.1e} of {law}");
        }
    }

    #[test]
    fn trained_stacks_come_after_closed_forms_of_as_many_layers() {
        let place = |key| ALL.iter().position(|step| step.key == key);
        assert!(place("trained-two-layers") > place("neighbours-again"));
        assert!(TRAINED.iter().all(|step| !step.functions));
    }
}
