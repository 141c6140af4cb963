//! Checks that a file is a complete whisper model. whisper.cpp trusts the lengths in a file and crashes on wrong ones, so this follows
//! every length to the end of the file first. The layout is that of whisper.cpp's `whisper_model_load`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::Error;

/// "ggml" as a little-endian number.
const MAGIC: u32 = 0x6767_6d6c;
/// Frequencies of a spectrum: half of its 400 samples, and one.
const SPECTRUM: u32 = 201;
const LONGEST_TOKEN: u32 = 1024;
const LONGEST_TENSOR_NAME: u32 = 256;

/// Checks the file from its first number to its last tensor, without loading it.
///
/// # Errors
/// [`Error::Unreadable`], and [`Error::ModelDamaged`] that says what is wrong.
pub fn check_structure(path: &Path) -> Result<(), Error> {
    let file = File::open(path).map_err(Error::unreadable(path))?;
    let metadata = file.metadata().map_err(Error::unreadable(path))?;
    if !metadata.is_file() {
        return Err(Error::damaged(path, "it is not a file"));
    }
    let mut reader = ModelReader { file: BufReader::new(file), position: 0, length: metadata.len() };
    reader.model().map_err(|reason| Error::damaged(path, reason))
}

struct ModelReader {
    file: BufReader<File>,
    position: u64,
    length: u64,
}

impl ModelReader {
    fn model(&mut self) -> Result<(), String> {
        if self.length == 0 {
            return Err("it is empty".to_owned());
        }
        if self.number()? != MAGIC {
            return Err("it does not begin like one".to_owned());
        }
        let tokens = self.dimensions()?;
        self.filters()?;
        self.vocabulary(tokens)?;
        let mut tensors = 0;
        while self.position < self.length {
            self.tensor()?;
            tensors += 1;
        }
        // whisper.cpp accepts a model without weights, for its own tests.
        if tensors == 0 { Err("it holds no weights".to_owned()) } else { Ok(()) }
    }

    /// The dimensions, within what whisper.cpp can handle. Returns the number of tokens.
    fn dimensions(&mut self) -> Result<u32, String> {
        let mut dimension = |name, least, most| {
            let value = self.number()?;
            if (least..=most).contains(&value) {
                Ok(value)
            } else {
                Err(format!("its {name} of {value} is impossible"))
            }
        };
        let tokens = dimension("vocabulary", 51_864, 51_866)?;
        dimension("audio context", 1, 1500)?;
        let audio_state = dimension("audio state", 1, 4096)?;
        let audio_heads = dimension("number of audio heads", 1, 64)?;
        dimension("number of audio layers", 1, 64)?;
        dimension("text context", 1, 448)?;
        let text_state = dimension("text state", 1, 4096)?;
        let text_heads = dimension("number of text heads", 1, 64)?;
        dimension("number of text layers", 1, 64)?;
        dimension("number of mel bands", 80, 128)?;
        dimension("number format", 0, 3000)?;
        if audio_state != text_state || audio_state % audio_heads != 0 || text_state % text_heads != 0 {
            return Err("its dimensions do not fit together".to_owned());
        }
        Ok(tokens)
    }

    fn filters(&mut self) -> Result<(), String> {
        let (bands, spectrum) = (self.number()?, self.number()?);
        if ![80, 128].contains(&bands) || spectrum != SPECTRUM {
            return Err("its filters are not whisper's".to_owned());
        }
        self.skip(u64::from(bands) * u64::from(spectrum) * 4)
    }

    fn vocabulary(&mut self, tokens: u32) -> Result<(), String> {
        let count = self.number()?;
        if count > tokens {
            return Err(format!("its vocabulary lists {count} tokens"));
        }
        for _ in 0..count {
            let length = self.number()?;
            if length > LONGEST_TOKEN {
                return Err(format!("a token of it is {length} bytes long"));
            }
            self.skip(u64::from(length))?;
        }
        Ok(())
    }

    fn tensor(&mut self) -> Result<(), String> {
        let (dimensions, name_length, format) = (self.number()?, self.number()?, self.number()?);
        if !(1..=4).contains(&dimensions) || !(1..=LONGEST_TENSOR_NAME).contains(&name_length) {
            return Err("its table of weights is garbled".to_owned());
        }
        let mut elements = 1_u64;
        for _ in 0..dimensions {
            elements = elements.saturating_mul(u64::from(self.number()?));
        }
        let (block_elements, block_bytes) =
            block(format).ok_or_else(|| format!("its weights are in the unknown format {format}"))?;
        if elements == 0 || elements > i32::MAX as u64 || !elements.is_multiple_of(block_elements) {
            return Err("its table of weights is garbled".to_owned());
        }
        self.skip(u64::from(name_length))?;
        self.skip(elements / block_elements * block_bytes)
    }

    fn number(&mut self) -> Result<u32, String> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes).map_err(|_| self.cut_off(self.position + 4))?;
        self.position += 4;
        Ok(u32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), String> {
        let end = self.position.saturating_add(bytes);
        if end > self.length {
            return Err(self.cut_off(end));
        }
        self.file.seek_relative(bytes as i64).map_err(|fault| fault.to_string())?;
        self.position = end;
        Ok(())
    }

    fn cut_off(&self, wanted: u64) -> String {
        format!("it is cut off: it has {} bytes and needs {wanted} or more", self.length)
    }
}

/// The elements and the bytes of a block of this ggml number format.
fn block(format: u32) -> Option<(u64, u64)> {
    #[rustfmt::skip]
    const BLOCKS: [(u32, u64, u64); 12] = [
        (0, 1, 4), (1, 1, 2), (2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24),
        (8, 32, 34), (10, 256, 84), (11, 256, 110), (12, 256, 144), (13, 256, 176), (14, 256, 210),
    ];
    BLOCKS.iter().find(|(number, ..)| *number == format).map(|(_, elements, bytes)| (*elements, *bytes))
}
