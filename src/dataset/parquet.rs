//! The columns of a Parquet file, row group by row group.
//!
//! Numbers are numbers, decimals too; a missing value is a null or a NaN. All
//! else (text, dates, lists) counts as text, as it would in a CSV. A row's
//! "line" is its number, from 1.

use std::sync::atomic::{AtomicBool, Ordering};

use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::ColumnDescriptor;
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;

use super::cell::CellFault;
use super::error::DatasetError;
use super::part::Part;
use super::source::{unreadable, Origin};
use super::tally::Tally;
use super::visible::visible;

/// Rows read at a time.
const BATCH: usize = 1 << 16;

/// The same of rows that are written again.
const WRITTEN: usize = 1 << 12;

/// What a Parquet file starts with.
const MAGIC: &[u8] = b"PAR1";

/// Whether the source is a Parquet file.
pub(super) fn is_parquet(origin: &Origin) -> Result<bool, DatasetError> {
    let mut start = Vec::new();
    let mut stored = origin.stored()?.take(MAGIC.len() as u64);
    stored
        .read_to_end(&mut start)
        .map_err(|error| unreadable(&origin.name, &error))?;
    Ok(start == MAGIC)
}

/// The names of the columns; those of nested columns are paths.
pub(super) fn column_names(origin: &Origin) -> Result<Vec<String>, DatasetError> {
    let reader = open(origin)?;
    let columns = reader.metadata().file_metadata().schema_descr().columns();
    let names = columns
        .iter()
        .map(|column| visible(&column.path().string()).into_owned());
    Ok(names.collect())
}

/// Hands over the rows of every row group, some at a time, until `enough`.
pub(super) fn scan(
    origin: &Origin,
    wanted: &[usize],
    enough: &AtomicBool,
    take: impl Fn(u64, Result<Part, DatasetError>) + Sync,
) -> Result<(), DatasetError> {
    let reader = open(origin)?;
    let mut first_row = 1;
    let groups: Vec<(usize, usize, usize)> = reader
        .metadata()
        .row_groups()
        .iter()
        .enumerate()
        .map(|(group, metadata)| {
            let rows = metadata.num_rows() as usize;
            first_row += rows;
            (group, first_row - rows, rows)
        })
        .collect();
    // Readers that share a file share its cursor, so each worker has its own.
    let new_reader = || open(origin);
    groups
        .into_par_iter()
        .for_each_init(new_reader, |reader, (group, first_row, rows)| {
            let index = |batch: usize| ((group as u64) << 32) + batch as u64;
            let opened = reader.as_ref().map_err(Clone::clone).and_then(|reader| {
                let columns = reader
                    .get_row_group(group)
                    .and_then(|group| open_columns(&*group, wanted));
                columns.map_err(|error| unreadable(&origin.name, &error))
            });
            let mut columns = match opened {
                Ok(columns) => columns,
                Err(error) => return take(index(0), Err(error)),
            };
            for (batch, done) in (0..rows).step_by(BATCH).enumerate() {
                if enough.load(Ordering::Relaxed) {
                    return;
                }
                let count = BATCH.min(rows - done);
                let part = read_part(&mut columns, first_row + done, count);
                take(
                    index(batch),
                    part.map_err(|error| unreadable(&origin.name, &error)),
                );
            }
        });
    Ok(())
}

/// Hands over the cells of some rows at a time, as text, in the order of the file,
/// until `visit` returns false. A null is an empty cell.
pub(super) fn each_written(
    origin: &Origin,
    mut visit: impl FnMut(Vec<csv::ByteRecord>) -> bool,
) -> Result<(), DatasetError> {
    let reader = open(origin)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    if schema.root_schema().get_fields().len() != schema.num_columns() {
        let reason = "it has nested columns, whose rows can't be written as lines";
        return Err(unreadable(&origin.name, &reason));
    }
    let unreadable = |error: ParquetError| unreadable(&origin.name, &error);
    let mut rows = reader.get_row_iter(None).map_err(unreadable)?;
    loop {
        let mut some = Vec::with_capacity(WRITTEN);
        for row in rows.by_ref().take(WRITTEN) {
            let row = row.map_err(unreadable)?;
            let cell = |(_, field): (&String, &Field)| match field {
                Field::Null => String::new(),
                Field::Str(text) => text.clone(),
                other => other.to_string(),
            };
            some.push(csv::ByteRecord::from(
                row.get_column_iter().map(cell).collect::<Vec<String>>(),
            ));
        }
        if some.is_empty() || !visit(some) {
            return Ok(());
        }
    }
}

fn open(origin: &Origin) -> Result<SerializedFileReader<File>, DatasetError> {
    SerializedFileReader::new(origin.file()?).map_err(|error| unreadable(&origin.name, &error))
}

/// A column of one row group.
struct Column {
    /// `None` where the column holds no numbers.
    reader: Option<ColumnReader>,
    kind: Kind,
}

/// How to make a number of what is stored.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Unsigned,
    /// Divided by this power of ten.
    Decimal(i32),
}

fn open_columns(group: &dyn RowGroupReader, wanted: &[usize]) -> Result<Vec<Column>, ParquetError> {
    let column = |&index: &usize| {
        let kind = kind(&group.metadata().column(index).column_descr_ptr());
        let reader = match kind {
            Kind::Text => None,
            _ => Some(group.get_column_reader(index)?),
        };
        Ok(Column { reader, kind })
    };
    wanted.iter().map(column).collect()
}

