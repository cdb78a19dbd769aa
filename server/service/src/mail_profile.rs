//! The mail profile of an organization (B2): read, previewed, tried out, and saved.
//!
//! The password of a mail server goes in and never out: it is sealed for its organization, and counts for the server
//! and the user that it was typed for alone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use model::{
    Action, Email, OrgId, Permit, decide,
    mail_profile::{
        Color, InvalidLogo, InvalidServer, Logo, LogoKind, MAX_LOGO_BYTES, MailPreview, MailProfile, MailSettings,
        MailTemplate, OwnServer, Password, Security, TestReport, parse_footer, parse_reply_to, parse_sender_name,
    },
    people::Viewer,
    time::HOUR,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, sync::Arc};
use store::{
    Tx,
    mail_profiles::{self, Stored},
};

use crate::{
    Caller, Error, Mail, OrgMail, Outgoing, Rollcall,
    audit::{By, To},
    change::Change,
    error::Fields,
    limits::{Limit, count, too_many},
    sample,
};

/// What the page of the mail profile holds, as entered.
#[derive(Clone, Default)]
pub struct EditMailProfile {
    /// The version that was looked at.
    pub version: u32,
    /// The name beside the sender's address.
    pub sender_name: String,
    /// Where answers go.
    pub reply_to: String,
    /// A color.
    pub accent: String,
    /// Lines of text.
    pub footer: String,
    /// The host of a mail server; empty for the installation's, and then nothing of what follows counts.
    pub host: String,
    /// Its port.
    pub port: String,
    /// Code of a [`Security`].
    pub security: String,
    /// Who signs in.
    pub user: String,
    /// The password; empty for the one that is kept.
    pub smtp_password: String,
    /// The address that mail comes from.
    pub from_email: String,
}

const CHOOSE: &str = "Choose one of these.";
const FROM: &str = "Enter the address that mail comes from. Your server has to accept it.";
const FASTER: &str = "Somebody else changed the mail profile meanwhile, and nothing was saved. What you entered is still \
                      here; open this page again in another tab to see what was changed, or reload it to begin anew.";
const LOGO_FASTER: &str = "Somebody else changed the mail profile meanwhile, and nothing was saved. Try again.";

/// How often one person may try a profile out.
const TESTS_BY_PERSON: u64 = 10;
/// How often an organization may.
const TESTS_BY_ORGANIZATION: u64 = 30;

/// What a password is sealed for: that of another organization does not open.
fn sealed_for(org_id: &OrgId) -> String {
    format!("mail_profile.password:{org_id}")
}

/// What the look of a preview is sealed for.
fn previewed_for(org_id: &OrgId) -> String {
    format!("mail_profile.preview:{org_id}")
}

/// What was entered, and which password goes with it.
struct Entered<'a> {
    profile: MailProfile,
    password: Password<'a>,
}

