//! Templates: each mail as HTML and as text, with the same facts, in the look of its organization or of the installation.

use askama::{DynTemplate, Template};
use model::{Email, Timestamp, text::thousands};
use service::Mail;

use super::look::Look;

/// A mail, ready to be put into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The name beside the address, where it is known.
    pub to_name: Option<String>,
    /// The subject.
    pub subject: String,
    /// For reading anywhere.
    pub text: String,
    /// For reading with pleasure.
    pub html: String,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    invited_by: &'a str,
    role: &'a str,
    link: &'a str,
    expires: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "invitation.txt")]
struct InvitationText<'a> {
    to_name: &'a str,
    org_name: &'a str,
    invited_by: &'a str,
    role: &'a str,
    link: &'a str,
    expires: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "password_reset.html")]
struct PasswordResetHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "password_reset.txt")]
struct PasswordResetText<'a> {
    to_name: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "password_changed.html")]
struct PasswordChangedHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    at: &'a str,
    forgot: &'a str,
}

#[derive(Template)]
#[template(path = "password_changed.txt")]
struct PasswordChangedText<'a> {
    to_name: &'a str,
    at: &'a str,
    forgot: &'a str,
}

#[derive(Template)]
#[template(path = "confirm_old_email.html")]
struct ConfirmOldEmailHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    new_email: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "confirm_old_email.txt")]
struct ConfirmOldEmailText<'a> {
    to_name: &'a str,
    new_email: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "confirm_new_email.html")]
struct ConfirmNewEmailHtml<'a> {
    subject: &'a str,
    to: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "confirm_new_email.txt")]
struct ConfirmNewEmailText<'a> {
    to: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "email_changed.html")]
struct EmailChangedHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    new_email: &'a str,
    at: &'a str,
}

#[derive(Template)]
#[template(path = "email_changed.txt")]
struct EmailChangedText<'a> {
    to_name: &'a str,
    new_email: &'a str,
    at: &'a str,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomeHtml<'a> {
    subject: &'a str,
    to: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    created_by: &'a str,
    password: &'a str,
    link: &'a str,
    expires: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "welcome.txt")]
struct WelcomeText<'a> {
    to: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    created_by: &'a str,
    password: &'a str,
    link: &'a str,
    expires: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "ownership_offered.html")]
struct OwnershipOfferedHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    offered_by: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "ownership_offered.txt")]
struct OwnershipOfferedText<'a> {
    to_name: &'a str,
    org_name: &'a str,
    offered_by: &'a str,
    link: &'a str,
    expires: &'a str,
}

#[derive(Template)]
#[template(path = "ownership_answered.html")]
struct OwnershipAnsweredHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    answered_by: &'a str,
    accepted: bool,
    link: &'a str,
    at: &'a str,
}

#[derive(Template)]
#[template(path = "ownership_answered.txt")]
struct OwnershipAnsweredText<'a> {
    to_name: &'a str,
    org_name: &'a str,
    answered_by: &'a str,
    accepted: bool,
    link: &'a str,
    at: &'a str,
}

#[derive(Template)]
#[template(path = "request_digest.html")]
struct RequestDigestHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    waiting: &'a [(String, Email)],
    /// How many more there are, in words; empty where all are named.
    more: &'a str,
    list: &'a str,
}

#[derive(Template)]
#[template(path = "request_digest.txt")]
struct RequestDigestText<'a> {
    to_name: &'a str,
    org_name: &'a str,
    waiting: &'a [(String, Email)],
    /// How many more there are, in words; empty where all are named.
    more: &'a str,
    list: &'a str,
}

#[derive(Template)]
#[template(path = "request_dismissed.html")]
struct RequestDismissedHtml<'a> {
    subject: &'a str,
    org_name: &'a str,
}

#[derive(Template)]
#[template(path = "request_dismissed.txt")]
struct RequestDismissedText<'a> {
    org_name: &'a str,
}

#[derive(Template)]
#[template(path = "access_ends.html")]
struct AccessEndsHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    opening: &'a str,
    /// What ends, and until when it lasts.
    ends: &'a [(String, String)],
    link: &'a str,
    button: &'a str,
    way_on: &'a str,
}

#[derive(Template)]
#[template(path = "access_ends.txt")]
struct AccessEndsText<'a> {
    to_name: &'a str,
    opening: &'a str,
    /// What ends, and until when it lasts.
    ends: &'a [(String, String)],
    link: &'a str,
    button: &'a str,
    way_on: &'a str,
}

#[derive(Template)]
#[template(path = "test.html")]
struct TestHtml<'a> {
    subject: &'a str,
    to_name: &'a str,
    org_name: &'a str,
    at: &'a str,
}

