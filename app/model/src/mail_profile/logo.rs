//! The logo above a mail: what is known of the file.

use serde::{Deserialize, Serialize};

/// The largest file, in bytes: it travels with every mail.
pub const MAX_LOGO_BYTES: usize = 100 * 1024;
/// The longest side, in pixels.
pub const MAX_LOGO_SIDE: u32 = 2000;
/// The most room that it gets in a mail, in CSS pixels.
pub const LOGO_WIDTH: u32 = 240;
/// The same in height.
pub const LOGO_HEIGHT: u32 = 48;

/// A kind of picture, told by the file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogoKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl LogoKind {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
    /// The name of the file in a mail.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Png => "logo.png",
            Self::Jpeg => "logo.jpg",
            Self::Webp => "logo.webp",
        }
    }
}

/// What is known of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// Its kind.
    pub kind: LogoKind,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The beginning of its hash, by which another file has another address.
    pub digest: String,
}

/// Why a file is no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLogo {
    /// None was chosen.
    #[error("Choose a file first.")]
    Missing,
    /// Too many bytes.
    #[error("This file is too large; a logo has at most 100 KB.")]
    TooLarge,
    /// Its content is of another kind, whatever it is called.
    #[error("This is no picture that can be used. Choose a PNG, JPEG or WebP file.")]
    Kind,
    /// Too many pixels.
    #[error("This picture is too large; its sides have at most 2000 pixels.")]
    Sides,
}

impl Logo {
    /// A logo of a picture's kind and size.
    ///
    /// # Errors
    /// [`InvalidLogo::Sides`].
    pub fn new(kind: LogoKind, (width, height): (u32, u32), digest: String) -> Result<Self, InvalidLogo> {
        let fits = |side: u32| (1..=MAX_LOGO_SIDE).contains(&side);
        if fits(width) && fits(height) { Ok(Self { kind, width, height, digest }) } else { Err(InvalidLogo::Sides) }
    }
    /// The size in which a mail shows it: never larger than it is, in the room that it gets.
    pub fn shown(&self) -> (u32, u32) {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (most_wide, most_high) = (u64::from(LOGO_WIDTH), u64::from(LOGO_HEIGHT));
        let (width, height) = if width <= most_wide && height <= most_high {
            (width, height)
        } else if width * most_high >= height * most_wide {
            (most_wide, (height * most_wide / width).max(1))
        } else {
            ((width * most_high / height).max(1), most_high)
        };
        (u32::try_from(width).unwrap_or(LOGO_WIDTH), u32::try_from(height).unwrap_or(LOGO_HEIGHT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_keeps_its_shape_in_the_room_that_it_gets() {
        for (sides, shown) in [
            ((100, 40), (100, 40)),
            ((480, 96), (240, 48)),
            ((1000, 100), (240, 24)),
            ((300, 600), (24, 48)),
            ((2000, 1), (240, 1)),
            ((1, 2000), (1, 48)),
        ] {
            let logo = Logo::new(LogoKind::Png, sides, String::new()).unwrap();
            assert_eq!(logo.shown(), shown, "{sides:?}");
        }
    }

    #[test]
    fn a_picture_has_sides_that_can_be_shown() {
        for sides in [(0, 10), (10, 0), (2001, 10), (10, 2001)] {
            assert_eq!(Logo::new(LogoKind::Jpeg, sides, String::new()), Err(InvalidLogo::Sides), "{sides:?}");
        }
    }
}
