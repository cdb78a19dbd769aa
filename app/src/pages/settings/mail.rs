//! The mail profile of an organization (B2): sender, look and mail server. What was entered can be looked at, and tried
//! out, before it is saved.

use leptos::{html, prelude::*};
use model::{
    mail_profile::{MailSettings, MailTemplate, OwnServer, PrivateServers, Security},
    people::Viewer,
};

use super::mail_answer::{PreviewFrames, Report};
use crate::{
    api::mail_profile::{EditMailProfile, MailAnswer, RemoveMailLogo, SetMailLogo, get_mail_settings},
    components::{
        form::{Form, FormMessage, FormState, UploadForm, use_form},
        loaded::Loaded,
        ui::{Field, FileField, Icon, PageTitle, TextAreaField},
    },
    paths,
};

/// `/o/:org/settings/mail`
#[component]
pub fn MailPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || org.clone(), get_mail_settings);
    view! {
        <PageTitle text="Mail" />
        <Loaded of=move || found waiting="Loading…" show=|settings| view! { <Settings settings /> } />
    }
}

#[component]
fn Settings(settings: MailSettings) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    let form = use_form::<EditMailProfile>(None);
    let (of_logo, of_form) = (org.clone(), org.clone());
    view! {
        <div class="page-head">
            <div>
                <h1>"Mail"</h1>
                <p>"How the mail of " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span> " looks, and by which server it leaves."</p>
            </div>
        </div>
        <FormMessage form />
        <LogoPanel org=of_logo settings=settings.clone() />
        <section class="panel" aria-labelledby="profile">
            <h2 id="profile">"Sender, look and server"</h2>
            <Form form class="mail-form">
                <input type="hidden" name="org" value=of_form />
                <input type="hidden" name="version" value=settings.profile.version.to_string() />
                <Look settings=settings.clone() form />
                <Server settings form />
                <Actions form />
            </Form>
            <Answer org form />
        </section>
    }
}

/// The logo: what it is, another one, none.
#[component]
fn LogoPanel(org: String, settings: MailSettings) -> impl IntoView {
    let (upload, remove) = (use_form::<SetMailLogo>(None), use_form::<RemoveMailLogo>(None));
    let version = settings.profile.version.to_string();
    let now = settings.profile.logo.map(|logo| {
        let (width, height) = logo.shown();
        let src = paths::mail_logo(&org, &logo.digest);
        let (org, version) = (org.clone(), version.clone());
        view! {
            <div class="logo-now">
                <img src=src width=width.to_string() height=height.to_string() alt="The logo as it is" />
                <Form form=remove>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="version" value=version />
                    <button class="button small">"Remove logo"</button>
                </Form>
            </div>
        }
    });
    view! {
        <section class="panel" aria-labelledby="logo-title">
            <h2 id="logo-title">"Logo"</h2>
            <FormMessage form=upload />
            <FormMessage form=remove />
            {now}
            <UploadForm form=upload class="logo-form">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="version" value=version />
                <FileField
                    id="logo"
                    name="logo"
                    label="Picture"
                    accept="image/png,image/jpeg,image/webp"
                    hint="PNG, JPEG or WebP of at most 100 KB. It travels inside every mail, so reading one tells nobody anything. Save what you entered below first."
                    error=upload.error("logo")
                />
                <button class="button">"Upload logo"</button>
            </UploadForm>
        </section>
    }
}

/// A part of the form under a heading.
#[component]
fn Part(legend: &'static str, hint: &'static str, children: Children) -> impl IntoView {
    view! {
        <fieldset class="policy">
            <legend>{legend}</legend>
            <p class="hint">{hint}</p>
            <div class="stack">{children()}</div>
        </fieldset>
    }
}

#[component]
fn Look(settings: MailSettings, form: FormState<EditMailProfile>) -> impl IntoView {
    let profile = settings.profile;
    let reply_to = profile.reply_to.as_ref().map(ToString::to_string).unwrap_or_default();
    view! {
        <Part legend="Sender" hint="What people see beside the subject, and where their answers go.">
            <div class="pair">
                <Field
                    id="sender_name"
                    name="sender_name"
                    label="Sender name"
                    value=form.value_or("sender_name", &profile.sender_name)
                    error=form.error("sender_name")
                    hint="Empty for the name of this installation."
                    optional=true
                />
                <Field
                    id="reply_to"
                    name="reply_to"
                    label="Reply-to address"
                    kind="email"
                    value=form.value_or("reply_to", &reply_to)
                    error=form.error("reply_to")
                    optional=true
                />
            </div>
        </Part>
        <Part legend="Look" hint="For invitations and welcome mails. Mail about an account itself keeps the look of this installation.">
            <Field
                id="accent"
                name="accent"
                label="Accent color"
                value=form.value_or("accent", &profile.accent.to_string())
                error=form.error("accent")
                hint="As in #3b55d9. Text on buttons becomes black or white, whichever reads better."
                optional=true
            />
            <TextAreaField
                id="footer"
                name="footer"
                label="Footer"
                value=form.value_or("footer", &profile.footer)
                hint="Below every mail: your address, or what the law asks for. Up to 500 characters in 10 lines."
                error=form.error("footer")
                autofocus=false
            />
        </Part>
    }
}

