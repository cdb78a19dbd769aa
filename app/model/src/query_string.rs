//! Query strings: named values behind the `?` of a URL, percent-encoded (RFC 3986 §2).

/// The pairs as one text, without the `?`.
pub fn join(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

/// The value of a name in what [`join`] wrote; `None` where it is missing or mangled.
pub fn value(text: &str, name: &str) -> Option<String> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(other, _)| *other == name)
        .and_then(|(_, v)| decode(v))
}

/// Percent-encodes all but unreserved characters.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes: Vec<u8> = parts.next()?.bytes().collect();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.get(2..)?.bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_joined_reads_back() {
        for text in ["", "a b&c=ö+%", "山田 \0\n?#/", "100%", "%41"] {
            let joined = join(&[("q", text.to_owned()), ("n", "1".to_owned())]);
            assert!(joined.bytes().all(|b| b.is_ascii_graphic()), "{joined}");
            assert_eq!(value(&joined, "q").as_deref(), Some(text));
            assert_eq!(value(&joined, "n").as_deref(), Some("1"));
            assert_eq!(value(&joined, "o"), None);
        }
    }

    #[test]
    fn what_is_mangled_is_missing() {
        for text in ["q", "q=%", "q=%4", "q=%zz", "q=%FF", "q=%é1", "=x", "&&", ""] {
            assert_eq!(value(text, "q"), None, "{text}");
        }
    }
}
