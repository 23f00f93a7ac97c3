"""Small files of every kind that people send, for phones that have nothing of their own to send."""

import struct
import zlib

from bot.sandbox.twilio.inbound import File

VCARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL;TYPE=CELL;waid={digits}:{number}\r\nEND:VCARD\r\n"


def _png(width: int, height: int, grey: int) -> bytes:
    """A picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


IMAGE = File("image", "image/png", "teller.png", _png(64, 48, 200))
VOICE_NOTE = File("audio", "audio/ogg", "voice.ogg", b"OggS\x00\x02" + bytes(58))
VIDEO = File("video", "video/mp4", "video.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(52))
DOCUMENT = File("document", "application/pdf", "bank.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
BY_KIND = {file.kind: file for file in (IMAGE, VOICE_NOTE, VIDEO, DOCUMENT)}


def contact(name: str, number: str) -> File:
    """A contact card, as WhatsApp hands one on."""
    text = VCARD.format(name=name, digits=number.removeprefix("+"), number=number)
    return File("contacts", "text/vcard", f"{name}.vcf", text.encode())
