//! Where the bytes come from.
//!
//! A large table is read twice: once to draw the rows a formula is searched
//! on, once to judge the formula on all of them. What can't be read twice,
//! such as standard input, is kept: in memory while it is small, else in a
//! temporary file.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use tempfile::{NamedTempFile, TempPath};

use super::blocks::head;
use super::dialect::is_spaced;
use super::encoding::{self, Encoding};
use super::error::DatasetError;
use super::near::nearest;
use super::spaced::Spaced;

/// How much of standard input is kept in memory.
const KEPT_IN_MEMORY: u64 = 32 << 20;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

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

    /// Makes sure that the source can be read, as often as needed.
    pub(super) fn open(&self) -> Result<Origin, DatasetError> {
        let name = self.to_string();
        let store = match self {
            Source::Stdin => keep(io::stdin().lock()),
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
                    _ => unreadable(&name, &error),
                })?;
                if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                    Ok(Store::Path(path.clone()))
                } else {
                    keep(file)
                }
            }
        };
        match store {
            Ok(store) => Ok(Origin {
                name,
                store,
                is_spaced: false,
            }),
            Err(error) => Err(unreadable(&name, &error)),
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

/// Bytes that can be read again.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// For messages.
    pub name: String,
    /// Whether runs of blanks separate the columns of the text.
    pub is_spaced: bool,
    store: Store,
}

#[derive(Debug, Clone)]
enum Store {
    Path(PathBuf),
    Memory(Arc<[u8]>),
    /// Deleted with its last owner.
    Spooled(Arc<TempPath>),
}

/// What the bytes may be asked for out of order.
pub(super) trait Seekable: Read + Seek + Send {}
impl<T: Read + Seek + Send> Seekable for T {}

impl Origin {
    #[cfg(test)]
    pub fn memory(name: &str, bytes: &[u8]) -> Origin {
        Origin {
            name: name.to_owned(),
            is_spaced: false,
            store: Store::Memory(bytes.into()),
        }
    }

    /// The same, once it is known whether runs of blanks separate its columns;
    /// they do where the `delimiter` is a blank, or where that makes the most of
    /// the first lines.
    pub fn laid_out(mut self, delimiter: Option<u8>) -> Result<Origin, DatasetError> {
        self.is_spaced = match delimiter {
            Some(b' ') => true,
            Some(_) => false,
            // What can't be read, or is no text, is refused later, with the reason.
            None => head(&self).is_ok_and(|head| !head.contains(&0) && is_spaced(&head)),
        };
        Ok(self)
    }

    /// The bytes as they are stored.
    pub fn stored(&self) -> Result<Box<dyn Seekable>, DatasetError> {
        let open = |path: &Path| -> Result<Box<dyn Seekable>, DatasetError> {
            match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(unreadable(&self.name, &error)),
            }
        };
        match &self.store {
            Store::Path(path) => open(path),
            Store::Spooled(path) => open(path),
            Store::Memory(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
        }
    }

    /// The bytes as a file.
    #[cfg(feature = "parquet")]
    pub fn file(&self) -> Result<File, DatasetError> {
        let file = match &self.store {
            Store::Path(path) => File::open(path),
            Store::Spooled(path) => File::open(&**path),
            Store::Memory(bytes) => tempfile::tempfile().and_then(|mut file| {
                file.write_all(bytes)?;
                file.rewind()?;
                Ok(file)
            }),
        };
        file.map_err(|error| unreadable(&self.name, &error))
    }

    /// The text, in UTF-8: what is compressed by gzip or Zstandard is unpacked.
    pub fn text(&self) -> Result<Box<dyn Read + Send>, DatasetError> {
        let unreadable = |error: io::Error| unreadable(&self.name, &error);
        let (encoding, bytes) = encoding::of(self.unpacked()?).map_err(unreadable)?;
        let text = encoding.decoded(bytes);
        if self.is_spaced {
            Ok(Box::new(Spaced::new(text)))
        } else {
            Ok(text)
        }
    }

    /// How the text is encoded.
    pub fn encoding(&self) -> Result<Encoding, DatasetError> {
        let found = encoding::of(self.unpacked()?);
        let (encoding, _) = found.map_err(|error| unreadable(&self.name, &error))?;
        Ok(encoding)
    }

    fn unpacked(&self) -> Result<Box<dyn Read + Send>, DatasetError> {
        let mut magic = Vec::new();
        let mut stored = self.stored()?;
        let unreadable = |error: io::Error| unreadable(&self.name, &error);
        stored
            .by_ref()
            .take(ZSTD.len() as u64)
            .read_to_end(&mut magic)
            .map_err(unreadable)?;
        stored.rewind().map_err(unreadable)?;
        if magic.starts_with(GZIP) {
            Ok(Box::new(MultiGzDecoder::new(io::BufReader::new(stored))))
        } else if magic == ZSTD {
            let unpacked = zstd::Decoder::new(stored).map_err(unreadable)?;
            Ok(Box::new(unpacked))
        } else {
            Ok(stored)
        }
    }
}

/// Keeps what can be read but once.
fn keep(mut reader: impl Read) -> io::Result<Store> {
    let mut start = Vec::new();
    reader.by_ref().take(KEPT_IN_MEMORY).read_to_end(&mut start)?;
    if (start.len() as u64) < KEPT_IN_MEMORY {
        return Ok(Store::Memory(start.into()));
    }
    let mut file = NamedTempFile::new()?;
    file.write_all(&start)?;
    drop(start);
    io::copy(&mut reader, &mut file)?;
    Ok(Store::Spooled(Arc::new(file.into_temp_path())))
}

pub(super) fn unreadable(source_name: &str, error: &dyn fmt::Display) -> DatasetError {
    DatasetError::Unreadable {
        source_name: source_name.to_owned(),
        reason: error.to_string(),
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

    fn text(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        let origin = Origin::memory("t", bytes);
        let unreadable = |error: DatasetError| io::Error::other(error.to_string());
        origin.text().map_err(unreadable)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_is_compressed_is_unpacked() {
        let plain = "a,b\n1,2\n".repeat(100);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(plain.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(plain.as_bytes(), 0).unwrap();
        for stored in [plain.as_bytes(), &gzip, &zstd] {
            assert_eq!(text(stored).unwrap(), plain);
        }
        assert!(text(&gzip[..gzip.len() / 2]).is_err());
        assert!(text(&zstd[..zstd.len() / 2]).is_err());
    }

    #[test]
    fn a_stream_is_kept_in_memory_or_in_a_file() {
        let origin = |length: u64| Origin {
            name: String::new(),
            is_spaced: false,
            store: keep(io::repeat(b'7').take(length)).unwrap(),
        };
        assert!(matches!(origin(9).store, Store::Memory(_)));
        let long = origin(KEPT_IN_MEMORY + 5);
        assert!(matches!(long.store, Store::Spooled(_)));
        for _ in 0..2 {
            let length = io::copy(&mut long.stored().unwrap(), &mut io::sink()).unwrap();
            assert_eq!(length, KEPT_IN_MEMORY + 5);
        }
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
