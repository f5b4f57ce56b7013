//! The framing of a binary COPY: rows out of chunks that may end anywhere.

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

/// Flags of the lower half may be unknown to a reader; any other changes what follows.
const CRITICAL_FLAGS: u32 = 0xFFFF_0000;

/// The longest value that is taken. Nothing of a payment comes near it.
pub const MAX_FIELD: usize = 1 << 20;

/// Where a value lies in its row.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    start: u32,
    /// -1 for NULL.
    length: i32,
}

impl Field {
    /// The value; `None` for NULL.
    pub fn of(self, row: &[u8]) -> Option<&[u8]> {
        let length = usize::try_from(self.length).ok()?;
        row.get(self.start as usize..)?.get(..length)
    }
}

/// What is wrong with the stream itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyFault {
    #[error("this is no binary COPY")]
    Signature,
    #[error("a row has {0} columns")]
    Columns(i16),
    #[error("a value of column {column} has {length} bytes")]
    TooLong { column: usize, length: usize },
    #[error("a value has a negative length")]
    Length,
    #[error("there is something after the end")]
    AfterTheEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Header,
    Rows,
    End,
}

/// A reader of one COPY. What a chunk leaves unfinished is kept for the next one: a row at the most.
pub struct Copy {
    part: Part,
    carry: Vec<u8>,
    fields: Vec<Field>,
    columns: usize,
}

impl Copy {
    pub fn new(columns: usize) -> Copy {
        Copy {
            part: Part::Header,
            carry: Vec::new(),
            fields: Vec::with_capacity(columns),
            columns,
        }
    }

    /// Takes a chunk and hands on each row that is complete, with the places of its values in it.
    pub fn feed<E: From<CopyFault>>(
        &mut self,
        chunk: &[u8],
        mut row: impl FnMut(&[u8], &[Field]) -> Result<(), E>,
    ) -> Result<(), E> {
        // A server sends a row a chunk, so that hardly anything is ever copied here.
        if self.carry.is_empty() {
            let taken = self.take(chunk, &mut row)?;
            self.carry.extend_from_slice(&chunk[taken..]);
        } else {
            let mut carry = std::mem::take(&mut self.carry);
            carry.extend_from_slice(chunk);
            let taken = self.take(&carry, &mut row)?;
            carry.drain(..taken);
            self.carry = carry;
        }
        Ok(())
    }

    /// Whether the end was announced: a stream that merely stops has lost rows.
    pub fn is_complete(&self) -> bool {
        self.part == Part::End && self.carry.is_empty()
    }

    /// How many bytes of `bytes` were whole.
    fn take<E: From<CopyFault>>(
        &mut self,
        bytes: &[u8],
        row: &mut impl FnMut(&[u8], &[Field]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            match self.part {
                Part::Header => match header(rest)? {
                    None => return Ok(at),
                    Some(length) => {
                        at += length;
                        self.part = Part::Rows;
                    }
                },
                Part::Rows => match self.split(rest)? {
                    None => return Ok(at),
                    Some(0) => {
                        at += 2;
                        self.part = Part::End;
                    }
                    Some(length) => {
                        row(rest, &self.fields)?;
                        at += length;
                    }
                },
                Part::End if rest.is_empty() => return Ok(at),
                Part::End => return Err(CopyFault::AfterTheEnd.into()),
            }
        }
    }

    /// Finds the values of the first row; its length, 0 for the end of rows, `None` where it is not
    /// all there yet.
    fn split(&mut self, bytes: &[u8]) -> Result<Option<usize>, CopyFault> {
        let Some((count, _)) = bytes.split_first_chunk::<2>() else {
            return Ok(None);
        };
        let count = i16::from_be_bytes(*count);
        if count == -1 {
            return Ok(Some(0));
        }
        if usize::try_from(count) != Ok(self.columns) {
            return Err(CopyFault::Columns(count));
        }
        self.fields.clear();
        let mut at = 2;
        for column in 0..self.columns {
            let Some((length, _)) = bytes[at..].split_first_chunk::<4>() else {
                return Ok(None);
            };
            at += 4;
            let length = i32::from_be_bytes(*length);
            // A row has 1,664 columns at most, and none of them more than MAX_FIELD.
            let start = at as u32;
            self.fields.push(Field { start, length });
            if length == -1 {
                continue;
            }
            let length = usize::try_from(length).map_err(|_| CopyFault::Length)?;
            if length > MAX_FIELD {
                return Err(CopyFault::TooLong { column, length });
            }
            if bytes.len() - at < length {
                return Ok(None);
            }
            at += length;
        }
        Ok(Some(at))
    }
}

