//! What a telephone reads in a picture.

use std::path::Path;
use std::process::Command;

/// The texts of the codes in a picture: its width and height, and how bright each point is.
pub fn codes(width: usize, height: usize, bright: impl Fn(usize, usize) -> u8) -> Vec<String> {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, bright);
    let grids = image.detect_grids();
    let mut found: Vec<String> = grids.iter().map(|grid| grid.decode().unwrap().1).collect();
    found.sort();
    found
}

/// The texts of the codes in a PNG.
pub fn codes_in_png(png: &[u8]) -> Vec<String> {
    let picture = image::load_from_memory(png).unwrap().to_luma8();
    let (width, height) = (picture.width(), picture.height());
    codes(width.try_into().unwrap(), height.try_into().unwrap(), |x, y| {
        picture.get_pixel(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).0[0]
    })
}

/// The texts of the codes on the first page of a PDF as poppler draws it; `None` where that is not
/// installed.
pub fn codes_in_pdf(pdf: &[u8]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).unwrap();
    let to = folder.path().join("a");
    let mut command = Command::new("pdftoppm");
    command.args(["-gray", "-r", "200", "-singlefile"]).arg(&path).arg(&to);
    let Ok(said) = command.output() else {
        println!("skipped: pdftoppm is not installed, so that no page was drawn");
        return None;
    };
    assert!(said.status.success(), "{said:?}");
    Some(codes_in_pgm(&to.with_extension("pgm")))
}

/// The words of a PDF by poppler's reader; `None` where that is not installed.
pub fn words_in_pdf(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).unwrap();
    let Ok(said) = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() else {
        println!("skipped: pdftotext is not installed, so that no text was read back");
        return None;
    };
    assert!(said.status.success(), "{said:?}");
    Some(String::from_utf8(said.stdout).unwrap())
}

/// Portable grey map: `P5`, width, height, the brightest value, then a byte a point.
fn codes_in_pgm(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let mut words = bytes.split(u8::is_ascii_whitespace);
    assert_eq!(words.next(), Some(&b"P5"[..]));
    let mut number =
        || -> usize { std::str::from_utf8(words.next().unwrap()).unwrap().parse().unwrap() };
    let (width, height, brightest) = (number(), number(), number());
    assert_eq!(brightest, 255);
    let points = &bytes[bytes.len() - width * height..];
    codes(width, height, |x, y| points[y * width + x])
}
