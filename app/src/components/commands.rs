//! What the palette and the keys can do: named as data, allowed by the model, and done in one place.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Action, Role,
    bulk::may_do_any,
    decide,
    id::Id as _,
    people::{PeopleQuery, Tab, Viewer},
};

use super::{
    form::{FormState, use_form},
    keys::{HELP, rows},
    landing::Landing,
    palette::PALETTE,
    ui::{close_modal, focus, once_settled},
};
use crate::{
    api::{appearance::SetTheme, session::LogOut},
    pages::people::WaysIn,
    paths,
    theme::Theme,
};

/// A page to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A list of the people grid.
    People(Tab),
    /// Where people are imported from a file.
    Import,
    /// What was done to many people at once.
    Jobs,
    /// The organizations of who is signed in.
    Organizations,
    /// The profile of who is signed in.
    Yourself,
    /// Their account.
    Account,
    /// The groups of the organization.
    Groups,
    /// What each role may do.
    Roles,
    /// The attributes of people.
    Attributes,
    /// What whoever is signed in sees of their own.
    OwnAttributes,
    /// The connections of the organization.
    Connections,
    /// Where people of the organization are guests.
    Guests,
    /// The page on which another organization is founded.
    NewOrganization,
    /// The name and details of the organization.
    General,
    /// The policies of the organization.
    Policies,
    /// Who the Owners are.
    Ownership,
    /// The domains of the organization.
    Domains,
    /// The mail profile of the organization.
    Mail,
    /// The Partner section.
    Partner,
}

/// Something that can be done from the palette, by a key, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Goes to a page.
    Go(Place),
    /// "Add new user" (B17).
    Add,
    /// "Create user" (B4).
    Create,
    /// "Invite" (B18).
    Invite,
    /// "Invite external users" (B45).
    InviteExternals,
    /// Chooses a theme.
    Theme(Theme),
    /// Ends the session.
    LogOut,
    /// Opens the palette, or closes it.
    Palette,
    /// Opens the sheet of the keys.
    Help,
    /// Leads to the search of people.
    Search,
    /// Leads to the next row of the grid.
    NextRow,
    /// Leads to the row in front.
    PreviousRow,
    /// Selects the row, or takes it out of the selection.
    SelectRow,
    /// Opens the menu of the row.
    RowMenu,
    /// Leaves the row or the search.
    Leave,
}

/// Does the commands of one organization's console.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that the viewer may do")]
pub struct Commands {
    viewer: StoredValue<Viewer>,
    landing: Landing,
    sees_people: bool,
    changes_many: bool,
    ways: WaysIn,
    edits_policies: bool,
    edits_mail: bool,
    adds_domains: bool,
    sees_details: bool,
    /// Whether the viewer owns this organization; whoever may found others without that does it from the page of theirs.
    owns: bool,
    sees_guests: bool,
    sees_partners: bool,
    theme: RwSignal<Theme>,
    keep_theme: FormState<SetTheme>,
    log_out: FormState<LogOut>,
    navigate: Callback<String>,
    /// Whether the palette is open.
    pub palette: RwSignal<bool>,
    /// Whether the sheet of the keys is open.
    pub help: RwSignal<bool>,
}

