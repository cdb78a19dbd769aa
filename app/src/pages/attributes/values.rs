//! Values of attributes beside a person or a group, and the dialogs in which they are given (B39).

use leptos::prelude::*;
use model::{
    Target,
    attribute::{Attribute, Count, PersonAttribute, ValueType, Values},
    decide,
    id::Id as _,
    people::Viewer,
};

use crate::{
    api::attributes::{SetGroupAttribute, SetPersonAttribute},
    components::{
        form::{Form, FormFn, FormMessage, FormState, use_form},
        ui::{Dialog, Field, FieldError, Icon, SelectField, TextAreaField, options},
    },
    pages::people::dialogs::Foot,
};

/// In front of the key of an attribute in the name of the dialog in which values are given.
const DIALOG: &str = "attribute-";

/// The attributes of somebody, with where each value comes from; nothing where none is defined.
#[component]
pub fn PersonValues(
    viewer: Viewer,
    /// Whose.
    target: Target,
    all: Vec<PersonAttribute>,
    /// The URL of the page, without a dialog.
    here: String,
) -> impl IntoView {
    (!all.is_empty()).then(|| {
        let lines = all
            .into_iter()
            .map(|PersonAttribute { attribute, effective, .. }| {
                let shown = attribute.shown_all(&effective.values);
                let value = (!effective.values.is_empty()).then_some(shown);
                let edits = may_set(&viewer, &attribute, &target);
                view! { <Line attribute value whence=Some(effective.whence.in_words()) edits here=here.clone() /> }
            })
            .collect_view();
        view! { <Panel>{lines}</Panel> }
    })
}

/// The attributes of an organization, with what a group says; nothing where none is defined.
#[component]
pub fn GroupSays(
    all: Vec<(Attribute, Values)>,
    manages: bool,
    /// The URL of the page, without a dialog.
    here: String,
) -> impl IntoView {
    (!all.is_empty()).then(|| {
        let lines = all
            .into_iter()
            .map(|(attribute, values)| {
                let value = (!values.is_empty()).then(|| attribute.shown_all(&values));
                view! { <Line attribute value whence=None edits=manages here=here.clone() /> }
            })
            .collect_view();
        view! {
            <Panel>
                <li>
                    <p>
                        "Everybody in the group has these values, unless they have their own. Of several groups, the one whose name comes first says a single value, and many values are put together."
                    </p>
                </li>
                {lines}
            </Panel>
        }
    })
}

fn may_set(viewer: &Viewer, attribute: &Attribute, target: &Target) -> bool {
    let action = attribute.setting(&viewer.actor, &target.membership_id);
    decide(&viewer.actor, action, Some(target)).is_ok()
}

#[component]
fn Panel(children: Children) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="attributes">
            <h2 id="attributes">"Attributes"</h2>
            <ul class="steps">{children()}</ul>
        </section>
    }
}

/// An attribute with its value, and the way to give another one.
#[component]
fn Line(
    attribute: Attribute,
    /// In words, if there is one.
    value: Option<String>,
    /// Where it comes from.
    whence: Option<String>,
    edits: bool,
    here: String,
) -> impl IntoView {
    let label = attribute.label.as_str().to_owned();
    let key = attribute.key.as_str();
    let joint = if here.contains('?') { '&' } else { '?' };
    let edit = edits.then(|| {
        view! {
            <a
                class="button small"
                id=format!("open-{DIALOG}{key}")
                href=format!("{here}{joint}dialog={DIALOG}{key}")
                aria-label=format!("Edit {label}")
            >
                <Icon name="pencil" />
                "Edit"
            </a>
        }
    });
    let whence = whence.map(|whence| if value.is_some() { format!(" – {whence}") } else { whence });
    let nothing = (value.is_none() && whence.is_none()).then_some("No value");
    view! {
        <li>
            <div>
                <b dir="auto">{label.clone()}</b>
                <p class="attribute-value">{value.map(|value| view! { <bdi class="value">{value}</bdi> })} {nothing} {whence}</p>
            </div>
            {edit}
        </li>
    }
}

/// The dialog of a name over a profile, where the viewer may give values of that attribute.
pub fn person_dialog(
    name: &str,
    viewer: &Viewer,
    target: &Target,
    all: &[PersonAttribute],
    close_to: Signal<String>,
) -> Option<AnyView> {
    let key = name.strip_prefix(DIALOG)?;
    let of = all.iter().find(|of| of.attribute.key.as_str() == key && may_set(viewer, &of.attribute, target))?;
    let form = use_form::<SetPersonAttribute>(Some(close_to)).of("attribute", of.attribute.id.as_str());
    let whose = (viewer.org.slug.as_str().to_owned(), target.membership_id.to_string());
    let (attribute, values) = (of.attribute.clone(), of.own.clone());
    let hint = "Empty takes the own value away; then groups or the default say it.";
    Some(view! { <ValueDialog form whose attribute values hint close_to /> }.into_any())
}

