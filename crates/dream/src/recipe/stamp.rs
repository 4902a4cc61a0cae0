//! A text in a picture file: an iTXt chunk of PNG, an XMP packet in JPEG, WebP and TIFF. The bytes of the picture stay the
//! same.

use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_VP8X, CHUNK_XMP, WebP};
use img_parts::{Bytes, Error as PartsError};
use quick_xml::NsReader;
use quick_xml::escape::{partial_escape, resolve_predefined_entity};
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};

use crate::picture::{FileKind, parts};

use super::{LONGEST, RecipeError, tiff};

/// The header of the PNG chunk: the keyword, no compression, no language, no translated keyword.
const PNG_HEAD: &[u8] = b"oneiric\0\0\0\0\0";
/// The beginning of every such chunk.
const PNG_KEYWORD: &[u8] = b"oneiric\0";
/// The beginning of a JPEG segment with XMP.
const JPEG_XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// The flag of XMP in the extended header of WebP.
const WEBP_XMP: u8 = 0b100;

/// The namespace of the property. It claims no domain.
const NAMESPACE: &str = "urn:oneiric:recipe:1:";
const PROPERTY: &str = "recipe";
const PACKET: [&str; 2] = [
    "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
     <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
     <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
     <rdf:Description rdf:about=\"\" xmlns:oneiric=\"urn:oneiric:recipe:1:\">\n\
     <oneiric:recipe>",
    "</oneiric:recipe>\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>",
];
/// The largest length of a packet: the text and its frame, which other programs write in other ways.
const LONGEST_PACKET: usize = LONGEST + 4000;

/// What is wrong with a packet.
type Broken = Box<dyn std::error::Error>;

/// Returns the PNG, JPEG, WebP or TIFF file with the text in it.
///
/// # Errors
/// [`RecipeError::TooLongToWrite`] for a text of more than [`LONGEST`] bytes as XML; [`RecipeError::NoRoom`] for other
/// files; [`RecipeError::Damaged`].
pub fn stamped(file: Vec<u8>, text: &str) -> Result<Vec<u8>, RecipeError> {
    let xml = as_xml(text);
    if xml.len() > LONGEST {
        return Err(RecipeError::TooLongToWrite);
    }
    let kind = FileKind::of(&file)?;
    let file = Bytes::from(file);
    let stamped = match kind {
        FileKind::Png => into_png(file, text),
        FileKind::Jpeg => into_jpeg(file, &packet(&xml)),
        FileKind::WebP => into_webp(file, &packet(&xml)),
        FileKind::Tiff => return tiff::with_packet(file.into(), packet(&xml).as_bytes()),
        FileKind::Gif | FileKind::Bmp | FileKind::JpegXl => return Err(RecipeError::NoRoom(kind)),
    };
    stamped.map(Vec::from).map_err(|e| RecipeError::damaged(kind, e))
}

/// Returns the text that [`stamped`] put into a picture file, if there is one. Only the text is copied.
///
/// # Errors
/// [`RecipeError::TooLongToRead`]; [`RecipeError::Damaged`] for a text that cannot be read.
pub fn find(file: &[u8]) -> Result<Option<String>, RecipeError> {
    match FileKind::of(file)? {
        FileKind::Png => parts::of_png(file).find(|chunk| chunk.is(b"iTXt", PNG_KEYWORD)).map(of_chunk).transpose(),
        kind @ FileKind::Jpeg => {
            let segment =
                parts::of_jpeg(file).find(|(marker, data)| *marker == markers::APP1 && data.starts_with(JPEG_XMP));
            segment.map_or(Ok(None), |(_, data)| of_packet(kind, &data[JPEG_XMP.len()..]))
        }
        kind @ FileKind::WebP => {
            parts::of_webp(file).find(|(id, _)| **id == CHUNK_XMP).map_or(Ok(None), |(_, data)| of_packet(kind, data))
        }
        kind @ FileKind::Tiff => tiff::packet(file).map_or(Ok(None), |packet| of_packet(kind, packet)),
        FileKind::Gif | FileKind::Bmp | FileKind::JpegXl => Ok(None),
    }
}

fn into_png(file: Bytes, text: &str) -> Result<Bytes, PartsError> {
    let mut png = Png::from_bytes(file)?;
    let chunk = PngChunk::new(*b"iTXt", Bytes::from([PNG_HEAD, text.as_bytes()].concat()));
    let place = png.chunks().iter().position(|chunk| chunk.kind() == *b"IDAT").ok_or(PartsError::Truncated)?;
    png.chunks_mut().insert(place, chunk);
    Ok(png.encoder().bytes())
}

