//! A text in blocks of whole records, so that they can be read side by side.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::{memchr, memchr_iter, memrchr};

use super::dialect::Dialect;
use super::error::DatasetError;
use super::source::{unreadable, Origin};

/// The longest line accepted. A table of numbers stays far below; a file that
/// passes it is no table, and reading on would only fill the memory.
const LONGEST_LINE: usize = 16 << 20;

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// Whole records, in the order of the source.
#[derive(Debug)]
pub(super) struct Block {
    /// From 0.
    pub index: u64,
    /// The line of the source on which the block starts, from 1.
    pub first_line: usize,
    pub bytes: Vec<u8>,
}

/// The start of a text: the first records, with what stands above them.
pub(super) fn head(origin: &Origin) -> Result<Vec<u8>, DatasetError> {
    let mut reader = origin.text()?;
    let mut head = Vec::new();
    while read_more(&mut *reader, &mut head, &origin.name)? {
        let start = Dialect::detect(&head, Some(b',')).start;
        if head[start..].iter().any(|&byte| byte == b'\n' || byte == b'\r') {
            break;
        }
        if head.len() - start > LONGEST_LINE {
            return Err(DatasetError::LineTooLong {
                source_name: origin.name.clone(),
                line: 1 + line_breaks(&head[..start]),
            });
        }
    }
    Ok(head)
}

/// The blocks of a text, after what stands above the first record.
pub(super) struct Blocks<'a> {
    reader: Box<dyn Read + Send>,
    source_name: String,
    delimiter: u8,
    /// Read, and not yet given out.
    held: Vec<u8>,
    next_index: u64,
    next_line: usize,
    at_end: bool,
    /// Set by whoever needs no more blocks.
    enough: &'a AtomicBool,
}

impl<'a> Blocks<'a> {
    pub fn new(
        origin: &Origin,
        dialect: Dialect,
        enough: &'a AtomicBool,
    ) -> Result<Blocks<'a>, DatasetError> {
        let mut reader = origin.text()?;
        let mut above = Vec::new();
        reader
            .by_ref()
            .take(dialect.start as u64)
            .read_to_end(&mut above)
            .map_err(|error| unreadable(&origin.name, &error))?;
        Ok(Blocks {
            reader,
            source_name: origin.name.clone(),
            delimiter: dialect.delimiter,
            held: Vec::new(),
            next_index: 0,
            next_line: 1 + line_breaks(&above),
            at_end: false,
            enough,
        })
    }

    fn next_block(&mut self) -> Result<Option<Block>, DatasetError> {
        loop {
            self.at_end = !read_more(&mut *self.reader, &mut self.held, &self.source_name)?;
            let end = match self.at_end {
                true => self.held.len(),
                false => records_end(&self.held, self.delimiter),
            };
            if end > 0 {
                let rest = self.held.split_off(end);
                let bytes = std::mem::replace(&mut self.held, rest);
                let block = Block {
                    index: self.next_index,
                    first_line: self.next_line,
                    bytes,
                };
                self.next_index += 1;
                self.next_line += line_breaks(&block.bytes);
                return Ok(Some(block));
            }
            if self.at_end {
                return Ok(None);
            }
            if self.held.len() > LONGEST_LINE {
                return Err(DatasetError::LineTooLong {
                    source_name: self.source_name.clone(),
                    line: self.next_line,
                });
            }
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Result<Block, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at_end || self.enough.load(Ordering::Relaxed) {
            return None;
        }
        let block = self.next_block();
        self.at_end |= block.is_err();
        block.transpose()
    }
}

/// Adds up to a block to `held`; false at the end.
fn read_more(reader: &mut dyn Read, held: &mut Vec<u8>, source_name: &str) -> Result<bool, DatasetError> {
    held.reserve(BLOCK);
    let read = reader
        .take(BLOCK as u64)
        .read_to_end(held)
        .map_err(|error| unreadable(source_name, &error))?;
    Ok(read == BLOCK)
}

/// Lines are those of an editor: a text without line feeds has carriage returns.
fn line_breaks(bytes: &[u8]) -> usize {
    let line_feeds = memchr_iter(b'\n', bytes).count();
    match line_feeds {
        0 => memchr_iter(b'\r', bytes).count(),
        _ => line_feeds,
    }
}

