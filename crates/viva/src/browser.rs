//! Showing a page in the person's browser.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use url::Url;

/// How long the program that opens pages may take. Some stay as long as the browser does.
const PATIENCE: Duration = Duration::from_secs(3);

/// Has the system open a page.
///
/// # Errors
/// When there is no program for that, or it fails.
pub async fn open(page: &Url) -> std::io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        // `start` would go through a shell; this takes the address as it is.
        let mut command = Command::new("rundll32.exe");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    let mut child =
        command.arg(page.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    match tokio::time::timeout(PATIENCE, child.wait()).await {
        Ok(Ok(status)) if !status.success() => Err(std::io::Error::other(status.to_string())),
        Ok(Err(error)) => Err(error),
        // It goes on showing the page.
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}
