//! Microphones. The only file that uses cpal.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};

use super::{AudioSource, Device, Read};
use crate::{Error, Patience};

/// The capacity of the ring: longer than the disk or the scheduler ever holds up the reader.
const RING_SECONDS: usize = 10;
/// How often the ring is read. The callback must not wake the reader, so the reader polls.
const POLL: Duration = Duration::from_millis(5);

/// The microphones of this machine, the default one first.
///
/// # Errors
/// [`Error::MicrophoneFailed`] when the sound system cannot be asked. A machine without microphones has an empty list.
pub fn devices() -> Result<Vec<Device>, Error> {
    Ok(inputs()?.into_iter().map(|(device, _)| device).collect())
}

fn inputs() -> Result<Vec<(Device, cpal::Device)>, Error> {
    let host = cpal::default_host();
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let found = host.devices().map_err(|fault| failure("default", &fault))?;
    let describe = |device: cpal::Device| {
        let id = device.id().ok()?;
        let is_default = default.as_ref() == Some(&id);
        let id = id.id().to_owned();
        // ALSA lists a device that delivers silence on every machine.
        if id == "null" {
            return None;
        }
        let (rate, channels) = match device.default_input_config() {
            Ok(config) => (Some(config.sample_rate()), Some(config.channels())),
            Err(fault) if fault.kind() == ErrorKind::DeviceBusy => (None, None),
            Err(_) => return None,
        };
        Some((Device { id, name: name_of(&device), is_default, rate, channels }, device))
    };
    let mut inputs: Vec<_> = found.filter_map(describe).collect();
    inputs.sort_by_key(|(device, _)| !device.is_default);
    Ok(inputs)
}

fn find(name: Option<&str>) -> Result<cpal::Device, Error> {
    let Some(wanted) = name else {
        return cpal::default_host().default_input_device().ok_or(Error::NoMicrophone);
    };
    let inputs = inputs()?;
    let devices: Vec<Device> = inputs.iter().map(|(device, _)| device.clone()).collect();
    let id = &Device::find(&devices, wanted)?.id;
    let found = inputs.into_iter().find(|(device, _)| device.id == *id);
    found.map(|(_, device)| device).ok_or(Error::NoMicrophone)
}

/// An open microphone. Recording ends when it is dropped.
pub struct Microphone {
    rate: NonZeroU32,
    channels: NonZeroU16,
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    _stream: cpal::Stream,
}

/// Written by the callbacks, read by the recording thread; no lock is ever waited for.
#[derive(Default)]
struct Shared {
    lost: AtomicU64,
    has_sound: AtomicBool,
    failure: OnceLock<String>,
}

impl Microphone {
    /// Opens the microphone that `name` means ([`Device::find`]), or the default one, at its own rate and with its own channels,
    /// and waits for its first sound.
    ///
    /// # Errors
    /// Those of [`Device::find`], [`Error::MicrophoneBusy`], [`Error::MicrophoneDenied`], [`Error::MicrophoneFailed`].
    pub fn open(name: Option<&str>, patience: Patience) -> Result<Self, Error> {
        let device = find(name)?;
        let name = name_of(&device);
        let failed = |fault: cpal::Error| failure(&name, &fault);
        let supported = device.default_input_config().map_err(failed)?;
        let (Some(rate), Some(channels)) =
            (NonZeroU32::new(supported.sample_rate()), NonZeroU16::new(supported.channels()))
        else {
            let reason = "it reports no sample rate or no channels".to_owned();
            return Err(Error::MicrophoneFailed { device: name, reason });
        };
        let slots = rate.get() as usize * usize::from(channels.get()) * RING_SECONDS;
        let (producer, ring) = RingBuffer::new(slots);
        let shared = Arc::new(Shared::default());
        let (config, limit) = (supported.config(), patience.first_sound);
        let stream = match supported.sample_format() {
            SampleFormat::I8 => build::<i8>(&device, config, producer, &shared, limit),
            SampleFormat::I16 => build::<i16>(&device, config, producer, &shared, limit),
            SampleFormat::I24 => build::<cpal::I24>(&device, config, producer, &shared, limit),
            SampleFormat::I32 => build::<i32>(&device, config, producer, &shared, limit),
            SampleFormat::I64 => build::<i64>(&device, config, producer, &shared, limit),
            SampleFormat::U8 => build::<u8>(&device, config, producer, &shared, limit),
            SampleFormat::U16 => build::<u16>(&device, config, producer, &shared, limit),
            SampleFormat::U32 => build::<u32>(&device, config, producer, &shared, limit),
            SampleFormat::F32 => build::<f32>(&device, config, producer, &shared, limit),
            SampleFormat::F64 => build::<f64>(&device, config, producer, &shared, limit),
            other => {
                Err(cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("it delivers {other} samples")))
            }
        };
        let stream = stream.map_err(failed)?;
        stream.play().map_err(failed)?;
        let microphone = Self { rate, channels, ring, shared, _stream: stream };
        microphone.wait_for_first_sound(&name, limit)?;
        Ok(microphone)
    }

    fn wait_for_first_sound(&self, name: &str, limit: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + limit;
        while !self.shared.has_sound.load(Ordering::Acquire) {
            let reason = match self.shared.failure.get() {
                Some(reason) => reason.clone(),
                None if Instant::now() >= deadline => "no sound came from it; is it switched off?".to_owned(),
                None => {
                    std::thread::sleep(POLL);
                    continue;
                }
            };
            return Err(Error::MicrophoneFailed { device: name.to_owned(), reason });
        }
        Ok(())
    }
}

