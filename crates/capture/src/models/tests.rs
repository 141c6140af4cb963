mod server;

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use self::server::{Reply, Request, Server};
use super::*;
use crate::{Error, tests};

/// A small "model" of known contents.
fn contents() -> Vec<u8> {
    (0..50_000_u32).flat_map(|number| number.to_le_bytes()).collect()
}

fn model() -> Model {
    Model { name: "tiny.en", bytes: 200_000, sha1: "38898d0f5e72e29e64a04e8e9d740121c0493896" }
}

const STALL: Duration = Duration::from_secs(20);

fn part(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("ggml-tiny.en.bin.part")
}

fn begun(folder: &TempDir, bytes: &[u8]) {
    std::fs::write(part(folder), bytes).unwrap();
}

async fn pull_from(server: &Server, folder: &TempDir) -> Result<Vec<u8>, Error> {
    let path = pull(&model(), &Folder::at(folder.path()), &server.address(), STALL, |_| ()).await?;
    assert_eq!(path, folder.path().join("ggml-tiny.en.bin"));
    assert!(!part(folder).exists(), "the part has become the model");
    Ok(std::fs::read(path).unwrap())
}

fn whole(_: &Request) -> Reply {
    Reply::ok(&contents())
}

/// A server that honours ranges.
fn rest(request: &Request) -> Reply {
    let Some(from) = request.range_from() else { return whole(request) };
    let contents = contents();
    let range = format!("bytes {from}-{}/{}", contents.len() - 1, contents.len());
    Reply::new("206 Partial Content", &contents[from..]).with("Content-Range", &range)
}

#[tokio::test]
async fn a_model_is_downloaded_and_progress_is_reported() {
    let (server, folder) = (Server::start(whole), TempDir::new().unwrap());
    let mut told = Vec::new();
    let nested = Folder::at(folder.path().join("not/there/yet"));
    let path = pull(&model(), &nested, &server.address(), STALL, |progress| told.push(progress)).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), contents());
    assert_eq!(told.first(), Some(&Progress { received: 0, total: Some(200_000) }));
    assert_eq!(told.last(), Some(&Progress { received: 200_000, total: Some(200_000) }));
    assert!(told.is_sorted_by_key(|progress| progress.received));
    assert_eq!(server.requests()[0].path, "/mirror/ggml-tiny.en.bin");
}

#[tokio::test]
async fn a_download_resumes_where_it_stopped() {
    let (server, folder) = (Server::start(rest), TempDir::new().unwrap());
    begun(&folder, &contents()[..120_000]);
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
    let requests = server.requests();
    assert_eq!(requests.iter().map(Request::range_from).collect::<Vec<_>>(), [Some(120_000)]);
}

#[tokio::test]
async fn a_server_without_ranges_starts_over() {
    let (server, folder) = (Server::start(whole), TempDir::new().unwrap());
    begun(&folder, &[1; 150_000]);
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
}

