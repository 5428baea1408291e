//! The lists of the demo go through the readers and come back as they were meant.

use std::collections::{HashMap, HashSet};

use crate::demo::tests::world;
use crate::formats::roster;

#[test]
fn every_list_is_read_without_a_bad_row() {
    for school in &world().schools {
        let students = roster::read_students(&school.students_file.bytes).unwrap();
        assert_eq!(students.bad, [], "{}", school.code);
        assert_eq!(students.good.len(), school.students, "{}", school.code);
        let codes: HashSet<&str> = students.good.iter().map(|row| row.code.as_str()).collect();
        for row in &students.good {
            assert!(!row.name.is_empty() && !row.class.is_empty() && row.family.is_some());
            assert_eq!(row.virtual_account.is_some(), school.code == "TH-SONG-XANH");
        }
        for file in &school.invoice_files {
            let invoices = roster::read_invoices(&file.bytes).unwrap();
            assert_eq!(invoices.bad, [], "{}", file.name);
            assert!(invoices.good.len() > school.students * 8 / 10, "{}", file.name);
            for row in &invoices.good {
                assert!(codes.contains(row.student_code.as_str()), "{}", file.name);
                let net = row.gross.unwrap().checked_sub(row.waived.unwrap());
                assert_eq!(net, Some(row.amount_due), "{}", file.name);
                assert!(row.due_on.is_some() && row.round.is_some() && row.fee_item.is_some());
            }
        }
    }
}

#[test]
fn every_code_that_is_meant_stands_in_a_list_with_enough_to_pay() {
    let mut due = HashMap::new();
    for file in world().schools.iter().flat_map(|school| &school.invoice_files) {
        for row in roster::read_invoices(&file.bytes).unwrap().good {
            let code = row.code.unwrap();
            assert!(due.insert(code, row.amount_due).is_none(), "{}", file.name);
        }
    }
    for truth in &world().truth {
        for share in &truth.pays {
            assert!(share.amount <= due[&share.payment_code], "{truth:?}");
        }
    }
    for voucher in world().schools.iter().flat_map(|school| &school.cash) {
        assert_eq!(voucher.amount, due[&voucher.payment_code], "{voucher:?}");
    }
}
