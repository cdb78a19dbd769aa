//! The definition of an attribute, to be made, changed or deleted (B39).

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Permission,
    attribute::{Attribute, Audience, Count, ListedAttribute, MAX_KEY_CHARS, MAX_LABEL_CHARS, Usage, ValueType},
    id::Id as _,
    people::Viewer,
};

use super::kind_in_words;
use crate::{
    api::attributes::{CreateAttribute, DeleteAttribute, UpdateAttribute, list_attributes},
    components::{
        errors::{NotFound, Refused},
        form::{Form, FormFn, FormMessage, FormState, use_form},
        loaded::Loaded,
        ui::{Choice, ChoiceGroup, Dialog, Field, FieldError, Icon, PageTitle, SelectField, TextAreaField, options},
    },
    pages::people::dialogs::Foot,
    paths,
};

/// `/o/:org/attributes/new`
#[component]
pub fn NewAttributePage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = viewer.actor.may_change(Permission::ManageAttributes) {
        return view! { <Refused why /> }.into_any();
    }
    let query = use_query_map();
    let value_type = Memo::new(move |_| {
        let asked = query.with(|q| ValueType::from_code(&q.get("type")?));
        asked.unwrap_or(ValueType::Text)
    });
    let org = viewer.org.slug.as_str().to_owned();
    view! {
        <PageTitle text="New attribute" />
        <a class="back" href=paths::attributes(&org)><Icon name="arrow-left" />"Attributes"</a>
        <div class="page-head">
            <div>
                <h1>"New attribute"</h1>
                <p>"First choose what its values are; that is fixed once somebody has one."</p>
            </div>
        </div>
        // Another type has other fields: a form of its own, so that nothing stays from before.
        {move || view! { <NewAttribute org=org.clone() value_type=value_type.get() /> }}
    }
    .into_any()
}

#[component]
fn NewAttribute(org: String, value_type: ValueType) -> impl IntoView {
    let form = use_form::<CreateAttribute>(None);
    let types = ValueType::ALL
        .iter()
        .map(|of| {
            let current = (*of == value_type).then_some("page");
            view! { <a href=paths::new_attribute(&org, Some(*of)) aria-current=current>{of.label()}</a> }
        })
        .collect_view();
    let error = form.error("value_type");
    view! {
        <nav class="tabs" aria-label="Type">{types}</nav>
        <p class="hint">{value_type.sentence()}</p>
        <FormMessage form />
        <FieldError id="attribute-type-error" error />
        <Form form class="stack role-form">
            <input type="hidden" name="org" value=org.clone() />
            <input type="hidden" name="value_type" value=value_type.code() />
            <Field
                id="attribute-key"
                name="key"
                label="Key"
                value=form.value_or("key", "")
                hint=format!(
                    "How applications name it, such as cost_center: lower-case letters, digits, “-” and “_”, at most {MAX_KEY_CHARS}. It never changes.",
                )
                error=form.error("key")
            />
            <DefinitionFields form attribute=None value_type has_options=value_type == ValueType::List />
            <div class="form-foot">
                <button class="button primary">"Create attribute"</button>
                <a class="button ghost" href=paths::attributes(&org)>"Cancel"</a>
            </div>
        </Form>
    }
}

/// `/o/:org/attributes/:id`
#[component]
pub fn AttributePage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = viewer.actor.may_change(Permission::ManageAttributes) {
        return view! { <Refused why /> }.into_any();
    }
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let org = viewer.org.slug.as_str().to_owned();
    let found = {
        let org = org.clone();
        Resource::new(move || org.clone(), list_attributes)
    };
    view! {
        <a class="back" href=paths::attributes(&org)><Icon name="arrow-left" />"Attributes"</a>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |all| {
                let id = id.get();
                match all.into_iter().find(|of| of.attribute.id.as_str() == id) {
                    Some(listed) => view! { <EditAttribute org=org.clone() listed /> }.into_any(),
                    None => view! { <NotFound /> }.into_any(),
                }
            }
        />
    }
    .into_any()
}

#[component]
fn EditAttribute(org: String, listed: ListedAttribute) -> impl IntoView {
    let form = use_form::<UpdateAttribute>(None);
    let query = use_query_map();
    let ListedAttribute { attribute, usage } = listed;
    let here = paths::attribute(&org, attribute.id.as_str());
    let label = attribute.label.as_str().to_owned();
    let dialog = {
        let (org, attribute, here) = (org.clone(), attribute.clone(), here.clone());
        move || {
            query.with(|q| q.get("dialog").is_some_and(|dialog| dialog == "delete")).then(|| {
                let here = here.clone();
                let close_to = Signal::derive(move || here.clone());
                view! { <DeleteDialog org=org.clone() attribute=attribute.clone() usage close_to /> }
            })
        }
    };
    let value_type = attribute.value_type;
    let free = usage.is_none();
    let of_type = if free {
        let types = ValueType::ALL.iter().map(|of| (of.code().to_owned(), of.label().to_owned())).collect();
        let chosen = form.value_or("value_type", value_type.code());
        view! {
            <SelectField
                id="attribute-type"
                name="value_type"
                label="Type"
                hint="It is fixed once somebody has a value."
                error=form.error("value_type")
            >
                {options(types, &chosen)}
            </SelectField>
        }
        .into_any()
    } else {
        let error = form.error("value_type");
        view! {
            <input type="hidden" name="value_type" value=value_type.code() />
            <FieldError id="attribute-type-error" error />
        }
        .into_any()
    };
    view! {
        <PageTitle text=label.clone() />
        <div class="page-head">
            <div>
                <h1 dir="auto">{label}</h1>
                <p>
                    <code>{attribute.key.as_str().to_owned()}</code>
                    {format!(" – {}. Values: {}.", kind_in_words(&attribute), usage.in_words())}
                </p>
            </div>
        </div>
        <FormMessage form />
        <Form form class="stack role-form">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=attribute.id.to_string() />
            {of_type}
            <DefinitionFields
                form
                attribute=Some(attribute)
                value_type
                has_options=free || value_type == ValueType::List
            />
            <div class="form-foot">
                <button class="button primary">"Save"</button>
                <a class="button danger" id="open-delete" href=format!("{here}?dialog=delete")>
                    <Icon name="trash-2" />
                    "Delete attribute"
                </a>
            </div>
        </Form>
        {dialog}
    }
}