#[derive(Template)]
#[template(path = "test.txt")]
struct TestText<'a> {
    to_name: &'a str,
    org_name: &'a str,
    at: &'a str,
}

/// Renders a mail as the installation's own mail looks.
///
/// # Errors
/// As of [`render_in`].
pub fn render(mail: &Mail) -> Result<Rendered, askama::Error> {
    render_in(mail, &Look::default())
}

/// Renders a mail in a look, which every template finds by its name.
///
/// # Errors
/// A template that does not fit its facts, which is a defect.
pub fn render_in(mail: &Mail, look: &Look) -> Result<Rendered, askama::Error> {
    let rendered = |to_name: &str, subject: &str, html: &dyn DynTemplate, text: &dyn DynTemplate| {
        Ok(Rendered {
            to_name: (!to_name.is_empty()).then(|| to_name.to_owned()),
            subject: subject.to_owned(),
            html: html.dyn_render_with_values(look)?,
            text: look.signed(&text.dyn_render()?),
        })
    };
    match mail {
        Mail::Invitation { to_name, org_name, invited_by, role, link, expires_at, access_until, .. } => {
            let (subject, expires) = (format!("{invited_by} invites you to {org_name}"), expires_at.exact());
            let (expires, until) = (expires.as_str(), last_day(*access_until));
            let until = until.as_str();
            let html = InvitationHtml { subject: &subject, to_name, org_name, invited_by, role, link, expires, until };
            let text = InvitationText { to_name, org_name, invited_by, role, link, expires, until };
            rendered(to_name, &subject, &html, &text)
        }
        Mail::Welcome { to, to_name, org_name, created_by, password, link, expires_at, access_until } => {
            let subject = format!("Your account at {org_name}");
            let (to, expires) = (to.as_str(), expires_at.exact());
            let (expires, until) = (expires.as_str(), last_day(*access_until));
            let (until, subject) = (until.as_str(), subject.as_str());
            let html = WelcomeHtml { subject, to, to_name, org_name, created_by, password, link, expires, until };
            let text = WelcomeText { to, to_name, org_name, created_by, password, link, expires, until };
            rendered(to_name, subject, &html, &text)
        }
        Mail::PasswordReset { to_name, link, expires_at, .. } => {
            let (subject, expires) = ("Choose a new password", expires_at.exact());
            let html = PasswordResetHtml { subject, to_name, link, expires: &expires };
            let text = PasswordResetText { to_name, link, expires: &expires };
            rendered(to_name, subject, &html, &text)
        }
        Mail::PasswordChanged { to_name, at, forgot, .. } => {
            let (subject, at) = ("Your password was changed", at.exact());
            let html = PasswordChangedHtml { subject, to_name, at: &at, forgot };
            let text = PasswordChangedText { to_name, at: &at, forgot };
            rendered(to_name, subject, &html, &text)
        }
        Mail::ConfirmOldEmail { to_name, new_email, link, expires_at, .. } => {
            let (subject, expires, new_email) = ("Change your email?", expires_at.exact(), new_email.as_str());
            let html = ConfirmOldEmailHtml { subject, to_name, new_email, link, expires: &expires };
            let text = ConfirmOldEmailText { to_name, new_email, link, expires: &expires };
            rendered(to_name, subject, &html, &text)
        }
        Mail::ConfirmNewEmail { to, link, expires_at } => {
            let (subject, expires, to) = ("Confirm this email", expires_at.exact(), to.as_str());
            let html = ConfirmNewEmailHtml { subject, to, link, expires: &expires };
            rendered("", subject, &html, &ConfirmNewEmailText { to, link, expires: &expires })
        }
        Mail::EmailChanged { to_name, new_email, at, .. } => {
            let (subject, at, new_email) = ("Your email was changed", at.exact(), new_email.as_str());
            let html = EmailChangedHtml { subject, to_name, new_email, at: &at };
            rendered(to_name, subject, &html, &EmailChangedText { to_name, new_email, at: &at })
        }
        Mail::OwnershipOffered { to_name, org_name, offered_by, link, expires_at, .. } => {
            let (subject, expires) =
                (format!("{offered_by} offers you the ownership of {org_name}"), expires_at.exact());
            let (subject, expires) = (subject.as_str(), expires.as_str());
            let html = OwnershipOfferedHtml { subject, to_name, org_name, offered_by, link, expires };
            let text = OwnershipOfferedText { to_name, org_name, offered_by, link, expires };
            rendered(to_name, subject, &html, &text)
        }
        Mail::OwnershipAnswered { to_name, org_name, answered_by, accepted, link, at, .. } => {
            let became = if *accepted { "accepted" } else { "declined" };
            let (subject, at) = (format!("{answered_by} {became} the ownership of {org_name}"), at.exact());
            let (subject, at, accepted) = (subject.as_str(), at.as_str(), *accepted);
            let html = OwnershipAnsweredHtml { subject, to_name, org_name, answered_by, accepted, link, at };
            let text = OwnershipAnsweredText { to_name, org_name, answered_by, accepted, link, at };
            rendered(to_name, subject, &html, &text)
        }
        Mail::RequestDigest { to_name, org_name, waiting, more, list, .. } => {
            let subject = match waiting.len() as u64 + more {
                1 => format!("1 person asks to join {org_name}"),
                n => format!("{} people ask to join {org_name}", thousands(n)),
            };
            let more = if *more == 0 { String::new() } else { thousands(*more) };
            let more = more.as_str();
            let html = RequestDigestHtml { subject: &subject, to_name, org_name, waiting, more, list };
            rendered(to_name, &subject, &html, &RequestDigestText { to_name, org_name, waiting, more, list })
        }
        Mail::RequestDismissed { org_name, .. } => {
            let subject = format!("Your request to join {org_name}");
            let html = RequestDismissedHtml { subject: &subject, org_name };
            rendered("", &subject, &html, &RequestDismissedText { org_name })
        }
        Mail::AccessEnds { to_name, org_name, whose, access, role, link, .. } => {
            let Ending { subject, opening, ends, button, way_on } =
                &Ending::new(org_name, whose.as_deref(), *access, role.as_ref());
            let html = AccessEndsHtml { subject, to_name, org_name, opening, ends, link, button, way_on };
            rendered(to_name, subject, &html, &AccessEndsText { to_name, opening, ends, link, button, way_on })
        }
        Mail::Test { to_name, org_name, at, .. } => {
            let (subject, at) = (format!("The mail of {org_name} works"), at.exact());
            let html = TestHtml { subject: &subject, to_name, org_name, at: &at };
            rendered(to_name, &subject, &html, &TestText { to_name, org_name, at: &at })
        }
    }
}