/// The dialog of a name over the page of a group.
pub fn group_dialog(
    name: &str,
    whose: (String, String),
    all: &[(Attribute, Values)],
    close_to: Signal<String>,
) -> Option<AnyView> {
    let key = name.strip_prefix(DIALOG)?;
    let (attribute, values) = all.iter().find(|(of, _)| of.key.as_str() == key)?.clone();
    let form = use_form::<SetGroupAttribute>(Some(close_to)).of("attribute", attribute.id.as_str());
    let hint = "Empty takes the value away from everybody who has it through this group.";
    Some(view! { <ValueDialog form whose attribute values hint close_to /> }.into_any())
}

#[component]
fn ValueDialog<F: FormFn>(
    form: FormState<F>,
    /// The organization, and the id of the person or the group.
    whose: (String, String),
    attribute: Attribute,
    values: Values,
    hint: &'static str,
    close_to: Signal<String>,
) -> impl IntoView {
    let opener = format!("open-{DIALOG}{}", attribute.key.as_str());
    view! {
        <Dialog title=attribute.label.as_str().to_owned() opener close_to>
            {(!attribute.description.is_empty())
                .then(|| view! { <p class="lines" dir="auto">{attribute.description.clone()}</p> })}
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=whose.0 />
                <input type="hidden" name="id" value=whose.1 />
                <input type="hidden" name="attribute" value=attribute.id.to_string() />
                <ValueField form attribute values hint />
                <Foot close_to button="Save" />
            </Form>
        </Dialog>
    }
}

/// The field in which values of an attribute are entered, as its type wants it.
#[component]
pub fn ValueField<F: FormFn>(
    /// Unique on the page.
    #[prop(default = "attribute-value")]
    id: &'static str,
    form: FormState<F>,
    attribute: Attribute,
    values: Values,
    hint: &'static str,
) -> impl IntoView {
    let error = form.error("value");
    let value = form.value_or("value", &values.lines());
    let choice = |choices: Vec<(String, String)>| {
        let options = options(choices, &value);
        view! {
            <SelectField id name="value" label="Value" hint error autofocus=true>
                <option value="">"No value"</option>
                {options}
            </SelectField>
        }
        .into_any()
    };
    match (attribute.value_type, attribute.count) {
        (ValueType::List, Count::Many) => view! { <Boxes id form attribute values hint error /> }.into_any(),
        (ValueType::List, Count::One) => {
            choice(attribute.options.iter().map(|option| (option.clone(), option.clone())).collect())
        }
        (ValueType::YesNo, _) => choice(vec![("yes".into(), "Yes".into()), ("no".into(), "No".into())]),
        (_, Count::Many) => {
            view! { <TextAreaField id name="value" label="Values, one on each line" value hint error /> }.into_any()
        }
        (ValueType::Number, Count::One) => {
            view! { <Field id name="value" label="Value" value hint error inputmode="decimal" optional=true autofocus=true /> }
                .into_any()
        }
        (value_type, Count::One) => {
            let kind = if value_type == ValueType::Date { "date" } else { "text" };
            view! { <Field id name="value" label="Value" kind value hint error optional=true autofocus=true /> }
                .into_any()
        }
    }
}

/// The options of a list of which several can be chosen.
#[component]
fn Boxes<F: FormFn>(
    id: &'static str,
    form: FormState<F>,
    attribute: Attribute,
    values: Values,
    hint: &'static str,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let posted = form.entered("values[]").or_else(|| form.entered("attribute").map(|_| String::new()));
    let chosen: Vec<String> = match posted {
        Some(text) => text.split(',').map(str::to_owned).collect(),
        None => values.iter().map(str::to_owned).collect(),
    };
    let is_wrong = move || error.get().is_some();
    let boxes = attribute
        .options
        .into_iter()
        .map(|option| {
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        name="values[]"
                        value=option.clone()
                        checked=chosen.contains(&option)
                        autocomplete="off"
                    />
                    <span dir="auto">{option.clone()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset
            class="role-area"
            tabindex="-1"
            aria-invalid=move || is_wrong().then_some("true")
            aria-describedby=move || is_wrong().then(|| format!("{id}-error"))
        >
            <legend>"Values"</legend>
            <FieldError id=format!("{id}-error") error />
            <p class="hint">{hint}</p>
            {boxes}
        </fieldset>
    }
}
