//! The checked-in data sets are what their generator writes.

use std::fs;
use std::path::Path;

// Only `generate` is called here; the example's `main` is not.
#[allow(dead_code)]
#[path = "../examples/generate_datasets.rs"]
mod generate_datasets;

#[test]
fn regenerating_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    generate_datasets::generate(folder.path()).unwrap();
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let fresh = entry.unwrap().path();
        let kept = checked_in.join(fresh.file_name().unwrap());
        assert!(
            fs::read(&fresh).unwrap() == fs::read(&kept).unwrap(),
            "{} differs: run `cargo run --example generate_datasets`",
            kept.display()
        );
        files += 1;
    }
    assert!(files >= 12, "{files} files");
}

#[test]
fn every_file_has_its_line_in_the_readme() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".csv") {
            assert!(readme.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
