//! JSON for programs: the same rows and sums under stable names.

use serde_json::{Map, Value, json};

use super::{Export, ExportError};
use crate::domain::export::Cell;

/// The table as one JSON object. Amounts are whole numbers of đồng, days `YYYY-MM-DD`, rates decimal
/// strings of percent; what is not known is null.
pub fn json(export: &Export) -> Result<Vec<u8>, ExportError> {
    let sheet = &export.sheet;
    let rows: Vec<Value> = sheet
        .rows
        .iter()
        .map(|row| {
            let cells = sheet.columns.iter().zip(row);
            let named: Map<String, Value> =
                cells.map(|(column, cell)| (column.name.to_owned(), value(cell))).collect();
            Value::Object(named)
        })
        .collect();
    let sums: Map<String, Value> = sheet
        .sums()
        .map(|(column, sum)| (column.name.to_owned(), Value::from(sum.dong())))
        .collect();
    let beside: Map<String, Value> = sheet
        .beside
        .iter()
        .map(|sum| (sum.name.to_owned(), Value::from(sum.amount.dong())))
        .collect();
    let filter = &export.filter;
    let mut bytes = serde_json::to_vec(&json!({
        "kind": export.kind.as_str(),
        "title": export.kind.title(),
        "school": { "code": export.school_code, "name": export.school },
        "from": export.period.from(),
        "to": export.period.to(),
        "filters": {
            "class": filter.class,
            "fee_item": filter.fee_item,
            "round": filter.round,
            "student": filter.student,
        },
        "made_by": export.made_by,
        "made_at": format!("{}+07:00", export.made_at.format("%Y-%m-%dT%H:%M:%S")),
        "currency": "VND",
        "row_count": sheet.rows.len(),
        "rows": rows,
        "sums": sums,
        "beside": beside,
        "notes": sheet.notes,
    }))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Day(day) => Value::from(day.to_string()),
        Cell::Dong(amount) => Value::from(amount.dong()),
        Cell::Rate(rate) => rate.percent(2).map_or(Value::Null, |rate| rate.to_string().into()),
    }
}
