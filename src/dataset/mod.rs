//! From a file to columns of finite numbers.

mod sample;

pub use sample::Sample;
