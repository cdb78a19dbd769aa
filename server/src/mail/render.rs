//! Templates: each mail as HTML and as text, with the same facts.

use askama::Template;
use service::Mail;

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
}

/// Renders a mail.
///
/// # Errors
/// A template that does not fit its facts, which is a defect.
pub fn render(mail: &Mail) -> Result<Rendered, askama::Error> {
    match mail {
        Mail::Invitation { to_name, org_name, invited_by, role, link, expires_at, .. } => {
            let subject = format!("{invited_by} invites you to {org_name}");
            let expires = expires_at.exact();
            let html =
                InvitationHtml { subject: &subject, to_name, org_name, invited_by, role, link, expires: &expires };
            let text = InvitationText { to_name, org_name, invited_by, role, link, expires: &expires };
            Ok(Rendered {
                to_name: (!to_name.is_empty()).then(|| to_name.clone()),
                html: html.render()?,
                text: text.render()?,
                subject,
            })
        }
        Mail::Welcome { to, to_name, org_name, created_by, password, link, expires_at } => {
            let subject = format!("Your account at {org_name}");
            let (to, expires) = (to.as_str(), expires_at.exact());
            let expires = expires.as_str();
            let html = WelcomeHtml { subject: &subject, to, to_name, org_name, created_by, password, link, expires };
            let text = WelcomeText { to, to_name, org_name, created_by, password, link, expires };
            Ok(Rendered {
                to_name: (!to_name.is_empty()).then(|| to_name.clone()),
                html: html.render()?,
                text: text.render()?,
                subject,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Email, Timestamp};

    fn invitation(to_name: &str, org_name: &str) -> Mail {
        Mail::Invitation {
            to: Email::parse("grace@navy.example").unwrap(),
            to_name: to_name.to_owned(),
            org_name: org_name.to_owned(),
            invited_by: "Ada Lovelace".to_owned(),
            role: "Member".to_owned(),
            link: "https://people.example.com/invite/TOKEN".to_owned(),
            expires_at: Timestamp::from_millis(1_795_897_000_000),
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