/// What a mail says of access or a role that ends soon.
struct Ending {
    subject: String,
    opening: String,
    /// What ends, and until when it lasts.
    ends: Vec<(String, String)>,
    button: String,
    way_on: &'static str,
}

impl Ending {
    fn new(
        org_name: &str,
        whose: Option<&str>,
        access: Option<Timestamp>,
        role: Option<&(String, Timestamp, String)>,
    ) -> Self {
        let what = if access.is_some() { "access" } else { "role" };
        let role = role.map(|(role, at, then)| {
            (format!("The role {role}"), format!("until {}, then {then}", at.last_day_words()))
        });
        let access = access.map(|at| ("Access".to_owned(), format!("until {}", at.last_day_words())));
        let ends = role.into_iter().chain(access).collect();
        match whose {
            None => Self {
                subject: format!("Your {what} at {org_name} ends soon"),
                opening: format!("what you may do at {org_name} changes soon:"),
                ends,
                button: format!("Open {org_name}"),
                way_on: "If you need it for longer, ask an admin there.",
            },
            Some(whose) => Self {
                subject: format!("The {what} of {whose} at {org_name} ends soon"),
                opening: format!("you set an end to what {whose} may do at {org_name}. It is near:"),
                ends,
                button: format!("Open the profile of {whose}"),
                way_on: "Choose another day there if they need it for longer. Otherwise nothing is left to do.",
            },
        }
    }
}

