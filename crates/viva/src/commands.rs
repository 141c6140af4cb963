//! The commands of the program, one module each.

mod archive;
mod devices;
mod doctor;
mod eval;
mod judge;
mod model;
mod output;
mod practice;
mod progress;
mod questions;
mod review;
mod serve;
mod transcribe;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::settings::Settings;

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let settings = Settings::load(arguments.layer(), arguments.config.clone());
    match arguments.command {
        Command::Practice(practice) => practice::run(&practice, &settings?).await,
        Command::Serve(_) => serve::run(&settings?).await,
        Command::Review(review) => review::run(&review, &settings?).await,
        Command::Progress(progress) => progress::run(&progress, &settings?).await,
        Command::Archive(archive) => archive::run(&archive.command, &settings?).await,
        Command::Delete(delete) => archive::delete(&delete, &settings?).await,
        Command::Transcribe(transcribe) => transcribe::run(&transcribe, &settings?).await,
        Command::Questions(questions) => questions::run(&questions.command, &settings?),
        Command::Model(command) => model::run(&command, &settings?).await,
        Command::Devices(devices) => devices::run(&devices, settings).await,
        Command::Doctor(doctor) => doctor::run(&doctor, settings).await,
        Command::Judge(judge) => judge::run(&judge, &settings?).await,
        Command::Eval(eval) => eval::run(&eval, &settings?).await,
        Command::Openapi => output::print(&(server::openapi_json()? + "\n")),
    }
}
