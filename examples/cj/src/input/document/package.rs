use miniz_oxide::inflate::decompress_to_vec_with_limit;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};

use super::Flaw;

/// The ZIP archive that an Office or `OpenDocument` file is.
#[derive(Debug)]
pub(super) struct Package<'a> {
    archive: ZipSliceArchive<&'a [u8]>,
    what: &'static str,
}

impl<'a> Package<'a> {
    /// Opens the archive in `bytes`; `what` names the kind of document in messages.
    pub(super) fn open(bytes: &'a [u8], what: &'static str) -> Result<Self, Flaw> {
        if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
            return Err(Flaw::new(what, "an old Office document, or one with a password"));
        }
        match ZipArchive::from_slice(bytes) {
            Ok(archive) => Ok(Self { archive, what }),
            Err(_) => Err(Flaw::new(what, "a file of another kind, or a damaged one")),
        }
    }

    /// The text of one part of the package; none where there is no such part.
    pub(super) fn part(&self, name: &str) -> Result<Option<String>, Flaw> {
        for entry in self.archive.entries() {
            let entry = entry.map_err(|error| self.damaged(name, &error))?;
            if entry.file_path().as_ref() != name.as_bytes() {
                continue;
            }
            let method = entry.compression_method();
            let entry = self.archive.get_entry(entry.wayfinder()).map_err(|error| self.damaged(name, &error))?;
            let bytes = match method {
                CompressionMethod::STORE => entry.data().to_vec(),
                CompressionMethod::DEFLATE => {
                    decompress_to_vec_with_limit(entry.data(), LARGEST).map_err(|error| self.damaged(name, &error))?
                }
                _ => return Err(self.damaged(name, &"compressed in an unusual way")),
            };
            let sound = entry.claim_verifier();
            if sound.crc != rawzip::crc32(&bytes) {
                return Err(self.damaged(name, &"its checksum is wrong"));
            }
            return String::from_utf8(bytes).map(Some).map_err(|_| self.damaged(name, &"it is not UTF-8"));
        }
        Ok(None)
    }

    fn damaged(&self, part: &str, why: &dyn std::fmt::Display) -> Flaw {
        Flaw::new(self.what, format!("a damaged one: {part}: {why}"))
    }
}

/// The largest part that is unpacked: far above any essay, far below what an archive made to do harm unpacks to.
const LARGEST: usize = 256 << 20;