/// The end of the last whole record of `bytes`, which start with one; 0 when
/// none is whole.
fn records_end(bytes: &[u8], delimiter: u8) -> usize {
    if memchr(b'"', bytes).is_some() {
        return quoted_records_end(bytes, delimiter);
    }
    let last = memrchr(b'\n', bytes).or_else(|| {
        // A carriage return at the very end may be half of a line break.
        memrchr(b'\r', &bytes[..bytes.len().saturating_sub(1)])
    });
    last.map_or(0, |last| last + 1)
}

/// The same where line breaks may stand in quotes. A quote opens at the start
/// of a cell only, and two within quotes are one that stands for itself.
fn quoted_records_end(bytes: &[u8], delimiter: u8) -> usize {
    #[derive(Clone, Copy, PartialEq)]
    enum Place {
        CellStart,
        Cell,
        Quoted,
        QuoteInQuoted,
    }
    let mut place = Place::CellStart;
    let mut end = 0;
    let has_line_feeds = memchr(b'\n', bytes).is_some();
    for (at, &byte) in bytes.iter().enumerate() {
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::QuoteInQuoted, b'"') => Place::Quoted,
            (Place::CellStart, b'"') => Place::Quoted,
            (_, b'\n') => {
                end = at + 1;
                Place::CellStart
            }
            (_, b'\r') => {
                if !has_line_feeds && at + 1 < bytes.len() {
                    end = at + 1;
                }
                Place::CellStart
            }
            (_, byte) if byte == delimiter => Place::CellStart,
            _ => Place::Cell,
        };
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_with_records() {
        for (bytes, end) in [
            ("a,b\n1,2\n3", 8),
            ("a,b\r\n1,2\r\n3", 10),
            ("a,b\r1,2\r", 4),
            ("a,b\r1,2\r3", 8),
            ("1,2", 0),
            ("a,\"b\nc\"\n1,\"2\n", 8),
            ("a,\"b\"\"\nc\"\n1", 10),
            ("5\" pipe,1\n6\" pipe,2\n7", 20),
            ("\"never closed\n1,2\n3,4\n", 0),
            ("\"a\r\",b\r1,\"2\r", 7),
        ] {
            assert_eq!(records_end(bytes.as_bytes(), b','), end, "{bytes:?}");
        }
    }

    fn blocks(text: &[u8]) -> Vec<Result<Block, DatasetError>> {
        let enough = AtomicBool::new(false);
        let origin = Origin::memory("t.csv", text);
        let dialect = Dialect::detect(&head(&origin).unwrap(), None);
        Blocks::new(&origin, dialect, &enough).unwrap().collect()
    }

    #[test]
    fn a_long_text_comes_whole_and_in_order() {
        let mut text = b"# made by hand\n\na,b\n".to_vec();
        for row in 0..300_000 {
            text.extend_from_slice(format!("{row},\"{}\"\n", row * 7).as_bytes());
        }
        let blocks: Vec<Block> = blocks(&text).into_iter().map(Result::unwrap).collect();
        assert!(blocks.len() > 3);
        let mut joined = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            assert_eq!(block.index, index as u64);
            assert_eq!(
                block.first_line,
                3 + joined.iter().filter(|&&byte| byte == b'\n').count()
            );
            joined.extend_from_slice(&block.bytes);
        }
        assert_eq!(joined, text[16..]);
    }

    #[test]
    fn an_endless_line_is_refused_after_the_cap() {
        let endless = vec![b'1'; LONGEST_LINE + 2 * BLOCK];
        let origin = Origin::memory("t.csv", &endless);
        assert!(matches!(
            head(&origin).unwrap_err(),
            DatasetError::LineTooLong { line: 1, .. }
        ));
        let text = [b"a,b\n1,2\n".as_slice(), &endless].concat();
        let error = blocks(&text).pop().unwrap().unwrap_err();
        assert!(
            matches!(error, DatasetError::LineTooLong { line: 3, .. }),
            "{error}"
        );
    }
}
