//! What is pressed, filled in, chosen and followed.

use leptos::prelude::*;
use model::{
    Preset,
    password::{Strength, WeakPassword},
    people::{PeopleCounts, PeopleQuery, Tab},
};

use super::{Sample, made_up};
use crate::{
    components::{
        frame::{NavLink, ProfileMenu, ThemeChoice},
        palette::PaletteButton,
        password::Meter,
        switcher::OrgSwitcher,
        ui::{Choice, Field, Icon, Menu, TextAreaField},
    },
    pages::people::grid::{Pager, Tabs},
};

pub(super) fn buttons() -> AnyView {
    let tones = [("Plain", ""), ("Primary", "primary"), ("Danger", "danger"), ("Ghost", "ghost")];
    let row = move |size: &'static str| {
        tones
            .map(|(label, tone)| {
                let class = format!("button {tone} {size}");
                view! {
                    <button type="button" class=class.clone()>{label}</button>
                    <button type="button" class=class.clone()><Icon name="mail" />{label}</button>
                    <button type="button" class=class disabled>{label}</button>
                }
            })
            .collect_view()
    };
    view! {
        <Sample of="As they are">{row("")}</Sample>
        <Sample of="Small">{row("small")}</Sample>
        <Sample of="Large, in a card">
            <button type="button" class="button primary large">"Create organization"</button>
        </Sample>
        <Sample of="Icons alone">
            {["ellipsis", "x", "arrow-up"]
                .map(|name| {
                    view! {
                        <button type="button" class="button icon-only ghost" aria-label=name><Icon name /></button>
                    }
                })
                .collect_view()}
        </Sample>
        <Sample of="Links that look like them">
            <a class="button" href="#buttons"><Icon name="pencil" />"Edit user"</a>
            <a class="button small" href="#buttons">"Manage"</a>
            <span class="button small" aria-disabled="true">"Previous"</span>
        </Sample>
    }
    .into_any()
}

pub(super) fn fields() -> AnyView {
    let error = |text: &str| Signal::stored(Some(text.to_owned()));
    let fine = Signal::stored(None);
    view! {
        <div class="gallery-columns">
            <Field id="field-plain" name="x" label="Plain" value="Ada" error=fine />
            <Field id="field-optional" name="x" label="Last name" error=fine optional=true />
            <Field id="field-hint" name="x" label="With a hint" kind="password" hint="At least 15 characters." error=fine />
            <Field
                id="field-error"
                name="x"
                label="Wrong"
                value="ada@"
                hint="The address that the invitation goes to."
                error=error("Enter an email address.")
            />
            <Field
                id="field-readonly"
                name="x"
                label="Not to be changed"
                value="grace@navy.example"
                hint="This person has an account and changes the address themselves."
                error=fine
                readonly=true
            />
            <div class="field">
                <label for="field-select">"Select"</label>
                <select id="field-select">
                    <option>"Member"</option>
                    <option>"Viewer"</option>
                </select>
            </div>
            <TextAreaField
                id="area-plain"
                name="x"
                label="Several lines"
                value="ada@analytical.example\ngrace@navy.example"
                hint="Separated by commas, spaces or lines."
                error=fine
            />
            <TextAreaField
                id="area-error"
                name="x"
                label="Several lines, wrong"
                value=""
                hint="Separated by commas, spaces or lines."
                error=error("Enter at least one address.")
            />
        </div>
        <Sample of="How hard a password is to guess">
            <div class="gallery-columns">
                {[
                    None,
                    Some(Strength::Refused(WeakPassword::TooShort)),
                    Some(Strength::Refused(WeakPassword::Guessable)),
                    Some(Strength::Good),
                    Some(Strength::Strong),
                ]
                    .map(|strength| view! { <Meter strength=Signal::stored(strength) /> })
                    .collect_view()}
            </div>
        </Sample>
    }
    .into_any()
}

