//! Forms that are the same with and without JavaScript.
//!
//! Without it a form posts to its own page, with the server function's path in `_fn`; the server calls that function and
//! either redirects or renders the page again around a [`Submitted`]. With it the same function is called in place. Both
//! times the same [`Reply`] or [`Problem`] arrives here, beside the same fields.

use leptos::{ev::SubmitEvent, form::FromFormData, prelude::*, server_fn::ServerFn, wasm_bindgen::JsCast as _};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::de::DeserializeOwned;

use super::toasts::{Toasts, Tone};
use crate::{
    Reload,
    problem::Problem,
    reply::{Reply, Submitted},
};

/// A server function that a form can post to.
pub trait FormFn:
    ServerFn<Error = Problem, Output = Reply<Self::Data>> + DeserializeOwned + Clone + Send + Sync + 'static
{
    /// What its good answer shows.
    type Data: DeserializeOwned + Clone + Send + Sync + 'static;
}

impl<F, T> FormFn for F
where
    F: ServerFn<Error = Problem, Output = Reply<T>> + DeserializeOwned + Clone + Send + Sync + 'static,
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    type Data = T;
}

/// A form and what became of it.
pub struct FormState<F: FormFn> {
    action: ServerAction<F>,
    submitted: StoredValue<Option<Submitted>>,
}

#[expect(clippy::expl_impl_clone_on_copy, reason = "derived, both would ask the server function itself to be Copy")]
impl<F: FormFn> Clone for FormState<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F: FormFn> Copy for FormState<F> {}

/// Prepares a form. Afterwards its reply's toast is shown and its `next` followed; without a `next`, `stay_at`.
pub fn use_form<F: FormFn>(stay_at: Option<Signal<String>>) -> FormState<F> {
    let submitted = use_context::<Submitted>().filter(|s| s.path == F::PATH);
    let form = FormState { action: ServerAction::<F>::new(), submitted: StoredValue::new(submitted) };
    let toasts = Toasts::get();
    let navigate = use_navigate();
    let reload = use_context::<Reload>();
    Effect::new(move |_| match form.action.value().get() {
        Some(Ok(reply)) => {
            // Who goes on as somebody else leaves this page, and would read it again as nobody.
            if let Some(Reload(reload)) = reload.filter(|_| !reply.fresh) {
                reload.update(|n| *n += 1);
            }
            if let Some(text) = reply.toast {
                toasts.show(Tone::Good, text);
            }
            let to = match (reply.next, &reply.data) {
                (Some(next), _) => Some(next),
                (None, None) => stay_at.map(|s| s.get_untracked()),
                (None, Some(_)) => None,
            };
            match to {
                Some(to) if reply.fresh => {
                    let _ = window().location().assign(&to);
                }
                Some(to) => navigate(&to, NavigateOptions { scroll: false, ..NavigateOptions::default() }),
                None => {}
            }
        }
        Some(Err(problem)) if problem.fields.is_empty() => toasts.show(Tone::Bad, problem.message),
        // Once the messages stand beside their fields.
        Some(Err(_)) => request_animation_frame(focus_first_invalid),
        None => {}
    });
    form
}

/// Leads the keyboard and the screen reader to what needs another look.
fn focus_first_invalid() {
    if let Ok(Some(field)) = document().query_selector("form [aria-invalid='true']") {
        let _ = field.unchecked_into::<leptos::web_sys::HtmlElement>().focus();
    }
}