/// The last day of an access in words; empty where it has no end.
fn last_day(access_until: Option<Timestamp>) -> String {
    access_until.map(Timestamp::last_day_words).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(to_name: &str, org_name: &str) -> Mail {
        Mail::Invitation {
            to: Email::parse("grace@navy.example").unwrap(),
            to_name: to_name.to_owned(),
            org_name: org_name.to_owned(),
            invited_by: "Ada Lovelace".to_owned(),
            role: "Member".to_owned(),
            link: "https://people.example.com/invite/TOKEN".to_owned(),
            expires_at: Timestamp::from_millis(1_795_897_000_000),
            access_until: None,
        }
    }

    /// The end of 31 January 2027.
    const LAST: Timestamp = Timestamp::from_millis(1_801_440_000_000);

    #[test]
    fn who_gets_access_for_a_time_is_told_until_when() {
        for mut mail in [invitation("Grace", "Engines"), welcome("Grace", "Engines")] {
            let (Mail::Invitation { access_until, .. } | Mail::Welcome { access_until, .. }) = &mut mail else {
                panic!("{mail:?}")
            };
            *access_until = Some(LAST);
            let mail = render(&mail).unwrap();
            for body in [mail.text, mail.html] {
                assert!(body.contains("Your access lasts until 31 Jan 2027."), "{body}");
            }
        }
    }

    #[test]
    fn an_invitation_reads_well_as_text_and_as_html() {
        let mail = render(&invitation("Grace Hopper", "Analytical Engines")).unwrap();
        insta::assert_snapshot!("invitation_text", mail.text);
        insta::assert_snapshot!("invitation_html", mail.html);
        assert_eq!(mail.subject, "Ada Lovelace invites you to Analytical Engines");
    }

    fn welcome(to_name: &str, org_name: &str) -> Mail {
        Mail::Welcome {
            to: Email::parse("grace@navy.example").unwrap(),
            to_name: to_name.to_owned(),
            org_name: org_name.to_owned(),
            created_by: "Ada Lovelace".to_owned(),
            password: "k7mwp-3xq9t-<bvz4>-h2n8r".to_owned(),
            link: "https://people.example.com/login".to_owned(),
            expires_at: Timestamp::from_millis(1_795_897_000_000),
            access_until: None,
        }
    }

    #[test]
    fn a_welcome_reads_well_as_text_and_as_html() {
        let mail = render(&welcome("Grace Hopper", "Analytical Engines")).unwrap();
        insta::assert_snapshot!("welcome_text", mail.text);
        insta::assert_snapshot!("welcome_html", mail.html);
        assert_eq!(mail.subject, "Your account at Analytical Engines");
        let wild = render(&welcome("<img src=x>", "<script>alert(1)</script>")).unwrap();
        assert!(!wild.html.contains("<script") && !wild.html.contains("<img"));
        assert!(wild.text.contains("k7mwp-3xq9t-<bvz4>-h2n8r"), "a password is written as it is typed");
    }

    #[test]
    fn what_ends_soon_reads_well_to_both() {
        let at = Timestamp::from_millis(1_795_897_000_000);
        let mail = |whose: Option<&str>, access: Option<Timestamp>| Mail::AccessEnds {
            to: Email::parse("grace@navy.example").unwrap(),
            to_name: "Grace Hopper".to_owned(),
            org_name: "Analytical Engines".to_owned(),
            whose: whose.map(str::to_owned),
            access,
            role: Some(("Admin".to_owned(), at, "Member".to_owned())),
            link: "https://people.example.com/o/analytical-engines".to_owned(),
        };
        let own = render(&mail(None, Some(at))).unwrap();
        insta::assert_snapshot!("access_ends_text", own.text);
        insta::assert_snapshot!("access_ends_html", own.html);
        assert_eq!(own.subject, "Your access at Analytical Engines ends soon");
        let others = render(&mail(Some("Alan <b>"), None)).unwrap();
        insta::assert_snapshot!("access_ends_others_text", others.text);
        assert_eq!(others.subject, "The role of Alan <b> at Analytical Engines ends soon");
        assert!(!others.html.contains("<b>"));
    }

    /// What each mail about an account says, to Ada or to whom its name may be.
    fn about_an_account(to_name: &str) -> [(&'static str, Mail); 5] {
        let (to, to_name) = (Email::parse("ada@engines.example").unwrap(), to_name.to_owned());
        let new_email = Email::parse("ada@new.example").unwrap();
        let at = Timestamp::from_millis(1_795_897_000_000);
        let reset = "https://people.example.com/reset/TOKEN".to_owned();
        let email = "https://people.example.com/email/TOKEN".to_owned();
        let forgot = "https://people.example.com/forgot".to_owned();
        [
            (
                "password_reset",
                Mail::PasswordReset { to: to.clone(), to_name: to_name.clone(), link: reset, expires_at: at },
            ),
            ("password_changed", Mail::PasswordChanged { to: to.clone(), to_name: to_name.clone(), at, forgot }),
            (
                "confirm_old_email",
                Mail::ConfirmOldEmail {
                    to: to.clone(),
                    to_name: to_name.clone(),
                    new_email: new_email.clone(),
                    link: email.clone(),
                    expires_at: at,
                },
            ),
            ("confirm_new_email", Mail::ConfirmNewEmail { to: new_email.clone(), link: email, expires_at: at }),
            ("email_changed", Mail::EmailChanged { to, to_name, new_email, at }),
        ]
    }

    #[test]
    fn mails_about_an_account_read_well_as_text_and_as_html() {
        for (name, mail) in about_an_account("Ada Lovelace") {
            let rendered = render(&mail).unwrap();
            insta::assert_snapshot!(format!("{name}_text"), rendered.text);
            insta::assert_snapshot!(format!("{name}_html"), rendered.html);
            assert!(mail.link().is_none_or(|link| rendered.text.contains(link) && rendered.html.contains(link)));
        }
    }

    #[test]
    fn a_name_of_an_account_brings_no_markup_and_reaches_no_strangers_mailbox() {
        for (name, mail) in about_an_account("<img src=x>") {
            let rendered = render(&mail).unwrap();
            assert!(!rendered.html.contains("<img"), "{name}");
            let names = [rendered.to_name.unwrap_or_default(), rendered.text, rendered.html].join(" ").contains("img");
            assert_eq!(names, name != "confirm_new_email", "{name}");
        }
    }

    fn about_ownership(name: &str) -> [(&'static str, Mail); 3] {
        let (to, at) = (Email::parse("grace@navy.example").unwrap(), Timestamp::from_millis(1_795_897_000_000));
        let link = "https://people.example.com/o/engines/ownership".to_owned();
        let org_name = "Analytical Engines".to_owned();
        let answered = |accepted| Mail::OwnershipAnswered {
            to: to.clone(),
            to_name: name.to_owned(),
            org_name: org_name.clone(),
            answered_by: name.to_owned(),
            accepted,
            link: link.clone(),
            at,
        };
        let offered = Mail::OwnershipOffered {
            to: to.clone(),
            to_name: name.to_owned(),
            org_name: org_name.clone(),
            offered_by: name.to_owned(),
            link: link.clone(),
            expires_at: at,
        };
        [
            ("ownership_offered", offered),
            ("ownership_accepted", answered(true)),
            ("ownership_declined", answered(false)),
        ]
    }

    #[test]
    fn mails_about_ownership_read_well_as_text_and_as_html() {
        for (name, mail) in about_ownership("Grace Hopper") {
            let rendered = render(&mail).unwrap();
            insta::assert_snapshot!(format!("{name}_text"), rendered.text);
            insta::assert_snapshot!(format!("{name}_html"), rendered.html);
        }
        for (name, mail) in about_ownership("<img src=x>") {
            assert!(!render(&mail).unwrap().html.contains("<img"), "{name}");
        }
    }

    fn digest(name: &str, more: u64) -> Mail {
        let waiting = [(name, "grace@navy.example"), ("margaret", "margaret@nasa.example")];
        Mail::RequestDigest {
            to: Email::parse("ada@engines.example").unwrap(),
            to_name: "Ada Lovelace".to_owned(),
            org_name: "Analytical Engines".to_owned(),
            waiting: waiting.map(|(name, email)| (name.to_owned(), Email::parse(email).unwrap())).to_vec(),
            more,
            list: "https://people.example.com/o/analytical-engines/users?tab=requests".to_owned(),
        }
    }

    #[test]
    fn mails_about_requests_read_well_as_text_and_as_html() {
        let mail = render(&digest("Grace Hopper", 1_234)).unwrap();
        insta::assert_snapshot!("request_digest_text", mail.text);
        insta::assert_snapshot!("request_digest_html", mail.html);
        assert_eq!(mail.subject, "1,236 people ask to join Analytical Engines");
        let few = render(&digest("Grace Hopper", 0)).unwrap();
        assert!(!few.text.contains("more") && !few.html.contains("more"), "{}", few.text);
        assert_eq!(few.subject, "2 people ask to join Analytical Engines");

        let to = Email::parse("grace@navy.example").unwrap();
        let mail = render(&Mail::RequestDismissed { to, org_name: "Analytical <Engines>".to_owned() }).unwrap();
        insta::assert_snapshot!("request_dismissed_text", mail.text);
        insta::assert_snapshot!("request_dismissed_html", mail.html);
        assert_eq!((mail.to_name, mail.subject.as_str()), (None, "Your request to join Analytical <Engines>"));
    }

    #[test]
    fn who_asks_brings_no_markup_to_the_admins() {
        let mail = render(&digest("<img src=x>", 0)).unwrap();
        assert!(!mail.html.contains("<img") && mail.text.contains("<img src=x>"), "{}", mail.html);
    }

    #[test]
    fn names_cannot_bring_markup_into_the_html() {
        let mail = render(&invitation("<img src=x>", "<script>alert(1)</script>")).unwrap();
        assert!(!mail.html.contains("<script") && !mail.html.contains("<img"));
        assert!(mail.text.contains("<script>alert(1)</script>"));
    }

    #[test]
    fn without_a_name_nobody_is_greeted() {
        assert!(!render(&invitation("", "Engines")).unwrap().text.contains("Hello"));
    }
}
