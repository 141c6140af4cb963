//! Model files: which there are, which are here, whether they are complete, and how they are downloaded.

mod download;
mod structure;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};

use crate::Error;

pub use download::{DEFAULT_SOURCE, Progress, pull};
pub use structure::check_structure;

/// A whisper model in ggml form, as the `ggerganov/whisper.cpp` repository of the Hugging Face hub offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub name: &'static str,
    /// The approximate size of the file in bytes: whisper.cpp's table gives MiB or GiB.
    pub bytes: u64,
    /// The SHA-1 of the file in hexadecimal, from the same table.
    pub sha1: &'static str,
}

impl Model {
    /// The model of that name, if it is in the catalogue.
    pub fn named(name: &str) -> Option<&'static Self> {
        CATALOGUE.iter().find(|model| model.name == name)
    }

    /// The name of its file, here and on the hub.
    pub fn file_name(&self) -> String {
        format!("ggml-{}.bin", self.name)
    }
}

const MIB: u64 = 1 << 20;

/// Every model that can be downloaded, smallest first within a family. Sizes and checksums are those of whisper.cpp's own table.
pub const CATALOGUE: [Model; 11] = [
    model("tiny.en", 75, "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
    model("tiny", 75, "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    model("base.en", 142, "137c40403d78fd54d454da0f9bd998f78703390c"),
    model("base", 142, "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    model("small.en", 466, "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
    model("small", 466, "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
    model("medium.en", 1536, "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
    model("medium", 1536, "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
    model("large-v3-turbo-q5_0", 547, "e050f7970618a659205450ad97eb95a18d69c9ee"),
    model("large-v3-turbo", 1536, "4af2b29d7ec73d781377bfd1758ca957a807e941"),
    model("large-v3", 2970, "ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
];

const fn model(name: &'static str, mebibytes: u64, sha1: &'static str) -> Model {
    Model { name, bytes: mebibytes * MIB, sha1 }
}

/// The folder of the models on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

/// Whether a model is on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nothing of it is here.
    Absent,
    /// A part of it was downloaded: this many bytes.
    Partial(u64),
    /// The file is here.
    Here,
}

impl Folder {
    /// The folder at `path`, which need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where a model is, or would be.
    pub fn path_of(&self, model: &Model) -> PathBuf {
        self.0.join(model.file_name())
    }

    /// The file of a model given by its name, or by the path of any file. It is not read.
    ///
    /// # Errors
    /// [`Error::ModelMissing`] for a model of the catalogue that is not here, [`Error::UnknownModel`] for any other.
    pub fn find(&self, name_or_path: &str) -> Result<PathBuf, Error> {
        // A user's own model in the folder can be named, too.
        let named = self.0.join(format!("ggml-{name_or_path}.bin"));
        let path = PathBuf::from(name_or_path);
        if named.is_file() {
            Ok(named)
        } else if Model::named(name_or_path).is_some() {
            Err(Error::ModelMissing { name: name_or_path.to_owned() })
        } else if path.is_file() {
            Ok(path)
        } else {
            let known = CATALOGUE.iter().map(|model| model.name.to_owned()).collect();
            Err(Error::UnknownModel { name: name_or_path.to_owned(), known })
        }
    }

    /// Every model of the catalogue and whether it is here.
    pub fn list(&self) -> Vec<(&'static Model, Presence)> {
        CATALOGUE.iter().map(|model| (model, self.presence(model))).collect()
    }

    /// Checks the whole file of a model, and its checksum when the catalogue has one.
    ///
    /// # Errors
    /// Those of [`find`](Self::find), [`Error::ModelDamaged`] and [`Error::Unreadable`].
    pub fn verify(&self, name_or_path: &str) -> Result<PathBuf, Error> {
        let path = self.find(name_or_path)?;
        check_structure(&path)?;
        if let Some(model) = Model::named(name_or_path) {
            check_sum(&path, model)?;
        }
        Ok(path)
    }

    fn part_of(&self, model: &Model) -> PathBuf {
        self.0.join(format!("{}.part", model.file_name()))
    }

    fn presence(&self, model: &Model) -> Presence {
        let size = |path: PathBuf| std::fs::metadata(path).ok().filter(|file| file.is_file()).map(|file| file.len());
        match (size(self.path_of(model)), size(self.part_of(model))) {
            (Some(_), _) => Presence::Here,
            (None, Some(bytes)) => Presence::Partial(bytes),
            (None, None) => Presence::Absent,
        }
    }
}

/// Whether the file has the model's checksum.
fn check_sum(path: &Path, model: &Model) -> Result<(), Error> {
    let mut file = File::open(path).map_err(Error::unreadable(path))?;
    let mut hasher = Sha1::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block).map_err(Error::unreadable(path))? {
            0 => break,
            bytes => hasher.update(&block[..bytes]),
        }
    }
    let found: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found == model.sha1 {
        Ok(())
    } else {
        Err(Error::damaged(path, format!("its SHA-1 is {found} and should be {}", model.sha1)))
    }
}
