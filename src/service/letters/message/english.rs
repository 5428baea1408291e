//! Letters in English.

use super::said::{CardNames, Fact, Said, cards, dong, paragraphs};
use super::{Letter, Matter, Receipt, Refund, Voided};
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::domain::reminder::Step;

const CARD: CardNames = CardNames {
    open: "Still to be paid",
    due: "Due by",
    bank: "Bank",
    account: "Account number",
    holder: "Account name",
    amount: "Amount",
    content: "Transfer text",
    keep: "Please keep this text as it is, so that the school recognises the payment.",
    whole: "Pay once for the whole family",
    whole_note: "This code pays for all children at once. To pay for each child alone, open your family's page.",
    alt: "QR code for the transfer; if you do not see it, use the details below",
};

const HOW: &str =
    "Scan the QR code with your bank's app, or make a transfer with exactly the details below.";
const ARRIVAL: &str = "The school updates its books when it receives the bank's statement, usually within one or two days.";
const WRONG: &str = "If anything is not right, please contact the school's accountant.";
const NO_INVOICE: &str = "This confirmation does not replace an invoice or an official receipt.";
const THANKS: &str = "Thank you.";

/// The letter in words.
pub(super) fn say(letter: &Letter) -> Said {
    let school = &letter.school;
    let base = Said {
        greeting: match letter.guardian.trim() {
            "" => "Dear parent,".to_owned(),
            name => format!("Dear {name},"),
        },
        by_hand: "If the button does nothing, copy this address into your browser:".to_owned(),
        button: "See the details".to_owned(),
        footer: vec![
            format!(
                "{school} sends you this message because this address is a contact of your family."
            ),
            "The link in it is for your family only. Please do not forward the message.".to_owned(),
        ],
        unsubscribe: letter.unsubscribe.as_ref().map(|_| "Stop receiving reminders".to_owned()),
        ..Said::default()
    };
    match &letter.matter {
        Matter::Notice { round, bills, whole } => Said {
            subject: format!("Fees to be paid: {round} – {school}"),
            preview: "What is to be paid, QR codes and transfer details.".to_owned(),
            title: format!("Fees to be paid – {round}"),
            intro: vec![format!("{school} sends you what your family is asked to pay. {HOW}")],
            bills: cards((bills, whole.as_ref()), &CARD, |bill| format!("{} – class {}", bill.child, bill.class)),
            closing: vec![ARRIVAL.to_owned(), WRONG.to_owned(), THANKS.to_owned()],
            ..base
        },
        Matter::Reminder { step, bills, whole } => {
            let (title, intro) = match step {
                Step::First => (
                    "Fees due soon",
                    "This is a friendly reminder that the following will be due soon. If you have paid already, please ignore this message.",
                ),
                Step::Second => (
                    "Fees are due",
                    "The school's books do not show a payment for the following yet, which is now due. If you have paid already, please ignore this message: the bank's statement may not have arrived yet.",
                ),
                Step::Last => (
                    "Fees are overdue",
                    "The school has still not recorded a payment for the following. If this is difficult for your family, or if you paid in another way, please contact the school's accountant so that a solution can be found.",
                ),
            };
            Said {
                subject: format!("Reminder: {title} – {school}"),
                preview: "What is still to be paid, QR codes and transfer details.".to_owned(),
                title: title.to_owned(),
                intro: vec![intro.to_owned(), HOW.to_owned()],
                bills: cards((bills, whole.as_ref()), &CARD, |bill| {
                    format!("{} – class {} – {}", bill.child, bill.class, bill.round)
                }),
                closing: vec![ARRIVAL.to_owned(), WRONG.to_owned(), THANKS.to_owned()],
                ..base
            }
        }
        Matter::Receipt(receipt) => receipt_of(receipt, school, base),
        Matter::ReceiptVoided(voided) => voided_of(voided, school, base),
        Matter::Refund(refund) => refund_of(refund, school, base),
        Matter::ClaimAnswered { asked_on, amount, paid_on, found, answer } => {
            let day = vietnamese_day(*asked_on);
            let mut intro = vec![if *found {
                format!("The school has looked into what you told it on {day} and has found the payment. It is on your family's page.")
            } else {
                format!("The school has looked into what you told it on {day} but has not found the payment on the bank's statements yet.")
            }];
            intro.extend(paragraphs(answer));
            Said {
                subject: format!("About your payment – {school}"),
                preview: "The school has looked into what you told it.".to_owned(),
                title: "About your payment".to_owned(),
                intro,
                facts: vec![
                    Fact::of("Amount you named", dong(*amount)),
                    Fact::of("Day you named", vietnamese_day(*paid_on)),
                ],
                button: "See your family's fees".to_owned(),
                closing: vec![WRONG.to_owned(), THANKS.to_owned()],
                ..base
            }
        }
        Matter::LinkRenewed => Said {
            subject: format!("Your new link – {school}"),
            preview: "The link you had no longer works.".to_owned(),
            title: "Your family's new link".to_owned(),
            intro: vec!["The school has changed the link under which your family sees its fees. Links in earlier messages no longer work; please use the one below.".to_owned()],
            button: "Open your family's page".to_owned(),
            closing: vec![
                "If the link does not open, please contact the school's accountant.".to_owned(),
                THANKS.to_owned(),
            ],
            ..base
        },
    }
}