impl AudioSource for Microphone {
    fn rate(&self) -> NonZeroU32 {
        self.rate
    }

    fn channels(&self) -> NonZeroU16 {
        self.channels
    }

    fn read(&mut self, interleaved: &mut Vec<f32>, limit: Duration) -> Read {
        let deadline = Instant::now() + limit;
        loop {
            // Read the failure first: everything that was pushed before it is then seen.
            let failure = self.shared.failure.get();
            let channels = usize::from(self.channels.get());
            let whole_frames = self.ring.slots() / channels * channels;
            if let Ok(chunk) = self.ring.read_chunk(whole_frames)
                && whole_frames > 0
            {
                let (first, second) = chunk.as_slices();
                interleaved.extend_from_slice(first);
                interleaved.extend_from_slice(second);
                chunk.commit_all();
                return Read::Sound;
            }
            if let Some(reason) = failure {
                return Read::Lost(reason.clone());
            }
            if Instant::now() >= deadline {
                return Read::Nothing;
            }
            std::thread::sleep(POLL);
        }
    }

    fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

fn build<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Producer<f32>,
    shared: &Arc<Shared>,
    limit: Duration,
) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let (listening, failing) = (Arc::clone(shared), Arc::clone(shared));
    let on_sound = move |samples: &[T], _: &cpal::InputCallbackInfo| {
        // Nothing in here may allocate, lock, log or wait.
        let pushed = samples.iter().take_while(|sample| ring.push(f32::from_sample_(**sample)).is_ok()).count();
        listening.lost.fetch_add((samples.len() - pushed) as u64, Ordering::Relaxed);
        listening.has_sound.store(true, Ordering::Release);
    };
    let on_fault = move |fault: cpal::Error| match fault.kind() {
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        // The system lost sound and does not say how much; one sample stands for it.
        ErrorKind::Xrun => drop(failing.lost.fetch_add(1, Ordering::Relaxed)),
        _ => drop(failing.failure.set(fault.to_string())), // The first failure counts.
    };
    device.build_input_stream(config, on_sound, on_fault, Some(limit))
}

fn name_of(device: &cpal::Device) -> String {
    device.description().map(|description| description.name().to_owned()).unwrap_or_else(|_| device.to_string())
}

fn failure(device: &str, fault: &cpal::Error) -> Error {
    let device = device.to_owned();
    match fault.kind() {
        ErrorKind::DeviceBusy => Error::MicrophoneBusy { device },
        ErrorKind::PermissionDenied => Error::MicrophoneDenied { device },
        ErrorKind::HostUnavailable => Error::NoMicrophone,
        _ => Error::MicrophoneFailed { device, reason: fault.to_string() },
    }
}
