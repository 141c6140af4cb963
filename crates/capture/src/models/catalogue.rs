//! The models that people can download.

use std::fmt;

/// A whisper model in ggml form, as the `ggerganov/whisper.cpp` repository of the Hugging Face hub gives it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// What people call it.
    pub name: &'static str,
    /// About how large the file is, in bytes: whisper.cpp's table gives MiB or GiB.
    pub bytes: u64,
    /// The SHA-1 of the file, from the same table.
    pub sha1: Sha1,
}

/// A SHA-1 checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sha1(pub [u8; 20]);

impl Model {
    /// The model of that name, if it is known.
    pub fn named(name: &str) -> Option<&'static Self> {
        CATALOGUE.iter().find(|model| model.name == name)
    }

    /// The name of its file, here and on the hub.
    pub fn file_name(&self) -> String {
        format!("ggml-{}.bin", self.name)
    }
}

impl fmt::Display for Sha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

const MIB: u64 = 1 << 20;

/// Every model that can be pulled, smallest first within a family. Sizes and checksums are those of whisper.cpp's own table.
pub const CATALOGUE: [Model; 11] = [
    model("tiny.en", 75 * MIB, b"c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
    model("tiny", 75 * MIB, b"bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    model("base.en", 142 * MIB, b"137c40403d78fd54d454da0f9bd998f78703390c"),
    model("base", 142 * MIB, b"465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    model("small.en", 466 * MIB, b"db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
    model("small", 466 * MIB, b"55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
    model("medium.en", 1536 * MIB, b"8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
    model("medium", 1536 * MIB, b"fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
    model("large-v3-turbo-q5_0", 547 * MIB, b"e050f7970618a659205450ad97eb95a18d69c9ee"),
    model("large-v3-turbo", 1536 * MIB, b"4af2b29d7ec73d781377bfd1758ca957a807e941"),
    model("large-v3", 2970 * MIB, b"ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
];

const fn model(name: &'static str, bytes: u64, sha1: &[u8; 40]) -> Model {
    Model { name, bytes, sha1: Sha1(bytes_of(sha1)) }
}

const fn bytes_of(hexadecimal: &[u8; 40]) -> [u8; 20] {
    let mut bytes = [0; 20];
    let mut index = 0;
    while index < 20 {
        bytes[index] = nibble(hexadecimal[2 * index]) << 4 | nibble(hexadecimal[2 * index + 1]);
        index += 1;
    }
    bytes
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        // Reached at compile time only, by a slip in the table above.
        _ => panic!("not a lower-case hexadecimal digit"),
    }
}
