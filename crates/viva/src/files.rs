//! Files that are replaced as a whole.

use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Replaces the file in one step, so that a crash leaves the old or the new one.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = path.with_added_extension("new");
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(draft, path)
}