fn of_chunk(chunk: parts::Chunk<'_>) -> Result<String, RecipeError> {
    if chunk.data.len() > PNG_HEAD.len() + LONGEST {
        return Err(RecipeError::TooLongToRead);
    }
    let whole = PngChunk::from_bytes(&mut Bytes::copy_from_slice(chunk.whole));
    whole.map_err(|e| RecipeError::damaged(FileKind::Png, e))?;
    let text = chunk.data.strip_prefix(PNG_HEAD);
    let text = text.ok_or_else(|| RecipeError::damaged(FileKind::Png, "it is compressed or in another language"))?;
    let text = std::str::from_utf8(text).map_err(|e| RecipeError::damaged(FileKind::Png, e))?;
    Ok(text.to_owned())
}

/// Puts the packet after the segments that programs expect first.
fn into_jpeg(file: Bytes, packet: &str) -> Result<Bytes, PartsError> {
    let mut jpeg = Jpeg::from_bytes(file)?;
    let segment = JpegSegment::new_with_contents(markers::APP1, [JPEG_XMP, packet.as_bytes()].concat().into());
    let application = markers::APP0..=markers::APP15;
    let place = jpeg.segments().iter().position(|segment| !application.contains(&segment.marker()));
    jpeg.segments_mut().insert(place.ok_or(PartsError::Truncated)?, segment);
    Ok(jpeg.encoder().bytes())
}

fn into_webp(file: Bytes, packet: &str) -> Result<Bytes, PartsError> {
    let mut webp = WebP::from_bytes(file)?;
    let header = webp.chunks_mut().iter_mut().find(|chunk| chunk.id() == CHUNK_VP8X);
    // The file has one, because it has a colour profile.
    let Some(RiffContent::Data(flags)) = header.map(RiffChunk::content_mut) else { return Err(PartsError::Truncated) };
    let mut changed = flags.to_vec();
    *changed.first_mut().ok_or(PartsError::Truncated)? |= WEBP_XMP;
    *flags = changed.into();
    let content = RiffContent::Data(Bytes::copy_from_slice(packet.as_bytes()));
    webp.chunks_mut().push(RiffChunk::new(CHUNK_XMP, content));
    Ok(webp.encoder().bytes())
}

/// Escapes the text for XML. Unescaped \r would become \n.
pub(super) fn as_xml(text: &str) -> String {
    partial_escape(text).replace('\r', "&#13;")
}

fn packet(xml: &str) -> String {
    let [before, after] = PACKET;
    [before, xml, after].concat()
}

/// Returns the text of the property in a packet. Entities that a document declares are unknown here, so that none expands.
fn of_packet(kind: FileKind, packet: &[u8]) -> Result<Option<String>, RecipeError> {
    if packet.len() > LONGEST_PACKET {
        return Err(RecipeError::TooLongToRead);
    }
    let packet = std::str::from_utf8(packet).map_err(|e| RecipeError::damaged(kind, e))?;
    let text = property(packet).map_err(|e| RecipeError::damaged(kind, e))?;
    match text {
        Some(text) if text.len() > LONGEST => Err(RecipeError::TooLongToRead),
        text => Ok(text),
    }
}

fn property(packet: &str) -> Result<Option<String>, Broken> {
    let mut reader = NsReader::from_str(packet);
    loop {
        match reader.read_resolved_event()? {
            (ResolveResult::Bound(Namespace(NAMESPACE)), Event::Start(tag))
                if tag.local_name().as_ref() == PROPERTY =>
            {
                return content(&mut reader).map(Some);
            }
            (_, Event::Eof) => return Ok(None),
            _ => {}
        }
    }
}

/// Reads the text up to the end of the current element.
fn content(reader: &mut NsReader<&[u8]>) -> Result<String, Broken> {
    let mut text = String::new();
    loop {
        match reader.read_event()? {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(name) => text.push(character(&name)?),
            Event::Comment(_) | Event::PI(_) => {}
            Event::End(_) => return Ok(text),
            _ => return Err("its XMP packet is truncated or contains more than text".into()),
        }
    }
}

/// Returns the character of `&lt;`, `&#60;` or another such reference.
fn character(name: &BytesRef<'_>) -> Result<char, Broken> {
    let named = || resolve_predefined_entity(name)?.chars().next();
    let character = name.resolve_char_ref()?.or_else(named);
    character.ok_or_else(|| format!("its XMP packet has an unknown entity '{}'", &**name).into())
}
