//! The field of many addresses, with what would become of each before anything is sent (B18, N12). With scripts it is told
//! while somebody types, without them by a button.

use leptos::{html, prelude::*, server_fn::ServerFn as _, task::spawn_local, wasm_bindgen::JsCast as _, web_sys};
use model::{
    Kind,
    invitation::{BatchForecast, Forecast, ForecastLine, leave_out},
    text::counted,
};
use std::time::Duration;

use super::{
    form::FormState,
    ui::{Icon, TextAreaField},
};
use crate::api::invitations::{CheckInvitations, InvitePeople, check_invitations};

/// For how long nothing is typed before the addresses are checked.
const CHECK_AFTER: Duration = Duration::from_millis(300);
/// How many addresses are shown, those first that get no invitation.
const SHOWN: usize = 60;
/// The field, for its label and whoever fills it in.
const ID: &str = "invite-emails";

/// The field `emails`.
#[component]
pub fn AddressField(
    /// The form that it stands in.
    form: FormState<InvitePeople>,
    /// Where people are invited to.
    org: String,
    /// As what.
    kind: Kind,
    /// What would become of what was entered, when the page comes back without JavaScript.
    forecast: Signal<Option<BatchForecast>>,
    /// Whether the seats are counted (policy M), so that it is told at once how many are left.
    counts_seats: bool,
) -> impl IntoView {
    let live = RwSignal::new(None::<BatchForecast>);
    // Why nothing can be told, such as too many addresses.
    let trouble = RwSignal::new(None::<String>);
    // Only where no script runs: a button that is merely hidden would still be what Enter presses.
    let scripts = RwSignal::new(false);
    Effect::new(move |_| scripts.set(true));
    let shown = Signal::derive(move || live.get().or_else(|| forecast.get()));
    // An answer that a later question has overtaken is dropped.
    let asked = StoredValue::new(0_u32);
    let ask = move |text: String| {
        let number = asked.get_value().wrapping_add(1);
        asked.set_value(number);
        if text.trim().is_empty() && !counts_seats {
            live.set(Some(BatchForecast::default()));
            trouble.set(None);
            return;
        }
        let answer = check_invitations(org.clone(), text, String::new(), kind.code().to_owned());
        spawn_local(async move {
            let (told, why) = match answer.await {
                Ok(reply) => (reply.data.unwrap_or_default(), None),
                Err(problem) => {
                    let why = problem.of_field("emails").unwrap_or(problem.message);
                    (BatchForecast::default(), Some(why))
                }
            };
            if asked.try_get_value() == Some(number) {
                let _ = live.try_set(Some(told));
                let _ = trouble.try_set(why);
            }
        });
    };
    let ask = StoredValue::new(ask);
    // What stands there by then: something may have been removed meanwhile.
    let ask_now = move || ask.with_value(|ask| ask(field().map(|field| field.value()).unwrap_or_default()));
    let mut ask_soon = debounce(CHECK_AFTER, move |()| ask_now());
    let here = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if here.get().is_some() && counts_seats && live.get_untracked().is_none() {
            ask_now();
        }
    });
    let remove = move |entry: String| {
        let Some(field) = field() else { return };
        let rest = leave_out(&field.value(), &entry);
        field.set_value(&rest);
        let _ = field.focus();
        ask_now();
    };
    view! {
        <div class="addresses" node_ref=here on:input=move |_| ask_soon(())>
            <TextAreaField
                id=ID
                name="emails"
                label="Email addresses"
                value=form.value_or("emails", "")
                hint="Separated by commas, spaces or lines; “Ada Lovelace <ada@example.com>” works too."
                error=form.error("emails")
            />
            {move || {
                (!scripts.get())
                    .then(|| {
                        view! {
                            <button class="button small" name="_fn" value=CheckInvitations::PATH>
                                "Check first"
                            </button>
                        }
                    })
            }}
            <p class="forecast-summary" role="status">
                {move || trouble.get().or_else(|| shown.get().map(|forecast| forecast.summary()))}
            </p>
            {move || shown.get().map(|forecast| view! { <Lines forecast remove /> })}
        </div>
    }
}

/// The field as it stands in the page.
fn field() -> Option<web_sys::HtmlTextAreaElement> {
    document().get_element_by_id(ID)?.dyn_into().ok()
}

#[component]
fn Lines(forecast: BatchForecast, remove: impl Fn(String) + Copy + Send + 'static) -> impl IntoView {
    let refused = |line: &ForecastLine| matches!(line.forecast, Forecast::Refused(_));
    let (mut lines, fine): (Vec<_>, Vec<_>) = forecast.lines.into_iter().partition(refused);
    lines.extend(fine);
    let more = lines.len().saturating_sub(SHOWN) as u64;
    let lines = lines.into_iter().take(SHOWN).map(|line| view! { <Line line remove /> }).collect_view();
    view! {
        <ul class="forecast" aria-label="What becomes of each address" tabindex="0">
            {lines}
            {(more > 0).then(|| view! { <li class="forecast-more">{format!("and {}", counted(more, "other", "others"))}</li> })}
        </ul>
    }
}

#[component]
fn Line(line: ForecastLine, remove: impl Fn(String) + Copy + Send + 'static) -> impl IntoView {
    let ForecastLine { entry, forecast } = line;
    let (class, icon, said) = match &forecast {
        Forecast::Invite => ("chip forecast-line good", "circle-check", ""),
        Forecast::SendAgain => ("chip forecast-line good", "circle-check", "again"),
        Forecast::Refused(why) => ("chip forecast-line bad", "circle-alert", why.reason()),
    };
    // Those that are fine are no stops on the way through the dialog.
    let button = matches!(forecast, Forecast::Refused(_)).then(|| {
        let label = format!("Remove {entry}");
        let entry = entry.clone();
        view! {
            <button type="button" class="needs-js" aria-label=label on:click=move |_| remove(entry.clone())>
                <Icon name="x" />
            </button>
        }
    });
    view! {
        <li class=class>
            <Icon name=icon />
            <span dir="auto">{entry}</span>
            {match said {
                "" => view! { <span class="visually-hidden">"is invited"</span> }.into_any(),
                said => view! { <b>{said}</b> }.into_any(),
            }}
            {button}
        </li>
    }
}
