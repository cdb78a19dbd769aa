//! Attributes: the list of them, what holds for somebody and where it comes from, and the fields of values.

use leptos::prelude::*;
use model::{
    attribute::{
        Attribute, AttributeKey, AttributeLabel, Audience, Count, Effective, GroupSource, ListedAttribute,
        PersonAttribute, Usage, ValueType, Values, Whence,
    },
    group::{GroupName, NamedGroup},
};

use super::{Sample, made_up};
use crate::{
    components::form::use_form,
    pages::attributes::{
        Attributes,
        values::{PersonValues, ValueField},
    },
};

fn attribute(n: u8, key: &str, label: &str, value_type: ValueType, count: Count) -> Attribute {
    let options = ["EMEA", "APAC", "North America"];
    Attribute {
        id: made_up::id(n),
        key: AttributeKey::parse(key).expect("made up well"),
        label: AttributeLabel::parse(label).expect("made up well"),
        description: String::new(),
        value_type,
        options: if value_type == ValueType::List { options.map(str::to_owned).to_vec() } else { Vec::new() },
        count,
        default: Values::default(),
        seen_by: Audience::Admins,
        edited_by: Audience::Admins,
    }
}

fn region() -> Attribute {
    let region = attribute(1, "region", "Region", ValueType::List, Count::One);
    Attribute { description: "Where somebody sells".to_owned(), default: values(&region, &["APAC"]), ..region }
}

fn skills() -> Attribute {
    let skills = attribute(2, "skills", "Skills", ValueType::List, Count::Many);
    Attribute { seen_by: Audience::Person, edited_by: Audience::Person, ..skills }
}

fn values(of: &Attribute, values: &[&str]) -> Values {
    of.parse(values).expect("made up well")
}

fn holds(attribute: Attribute, said: &[&str], whence: Whence) -> PersonAttribute {
    let said = values(&attribute, said);
    let own = if whence == Whence::Own { said.clone() } else { Values::default() };
    PersonAttribute { attribute, own, effective: Effective { values: said, whence } }
}

pub(super) fn attributes() -> AnyView {
    let group = |n, name: &str| NamedGroup { id: made_up::id(n), name: GroupName::parse(name).expect("made up well") };
    let through = GroupSource { group: group(1, "Company"), via: Some(group(2, "Sales")) };
    let since = attribute(3, "since", "With us since", ValueType::Date, Count::One);
    let remote = attribute(4, "remote", "Remote", ValueType::YesNo, Count::One);
    let listed = |attribute, people, groups| ListedAttribute { attribute, usage: Usage { people, groups } };
    let all = vec![listed(region(), 12, 1), listed(skills(), 0, 0)];
    let of_person = vec![
        holds(region(), &["EMEA"], Whence::Groups(vec![through])),
        holds(skills(), &["EMEA", "APAC"], Whence::Own),
        holds(since.clone(), &["2026-12-05"], Whence::Default),
        holds(remote.clone(), &[], Whence::Nothing),
    ];
    let target = made_up::people(3).swap_remove(1).target;
    let field = |id: &'static str, attribute: Attribute, said: &[&str]| {
        let said = values(&attribute, said);
        let form = use_form::<crate::api::attributes::SetPersonAttribute>(None);
        view! { <ValueField id form attribute values=said hint="Empty takes the own value away." /> }
    };
    view! {
        <Sample of="Defined"><Attributes org="gallery".to_owned() all manages=true /></Sample>
        <Sample of="What holds for somebody">
            <PersonValues viewer=made_up::viewer() target all=of_person here=super::PATH.to_owned() />
        </Sample>
        <div class="gallery-columns">
            <Sample of="One of a list">{field("made-up-one", region(), &["EMEA"])}</Sample>
            <Sample of="Several of a list">{field("made-up-many", skills(), &["APAC"])}</Sample>
            <Sample of="A day">{field("made-up-day", since, &["2026-12-05"])}</Sample>
            <Sample of="Yes or no">{field("made-up-choice", remote, &[])}</Sample>
        </div>
    }
    .into_any()
}