impl Commands {
    /// For the pages of the organization that this viewer sees.
    pub fn provide(viewer: &Viewer, landing: Landing) -> Self {
        let navigate = use_navigate();
        let may = |action| decide(&viewer.actor, action, None).is_ok();
        let commands = Self {
            viewer: StoredValue::new(viewer.clone()),
            landing,
            sees_people: may(Action::ViewPeople),
            changes_many: may_do_any(&viewer.actor).is_ok(),
            ways: WaysIn::of(viewer),
            edits_policies: may(Action::EditPolicies),
            edits_mail: may(Action::EditMailProfile),
            adds_domains: may(Action::ManageDomains),
            sees_details: may(Action::ViewOrganization),
            owns: viewer.actor.role == Role::Owner,
            sees_guests: may(Action::ViewGuests),
            sees_partners: viewer.sees_partner_section(),
            theme: use_context().unwrap_or_default(),
            keep_theme: use_form(None),
            log_out: use_form(None),
            navigate: Callback::new(move |to: String| navigate(&to, NavigateOptions::default())),
            palette: RwSignal::new(false),
            help: RwSignal::new(false),
        };
        provide_context(commands);
        commands
    }
    /// The organization's slug.
    pub fn org(self) -> String {
        self.viewer.with_value(|viewer| viewer.org.slug.as_str().to_owned())
    }
    /// Whether the viewer may do it; what they may not is neither listed nor done.
    pub const fn may(self, command: Command) -> bool {
        match command {
            Command::Go(Place::Jobs) => self.changes_many,
            Command::Add | Command::Go(Place::Import) => self.ways.is_any(),
            Command::Invite => self.ways.is_by_link(),
            Command::InviteExternals => self.ways.of_externals(),
            Command::Go(Place::Guests) => self.sees_guests,
            Command::Go(Place::General) => self.sees_details,
            Command::Go(Place::NewOrganization) => self.owns,
            Command::Create => self.ways.is_by_password(),
            Command::Go(Place::Policies | Place::Ownership) => self.edits_policies,
            Command::Go(Place::Domains) => self.adds_domains,
            Command::Go(Place::Mail) => self.edits_mail,
            Command::Go(Place::Partner) => self.sees_partners,
            Command::Go(
                Place::People(_)
                | Place::Yourself
                | Place::Groups
                | Place::Roles
                | Place::Attributes
                | Place::Connections,
            )
            | Command::Search
            | Command::NextRow
            | Command::PreviousRow
            | Command::SelectRow
            | Command::RowMenu => self.sees_people,
            _ => true,
        }
    }
    /// Does it.
    pub fn run(self, command: Command) {
        match command {
            Command::Go(place) => self.go(self.url(place)),
            Command::Add if self.ways.is_by_link() => self.open_dialog("add"),
            Command::Add | Command::Create => self.go(paths::create_user(&self.org())),
            Command::Invite => self.open_dialog("invite"),
            Command::InviteExternals => self.open_dialog("external"),
            Command::Theme(theme) => {
                self.theme.set(theme);
                self.keep_theme.dispatch(SetTheme { theme });
            }
            Command::LogOut => self.log_out.dispatch(LogOut {}),
            Command::Palette if self.palette.get_untracked() => close_modal(PALETTE),
            Command::Palette => {
                close_modal(HELP);
                self.palette.set(true);
            }
            Command::Help => self.help.set(true),
            Command::Search => {
                // Where no list of people is, the palette finds them.
                if !rows::focus_search() {
                    self.palette.set(true);
                }
            }
            Command::NextRow => rows::next(),
            Command::PreviousRow => rows::previous(),
            Command::SelectRow => rows::select(),
            Command::RowMenu => rows::open_menu(),
            Command::Leave => rows::leave(),
        }
    }
    /// Goes to the profile of a person.
    pub fn open_profile(self, id: &str) {
        self.go(paths::user(&self.org(), id));
    }
    /// Goes to what a view asks the people grid.
    pub fn open_view(self, query: &PeopleQuery) {
        self.go(self.people(query));
    }
    fn people(self, query: &PeopleQuery) -> String {
        paths::users_by(&self.org(), &query.to_query_string())
    }
    fn url(self, place: Place) -> String {
        match place {
            Place::People(Tab::Standard) => untrack(|| self.landing.url()),
            Place::People(tab) => self.people(&PeopleQuery { tab, ..PeopleQuery::default() }),
            Place::Import => paths::import(&self.org()),
            Place::Jobs => paths::jobs(&self.org()),
            Place::Organizations => paths::orgs(),
            Place::NewOrganization => paths::found_org(),
            Place::Groups => paths::groups(&self.org()),
            Place::Roles => paths::roles(&self.org()),
            Place::Attributes => paths::attributes(&self.org()),
            Place::OwnAttributes => paths::own_attributes(&self.org()),
            Place::Connections => paths::connections(&self.org()),
            Place::Guests => paths::guests(&self.org(), None),
            Place::General => paths::general(&self.org()),
            Place::Account => paths::account(Some(&self.org())),
            Place::Policies => paths::policies(&self.org()),
            Place::Ownership => paths::ownership(&self.org()),
            Place::Domains => paths::domains(&self.org()),
            Place::Mail => paths::mail(&self.org()),
            Place::Partner => paths::partner(&self.org()),
            Place::Yourself => {
                self.viewer.with_value(|viewer| paths::user(&self.org(), viewer.actor.membership_id.as_str()))
            }
        }
    }
    /// What had the focus may be gone with its page: reading goes on where the new one begins.
    fn go(self, to: String) {
        self.navigate.run(to);
        // After the palette has closed and given the focus back.
        once_settled(|| focus("main"));
    }
    /// Opens a dialog of the people grid: over the list as it is, where it is there.
    fn open_dialog(self, dialog: &str) {
        if !rows::click(&format!("open-{dialog}")) {
            self.navigate.run(paths::with_params(&paths::users(&self.org()), &[("dialog", dialog.to_owned())]));
        }
    }
}
