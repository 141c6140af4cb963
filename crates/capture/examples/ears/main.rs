//! Measures how Viva hears: errors against one pass over the whole file, what is lost where spans meet, how late words appear, how long the
//! transcript takes after the last sample, processor time, and the times of words.
//!
//! `make bench-ears MODEL=ggml-tiny.en.bin SPEECH=FOLDER`, where FOLDER has recordings (`NAME.wav`) and what is said in each (`NAME.txt`).
//! Prints a table and writes every figure to `target/ears-MODEL.json`. Where a recording is silent to the last bit between its sentences, as
//! synthetic speech can be, the times of words are measured too.

mod alignment;
mod hearing;
mod sentences;

use std::error::Error;
use std::path::{Path, PathBuf};

use alignment::{Alignment, Errors, seams, spoken, words_of};
use capture::audio::{Decoder, RATE};
use capture::recognise::Recognition;
use hearing::{OnePass, Viva};
use interview::delivery;
use serde_json::{Value, json};

/// For which lengths of speech, in seconds, the time to the transcript is measured, and in how many places each.
const LENGTHS: [(usize, usize); 6] = [(15, 5), (30, 5), (60, 5), (120, 5), (300, 2), (600, 1)];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["feed"] {
        return hearing::feed();
    }
    let [model, folder, longest @ ..] = arguments.as_slice() else {
        return Err(
            "give a model and a folder of recordings, and if you like the longest speech to time, in seconds".into()
        );
    };
    let longest = longest.first().map_or(Ok(600), |seconds| seconds.parse())?;
    let (model, recordings) = (Path::new(model), recordings(Path::new(folder))?);
    let (viva, one_pass) = (Viva::start(model)?, OnePass::load(model)?);
    let mut measured = Vec::new();
    for recording in &recordings {
        eprintln!("{}", recording.name);
        measured.push(measure(&viva, &one_pass, recording)?);
    }
    let speech: Vec<f32> = recordings.iter().flat_map(|recording| recording.sound.iter().copied()).collect();
    let waits = waits(&viva, &speech, longest)?;
    let table = table(&measured, &waits);
    println!("{table}");
    let stem = model.file_stem().unwrap_or_default().to_string_lossy();
    let report = PathBuf::from(format!("target/ears-{stem}.json"));
    let all = json!({ "recordings": measured.iter().map(|one| &one.details).collect::<Vec<_>>(), "table": table });
    std::fs::write(&report, serde_json::to_vec_pretty(&all)?)?;
    eprintln!("wrote {}", report.display());
    Ok(())
}

struct Recording {
    name: String,
    sound: Vec<f32>,
    text: String,
}

impl Recording {
    fn seconds(&self) -> f64 {
        self.sound.len() as f64 / f64::from(RATE.get())
    }
}

fn recordings(folder: &Path) -> Result<Vec<Recording>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wav") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<Recording, Box<dyn Error>> {
    let sound = Decoder::open(path, None)?.rest()?;
    let text = std::fs::read_to_string(path.with_extension("txt"))?;
    Ok(Recording { name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), sound, text })
}

/// What was measured on one recording. Processor times are in seconds.
struct Measured {
    seconds: f64,
    errors: Errors,
    errors_of_greedy_pass: Errors,
    errors_of_pass_with_fallback: Errors,
    cpu_live: f64,
    cpu_by_file: f64,
    cpu_of_one_pass: f64,
    lags: Vec<f64>,
    word_times: Vec<f64>,
    longest_silence: f64,
    /// Filled pauses: said, and heard.
    fillers: [usize; 2],
    is_same_by_file: bool,
    details: Value,
}

fn measure(viva: &Viva, one_pass: &OnePass, recording: &Recording) -> Result<Measured, Box<dyn Error>> {
    let said = words_of(&recording.text);
    let live = viva.live(&recording.sound)?;
    let (by_file, cpu_by_file) = viva.file(&recording.sound)?;
    let (greedy, cpu_of_one_pass) = one_pass.hear(&recording.sound, false)?;
    let (with_fallback, _) = one_pass.hear(&recording.sound, true)?;

    let transcript = &live.recognition.transcript;
    let heard = spoken(transcript);
    let alignment = Alignment::of(&said, &heard.iter().map(|(word, _)| word.clone()).collect::<Vec<_>>());
    let errors = alignment.errors(&seams(transcript));
    let errors_of = |text: &str| Alignment::of(&said, &words_of(text)).errors(&[]);
    let times: Vec<_> = alignment.same().iter().map(|number| heard[(*number)?].1.span).collect();
    let Recognition { speech, duration, .. } = &live.recognition;
    let filled = delivery::measure(transcript, speech, *duration, None).filled_pauses;
    let said_fillers = said.iter().filter(|word| matches!(word.as_str(), "um" | "uh")).count();
    let fillers = [said_fillers, filled.heard];
    let word_times = sentences::errors_of_times(&recording.text, &recording.sound, &times);
    Ok(Measured {
        seconds: recording.seconds(),
        errors,
        errors_of_greedy_pass: errors_of(&greedy),
        errors_of_pass_with_fallback: errors_of(&with_fallback),
        cpu_live: live.cpu.as_secs_f64(),
        cpu_by_file: cpu_by_file.as_secs_f64(),
        cpu_of_one_pass: cpu_of_one_pass.as_secs_f64(),
        is_same_by_file: by_file.transcript == *transcript,
        details: json!({
            "recording": recording.name,
            "seconds": recording.seconds(),
            "errors": format!("{errors:?}"),
            "done": live.done.as_secs_f64(),
            "live": transcript.segments().iter().map(|segment| segment.text()).collect::<Vec<_>>(),
            "one_pass": greedy,
            "one_pass_with_fallback": with_fallback,
            "word_times": word_times,
            "fillers": fillers,
            "lags": live.lags,
            "longest_silence": live.longest_silence,
        }),
        lags: live.lags,
        word_times,
        longest_silence: live.longest_silence,
        fillers,
    })
}

