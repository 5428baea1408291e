//! The one stylesheet and the one script of the pages. Their names carry a hash of what they hold, so
//! that a browser keeps them for ever and never has an old one.

use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, get, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::domain::text::hex;
use crate::http::problem::Problem;

/// A file of the program, ready to be sent.
pub struct Asset {
    /// Where it is.
    pub href: String,
    media_type: &'static str,
    plain: &'static str,
    packed: Vec<u8>,
}

/// The stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "doisoat",
        "css",
        "text/css; charset=utf-8",
        include_str!("../../../templates/assets/doisoat.css"),
    )
});

/// The script, without which every page works too.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "doisoat",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../../../templates/assets/doisoat.js"),
    )
});

/// The stylesheet of families' pages.
pub static FAMILY_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "family",
        "css",
        "text/css; charset=utf-8",
        include_str!("../../../templates/assets/family.css"),
    )
});

/// The script of families' pages, without which they work too.
pub static FAMILY_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "family",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../../../templates/assets/family.js"),
    )
});

/// The picture in the browser's tab.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_str!("../../../templates/assets/icon.svg"))
});

impl Asset {
    fn new(stem: &str, end: &str, media_type: &'static str, plain: &'static str) -> Asset {
        let hash = hex(&Sha256::digest(plain.as_bytes()));
        let href = format!("/assets/{stem}.{}.{end}", hash.get(..12).unwrap_or_default());
        Asset { href, media_type, plain, packed: packed(plain.as_bytes()) }
    }
}

/// Bytes as gzip packs them.
#[must_use]
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(5));
    // Writing into memory does not fail.
    let _ = packer.write_all(bytes);
    packer.finish().unwrap_or_default()
}

/// Whether a browser unpacks gzip.
#[must_use]
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"))
}

/// One of them, by its name with the hash.
#[get("/assets/{name}")]
pub async fn asset(name: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = format!("/assets/{name}");
    let asset = [&*STYLE, &*SCRIPT, &*FAMILY_STYLE, &*FAMILY_SCRIPT, &*ICON]
        .into_iter()
        .find(|asset| asset.href == asked)
        .ok_or_else(Problem::no_such_page)?;
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.media_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if takes_gzip(request.headers()) {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
        return Ok(response.body(asset.packed.clone()));
    }
    Ok(response.body(asset.plain))
}
