//! The two fields of a name, the same wherever one is entered.

use leptos::prelude::*;
use model::PersonName;

use super::{
    form::{FormFn, FormState},
    ui::Field,
};

/// First name and last name, side by side.
#[component]
pub fn NameFields<F: FormFn>(
    /// The form that they stand in.
    form: FormState<F>,
    /// Their ids, where a page has more than one such pair.
    #[prop(default = ["first_name", "last_name"])]
    ids: [&'static str; 2],
    /// What stands in them at first.
    #[prop(optional)]
    name: PersonName,
    /// It is the name of who fills it in, which browsers know.
    #[prop(optional)]
    own: bool,
    /// The first has the focus when the page or dialog opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let [first, last] = ids;
    let [given, family] = if own { ["given-name", "family-name"] } else { ["off", "off"] };
    view! {
        <div class="pair">
            <Field
                id=first
                name="first_name"
                label="First name"
                autocomplete=given
                value=form.value_or("first_name", &name.first)
                error=form.error("first_name")
                autofocus
            />
            <Field
                id=last
                name="last_name"
                label="Last name"
                autocomplete=family
                value=form.value_or("last_name", &name.last)
                error=form.error("last_name")
                optional=true
            />
        </div>
    }
}
