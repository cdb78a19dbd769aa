//! A mail as the message that leaves: who it is from, and all of its parts.

use lettre::{
    Message,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};
use service::{OrgMail, Outgoing, SendError};
use std::time::{Duration, UNIX_EPOCH};

use super::{
    look::{LOGO_ID, Look},
    render::render_in,
};

/// From whom a mail is: the installation's address with the name that the organization chose, or the address of the
/// organization's own server.
pub(crate) fn sender(installation: &Mailbox, of: Option<&OrgMail>) -> Mailbox {
    let Some(profile) = of.map(|of| &of.profile) else { return installation.clone() };
    let own = profile.server.as_ref().and_then(|server| server.from.as_str().parse().ok());
    let name = (!profile.sender_name.is_empty()).then(|| profile.sender_name.clone());
    match own {
        Some(address) => Mailbox::new(name, address),
        None => Mailbox::new(name.or_else(|| installation.name.clone()), installation.email.clone()),
    }
}

/// The message of a mail. The same id at every try makes the same Message-ID, by which repetitions are told.
pub(super) fn message(installation: &Mailbox, out: &Outgoing) -> Result<Message, SendError> {
    let broken = |what: &str| SendError { message: format!("the mail cannot be written: {what}"), permanent: true };
    let of = out.of.as_deref();
    let rendered =
        render_in(&out.mail, &Look::of(of, |_, _| format!("cid:{LOGO_ID}"))).map_err(|e| broken(&e.to_string()))?;
    let to = out.mail.to().as_str().parse().map_err(|_| broken("address"))?;
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(out.at.millis()).unwrap_or(0));
    let from = sender(installation, of);
    let id = format!("<{}@{}>", out.id, from.email.domain());
    let mut builder = Message::builder()
        .from(from)
        .to(Mailbox::new(rendered.to_name, to))
        .subject(rendered.subject)
        .date(date)
        .message_id(Some(id));
    if let Some(reply_to) = of.and_then(|of| of.profile.reply_to.as_ref()) {
        builder = builder.reply_to(Mailbox::new(None, reply_to.as_str().parse().map_err(|_| broken("reply-to"))?));
    }
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(rendered.text);
    let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(rendered.html);
    let alternatives = MultiPart::alternative().singlepart(text);
    let parts = match of.and_then(logo) {
        Some(logo) => alternatives.multipart(MultiPart::related().singlepart(html).singlepart(logo)),
        None => alternatives.singlepart(html),
    };
    builder.multipart(parts).map_err(|e| broken(&e.to_string()))
}