/// The worst time from the last sample to the transcript, in seconds, after this much speech in so many places.
struct Wait {
    after: usize,
    places: usize,
    worst: f64,
}

fn waits(viva: &Viva, speech: &[f32], longest: usize) -> Result<Vec<Wait>, Box<dyn Error>> {
    let rate = RATE.get() as usize;
    let mut waits = Vec::new();
    for (seconds, places) in LENGTHS {
        if seconds > longest || seconds * rate > speech.len() {
            continue;
        }
        eprintln!("{seconds} s of speech");
        let mut worst = 0.0_f64;
        for place in 0..places {
            let from = (speech.len() - seconds * rate) / places.max(2) * place;
            worst = worst.max(viva.live(&speech[from..from + seconds * rate])?.done.as_secs_f64());
        }
        waits.push(Wait { after: seconds, places, worst });
    }
    Ok(waits)
}

fn table(measured: &[Measured], waits: &[Wait]) -> String {
    let errors = |of: fn(&Measured) -> Errors| {
        measured.iter().map(of).fold(Errors::default(), |mut sum, one| {
            sum += one;
            sum
        })
    };
    let sum = |of: fn(&Measured) -> f64| measured.iter().map(of).sum::<f64>();
    let (live, greedy) = (errors(|one| one.errors), errors(|one| one.errors_of_greedy_pass));
    let with_fallback = errors(|one| one.errors_of_pass_with_fallback);
    let lags = sorted(measured.iter().flat_map(|one| one.lags.iter().copied()));
    let silences = sorted(measured.iter().map(|one| one.longest_silence));
    let word_times = sorted(measured.iter().flat_map(|one| one.word_times.iter().copied()));
    let (seconds, one_pass) = (sum(|one| one.seconds), sum(|one| one.cpu_of_one_pass));
    let fillers = |of: usize| measured.iter().map(|one| one.fillers[of]).sum::<usize>();
    let mut rows = vec![
        ("recordings", format!("{} of {seconds:.0} s, {} words", measured.len(), live.said)),
        ("word error rate, Viva", described(live)),
        ("word error rate, one pass, greedy", described(greedy)),
        ("word error rate, one pass, with fallback", described(with_fallback)),
        ("dropped or added where spans meet", format!("{} at {} seams", live.at_seams, live.seams)),
        (
            "the same by file as live",
            format!("{} of {}", measured.iter().filter(|one| one.is_same_by_file).count(), measured.len()),
        ),
        (
            "processor time per second, by file",
            format!(
                "{:.3}, {:.2} of one pass",
                sum(|one| one.cpu_by_file) / seconds,
                sum(|one| one.cpu_by_file) / one_pass
            ),
        ),
        ("processor time per second, live", format!("{:.3}", sum(|one| one.cpu_live) / seconds)),
        ("seconds from a word's end until it is shown", quantiles(&lags)),
        ("longest silence within an answer, seconds", quantiles(&silences)),
        ("filled pauses", format!("{} said, {} heard", fillers(0), fillers(1))),
        ("error of times at sentence starts and ends, seconds", quantiles(&word_times)),
    ];
    let name = |wait: &Wait| format!("transcript after {} s of speech, worst of {}", wait.after, wait.places);
    let names: Vec<String> = waits.iter().map(name).collect();
    rows.extend(names.iter().zip(waits).map(|(name, wait)| (name.as_str(), format!("{:.2} s", wait.worst))));
    let lines = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n"));
    format!("| measured | value |\n| --- | --- |\n{}", lines.collect::<String>())
}

fn described(errors: Errors) -> String {
    let Errors { substituted, dropped, added, .. } = errors;
    format!("{:.4} ({substituted} others, {dropped} dropped, {added} added)", errors.rate())
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn quantiles(sorted: &[f64]) -> String {
    let at = |share: f64| sorted.get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)));
    match (at(0.5), at(0.95), sorted.last()) {
        (Some(median), Some(high), Some(worst)) => {
            format!("median {median:.2}, 95 % under {high:.2}, worst {worst:.2}, of {}", sorted.len())
        }
        _ => "not measured".to_owned(),
    }
}