impl Rollcall {
    /// The profile that was entered; the logo is the one that is there.
    fn entered<'a>(&self, form: &'a EditMailProfile, now: &Stored) -> Result<Entered<'a>, Error> {
        let mut fields = Fields::default();
        let sender_name = fields.take("sender_name", parse_sender_name(&form.sender_name));
        let reply_to = fields.take("reply_to", parse_reply_to(&form.reply_to));
        let accent = fields.take("accent", Color::parse(&form.accent));
        let footer = fields.take("footer", parse_footer(&form.footer));
        let server = self.entered_server(form, &mut fields);
        let kept = now.profile.server.as_ref().filter(|_| now.sealed_password.is_some());
        let password = match server.as_ref().map(|server| server.password(&form.smtp_password, kept)) {
            None => Some(Password::None),
            Some(Err(InvalidServer::Nobody)) => fields.take("user", Err::<_, InvalidServer>(InvalidServer::Nobody)),
            Some(password) => fields.take("smtp_password", password),
        };
        fields.check()?;
        let (Some(sender_name), Some(reply_to), Some(accent), Some(footer), Some(password)) =
            (sender_name, reply_to, accent, footer, password)
        else {
            return Err(Error::Internal);
        };
        let profile = MailProfile { sender_name, reply_to, accent, footer, server, ..now.profile.clone() };
        Ok(Entered { profile, password })
    }

    fn entered_server(&self, form: &EditMailProfile, fields: &mut Fields) -> Option<OwnServer> {
        if form.host.trim().is_empty() {
            return None;
        }
        let private = self.settings.private_mail_servers;
        let host = fields.take("host", OwnServer::parse_host(&form.host, private));
        let port = fields.take("port", OwnServer::parse_port(&form.port, private));
        let security = fields.take("security", Security::from_code(&form.security).ok_or(CHOOSE));
        let user = fields.take("user", OwnServer::parse_user(&form.user));
        let from = fields.take("from_email", Email::parse(&form.from_email).map_err(|_| FROM));
        let server = OwnServer { host: host?, port: port?, security: security?, user: user?, from: from? };
        fields.take("security", server.check_security(private))?;
        Some(server)
    }

    /// How some organizations want their mail; those that never chose are not among them.
    pub(crate) async fn org_mail(&self, ids: &[OrgId]) -> Result<HashMap<OrgId, Arc<OrgMail>>, Error> {
        let mut conn = self.db.read().await?;
        let found = mail_profiles::for_sending(&mut conn, ids).await?;
        let mail = |(org_id, stored, logo): (OrgId, Stored, String)| {
            let password = stored.sealed_password.as_deref().and_then(|sealed| self.opened(&org_id, sealed));
            let logo = BASE64.decode(logo).unwrap_or_default();
            (org_id.clone(), Arc::new(OrgMail { org_id, profile: stored.profile, logo, password }))
        };
        Ok(found.into_iter().map(mail).collect())
    }

    fn opened(&self, org_id: &OrgId, sealed: &str) -> Option<String> {
        self.sealer.open(&sealed_for(org_id), sealed)
    }

    /// Who may change the profile, and the profile.
    async fn editor(&self, caller: &Caller, org: &str) -> Result<(Viewer, Stored), Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::EditMailProfile, None)?;
        let mut conn = self.db.read().await?;
        let stored = mail_profiles::of_organization(&mut conn, &viewer.actor.org_id).await?;
        Ok((viewer, stored))
    }

    /// The profile as it is.
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not choose it.
    pub async fn mail_settings(&self, caller: &Caller, org: &str) -> Result<MailSettings, Error> {
        let (_, stored) = self.editor(caller, org).await?;
        Ok(MailSettings {
            has_password: stored.sealed_password.is_some(),
            profile: stored.profile,
            private_servers: self.settings.private_mail_servers,
        })
    }

    /// What a mail would look like; nothing is saved. The look that was entered is sealed for the address of the frames
    /// that show it, so that nobody else makes this origin show what they like.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`].
    pub async fn preview_mail(
        &self,
        caller: &Caller,
        org: &str,
        form: &EditMailProfile,
        template: &str,
    ) -> Result<MailPreview, Error> {
        let (viewer, stored) = self.editor(caller, org).await?;
        let template = MailTemplate::from_code(template).ok_or_else(|| Error::field("template", CHOOSE))?;
        let profile = self.entered(form, &stored)?.profile;
        let accent = profile.accent.note();
        let body = serde_json::to_string(&profile).map_err(|_| Error::Internal)?;
        let look = self.sealer.seal(&previewed_for(&viewer.actor.org_id), &body);
        Ok(MailPreview { template, look, accent })
    }

    /// The mail of a preview, with the look that [`Self::preview_mail`] sealed, or else the one that is saved.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a mail or a look that is none, [`Error::Denied`].
    pub async fn previewed_mail(
        &self,
        caller: &Caller,
        org: &str,
        template: &str,
        look: Option<&str>,
    ) -> Result<Outgoing, Error> {
        let (viewer, stored) = self.editor(caller, org).await?;
        let template = MailTemplate::from_code(template).ok_or(Error::NotFound)?;
        let org_id = viewer.actor.org_id;
        let profile = match look {
            None => stored.profile,
            Some(look) => {
                let body = self.sealer.open(&previewed_for(&org_id), look).ok_or(Error::NotFound)?;
                serde_json::from_str(&body).map_err(|_| Error::NotFound)?
            }
        };
        let logo = self.logo_file(&org_id).await?;
        let now = self.now();
        let mail = sample(template, viewer.org.name.as_str(), &self.settings.public_url, now);
        let of = template.is_of_organization().then(|| Arc::new(OrgMail { org_id, profile, logo, password: None }));
        Ok(Outgoing { id: "preview".to_owned(), at: now, mail, of })
    }

    async fn logo_file(&self, org_id: &OrgId) -> Result<Vec<u8>, Error> {
        let mut conn = self.db.read().await?;
        Ok(BASE64.decode(mail_profiles::logo(&mut conn, org_id).await?).unwrap_or_default())
    }

    /// The logo, for the page that changes it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, [`Error::Denied`].
    pub async fn mail_logo(&self, caller: &Caller, org: &str) -> Result<(Logo, Vec<u8>), Error> {
        let (viewer, stored) = self.editor(caller, org).await?;
        let logo = stored.profile.logo.ok_or(Error::NotFound)?;
        Ok((logo, self.logo_file(&viewer.actor.org_id).await?))
    }

    /// Sends a mail to who is signed in, by what was entered, and tells what the mail server said. Nothing is saved.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::TooMany`] after a few tries.
    pub async fn try_mail(&self, caller: &Caller, org: &str, form: &EditMailProfile) -> Result<TestReport, Error> {
        let (viewer, stored) = self.editor(caller, org).await?;
        let Entered { profile, password } = self.entered(form, &stored)?;
        let mailer = self.mailer.clone().ok_or(Error::Unavailable)?;
        let now = self.now();
        let org_id = viewer.actor.org_id.clone();
        let limits = [
            (format!("mail_test:person:{}", viewer.actor.user_id), TESTS_BY_PERSON),
            (format!("mail_test:organization:{org_id}"), TESTS_BY_ORGANIZATION),
        ]
        .map(|(key, at_most)| Limit { key, at_most, window: HOUR });
        let mut tx = self.db.write().await?;
        let wait = count(&mut tx, &limits, now).await?;
        tx.commit().await?;
        if let Some(wait) = wait {
            return Err(too_many(wait));
        }
        let password = match password {
            Password::None => None,
            Password::Typed(password) => Some(password.to_owned()),
            Password::Kept => stored.sealed_password.as_deref().and_then(|sealed| self.opened(&org_id, sealed)),
        };
        let mail = Mail::Test {
            to: viewer.email.clone(),
            to_name: viewer.name.full(),
            org_name: viewer.org.name.as_str().to_owned(),
            at: now,
        };
        let logo = self.logo_file(&org_id).await?;
        let of = Some(Arc::new(OrgMail { org_id, profile, logo, password }));
        let id = self.fresh::<model::OutboxId>(now).to_string();
        Ok(mailer.try_out(&Outgoing { id, at: now, mail, of }).await)
    }

    /// Saves what was entered, unless somebody else was faster.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] when it is not the profile any more that was
    /// looked at.
    pub async fn save_mail_profile(&self, caller: &Caller, org: &str, form: &EditMailProfile) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::EditMailProfile, None)?;
        let now = mail_profiles::of_organization(&mut change.tx, permit.org_id()).await?;
        let Entered { profile, password } = self.entered(form, &now)?;
        if form.version != now.profile.version {
            return Err(Error::Conflict(FASTER.to_owned()));
        }
        let mut fields = now.profile.changes_to(&profile);
        let sealed_password = match password {
            Password::None => None,
            Password::Kept => now.sealed_password.clone(),
            Password::Typed(password) => {
                fields.push("password of the mail server".to_owned());
                Some(self.sealer.seal(&sealed_for(permit.org_id()), password))
            }
        };
        if fields.is_empty() {
            return Ok(());
        }
        let profile = MailProfile { version: now.profile.version.saturating_add(1), ..profile };
        let version = profile.version;
        let saved =
            mail_profiles::save(&mut change.tx, &permit, &Stored { profile, sealed_password }, change.now).await?;
        if !saved {
            return Err(Error::Conflict(FASTER.to_owned()));
        }
        self.record_profile(change, &permit, version, &fields).await
    }

    /// Puts another logo in place: a file in URL-safe base64, which says by its content what it is.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no small picture, [`Error::Denied`], [`Error::Conflict`].
    pub async fn set_mail_logo(&self, caller: &Caller, org: &str, version: u32, file: &str) -> Result<(), Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::EditMailProfile, None)?;
        let bytes = BASE64.decode(file).map_err(|_| Error::field("logo", InvalidLogo::Kind))?;
        let logo = logo_of(&bytes).map_err(|why| Error::field("logo", why))?;
        self.put_logo(caller, org, version, Some(logo), file).await
    }

    /// Takes the logo away.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Conflict`].
    pub async fn remove_mail_logo(&self, caller: &Caller, org: &str, version: u32) -> Result<(), Error> {
        self.put_logo(caller, org, version, None, "").await
    }

    async fn put_logo(
        &self,
        caller: &Caller,
        org: &str,
        version: u32,
        logo: Option<Logo>,
        file: &str,
    ) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::EditMailProfile, None)?;
        let now = mail_profiles::of_organization(&mut change.tx, permit.org_id()).await?.profile;
        if version != now.version {
            return Err(Error::Conflict(LOGO_FASTER.to_owned()));
        }
        if logo == now.logo {
            return Ok(());
        }
        let profile = MailProfile { version: now.version.saturating_add(1), logo, ..now };
        if !mail_profiles::set_logo(&mut change.tx, &permit, &profile, file, change.now).await? {
            return Err(Error::Conflict(LOGO_FASTER.to_owned()));
        }
        self.record_profile(change, &permit, profile.version, &["logo".to_owned()]).await
    }

    /// The line of the audit log says what was changed, and never to what: addresses and servers are nobody's business
    /// who reads it.
    async fn record_profile(
        &self,
        change: Change,
        permit: &Permit,
        version: u32,
        fields: &[String],
    ) -> Result<(), Error> {
        let to = To { id: Some(permit.org_id().to_string()), name: change.viewer.org.name.as_str().to_owned() };
        let detail = json!({ "version": version, "fields": fields });
        let event = self.event(change.now, &By::from(&change.viewer), "mail_profile.changed", to, &detail);
        let mut tx: Tx = change.tx;
        self.record(&mut tx, event).await?;
        Ok(tx.commit().await?)
    }
}

