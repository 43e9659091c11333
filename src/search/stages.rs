//! What is tried, from cheap to dear.

use super::ensemble::{one_layer, three_layers, two_layers};
use super::exact_shapes::ratios_of_polynomials;
use super::functions::{
    functions_as_columns, functions_of_more_inputs, functions_of_one_input, functions_that_stand_out,
    products_with_curves,
};
use super::searcher::Searcher;
use super::shapes::{
    divided, four_products, neighbours_of_best, one_product, one_sum, outer_powers, pairs_of_products,
    polynomials, products_of_sums, products_over_sums, ratios_and_powers, ratios_of_longer_sums,
    ratios_of_sums, sums_over_sums, term_taken_off, three_products, two_products,
};

/// One thing to try.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    /// What `-v` calls it.
    pub(super) name: &'static str,
    /// NALU layers that its formulas take at least.
    pub(super) layers: usize,
    pub(super) run: fn(&mut Searcher<'_>),
    /// Whether its formulas have functions.
    pub(super) functions: bool,
}

/// The stage after which a short formula that leaves only noise may end the
/// search: by then every simple shape has been tried.
pub(super) const NEIGHBOURS: &str = "neighbours of the best";

/// The stage after which an exact formula of many constants may end it: no
/// simple function says the same in fewer.
pub(super) const LAST_SIMPLE_FUNCTIONS: &str = "functions that stand out";

/// The stage after which any formula that leaves only noise may end it.
pub(super) const LAST_NEIGHBOURS: &str = "neighbours of the best again";

/// Everything, in order.
pub(super) fn all_stages() -> Vec<Stage> {
    let stage = |name, layers, run| Stage {
        name,
        layers,
        run,
        functions: false,
    };
    let with_functions = |name, layers, run| Stage {
        functions: true,
        ..stage(name, layers, run)
    };
    vec![
        stage("one product", 1, one_product as fn(&mut Searcher<'_>)),
        stage("one sum", 1, one_sum),
        stage("pairs of products", 2, pairs_of_products),
        stage("polynomials", 2, polynomials),
        stage("sums of ratios and powers", 2, ratios_and_powers),
        stage("a factor divided off", 2, divided),
        stage("under an outer root or reciprocal", 2, outer_powers),
        stage("ratios of sums", 2, ratios_of_sums),
        stage("products of two sums", 2, products_of_sums),
        with_functions("functions of the one input", 2, functions_of_one_input),
        stage("sums of two products", 2, two_products),
        stage(NEIGHBOURS, 2, neighbours_of_best),
        stage("ratios of polynomials", 2, ratios_of_polynomials),
        stage("products over sums of two columns", 2, products_over_sums),
        stage("sums of three products", 2, three_products),
        stage("a term taken off", 3, term_taken_off),
        with_functions("outer functions, inner constants", 2, functions_of_more_inputs),
        with_functions("products with a curve", 2, products_with_curves),
        with_functions(LAST_SIMPLE_FUNCTIONS, 2, functions_that_stand_out),
        stage("sums of products over sums of two columns", 3, sums_over_sums),
        stage(LAST_NEIGHBOURS, 2, neighbours_of_best),
        with_functions("functions as columns", 2, functions_as_columns),
        stage("sums of four products", 2, four_products),
        stage("trained stacks of two layers", 2, two_layers),
        stage("ratios of longer sums", 3, ratios_of_longer_sums),
        stage("trained stacks of three layers", 3, three_layers),
    ]
}

/// Only what gradient descent finds.
pub(super) fn ensemble_stages() -> Vec<Stage> {
    let stage = |name, layers, run| Stage {
        name,
        layers,
        run,
        functions: false,
    };
    vec![
        stage("trained single layers", 1, one_layer as fn(&mut Searcher<'_>)),
        stage("trained stacks of two layers", 2, two_layers),
        stage("trained stacks of three layers", 3, three_layers),
    ]
}