fn header(bytes: &[u8]) -> Result<Option<usize>, CopyFault> {
    let seen = bytes.len().min(SIGNATURE.len());
    if bytes[..seen] != SIGNATURE[..seen] {
        return Err(CopyFault::Signature);
    }
    let Some((words, _)) = bytes[seen..].split_first_chunk::<8>() else {
        return Ok(None);
    };
    let word =
        |at: usize| u32::from_be_bytes([words[at], words[at + 1], words[at + 2], words[at + 3]]);
    let (flags, extension) = (word(0), word(4) as usize);
    if flags & CRITICAL_FLAGS != 0 || extension > MAX_FIELD {
        return Err(CopyFault::Signature);
    }
    let length = SIGNATURE.len() + 8 + extension;
    Ok((bytes.len() >= length).then_some(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of two columns: `ab`, NULL and an empty text, `c`.
    fn sample() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 3, 9, 9, 9]);
        bytes.extend([0, 2, 0, 0, 0, 2, b'a', b'b', 255, 255, 255, 255]);
        bytes.extend([0, 2, 0, 0, 0, 0, 0, 0, 0, 1, b'c']);
        bytes.extend([255, 255]);
        bytes
    }

    fn read(chunks: &[&[u8]]) -> Result<(Vec<String>, bool), CopyFault> {
        let mut copy = Copy::new(2);
        let mut rows = Vec::new();
        for chunk in chunks {
            copy.feed(chunk, |row, fields| {
                let shown = fields.iter().map(|field| match field.of(row) {
                    None => "NULL".to_owned(),
                    Some(value) => String::from_utf8_lossy(value).into_owned(),
                });
                rows.push(shown.collect::<Vec<_>>().join("|"));
                Ok::<(), CopyFault>(())
            })?;
        }
        Ok((rows, copy.is_complete()))
    }

    #[test]
    fn rows_are_the_same_wherever_chunks_end() {
        let bytes = sample();
        let rows = vec!["ab|NULL".to_owned(), "|c".to_owned()];
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let chunks = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(read(&chunks), Ok((rows.clone(), true)), "{first} {second}");
            }
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single), Ok((rows, true)));
    }

    #[test]
    fn a_stream_that_stops_early_is_not_complete() {
        let bytes = sample();
        for end in 0..bytes.len() {
            let (_, complete) = read(&[&bytes[..end]]).expect("a beginning");
            assert!(!complete, "{end}");
        }
    }

    #[test]
    fn what_is_no_copy_of_ours_is_refused() {
        let change = |at: usize, to: &[u8]| {
            let mut bytes = sample();
            bytes.splice(at..at + to.len(), to.iter().copied());
            read(&[&bytes])
        };
        let rows_from = SIGNATURE.len() + 11;
        assert_eq!(change(3, b"X"), Err(CopyFault::Signature));
        assert_eq!(change(12, &[1]), Err(CopyFault::Signature));
        assert_eq!(change(rows_from + 1, &[3]), Err(CopyFault::Columns(3)));
        assert_eq!(
            change(rows_from + 2, &[255, 255, 255, 254]),
            Err(CopyFault::Length)
        );
        let too_long = CopyFault::TooLong {
            column: 0,
            length: MAX_FIELD + 1,
        };
        assert_eq!(change(rows_from + 2, &[0, 16, 0, 1]), Err(too_long));
        let mut longer = sample();
        longer.push(0);
        assert_eq!(read(&[&longer]), Err(CopyFault::AfterTheEnd));
    }
}
