//! Folding of text for searching and sorting: case, accents and width are taken away, the words stay.

use std::collections::BTreeSet;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Email, PersonName};

/// The longest search term that is kept, in characters; longer words are found by their beginning.
pub const MAX_TERM_CHARS: usize = 40;
/// The most bytes that the words of one person have together, with one between each two: what address and names come to at
/// their longest, unless folding makes several letters of each. Words that do not fit are left out, those of the address last.
/// An entry of an index of PostgreSQL has 2704 bytes for them and the name by which lists sort.
pub const MAX_TERMS_BYTES: usize = 1_200;
/// The most words of a search that count.
pub const MAX_SEARCH_WORDS: usize = 6;

/// Case-folds, strips accents and unifies width: `Ngô Bảo Châu` → `ngo bao chau`, `Straße` → `strasse`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            c => folded.push(c),
        }
    }
    folded
}

fn words(text: &str) -> impl Iterator<Item = String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| w.chars().take(MAX_TERM_CHARS).collect())
        .collect::<Vec<String>>()
        .into_iter()
}

/// The distinct words by whose beginnings a person is found: of both names and of both sides of the address.
pub fn terms(name: &PersonName, email: &Email) -> Vec<String> {
    let mut terms = BTreeSet::new();
    let mut bytes = 0;
    for word in words(email.as_str()).chain(words(&name.first)).chain(words(&name.last)) {
        let with_it = bytes + word.len() + 1;
        if with_it <= MAX_TERMS_BYTES && terms.insert(word) {
            bytes = with_it;
        }
    }
    terms.into_iter().collect()
}

/// The words of a search, folded; an entered address falls into its words. A word that begins another is dropped.
pub fn search_words(query: &str) -> Vec<String> {
    let mut found: Vec<String> = words(query).collect();
    found.sort_unstable();
    found.dedup();
    let all = found.clone();
    found.retain(|w| !all.iter().any(|other| other != w && other.starts_with(w.as_str())));
    found.truncate(MAX_SEARCH_WORDS);
    found
}

/// Where the words of a search begin a word of `text`, as byte ranges in their order.
pub fn hits(text: &str, searched: &[String]) -> Vec<(usize, usize)> {
    let of_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(of_word).map(|i| at + i) {
        let end = text[start..].find(|c| !of_word(c)).map_or(text.len(), |i| start + i);
        // Letter by letter, since folding may change their number: how long the folded word is at each place.
        let mut folded = String::new();
        let mut cuts = Vec::new();
        for (i, c) in text[start..end].char_indices() {
            folded.push_str(&fold(c.encode_utf8(&mut [0; 4])));
            cuts.push((folded.len(), start + i + c.len_utf8()));
        }
        let begun = searched.iter().filter(|word| folded.starts_with(word.as_str()));
        let reached = begun.filter_map(|word| cuts.iter().find(|(len, _)| *len >= word.len())).map(|(_, cut)| *cut);
        // Of several words the longest.
        if let Some(mut cut) = reached.max() {
            // An accent that stands by itself belongs to its letter.
            cut += text[cut..end].chars().take_while(|c| is_combining_mark(*c)).map(char::len_utf8).sum::<usize>();
            found.push((start, cut));
        }
        at = end;
    }
    found
}