#[tokio::test]
async fn a_part_from_the_wrong_place_is_not_appended() {
    let shifted = |request: &Request| match request.range_from() {
        Some(_) => Reply::new("206 Partial Content", &contents()[..1_000]).with("Content-Range", "bytes 0-999/200000"),
        None => whole(request),
    };
    let (server, folder) = (Server::start(shifted), TempDir::new().unwrap());
    begun(&folder, &contents()[..120_000]);
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_complete_part_is_only_renamed() {
    let nothing_left =
        |_: &Request| Reply::new("416 Range Not Satisfiable", b"").with("Content-Range", "bytes */200000");
    let (server, folder) = (Server::start(nothing_left), TempDir::new().unwrap());
    begun(&folder, &contents());
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
}

#[tokio::test]
async fn a_part_that_is_longer_than_the_file_is_discarded() {
    let strict = |request: &Request| match request.range_from() {
        Some(_) => Reply::new("416 Range Not Satisfiable", b"").with("Content-Range", "bytes */200000"),
        None => whole(request),
    };
    let (server, folder) = (Server::start(strict), TempDir::new().unwrap());
    begun(&folder, &[0; 205_000]);
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
}

#[tokio::test]
async fn a_broken_connection_keeps_what_has_arrived() {
    let broken = |request: &Request| rest(request).cut_after(80_000);
    let (server, folder) = (Server::start(broken), TempDir::new().unwrap());
    let failure = pull_from(&server, &folder).await.unwrap_err();
    assert!(matches!(failure, Error::DownloadFailed { .. }), "{failure}");
    let kept = std::fs::read(part(&folder)).unwrap();
    assert!(!kept.is_empty() && contents().starts_with(&kept), "{} bytes are kept", kept.len());
    let healthy = Server::start(rest);
    assert_eq!(pull_from(&healthy, &folder).await.unwrap(), contents());
    assert_eq!(healthy.requests()[0].range_from(), Some(kept.len()));
}

#[tokio::test]
async fn a_server_that_stops_sending_times_out() {
    let stalled = |request: &Request| whole(request).stall_after(10_000);
    let (server, folder) = (Server::start(stalled), TempDir::new().unwrap());
    let (models, impatient) = (Folder::at(folder.path()), Duration::from_millis(300));
    let failure = pull(&model(), &models, &server.address(), impatient, |_| ()).await.unwrap_err();
    assert!(failure.to_string().contains("sent nothing for too long"), "{failure}");
    assert!(contents().starts_with(&std::fs::read(part(&folder)).unwrap()));
}

#[tokio::test]
async fn an_unreachable_server_is_a_failure_to_retry() {
    let folder = TempDir::new().unwrap();
    let nobody = "http://127.0.0.1:1/".parse().unwrap();
    let failure = pull(&model(), &Folder::at(folder.path()), &nobody, STALL, |_| ()).await.unwrap_err();
    assert!(matches!(failure, Error::DownloadFailed { .. }), "{failure}");
}

#[tokio::test]
async fn a_server_without_the_model_is_named_without_its_password() {
    let missing = |_: &Request| Reply::new("404 Not Found", b"no such file");
    let (server, folder) = (Server::start(missing), TempDir::new().unwrap());
    let mut source = server.address();
    source.set_username("candidate").unwrap();
    source.set_password(Some("hunter2")).unwrap();
    let failure = pull(&model(), &Folder::at(folder.path()), &source, STALL, |_| ()).await.unwrap_err();
    assert!(matches!(failure, Error::DownloadRefused { status: 404, .. }), "{failure}");
    let text = failure.to_string();
    assert!(text.contains("/mirror/ggml-tiny.en.bin") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_wrong_file_never_gets_the_models_name() {
    let wrong = |_: &Request| Reply::ok(&vec![b'<'; contents().len()]);
    let (server, folder) = (Server::start(wrong), TempDir::new().unwrap());
    let failure = pull_from(&server, &folder).await.unwrap_err();
    assert!(matches!(failure, Error::DownloadCorrupt { .. }), "{failure}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of it");
}

#[tokio::test]
async fn an_endless_file_is_cut_off() {
    let endless = |_: &Request| Reply::ok(&vec![7; 400_000]).without_length();
    for reply in [endless, |_: &Request| Reply::ok(&vec![7; 400_000])] {
        let (server, folder) = (Server::start(reply), TempDir::new().unwrap());
        let failure = pull_from(&server, &folder).await.unwrap_err();
        assert!(matches!(&failure, Error::DownloadCorrupt { reason, .. } if reason.contains("larger")), "{failure}");
    }
}

#[tokio::test]
async fn a_complete_model_is_not_downloaded_again_and_a_damaged_one_is() {
    let (server, folder) = (Server::start(whole), TempDir::new().unwrap());
    let here = folder.path().join("ggml-tiny.en.bin");
    std::fs::write(&here, contents()).unwrap();
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
    assert_eq!(server.requests().len(), 0);
    std::fs::write(&here, &contents()[..500]).unwrap();
    assert_eq!(pull_from(&server, &folder).await.unwrap(), contents());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn two_downloads_of_one_model_do_not_mix() {
    let (server, folder) = (Server::start(whole), TempDir::new().unwrap());
    begun(&folder, &[]);
    let other = std::fs::OpenOptions::new().write(true).open(part(&folder)).unwrap();
    other.lock().unwrap();
    let failure = pull_from(&server, &folder).await.unwrap_err();
    assert!(failure.to_string().contains("another program"), "{failure}");
}

#[test]
fn the_catalogue_holds_every_name_once_and_full_checksums() {
    for (index, model) in CATALOGUE.iter().enumerate() {
        assert_eq!(Model::named(model.name), Some(&CATALOGUE[index]));
        assert_eq!(model.sha1.len(), 40);
    }
    assert_eq!(CATALOGUE[2].file_name(), "ggml-base.en.bin");
    assert_eq!(CATALOGUE[2].sha1, "137c40403d78fd54d454da0f9bd998f78703390c");
    assert_eq!(Model::named("espeak-closed.en"), None, "the model of the tests is for nobody else");
}

#[test]
fn models_are_found_by_name_and_by_path() {
    let root = TempDir::new().unwrap();
    let data = root.path().join("Bücher 模型");
    std::fs::create_dir(&data).unwrap();
    let folder = Folder::at(&data);
    assert!(matches!(folder.find("base.en"), Err(Error::ModelMissing { .. })));
    let unknown = folder.find("huge").unwrap_err().to_string();
    assert!(unknown.contains("`huge`") && unknown.contains("`tiny.en`"), "{unknown}");
    let file = data.join("ggml-base.en.bin");
    std::fs::write(&file, b"x").unwrap();
    assert_eq!(folder.find("base.en").unwrap(), file);
    assert_eq!(folder.find(file.to_str().unwrap()).unwrap(), file);
    std::fs::write(data.join("ggml-mine.bin"), b"x").unwrap();
    assert_eq!(folder.find("mine").unwrap(), data.join("ggml-mine.bin"));
}

#[test]
fn the_list_shows_what_is_here() {
    let data = TempDir::new().unwrap();
    std::fs::write(data.path().join("ggml-tiny.en.bin.part"), [0; 10]).unwrap();
    std::fs::write(data.path().join("ggml-base.en.bin"), [0; 20]).unwrap();
    let presence = |name: &str| {
        let listed = Folder::at(data.path()).list();
        listed.into_iter().find(|(model, _)| model.name == name).unwrap().1
    };
    assert_eq!(presence("tiny.en"), Presence::Partial(10));
    assert_eq!(presence("base.en"), Presence::Here);
    assert_eq!(presence("large-v3"), Presence::Absent);
}

fn copy_of_the_model(change: impl FnOnce(&mut Vec<u8>)) -> (TempDir, String) {
    let mut bytes = std::fs::read(tests::model()).unwrap();
    change(&mut bytes);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ggml-base.en.bin");
    std::fs::write(&path, bytes).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}

#[test]
fn a_complete_model_passes() {
    check_structure(&tests::model()).unwrap();
    assert_eq!(Folder::at("/nowhere").verify(tests::model().to_str().unwrap()).unwrap(), tests::model());
}

#[test]
fn a_model_with_the_wrong_checksum_is_damaged() {
    let (folder, _) = copy_of_the_model(|_| ());
    let refusal = Folder::at(folder.path()).verify("base.en").unwrap_err();
    assert!(matches!(&refusal, Error::ModelDamaged { reason, .. } if reason.contains("SHA-1")), "{refusal}");
}

#[test]
fn a_model_that_was_truncated_anywhere_is_damaged() {
    let length = std::fs::metadata(tests::model()).unwrap().len() as usize;
    for kept in [0, 3, 4, 20, 48, 60, 5_000, 100_000, 600_000, length / 2, length - 1] {
        let (_folder, path) = copy_of_the_model(|bytes| bytes.truncate(kept));
        let refusal = check_structure(Path::new(&path)).unwrap_err();
        assert!(matches!(refusal, Error::ModelDamaged { .. }), "{kept}: {refusal}");
    }
}

#[test]
fn a_model_with_wrong_lengths_never_reaches_whisper() {
    // The places of the magic number, the vocabulary, the states, heads and layers, the filters, the first token and so on.
    for (place, lie) in
        [(0, 0), (4, 7), (8, u32::MAX), (12, 97), (16, 0), (20, u32::MAX), (28, 384), (40, 3), (48, 5), (52, u32::MAX)]
    {
        let (_folder, path) = copy_of_the_model(|bytes| bytes[place..place + 4].copy_from_slice(&lie.to_le_bytes()));
        let refusal = check_structure(Path::new(&path)).unwrap_err();
        assert!(matches!(refusal, Error::ModelDamaged { .. }), "{place}: {refusal}");
    }
}

#[test]
fn a_folder_is_no_model() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(check_structure(folder.path()), Err(Error::ModelDamaged { .. } | Error::Unreadable { .. })));
}