pub(super) fn choices() -> AnyView {
    let boxes = [("Admin", true, false), ("Not chosen", false, false), ("Barred", false, true)];
    let switches =
        [("On", "true", false), ("Off", "false", false), ("On, barred", "true", true), ("Off, barred", "false", true)];
    view! {
        <Sample of="Boxes">
            {boxes
                .map(|(label, checked, disabled)| {
                    view! {
                        <label class="check">
                            <input type="checkbox" checked=checked disabled=disabled />
                            <span><b>{label}</b><span>"Full control, except over the Owner."</span></span>
                        </label>
                    }
                })
                .collect_view()}
        </Sample>
        <Sample of="One of several">
            <fieldset class="choices">
                <legend>"How do people join?"</legend>
                <p class="hint">"Sets all policies in one go; each can be changed later."</p>
                {Preset::ALL
                    .map(|preset| {
                        view! { <Choice name="preset" code=preset.code() label=preset.label() sentence=preset.sentence() chosen=Preset::ALL[0].code().to_owned() /> }
                    })
                    .collect_view()}
            </fieldset>
        </Sample>
        <Sample of="Switches">
            {switches
                .map(|(label, checked, disabled)| {
                    view! {
                        <button
                            type="button"
                            class="switch"
                            role="switch"
                            aria-label=label
                            aria-checked=checked
                            disabled=disabled
                        ></button>
                    }
                })
                .collect_view()}
        </Sample>
        <Sample of="Theme"><ThemeChoice /></Sample>
    }
    .into_any()
}

/// What stands in a menu of the console, in each of its kinds.
fn items() -> impl IntoView {
    view! {
        <div class="menu-who"><b>"Ada Lovelace"</b><span>"ada@analytical.example"</span><span>"Owner"</span></div>
        <hr />
        <p class="menu-head">"Columns"</p>
        <a class="menu-item check-item" href="#menu" aria-current="true"><Icon name="check" />"Chosen"</a>
        <a class="menu-item check-item" href="#menu"><Icon name="check" />"Not chosen"</a>
        <hr />
        <a class="menu-item" href="#menu"><Icon name="user" />"Open profile"</a>
        <button type="button" class="menu-item" disabled>
            <Icon name="power-off" />
            <span>"Deactivate user" <small>"You cannot do this to yourself."</small></span>
        </button>
        <a class="menu-item danger" href="#menu"><Icon name="ban" />"Revoke invitation"</a>
    }
}

pub(super) fn menus() -> AnyView {
    let labeled = || view! { "Role " <span class="on">"2"</span> <Icon name="chevron-down" /> };
    view! {
        <Sample of="Closed">
            <div class="toolbar">
                <Menu label="Actions" button=|| view! { <Icon name="ellipsis" /> }>{items()}</Menu>
                <Menu label="Filter by role: 2 on" class="button small" button=labeled>{items()}</Menu>
            </div>
        </Sample>
        <Sample of="Open">
            <details class="menu" open>
                <summary class="button small">"View"</summary>
                <div class="menu-panel">{items()}</div>
            </details>
        </Sample>
    }
    .into_any()
}

pub(super) fn navigation() -> AnyView {
    let query = PeopleQuery { tab: Tab::External, ..PeopleQuery::default() };
    let counts: PeopleCounts = made_up::page(1, &PeopleQuery::default()).counts;
    let ways = |previous: bool, next: bool| [previous, next].map(|way| way.then(|| "#navigation".to_owned()));
    view! {
        <Sample of="Tabs"><Tabs org="gallery".to_owned() query counts /></Sample>
        <Sample of="Pages: the first, one in the middle, the only one">
            <Pager summary="1–50 of 1,216".to_owned() ways=ways(false, true) />
            <Pager summary="51–100 of many".to_owned() ways=ways(true, true) />
            <Pager summary="1–7 of 7".to_owned() ways=ways(false, false) />
        </Sample>
        <Sample of="Sidebar">
            <div class="gallery-sidebar">
                <OrgSwitcher viewer=made_up::viewer() />
                <PaletteButton />
                <nav aria-label="Organization" class="nav">
                    <NavLink to=super::PATH of=super::PATH.to_owned() icon="users" label="Where one is" />
                    <NavLink to="/elsewhere" of="/elsewhere".to_owned() icon="settings" label="Elsewhere" />
                </nav>
            </div>
        </Sample>
        <Sample of="Profile menu, and the way back">
            <ProfileMenu viewer=made_up::viewer() landing=expect_context() />
            <a class="back" href="#navigation"><Icon name="arrow-left" />"People"</a>
        </Sample>
    }
    .into_any()
}
