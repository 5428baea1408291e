//! What is printed: receipts, notices and lists of a class, as PDF/A. Pure: the same content makes
//! the same bytes.

mod annex;
mod canvas;
mod class_list;
mod figures;
mod letters;
mod notice;
mod receipt;

pub use annex::{AnnexPaper, AnnexRow};
pub use class_list::{ClassList, ClassListRow, class_lists};
pub use figures::{FiguresPaper, FiguresRow, figures_paper};
pub use notice::{Notice, NoticeLine, Transfer, notices};
pub use receipt::{Elsewhere, PaperLine, ReceiptPaper, VoidedPaper, receipts};

/// Why nothing could be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the paper could not be made: {0}")]
pub struct PaperError(String);
