//! Where the bytes come from, and how many of them are accepted.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::DatasetError;
use super::near::nearest;

/// The longest line accepted. A table of numbers stays far below; a file that
/// passes it is no table, and reading on would only fill the memory.
pub(super) const LONGEST_LINE: usize = 16 << 20;

/// The largest file accepted: the whole text is held while it is parsed.
const LARGEST_FILE: usize = 2 << 30;

/// A file, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file with this path.
    Path(PathBuf),
    /// Standard input, written `-` on the command line.
    Stdin,
}

impl Source {
    /// `-` is standard input, anything else a path.
    pub fn from_argument(argument: PathBuf) -> Source {
        if argument.as_os_str() == "-" {
            Source::Stdin
        } else {
            Source::Path(argument)
        }
    }

    /// All bytes of the source.
    ///
    /// Stops at the first line longer than 16 MiB, so that an endless line
    /// costs neither time nor memory.
    pub(super) fn load(&self) -> Result<Vec<u8>, DatasetError> {
        match self {
            Source::Stdin => self.read_all(io::stdin().lock(), 0),
            Source::Path(path) => {
                // Asked first: on some systems a directory opens and only
                // fails at the first read, with a message that misleads.
                if path.is_dir() {
                    return Err(DatasetError::Directory { path: path.clone() });
                }
                let file = File::open(path).map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => DatasetError::NotFound {
                        path: path.clone(),
                        near: near_file(path),
                    },
                    _ => DatasetError::Unreadable {
                        source_name: self.to_string(),
                        reason: error.to_string(),
                    },
                })?;
                let length = file.metadata().map(|metadata| metadata.len()).unwrap_or(0);
                self.read_all(file, length as usize)
            }
        }
    }

    fn read_all(&self, mut reader: impl Read, length: usize) -> Result<Vec<u8>, DatasetError> {
        let mut bytes = Vec::with_capacity(length.min(LONGEST_LINE) + 1);
        let mut chunk = vec![0; 1 << 20];
        let mut line = 1;
        let mut line_start = 0;
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => return Ok(bytes),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(DatasetError::Unreadable {
                        source_name: self.to_string(),
                        reason: error.to_string(),
                    })
                }
            };
            let read = &chunk[..count];
            if let Some(last) = read.iter().rposition(|&byte| byte == b'\n' || byte == b'\r') {
                line_start = bytes.len() + last + 1;
                line += read.iter().filter(|&&byte| byte == b'\n').count();
            }
            bytes.extend_from_slice(read);
            if bytes.len() - line_start > LONGEST_LINE {
                return Err(DatasetError::LineTooLong {
                    source_name: self.to_string(),
                    line,
                });
            }
            if bytes.len() > LARGEST_FILE {
                return Err(DatasetError::TooLarge {
                    source_name: self.to_string(),
                });
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Path(path) => write!(formatter, "{}", path.display()),
            Source::Stdin => formatter.write_str("<stdin>"),
        }
    }
}

/// The file beside the missing one whose name is nearest.
fn near_file(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let near = nearest(wanted, names.iter().map(String::as_str))?;
    Some(path.with_file_name(near).display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_is_refused_after_the_cap() {
        let error = Source::Stdin.read_all(io::repeat(b'1'), 0).unwrap_err();
        assert!(
            matches!(error, DatasetError::LineTooLong { line: 1, .. }),
            "{error}"
        );
        let text = b"a,b\n1,2\n".chain(io::repeat(b'1'));
        let error = Source::Stdin.read_all(text, 0).unwrap_err();
        assert!(
            matches!(error, DatasetError::LineTooLong { line: 3, .. }),
            "{error}"
        );
    }

    #[test]
    fn a_misspelt_file_name_gets_a_suggestion() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("planets.csv"), "").unwrap();
        let near = near_file(&folder.path().join("planet.csv")).unwrap();
        assert!(near.ends_with("planets.csv"), "{near}");
        assert_eq!(near_file(&folder.path().join("unlike")), None);
    }

    #[test]
    fn a_dash_is_standard_input() {
        assert_eq!(Source::from_argument(PathBuf::from("-")), Source::Stdin);
        assert_eq!(Source::Stdin.to_string(), "<stdin>");
    }
}
