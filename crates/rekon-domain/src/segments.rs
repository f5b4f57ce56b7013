//! Long lists that grow without being moved. A vector of millions that doubles is there twice over
//! for a moment; these grow by a segment at a time.

use std::ops::Index;

/// Values in order of their arrival.
#[derive(Clone, Debug)]
pub struct Segments<T> {
    full: Vec<Vec<T>>,
    last: Vec<T>,
}

/// Values in a segment: a power of two, so that a position is found by a shift.
const SEGMENT: usize = 1 << 14;

impl<T> Default for Segments<T> {
    fn default() -> Segments<T> {
        Segments {
            full: Vec::new(),
            last: Vec::new(),
        }
    }
}

impl<T> Segments<T> {
    pub fn push(&mut self, value: T) {
        if self.last.len() == SEGMENT {
            let next = Vec::with_capacity(SEGMENT);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        self.last.push(value);
    }

    pub fn len(&self) -> usize {
        self.full.len() * SEGMENT + self.last.len()
    }

    pub fn is_empty(&self) -> bool {
        self.full.is_empty() && self.last.is_empty()
    }

    /// The one that came in last.
    pub fn last(&self) -> Option<&T> {
        self.last.last()
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.last)
    }

    pub fn for_each_mut(&mut self, change: impl FnMut(&mut T)) {
        self.full
            .iter_mut()
            .flatten()
            .chain(&mut self.last)
            .for_each(change);
    }

    pub fn clear(&mut self) {
        self.full.clear();
        self.last.clear();
    }

    /// Gives back what is held in reserve.
    pub fn shrink_to_fit(&mut self) {
        self.last.shrink_to_fit();
    }
}

impl<T> Index<usize> for Segments<T> {
    type Output = T;

    fn index(&self, position: usize) -> &T {
        match self.full.get(position / SEGMENT) {
            Some(segment) => &segment[position % SEGMENT],
            None => &self.last[position - self.full.len() * SEGMENT],
        }
    }
}

/// Texts one after the other, each whole within a segment.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

const BITS: u32 = 20;
/// Bytes of a segment, and so the longest text.
const ROOM: usize = 1 << BITS;

/// The texts have no place any more, or one of them is longer than a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Arena {
    /// Keeps the parts one after the other; the place they begin at.
    pub fn push<const N: usize>(&mut self, parts: [&[u8]; N]) -> Result<u32, Full> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        if length > ROOM {
            return Err(Full);
        }
        if self.last.len() + length > ROOM {
            let next = Vec::with_capacity(ROOM);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        let segment = u32::try_from(self.full.len()).map_err(|_| Full)?;
        if segment >= 1 << (u32::BITS - BITS) {
            return Err(Full);
        }
        let place = (segment << BITS) | self.last.len() as u32;
        for part in parts {
            self.last.extend_from_slice(part);
        }
        Ok(place)
    }

    /// So many bytes from a place that [`Arena::push`] gave.
    pub fn get(&self, place: u32, length: usize) -> &[u8] {
        let segment = self.full.get((place >> BITS) as usize);
        let start = place as usize % ROOM;
        &segment.unwrap_or(&self.last)[start..start + length]
    }

    /// Bytes that are filled.
    pub fn len(&self) -> usize {
        self.full.iter().map(Vec::len).sum::<usize>() + self.last.len()
    }

    pub fn is_empty(&self) -> bool {
        self.full.is_empty() && self.last.is_empty()
    }

    pub fn clear(&mut self) {
        self.full.clear();
        self.last.clear();
    }

    pub fn shrink_to_fit(&mut self) {
        self.last.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_they_were_put_beyond_a_segment() {
        let mut values = Segments::default();
        for value in 0..3 * SEGMENT {
            values.push(value);
        }
        assert_eq!(values.len(), 3 * SEGMENT);
        assert!(values.iter().copied().eq(0..3 * SEGMENT));
        for position in [0, SEGMENT - 1, SEGMENT, 2 * SEGMENT, 3 * SEGMENT - 1] {
            assert_eq!(values[position], position);
        }
    }

    #[test]
    fn texts_are_whole_wherever_a_segment_ends() {
        let mut arena = Arena::default();
        let long = vec![b'x'; 300_000];
        let mut kept = Vec::new();
        for number in 0..40u8 {
            let head = [number; 3];
            let tail = &long[..usize::from(number) * 7_000];
            kept.push((arena.push([&head, tail]).expect("room"), head, tail.len()));
        }
        for (place, head, tail) in kept {
            let text = arena.get(place, head.len() + tail);
            assert_eq!(&text[..3], head);
            assert_eq!(&text[3..], &long[..tail]);
        }
        assert_eq!(arena.push([&vec![0; ROOM], b"y"]), Err(Full));
    }
}