/// What every definition has beside key and type.
#[component]
fn DefinitionFields<F: FormFn>(
    form: FormState<F>,
    /// As it is so far.
    attribute: Option<Attribute>,
    value_type: ValueType,
    /// Whether options are asked for.
    has_options: bool,
) -> impl IntoView {
    let so_far = |read: fn(&Attribute) -> String| attribute.as_ref().map(read).unwrap_or_default();
    let count = form.value_or("count", attribute.as_ref().map_or(Count::One, |of| of.count).code());
    let audience = |read: fn(&Attribute) -> Audience| attribute.as_ref().map_or(Audience::Admins, read).code();
    let seen_by = form.value_or("seen_by", audience(|of| of.seen_by));
    let edited_by = form.value_or("edited_by", audience(|of| of.edited_by));
    let counts = Count::ALL
        .iter()
        .map(|of| {
            view! { <Choice name="count" code=of.code() label=of.label() sentence=of.sentence() chosen=count.clone() /> }
        })
        .collect_view();
    let audiences = |name: &'static str, chosen: String| {
        Audience::ALL
            .iter()
            .map(|of| {
                view! { <Choice name code=of.code() label=of.label() sentence=of.sentence() chosen=chosen.clone() /> }
            })
            .collect_view()
    };
    let default_hint = match value_type {
        ValueType::Text => "What whoever has no other value has. Many values stand on lines. May stay empty.",
        ValueType::Number => "Digits, with a point in front of decimals. Many values stand on lines. May stay empty.",
        ValueType::YesNo => "yes or no, or nothing.",
        ValueType::List => "One of the options; of many, each on a line. May stay empty.",
        ValueType::Date => "As 2026-12-05. Many values stand on lines. May stay empty.",
    };
    // Yes or no is one value, which need not be asked.
    let asks_count = attribute.is_some() || value_type != ValueType::YesNo;
    view! {
        <Field
            id="attribute-label"
            name="label"
            label="Label"
            value=form.value_or("label", &so_far(|of| of.label.as_str().to_owned()))
            hint=format!("What people call it, at most {MAX_LABEL_CHARS} characters.")
            error=form.error("label")
        />
        <TextAreaField
            id="attribute-description"
            name="description"
            label="Description"
            value=form.value_or("description", &so_far(|of| of.description.clone()))
            hint="What it is for. May stay empty."
            error=form.error("description")
            autofocus=false
        />
        {has_options
            .then(|| {
                view! {
                    <TextAreaField
                        id="attribute-options"
                        name="options"
                        label="Options"
                        value=form.value_or("options", &so_far(|of| of.options.join("\n")))
                        hint="Of a list: one on each line, in the order in which they are offered, without commas."
                        error=form.error("options")
                        autofocus=false
                    />
                }
            })}
        {if asks_count {
            view! {
                <ChoiceGroup id="attribute-count" legend="How many values" error=form.error("count")>
                    {counts}
                </ChoiceGroup>
            }
                .into_any()
        } else {
            view! { <input type="hidden" name="count" value=Count::One.code() /> }.into_any()
        }}
        <TextAreaField
            id="attribute-default"
            name="default"
            label="Default"
            value=form.value_or("default", &so_far(|of| of.default.lines()))
            hint=default_hint
            error=form.error("default")
            autofocus=false
        />
        <ChoiceGroup id="attribute-seen-by" legend="Who sees a value" error=form.error("seen_by")>
            {audiences("seen_by", seen_by)}
        </ChoiceGroup>
        <ChoiceGroup
            id="attribute-edited-by"
            legend="Who edits a value"
            hint="Leave to people themselves only what no application goes by to show them data."
            error=form.error("edited_by")
        >
            {audiences("edited_by", edited_by)}
        </ChoiceGroup>
    }
}

/// Deleting, with how many values go along.
#[component]
fn DeleteDialog(org: String, attribute: Attribute, usage: Usage, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<DeleteAttribute>(Some(close_to));
    let lost = if usage.is_none() {
        "Nobody has a value of it.".to_owned()
    } else {
        format!("The values of {} will be gone with it.", usage.in_words())
    };
    view! {
        <Dialog title="Delete attribute" opener="open-delete" close_to>
            <p>
                "“" <bdi>{attribute.label.as_str().to_owned()}</bdi> "” will be gone, for the applications behind as well. "
                {lost} " This cannot be undone."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=attribute.id.to_string() />
                <Field
                    id="confirm"
                    name="confirm"
                    label="To confirm, type the key of this attribute"
                    value=form.value_or("confirm", "")
                    hint=attribute.key.as_str().to_owned()
                    error=form.error("confirm")
                    autofocus=true
                />
                <Foot close_to button="Delete attribute" tone="danger" />
            </Form>
        </Dialog>
    }
}
