//! The records of an .xls stream and the texts in them, read without trusting a length.

use super::super::fault::FileFault;

const CONTINUE: u16 = 0x003c;

pub(super) fn corrupt(detail: &str) -> FileFault {
    FileFault::Corrupt {
        detail: detail.to_owned(),
    }
}

pub(super) fn cut() -> FileFault {
    corrupt("a record is shorter than it says")
}

pub(super) fn u16_at(data: &[u8], at: usize) -> Result<u16, FileFault> {
    let two = data.get(at..).and_then(<[u8]>::first_chunk::<2>);
    two.map(|two| u16::from_le_bytes(*two)).ok_or_else(cut)
}

pub(super) fn u32_at(data: &[u8], at: usize) -> Result<u32, FileFault> {
    let four = data.get(at..).and_then(<[u8]>::first_chunk::<4>);
    four.map(|four| u32::from_le_bytes(*four)).ok_or_else(cut)
}

pub(super) fn f64_at(data: &[u8], at: usize) -> Result<f64, FileFault> {
    let eight = data.get(at..).and_then(<[u8]>::first_chunk::<8>);
    eight
        .map(|eight| f64::from_le_bytes(*eight))
        .ok_or_else(cut)
}

/// A record, and the records that continue it where it would be too long.
pub(super) struct Record<'s> {
    pub kind: u16,
    pub parts: Parts<'s>,
}

pub(super) struct Records<'s> {
    pub rest: &'s [u8],
}

impl<'s> Records<'s> {
    fn one(&mut self) -> Result<Option<(u16, &'s [u8])>, FileFault> {
        // Writers pad the stream with zeros.
        if self.rest.len() < 4 {
            return Ok(None);
        }
        let (kind, length) = (u16_at(self.rest, 0)?, usize::from(u16_at(self.rest, 2)?));
        let data = self.rest.get(4..4 + length).ok_or_else(cut)?;
        self.rest = &self.rest[4 + length..];
        Ok(Some((kind, data)))
    }

    pub(super) fn next(&mut self) -> Result<Option<Record<'s>>, FileFault> {
        let Some((kind, data)) = self.one()? else {
            return Ok(None);
        };
        let mut more = Vec::new();
        while self.rest.len() >= 4 && u16_at(self.rest, 0)? == CONTINUE {
            if let Some((_, data)) = self.one()? {
                more.push(data);
            }
        }
        more.reverse();
        Ok(Some(Record {
            kind,
            parts: Parts { data, more },
        }))
    }
}

/// What is left of a record and, last first, of its continuations.
pub(super) struct Parts<'s> {
    pub data: &'s [u8],
    more: Vec<&'s [u8]>,
}

impl<'s> Parts<'s> {
    fn advance(&mut self) -> bool {
        match self.more.pop() {
            Some(data) => {
                self.data = data;
                true
            }
            None => false,
        }
    }

    pub(super) fn is_over(&mut self) -> bool {
        while self.data.is_empty() {
            if !self.advance() {
                return true;
            }
        }
        false
    }

    fn byte(&mut self) -> Result<u8, FileFault> {
        if self.is_over() {
            return Err(cut());
        }
        let (first, rest) = self.data.split_first().ok_or_else(cut)?;
        self.data = rest;
        Ok(*first)
    }

    pub(super) fn u16(&mut self) -> Result<u16, FileFault> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Result<u32, FileFault> {
        let [low, high] = [self.u16()?, self.u16()?];
        Ok(u32::from(high) << 16 | u32::from(low))
    }

    pub(super) fn skip(&mut self, mut count: usize) -> Result<(), FileFault> {
        while count > 0 {
            if self.is_over() {
                return Err(cut());
            }
            let here = count.min(self.data.len());
            self.data = &self.data[here..];
            count -= here;
        }
        Ok(())
    }

    /// Letters of one byte or two; each continuation says anew which.
    fn letters(
        &mut self,
        count: usize,
        mut wide: bool,
        text: &mut String,
    ) -> Result<(), FileFault> {
        let mut units: Vec<u16> = Vec::with_capacity(count);
        while units.len() < count {
            if self.data.is_empty() {
                if !self.advance() {
                    return Err(cut());
                }
                let (flags, rest) = self.data.split_first().ok_or_else(cut)?;
                wide = flags & 1 != 0;
                self.data = rest;
                continue;
            }
            let wanted = count - units.len();
            if wide {
                let here = wanted.min(self.data.len() / 2);
                if here == 0 {
                    return Err(corrupt("a letter of a text is cut in two"));
                }
                let (now, rest) = self.data.split_at(2 * here);
                let pairs = now.as_chunks::<2>().0;
                units.extend(pairs.iter().map(|pair| u16::from_le_bytes(*pair)));
                self.data = rest;
            } else {
                let here = wanted.min(self.data.len());
                let (now, rest) = self.data.split_at(here);
                units.extend(now.iter().map(|byte| u16::from(*byte)));
                self.data = rest;
            }
        }
        for letter in char::decode_utf16(units) {
            text.push(letter.map_err(|_| corrupt("a text is not UTF-16"))?);
        }
        Ok(())
    }

    /// A text that begins with its length and flags, with what may stand behind it.
    pub(super) fn text(&mut self, length: usize, text: &mut String) -> Result<(), FileFault> {
        let flags = self.byte()?;
        let runs = match flags & 8 {
            0 => 0,
            _ => usize::from(self.u16()?) * 4,
        };
        let extension = match flags & 4 {
            0 => 0,
            _ => usize::try_from(self.u32()?).map_err(|_| cut())?,
        };
        self.letters(length, flags & 1 != 0, text)?;
        self.skip(runs)?;
        self.skip(extension)
    }
}

/// Many texts in one, by where each ends.
#[derive(Default)]
pub(super) struct Texts {
    pub all: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn add(&mut self) -> Result<u32, FileFault> {
        let end = u32::try_from(self.all.len()).map_err(|_| corrupt("its texts are too long"))?;
        self.ends.push(end);
        Ok(u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX))
    }

    pub(super) fn get(&self, index: u32) -> Option<&str> {
        let index = usize::try_from(index).ok()?;
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.all.get(start..end)
    }
}
