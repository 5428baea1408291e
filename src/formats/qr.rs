//! QR codes: which squares are dark, and pictures of them. Level M, with a quiet zone of four squares,
//! as banks' apps expect.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use qrcode::{Color, EcLevel, QrCode};

/// Light squares on each side, without which readers do not find a code.
pub const QUIET: usize = 4;

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    size: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of a text; `None` where it is too long for one.
    #[must_use]
    pub fn of(text: &str) -> Option<Qr> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Qr { size: code.width(), dark })
    }

    /// Squares on a side, without the quiet zone.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Runs of dark squares: column, row and how many stand side by side.
    pub fn runs(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        self.dark.chunks(self.size.max(1)).enumerate().flat_map(|(row, squares)| {
            let mut runs = Vec::new();
            let mut begun: Option<usize> = None;
            for (column, dark) in squares.iter().copied().chain([false]).enumerate() {
                match (begun, dark) {
                    (None, true) => begun = Some(column),
                    (Some(first), false) => {
                        runs.push((first, row, column - first));
                        begun = None;
                    }
                    _ => {}
                }
            }
            runs
        })
    }

    /// A drawing that browsers show at any size without a blur.
    #[must_use]
    pub fn svg(&self) -> String {
        let side = self.size + 2 * QUIET;
        let mut path = String::new();
        for (column, row, length) in self.runs() {
            let _ = write!(path, "M{} {}h{length}v1h-{length}z", column + QUIET, row + QUIET);
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"240\" height=\"240\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
        )
    }

    /// A picture in black and white with so many points for a square: for mail, where drawings are
    /// not shown.
    #[must_use]
    pub fn png(&self, points: usize) -> Vec<u8> {
        let points = points.clamp(1, 40);
        let side = (self.size + 2 * QUIET) * points;
        let mut rows = Vec::with_capacity(side * (side / 8 + 2));
        for y in 0..side {
            // Each row begins with how it was packed: not at all.
            rows.push(0);
            let row = (y / points).checked_sub(QUIET);
            let mut byte = 0_u8;
            for x in 0..side {
                let column = (x / points).checked_sub(QUIET);
                let dark = row.zip(column).is_some_and(|(row, column)| self.is_dark(row, column));
                byte = (byte << 1) | u8::from(!dark);
                if x % 8 == 7 {
                    rows.push(byte);
                    byte = 0;
                }
            }
            if !side.is_multiple_of(8) {
                rows.push(byte << (8 - side % 8));
            }
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        // Nothing can go wrong when writing into memory.
        let packed = packed.write_all(&rows).and_then(|()| packed.finish()).unwrap_or_default();
        let side = u32::try_from(side).unwrap_or_default().to_be_bytes();
        let mut header = Vec::with_capacity(13);
        header.extend(side);
        header.extend(side);
        // One bit a point, grey, nothing else.
        header.extend([1, 0, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, body) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
            let mut crc = Crc::new();
            crc.update(kind);
            crc.update(&body);
            png.extend(u32::try_from(body.len()).unwrap_or_default().to_be_bytes());
            png.extend(kind);
            png.extend(&body);
            png.extend(crc.sum().to_be_bytes());
        }
        png
    }

    fn is_dark(&self, row: usize, column: usize) -> bool {
        column < self.size && self.dark.get(row * self.size + column).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::*;
    use crate::domain::money::Vnd;
    use crate::formats::vietqr::{TransferRequest, payload};

    /// What a phone would read: points, dark or not, in a square.
    fn read(side: usize, dark: impl Fn(usize, usize) -> bool) -> String {
        let mut image = rqrr::PreparedImage::prepare_from_bitmap(side, side, dark);
        let found = image.detect_grids();
        assert_eq!(found.len(), 1, "one code in the picture");
        found[0].decode().unwrap().1
    }

    fn from_svg(svg: &str) -> String {
        let side: usize =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let path = svg.rsplit("d=\"").next().unwrap().split('"').next().unwrap();
        let mut dark = vec![false; side * side];
        for run in path.split('M').filter(|run| !run.is_empty()) {
            let (place, rest) = run.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split('v').next().unwrap().parse().unwrap();
            dark[y * side + x..y * side + x + length].fill(true);
        }
        read(side * 4, |x, y| dark[y / 4 * side + x / 4])
    }

    fn from_png(png: &[u8]) -> String {
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let (mut at, mut side, mut packed) = (8, 0, Vec::new());
        while at < png.len() {
            let length =
                usize::try_from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap())).unwrap();
            let (kind, body) = (&png[at + 4..at + 8], &png[at + 8..at + 8 + length]);
            let mut crc = Crc::new();
            crc.update(&png[at + 4..at + 8 + length]);
            assert_eq!(crc.sum().to_be_bytes(), png[at + 8 + length..at + 12 + length]);
            match kind {
                b"IHDR" => {
                    side =
                        usize::try_from(u32::from_be_bytes(body[..4].try_into().unwrap())).unwrap();
                }
                b"IDAT" => packed.extend(body),
                _ => {}
            }
            at += 12 + length;
        }
        let mut rows = Vec::new();
        ZlibDecoder::new(&packed[..]).read_to_end(&mut rows).unwrap();
        let stride = side.div_ceil(8) + 1;
        assert_eq!(rows.len(), stride * side);
        read(side, |x, y| rows[y * stride + 1 + x / 8] & (0x80 >> (x % 8)) == 0)
    }

    #[test]
    fn a_phone_reads_back_what_the_pictures_say() {
        let purpose = |amount, purpose| {
            payload(&TransferRequest { bank_bin: "970436", account: "1017595600", amount, purpose })
                .unwrap()
        };
        for (why, text) in [
            ("a public payload", "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB4".to_owned()),
            ("with amount and purpose", "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C".to_owned()),
            ("another public one", "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA53037045405790005802VN62220818Ung Ho Quy Vac Xin63043ACF".to_owned()),
            ("with a bill number", "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E".to_owned()),
            ("a school's own", purpose(Some(Vnd::new(1_250_000)), "HPK3M9Q2X HANH 6A1")),
            ("the longest", purpose(Some(Vnd::new(9_999_999_999_999)), "HPK3M9Q2X ABCDEFGHIJ 12A1")),
            ("without an amount", purpose(None, "HPK3M9Q2X")),
            ("an address", "https://thu.example.vn/r/04HMASW9NF6YY07Z".to_owned()),
        ] {
            let qr = Qr::of(&text).unwrap();
            assert_eq!(from_svg(&qr.svg()), text, "{why}, drawn");
            for points in [2, 3, 5, 8] {
                assert_eq!(from_png(&qr.png(points)), text, "{why}, {points} points a square");
            }
        }
        assert_eq!(Qr::of(&"0".repeat(10_000)), None, "too long for any code");
    }
}
