//! Where the result goes, checked before the search and written after it.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

/// Where the result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// Whether it may replace a file.
        replace: bool,
    },
}

/// Why the result can't be written.
#[derive(Debug, Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum OutputError {
    #[error("`{}` exists", path.display())]
    Exists { path: PathBuf },
    #[error("`{}` is a directory", path.display())]
    Directory { path: PathBuf },
    #[error("cannot write `{}`: {error}", path.display())]
    Unwritable { path: PathBuf, error: io::Error },
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
}

impl OutputError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            OutputError::Exists { .. } => Some("`--force` replaces it".into()),
            OutputError::Directory { .. } => Some("name a file, such as `--output result.txt`".into()),
            OutputError::Unwritable { .. } | OutputError::Stdout(_) => None,
        }
    }
}

impl Output {
    /// The place `--output` names. Makes sure that it can be written, so that
    /// this shows before the search and not after it.
    pub(super) fn checked(path: Option<PathBuf>, replace: bool) -> Result<Output, OutputError> {
        let path = match path {
            None => return Ok(Output::Stdout),
            Some(path) if path.as_os_str() == "-" => return Ok(Output::Stdout),
            Some(path) => path,
        };
        if path.is_dir() {
            return Err(OutputError::Directory { path });
        }
        if !replace && is_regular_or_new(&path) && fs::symlink_metadata(&path).is_ok() {
            return Err(OutputError::Exists { path });
        }
        if is_regular_or_new(&path) {
            // A file beside it that vanishes at once.
            file_beside(&path).map_err(|error| OutputError::Unwritable {
                path: path.clone(),
                error,
            })?;
        }
        Ok(Output::File { path, replace })
    }

    /// A place for what is written piece by piece: a file is there whole, once it is
    /// [finished](Writing::finish), or not at all.
    ///
    /// # Errors
    /// When the place can't be written.
    pub fn begin(&self) -> Result<Writing<'_>, OutputError> {
        let sink: Sink = match self {
            Output::Stdout => Sink::Open(Box::new(io::stdout().lock())),
            Output::File { path, .. } => {
                let opened = match is_regular_or_new(path) {
                    true => file_beside(path).map(|file| Sink::Beside(Box::new(BufWriter::new(file)))),
                    false => fs::File::create(path).map(|file| Sink::Open(Box::new(file))),
                };
                opened.map_err(|error| self.failed(error))?
            }
        };
        Ok(Writing { output: self, sink })
    }

    fn failed(&self, error: io::Error) -> OutputError {
        match self {
            Output::Stdout => OutputError::Stdout(error),
            Output::File { path, .. } => match error.kind() {
                io::ErrorKind::AlreadyExists => OutputError::Exists { path: path.clone() },
                _ => OutputError::Unwritable {
                    path: path.clone(),
                    error,
                },
            },
        }
    }

    /// Writes the result.
    ///
    /// A file is written beside its final place and then renamed: it is there
    /// whole or not at all. A pipe that is closed at the other end is no error.
    ///
    /// # Errors
    /// When the place can't be written, or a file has appeared there meanwhile.
    pub fn write(&self, text: &str) -> Result<(), OutputError> {
        match self {
            Output::Stdout => {
                let mut stdout = io::stdout().lock();
                match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                        Err(OutputError::Stdout(error))
                    }
                    _ => Ok(()),
                }
            }
            Output::File { path, replace } => {
                write_file(path, *replace, text).map_err(|error| self.failed(error))
            }
        }
    }
}

/// A result that is being written.
pub struct Writing<'a> {
    output: &'a Output,
    sink: Sink,
}

enum Sink {
    Open(Box<dyn Write>),
    /// Beside its final place.
    Beside(Box<BufWriter<NamedTempFile>>),
}

impl Writing<'_> {
    /// Adds to it. False when nobody reads it any more: a pipe that is closed at the
    /// other end is no error.
    ///
    /// # Errors
    /// When the place can't be written.
    pub fn add(&mut self, bytes: &[u8]) -> Result<bool, OutputError> {
        let written = match &mut self.sink {
            Sink::Open(sink) => sink.write_all(bytes),
            Sink::Beside(file) => file.write_all(bytes),
        };
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(self.output.failed(error)),
        }
    }

    /// Nothing follows.
    ///
    /// # Errors
    /// When the place can't be written, or a file has appeared there meanwhile.
    pub fn finish(self) -> Result<(), OutputError> {
        let finished = match (self.sink, self.output) {
            (Sink::Open(mut sink), _) => match sink.flush() {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                flushed => flushed,
            },
            (Sink::Beside(file), Output::File { path, replace }) => file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| put_in_place(file, path, *replace)),
            (Sink::Beside(_), Output::Stdout) => Ok(()),
        };
        finished.map_err(|error| self.output.failed(error))
    }
}

fn write_file(path: &Path, replace: bool, text: &str) -> io::Result<()> {
    if !is_regular_or_new(path) {
        // Such as /dev/null or a named pipe, which must not be replaced.
        return fs::write(path, text);
    }
    let mut file = file_beside(path)?;
    file.write_all(text.as_bytes())?;
    put_in_place(file, path, replace)
}

fn put_in_place(file: NamedTempFile, path: &Path, replace: bool) -> io::Result<()> {
    file.as_file().sync_all()?;
    if replace {
        // What a link points to is replaced, not the link.
        file.persist(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))?;
    } else {
        file.persist_noclobber(path)?;
    }
    Ok(())
}

fn is_regular_or_new(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

fn file_beside(path: &Path) -> io::Result<NamedTempFile> {
    // Beside what a link points to: a rename can't leave its file system.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nalu-discover-");
    // Temporary files are private by default; the result is an ordinary file,
    // as readable as the user's umask says.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|error| {
        // Without the name of the temporary file, which nobody asked for.
        io::Error::from(error.kind())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_and_never_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.txt");
        let output = Output::checked(Some(path.clone()), false).unwrap();
        output.write("first\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first\n");
        assert!(matches!(
            Output::checked(Some(path.clone()), false),
            Err(OutputError::Exists { .. })
        ));
        assert!(matches!(
            output.write("second\n"),
            Err(OutputError::Exists { .. })
        ));
        let forced = Output::checked(Some(path.clone()), true).unwrap();
        forced.write("second\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second\n");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn an_unwritable_place_shows_before_the_search() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Output::checked(Some(folder.path().to_owned()), true),
            Err(OutputError::Directory { .. })
        ));
        let error = Output::checked(Some(folder.path().join("none/result.txt")), false).unwrap_err();
        assert!(matches!(error, OutputError::Unwritable { .. }), "{error}");
    }

    #[test]
    fn a_file_that_is_not_finished_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        let output = Output::checked(Some(path.clone()), false).unwrap();
        let mut writing = output.begin().unwrap();
        assert!(writing.add(b"a,b\n").unwrap());
        drop(writing);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut writing = output.begin().unwrap();
        writing.add(b"a,b\n").unwrap();
        writing.add(b"1,2\n").unwrap();
        writing.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a,b\n1,2\n");
        let late = output.begin().unwrap().finish();
        assert!(matches!(late, Err(OutputError::Exists { .. })));
    }

    #[test]
    fn a_dash_is_standard_output() {
        assert_eq!(
            Output::checked(Some(PathBuf::from("-")), false).unwrap(),
            Output::Stdout
        );
    }
}
