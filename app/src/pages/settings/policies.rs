//! The policies of an organization (table A–M): what they are, what others would change, and saving them. What would
//! change is shown before anything is saved.

use leptos::{html, prelude::*};
use model::{
    Policies, Preset,
    people::Viewer,
    policy::{
        DeleteScope, EmailReuse, Onboarding, PolicyChange, PolicyKey, PolicyPreview, PolicySettings, StatusWords,
        TtlUnit,
    },
    text::thousands,
};

use crate::{
    api::policies::{PreviewPolicies, SavePolicies, get_policies},
    components::{
        form::{Form, FormMessage, FormState, use_form},
        loaded::Loaded,
        person::sentence_of,
        ui::{Choice, Field, Icon, PageTitle, TextAreaField},
    },
    paths,
};

/// `/o/:org/settings/policies`
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || org.clone(), get_policies);
    view! {
        <PageTitle text="Policies" />
        <Loaded of=move || found waiting="Loading…" show=|settings| view! { <Settings settings /> } />
    }
}

/// The two forms of the page: what is entered is previewed by the one, and what was previewed is saved by the other.
#[derive(Clone, Copy)]
struct Forms {
    preview: FormState<PreviewPolicies>,
    save: FormState<SavePolicies>,
}

impl Forms {
    /// What was entered in a field, by whichever of the two the page came back.
    fn value_or(self, field: &str, otherwise: &str) -> String {
        let entered = self.preview.entered(field).or_else(|| self.save.entered(field));
        entered.unwrap_or_else(|| otherwise.to_owned())
    }
    /// Whether a box is checked. A preset was chosen without the boxes.
    fn checked_or(self, field: &str, otherwise: bool) -> bool {
        let entered = |name: &str| self.preview.entered(name).or_else(|| self.save.entered(name));
        if entered("onboarding").is_some() { entered(field).is_some() } else { otherwise }
    }
}

#[component]
fn Settings(settings: PolicySettings) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    let forms = Forms { preview: use_form(None), save: use_form(None) };
    let now = settings.policies.clone();
    let shown = {
        let now = now.clone();
        let preview = forms.preview.data();
        Memo::new(move |_| preview.get().map_or_else(|| now.clone(), |preview| preview.policies))
    };
    // What is entered afterwards is not what was previewed.
    let outdated = RwSignal::new(false);
    forms.preview.after(move || outdated.set(false));
    let preview = {
        let org = org.clone();
        move || {
            let preview = forms.preview.data().get().filter(|_| !outdated.get())?;
            Some(view! { <Preview org=org.clone() preview form=forms.save /> })
        }
    };
    let fields = {
        let org = org.clone();
        let version = now.version;
        move || {
            let policies = shown.get();
            view! { <Fields org=org.clone() version policies seats_taken=settings.seats_taken forms /> }
        }
    };
    view! {
        <div class="page-head">
            <div>
                <h1>"Policies"</h1>
                <p>"How people join " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span> ", and what they become."</p>
            </div>
        </div>
        <FormMessage form=forms.save />
        {preview}
        <Presets org policies=now form=forms.preview />
        <section class="panel" aria-labelledby="each">
            <h2 id="each">"Each policy"</h2>
            <FormMessage form=forms.preview />
            <div on:input=move |_| outdated.set(true)>
                <Form form=forms.preview class="policies">
                    {fields}
                    <div class="form-foot">
                        <button class="button primary">"Preview changes"</button>
                        <p class="hint">"Nothing is saved before you have seen what it changes."</p>
                    </div>
                </Form>
            </div>
        </section>
    }
}

/// What would change, and the button that makes it so.
#[component]
pub fn Preview(org: String, preview: PolicyPreview, form: FormState<SavePolicies>) -> impl IntoView {
    let panel = NodeRef::<html::Section>::new();
    // What was asked for is read next, also where it is out of sight.
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            let _ = panel.focus();
        }
    });
    let nothing = preview.changes.is_empty() && preview.preset.is_none();
    let discard = paths::policies(&org);
    let body = if nothing {
        view! { <p>"These are the policies as they are. There is nothing to save."</p> }.into_any()
    } else {
        view! {
            <Changes changes=preview.changes />
            <ul class="effects">
                {preview
                    .effects
                    .into_iter()
                    .map(|effect| view! { <li><Icon name="info" /><span>{effect}</span></li> })
                    .collect_view()}
            </ul>
            <Form form>
                <Previewed org policies=preview.policies preset=preview.preset />
                <div class="form-foot">
                    <button class="button primary">"Save policies"</button>
                    <a class="button" href=discard rel="external">"Discard"</a>
                </div>
            </Form>
        }
        .into_any()
    };
    view! {
        <section class="preview" aria-label="What this changes" tabindex="-1" node_ref=panel>
            <h2>"What this changes"</h2>
            {preview
                .saved_meanwhile
                .then(|| {
                    view! {
                        <p class="notice bad">
                            "Somebody else changed the policies while you had them open. Below is what yours would change \
                            now; look at it before you save."
                        </p>
                    }
                })}
            {body}
        </section>
    }
}

