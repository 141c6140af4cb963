//! What recognisers make of a question's terms, and how those are meant to be read.

use std::collections::{HashMap, HashSet};

use interview::bank::GlossaryTerm;
use interview::transcript::normal_words;

use super::words::{End, Spoken};
use crate::lexicon::spellings;

/// The most words that one misheard term can take.
const LONGEST: usize = 4;

/// A question's terms, found by how they are written, by how they are known to be misheard, and by their sound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Glossary {
    /// Terms as they are said, by every other spelling.
    spellings: HashMap<Vec<String>, Vec<String>>,
    /// The first words of all other spellings, because most words of an answer are none of them.
    beginnings: HashSet<String>,
    /// Terms as they are said, by the key of their sound.
    sounds: HashMap<String, Vec<String>>,
}

impl Glossary {
    /// The glossary of a question, with the spellings that every question shares.
    pub(crate) fn of(terms: &[GlossaryTerm]) -> Self {
        let mut glossary = Self { spellings: spellings().clone(), ..Self::default() };
        for term in terms {
            let spoken: Vec<String> = normal_words(&term.spoken).collect();
            if spoken.is_empty() {
                continue;
            }
            glossary.sounds.insert(sound(&spoken.concat()), spoken.clone());
            for variant in term.heard_as.iter().chain([&term.term]) {
                let variant: Vec<String> = normal_words(variant).collect();
                let is_short = variant.len() <= LONGEST && variant.concat().len() > 2;
                if is_short && variant != spoken {
                    glossary.spellings.insert(variant, spoken.clone());
                }
            }
        }
        glossary.beginnings = glossary.spellings.keys().filter_map(|words| words.first().cloned()).collect();
        glossary
    }

    /// The words with other spellings and known mishearings read as the terms they stand for. Doubtful words that sound like a term
    /// are read as that term too, and stay doubtful.
    pub(super) fn repair(&self, words: Vec<Spoken>) -> Vec<Spoken> {
        let mut repaired = Vec::with_capacity(words.len());
        let mut start = 0;
        while start < words.len() {
            let rest = &words[start..];
            match (1..=LONGEST.min(rest.len())).rev().find_map(|length| Some((length, self.term(&rest[..length])?))) {
                Some((length, term)) => {
                    repaired.extend(replaced(&rest[..length], term));
                    start += length;
                }
                None => {
                    repaired.push(words[start].clone());
                    start += 1;
                }
            }
        }
        repaired
    }

    fn term(&self, words: &[Spoken]) -> Option<&Vec<String>> {
        let doubtful = words.iter().any(|word| word.doubtful);
        if !doubtful && !self.beginnings.contains(&words.first()?.normal) {
            return None;
        }
        let runs_on = words[..words.len() - 1].iter().all(|word| word.end <= End::Clause);
        let normal: Vec<String> = words.iter().map(|word| word.normal.clone()).collect();
        let by_sound = || doubtful.then(|| self.sounds.get(&sound(&normal.concat())))?;
        if runs_on { self.spellings.get(&normal).or_else(by_sound) } else { None }
    }
}

/// The term in place of the words, each of its words tied to one of theirs.
fn replaced(words: &[Spoken], term: &[String]) -> Vec<Spoken> {
    let last = words.len() - 1;
    let doubtful = words.iter().any(|word| word.doubtful);
    term.iter()
        .enumerate()
        .map(|(number, normal)| {
            let ends = number + 1 == term.len();
            let origin = if ends { &words[last] } else { &words[number.min(last)] };
            let end = if ends { origin.end } else { End::Word };
            Spoken { normal: normal.clone(), index: origin.index, doubtful, end }
        })
        .collect()
}

/// A key that words of similar sound share: consonants by the place where they are made, vowels left out but for the first.
pub(crate) fn sound(word: &str) -> String {
    let mut key = String::new();
    for (index, letter) in word.chars().filter(|letter| letter.is_ascii_alphanumeric()).enumerate() {
        let class = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' if index == 0 => 'a',
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => continue,
            'b' | 'p' | 'f' | 'v' => 'p',
            'c' | 'g' | 'j' | 'k' | 'q' => 'k',
            's' | 'x' | 'z' => 's',
            'd' | 't' => 't',
            'm' | 'n' => 'n',
            other => other,
        };
        if !key.ends_with(class) {
            key.push(class);
        }
    }
    key
}