/// A text cut at the ranges of [`hits`], and whether each piece is one.
pub fn pieces<'a>(text: &'a str, hits: &[(usize, usize)]) -> Vec<(&'a str, bool)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for (start, end) in hits {
        let (Some(before), Some(hit)) = (text.get(at..*start), text.get(*start..*end)) else { break };
        pieces.extend([(before, false), (hit, true)]);
        at = *end;
    }
    pieces.push((text.get(at..).unwrap_or_default(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

/// The exclusive end of the range of texts that begin with `prefix`, in byte order.
pub fn prefix_end(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Initials for an avatar: the first letters of the first and last word, upper-cased where the script has cases.
pub fn initials(display_name: &str) -> String {
    let mut words = display_name.split_whitespace().filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// A hue bucket 0–11 for an avatar, the same for the same text on every machine.
pub fn hue(text: &str) -> u8 {
    let sum = text.bytes().fold(7_u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)));
    u8::try_from(sum % 12).unwrap_or(0)
}

/// Bytes as hexadecimal digits, two for each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number with its thousands set apart.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: "1 open invitation", "1,200 open invitations".
pub fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_case_accents_and_width_away() {
        for (text, folded) in [
            ("Ngô Bảo Châu", "ngo bao chau"),
            ("Straße", "strasse"),
            ("ＡＢＣ", "abc"),
            ("Łukasz Ørsted", "lukasz orsted"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("山田 花子", "山田 花子"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn terms_are_the_words_of_names_and_address() {
        let name = PersonName::parse("Mary-Jane", "O'Neil").expect("valid");
        let email = Email::parse("mj.oneil@navy.example").expect("valid");
        assert_eq!(terms(&name, &email), ["example", "jane", "mary", "mj", "navy", "neil", "o", "oneil"]);
    }

    #[test]
    fn the_words_of_one_person_fit_into_an_index() {
        let email = Email::parse(&format!("{}@x.example", "a".repeat(64))).unwrap();
        // Three bytes each, of which every one folds to six letters of three bytes.
        let folds: String = ('\u{3300}'..='\u{3331}').flat_map(|c| [c, ' ']).take(99).collect();
        let name = PersonName::parse(&folds, &folds.chars().rev().collect::<String>()).unwrap();
        let found = terms(&name, &email);
        assert!(found.join(" ").len() <= MAX_TERMS_BYTES && found.len() > 20, "{found:?}");
        assert!(found.contains(&"example".to_owned()), "{found:?}");
        assert!(name.sort_key(&email).chars().count() <= crate::name::MAX_SORT_CHARS);
        // What is long by itself stays whole.
        let name = PersonName::parse(&"山".repeat(100), &"田".repeat(100)).unwrap();
        assert_eq!(terms(&name, &email).len(), 5, "both names, and mailbox, x and example");
        assert_eq!(name.sort_key(&email).chars().count(), 201);
    }

    #[test]
    fn a_search_keeps_its_longest_words() {
        assert_eq!(search_words("  ADA lov ada "), ["ada", "lov"]);
        assert_eq!(search_words("a ad ada"), ["ada"]);
        assert_eq!(search_words("ada@navy.example"), ["ada", "example", "navy"]);
        assert!(search_words("%_'").is_empty());
        assert_eq!(search_words("a b c d e f g h").len(), MAX_SEARCH_WORDS);
    }

    #[test]
    fn hits_are_found_in_the_text_as_it_is_written() {
        for (text, search, marked) in [
            ("Ada Lovelace", "lov ad", "[Ad]a [Lov]elace"),
            ("Straße", "strass", "[Straß]e"),
            ("Zoe\u{308} Zoë", "zoe", "[Zoe\u{308}] [Zoë]"),
            ("mj.oneil@navy.example", "one n", "mj.[one]il@[n]avy.example"),
            ("Ada", "da", "Ada"),
            ("山田 花子", "花", "山田 [花]子"),
            ("", "a", ""),
        ] {
            let hits = hits(text, &search_words(search));
            let shown: String = pieces(text, &hits)
                .into_iter()
                .map(|(piece, hit)| if hit { format!("[{piece}]") } else { piece.to_owned() })
                .collect();
            assert_eq!(shown, marked, "{search}");
        }
        assert_eq!(pieces("ab", &[(1, 9)]), [("ab", false)], "a range that does not fit is left out");
    }

    #[test]
    fn the_prefix_range_holds_every_text_that_begins_so() {
        let end = prefix_end("ada");
        assert!("ada" < end.as_str() && "ada\u{ffff}z" < end.as_str() && end.as_str() < "adb");
    }

    #[test]
    fn initials_come_from_the_outer_words() {
        for (name, initial) in
            [("Ada Lovelace", "AL"), ("ada", "A"), ("Ngô Bảo Châu", "NC"), ("山田 花子", "山花"), ("", "")]
        {
            assert_eq!(initials(name), initial);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_284, "1,284"), (1_000_000, "1,000,000")] {
            assert_eq!(thousands(n), text);
        }
    }
}
