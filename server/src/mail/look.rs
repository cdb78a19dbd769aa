//! What the mail of an organization looks like: colors, logo, footer.

use model::mail_profile::Logo;
use service::OrgMail;
use std::any::Any;

/// The look of a mail, as templates find it. The default is the installation's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The color of buttons.
    pub(super) accent: String,
    /// The color of the text on them.
    pub(super) on_accent: String,
    /// The color of links.
    pub(super) link: String,
    /// Whose mail it is, in place of the logo where that is not shown.
    pub(super) name: String,
    /// The picture above the mail.
    pub(super) logo: Option<Picture>,
    /// Lines below it.
    pub(super) footer: String,
}

/// A picture in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) src: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The id by which a mail's HTML names the logo that the mail brings along: reading it asks no server for anything.
pub(super) const LOGO_ID: &str = "logo@rollcall";

/// A template asks for it as `askama::get_value::<Look>("look")`, so that none has to be handed it.
impl askama::Values for Look {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "look").then_some(self as &dyn Any)
    }
}

impl Default for Look {
    fn default() -> Self {
        Self::of_profile(&model::mail_profile::MailProfile::default())
    }
}

impl Look {
    fn of_profile(profile: &model::mail_profile::MailProfile) -> Self {
        Self {
            accent: profile.accent.to_string(),
            on_accent: profile.accent.text_on().to_string(),
            link: profile.accent.on_white().to_string(),
            name: profile.sender_name.clone(),
            logo: None,
            footer: profile.footer.clone(),
        }
    }

    /// Of a mail; the logo has the address that `src` gives it.
    pub fn of(mail: Option<&OrgMail>, src: impl Fn(&Logo, &[u8]) -> String) -> Self {
        let Some(mail) = mail else { return Self::default() };
        let picture = |logo: &Logo| {
            let (width, height) = logo.shown();
            Picture { src: src(logo, &mail.logo), width, height }
        };
        let logo = mail.profile.logo.as_ref().filter(|_| !mail.logo.is_empty()).map(picture);
        Self { logo, ..Self::of_profile(&mail.profile) }
    }

    /// A text with the footer below it.
    pub(super) fn signed(&self, text: &str) -> String {
        if self.footer.is_empty() { text.to_owned() } else { format!("{}\n\n-- \n{}\n", text.trim_end(), self.footer) }
    }
}
