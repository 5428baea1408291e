//! Pictures as somebody sends them.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// A picture of one grey point, made of nothing but what a PNG needs.
pub fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(&[0, 128]).unwrap();
    let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0].to_vec();
    let name = b"Comment\0GPS 13.7 N".to_vec();
    for (kind, body) in
        [(b"IHDR", header), (b"tEXt", name), (b"IDAT", zlib.finish().unwrap()), (b"IEND", vec![])]
    {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(&body);
        bytes.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(kind);
        bytes.extend(&body);
        bytes.extend(crc.sum().to_be_bytes());
    }
    bytes
}
