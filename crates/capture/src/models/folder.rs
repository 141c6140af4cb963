//! The folder that models are kept in.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1 as Sha1Hasher};

use super::{CATALOGUE, Model, Sha1, check_structure};
use crate::Error;

/// Where models are kept on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

/// A model of the catalogue and whether it is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The model.
    pub model: &'static Model,
    /// Whether it is here.
    pub presence: Presence,
}

/// Whether a model is on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nothing of it is here.
    Absent,
    /// A download was begun: so many bytes are here.
    Begun(u64),
    /// It is here, in so many bytes.
    Here(u64),
}

impl Folder {
    /// The models in the folder at `path`, which need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where a model is, or would be.
    pub fn path_of(&self, model: &Model) -> PathBuf {
        self.0.join(model.file_name())
    }

    /// The file that people mean: a model by its name, or any file by its path. It is not read.
    ///
    /// # Errors
    /// [`Error::ModelMissing`] for a known model that is not here, [`Error::UnknownModel`] for anything else that is not.
    pub fn find(&self, name_or_path: &str) -> Result<PathBuf, Error> {
        let named = match Model::named(name_or_path) {
            Some(model) => self.path_of(model),
            // Whoever keeps a model of their own in the folder may call it by its name, too.
            None => self.0.join(format!("ggml-{}.bin", Path::new(name_or_path).display())),
        };
        if named.is_file() {
            return Ok(named);
        }
        if Model::named(name_or_path).is_some() {
            return Err(Error::ModelMissing { name: name_or_path.to_owned() });
        }
        let path = PathBuf::from(name_or_path);
        if path.is_file() {
            return Ok(path);
        }
        let known = CATALOGUE.iter().map(|model| model.name.to_owned()).collect();
        Err(Error::UnknownModel { name: name_or_path.to_owned(), known })
    }

    /// Every model of the catalogue and whether it is here.
    pub fn list(&self) -> Vec<Listed> {
        CATALOGUE.iter().map(|model| Listed { model, presence: self.presence(model) }).collect()
    }

    /// Checks a model from end to end, and its checksum when it is one of the catalogue. This reads the whole file.
    ///
    /// # Errors
    /// As [`find`](Self::find), and [`Error::ModelDamaged`] or [`Error::Unreadable`].
    pub fn verify(&self, name_or_path: &str) -> Result<PathBuf, Error> {
        let path = self.find(name_or_path)?;
        check_structure(&path)?;
        if let Some(model) = Model::named(name_or_path) {
            check_sum(&path, model)?;
        }
        Ok(path)
    }

    pub(super) fn part_of(&self, model: &Model) -> PathBuf {
        self.0.join(format!("{}.part", model.file_name()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn presence(&self, model: &Model) -> Presence {
        let size = |path: PathBuf| std::fs::metadata(path).ok().filter(|file| file.is_file()).map(|file| file.len());
        match (size(self.path_of(model)), size(self.part_of(model))) {
            (Some(bytes), _) => Presence::Here(bytes),
            (None, Some(bytes)) => Presence::Begun(bytes),
            (None, None) => Presence::Absent,
        }
    }
}

/// What the model in a file is called: "base.en" for `ggml-base.en.bin`.
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    stem.strip_prefix("ggml-").unwrap_or(&stem).to_owned()
}

/// Whether the file has the model's checksum.
pub(super) fn check_sum(path: &Path, model: &Model) -> Result<(), Error> {
    let found = sha1_of(path)?;
    if found == model.sha1 {
        Ok(())
    } else {
        Err(Error::damaged(path, format!("its SHA-1 is {found} and should be {}", model.sha1)))
    }
}

fn sha1_of(path: &Path) -> Result<Sha1, Error> {
    let mut file = File::open(path).map_err(Error::unreadable(path))?;
    let mut hasher = Sha1Hasher::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece).map_err(Error::unreadable(path))? {
            0 => return Ok(Sha1(hasher.finalize().into())),
            bytes => hasher.update(&piece[..bytes]),
        }
    }
}
