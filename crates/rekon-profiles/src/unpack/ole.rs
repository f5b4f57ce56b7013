//! The container of a workbook behind a password (MS-CFB, "OLE"): the two streams that matter, read
//! without trusting a count or a chain.

pub(super) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

const END_OF_CHAIN: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;
/// Smaller streams live in the mini stream.
const MINI_CUTOFF: usize = 4096;
const MINI_SECTOR: usize = 64;
const DIRECTORY_ENTRY: usize = 128;
/// Entries of the FAT's own table that stand in the header.
const IN_HEADER: usize = 109;
/// Real ones have a few kilobytes.
const MAX_INFO: usize = 64 << 10;

/// How a workbook is locked, and the locked workbook.
pub(super) struct Encrypted {
    pub info: Vec<u8>,
    pub package: Vec<u8>,
}

type Problem = &'static str;

/// `None` for containers that hold something else, such as an old .xls.
pub(super) fn encrypted(bytes: &[u8]) -> Result<Option<Encrypted>, Problem> {
    let container = Container::new(bytes)?;
    let directory = container.chain(u32_at(bytes, 48)?)?;
    let Some(package) = stream(&directory, "EncryptedPackage")? else {
        return Ok(None);
    };
    let info = stream(&directory, "EncryptionInfo")?
        .ok_or("it is locked, and does not say how (no EncryptionInfo)")?;
    if container.size(info)? > MAX_INFO {
        return Err("its EncryptionInfo is far too long");
    }
    Ok(Some(Encrypted {
        info: container.content(&directory, info)?,
        package: container.content(&directory, package)?,
    }))
}

/// What a container holds that no password of ours locks.
pub(crate) enum Ole {
    /// The records of an .xls workbook.
    Workbook(Vec<u8>),
    /// A workbook of Excel 95 or earlier.
    Old,
    /// A locked workbook of a later kind.
    Locked,
    Other,
}

pub(crate) fn ole(bytes: &[u8]) -> Result<Ole, Problem> {
    let container = Container::new(bytes)?;
    let directory = container.chain(u32_at(bytes, 48)?)?;
    if let Some(workbook) = stream(&directory, "Workbook")? {
        return Ok(Ole::Workbook(container.content(&directory, workbook)?));
    }
    Ok(if stream(&directory, "EncryptedPackage")?.is_some() {
        Ole::Locked
    } else if stream(&directory, "Book")?.is_some() {
        Ole::Old
    } else {
        Ole::Other
    })
}

struct Container<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
}

impl<'b> Container<'b> {
    fn new(bytes: &'b [u8]) -> Result<Container<'b>, Problem> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err("its header names no sector size"),
        };
        let mut container = Container {
            bytes,
            sector,
            fat: Vec::new(),
        };
        let most = bytes.len() / sector;
        let mut tables = numbers(bytes.get(76..76 + 4 * IN_HEADER).ok_or(CUT)?);
        let mut next = u32_at(bytes, 68)?;
        let mut steps = 0;
        while next != END_OF_CHAIN && next != FREE {
            steps += 1;
            if steps > most {
                return Err(CIRCLE);
            }
            let mut more = numbers(container.whole_sector(next)?);
            next = more.pop().ok_or(CUT)?;
            tables.extend(more);
        }
        tables.retain(|table| *table != FREE);
        if tables.len() > most {
            return Err("it lists more sectors than it has");
        }
        for table in tables {
            let table = numbers(container.whole_sector(table)?);
            container.fat.extend(table);
        }
        Ok(container)
    }

    /// The last sector of a file may be short.
    fn sector(&self, index: u32) -> Result<&'b [u8], Problem> {
        let start = (index as usize)
            .checked_add(1)
            .and_then(|index| index.checked_mul(self.sector))
            .ok_or(CUT)?;
        let end = start.saturating_add(self.sector).min(self.bytes.len());
        self.bytes.get(start..end).ok_or(CUT)
    }

    fn whole_sector(&self, index: u32) -> Result<&'b [u8], Problem> {
        let sector = self.sector(index)?;
        if sector.len() < self.sector {
            return Err(CUT);
        }
        Ok(sector)
    }

    fn chain(&self, start: u32) -> Result<Vec<u8>, Problem> {
        let mut content = Vec::new();
        for index in links(start, &self.fat)? {
            content.extend_from_slice(self.sector(index)?);
        }
        Ok(content)
    }

    fn size(&self, entry: &[u8]) -> Result<usize, Problem> {
        // In the small form only four bytes count, the others may hold anything.
        let high = if self.sector == 512 {
            0
        } else {
            u32_at(entry, 124)?
        };
        let size = u64::from(high) << 32 | u64::from(u32_at(entry, 120)?);
        usize::try_from(size).map_err(|_| CUT)
    }

    fn content(&self, directory: &[u8], entry: &[u8]) -> Result<Vec<u8>, Problem> {
        let size = self.size(entry)?;
        let start = u32_at(entry, 116)?;
        let mut content = if size >= MINI_CUTOFF {
            self.chain(start)?
        } else {
            let root = directory.get(..DIRECTORY_ENTRY).ok_or(CUT)?;
            let mini = self.chain(u32_at(root, 116)?)?;
            let fat = numbers(&self.chain(u32_at(self.bytes, 60)?)?);
            let mut content = Vec::new();
            for index in links(start, &fat)? {
                let at = (index as usize).checked_mul(MINI_SECTOR).ok_or(CUT)?;
                let end = at.saturating_add(MINI_SECTOR).min(mini.len());
                content.extend_from_slice(mini.get(at..end).ok_or(CUT)?);
            }
            content
        };
        if content.len() < size {
            return Err(CUT);
        }
        content.truncate(size);
        Ok(content)
    }
}

const CUT: Problem = "it is shorter than it says";
const CIRCLE: Problem = "its sectors run in a circle";

/// The sectors of a chain; every sector can follow once.
fn links(start: u32, fat: &[u32]) -> Result<Vec<u32>, Problem> {
    let mut found = Vec::new();
    let mut next = start;
    while next != END_OF_CHAIN {
        if found.len() == fat.len() {
            return Err(CIRCLE);
        }
        found.push(next);
        next = *fat.get(next as usize).ok_or(CUT)?;
    }
    Ok(found)
}

/// The directory entry of a stream, wherever it hangs in the tree.
fn stream<'d>(directory: &'d [u8], name: &str) -> Result<Option<&'d [u8]>, Problem> {
    let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut found = None;
    for entry in directory.chunks_exact(DIRECTORY_ENTRY) {
        let named = entry.starts_with(&wanted)
            && entry.get(wanted.len()..wanted.len() + 2) == Some(&[0, 0]);
        if named && entry.get(66) == Some(&2) && found.replace(entry).is_some() {
            return Err("it holds a workbook twice");
        }
    }
    Ok(found)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| u32::from_le_bytes(*four))
        .collect()
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Problem> {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    four.map(|four| u32::from_le_bytes(*four)).ok_or(CUT)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Problem> {
    let two = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>);
    two.map(|two| u16::from_le_bytes(*two)).ok_or(CUT)
}
