//! A QR code as a picture that every mail program shows: PNG, black on white, with its quiet zone.

use qrcode::{Color, EcLevel, QrCode};

/// Picture elements of a module: sharp at twice the size at which it is shown.
const SCALE: usize = 8;

/// Blank modules around: scanners need four.
const QUIET: usize = 4;

/// The picture of a text; `None` where the text is too long for a code.
#[must_use]
pub fn png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let side = width.checked_add(2 * QUIET)?.checked_mul(SCALE)?;
    let colors = code.to_colors();
    let mut rows = Vec::with_capacity(side.div_ceil(8).checked_mul(side)?);
    for y in 0..side {
        let mut byte = 0_u8;
        for x in 0..side {
            let module = (x / SCALE)
                .checked_sub(QUIET)
                .zip((y / SCALE).checked_sub(QUIET))
                .filter(|(column, row)| *column < width && *row < width)
                .and_then(|(column, row)| colors.get(row * width + column));
            let white = module.is_none_or(|color| *color == Color::Light);
            byte = (byte << 1) | u8::from(white);
            if x % 8 == 7 {
                rows.push(byte);
                byte = 0;
            }
        }
        // Eight elements a module: a row ends with a whole byte.
    }
    let mut picture = Vec::new();
    let side = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut picture, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&rows).ok()?;
    writer.finish().ok()?;
    Some(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_small_and_has_a_white_border() {
        let text = "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA5303704540618000053037045802VN62340107NPS68690819thanh toan don hang63042E2E";
        let picture = png(text).unwrap();
        assert!(picture.len() < 6_000, "{} bytes", picture.len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(&picture)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.width, info.height);
        let line = info.line_size;
        let border = QUIET * SCALE;
        assert!(pixels[..line * border].iter().all(|byte| *byte == 0xff), "white above");
        let first = &pixels[line * border..line * (border + 1)];
        assert!(first[..QUIET].iter().all(|byte| *byte == 0xff), "white on the left");
        assert_eq!(first[QUIET..QUIET + 7], [0; 7], "the first finder's upper side is black");
    }

    #[test]
    fn what_fits_no_code_has_no_picture() {
        assert_eq!(png(&"x".repeat(5_000)), None);
    }
}