impl<F: FormFn> FormState<F> {
    /// One of several of the same function on a page, told apart by a field: what was posted by another is not its own.
    #[must_use]
    pub fn of(self, field: &str, value: &str) -> Self {
        self.submitted.update_value(|submitted| {
            *submitted = submitted.take().filter(|s| s.values.get(field).is_some_and(|posted| posted == value));
        });
        self
    }
    /// Begins with what was entered where the page came back by another form with the same fields.
    #[must_use]
    pub fn entered_in<G: FormFn>(self, other: FormState<G>) -> Self {
        let Some(Submitted { path, values, result }) = other.submitted.get_value() else { return self };
        // Its answer is not that of this one; what is wrong with a field is.
        let result = result.map(|_| serde_json::Value::Null);
        self.submitted.update_value(|own| *own = own.take().or(Some(Submitted { path, values, result })));
        self
    }
    /// Does something after each good answer.
    pub fn after(self, then: impl Fn() + 'static) {
        Effect::new(move |_| {
            if self.action.value().with(|answer| matches!(answer, Some(Ok(_)))) {
                then();
            }
        });
    }
    /// Calls the function, as if its form had been sent.
    pub fn dispatch(self, input: F) {
        if !self.pending().get_untracked() {
            self.action.dispatch(input);
        }
    }
    /// What was entered in a field, when the page comes back without JavaScript.
    pub fn entered(&self, field: &str) -> Option<String> {
        self.submitted.with_value(|s| s.as_ref().and_then(|s| s.values.get(field).cloned()))
    }
    /// What stands in a field: what was entered, or else this.
    pub fn value_or(&self, field: &str, otherwise: &str) -> String {
        self.entered(field).unwrap_or_else(|| otherwise.to_owned())
    }
    /// Whether a box is checked: as it was posted, or else as given.
    pub fn checked_or(&self, field: &str, otherwise: bool) -> bool {
        if self.submitted.with_value(Option::is_some) { self.entered(field).is_some() } else { otherwise }
    }
    fn problem(self) -> Option<Problem> {
        match self.action.value().get() {
            Some(Ok(_)) => None,
            Some(Err(problem)) => Some(problem),
            None => self.submitted.with_value(|s| s.as_ref().and_then(|s| s.result.clone().err())),
        }
    }
    /// What is wrong with a field.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.problem().and_then(|p| p.of_field(field)))
    }
    /// What is wrong with the whole.
    pub fn message(self) -> Signal<Option<String>> {
        Signal::derive(move || self.problem().filter(|p| p.fields.is_empty()).map(|p| p.message))
    }
    /// What the good answer shows in the form's place. A refusal is no news to it: what is around the form stays as it is,
    /// with all that was typed.
    pub fn data(self) -> Memo<Option<F::Data>> {
        let answer = move |_: Option<&Option<F::Data>>| match self.action.value().get() {
            Some(Ok(reply)) => reply.data,
            Some(Err(_)) => None,
            None => self.submitted.with_value(|s| {
                let answer = s.as_ref()?.result.as_ref().ok()?;
                serde_json::from_value::<Reply<F::Data>>(answer.clone()).ok()?.data
            }),
        };
        Memo::new_with_compare(answer, |before, after| {
            before.is_some_and(Option::is_some) || after.is_some_and(Option::is_some)
        })
    }
    /// Whether an answer is awaited.
    pub fn pending(self) -> Memo<bool> {
        self.action.pending()
    }
}

/// The `<form>` of a server function.
#[component]
pub fn Form<F>(
    /// Its state, from [`use_form`].
    form: FormState<F>,
    /// Classes.
    #[prop(optional)]
    class: &'static str,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView
where
    F: FormFn,
{
    let toasts = Toasts::get();
    let on_submit = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        match F::from_event(&event) {
            Ok(input) => form.dispatch(input),
            Err(_) => toasts.show(Tone::Bad, "This form cannot be read. Reload the page and try again.".to_owned()),
        }
    };
    view! {
        <form method="post" class=class novalidate on:submit=on_submit aria-busy=move || form.pending().get().then_some("true")>
            <input type="hidden" name="_fn" value=F::PATH />
            {children()}
        </form>
    }
}

/// The `<form>` of a server function that takes a file. The browser sends it itself, with scripts as without: the page
/// then comes back whole.
#[component]
pub fn UploadForm<F>(
    /// Its state, from [`use_form`].
    form: FormState<F>,
    /// Classes.
    #[prop(optional)]
    class: &'static str,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView
where
    F: FormFn,
{
    // Named for its type alone: what becomes of it is read from the page that comes back.
    let _ = form;
    view! {
        <form method="post" enctype="multipart/form-data" class=class novalidate>
            <input type="hidden" name="_fn" value=F::PATH />
            {children()}
        </form>
    }
}

/// What is wrong with a form as a whole.
#[component]
pub fn FormMessage<F: FormFn>(
    /// Its state.
    form: FormState<F>,
) -> impl IntoView {
    let message = form.message();
    view! {
        <div role="alert">
            {move || message.get().map(|text| view! { <p class="notice bad">{text}</p> })}
        </div>
    }
}
