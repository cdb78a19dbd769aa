//! The field for the end of something (N5).

use leptos::prelude::*;
use model::Timestamp;

use super::{
    form::{FormFn, FormState},
    ui::Field,
};

/// What is said of an end of access that need not be.
pub const MAY_STAY_EMPTY: &str = "Afterwards they are deactivated. Leave it empty for no end.";

/// The last day of something, or none; of access, unless it says otherwise.
#[component]
pub fn LastDayField<F: FormFn>(
    /// The form that it stands in.
    form: FormState<F>,
    id: &'static str,
    #[prop(default = "access_until")] name: &'static str,
    #[prop(default = "Last day of access")] label: &'static str,
    #[prop(into, default = MAY_STAY_EMPTY.to_owned())] hint: String,
    /// The end that there is.
    #[prop(default = None)]
    end: Option<Timestamp>,
    #[prop(optional)] readonly: bool,
    #[prop(optional)] autofocus: bool,
    /// There has to be one.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let value = form.value_or(name, &end.map(Timestamp::last_day).unwrap_or_default());
    view! { <Field id name label kind="date" value hint error=form.error(name) readonly autofocus optional=!required /> }
}
