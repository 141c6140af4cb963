//! What is wrong with a bank's file, and where.

/// A file of a bank, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path as people should see it, with `/` between folders. The last folder is the subject, the file's stem the question's id.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// The line, counted from 1, in which the byte at `offset` stands.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// The file's name without folders and without `.toml`.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".toml").unwrap_or(name)
    }

    /// The folder the file stands in: its subject.
    pub(super) fn subject(&self) -> Option<&str> {
        self.path.rsplit('/').nth(1)
    }
}

/// Something about a question that its author should change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The text of the file that it is about, which tells where to look; empty when it is about the whole.
    pub about: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// One thing that is wrong with a file of the bank. Shows itself as `path:line: what is wrong`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {message}")]
pub struct Fault {
    /// The file.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Fault {
    /// A fault in `line` of `file`.
    pub fn new(file: &SourceFile, line: usize, message: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, message: message.into() }
    }
}