/// A server of the organization's own.
#[component]
fn Server(settings: MailSettings, form: FormState<EditMailProfile>) -> impl IntoView {
    let server = settings.profile.server;
    let of = |text: fn(&OwnServer) -> String| server.as_ref().map(text).unwrap_or_default();
    let (host, user, from) = (of(|s| s.host.clone()), of(|s| s.user.clone()), of(|s| s.from.to_string()));
    let port = server.as_ref().map_or_else(|| "465".to_owned(), |server| server.port.to_string());
    let now = server.as_ref().map(|server| server.security).unwrap_or_default();
    let chosen = form.value_or("security", now.code());
    let choices = Security::ALL
        .map(|way| view! { <option value=way.code() selected=way.code() == chosen>{way.label()}</option> })
        .collect_view();
    let security_error = form.error("security");
    // Without a script a page comes back without the password that was typed.
    let lost = form.entered("user").is_some_and(|user| !user.is_empty());
    let password_hint = match (lost, settings.has_password) {
        (true, _) => {
            "Type it again: what was typed does not come back to this page. Empty keeps the one that is saved."
        }
        (false, true) => "One is saved, and is never shown. Leave it empty to keep it.",
        (false, false) => "Kept encrypted, and never shown again.",
    };
    let port_hint = match settings.private_servers {
        PrivateServers::Refused => "25, 465, 587 or 2525.",
        PrivateServers::Allowed => "This installation allows any.",
    };
    view! {
        <Part
            legend="Mail server"
            hint="Leave the host empty to send by the server of this installation. Mail about an account itself always does."
        >
            <div class="server-line">
                <Field
                    id="host"
                    name="host"
                    label="Host"
                    kind="text"
                    value=form.value_or("host", &host)
                    error=form.error("host")
                    hint="As in smtp.example.com."
                    optional=true
                />
                <Field
                    id="port"
                    name="port"
                    label="Port"
                    inputmode="numeric"
                    value=form.value_or("port", &port)
                    error=form.error("port")
                    hint=port_hint
                />
            </div>
            <div class="field">
                <label for="security">"Encryption"</label>
                <select
                    id="security"
                    name="security"
                    aria-invalid=move || security_error.get().is_some().then_some("true")
                    aria-describedby=move || security_error.get().is_some().then_some("security-error")
                >
                    {choices}
                </select>
                {move || {
                    security_error
                        .get()
                        .map(|text| view! { <p class="field-error" id="security-error"><Icon name="circle-alert" />{text}</p> })
                }}
            </div>
            <div class="pair">
                <Field
                    id="user"
                    name="user"
                    label="User"
                    value=form.value_or("user", &user)
                    error=form.error("user")
                    hint="Empty where nobody signs in."
                    optional=true
                />
                <Field
                    id="smtp_password"
                    name="smtp_password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    error=form.error("smtp_password")
                    hint=password_hint
                    optional=true
                />
            </div>
            <Field
                id="from_email"
                name="from_email"
                label="Sender address"
                kind="email"
                value=form.value_or("from_email", &from)
                error=form.error("from_email")
                hint="Needed with a server of your own, which has to accept it."
                optional=true
            />
        </Part>
    }
}

/// What can be done with what was entered.
#[component]
fn Actions(form: FormState<EditMailProfile>) -> impl IntoView {
    let chosen = form.value_or("template", MailTemplate::Invitation.code());
    let templates = MailTemplate::ALL
        .map(|mail| view! { <option value=mail.code() selected=mail.code() == chosen>{mail.label()}</option> })
        .collect_view();
    view! {
        <div class="form-foot">
            <button class="button primary" name="op" value="save">"Save"</button>
            <button class="button" name="op" value="test"><Icon name="send" />"Send me a test"</button>
            <p class="hint">"A test goes to your own address, by what stands here, saved or not."</p>
        </div>
        <div class="form-foot">
            <div class="field">
                <label for="template">"Mail to preview"</label>
                <select id="template" name="template">{templates}</select>
            </div>
            <button class="button" name="op" value="preview"><Icon name="eye" />"Preview"</button>
        </div>
    }
}

/// What the last button brought.
#[component]
fn Answer(org: String, form: FormState<EditMailProfile>) -> impl IntoView {
    let answer = form.data();
    move || {
        let panel = NodeRef::<html::Section>::new();
        // What was asked for is read next, also where it is out of sight.
        Effect::new(move |_| {
            if let Some(panel) = panel.get() {
                let _ = panel.focus();
            }
        });
        let answer = answer.get()?;
        let (label, body) = match answer {
            MailAnswer::Preview(preview) => ("Preview", view! { <PreviewFrames org=org.clone() preview /> }.into_any()),
            MailAnswer::Test(report) => ("Test mail", view! { <Report report /> }.into_any()),
        };
        Some(view! {
            <section class="preview" aria-label=label tabindex="-1" node_ref=panel>
                <h2>{label}</h2>
                {body}
            </section>
        })
    }
}
