//! How a table is written: its separator, and where its first row starts.

use std::io::Read;

use super::cell::{trim, Cell, DecimalMark};
use super::spaced::Spaced;

/// The separators tried, the most common first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records the guesses rest on.
pub(super) const PROBED_RECORDS: usize = 100;

/// Records that may stand above the column names.
const MOST_ABOVE: usize = 20;

/// How many bytes the guesses rest on.
const PROBED_BYTES: usize = 256 << 10;

/// What has to be known before the records can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    /// Offset of the first record, past a byte order mark and comments.
    pub start: usize,
    /// Start and end of the last comment line before the first record, without
    /// its `#`: some programs write the column names there.
    pub comment: Option<(usize, usize)>,
    /// Records above the column names, such as a logger's station line.
    pub above: usize,
}

impl Dialect {
    /// Looks at the first 256 KiB. A `delimiter` that is given is kept.
    pub fn detect(bytes: &[u8], delimiter: Option<u8>) -> Dialect {
        let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut delimiter = delimiter;
        let mut comment = None;
        while start < bytes.len() {
            let end = line_end(bytes, start);
            let line = bytes[start..end].trim_ascii();
            match line {
                [] => {}
                [b'#', ..] => {
                    let hash = start
                        + bytes[start..end]
                            .iter()
                            .position(|&byte| byte == b'#')
                            .unwrap_or(0);
                    comment = Some((hash + 1, end));
                }
                // A spreadsheet's own way to name the separator.
                [b's', b'e', b'p', b'=', named] => {
                    delimiter = delimiter.or(Some(*named));
                }
                _ => break,
            }
            start = end + 1;
        }
        let start = start.min(bytes.len());
        let delimiter = delimiter.unwrap_or_else(|| likeliest_delimiter(probe(&bytes[start..])));
        let (above, length) = above_names(probe(&bytes[start..]), delimiter);
        Dialect {
            delimiter,
            start: start + length,
            comment,
            above,
        }
    }
}

/// Records, and their bytes, above a line of names: those with another number of
/// cells than nearly all below, where the first that has as many holds no number.
fn above_names(head: &[u8], delimiter: u8) -> (usize, usize) {
    let mut places: Vec<(usize, usize, bool)> = Vec::new();
    for record in records(head, delimiter)
        .byte_records()
        .take(PROBED_RECORDS)
        .flatten()
    {
        let offset = record.position().map_or(0, csv::Position::byte) as usize;
        let is_number = |cell: &[u8]| {
            [DecimalMark::Point, DecimalMark::Comma]
                .iter()
                .any(|&mark| matches!(Cell::parse(cell, mark), Cell::Number(_) | Cell::Spelled(..)))
        };
        places.push((offset, record.len(), record.iter().any(is_number)));
    }
    let usual = most_common(&places.iter().map(|(_, width, _)| *width).collect::<Vec<_>>());
    let Some(first) = places.iter().position(|(_, width, _)| *width == usual) else {
        return (0, 0);
    };
    let (offset, _, has_number) = places[first];
    let below = &places[first..];
    let agreeing = below.iter().filter(|(_, width, _)| *width == usual).count();
    let is_above = usual > 1 && first > 0 && first <= MOST_ABOVE && !has_number;
    if is_above && agreeing * 10 >= below.len() * 9 {
        (first, offset)
    } else {
        (0, 0)
    }
}

/// A reader of the records of `bytes`, which starts with one.
pub(super) fn records(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 16)
        .from_reader(bytes)
}

/// The first bytes, cut at the end of a line; the first line at least.
pub(super) fn probe(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= PROBED_BYTES {
        return bytes;
    }
    let head = &bytes[..PROBED_BYTES];
    let is_break = |byte: &u8| *byte == b'\n' || *byte == b'\r';
    match head.iter().rposition(is_break) {
        Some(last) => &head[..last],
        None => bytes.split(is_break).next().unwrap_or(bytes),
    }
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..]
        .iter()
        .position(|&byte| byte == b'\n' || byte == b'\r')
        .map_or(bytes.len(), |length| start + length)
}

/// Whether runs of blanks make more of the lines than any separator does.
pub(super) fn is_spaced(head: &[u8]) -> bool {
    let start = Dialect::detect(head, Some(b',')).start;
    let head = probe(&head[start..]);
    let mut tabbed = Vec::new();
    if Spaced::new(head).read_to_end(&mut tabbed).is_err() {
        return false;
    }
    let best = DELIMITERS.map(|delimiter| score(head, delimiter));
    best.iter().all(|other| score(&tabbed, b'\t') > *other)
}

/// The separator under which the records agree most on their number of cells,
/// and the cells are most often numbers.
///
/// The share of numbers tells `3,14;2,5` (two numbers) from the three cells
/// that the commas would make of it, one of which is no number.
fn likeliest_delimiter(head: &[u8]) -> u8 {
    let mut best = (0.0, DELIMITERS[0]);
    for delimiter in DELIMITERS {
        let score = score(head, delimiter);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

fn score(head: &[u8], delimiter: u8) -> f64 {
    let mut widths: Vec<usize> = Vec::new();
    let mut cells = 0.0;
    let mut numbers = 0.0;
    for record in records(head, delimiter)
        .byte_records()
        .take(PROBED_RECORDS)
        .flatten()
    {
        if record.len() == 1 && trim(&record[0]).is_empty() {
            continue;
        }
        widths.push(record.len());
        for cell in record.iter() {
            cells += 1.0;
            let is_number = [DecimalMark::Point, DecimalMark::Comma]
                .iter()
                .any(|&mark| !matches!(Cell::parse(cell, mark), Cell::Fault(_)));
            if is_number {
                numbers += 1.0;
            }
        }
    }
    let usual = most_common(&widths);
    if usual < 2 {
        return 0.0;
    }
    let agreeing = widths.iter().filter(|&&width| width == usual).count();
    agreeing as f64 / widths.len() as f64 * (0.5 + numbers / cells)
}

fn most_common(widths: &[usize]) -> usize {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .max_by_key(|run| run.len())
        .map_or(0, |run| run[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found() {
        for (text, delimiter) in [
            ("a,b\n1,2\n3,4\n", b','),
            ("a;b\n1;2\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b\n1|2\n", b'|'),
            ("3,14;2,5\n1,5;2,25\n", b';'),
            ("x;y\n1,5;2,5\n2,5;3,5\n", b';'),
            ("name;x;y\n\"A, B\";1;2\nC;3;4\n", b';'),
            ("\"a;b\",c\n1,2\n", b','),
            ("note,y\nsee a|b,1\nsee c|d,2\n", b','),
            ("sep=;\na;b\n1;2\n", b';'),
            ("x\n1\n", b','),
            ("", b','),
        ] {
            assert_eq!(
                Dialect::detect(text.as_bytes(), None).delimiter,
                delimiter,
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_precedes_the_first_record_is_skipped() {
        let text = "\u{feff}# made by hand\r\n\r\n# a,b\na,b\n1,2\n";
        let dialect = Dialect::detect(text.as_bytes(), None);
        assert!(text[dialect.start..].starts_with("a,b"));
        let (start, end) = dialect.comment.unwrap();
        assert_eq!(&text[start..end], " a,b");
    }

    #[test]
    fn a_given_delimiter_is_kept() {
        assert_eq!(Dialect::detect(b"a,b\n1,2\n", Some(b':')).delimiter, b':');
    }
}