fn kind(column: &ColumnDescriptor) -> Kind {
    if column.max_rep_level() > 0 {
        return Kind::Text;
    }
    let is_decimal = matches!(column.logical_type_ref(), Some(LogicalType::Decimal { .. }))
        || column.converted_type() == ConvertedType::DECIMAL;
    let is_unsigned = matches!(
        column.converted_type(),
        ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64
    );
    let is_plain = matches!(
        column.converted_type(),
        ConvertedType::NONE
            | ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64
    ) && matches!(
        column.logical_type_ref(),
        None | Some(LogicalType::Integer { .. })
    );
    match column.physical_type() {
        Type::INT32 | Type::INT64 | Type::FIXED_LEN_BYTE_ARRAY if is_decimal => {
            Kind::Decimal(column.type_scale())
        }
        Type::INT32 | Type::INT64 if is_unsigned => Kind::Unsigned,
        Type::INT32 | Type::INT64 if is_plain => Kind::Number,
        Type::FLOAT | Type::DOUBLE => Kind::Number,
        _ => Kind::Text,
    }
}

fn read_part(columns: &mut [Column], first_row: usize, rows: usize) -> Result<Part, ParquetError> {
    let width = columns.len();
    let mut part = Part {
        values: vec![f64::NAN; rows * width],
        lines: (first_row..first_row + rows).collect(),
        tallies: vec![Tally::default(); width],
        ragged: None,
    };
    for (place, column) in columns.iter_mut().enumerate() {
        let tally = &mut part.tallies[place];
        let Some(reader) = &mut column.reader else {
            for line in first_row..first_row + rows {
                tally.fault(CellFault::Text, line, || "text".to_owned());
            }
            continue;
        };
        for (row, value) in numbers(reader, column.kind, rows)?.into_iter().enumerate() {
            let line = first_row + row;
            if value.is_nan() {
                tally.missing(line);
            } else if value.is_infinite() {
                tally.fault(CellFault::Infinite, line, || value.to_string());
            } else {
                tally.number(value);
                part.values[row * width + place] = value;
            }
        }
    }
    Ok(part)
}

/// The next `rows` values; NaN for a null.
fn numbers(reader: &mut ColumnReader, kind: Kind, rows: usize) -> Result<Vec<f64>, ParquetError> {
    let scale = match kind {
        Kind::Decimal(scale) => 10f64.powi(scale),
        _ => 1.0,
    };
    match (reader, kind) {
        (ColumnReader::Int32ColumnReader(reader), Kind::Unsigned) => {
            read(reader, rows, |value| f64::from(*value as u32))
        }
        (ColumnReader::Int64ColumnReader(reader), Kind::Unsigned) => {
            read(reader, rows, |value| *value as u64 as f64)
        }
        (ColumnReader::Int32ColumnReader(reader), _) => read(reader, rows, |value| f64::from(*value) / scale),
        (ColumnReader::Int64ColumnReader(reader), _) => read(reader, rows, |value| *value as f64 / scale),
        (ColumnReader::FloatColumnReader(reader), _) => read(reader, rows, |value| as_written(*value)),
        (ColumnReader::DoubleColumnReader(reader), _) => read(reader, rows, |value| *value),
        (ColumnReader::FixedLenByteArrayColumnReader(reader), _) => {
            read(reader, rows, |value| whole_number(value.data()) / scale)
        }
        _ => Err(ParquetError::General("a column changes its type".to_owned())),
    }
}

/// The decimal that a single-precision number was written as: 0.1, not
/// 0.10000000149.
fn as_written(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// A whole number in two's complement, the highest byte first.
fn whole_number(bytes: &[u8]) -> f64 {
    let sign = bytes.first().map_or(0.0, |&first| f64::from(first as i8 >> 7));
    bytes
        .iter()
        .fold(sign, |value, &byte| value * 256.0 + f64::from(byte))
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    number: impl Fn(&T::T) -> f64,
) -> Result<Vec<f64>, ParquetError> {
    let mut numbers = Vec::with_capacity(rows);
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    while numbers.len() < rows {
        values.clear();
        levels.clear();
        let (records, ..) =
            reader.read_records(rows - numbers.len(), Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF("a row group ends early".to_owned()));
        }
        let mut present = values.iter();
        if levels.is_empty() {
            numbers.extend(present.map(&number));
            continue;
        }
        // A null is written by a lower level, and takes no value.
        let highest = levels.iter().copied().max().unwrap_or(0);
        let all_null = values.is_empty();
        numbers.extend(levels.iter().map(|&level| match level == highest && !all_null {
            true => present.next().map_or(f64::NAN, &number),
            false => f64::NAN,
        }));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_numbers_are_those_written() {
        assert_eq!(as_written(0.1), 0.1);
        assert_eq!(as_written(1e30), 1e30);
        assert!(as_written(f32::NAN).is_nan());
        for (bytes, value) in [
            (&[0u8, 5][..], 5.0),
            (&[255, 255], -1.0),
            (&[255, 0], -256.0),
            (&[1, 0, 0], 65536.0),
        ] {
            assert_eq!(whole_number(bytes), value, "{bytes:?}");
        }
    }
}