/// The logo as a part of the mail.
fn logo(of: &OrgMail) -> Option<SinglePart> {
    let logo = of.profile.logo.as_ref().filter(|_| !of.logo.is_empty())?;
    let kind = ContentType::parse(logo.kind.media_type()).ok()?;
    let name = logo.kind.file_name().to_owned();
    Some(Attachment::new_inline_with_name(LOGO_ID.to_owned(), name).body(of.logo.clone(), kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::render;
    use model::{
        Email, OrgId, Timestamp,
        id::Id as _,
        mail_profile::{Color, Logo, LogoKind, MailProfile, MailTemplate, OwnServer, Security},
    };
    use service::sample;
    use std::sync::Arc;

    const NOW: Timestamp = Timestamp::from_millis(1_795_897_000_000);

    /// A profile that has everything, with a color on which white could not be read.
    fn of(server: Option<OwnServer>) -> Arc<OrgMail> {
        Arc::new(OrgMail {
            org_id: OrgId::fresh(NOW, [1; 10]),
            profile: MailProfile {
                version: 1,
                sender_name: "Zoë's <Engines>".to_owned(),
                reply_to: Some(Email::parse("help@engines.example").unwrap()),
                accent: Color::parse("#ffd400").unwrap(),
                logo: Some(Logo::new(LogoKind::Png, (480, 96), "digest".to_owned()).unwrap()),
                footer: "Engines Ltd.\n<b>12 St James's Square</b>".to_owned(),
                server,
            },
            logo: b"\x89PNG".to_vec(),
            password: None,
        })
    }

    fn outgoing(template: MailTemplate, of: Option<Arc<OrgMail>>) -> Outgoing {
        let mail = sample(template, "Analytical Engines", "https://people.example.com", NOW);
        Outgoing { id: "msg_1".to_owned(), at: NOW, mail, of }
    }

    fn installation() -> Mailbox {
        "Rollcall <rollcall@people.example.com>".parse().unwrap()
    }

    fn written(out: &Outgoing) -> String {
        String::from_utf8(message(&installation(), out).unwrap().formatted()).unwrap()
    }

    #[test]
    fn every_mail_of_an_organization_has_its_look() {
        let of = of(None);
        let look = Look::of(Some(&*of), |_, _| "cid:logo".to_owned());
        for template in MailTemplate::ALL {
            let rendered = render_in(&outgoing(template, None).mail, &look).unwrap();
            // A template that brings colors of its own takes `look.accent`, `look.on_accent` and `look.link` instead.
            for color in ["#3b55d9", "color:#ffffff;text-decoration"] {
                assert!(!rendered.html.contains(color), "{color} in {template:?}\n{}", rendered.html);
            }
            for part in
                ["<img src=\"cid:logo\" width=\"240\" height=\"48\"", "Engines Ltd.<br>&#60;b&#62;12 St James&#39;s"]
            {
                assert!(rendered.html.contains(part), "{part} in {template:?}\n{}", rendered.html);
            }
            assert!(
                rendered.text.ends_with("\n\n-- \nEngines Ltd.\n<b>12 St James's Square</b>\n"),
                "{}",
                rendered.text
            );
            if template.is_of_organization() {
                insta::assert_snapshot!(format!("profile_{}_html", template.code()), rendered.html);
                insta::assert_snapshot!(format!("profile_{}_text", template.code()), rendered.text);
            }
        }
    }

    #[test]
    fn without_a_profile_a_mail_looks_as_the_installations() {
        for template in MailTemplate::ALL {
            let out = outgoing(template, None);
            let plain = render(&out.mail).unwrap();
            assert!(!plain.html.contains("<img") && !plain.text.contains("-- \n"), "{template:?}");
            let mail = written(&out);
            assert!(mail.contains("From: Rollcall <rollcall@people.example.com>\r\n") && !mail.contains("Reply-To"));
            assert!(!mail.contains("multipart/related"), "{mail}");
        }
    }

    #[test]
    fn a_mail_brings_its_logo_along_and_loads_nothing() {
        let mail = written(&outgoing(MailTemplate::Invitation, Some(of(None))));
        for part in [
            "Reply-To: help@engines.example\r\n",
            "<rollcall@people.example.com>\r\n",
            "Message-ID: <msg_1@people.example.com>\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: multipart/related;",
            "Content-ID: <logo@rollcall>\r\n",
            "Content-Disposition: inline; filename=\"logo.png\"\r\n",
            "Content-Type: image/png\r\n",
        ] {
            assert!(mail.contains(part), "{part}\n{mail}");
        }
        let html = render_in(
            &outgoing(MailTemplate::Invitation, None).mail,
            &Look::of(Some(&*of(None)), |_, _| format!("cid:{LOGO_ID}")),
        )
        .unwrap()
        .html;
        assert!(!html.contains("src=\"http") && !html.contains("url("), "{html}");
    }

    #[test]
    fn the_sender_is_whom_the_profile_names() {
        let name = |of: Option<Arc<OrgMail>>| sender(&installation(), of.as_deref()).to_string();
        assert_eq!(name(None), "Rollcall <rollcall@people.example.com>");
        assert_eq!(name(Some(of(None))), "\"Zoë's <Engines>\" <rollcall@people.example.com>");
        let server = OwnServer {
            host: "smtp.engines.example".to_owned(),
            port: 465,
            security: Security::Tls,
            user: String::new(),
            from: Email::parse("people@engines.example").unwrap(),
        };
        assert_eq!(name(Some(of(Some(server.clone())))), "\"Zoë's <Engines>\" <people@engines.example>");
        let mail = written(&outgoing(MailTemplate::Invitation, Some(of(Some(server)))));
        assert!(mail.contains("Message-ID: <msg_1@engines.example>\r\n"), "{mail}");
    }
}
