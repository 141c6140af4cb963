//! Microphones. The only file that knows the sound system.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};

use super::{AudioSource, Delivery};
use crate::Error;

/// How much sound the ring holds: more than the disk or the system ever keeps the reader waiting.
const RING_SECONDS: usize = 10;
/// How long a microphone may take until the first sound comes. Bluetooth ones take seconds to wake.
const FIRST_SOUND_LIMIT: Duration = Duration::from_secs(8);
/// How often the ring is looked into. The callback must not wake anybody, so the reader asks.
const POLL: Duration = Duration::from_millis(5);

/// A microphone that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What the system calls it; unique.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it is used when none is asked for.
    pub is_default: bool,
    /// Samples a second it would be recorded with.
    pub rate: u32,
    /// The channels it would be recorded with.
    pub channels: u16,
}

/// The microphones of this machine, the default one first.
///
/// # Errors
/// [`Error::MicrophoneFailed`] when the sound system cannot be asked. A machine without microphones has an empty list.
pub fn devices() -> Result<Vec<Device>, Error> {
    let host = cpal::default_host();
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let found = host.devices().map_err(|fault| failure("default", &fault))?;
    let mut devices: Vec<Device> = found
        .filter_map(|device| {
            let id = device.id().ok()?;
            let config = device.default_input_config().ok()?;
            let is_default = default.as_ref() == Some(&id);
            let (id, name) = (id.id().to_owned(), name_of(&device));
            // ALSA lists a device that delivers silence on every machine.
            if id == "null" {
                return None;
            }
            Some(Device { id, name, is_default, rate: config.sample_rate(), channels: config.channels() })
        })
        .collect();
    devices.sort_by_key(|device| !device.is_default);
    Ok(devices)
}

/// An open microphone. Recording ends when it is dropped.
pub struct Microphone {
    rate: NonZeroU32,
    channels: NonZeroU16,
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    _stream: cpal::Stream,
}

/// What the callbacks tell the reader, without ever waiting for it.
#[derive(Default)]
struct Shared {
    lost: AtomicU64,
    has_sounded: AtomicBool,
    death: OnceLock<String>,
}

impl Microphone {
    /// Opens the microphone of that name or id, or the default one, at the rate and with the channels that it has by itself, and
    /// waits for its first sound.
    ///
    /// # Errors
    /// [`Error::NoMicrophone`], [`Error::UnknownMicrophone`], [`Error::MicrophoneBusy`], [`Error::MicrophoneDenied`],
    /// [`Error::MicrophoneFailed`].
    pub fn open(name: Option<&str>) -> Result<Self, Error> {
        let device = find(name)?;
        let name = name_of(&device);
        let failed = |fault: cpal::Error| failure(&name, &fault);
        let supported = device.default_input_config().map_err(failed)?;
        let (Some(rate), Some(channels)) =
            (NonZeroU32::new(supported.sample_rate()), NonZeroU16::new(supported.channels()))
        else {
            let reason = "it names no sample rate or no channels".to_owned();
            return Err(Error::MicrophoneFailed { device: name, reason });
        };
        let slots = rate.get() as usize * usize::from(channels.get()) * RING_SECONDS;
        let (producer, ring) = RingBuffer::new(slots);
        let shared = Arc::new(Shared::default());
        let config = supported.config();
        let stream = match supported.sample_format() {
            SampleFormat::I8 => build::<i8>(&device, config, producer, &shared),
            SampleFormat::I16 => build::<i16>(&device, config, producer, &shared),
            SampleFormat::I24 => build::<cpal::I24>(&device, config, producer, &shared),
            SampleFormat::I32 => build::<i32>(&device, config, producer, &shared),
            SampleFormat::I64 => build::<i64>(&device, config, producer, &shared),
            SampleFormat::U8 => build::<u8>(&device, config, producer, &shared),
            SampleFormat::U16 => build::<u16>(&device, config, producer, &shared),
            SampleFormat::U32 => build::<u32>(&device, config, producer, &shared),
            SampleFormat::F32 => build::<f32>(&device, config, producer, &shared),
            SampleFormat::F64 => build::<f64>(&device, config, producer, &shared),
            other => {
                Err(cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("it delivers {other} samples")))
            }
        };
        let stream = stream.map_err(failed)?;
        stream.play().map_err(failed)?;
        let microphone = Self { rate, channels, ring, shared, _stream: stream };
        microphone.wait_for_first_sound(&name)?;
        Ok(microphone)
    }

    fn wait_for_first_sound(&self, name: &str) -> Result<(), Error> {
        let deadline = Instant::now() + FIRST_SOUND_LIMIT;
        while !self.shared.has_sounded.load(Ordering::Acquire) {
            let reason = match self.shared.death.get() {
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

    fn read(&mut self, interleaved: &mut Vec<f32>, limit: Duration) -> Delivery {
        let deadline = Instant::now() + limit;
        loop {
            // Death is looked at first: what was pushed before it is then certainly seen.
            let death = self.shared.death.get();
            let channels = usize::from(self.channels.get());
            let whole_frames = self.ring.slots() / channels * channels;
            if let Ok(chunk) = self.ring.read_chunk(whole_frames)
                && whole_frames > 0
            {
                let (first, second) = chunk.as_slices();
                interleaved.extend_from_slice(first);
                interleaved.extend_from_slice(second);
                chunk.commit_all();
                return Delivery::Sound;
            }
            if let Some(reason) = death {
                return Delivery::Over(reason.clone());
            }
            if Instant::now() >= deadline {
                return Delivery::Nothing;
            }
            std::thread::sleep(POLL);
        }
    }

    fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

fn find(name: Option<&str>) -> Result<cpal::Device, Error> {
    let host = cpal::default_host();
    let Some(wanted) = name else {
        return host.default_input_device().ok_or(Error::NoMicrophone);
    };
    let is_wanted = |device: &cpal::Device| {
        let id = device.id().map(|id| id.id().to_owned()).unwrap_or_default();
        [id, name_of(device)].iter().any(|name| name.eq_ignore_ascii_case(wanted))
    };
    let found = host.devices().map_err(|fault| failure(wanted, &fault))?;
    match found.filter(DeviceTrait::supports_input).find(is_wanted) {
        Some(device) => Ok(device),
        None => {
            let known: Vec<String> = devices()?.into_iter().map(|device| device.id).collect();
            if known.is_empty() {
                return Err(Error::NoMicrophone);
            }
            Err(Error::UnknownMicrophone { name: wanted.to_owned(), known })
        }
    }
}

fn build<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Producer<f32>,
    shared: &Arc<Shared>,
) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let (listening, dying) = (Arc::clone(shared), Arc::clone(shared));
    let on_sound = move |samples: &[T], _: &cpal::InputCallbackInfo| {
        // Nothing in here allocates, locks, logs or waits: the sound system is not to be kept from its work.
        let pushed = samples.iter().take_while(|sample| ring.push(f32::from_sample_(**sample)).is_ok()).count();
        listening.lost.fetch_add((samples.len() - pushed) as u64, Ordering::Relaxed);
        listening.has_sounded.store(true, Ordering::Release);
    };
    let on_fault = move |fault: cpal::Error| match fault.kind() {
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        // The system lost sound and does not say how much; one sample stands for it.
        ErrorKind::Xrun => drop(dying.lost.fetch_add(1, Ordering::Relaxed)),
        _ => {
            let _the_first_reason_counts = dying.death.set(fault.to_string());
        }
    };
    device.build_input_stream(config, on_sound, on_fault, Some(FIRST_SOUND_LIMIT))
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
