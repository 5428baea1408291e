//! What a page has in it for somebody without a script: its links and its forms, as they would be sent.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

/// What a field of a form takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Whatever somebody types.
    Text,
    /// One of these.
    Choice(Vec<String>),
    /// Sent as it stands.
    Hidden,
    /// Sent where it is ticked.
    Box,
    /// A file.
    File,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    pub name: String,
    pub value: String,
    pub kind: Kind,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    /// `post` or `get`.
    pub method: String,
    /// Where it is sent to: the page's own path where the form does not say.
    pub action: String,
    pub fields: Vec<Field>,
    /// What its buttons add; one without a name adds nothing.
    pub buttons: Vec<(String, String)>,
}

/// A page taken apart.
#[derive(Debug, Default)]
pub struct Parts {
    pub links: Vec<String>,
    pub forms: Vec<Form>,
    /// Every element's name with the names of its attributes.
    pub elements: Vec<(String, Vec<String>)>,
    /// What stands between the elements.
    pub text: String,
}

/// Takes a page apart. Fields that belong to a form elsewhere on the page by `form="…"` are left out.
pub fn parts(page: &str, path: &str) -> Parts {
    let mut found = Parts::default();
    let mut open: Option<Form> = None;
    let mut choice: Option<(String, String, Vec<String>)> = None;
    let mut area: Option<(String, String)> = None;
    for Ok(token) in Tokenizer::new(page) {
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let had: BTreeMap<String, String> =
                    tag.attributes.iter().map(|(key, value)| (text(key), text(value))).collect();
                let of = |key: &str| had.get(key).cloned().unwrap_or_default();
                match name.as_str() {
                    "a" if had.contains_key("href") => found.links.push(of("href")),
                    "form" => {
                        let action = Some(of("action")).filter(|to| !to.is_empty());
                        open = Some(Form {
                            method: of("method").to_lowercase(),
                            action: action.unwrap_or_else(|| path.to_owned()),
                            fields: Vec::new(),
                            buttons: Vec::new(),
                        });
                    }
                    "input" if !had.contains_key("form") => {
                        let kind = match of("type").as_str() {
                            "hidden" => Kind::Hidden,
                            "checkbox" | "radio" => Kind::Box,
                            "file" => Kind::File,
                            _ => Kind::Text,
                        };
                        // What is not ticked is not sent.
                        let sent = kind != Kind::Box || had.contains_key("checked");
                        if let (Some(form), true) = (&mut open, sent && !of("name").is_empty()) {
                            form.fields.push(Field { name: of("name"), value: of("value"), kind });
                        }
                    }
                    "textarea" => area = Some((of("name"), String::new())),
                    "select" => choice = Some((of("name"), String::new(), Vec::new())),
                    "option" => {
                        if let Some((_, chosen, all)) = &mut choice {
                            if had.contains_key("selected") || all.is_empty() {
                                *chosen = of("value");
                            }
                            all.push(of("value"));
                        }
                    }
                    "button" if !had.contains_key("form") && of("type") != "button" => {
                        if let Some(form) = &mut open {
                            form.buttons.push((of("name"), of("value")));
                        }
                    }
                    _ => (),
                }
                found.elements.push((name, had.into_keys().collect()));
            }
            Token::EndTag(tag) => match text(&tag.name).as_str() {
                "form" => found.forms.extend(open.take()),
                "select" => {
                    if let (Some((name, value, all)), Some(form)) = (choice.take(), &mut open) {
                        form.fields.push(Field { name, value, kind: Kind::Choice(all) });
                    }
                }
                "textarea" => {
                    if let (Some((name, value)), Some(form)) = (area.take(), &mut open) {
                        form.fields.push(Field { name, value, kind: Kind::Text });
                    }
                }
                _ => (),
            },
            Token::String(piece) => {
                let piece = text(&piece);
                if let Some((_, value)) = &mut area {
                    value.push_str(&piece);
                }
                found.text.push_str(&piece);
            }
            _ => (),
        }
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Form {
    /// What is sent by the button at this place, with one field's value put in the place of its own.
    pub fn filled(
        &self,
        button: usize,
        put: Option<(usize, &str)>,
        otherwise: impl Fn(&Field) -> String,
    ) -> Vec<(String, String)> {
        let mut sent: Vec<(String, String)> = Vec::new();
        for (at, field) in self.fields.iter().enumerate() {
            let value = match put {
                Some((place, value)) if place == at => value.to_owned(),
                _ => otherwise(field),
            };
            sent.push((field.name.clone(), value));
        }
        let pressed = self.buttons.get(button).filter(|(name, _)| !name.is_empty());
        sent.extend(pressed.cloned());
        sent
    }
}