fn receipt_of(receipt: &Receipt, school: &str, base: Said) -> Said {
    let mut facts = vec![Fact::of("Number", receipt.number.clone())];
    if let Some(before) = &receipt.replaces {
        facts.push(Fact::of("Replaces", before.clone()));
    }
    facts.push(Fact::of("Received on", vietnamese_day(receipt.day)));
    facts.push(Fact::of("By", receipt.channel.label(Lang::En).to_owned()));
    facts.push(Fact::of("Amount", dong(receipt.amount)));
    for paid in &receipt.paid {
        let what =
            format!("{} – {}, class {}: {}", paid.what, paid.child, paid.class, dong(paid.amount));
        facts.push(Fact::of("For", what));
    }
    let mut intro = vec![match &receipt.replaces {
        None => {
            "The school confirms that it has received the following payment. Thank you.".to_owned()
        }
        Some(_) => "The school has issued the confirmation below anew, in place of the one before, which no longer holds.".to_owned(),
    }];
    if receipt.attached {
        intro.push("The confirmation is attached, to be kept or printed.".to_owned());
    }
    let title = match &receipt.replaces {
        None => "Payment received",
        Some(_) => "Payment received: issued anew",
    };
    Said {
        subject: format!("{title} (no invoice or official receipt) – {school}"),
        preview: "The school has received your family's payment.".to_owned(),
        title: title.to_owned(),
        intro,
        facts,
        button: "See your family's fees".to_owned(),
        closing: vec![NO_INVOICE.to_owned(), WRONG.to_owned()],
        ..base
    }
}

fn voided_of(voided: &Voided, school: &str, base: Said) -> Said {
    let mut facts = vec![
        Fact::of("Cancelled number", voided.number.clone()),
        Fact::of("Received on", vietnamese_day(voided.day)),
        Fact::of("Amount", dong(voided.amount)),
    ];
    facts.extend(voided.reason.clone().map(|reason| Fact::of("Reason", reason)));
    let button = "See your family's fees".to_owned();
    let Some(new) = &voided.replaced_by else {
        return Said {
            subject: format!("A confirmation of payment was cancelled – {school}"),
            preview: "A confirmation that was sent to you no longer holds.".to_owned(),
            title: "A confirmation was cancelled".to_owned(),
            intro: vec!["The school has cancelled the confirmation of payment below. Please do not use it any more.".to_owned()],
            facts,
            button,
            closing: vec![
                "When the payment is recorded again, a new confirmation follows. What is still to be paid is on your family's page.".to_owned(),
                WRONG.to_owned(),
                THANKS.to_owned(),
            ],
            ..base
        };
    };
    facts.push(Fact::of("New number", new.number.clone()));
    facts.push(Fact::of("Amount of the new one", dong(new.amount)));
    Said {
        subject: format!("A confirmation of payment was issued anew – {school}"),
        preview: "A confirmation that was sent to you was replaced by a new one.".to_owned(),
        title: "A confirmation was issued anew".to_owned(),
        intro: vec!["The school has cancelled a confirmation of payment and issued a new one in its place. Please use the new one only.".to_owned()],
        facts,
        button,
        closing: vec![
            "The new confirmation can be opened and printed from your family's page.".to_owned(),
            WRONG.to_owned(),
            THANKS.to_owned(),
        ],
        ..base
    }
}

fn refund_of(refund: &Refund, school: &str, base: Said) -> Said {
    let mut facts = vec![Fact::of("Amount", dong(refund.amount))];
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    facts.extend(known(&refund.child).map(|child| Fact::of("Student", child)));
    facts.extend(known(&refund.bank).map(|bank| Fact::of("To bank", bank)));
    facts.push(Fact::of("To account", refund.account.clone()));
    facts.extend(refund.paid_on.map(|day| Fact::of("Paid on", vietnamese_day(day))));
    facts.extend(refund.reference.clone().map(|text| Fact::of("Reference", text)));
    let (intro, after) = if refund.paid_on.is_some() {
        (
            "The school has paid back what your family had paid too much, as follows.",
            "Money usually arrives the same or the next working day. If it has not, or if anything is not right, please contact the school's accountant.",
        )
    } else {
        (
            "The school is about to pay back what your family has paid too much, as follows.",
            "If the account is not right, please tell the school's accountant at once.",
        )
    };
    Said {
        subject: format!("Your refund – {school}"),
        preview: "About what was paid too much.".to_owned(),
        title: "Your refund".to_owned(),
        intro: vec![intro.to_owned()],
        facts,
        button: "See your family's fees".to_owned(),
        closing: vec![after.to_owned(), THANKS.to_owned()],
        ..base
    }
}
