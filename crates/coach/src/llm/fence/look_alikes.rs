//! Characters that look like others, or like nothing. People write marks with them that models read and word lists miss.

/// The plain character that `c` looks like, or `c` itself: full-width forms, and the brackets, bars, colons and letters of other scripts
/// that marks and speakers' names could be written with.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2039}' | '\u{2329}' | '\u{27E8}' | '\u{3008}' | '\u{276E}' | '\u{FE64}' => '<',
        '\u{203A}' | '\u{232A}' | '\u{27E9}' | '\u{3009}' | '\u{276F}' | '\u{FE65}' => '>',
        '\u{01C0}' | '\u{2223}' | '\u{2502}' | '\u{2758}' | '\u{FE31}' | '\u{FE33}' => '|',
        '\u{02D0}' | '\u{05C3}' | '\u{2236}' | '\u{A789}' | '\u{FE13}' | '\u{FE55}' => ':',
        '\u{27E6}' | '\u{301A}' | '\u{3010}' => '[',
        '\u{27E7}' | '\u{301B}' | '\u{3011}' => ']',
        'а' | 'α' | 'А' | 'Α' => 'a',
        'е' | 'ε' | 'Е' | 'Ε' => 'e',
        'і' | 'ι' | 'І' | 'Ι' => 'i',
        'м' | 'М' | 'Μ' => 'm',
        'ո' | 'п' | 'Ν' => 'n',
        'о' | 'ο' | 'О' | 'Ο' => 'o',
        'р' | 'ρ' | 'Р' | 'Ρ' => 'p',
        'с' | 'С' => 'c',
        'һ' | 'Н' | 'Η' => 'h',
        'ԁ' => 'd',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'τ' | 'Т' | 'Τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'у' | 'У' | 'Υ' => 'y',
        _ => c,
    }
}

/// Control characters, line ends among them, and characters that people do not see and models do: those that Unicode calls ignorable,
/// without the few that are letters.
pub(super) fn is_out_of_sight(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}')
        || matches!(c, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_quotes_are_found_by_is_out_of_sight() {
        let seen = ('\0'..=char::MAX).filter(|c| c.is_alphanumeric() && is_out_of_sight(*c));
        assert_eq!(seen.collect::<String>(), "");
    }

    #[test]
    fn plain_characters_look_like_themselves() {
        assert!(('\0'..='\u{7F}').all(|c| plain(c) == c));
        assert_eq!("\u{FF33}\u{443}\u{455}t\u{435}m\u{FF1A}".chars().map(plain).collect::<String>(), "System:");
    }
}
