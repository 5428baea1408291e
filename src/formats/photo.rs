//! Pictures that strangers send: told by their first bytes, measured before they are unpacked, and
//! made anew, so that nothing but what is seen is left of them.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The largest picture that is taken in, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;

/// The most pixels of a side and in all: a telephone's whole picture, and no bomb.
const LONGEST_SIDE: u32 = 12_000;
const MOST_PIXELS: u64 = 32_000_000;

/// What unpacking may take, in bytes.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// The longer side of what is kept: enough to read a bank's receipt.
const KEPT_SIDE: u32 = 1_400;

/// How well what is kept is drawn, of 100.
const KEPT_QUALITY: u8 = 72;

/// Why a picture is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoFault {
    /// There are too many bytes.
    #[error("the picture has more than 5 MB")]
    TooLarge,
    /// It begins like neither of the two kinds.
    #[error("this is neither a JPEG nor a PNG picture")]
    Kind,
    /// It has too many pixels.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// It ends too early or is broken.
    #[error("the picture cannot be read")]
    Broken,
}

/// What is seen on a picture, as a JPEG of its own without anything else of what was sent: no place,
/// no telephone, no thumbnail, nothing after its end.
pub fn redrawn(bytes: &[u8]) -> Result<Vec<u8>, PhotoFault> {
    if bytes.len() > LARGEST {
        return Err(PhotoFault::TooLarge);
    }
    let format = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        ImageFormat::Jpeg
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        ImageFormat::Png
    } else {
        return Err(PhotoFault::Kind);
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| fault(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PhotoFault::TooManyPixels);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
    if width.max(height) > KEPT_SIDE {
        picture = picture.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    picture.apply_orientation(turned);
    let flat = on_white(&picture);
    let mut kept = Vec::new();
    JpegEncoder::new_with_quality(&mut kept, KEPT_QUALITY)
        .encode(flat.as_raw(), flat.width(), flat.height(), ExtendedColorType::Rgb8)
        .map_err(|error| fault(&error))?;
    Ok(kept)
}

/// A picture that lets nothing shine through.
fn on_white(picture: &DynamicImage) -> image::RgbImage {
    let mut seen = picture.to_rgba8();
    for pixel in seen.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let mix = |colour: u8| {
            let (colour, alpha) = (u16::from(colour), u16::from(alpha));
            u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        pixel.0 = [mix(red), mix(green), mix(blue), 255];
    }
    DynamicImage::ImageRgba8(seen).to_rgb8()
}

fn fault(error: &image::ImageError) -> PhotoFault {
    match error {
        image::ImageError::Limits(_) => PhotoFault::TooManyPixels,
        _ => PhotoFault::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(format: ImageFormat, side: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::from_fn(side, side, |x, y| {
            image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 9])
        })
        .write_to(&mut bytes, format)
        .unwrap();
        bytes.into_inner()
    }

    /// A PNG that says it is this large, with nothing in it.
    fn claiming(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut header = b"IHDR".to_vec();
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        header.extend([8, 2, 0, 0, 0]);
        bytes.extend(13_u32.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&header);
        bytes.extend(&header);
        bytes.extend(crc.sum().to_be_bytes());
        // The picture's own bytes begin, and there it ends.
        bytes.extend(16_u32.to_be_bytes());
        bytes.extend(b"IDAT");
        bytes
    }

    #[test]
    fn what_is_no_picture_or_too_much_of_one_is_refused() {
        let mut cut = drawn(ImageFormat::Png, 300);
        cut.truncate(cut.len() / 2);
        for (why, bytes, fault) in [
            ("nothing", Vec::new(), PhotoFault::Kind),
            ("a page", b"<html><script>alert(1)</script>".to_vec(), PhotoFault::Kind),
            (
                "a drawing with scripts",
                b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
                PhotoFault::Kind,
            ),
            ("another kind of picture", b"GIF89a\x01\x00\x01\x00".to_vec(), PhotoFault::Kind),
            (
                "a name at its beginning and nothing else",
                vec![0xFF, 0xD8, 0xFF],
                PhotoFault::Broken,
            ),
            ("cut off", cut, PhotoFault::Broken),
            ("a bomb by its sides", claiming(60_000, 60_000), PhotoFault::TooManyPixels),
            ("a bomb by its pixels", claiming(11_000, 11_000), PhotoFault::TooManyPixels),
            ("too many bytes", vec![0xFF; LARGEST + 1], PhotoFault::TooLarge),
        ] {
            assert_eq!(redrawn(&bytes), Err(fault), "{why}");
        }
    }

    #[test]
    fn nothing_but_what_is_seen_is_kept() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let mut sent = drawn(format, 2_000);
            sent.extend(b"GPS 13.7 N 108.9 E <script>");
            let kept = redrawn(&sent).unwrap();
            assert!(kept.starts_with(&[0xFF, 0xD8, 0xFF]), "{format:?}");
            assert!(!kept.windows(3).any(|part| part == b"GPS"), "{format:?}");
            let seen = image::load_from_memory(&kept).unwrap();
            assert_eq!((seen.width(), seen.height()), (KEPT_SIDE, KEPT_SIDE), "{format:?}");
        }
    }
}
