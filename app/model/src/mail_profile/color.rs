//! Colors, and which text can be read on them (WCAG 2.2).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A color of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color([u8; 3]);

/// The text is no color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a color of six hexadecimal digits, such as #3b55d9.")]
pub struct InvalidColor;

/// What text of ordinary size needs (WCAG 1.4.3).
const READABLE: f64 = 4.5;

impl Color {
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// White.
    pub const WHITE: Self = Self([0xff; 3]);

    /// Reads `#rrggbb` or `#rgb`, in capitals or not, with or without the `#`; nothing is the default.
    ///
    /// # Errors
    /// [`InvalidColor`].
    pub fn parse(text: &str) -> Result<Self, InvalidColor> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let digits: Vec<u8> = text
            .strip_prefix('#')
            .unwrap_or(text)
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(InvalidColor))
            .collect::<Result<_, _>>()?;
        match digits[..] {
            [r, g, b] => Ok(Self([r * 17, g * 17, b * 17])),
            [r1, r2, g1, g2, b1, b2] => Ok(Self([r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2])),
            _ => Err(InvalidColor),
        }
    }

    /// The relative luminance, from 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast of two colors, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever reads better on this color. One of them always reads well enough: no color is between
    /// both by less than 4.5 to 1.
    #[must_use]
    pub fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// This color as that of a text on white: itself where it can be read, or else as much darker as it takes.
    #[must_use]
    pub fn on_white(self) -> Self {
        let darker = |percent: u16| Self(self.0.map(|c| u8::try_from(u16::from(c) * percent / 100).unwrap_or(c)));
        (0..=100).rev().map(darker).find(|color| color.contrast(Self::WHITE) >= READABLE).unwrap_or(Self::BLACK)
    }

    /// What becomes of it in a mail, in a sentence.
    pub fn note(self) -> String {
        let text = self.text_on();
        let name = if text == Self::WHITE { "white" } else { "black" };
        let contrast = (self.contrast(text) * 10.0).floor() / 10.0;
        let buttons = format!("Buttons of {self} carry {name} text, with a contrast of {contrast:.1} to 1.");
        match self.on_white() {
            link if link == self => buttons,
            link => format!("{buttons} Links are darker, {link}, to be read on white."),
        }
    }
}

/// The accent of the installation's own mail.
impl Default for Color {
    fn default() -> Self {
        Self([0x3b, 0x55, 0xd9])
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl TryFrom<String> for Color {
    type Error = InvalidColor;
    fn try_from(text: String) -> Result<Self, InvalidColor> {
        Self::parse(&text)
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colors_are_hexadecimal_digits() {
        for (text, color) in [
            ("#3b55d9", Ok("#3b55d9")),
            (" 3B55D9 ", Ok("#3b55d9")),
            ("#0a0", Ok("#00aa00")),
            ("", Ok("#3b55d9")),
            ("#12345", Err(InvalidColor)),
            ("#1234567", Err(InvalidColor)),
            ("##aabbcc", Err(InvalidColor)),
            ("red", Err(InvalidColor)),
            ("#ääääää", Err(InvalidColor)),
            ("+1+2+3", Err(InvalidColor)),
            ("#fff;background:url(x)", Err(InvalidColor)),
        ] {
            assert_eq!(Color::parse(text).map(|color| color.to_string()), color.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn text_on_a_color_is_what_reads_better() {
        for (color, text, link) in [
            ("#3b55d9", "#ffffff", "#3b55d9"),
            ("#ffffff", "#000000", "#757575"),
            ("#000000", "#ffffff", "#000000"),
            ("#ffd400", "#000000", "#8c7400"),
            ("#777777", "#000000", "#757575"),
            ("#cc0000", "#ffffff", "#cc0000"),
        ] {
            let color = Color::parse(color).unwrap();
            assert_eq!((color.text_on().to_string().as_str(), color.on_white().to_string().as_str()), (text, link));
        }
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn what_becomes_of_a_color_is_told() {
        assert_eq!(Color::default().note(), "Buttons of #3b55d9 carry white text, with a contrast of 6.0 to 1.");
        assert!(Color::parse("#ffd400").unwrap().note().ends_with("Links are darker, #8c7400, to be read on white."));
    }

    proptest! {
        #[test]
        fn every_color_can_be_made_readable(r: u8, g: u8, b: u8) {
            let color = Color([r, g, b]);
            prop_assert!(color.contrast(color.text_on()) >= READABLE);
            prop_assert!(color.on_white().contrast(Color::WHITE) >= READABLE);
            prop_assert_eq!(Color::parse(&color.to_string()), Ok(color));
        }
    }
}