/// From what to what.
#[component]
fn Changes(changes: Vec<PolicyChange>) -> impl IntoView {
    if changes.is_empty() {
        return view! { <p>"Nothing of what takes effect today changes."</p> }.into_any();
    }
    view! {
        <dl class="changes">
            {changes
                .into_iter()
                .map(|change| {
                    view! {
                        <div>
                            <dt>{change.policy.label()}</dt>
                            <dd>
                                <del><span class="visually-hidden">"from "</span>{change.from}</del>
                                <ins><span class="visually-hidden">" to "</span>{change.to}</ins>
                            </dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

/// What was previewed, as the form that saves sends it along.
#[component]
fn Previewed(org: String, policies: Policies, preset: Option<Preset>) -> impl IntoView {
    let (ttl, unit) = policies.ttl();
    let mut fields = vec![("org", org), ("version", policies.version.to_string())];
    if let Some(preset) = preset {
        fields.push(("preset", preset.code().to_owned()));
    } else {
        fields.extend([
            ("onboarding", policies.onboarding.code().to_owned()),
            ("email_domains", policies.email_domains.to_string()),
            ("ttl", ttl.to_string()),
            ("ttl_unit", unit.code().to_owned()),
            ("default_role", policies.default_role.code().to_owned()),
            ("status_words", policies.status_words.code().to_owned()),
            ("seats", policies.seats.map(|n| n.to_string()).unwrap_or_default()),
            ("max_owners", policies.max_owners.to_string()),
            ("delete_scope", policies.delete_scope.code().to_owned()),
            ("email_reuse", policies.email_reuse.code().to_owned()),
            ("reuse_days", policies.email_reuse.days().map(|n| n.to_string()).unwrap_or_default()),
        ]);
        let boxes = [
            ("copy_links", policies.copy_links),
            ("admin_grantable", policies.admin_grantable),
            ("invitation_requests", policies.invitation_requests),
            ("show_pending_external", policies.show_pending_external),
        ];
        fields.extend(boxes.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name, "on".to_owned())));
    }
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}

/// The four presets, and to which of them the policies are nearest.
#[component]
fn Presets(org: String, policies: Policies, form: FormState<PreviewPolicies>) -> impl IntoView {
    let (nearest, apart) = policies.nearest();
    let exact = apart.is_empty();
    let differences = apart
        .into_iter()
        .map(|change| {
            let PolicyChange { policy, from, to } = change;
            view! { <li><b>{policy.label()}</b>": "{to}" instead of "{from}</li> }
        })
        .collect_view();
    let version = policies.version.to_string();
    let lines = Preset::ALL
        .map(|preset| {
            let (org, version) = (org.clone(), version.clone());
            let used = exact && preset == nearest;
            let action = if used {
                view! { <span class="badge active">"In use"</span> }.into_any()
            } else {
                view! {
                    <Form form>
                        <input type="hidden" name="org" value=org />
                        <input type="hidden" name="version" value=version />
                        <input type="hidden" name="preset" value=preset.code() />
                        <button class="button small" aria-label=format!("Preview “{}”", preset.label())>"Preview"</button>
                    </Form>
                }
                .into_any()
            };
            view! {
                <li>
                    <div>
                        <b>{preset.label()}</b>
                        <p>{preset.sentence()}</p>
                    </div>
                    {action}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="presets">
            <h2 id="presets">"Presets"</h2>
            <p>
                {if exact { "Your policies are those of “" } else { "Your policies are nearest to “" }} {nearest.label()}
                {if exact { "”. " } else { "”, but for these:" }}
            </p>
            {(!exact).then(|| view! { <ul class="differences">{differences}</ul> })}
            <ul class="presets">{lines}</ul>
        </section>
    }
}

/// One policy: its name, what it settles, and what can be chosen.
#[component]
fn Policy(key: PolicyKey, children: Children) -> impl IntoView {
    view! {
        <fieldset class="policy">
            <legend>{key.label()}</legend>
            <p class="hint">{key.sentence()}</p>
            {children()}
        </fieldset>
    }
}

/// A policy that is on or off.
#[component]
fn PolicyBox(forms: Forms, name: &'static str, on: bool, label: &'static str, sentence: &'static str) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=name checked=forms.checked_or(name, on) />
            <span><b>{label}</b><span>{sentence}</span></span>
        </label>
    }
}

#[component]
fn Fields(org: String, version: u32, policies: Policies, seats_taken: u64, forms: Forms) -> impl IntoView {
    let radio = move |name: &'static str, now: &'static str, choices: Vec<(&'static str, String, &'static str)>| {
        let chosen = forms.value_or(name, now);
        let error = forms.preview.error(name);
        view! {
            {choices
                .into_iter()
                .map(|(code, label, sentence)| {
                    view! { <Choice name code label sentence chosen=chosen.clone() /> }
                })
                .collect_view()}
            {move || error.get().map(|text| view! { <p class="field-error"><Icon name="circle-alert" />{text}</p> })}
        }
    };
    let door = paths::door(&org);
    let (ttl, unit) = policies.ttl();
    let chosen_unit = forms.value_or("ttl_unit", unit.code());
    let units = TtlUnit::ALL
        .map(|unit| view! { <option value=unit.code() selected=unit.code() == chosen_unit>{unit.code()}</option> })
        .collect_view();
    let onboarding = Onboarding::ALL.map(|way| (way.code(), way.label().to_owned(), way.sentence())).to_vec();
    let roles = Policies::FIRST_ROLES.map(|role| (role.code(), role.label().to_owned(), sentence_of(role))).to_vec();
    let words = StatusWords::ALL.map(|words| (words.code(), words.list(), "")).to_vec();
    let seats = policies.seats.map(|n| n.to_string()).unwrap_or_default();
    let deleting = DeleteScope::ALL.map(|scope| (scope.code(), scope.label().to_owned(), scope.sentence())).to_vec();
    let [never, after, always] = EmailReuse::CODES;
    let reuse = vec![
        (never, "Never".to_owned(), "A keyed hash of the address stays behind, and nothing else."),
        (after, "After some days".to_owned(), ""),
        (always, "At once".to_owned(), ""),
    ];
    let reuse_days = policies.email_reuse.days().map(|n| n.to_string()).unwrap_or_default();
    view! {
        <input type="hidden" name="org" value=org />
        <input type="hidden" name="version" value=version.to_string() />
        <Policy key=PolicyKey::Onboarding>{radio("onboarding", policies.onboarding.code(), onboarding)}</Policy>
        <Policy key=PolicyKey::EmailDomains>
            <TextAreaField
                id="email_domains"
                name="email_domains"
                label="Domains"
                hint="Separated by commas, spaces or lines, such as example.com, example.org."
                value=forms.value_or("email_domains", &policies.email_domains.to_string())
                error=forms.preview.error("email_domains")
                autofocus=false
            />
        </Policy>
        <Policy key=PolicyKey::InvitationTtl>
            <div class="amount">
                <Field
                    id="ttl"
                    name="ttl"
                    label="Valid for"
                    inputmode="numeric"
                    value=forms.value_or("ttl", &ttl.to_string())
                    error=forms.preview.error("ttl")
                />
                <div class="field">
                    <label for="ttl_unit">"Unit"</label>
                    <select id="ttl_unit" name="ttl_unit">{units}</select>
                </div>
            </div>
        </Policy>
        <Policy key=PolicyKey::CopyLinks>
            <PolicyBox
                forms
                name="copy_links"
                on=policies.copy_links
                label="Show the link once to who invites"
                sentence="Without it a link goes to the mailbox alone, which proves that the person owns it."
            />
        </Policy>
        <Policy key=PolicyKey::DefaultRole>{radio("default_role", policies.default_role.code(), roles)}</Policy>
        <Policy key=PolicyKey::AdminGrantable>
            <PolicyBox
                forms
                name="admin_grantable"
                on=policies.admin_grantable
                label="The Admin role can be granted"
                sentence="Without it nobody becomes an admin any more; who is one stays one."
            />
        </Policy>
        <Policy key=PolicyKey::MaxOwners>
            <div class="amount">
                <Field
                    id="max_owners"
                    name="max_owners"
                    label="At most"
                    inputmode="numeric"
                    value=forms.value_or("max_owners", &policies.max_owners.to_string())
                    error=forms.preview.error("max_owners")
                />
            </div>
        </Policy>
        <Policy key=PolicyKey::StatusWords>{radio("status_words", policies.status_words.code(), words)}</Policy>
        <Policy key=PolicyKey::Seats>
            <div class="amount">
                <Field
                    id="seats"
                    name="seats"
                    label="Seats"
                    inputmode="numeric"
                    value=forms.value_or("seats", &seats)
                    error=forms.preview.error("seats")
                    optional=true
                />
                <p class="beside">{format!("{} taken now", thousands(seats_taken))}</p>
            </div>
        </Policy>
        <Policy key=PolicyKey::DeleteScope>{radio("delete_scope", policies.delete_scope.code(), deleting)}</Policy>
        <Policy key=PolicyKey::EmailReuse>
            {radio("email_reuse", policies.email_reuse.code(), reuse)}
            <div class="amount">
                <Field
                    id="reuse_days"
                    name="reuse_days"
                    label="Days, where it is after some"
                    inputmode="numeric"
                    value=forms.value_or("reuse_days", &reuse_days)
                    error=forms.preview.error("reuse_days")
                    optional=true
                />
            </div>
        </Policy>
        <Policy key=PolicyKey::InvitationRequests>
            <PolicyBox
                forms
                name="invitation_requests"
                on=policies.invitation_requests
                label="People can request an invitation"
                sentence="On your sign-in page. You approve or dismiss each request; whom you do not know stays out."
            />
            <p class="hint">"Your sign-in page: " <a class="link" href=door.clone()>{door.clone()}</a></p>
        </Policy>
        <Policy key=PolicyKey::PendingExternals>
            <PolicyBox
                forms
                name="show_pending_external"
                on=policies.show_pending_external
                label="Show them while they are invited"
                sentence="Without it who has not accepted yet stands under Invitations alone."
            />
        </Policy>
    }
}