/// What is known of a file, by its content alone.
fn logo_of(bytes: &[u8]) -> Result<Logo, InvalidLogo> {
    if bytes.is_empty() {
        return Err(InvalidLogo::Missing);
    }
    if bytes.len() > MAX_LOGO_BYTES {
        return Err(InvalidLogo::TooLarge);
    }
    let kind = match imagesize::image_type(bytes) {
        Ok(imagesize::ImageType::Png) => LogoKind::Png,
        Ok(imagesize::ImageType::Jpeg) => LogoKind::Jpeg,
        Ok(imagesize::ImageType::Webp) => LogoKind::Webp,
        _ => return Err(InvalidLogo::Kind),
    };
    let size = imagesize::blob_size(bytes).map_err(|_| InvalidLogo::Kind)?;
    let pixels = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let digest = BASE64.encode(&Sha256::digest(bytes)[..9]);
    Logo::new(kind, (pixels(size.width), pixels(size.height)), digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of one pixel.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x02\x08\x06\0\0\0";

    #[test]
    fn a_picture_is_told_by_its_content() {
        let logo = logo_of(PNG).expect("a picture");
        assert_eq!((logo.kind, logo.width, logo.height, logo.digest.len()), (LogoKind::Png, 1, 2, 12));
        let mut wide = PNG.to_vec();
        wide[18] = 0x10;
        for (bytes, why) in [
            (&b""[..], InvalidLogo::Missing),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", InvalidLogo::Kind),
            (b"<!doctype html><script>alert(1)</script>", InvalidLogo::Kind),
            (b"GIF89a\x01\0\x01\0\0\0\0", InvalidLogo::Kind),
            (b"%PDF-1.7", InvalidLogo::Kind),
            (&PNG[..10], InvalidLogo::Kind),
            (&vec![0; MAX_LOGO_BYTES + 1], InvalidLogo::TooLarge),
            (&wide, InvalidLogo::Sides),
        ] {
            assert_eq!(logo_of(bytes), Err(why));
        }
    }
}
